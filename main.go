// Command congvan exchanges official documents between agencies.
package main

import (
	"os"

	"congvan/server/command"
)

func main() { os.Exit(command.Main(os.Args[1:])) }
