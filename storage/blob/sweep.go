package blob

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

const (
	// shortestWindow is the least time that what nobody refers to is kept, whatever
	// is asked for: an upload that is being recorded has no row yet.
	shortestWindow = 24 * time.Hour
	// Batches keep each transaction and each request short.
	markBatch   = 2000
	deleteBatch = 200
	listBatch   = 500
)

// Swept tells what a sweep removed.
type Swept struct {
	Uploads int   // that had expired
	Blobs   int   // contents that nothing referred to
	Orphans int   // objects without a record
	Bytes   int64 // of the contents
}

// Sweep removes uploads that have expired, contents that nothing has referred to for
// the window, and objects older than the window that have no record. The
// window must be as long as the longest time that a backup of the database may
// be restored from: what a restored row refers to must still be there.
//
// It may run beside everything else and beside another sweep, and can be cut
// off anywhere.
func (s *Store) Sweep(ctx context.Context, now time.Time, window time.Duration) (Swept, error) {
	window = max(window, shortestWindow)
	var done Swept
	for _, step := range []func(context.Context, time.Time, time.Duration, *Swept) error{s.sweepUploads, s.sweepBlobs, s.sweepOrphans} {
		if err := step(ctx, now, window, &done); err != nil {
			return done, err
		}
	}
	return done, nil
}

func (s *Store) sweepUploads(ctx context.Context, now time.Time, _ time.Duration, done *Swept) error {
	for {
		removed, objects, err := s.db.RemoveExpiredUploads(ctx, now, deleteBatch)
		if err != nil {
			return fmt.Errorf("remove expired uploads: %w", err)
		}
		done.Uploads += removed
		if err := s.removeAll(ctx, objects); err != nil {
			return err
		}
		if removed < deleteBatch {
			return nil
		}
	}
}

// sweepBlobs first marks what nothing refers to, with the time, and then
// deletes what has been marked for the whole window.
func (s *Store) sweepBlobs(ctx context.Context, now time.Time, window time.Duration, done *Swept) error {
	var at document.Hash
	for {
		next, err := s.db.MarkUnreferenced(ctx, at, markBatch, now)
		if err != nil {
			return fmt.Errorf("mark unreferenced files: %w", err)
		}
		if next.IsZero() {
			break
		}
		at = next
	}
	for {
		objects, bytes, more, err := s.db.DeleteUnreferenced(ctx, now.Add(-window), deleteBatch)
		if err != nil {
			return fmt.Errorf("delete unreferenced files: %w", err)
		}
		done.Blobs += len(objects)
		done.Bytes += bytes
		if err := s.removeAll(ctx, objects); err != nil {
			return err
		}
		if !more {
			return nil
		}
	}
}

// removeAll stops at the first failure: the store is gone, and what is left
// has no record any more and is an orphan.
func (s *Store) removeAll(ctx context.Context, keys []org.ID) error {
	for _, key := range keys {
		if err := s.remove(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) sweepOrphans(ctx context.Context, now time.Time, window time.Duration, done *Swept) error {
	before := now.Add(-window)
	youngest := objectName(earliestKey(before))
	err := s.each(ctx, minio.ListObjectsOptions{}, func(shelf minio.ObjectInfo) error {
		if !strings.HasSuffix(shelf.Key, "/") || len(shelf.Key) != shelfDigits+1 || shelf.Key > youngest {
			return nil // none of ours, or all in it are too young
		}
		return s.sweepShelf(ctx, shelf.Key, before, done)
	})
	if err != nil {
		return err
	}
	return s.sweepParts(ctx, before)
}

// each visits what the store lists, for as long as it goes on listing in time.
func (s *Store) each(ctx context.Context, opt minio.ListObjectsOptions, visit func(minio.ObjectInfo) error) error {
	ctx, w := s.watched(ctx)
	defer w.end() // also ends a listing that is not read to its end
	for object := range s.core.Client.ListObjects(ctx, s.bucket, opt) {
		if object.Err != nil {
			return unavailable(ctx, object.Err)
		}
		w.pause()
		if err := visit(object); err != nil {
			return err
		}
		w.resume()
	}
	if ctx.Err() != nil {
		return unavailable(ctx, context.Cause(ctx))
	}
	return nil
}

func (s *Store) sweepShelf(ctx context.Context, shelf string, before time.Time, done *Swept) error {
	var batch []org.ID
	sweep := func() error {
		known, err := s.db.KnownObjects(ctx, batch)
		if err != nil {
			return fmt.Errorf("look for orphans: %w", err)
		}
		for _, key := range batch {
			if known[key] {
				continue
			}
			if err := s.remove(ctx, key); err != nil {
				return err
			}
			done.Orphans++
		}
		batch = batch[:0]
		return nil
	}
	err := s.each(ctx, minio.ListObjectsOptions{Prefix: shelf, Recursive: true}, func(object minio.ObjectInfo) error {
		key, err := org.ParseID(strings.TrimPrefix(object.Key, shelf))
		if err != nil || objectName(key) != object.Key || !madeAt(key).Before(before) {
			return nil //nolint:nilerr // none of ours, or too young
		}
		if batch = append(batch, key); len(batch) < listBatch {
			return nil
		}
		return sweep()
	})
	if err != nil || len(batch) == 0 {
		return err
	}
	return sweep()
}

// sweepParts gives up what is left of uploads to the store that were cut off.
func (s *Store) sweepParts(ctx context.Context, before time.Time) error {
	ctx, w := s.watched(ctx)
	defer w.end()
	for part := range s.core.ListIncompleteUploads(ctx, s.bucket, "", true) {
		w.resume()
		if part.Err != nil {
			return unavailable(ctx, part.Err)
		}
		if !part.Initiated.Before(before) {
			continue
		}
		if err := s.core.RemoveIncompleteUpload(ctx, s.bucket, part.Key); err != nil && !missing(err) {
			return unavailable(ctx, err)
		}
	}
	if ctx.Err() != nil {
		return unavailable(ctx, context.Cause(ctx))
	}
	return nil
}

// earliestKey is the least key that can be made at the time.
func earliestKey(t time.Time) org.ID {
	var key org.ID
	ms := max(t.UnixMilli(), 0)
	for i := range 6 {
		key[i] = byte(ms >> (8 * (5 - i)))
	}
	return key
}
