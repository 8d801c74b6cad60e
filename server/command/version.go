package command

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

// release is the version of the product; revision is set by the build.
const release = "1.0.0"

var revision string //nolint:gochecknoglobals // the linker sets it

func versionText() string {
	if revision == "" {
		return release
	}
	return release + "+" + revision
}

func newVersion() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		_, err := fmt.Fprintf(c.OutOrStdout(), "congvan %s %s %s/%s\n", versionText(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return err
	}}
}
