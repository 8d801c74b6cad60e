package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"congvan/server/domain/document"
)

// sniffed is how many first bytes the media type is found in.
const sniffed = 3072

var (
	errStalled = errors.New("the object store did not go on in time")
	errLetGo   = errors.New("the reader was let go")
	errBroken  = errors.New("the stream broke off")
)

// intake is a stream on its way into the store: it is hashed, measured and
// looked at as it passes.
type intake struct {
	src   io.Reader
	known int64 // announced size; negative when unknown
	most  int64 // no more than this is taken; zero: no limit
	watch *watch

	mu   sync.Mutex
	hash hash.Hash
	head []byte
	size int64
	err  error // why the stream ended, when not by its end
	gone bool  // nobody wants it any more
}

func newIntake(src io.Reader, known, most int64, w *watch) *intake {
	return &intake{src: src, known: known, most: most, watch: w, hash: sha256.New()}
}

// Read passes the stream on. The transport may still be reading when the
// request has failed, so that what it finds then no longer counts.
func (in *intake) Read(p []byte) (int, error) {
	if in.isGone() {
		return 0, errLetGo
	}
	in.watch.pause() // from here on the sender is slow, not the store
	n, err := in.src.Read(p)
	if err == nil && in.known >= 0 && in.size+int64(n) >= in.known {
		err = in.end()
	}
	in.watch.resume()

	in.mu.Lock()
	defer in.mu.Unlock()
	if in.gone {
		return 0, errLetGo
	}
	in.size += int64(n)
	if missing := sniffed - len(in.head); missing > 0 {
		in.head = append(in.head, p[:min(n, missing)]...)
	}
	in.hash.Write(p[:n])
	switch {
	case in.most > 0 && in.size > in.most:
		err = errTooLarge
	case in.known >= 0 && in.size > in.known, err == io.EOF && in.size < in.known: //nolint:errorlint // a reader ends with io.EOF itself, never with one inside
		err = errTruncated
	}
	if err == nil || err == io.EOF { //nolint:errorlint // a reader ends with io.EOF itself, never with one inside
		return n, err
	}
	if in.err == nil {
		in.err = err
	}
	// Some errors, io.ErrUnexpectedEOF above all, would be taken for a good end.
	return 0, errBroken
}

// end reads on behind the last announced byte. Only when the stream ends there
// does the store get that byte, without which it keeps nothing.
func (in *intake) end() error {
	var more [1]byte
	for range 100 {
		if n, err := in.src.Read(more[:]); n > 0 {
			return errTruncated
		} else if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

func (in *intake) isGone() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.gone
}

// letGo ends the intake and tells why the stream failed, if it did. A read of
// the source that is under way may still end after it.
func (in *intake) letGo() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.gone = true
	return in.err
}

// ref gives what passed. It is for an intake that came to its end.
func (in *intake) ref() Ref {
	in.mu.Lock()
	defer in.mu.Unlock()
	return Ref{Hash: document.Hash(in.hash.Sum(nil)), Size: in.size, MediaType: mimetype.Detect(in.head).String()}
}

// watch cancels a context when the store keeps us waiting for too long.
type watch struct {
	ctx      context.Context //nolint:containedctx // the one it cancels
	patience time.Duration
	timer    *time.Timer
	cancel   context.CancelCauseFunc
}

// watched gives a context that ends with ctx or when the watch does. It begins running.
func (s *Store) watched(ctx context.Context) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{ctx: ctx, patience: s.patience, cancel: cancel}
	w.timer = time.AfterFunc(s.patience, func() { cancel(fmt.Errorf("%w (%v)", errStalled, s.patience)) })
	return ctx, w
}

func (w *watch) pause()  { w.timer.Stop() }
func (w *watch) resume() { w.timer.Reset(w.patience) }

// end frees what the watch holds.
func (w *watch) end() {
	w.timer.Stop()
	w.cancel(nil)
}
