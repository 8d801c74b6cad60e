// Package web carries the built web app inside the binary. It decides nothing:
// what is served, with which headers and to whom, is the server's business.
// Before the first `npm run build` the folder holds only a placeholder, so that
// the Go code compiles without Node.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files gives the built app with index.html at its root.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant and valid; this cannot happen
	}
	return files
}
