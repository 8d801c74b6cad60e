package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"

	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

const (
	// smallSize is up to what a stream of unknown length is read before it is
	// sent, so that a small one goes in a single request of known length.
	smallSize = 1 << 20
	// partSize is what the library holds in memory of a longer one. S3 wants at least this,
	// and takes 10,000 parts: 50 GB.
	partSize = 5 << 20
	// singleSize is the most that goes in one request; S3 takes 5 GiB.
	singleSize = 4 << 30
	// settleTries is how often a record may change while it is looked at.
	settleTries = 10
)

// Hint tells what is known of a stream before it is read.
type Hint struct {
	Size    int64 // its length; zero when unknown, which is slower
	MaxSize int64 // refuse more than this; zero: no limit
}

// smallBuffers are lent to streams of unknown length.
var smallBuffers = sync.Pool{New: func() any { return new([smallSize]byte) }}

// Put stores what r gives and returns how to find it again. The answer is the
// same whether the content was stored before or not. Nothing is stored when r
// fails, is longer than allowed, or differs in length from what was announced;
// r's own error is given as it is.
func (s *Store) Put(ctx context.Context, r io.Reader, hint Hint) (Ref, error) {
	if hint.MaxSize > 0 && hint.Size > hint.MaxSize {
		return Ref{}, errTooLarge
	}
	size := hint.Size
	if size == 0 {
		size = -1
	}
	key := newKey()
	ref, err := s.write(ctx, key, r, size, hint.MaxSize)
	if err != nil {
		return Ref{}, err
	}
	return s.record(ctx, key, ref)
}

// write streams r into a new object.
func (s *Store) write(ctx context.Context, key org.ID, r io.Reader, size, most int64) (Ref, error) {
	wctx, w := s.watched(ctx)
	defer w.end()
	in := newIntake(r, size, most, w)
	err := s.send(wctx, key, in, size)
	if failed := in.letGo(); failed != nil {
		s.discard(ctx, key) // it may have been complete before the failure showed
		return Ref{}, failed
	}
	if err != nil {
		return Ref{}, unavailable(wctx, err)
	}
	return in.ref(), nil
}

func (s *Store) send(ctx context.Context, key org.ID, in *intake, size int64) (err error) {
	opt := minio.PutObjectOptions{
		ContentType: "application/octet-stream", // never served from there
		PartSize:    partSize, NumThreads: 1,
		// The bytes are hashed here already. Where nobody can change them on the
		// way the library's own hash of each chunk protects nothing more.
		DisableContentSha256: s.unsigned,
	}
	var body io.Reader = in
	if size < 0 {
		buf := smallBuffers.Get().(*[smallSize]byte)
		defer func() {
			// After a failure the transport may still be reading it.
			if err == nil {
				smallBuffers.Put(buf)
			}
		}()
		n, err := io.ReadFull(in, buf[:])
		switch {
		case err == nil:
			body = io.MultiReader(bytes.NewReader(buf[:n]), in)
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			size = int64(n)
			body = bytes.NewReader(buf[:n])
		default:
			return err
		}
	}
	switch {
	case size >= 0 && size <= singleSize:
		opt.DisableMultipart = true
	case size > singleSize:
		opt.PartSize = 64 << 20
	}
	_, err = s.core.Client.PutObject(ctx, s.bucket, objectName(key), body, size, opt)
	return err
}

// record makes the object the blob's, or drops it when the content was there.
func (s *Store) record(ctx context.Context, key org.ID, ref Ref) (Ref, error) {
	mine := postgres.Blob{Hash: ref.Hash, ObjectKey: key, Size: ref.Size, MediaType: ref.MediaType, CreatedAt: time.Now()}
	return s.settle(ctx, mine, func(k postgres.Known) (postgres.Blob, bool, error) {
		return s.db.RecordBlob(ctx, mine, k)
	})
}

// settle records until the answer is beyond doubt: a record that the sweep has
// marked may have lost its object, and is believed only after a look at it.
func (s *Store) settle(ctx context.Context, mine postgres.Blob, record func(postgres.Known) (postgres.Blob, bool, error)) (Ref, error) {
	var known postgres.Known
	for range settleTries {
		found, doubtful, err := record(known)
		if err != nil {
			// The row may be written all the same when the answer was lost, so the
			// object stays; the sweep removes it when it has no row.
			return Ref{}, fmt.Errorf("record stored file: %w", err)
		}
		if doubtful {
			sound, err := s.stands(ctx, found)
			if err != nil {
				return Ref{}, err
			}
			known = postgres.Known{ObjectKey: found.ObjectKey, Sound: sound}
			continue
		}
		if found.ObjectKey != mine.ObjectKey {
			s.discard(ctx, mine.ObjectKey)
		}
		return refOf(found), nil
	}
	return Ref{}, errUnavailable.Because(errors.New("the record of the content keeps changing"))
}

// stands tells whether the blob's object is there, in its full size.
func (s *Store) stands(ctx context.Context, b postgres.Blob) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	info, err := s.core.StatObject(ctx, s.bucket, objectName(b.ObjectKey), minio.StatObjectOptions{})
	switch {
	case err == nil:
		return info.Size == b.Size, nil
	case missing(err):
		return false, nil
	}
	return false, unavailable(ctx, err)
}

func refOf(b postgres.Blob) Ref { return Ref{Hash: b.Hash, Size: b.Size, MediaType: b.MediaType} }
