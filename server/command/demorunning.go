package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"congvan/server/config"
	"congvan/storage/embedded"
)

// runningDemo adds the addresses that the demonstration's servers left in the
// data folder. They stay there after its end, so one of them must also answer.
func runningDemo(cfg config.Config) (_ config.Config, err error) {
	if cfg, err = asDemo(cfg); err != nil {
		return cfg, err
	}
	if cfg.DatabaseURL == "" {
		at, err := embedded.RunningPostgres(filepath.Join(cfg.Data, "postgres"))
		if err != nil {
			return cfg, err
		}
		cfg.OwnerDatabaseURL, cfg.DatabaseURL, cfg.BackupDatabaseURL = config.Secret(at.Owner), config.Secret(at.App), config.Secret(at.Admin)
		if err := answering(at.App); err != nil {
			return cfg, err
		}
	}
	if cfg.S3Endpoint == "" {
		at, err := embedded.RunningS3(filepath.Join(cfg.Data, "objects"))
		if err != nil {
			return cfg, err
		}
		cfg.S3Endpoint, cfg.S3AccessKey, cfg.S3SecretKey, cfg.S3Secure = at.Address, at.Access, config.Secret(at.Secret), false
	}
	if cfg.SecretKey == "" {
		key, err := os.ReadFile(filepath.Join(cfg.Data, "secret.key"))
		if err != nil {
			return cfg, fmt.Errorf("read the demo's key: %w", err)
		}
		cfg.SecretKey = config.Secret(key)
	}
	return cfg, nil
}

// answering tells whether the embedded database's socket is there; it goes with the server.
func answering(databaseURL string) error {
	at, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return errors.New("the address of the demo's database cannot be read")
	}
	if _, err := os.Stat(filepath.Join(at.Host, fmt.Sprintf(".s.PGSQL.%d", at.Port))); err != nil {
		return fmt.Errorf("look for the demo's database: %w", err)
	}
	return nil
}
