package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Blob is the record of a file's content: which object holds it.
type Blob struct {
	Hash      document.Hash
	ObjectKey org.ID
	Size      int64
	MediaType string
	CreatedAt time.Time
	CheckedAt time.Time // when its object was last read through; zero: never
	DamagedAt time.Time // when its object was found wrong; zero: it is sound
	// UnreferencedAt is when the sweep first found that nothing refers to it.
	UnreferencedAt time.Time
}

// Known is what a caller has found out about the object of a recorded blob.
type Known struct {
	ObjectKey org.ID
	Sound     bool
}

func blobOf(r dbsqlc.Blob) Blob {
	return Blob{Hash: hashOf(r.Sha256), ObjectKey: r.ObjectKey, Size: r.Size, MediaType: r.MediaType, CreatedAt: r.CreatedAt,
		CheckedAt: value(r.CheckedAt), DamagedAt: value(r.DamagedAt), UnreferencedAt: value(r.UnreferencedAt)}
}

// RecordBlob records that b's object holds b's content. When the content was
// recorded before it gives that record, and b's object is one too many.
//
// A record that the sweep has marked, or whose object was damaged, is doubtful:
// its object may be gone, for instance after a backup was restored. It is given as it
// is, and the caller looks at its object and calls again with what it Knows: a
// sound object stays, and b's takes the place of another.
func (s *Store) RecordBlob(ctx context.Context, b Blob, k Known) (found Blob, doubtful bool, err error) {
	if k == (Known{}) {
		// Most often nothing is known of the content yet, and one statement, which
		// is a transaction by itself, says all: mails bring thousands of files.
		row, err := dbsqlc.New(s.pool).InsertBlob(ctx, insertBlobOf(b))
		if err != nil {
			return Blob{}, false, translate(fmt.Errorf("record blob: %w", err))
		}
		return blobOf(row), row.UnreferencedAt != nil || row.DamagedAt != nil, nil
	}
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		found, doubtful, err = tx.recordBlob(ctx, b, k)
		return err
	})
	return found, doubtful, err
}

func insertBlobOf(b Blob) dbsqlc.InsertBlobParams {
	return dbsqlc.InsertBlobParams{Sha256: b.Hash[:], ObjectKey: b.ObjectKey, Size: b.Size, MediaType: b.MediaType, CreatedAt: b.CreatedAt}
}

func (tx *Tx) recordBlob(ctx context.Context, b Blob, k Known) (found Blob, doubtful bool, err error) {
	row, err := tx.q.InsertBlob(ctx, insertBlobOf(b))
	if err != nil {
		return Blob{}, false, fmt.Errorf("record blob: %w", err)
	}
	found = blobOf(row)
	marked, damaged := row.UnreferencedAt != nil, row.DamagedAt != nil
	switch {
	case !marked && !damaged:
		return found, false, nil
	case k.ObjectKey != found.ObjectKey:
		return found, true, nil
	case k.Sound && !damaged:
		if err := tx.q.ReviveBlob(ctx, b.Hash[:]); err != nil {
			return Blob{}, false, fmt.Errorf("revive blob: %w", err)
		}
	default:
		if err := tx.q.ReplaceBlobObject(ctx, b.ObjectKey, b.Hash[:]); err != nil {
			return Blob{}, false, fmt.Errorf("replace object of blob: %w", err)
		}
		found.ObjectKey = b.ObjectKey
	}
	found.UnreferencedAt, found.DamagedAt = time.Time{}, time.Time{}
	return found, false, nil
}

// Blob gives the record of a content.
func (s *Store) Blob(ctx context.Context, h document.Hash) (b Blob, err error) {
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		row, err := tx.q.GetBlob(ctx, h[:])
		if err != nil {
			return fmt.Errorf("read blob: %w", err)
		}
		b = blobOf(row)
		return nil
	})
	return b, err
}

// CheckBlob records that the blob's object was read through, and how it was found.
func (s *Store) CheckBlob(ctx context.Context, b Blob, damaged bool, at time.Time) error {
	return s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		if err := tx.q.CheckBlob(ctx, dbsqlc.CheckBlobParams{Sha256: b.Hash[:], ObjectKey: b.ObjectKey, At: at, Damaged: damaged}); err != nil {
			return fmt.Errorf("record check of blob: %w", err)
		}
		return nil
	})
}

// BlobsToCheck gives blobs whose objects were not read through since before,
// the longest waiting first.
func (s *Store) BlobsToCheck(ctx context.Context, before time.Time, most int) (list []Blob, err error) {
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		rows, err := tx.q.ListBlobsToCheck(ctx, before, int32(most))
		if err != nil {
			return fmt.Errorf("list blobs to check: %w", err)
		}
		list = nil
		for _, r := range rows {
			list = append(list, blobOf(r))
		}
		return nil
	})
	return list, err
}

