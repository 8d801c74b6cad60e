package command

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"
)

func newServe() *cobra.Command {
	var roles []string
	c := &cobra.Command{Use: "serve", Short: "Serve: the interface, the workers, the mail gateway, together or apart", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return serve(c.Context(), roles) }}
	c.Flags().StringSliceVar(&roles, "roles", nil, "what this process does: any of api, worker, mail (default from CONGVAN_ROLES)")
	return c
}

func serve(ctx context.Context, roles []string) error {
	cfg, err := settings()
	if err != nil {
		return err
	}
	if len(roles) > 0 {
		cfg.Roles = roles
		if err := cfg.Validate(); err != nil {
			return err
		}
	}
	log, err := newLog(cfg)
	if err != nil {
		return err
	}
	tracer, stopTracing, err := newTracer(ctx, cfg)
	if err != nil {
		return fmt.Errorf("begin tracing: %w", err)
	}
	defer stopTracing()
	in, err := newInstallation(ctx, cfg, log, tracer)
	if err != nil {
		return err
	}
	defer in.close()
	log.InfoContext(ctx, "starting", slog.String("version", versionText()), slog.Any("roles", cfg.Roles), slog.String("addr", cfg.Addr))
	return in.run(ctx, func() { log.InfoContext(ctx, "serving", slog.String("url", cfg.PublicURL)) })
}
