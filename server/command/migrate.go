package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"congvan/migrations"
	"congvan/server/config"
)

func newMigrate() *cobra.Command {
	return &cobra.Command{Use: "migrate", Short: "Bring the database's schema up to this version", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		cfg, err := config.Read(os.Environ())
		if err != nil {
			return err
		}
		if cfg.OwnerDatabaseURL == "" {
			return errors.New("CONGVAN_OWNER_DATABASE_URL must be set")
		}
		return migrate(c.Context(), cfg.OwnerDatabaseURL.Reveal(), c.OutOrStdout())
	}}
}

func migrate(ctx context.Context, ownerURL string, out io.Writer) error {
	applied, err := migrations.Up(ctx, ownerURL)
	if err != nil {
		return err
	}
	for _, name := range applied {
		if _, err := fmt.Fprintln(out, "  "+name); err != nil {
			return fmt.Errorf("print progress: %w", err)
		}
	}
	return nil
}
