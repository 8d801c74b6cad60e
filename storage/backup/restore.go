package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"congvan/server/domain/document"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// Target is where a backup is put: an empty database, and a bucket.
type Target struct {
	Database string // address of the role that will own the schema
	Blobs    *blob.Store
}

// Restore puts the backup into an empty database and its bucket. Files come
// first and the database last, in one transaction: what is cut off in between
// leaves an empty database, and a second try goes on where the first ended.
func (c Copy) Restore(ctx context.Context, to Target, tell Progress) error {
	vacant, role, err := postgres.Vacant(ctx, to.Database)
	switch {
	case err != nil:
		return err
	case !vacant:
		return ErrNotEmpty
	case !role:
		return ErrNoRole
	}
	if err := c.complete(); err != nil {
		return err
	}
	if err := to.Blobs.EnsureBucket(ctx); err != nil {
		return err
	}
	err = c.forEach(ctx, func(ctx context.Context, b postgres.Blob) error {
		return to.Blobs.Place(ctx, b, func() (io.ReadCloser, error) { return os.Open(objectPath(c.root, b.Hash)) })
	}, func(n int64) { tell("files", n, int64(c.Objects)) })
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(c.dir, databaseName))
	if err != nil {
		return fmt.Errorf("open the database's copy: %w", err)
	}
	defer f.Close()
	tell("database", 0, 0)
	if err := run(ctx, to.Database, "pg_restore", f, io.Discard, "--single-transaction", "--exit-on-error", "--no-owner"); err != nil {
		return err
	}
	return postgres.DropUnfinished(ctx, to.Database)
}

// complete looks whether every file is in the folder, in its full size.
func (c Copy) complete() error {
	return c.eachObject(func(b postgres.Blob) error {
		if c.lacks(b.Hash) {
			return nil
		}
		info, err := os.Stat(objectPath(c.root, b.Hash))
		if err != nil {
			return fmt.Errorf("%w: file %s: %w", ErrAltered, b.Hash, err)
		}
		if info.Size() != b.Size {
			return fmt.Errorf("%w: file %s has %d bytes, not %d", ErrAltered, b.Hash, info.Size(), b.Size)
		}
		return nil
	})
}

// lacks tells whether the file was missing when the backup was written.
func (c Copy) lacks(h document.Hash) bool { return slices.Contains(c.Missing, h.String()) }

// forEach does something with every file of the backup, some at once.
func (c Copy) forEach(ctx context.Context, do func(context.Context, postgres.Blob) error, tell func(int64)) error {
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	var done atomic.Int64
	err := c.eachObject(func(b postgres.Blob) error {
		if c.lacks(b.Hash) {
			return nil
		}
		group.Go(func() error {
			err := do(gctx, b)
			tell(done.Add(1))
			return err
		})
		return gctx.Err()
	})
	return errors.Join(group.Wait(), err)
}

// Report says what a restored installation was compared in.
type Report struct {
	Tables  int
	Rows    int64
	Objects int
	Bytes   int64
	Wrong   []string // what differs, a line each
}

// Verify compares an installation, into which the backup was just restored,
// with the backup: the rows of every table, and the bytes of every file.
func (c Copy) Verify(ctx context.Context, to Target, tell Progress) (r Report, err error) {
	snapshot, err := postgres.OpenSnapshot(ctx, to.Database)
	if err != nil {
		return r, err
	}
	defer snapshot.Close(ctx)
	counts, err := snapshot.Counts(ctx)
	if err != nil {
		return r, err
	}
	for name, want := range c.Tables {
		got, there := counts[name]
		r.Tables, r.Rows = r.Tables+1, r.Rows+got
		// Uploads that were under way are not restored.
		if got != want && !(there && got < want && (name == "upload" || name == "upload_segment")) {
			r.Wrong = append(r.Wrong, fmt.Sprintf("table %s: %d rows, %d in the backup", name, got, want))
		}
	}
	if want := c.Tables["blob"]; want != int64(c.Objects) {
		r.Wrong = append(r.Wrong, fmt.Sprintf("%d files in the backup's list, %d in its database", c.Objects, want))
	}
	wrong := make(chan string)
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		for line := range wrong {
			r.Wrong = append(r.Wrong, line)
		}
	}()
	var bytes atomic.Int64
	err = c.forEach(ctx, func(ctx context.Context, b postgres.Blob) error {
		content := to.Blobs.OpenRecorded(ctx, b)
		defer content.Close()
		n, err := io.Copy(io.Discard, content)
		bytes.Add(n)
		if blob.IsDamaged(err) {
			wrong <- "file " + b.Hash.String() + " is missing or altered"
			return nil
		}
		return err
	}, func(n int64) { tell("verify", n, int64(c.Objects)) })
	close(wrong)
	<-collected
	r.Objects, r.Bytes = c.Objects-len(c.Missing), bytes.Load()
	slices.Sort(r.Wrong)
	return r, err
}
