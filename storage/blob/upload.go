package blob

import (
	"context"
	"fmt"
	"io"
	"time"

	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Append takes what follows the first offset bytes of an upload, until r ends
// or breaks off: what came is kept, and the sender goes on from there. With
// the last byte the upload becomes a stored content. It must not be called
// before somebody has decided that the caller may write to the upload.
func (s *Store) Append(ctx context.Context, id org.ID, offset int64, r io.Reader) (postgres.Upload, error) {
	u, segments, err := s.db.UploadOf(ctx, id)
	if err != nil {
		return u, fmt.Errorf("look up upload: %w", err)
	}
	if offset != u.Received {
		return u, errOffset
	}
	// The sender may be gone before what it sent is safe.
	safe := context.WithoutCancel(ctx)
	if u.Received < u.Size {
		key := newKey()
		ref, err := s.write(safe, key, &lenient{ctx: ctx, src: r}, -1, u.Size-u.Received)
		if err != nil {
			return u, err
		}
		if ref.Size == 0 {
			s.discard(safe, key)
			return u, nil
		}
		if err := s.db.AddSegment(safe, id, postgres.Segment{Start: offset, Length: ref.Size, ObjectKey: key}); err != nil {
			return u, fmt.Errorf("record segment: %w", err) // the sweep finds its object
		}
		u.Received += ref.Size
		if len(segments) == 0 && ref.Size == u.Size {
			return s.finish(safe, u, key, ref)
		}
	}
	if u.Received < u.Size {
		return u, nil
	}
	return s.Finish(safe, id)
}

// lenient ends where its source fails.
type lenient struct {
	ctx context.Context //nolint:containedctx // it is the source's
	src io.Reader
}

func (l *lenient) Read(p []byte) (int, error) {
	if l.ctx.Err() != nil {
		return 0, io.EOF
	}
	n, err := l.src.Read(p)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

// Finish makes the upload a stored content once all of it is there. Append does
// so by itself; it is for an upload that was cut off in between, and does
// nothing to one that is finished.
func (s *Store) Finish(ctx context.Context, id org.ID) (postgres.Upload, error) {
	u, segments, err := s.db.UploadOf(ctx, id)
	if err != nil {
		return u, fmt.Errorf("look up upload: %w", err)
	}
	if !u.Hash.IsZero() {
		return u, nil
	}
	if u.Received < u.Size {
		return u, errIncomplete
	}
	done, err := s.assemble(ctx, u, segments)
	if err != nil {
		// Another may have finished it at the same time, and dropped the segments.
		if now, _, again := s.db.UploadOf(ctx, id); again == nil && !now.Hash.IsZero() {
			return now, nil
		}
	}
	return done, err
}

func (s *Store) assemble(ctx context.Context, u postgres.Upload, segments []postgres.Segment) (postgres.Upload, error) {
	all := &chain{store: s, ctx: ctx, segments: segments}
	defer all.drop()
	if len(segments) == 1 {
		// Its object becomes the content's, without a copy.
		ref, err := s.measure(ctx, all, u.Size)
		if err != nil {
			return u, err
		}
		return s.finish(ctx, u, segments[0].ObjectKey, ref)
	}
	key := newKey()
	size := u.Size
	if size == 0 {
		size = -1
	}
	ref, err := s.write(ctx, key, all, size, 0)
	if err != nil {
		return u, err
	}
	return s.finish(ctx, u, key, ref)
}

// measure reads a stream through as if it were stored.
func (s *Store) measure(ctx context.Context, r io.Reader, size int64) (Ref, error) {
	_, w := s.watched(ctx)
	defer w.end()
	in := newIntake(r, size, 0, w)
	_, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{in}, make([]byte, bufferSize))
	if failed := in.letGo(); failed != nil {
		return Ref{}, failed
	}
	if err != nil {
		return Ref{}, fmt.Errorf("read upload: %w", err)
	}
	return in.ref(), nil
}

func (s *Store) finish(ctx context.Context, u postgres.Upload, key org.ID, ref Ref) (postgres.Upload, error) {
	var obsolete []org.ID
	mine := postgres.Blob{Hash: ref.Hash, ObjectKey: key, Size: ref.Size, MediaType: ref.MediaType, CreatedAt: time.Now()}
	found, err := s.settle(ctx, mine, func(k postgres.Known) (b postgres.Blob, doubtful bool, err error) {
		b, doubtful, obsolete, err = s.db.FinishUpload(ctx, u.ID, mine, k)
		return b, doubtful, err
	})
	if err != nil {
		return u, err
	}
	s.discard(ctx, obsolete...)
	u.Hash, u.MediaType = found.Hash, found.MediaType
	return u, nil
}

// GiveUp removes an upload that is not wanted any more. A content that it has
// become stays for as long as others refer to it.
func (s *Store) GiveUp(ctx context.Context, id org.ID) error {
	objects, err := s.db.RemoveUpload(ctx, id)
	if err != nil {
		return fmt.Errorf("give up upload: %w", err)
	}
	s.discard(ctx, objects...)
	return nil
}

// chain reads segments one after the other.
type chain struct {
	store    *Store
	ctx      context.Context //nolint:containedctx // it is read under one context
	segments []postgres.Segment
	current  *File
}

func (c *chain) Read(p []byte) (int, error) {
	for {
		if c.current == nil {
			if len(c.segments) == 0 {
				return 0, io.EOF
			}
			next := c.segments[0]
			c.current = c.store.file(c.ctx, postgres.Blob{ObjectKey: next.ObjectKey, Size: next.Length})
			c.segments = c.segments[1:]
		}
		n, err := c.current.Read(p)
		if err == io.EOF { //nolint:errorlint // a reader ends with io.EOF itself, never with one inside
			c.drop()
			err = nil
			if n == 0 {
				continue
			}
		}
		return n, err
	}
}

func (c *chain) drop() {
	if c.current != nil {
		_ = c.current.Close()
		c.current = nil
	}
}
