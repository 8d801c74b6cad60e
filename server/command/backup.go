package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"congvan/migrations"
	"congvan/server/config"
	"congvan/storage/backup"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

func newBackup() *cobra.Command {
	var list bool
	c := &cobra.Command{Use: "backup FOLDER", Short: "Copy the database, the files and the settings of a running installation", Args: oneFolder,
		Long: "Copy one moment of a running installation into a folder: the database, the files that it refers to, and the settings\n" +
			"without secrets. Files that an earlier backup in the folder has are not copied again. CONGVAN_SECRET_KEY is in no\n" +
			"backup: keep a copy of it elsewhere.",
		RunE: func(c *cobra.Command, args []string) error {
			if list {
				return listBackups(args[0], c.OutOrStdout())
			}
			return writeBackup(c.Context(), args[0], c.OutOrStdout())
		}}
	c.Flags().BoolVar(&list, "list", false, "list the finished backups of the folder, oldest first")
	return c
}

func newRestore() *cobra.Command {
	var at string
	var verify bool
	c := &cobra.Command{Use: "restore FOLDER", Short: "Put a backup into an empty database and its bucket", Args: oneFolder,
		Long: "Put the newest backup of a folder into the empty database that CONGVAN_OWNER_DATABASE_URL names, and its files into\n" +
			"the bucket. A database that has tables is refused. Run congvan migrate afterwards where the program is newer.",
		RunE: func(c *cobra.Command, args []string) error {
			moment := time.Now()
			if at != "" {
				var err error
				if moment, err = parseMoment(at); err != nil {
					return err
				}
			}
			return restoreBackup(c.Context(), args[0], moment, verify, c.OutOrStdout())
		}}
	c.Flags().StringVar(&at, "at", "", "the newest backup not after this moment, for instance 2026-11-24T10:00:00+07:00")
	c.Flags().BoolVar(&verify, "verify", false, "afterwards compare the rows of every table and the bytes of every file with the backup")
	return c
}

func oneFolder(c *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	_, err := fmt.Fprintf(c.ErrOrStderr(), "Hãy chỉ một thư mục · name one folder\n\n%s", c.UsageString())
	return errors.Join(errSaid, err)
}

func parseMoment(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "20060102T150405Z"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil { //nolint:gosmopolitan // the operator's own clock
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--at must be a moment such as 2026-11-24T10:00:00+07:00, not %q", text)
}

func listBackups(folder string, out io.Writer) error {
	names, err := backup.List(folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := fmt.Fprintln(out, name); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}

// backupSettings reads the settings of the installation, or of a demonstration
// that runs, and gives the address that sees every row.
func backupSettings() (cfg config.Config, address string, err error) {
	if cfg, err = config.Read(os.Environ()); err != nil {
		return cfg, "", err
	}
	if cfg.DatabaseURL == "" && cfg.OwnerDatabaseURL == "" && cfg.BackupDatabaseURL == "" {
		if cfg, err = runningDemo(cfg); err != nil {
			return cfg, "", fmt.Errorf("no database is configured, and no demo is running: %w", err)
		}
	}
	address = cfg.BackupDatabaseURL.Reveal()
	if address == "" {
		address = cfg.OwnerDatabaseURL.Reveal()
	}
	if address == "" {
		return cfg, "", errors.New("CONGVAN_BACKUP_DATABASE_URL or CONGVAN_OWNER_DATABASE_URL must be set")
	}
	return cfg, address, nil
}

func writeBackup(ctx context.Context, folder string, out io.Writer) error {
	cfg, address, err := backupSettings()
	if err != nil {
		return err
	}
	store, err := postgres.Open(ctx, cfg.DatabaseURL.Reveal(), 2)
	if err != nil {
		return err
	}
	defer store.Close()
	blobs, err := blob.New(blobConfig(cfg), store)
	if err != nil {
		return err
	}
	defer blobs.Close()
	src := backup.Source{Database: address, Blobs: blobs, Version: versionText(), Settings: []byte(cfg.File())}
	c, err := backup.Write(ctx, src, folder, time.Now(), progressOn(os.Stderr))
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if _, err := fmt.Fprintf(out, "%s: %d tables, %d files, %d bytes\n", c.Name(), len(c.Tables), c.Objects, c.Bytes+c.Database.Size); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	for _, hash := range c.Missing {
		if _, err := fmt.Fprintf(out, "  file %s is missing or altered in the store\n", hash); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	if len(c.Missing) > 0 {
		return errSaid
	}
	return nil
}

func restoreBackup(ctx context.Context, folder string, at time.Time, verify bool, out io.Writer) error {
	cfg, address, err := backupSettings()
	if err != nil {
		return err
	}
	newest, err := migrations.Newest()
	if err != nil {
		return err
	}
	c, err := backup.Open(folder, at, newest)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	store, err := postgres.Open(ctx, address, 2)
	if err != nil {
		return err
	}
	defer store.Close()
	blobs, err := blob.New(blobConfig(cfg), store)
	if err != nil {
		return err
	}
	defer blobs.Close()
	owner := cfg.OwnerDatabaseURL.Reveal()
	if owner == "" {
		owner = address
	}
	tell := progressOn(os.Stderr)
	if err := c.Restore(ctx, backup.Target{Database: owner, Blobs: blobs}, tell); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if _, err := fmt.Fprintf(out, "%s: %d files and %d tables restored\n", c.Name(), c.Objects-len(c.Missing), len(c.Tables)); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	if !verify {
		return nil
	}
	return tellRestored(ctx, c, backup.Target{Database: address, Blobs: blobs}, tell, out)
}

func tellRestored(ctx context.Context, c backup.Copy, at backup.Target, tell backup.Progress, out io.Writer) error {
	r, err := c.Verify(ctx, at, tell)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	for _, line := range r.Wrong {
		if _, err := fmt.Fprintln(out, "  "+line); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	if _, err := fmt.Fprintf(out, "compared: %d tables, %d rows, %d files, %d bytes; %d differ\n", r.Tables, r.Rows, r.Objects, r.Bytes, len(r.Wrong)); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	if len(r.Wrong) > 0 {
		return errSaid
	}
	return nil
}

// progressOn writes how far long work is, once a second.
func progressOn(out io.Writer) backup.Progress {
	var mu sync.Mutex
	var last time.Time
	return func(step string, done, total int64) {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.Sub(last) >= time.Second {
			last = now
			line := fmt.Sprintf("%s: %d", step, done)
			if total > 0 {
				line += fmt.Sprintf(" of %d", total)
			}
			_, _ = fmt.Fprintln(out, line) // the work does not depend on who watches
		}
	}
}
