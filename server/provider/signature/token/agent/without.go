//go:build !cgo

// Command agent needs a build with cgo: libraries of tokens are C.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "agent: built without cgo, it can open no token")
	os.Exit(1)
}
