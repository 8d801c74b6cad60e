package command

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"congvan/storage/embedded"
)

const objectStoreCommand = "embedded-object-store"

// newObjectStore is the hidden command that the embedded object store runs as.
func newObjectStore() *cobra.Command {
	return &cobra.Command{Use: objectStoreCommand, Hidden: true, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return embedded.ServeS3(c.Context(), os.Stdin)
	}}
}

// objectStoreChild makes this binary run that command.
func objectStoreChild() (func() *exec.Cmd, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this binary: %w", err)
	}
	return func() *exec.Cmd { return exec.Command(exe, objectStoreCommand) }, nil //nolint:noctx // this binary itself; embedded ends it
}
