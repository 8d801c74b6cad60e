package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"congvan/server/config"
)

// Main runs the binary with the arguments and gives its exit code.
func Main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		if !errors.Is(err, errSaid) {
			fmt.Fprintln(os.Stderr, "congvan: "+err.Error())
		}
		return 1
	}
	return 0
}

// errSaid ends a command whose reason was already printed.
var errSaid = errors.New("said")

func newRoot() *cobra.Command {
	root := &cobra.Command{Use: "congvan", Short: "Exchange of official documents between agencies", SilenceUsage: true, SilenceErrors: true}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newServe(), newDemo(), newMigrate(), newOperator(), newDoctor(), newBackup(), newRestore(), newInspect(), newVerify(), newBench(), newVersion(), newObjectStore())
	return root
}

func newInspect() *cobra.Command {
	return &cobra.Command{Use: "inspect FILE", Short: "Print what a .pdf, .docx, .eml or .edxml holds, as JSON", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error { return inspect(c.Context(), args[0], c.OutOrStdout()) }}
}

// oneFile shows how a command is used to whoever names no file, or several.
func oneFile(c *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	_, err := fmt.Fprintf(c.ErrOrStderr(), "Hãy chỉ một tệp · name one file\n\n%s", c.UsageString())
	return errors.Join(errSaid, err)
}

// settings reads and checks the settings.
func settings() (config.Config, error) {
	cfg, err := config.Read(os.Environ())
	if err != nil {
		return cfg, err
	}
	if err := cfg.Validate(); err != nil {
		return cfg, fmt.Errorf("the settings are not usable (see docs/config.md):\n%w", err)
	}
	return cfg, nil
}

func newLog(cfg config.Config) (*slog.Logger, error) {
	level, err := cfg.Level()
	if err != nil {
		return nil, err
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level})), nil
}