// DamagedBlobs counts the blobs whose objects were found wrong.
func (s *Store) DamagedBlobs(ctx context.Context) (n int, err error) {
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		found, err := tx.q.CountDamagedBlobs(ctx)
		if err != nil {
			return fmt.Errorf("count damaged blobs: %w", err)
		}
		n = int(found)
		return nil
	})
	return n, err
}

// KnownObjects gives those of the keys that hold a blob or a part of an upload.
func (s *Store) KnownObjects(ctx context.Context, keys []org.ID) (known map[org.ID]bool, err error) {
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		found, err := tx.q.KnownObjects(ctx, keys)
		if err != nil {
			return fmt.Errorf("look for objects: %w", err)
		}
		known = make(map[org.ID]bool, len(found))
		for _, key := range found {
			known[key] = true
		}
		return nil
	})
	return known, err
}

// MarkUnreferenced looks at the next blobs after a hash, in the order of hashes,
// and marks those that nothing refers to. It gives the last one looked at, and
// the zero hash after the last of all.
func (s *Store) MarkUnreferenced(ctx context.Context, after document.Hash, most int, now time.Time) (last document.Hash, err error) {
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		free, err := tx.unreferenced(ctx)
		if err != nil {
			return err
		}
		// A locked row is in use this moment; the next round looks at it again.
		sql := `
with page as (select sha256 from blob where sha256 > $1 order by sha256 limit $2),
     found as (select b.sha256, b.unreferenced_at, ` + free + ` as free from page join blob b using (sha256)),
     changed as (select b.sha256 from blob b join found f using (sha256)
                  where f.free = (b.unreferenced_at is null) for no key update of b skip locked),
     mark as (update blob b set unreferenced_at = case when f.free then $3::timestamptz end
                from found f join changed c using (sha256) where b.sha256 = f.sha256)
select (array_agg(sha256 order by sha256 desc))[1], count(*) from page`
		var end []byte
		var n int
		if err := tx.tx.QueryRow(ctx, sql, after[:], most, now).Scan(&end, &n); err != nil {
			return fmt.Errorf("mark unreferenced blobs: %w", err)
		}
		last = document.Hash{}
		if n == most {
			last = hashOf(end)
		}
		return nil
	})
	return last, err
}

// DeleteUnreferenced deletes records that were marked before a time and that
// nothing refers to still. Once it has returned, the objects may go too: nobody
// can come to refer to them any more. more tells that there may be others.
func (s *Store) DeleteUnreferenced(ctx context.Context, before time.Time, most int) (objects []org.ID, bytes int64, more bool, err error) {
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		objects, bytes = nil, 0
		free, err := tx.unreferenced(ctx)
		if err != nil {
			return err
		}
		locked, err := tx.q.LockUnreferencedBlobs(ctx, before, int32(most))
		if err != nil {
			return fmt.Errorf("lock unreferenced blobs: %w", err)
		}
		more = len(locked) == most
		// A reference made between the mark and the lock is seen only now, by a
		// statement that begins after the lock. The foreign keys are the last guard.
		if _, err := tx.tx.Exec(ctx, `update blob b set unreferenced_at = null where b.sha256 = any($1) and not `+free, locked); err != nil {
			return fmt.Errorf("spare blobs in use: %w", err)
		}
		rows, err := tx.q.DeleteUnreferencedBlobs(ctx, locked)
		if err != nil {
			return fmt.Errorf("delete unreferenced blobs: %w", err)
		}
		for _, r := range rows {
			objects = append(objects, r.ObjectKey)
			bytes += r.Size
		}
		return nil
	})
	return objects, bytes, more, err
}

// unreferenced gives the condition that nothing refers to blob b. Which columns refer
// to blobs is asked of the schema, so that a new table cannot be forgotten; the
// exchange's scope sees the rows of all agencies.
func (tx *Tx) unreferenced(ctx context.Context) (string, error) {
	rows, err := tx.tx.Query(ctx, `
select n.nspname, t.relname, a.attname
  from pg_constraint c
  join pg_class t on t.oid = c.conrelid
  join pg_namespace n on n.oid = t.relnamespace
  join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
 where c.contype = 'f' and c.confrelid = 'blob'::regclass and c.conparentid = 0
 order by 1, 2, 3`)
	if err != nil {
		return "", fmt.Errorf("list references to blobs: %w", err)
	}
	var b strings.Builder
	b.WriteString("not (false")
	var schema, table, column string
	_, err = pgx.ForEachRow(rows, []any{&schema, &table, &column}, func() error {
		fmt.Fprintf(&b, " or exists (select from %s r where r.%s = b.sha256)",
			pgx.Identifier{schema, table}.Sanitize(), pgx.Identifier{column}.Sanitize())
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("list references to blobs: %w", err)
	}
	b.WriteString(")")
	return b.String(), nil
}
