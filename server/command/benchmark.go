package command

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"congvan/server/command/bench"
)

func newBench() *cobra.Command {
	var opt bench.Options
	var asJSON string
	c := &cobra.Command{Use: "bench", Short: "Measure against baselines of the same run", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) (err error) {
		if opt.Exe, err = os.Executable(); err != nil {
			return fmt.Errorf("find this binary: %w", err)
		}
		opt.Out, opt.Progress = c.OutOrStdout(), c.ErrOrStderr()
		if asJSON != "" {
			file, err := os.Create(asJSON)
			if err != nil {
				return fmt.Errorf("open the file for the samples: %w", err)
			}
			defer file.Close()
			opt.JSON = file
		}
		return bench.Run(c.Context(), opt)
	}}
	c.Flags().StringSliceVar(&opt.Only, "only", nil, "names of the benchmarks to run")
	c.Flags().BoolVar(&opt.Quick, "quick", false, "smaller sizes and fewer rounds")
	c.Flags().StringVar(&asJSON, "json", "", "a file that gets every sample")
	return c
}
