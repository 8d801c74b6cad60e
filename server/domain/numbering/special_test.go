package numbering_test

import (
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
)

func TestB1_NoGapWhateverIsDoneToARegister(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		opening := rapid.IntRange(1, 500).Draw(t, "opening")
		r := numbering.Register{Code: "di", Name: "Sổ", Direction: numbering.Outgoing, Year: 2026, Opening: opening, Next: opening}
		taken := map[numbering.Number]bool{}
		today := day(t, "2026-03-05")
		enter := func(n numbering.Number) {
			if taken[n] || n.Check() != nil {
				t.Fatalf("%s is given twice, or is none", n)
			}
			taken[n] = true
		}
		for range rapid.IntRange(1, 60).Draw(t, "acts") {
			switch rapid.IntRange(0, 2).Draw(t, "act") {
			case 0:
				n, after, err := r.Take(today)
				if err != nil {
					t.Fatal(err)
				}
				enter(n)
				r = after
			case 1:
				numbers, after, err := r.Reserve(rapid.IntRange(-1, 22).Draw(t, "count"), today)
				if err != nil {
					if after.Next != r.Next {
						t.Fatal("a refused reservation moved the register")
					}
					continue
				}
				for _, n := range numbers {
					enter(n)
				}
				r = after
			case 2:
				behind := rapid.IntRange(opening-1, r.Next).Draw(t, "behind")
				var suffixes []string
				for n := range taken {
					if n.Value == behind && n.Suffix != "" {
						suffixes = append(suffixes, n.Suffix)
					}
				}
				n, err := r.Insert(behind, suffixes, today)
				if (err == nil) != (behind >= opening && behind < r.Next && len(suffixes) < 26) {
					t.Fatalf("insert behind %d of %d: %v", behind, r.Next, err)
				}
				if err == nil {
					enter(n)
				}
			}
		}
		for value := opening; value < r.Next; value++ {
			if !taken[numbering.Number{Value: value}] {
				t.Fatalf("%d is missing", value)
			}
		}
	})
}

func TestB3_ASpecialNumberNeedsAReasonAndAnHonestDay(t *testing.T) {
	t.Parallel()
	signed, today := day(t, "2025-12-31"), day(t, "2026-01-02")
	for _, c := range []struct {
		reason string
		day    org.Day
		want   bool
	}{
		{"Ký ngày 31/12", signed, true}, {"Ký ngày 31/12", today, true}, {" ", signed, false},
		{"Ký sớm hơn", signed.AddDays(-1), false}, {"Ngày mai", today.AddDays(1), false},
	} {
		if err := numbering.CheckSpecial(c.reason, c.day, signed, today); (err == nil) != c.want {
			t.Errorf("%q on %s: %v", c.reason, c.day, err)
		}
	}
	old := numbering.Register{Year: 2025, Opening: 1, Next: 40, Direction: numbering.Outgoing}
	if n, _, err := old.Take(signed); err != nil || n.Value != 40 {
		t.Errorf("a document of 31/12 takes %v of the year it was signed in: %v", n, err)
	}
	if _, _, err := old.Take(today); err == nil {
		t.Error("a register gives a number for another year")
	}
}
