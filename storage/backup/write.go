package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// workers is how many files are copied at once.
const workers = 8

// Source is a running installation.
type Source struct {
	Database string // address of a role that sees every row
	Blobs    *blob.Store
	Version  string // of the program
	Settings []byte // without secrets
}

// Write copies one moment of the source into a folder, beside its earlier
// backups. Files that the store has not, or not whole, are named in the
// manifest: they stop nothing else.
func Write(ctx context.Context, src Source, root string, now time.Time, tell Progress) (_ Copy, err error) {
	c := Copy{root: root, dir: filepath.Join(root, now.UTC().Format(nameLayout)),
		Manifest: Manifest{Format: format, Version: src.Version, At: now.UTC().Truncate(time.Second)}}
	if err := os.MkdirAll(filepath.Join(root, objectsDir), 0o700); err != nil {
		return c, fmt.Errorf("make the folder of files: %w", err)
	}
	// Only its owner reads a backup: it holds every document.
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		return c, fmt.Errorf("make the folder of the backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(c.dir))
		}
	}()
	snapshot, err := postgres.OpenSnapshot(ctx, src.Database)
	if err != nil {
		return c, err
	}
	defer snapshot.Close(ctx)
	if c.Schema, err = snapshot.Schema(ctx); err != nil {
		return c, err
	}
	if c.Tables, err = snapshot.Counts(ctx); err != nil {
		return c, err
	}
	if c.Database, err = c.dump(ctx, src.Database, snapshot.ID, tell); err != nil {
		return c, err
	}
	if err := c.copyObjects(ctx, snapshot, src.Blobs, tell); err != nil {
		return c, err
	}
	if err := writeFile(filepath.Join(c.dir, settingsName), func(w io.Writer) error { _, err := w.Write(src.Settings); return err }); err != nil {
		return c, err
	}
	return c, writeFile(filepath.Join(c.dir, manifestName), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(c.Manifest)
	})
}

// dump has pg_dump write the snapshot; it is hashed as it passes.
func (c Copy) dump(ctx context.Context, address, snapshot string, tell Progress) (part Part, err error) {
	sum := sha256.New()
	err = writeFile(filepath.Join(c.dir, databaseName), func(w io.Writer) error {
		out := &counting{w: io.MultiWriter(w, sum), tell: func(n int64) { tell("database", n, 0) }}
		err := run(ctx, address, "pg_dump", nil, out, "--format=custom", "--compress=1", "--no-owner", "--snapshot="+snapshot)
		part = partOf(out.n, sum)
		return err
	})
	return part, err
}

type counting struct {
	w    io.Writer
	n    int64
	tell func(int64)
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.tell(c.n)
	return n, err
}

// copyObjects writes the list of files, and brings those that no earlier backup
// of the folder has.
func (c *Copy) copyObjects(ctx context.Context, snapshot *postgres.Snapshot, blobs *blob.Store, tell Progress) error {
	var list bytes.Buffer // a hundred bytes for each file; a million of them are 100 MB
	var mu sync.Mutex
	total := c.Tables["blob"]
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	var done int64
	err := snapshot.Blobs(ctx, func(b postgres.Blob) error {
		list.WriteString(formatObject(b))
		c.Objects, c.Bytes = c.Objects+1, c.Bytes+b.Size
		group.Go(func() error {
			missing, err := c.fetch(gctx, blobs, b)
			mu.Lock()
			defer mu.Unlock()
			if missing {
				c.Missing = append(c.Missing, b.Hash.String())
			}
			done++
			tell("files", done, total)
			return err
		})
		return gctx.Err()
	})
	if err := errors.Join(group.Wait(), err); err != nil {
		return err
	}
	slices.Sort(c.Missing)
	sum := sha256.New()
	sum.Write(list.Bytes())
	c.List = partOf(int64(list.Len()), sum)
	return writeFile(filepath.Join(c.dir, objectsName), func(w io.Writer) error { _, err := w.Write(list.Bytes()); return err })
}

// fetch brings one content, unless it is there.
func (c *Copy) fetch(ctx context.Context, blobs *blob.Store, b postgres.Blob) (missing bool, err error) {
	path := objectPath(c.root, b.Hash)
	if info, err := os.Stat(path); err == nil && info.Size() == b.Size {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, fmt.Errorf("make a folder of files: %w", err)
	}
	content := blobs.OpenRecorded(ctx, b)
	defer content.Close()
	err = writeFile(path, func(w io.Writer) error { _, err := io.Copy(w, content); return err })
	if blob.IsDamaged(err) {
		return true, nil
	}
	return false, err
}
