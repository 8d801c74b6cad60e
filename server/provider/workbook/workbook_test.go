package workbook_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"congvan/server/domain/numbering"
	"congvan/server/provider/workbook"
)

// bound gives the workbook of one column with the cells.
func bound(t rapid.TB, cells ...string) *excelize.File {
	v := numbering.Volume{Columns: []numbering.Column{{Title: "Ghi chú", Share: 1}}, Rows: func(yield func([]string, error) bool) {
		for _, c := range cells {
			if !yield([]string{c}, nil) {
				return
			}
		}
	}}
	var out bytes.Buffer
	if err := workbook.Bind(&out, v); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestB4_NoCellIsAFormula(t *testing.T) {
	t.Parallel()
	cells := []string{"=1+1", "+84 294", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/c calc'!A1", "Hà Nội"}
	file := bound(t, cells...)
	defer file.Close()
	for i, cell := range cells {
		at, _ := excelize.CoordinatesToCellName(1, i+3)
		value, err := file.GetCellValue("Sổ", at)
		if err != nil {
			t.Fatal(err)
		}
		formula, err := file.GetCellFormula("Sổ", at)
		if err != nil {
			t.Fatal(err)
		}
		if formula != "" || i < len(cells)-1 && value[0] != '\'' || i == len(cells)-1 && value != cell {
			t.Errorf("%q became %q, formula %q", cell, value, formula)
		}
	}
}

func TestB4_AnyWordsMakeAWholeWorkbook(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		file := bound(t, rapid.String().Draw(t, "cell"))
		defer file.Close()
		value, err := file.GetCellValue("Sổ", "A3")
		if err != nil {
			t.Fatal(err)
		}
		if value != "" && bytes.ContainsAny([]byte(value[:1]), "=+-@\t\r") {
			t.Fatalf("%q begins as a formula does", value)
		}
	})
}
