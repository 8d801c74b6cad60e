package migrations

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
)

// riverVersion is the version of the job queue's schema that this product is
// built with. A newer one comes as a further migration of ours, never by itself.
const riverVersion = 8

// jobQueue brings in the job queue's own tables from the library that owns
// them, so that one history covers the whole database.
func jobQueue() *goose.Migration {
	up := func(ctx context.Context, db *sql.DB) error {
		m, err := rivermigrate.New(riverdatabasesql.New(db), nil)
		if err != nil {
			return fmt.Errorf("read the job queue's schema: %w", err)
		}
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: riverVersion})
		if err != nil {
			return fmt.Errorf("create the job queue's schema: %w", err)
		}
		return nil
	}
	return goose.NewGoMigration(9, &goose.GoFunc{RunDB: up}, nil)
}
