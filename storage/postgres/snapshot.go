package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// Snapshot is one moment of the whole database, as a backup reads it: with the
// owner's rights, past the policies. Close must be called.
type Snapshot struct {
	conn *pgx.Conn
	tx   pgx.Tx
	// ID names the moment to other programs, as long as the snapshot is open.
	ID string
}

var errNotAll = errors.New("the role of this address does not see every row: it must be a superuser, or be given BYPASSRLS")

// OpenSnapshot opens a moment with the address of a role that sees every row.
func OpenSnapshot(ctx context.Context, address string) (_ *Snapshot, err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return nil, translate(fmt.Errorf("open database: %w", err))
	}
	defer func() {
		if err != nil {
			_ = conn.Close(context.WithoutCancel(ctx))
		}
	}()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, translate(fmt.Errorf("begin snapshot: %w", err))
	}
	s := &Snapshot{conn: conn, tx: tx}
	var all bool
	err = tx.QueryRow(ctx, `select pg_export_snapshot(), (select rolsuper or rolbypassrls from pg_roles where rolname = current_user)`).Scan(&s.ID, &all)
	if err != nil {
		return nil, translate(fmt.Errorf("export snapshot: %w", err))
	}
	if !all {
		return nil, errNotAll
	}
	return s, nil
}

// Close ends the snapshot.
func (s *Snapshot) Close(ctx context.Context) {
	_ = s.conn.Close(context.WithoutCancel(ctx))
}

// Blobs visits the record of every stored content, in the order of hashes.
func (s *Snapshot) Blobs(ctx context.Context, visit func(Blob) error) error {
	rows, err := s.tx.Query(ctx, `select sha256, object_key, size, media_type from blob order by sha256`)
	if err != nil {
		return translate(fmt.Errorf("list blobs: %w", err))
	}
	var hash []byte
	var key [16]byte
	var b Blob
	_, err = pgx.ForEachRow(rows, []any{&hash, &key, &b.Size, &b.MediaType}, func() error {
		b.Hash, b.ObjectKey = document.Hash(hash), org.ID(key)
		return visit(b)
	})
	if err != nil {
		return fmt.Errorf("list blobs: %w", err)
	}
	return nil
}

// Counts gives the number of rows of every table.
func (s *Snapshot) Counts(ctx context.Context) (map[string]int64, error) {
	rows, err := s.tx.Query(ctx, tables)
	if err != nil {
		return nil, translate(fmt.Errorf("list tables: %w", err))
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	counts := make(map[string]int64, len(names))
	for _, name := range names {
		var n int64
		if err := s.tx.QueryRow(ctx, "select count(*) from "+pgx.Identifier{"public", name}.Sanitize()).Scan(&n); err != nil {
			return nil, translate(fmt.Errorf("count %s: %w", name, err))
		}
		counts[name] = n
	}
	return counts, nil
}

const tables = `
select c.relname from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
 order by 1`

// Schema gives the version of the newest migration.
func (s *Snapshot) Schema(ctx context.Context) (version int64, err error) {
	err = s.tx.QueryRow(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&version)
	if err != nil {
		return 0, translate(fmt.Errorf("read schema's version: %w", err))
	}
	return version, nil
}

// Vacant tells whether the database holds no table of ours yet, and whether
// the server's role is there, so that a backup can be put into it.
func Vacant(ctx context.Context, address string) (vacant, role bool, err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return false, false, translate(fmt.Errorf("open database: %w", err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = conn.QueryRow(ctx, `select not exists (`+tables+`), exists (select from pg_roles where rolname = 'congvan_app')`).Scan(&vacant, &role)
	if err != nil {
		return false, false, translate(fmt.Errorf("look into database: %w", err))
	}
	return vacant, role, nil
}

// DropUnfinished removes the uploads that were under way: their parts are in no
// backup.
func DropUnfinished(ctx context.Context, address string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return translate(fmt.Errorf("open database: %w", err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `delete from upload where sha256 is null`); err != nil {
		return translate(fmt.Errorf("drop unfinished uploads: %w", err))
	}
	return nil
}
