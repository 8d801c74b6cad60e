package command

import (
	"encoding/csv"
	"slices"
	"testing"

	province "congvan/migrations/demo"
)

func TestK13_DemoKeepsTheMailboxesOfAgenciesThatHaveNothingElse(t *testing.T) {
	t.Parallel()
	file, err := province.Files().Open("agencies.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	email, channel := slices.Index(rows[0], "email"), slices.Index(rows[0], "channel")
	var only []string
	for _, row := range rows[1:] {
		if row[channel] == "Hộp thư công vụ" {
			only = append(only, row[email])
		}
	}
	if !slices.Equal(only, demoMailOnly) || len(only) == 0 {
		t.Errorf("the demo province has %q, the demo keeps %q", only, demoMailOnly)
	}
}
