package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/minio/minio-go/v7"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

const (
	// firstWindow is how much is asked for after a jump; a reader that goes on
	// is given twice as much each time.
	firstWindow = 256 << 10
	lastWindow  = 64 << 20
	// drained is up to what the rest of an answer is read to its end, so that
	// its connection can be used again.
	drained = 64 << 10
)

// File reads a stored content. It asks the store only for what is read: all of
// it when it is read from the beginning, growing stretches after a jump. It is
// for one reader at a time, and for as long as the context it was opened with.
//
// Whoever reads a content from its first byte to its last is never given a wrong
// one as whole: it is hashed on the way, and when it differs the last bytes are
// held back, the read fails and the content is marked. What jumps is not hashed.
type File struct {
	Ref
	store *Store
	ctx   context.Context //nolint:containedctx // a file is read under the context it was opened with
	key   org.ID

	sum     hash.Hash // of what was read from the beginning on; nil: it is not hashed
	damaged error     // what was found; nothing is given any more

	offset int64
	jumped bool  // it is not read from the beginning
	window int64 // what to ask for next, after a jump
	expect int64 // what the reader said it will read, from the offset

	body   io.ReadCloser // the answer under way; nil: none
	left   int64         // what is left of it
	watch  *watch
	closed bool
}

// Open gives the content with the hash. It must not be called before somebody
// has decided that the caller may see it.
func (s *Store) Open(ctx context.Context, h document.Hash) (*File, error) {
	b, err := s.db.Blob(ctx, h)
	if err != nil {
		return nil, fmt.Errorf("look up stored file: %w", err)
	}
	if !b.DamagedAt.IsZero() {
		return nil, errDamaged
	}
	return s.content(ctx, b), nil
}

// content reads a recorded content, which has a hash to hold it to.
func (s *Store) content(ctx context.Context, b postgres.Blob) *File {
	f := s.file(ctx, b)
	f.sum = sha256.New()
	return f
}

// file reads an object.
func (s *Store) file(ctx context.Context, b postgres.Blob) *File {
	return &File{Ref: refOf(b), store: s, ctx: ctx, key: b.ObjectKey}
}

// Expect says how many bytes will be read from the present offset on. No more
// than that is asked for; reading further is possible and asks again.
func (f *File) Expect(n int64) { f.expect = n }

// Seek moves; nothing is asked for until the next Read.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.offset
	case io.SeekEnd:
		offset += f.Size
	case io.SeekStart:
	default:
		return 0, errors.New("seek: unknown whence")
	}
	if offset < 0 {
		return 0, errors.New("seek: before the beginning")
	}
	if offset != f.offset {
		f.drop()
		f.offset, f.jumped, f.window, f.expect = offset, offset != 0, firstWindow, 0
		f.sum = nil
		if offset == 0 && !f.Hash.IsZero() {
			f.sum = sha256.New()
		}
	}
	return offset, nil
}

// Read gives the next bytes.
func (f *File) Read(p []byte) (int, error) {
	if f.closed {
		return 0, errors.New("read: file is closed")
	}
	if f.damaged != nil {
		return 0, f.damaged
	}
	n, err := f.next(p)
	if f.sum != nil && n > 0 {
		f.sum.Write(p[:n])
		if f.offset == f.Size {
			if got := document.Hash(f.sum.Sum(nil)); got != f.Hash {
				// Without its last bytes nobody who counts takes it for whole.
				n, err = 0, errDamaged.Because(fmt.Errorf("it hashes to %s", got))
			}
		}
	}
	if errors.Is(err, errDamaged) {
		err = f.mark(err)
		f.damaged = err
	}
	return n, err
}

// mark records that the content is damaged, so that it is not opened again and
// the same bytes, when they come in once more, take the place of the object.
func (f *File) mark(found error) error {
	if f.Hash.IsZero() {
		return found // a part of an upload has no record of its own
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(f.ctx), f.store.patience)
	defer cancel()
	b := postgres.Blob{Hash: f.Hash, ObjectKey: f.key}
	if err := f.store.db.CheckBlob(ctx, b, true, time.Now()); err != nil {
		return errors.Join(found, fmt.Errorf("mark damaged file: %w", err))
	}
	return found
}

func (f *File) next(p []byte) (int, error) {
	if f.offset >= f.Size {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	if f.body == nil {
		if err := f.ask(); err != nil {
			return 0, err
		}
	}
	f.watch.resume()
	n, err := f.body.Read(p[:min(int64(len(p)), f.left)])
	f.watch.pause()
	f.offset += int64(n)
	f.left -= int64(n)
	if f.left == 0 {
		f.drop() // the next stretch is asked for when it is wanted
		return n, nil
	}
	if err == io.EOF { //nolint:errorlint // a reader ends with io.EOF itself, never with one inside
		err = errDamaged.Because(fmt.Errorf("the object ends %d bytes early", f.left))
		f.drop()
		return n, err
	}
	if err != nil {
		err = unavailable(f.watch.ctx, err)
		f.drop()
	}
	return n, err
}

// ask requests the next stretch from the store.
func (f *File) ask() error {
	stretch := f.Size - f.offset
	switch {
	case f.expect > 0:
		stretch = min(stretch, f.expect)
		f.expect = 0
		f.jumped, f.window = true, firstWindow
	case f.jumped:
		stretch = min(stretch, f.window)
		f.window = min(2*f.window, lastWindow)
	}
	var opt minio.GetObjectOptions
	if stretch < f.Size {
		if err := opt.SetRange(f.offset, f.offset+stretch-1); err != nil {
			return fmt.Errorf("ask for a range: %w", err)
		}
	}
	ctx, w := f.store.watched(f.ctx)
	body, info, _, err := f.store.core.GetObject(ctx, f.store.bucket, objectName(f.key), opt)
	w.pause()
	if err != nil {
		defer w.end()
		if missing(err) || minio.ToErrorResponse(err).Code == minio.InvalidRange {
			return errDamaged.Because(err)
		}
		return unavailable(ctx, err)
	}
	f.body, f.watch, f.left = body, w, stretch
	if info.Size != stretch {
		f.drop()
		return errDamaged.Because(fmt.Errorf("the store has %d bytes where %d should be", info.Size, stretch))
	}
	return nil
}

// drop ends the answer under way.
func (f *File) drop() {
	if f.body == nil {
		return
	}
	if f.left <= drained {
		f.watch.resume()
		_, _ = io.CopyN(io.Discard, f.body, f.left+1) // to its end, where the connection comes free
	}
	f.watch.end() // first: closing an answer that is not read to its end waits for nothing then
	_ = f.body.Close()
	f.body, f.watch = nil, nil
}

// Close ends reading.
func (f *File) Close() error {
	f.drop()
	f.closed = true
	return nil
}
