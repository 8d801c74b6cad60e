package blob

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"
)

// probe is the content of an object that is only there to be tried.
var probe = []byte("congvan writes, reads and removes this to see that it can")

// Probe tells whether objects can be written, read and removed. What it leaves
// when it is cut off has no record, and the sweep takes it.
func (s *Store) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	key := newKey()
	if _, err := s.write(ctx, key, bytes.NewReader(probe), int64(len(probe)), 0); err != nil {
		return fmt.Errorf("write an object: %w", err)
	}
	if err := s.readProbe(ctx, objectName(key)); err != nil {
		s.discard(ctx, key)
		return fmt.Errorf("read an object: %w", err)
	}
	if err := s.remove(ctx, key); err != nil {
		return fmt.Errorf("remove an object: %w", err)
	}
	return nil
}

func (s *Store) readProbe(ctx context.Context, name string) error {
	body, _, _, err := s.core.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return unavailable(ctx, err)
	}
	defer body.Close()
	got, err := io.ReadAll(io.LimitReader(body, int64(len(probe))+1))
	if err != nil {
		return unavailable(ctx, err)
	}
	if !bytes.Equal(got, probe) {
		return errDamaged.Because(fmt.Errorf("%d bytes come back other than they were written", len(got)))
	}
	return nil
}
