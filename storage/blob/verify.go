package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"congvan/server/domain/document"
	"congvan/storage/postgres"
)

// Verify reads the stored content through and compares it with its hash. An
// object that is gone or differs is marked, which keeps it from being served,
// and the mark goes when a later look finds it sound.
func (s *Store) Verify(ctx context.Context, h document.Hash) error {
	b, err := s.db.Blob(ctx, h)
	if err != nil {
		return fmt.Errorf("look up stored file: %w", err)
	}
	return s.verify(ctx, b)
}

// OpenVerified gives the content after reading it through: for signing, for
// sending, and for evidence.
func (s *Store) OpenVerified(ctx context.Context, h document.Hash) (*File, error) {
	b, err := s.db.Blob(ctx, h)
	if err != nil {
		return nil, fmt.Errorf("look up stored file: %w", err)
	}
	if err := s.verify(ctx, b); err != nil {
		return nil, err
	}
	return s.content(ctx, b), nil
}

// Round bounds how much is read through at a time.
type Round struct {
	Objects int
	Bytes   int64 // zero: no limit; the object that goes over it is the last
}

// VerifyOldest reads through contents that nobody has since before, the longest
// waiting first, and gives those that are damaged. It stops with an error when
// the store or the database cannot be reached, which says nothing about a content.
func (s *Store) VerifyOldest(ctx context.Context, before time.Time, most Round) (checked int, damaged []document.Hash, err error) {
	list, err := s.db.BlobsToCheck(ctx, before, most.Objects)
	if err != nil {
		return 0, nil, fmt.Errorf("list files to verify: %w", err)
	}
	var read int64
	for _, b := range list {
		if most.Bytes > 0 && read >= most.Bytes {
			break
		}
		read += b.Size
		err := s.verify(ctx, b)
		switch {
		case errors.Is(err, errDamaged):
			damaged = append(damaged, b.Hash)
		case err != nil:
			return checked, damaged, err
		}
		checked++
	}
	return checked, damaged, nil
}

// Damaged tells how many contents are marked as damaged.
func (s *Store) Damaged(ctx context.Context) (int, error) {
	n, err := s.db.DamagedBlobs(ctx)
	if err != nil {
		return 0, fmt.Errorf("count damaged files: %w", err)
	}
	return n, nil
}

func (s *Store) verify(ctx context.Context, b postgres.Blob) error {
	found := s.compare(ctx, b)
	if found != nil && !errors.Is(found, errDamaged) {
		return found
	}
	if err := s.db.CheckBlob(ctx, b, found != nil, time.Now()); err != nil {
		return fmt.Errorf("record verification: %w", err)
	}
	return found
}

// compare gives errDamaged when the object is not what its record says.
func (s *Store) compare(ctx context.Context, b postgres.Blob) error {
	f := s.content(ctx, b) // which hashes what is read through
	defer f.Close()
	buf := make([]byte, bufferSize)
	for {
		_, err := f.Read(buf) //nolint:contextcheck // it reads under the context it was opened with
		if err == io.EOF {    //nolint:errorlint // a reader ends with io.EOF itself, never with one inside
			return nil
		}
		if err != nil {
			return err
		}
	}
}
