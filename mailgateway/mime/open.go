package mime

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
)

// heldInMemory is how much of a container is held without a temporary file.
const heldInMemory = 1 << 20

// errArchiveSpent ends the reading of an archive at Limits.ArchiveBytes. To a
// sink it is a part that is too large.
var errArchiveSpent = fmt.Errorf("%w: archives of the message together", ErrPartTooLarge)

// held is a container that is read from anywhere in it.
type held struct {
	io.ReaderAt

	size int64
	sum  [sha256.Size]byte
	file *os.File
}

func (h *held) reader() io.Reader { return io.NewSectionReader(h, 0, h.size) }

func (h *held) Close() error {
	if h.file == nil {
		return nil
	}
	return h.file.Close()
}

// hold takes a container out of the stream. What is over the limit is not
// taken: rest then gives all of it, as if nothing had been read.
func (w *walker) hold(r io.Reader) (h *held, rest io.Reader, err error) {
	sum := sha256.New()
	limit := min(w.limits.HeldBytes, w.limits.PartBytes)
	in := io.TeeReader(io.LimitReader(r, limit+1), sum)
	var start bytes.Buffer
	if _, err := io.CopyN(&start, in, heldInMemory); err == nil {
		h, err = w.holdFile(io.MultiReader(&start, in))
		if err != nil {
			return nil, nil, err
		}
	} else if errors.Is(err, io.EOF) {
		h = &held{ReaderAt: bytes.NewReader(start.Bytes()), size: int64(start.Len())}
	} else {
		return nil, nil, err
	}
	if h.size > limit {
		return h, io.MultiReader(h.reader(), r), nil
	}
	sum.Sum(h.sum[:0])
	return h, nil, nil
}

// holdFile takes it into a temporary file without a name: nobody finds it, and
// nothing is left of it when the process dies.
func (w *walker) holdFile(r io.Reader) (*held, error) {
	file, err := os.CreateTemp(w.folder, "mail-*")
	if err != nil {
		return nil, fmt.Errorf("mime: hold a container: %w", err)
	}
	err = os.Remove(file.Name())
	var size int64
	if err == nil {
		size, err = io.Copy(file, r)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &held{ReaderAt: file, size: size, file: file}, nil
}

// plan decides whether a container can be opened; unpack is nil when it is
// kept whole. A plan may change what the entity is known as. What unpack tells
// as damaged was read in part.
type plan func(h *held, e *entity, at place) (unpack func(inside place) (damaged bool, err error))

// open reads a container: an archive, a winmail.dat or a signed object.
func (w *walker) open(r io.Reader, e entity, at place, decide plan) error {
	if at.depth >= w.limits.Depth {
		w.warn(TooDeep, at.path, "")
		return w.readPart(r, e, at)
	}
	h, rest, err := w.hold(r)
	if err != nil {
		return err
	}
	defer h.Close()
	if rest != nil {
		w.warn(ContainerLimit, at.path, "size")
		return w.readPart(rest, e, at)
	}
	unpack := decide(h, &e, at)
	if unpack == nil {
		return w.readPart(h.reader(), e, at)
	}
	e.part.Opened, e.part.Size, e.part.SHA256 = true, h.size, h.sum
	w.msg.Parts = append(w.msg.Parts, e.part)
	inside := at
	inside.depth++
	inside.seal = nil
	damaged, err := unpack(inside)
	if err != nil || !damaged {
		return err
	}
	w.warn(ContainerDamaged, at.path, "")
	return w.sink(e.part, h.reader())
}

// child reads what stands in a container. When the archives of the message
// became too much, it says so in damaged, and the reading goes on behind them.
func (w *walker) child(r io.Reader, e entity, at place) (damaged bool, err error) {
	if w.entities++; w.entities > w.limits.Parts {
		w.warn(TooManyParts, "", strconv.Itoa(w.limits.Parts))
		return false, errEnough
	}
	err = w.found(r, e, at)
	if errors.Is(err, errArchiveSpent) {
		w.warn(ContainerLimit, at.path, "size of what it becomes")
		return true, nil
	}
	return false, err
}

// openMessage opens a message that came as a file.
func (w *walker) openMessage(r io.Reader, e entity, at place) error {
	if at.messages >= w.limits.Messages || at.depth >= w.limits.Depth {
		w.warn(TooDeep, at.path, "")
		return w.readPart(r, e, at)
	}
	s := newSource(r, math.MaxInt64) // whatever it comes from has its limit
	e.encoding = ""
	if err := w.nested(s, e, at); err != nil {
		return err
	}
	s.skip()
	return s.failed()
}
