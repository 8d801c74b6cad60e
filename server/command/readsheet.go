package command

import (
	"fmt"
	"io"

	"congvan/server/app/accounts"
	"congvan/server/domain/fault"
	"congvan/server/provider/sheet"
)

// readSheet reads a file of an import by the form of what it holds.
func readSheet(of string, content io.Reader) (accounts.Sheet, error) {
	forms := map[string]func() sheet.Form{"agencies": sheet.Agencies, "units": sheet.Units, "people": sheet.People, "positions": sheet.Positions,
		"groups": sheet.Groups, "group_members": sheet.GroupMembers, "registers": sheet.Registers}
	form, known := forms[of]
	if !known {
		return accounts.Sheet{}, fault.InvalidField("of", "unknown", "Không nhập được loại danh sách này.", "Such a list cannot be imported.")
	}
	table, err := sheet.Read(content, form())
	if err != nil {
		return accounts.Sheet{}, fmt.Errorf("read the table: %w", err)
	}
	rows := make([]accounts.SheetRow, len(table.Rows))
	for i, row := range table.Rows {
		rows[i] = row
	}
	return accounts.Sheet{Rows: rows, Problems: func() []accounts.ImportProblem {
		problems := make([]accounts.ImportProblem, 0, len(table.Rows))
		for _, p := range table.Problems() {
			problems = append(problems, accounts.ImportProblem{Line: p.Line, Column: p.Column, Text: p.Text})
		}
		return problems
	}}, nil
}
