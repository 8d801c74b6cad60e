// Package demo holds the province that a demonstration starts with: its
// agencies, people, groups and registers as the CSV files that an
// administrator could import. It must not read them into anything: that is the
// work of the import itself.
package demo

import (
	"embed"
	"io/fs"
)

//go:embed *.csv federation
var files embed.FS

// Files gives the CSV files, each with a header row. Those of the second
// province of a federation, and what the first knows of it, stand in a folder.
func Files() fs.FS { return files }
