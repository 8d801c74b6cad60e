package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"congvan/server/app/accounts"
	"congvan/server/domain/fault"
	"congvan/storage/postgres"
)

func newOperator() *cobra.Command {
	name := ""
	c := &cobra.Command{Use: "operator LOGIN", Short: "Add an account that manages the installation, and print its first password",
		Long: "Add an account that manages the installation: agencies, units, accounts. It reads no documents.\n" +
			"The first password is printed once and has to be changed at the first sign-in.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return addOperator(c.Context(), args[0], name, c.OutOrStdout())
		}}
	c.Flags().StringVar(&name, "name", "", "the person's full name")
	_ = c.MarkFlagRequired("name") // it fails for a flag that is not there
	return c
}

func addOperator(ctx context.Context, login, name string, out io.Writer) error {
	cfg, err := settings()
	if err != nil {
		return err
	}
	store, err := postgres.Open(ctx, cfg.DatabaseURL.Reveal(), 2)
	if err != nil {
		return err
	}
	defer store.Close()
	return addOperatorTo(ctx, store, login, name, out)
}

func addOperatorTo(ctx context.Context, store *postgres.Store, login, name string, out io.Writer) error {
	password, err := accounts.New(store, time.Now, accounts.Options{}).AddOperator(ctx, login, name)
	var f *fault.Error
	if errors.As(err, &f) && len(f.Fields) > 0 {
		return fmt.Errorf("%s · %s", f.Fields[0].Text.VI, f.Fields[0].Text.EN) //nolint:err113 // for the person at the terminal
	}
	if err != nil {
		return fmt.Errorf("operator: %w", err)
	}
	if _, err := fmt.Fprintf(out, "Mật khẩu lần đầu của %[1]s · first password of %[1]s: %[2]s\n", login, password); err != nil {
		return fmt.Errorf("print the password: %w", err)
	}
	return nil
}
