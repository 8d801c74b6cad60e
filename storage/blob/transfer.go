package blob

import (
	"context"
	"errors"
	"fmt"
	"io"

	"congvan/storage/postgres"
)

// OpenRecorded gives the content of a record that the caller holds, marked or
// not: a backup reads what a snapshot of the records names. It is hashed on the
// way and never given whole when it differs.
func (s *Store) OpenRecorded(ctx context.Context, b postgres.Blob) *File { return s.content(ctx, b) }

// Place puts a content where its record, which is restored with the database,
// says that it is. It does nothing when the object is there in its full size;
// anything but the bytes that the record names fails and leaves nothing.
func (s *Store) Place(ctx context.Context, b postgres.Blob, open func() (io.ReadCloser, error)) error {
	there, err := s.stands(ctx, b)
	if err != nil || there {
		return err
	}
	r, err := open()
	if err != nil {
		return err
	}
	defer r.Close()
	ref, err := s.write(ctx, b.ObjectKey, r, b.Size, b.Size)
	if err != nil {
		return err
	}
	if ref.Hash != b.Hash {
		s.discard(ctx, b.ObjectKey)
		return errDamaged.Because(fmt.Errorf("%s hashes to %s", b.Hash, ref.Hash))
	}
	return nil
}

// IsDamaged tells whether reading failed because the object is not, or not
// wholly, what its record says.
func IsDamaged(err error) bool { return errors.Is(err, errDamaged) }
