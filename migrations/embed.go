// Package migrations holds the schema's history, forward only, and brings a
// database up to it. It must not hold rules or seed anything by itself.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver name "pgx"
	"github.com/pressly/goose/v3"
)

//go:embed *.sql
var files embed.FS

// Files gives the migrations, oldest first by name.
func Files() fs.FS { return files }

// Status tells where a database stands.
type Status struct {
	Current, Newest int64
}

func provider(ownerURL string) (*goose.Provider, *sql.DB, error) {
	db, err := sql.Open("pgx", ownerURL)
	if err != nil {
		return nil, nil, fmt.Errorf("open database for migration: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files,
		// Numbers keep what belongs together apart from the rest, and what has a
		// lower one may be finished later.
		goose.WithAllowOutofOrder(true),
		goose.WithVerbose(false), goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(jobQueue()))
	if err != nil {
		_ = db.Close()
		return nil, nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, db, nil
}

// Up applies what is missing, as the role that owns the schema, and gives the
// names of what it applied.
func Up(ctx context.Context, ownerURL string) ([]string, error) {
	p, db, err := provider(ownerURL)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	results, err := p.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	applied := make([]string, 0, len(results))
	for _, r := range results {
		applied = append(applied, r.Source.Path)
	}
	return applied, nil
}

// Where tells the version a database has and the newest there is. Any role
// that may read goose's own table can ask.
func Where(ctx context.Context, url string) (Status, error) {
	p, db, err := provider(url)
	if err != nil {
		return Status{}, err
	}
	defer db.Close()
	current, newest, err := p.GetVersions(ctx)
	if err != nil {
		return Status{}, fmt.Errorf("read schema version: %w", err)
	}
	return Status{Current: current, Newest: newest}, nil
}

// Newest gives the version that Up brings a database to.
func Newest() (int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("read migrations: %w", err)
	}
	var newest int64
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("read migrations: %w", err)
		}
		newest = max(newest, version)
	}
	return newest, nil
}
