package command

import (
	"congvan/server/app/casefile"
	"congvan/server/app/incoming"
	"congvan/server/app/report"
	"congvan/server/provider/barcode"
	"congvan/server/provider/printing"
	"congvan/server/provider/workbook"
)

// binders are the forms that the books of registers come in.
func binders() map[string]report.Binder {
	return map[string]report.Binder{
		"xlsx": {Bind: workbook.Bind, Extension: "xlsx", MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		"pdf":  {Bind: printing.Bind, Extension: "pdf", MediaType: "application/pdf", Printed: true},
	}
}

// forms are those that lists of case files come in.
func forms() map[string]casefile.Form {
	list := map[string]casefile.Form{}
	for name, b := range binders() {
		list[name] = casefile.Form{Bind: b.Bind, Extension: b.Extension, MediaType: b.MediaType}
	}
	return list
}

// paperTools turn scans into documents.
func paperTools() incoming.PaperTools {
	return incoming.PaperTools{Join: printing.Join, ReadCode: barcode.Read, DrawCode: barcode.Draw}
}
