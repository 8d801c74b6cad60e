package vxp

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"net/http"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
)

// lineEnd follows every package that is sent, and is not of it.
var lineEnd = []byte("\r\n")

// Parcel is a package on its way in: the bytes without the line end behind
// them, measured and hashed while they pass. Its end is the proof that the
// package is the one that was signed.
type Parcel struct {
	src    io.ReadCloser
	stated string
	limit  int64
	hash   hash.Hash
	size   int64
	held   []byte // read, not given yet; at least the last two bytes of what was read
	buf    [32 << 10]byte
	ended  bool  // src is at its end
	err    error // what every further read gives
}

func newParcel(src io.ReadCloser, stated string, limit int64) *Parcel {
	return &Parcel{src: src, stated: stated, limit: limit, hash: sha256.New()}
}

// Read gives the bytes of the package.
func (p *Parcel) Read(b []byte) (int, error) {
	for p.err == nil {
		if n := len(p.held) - len(lineEnd); n > 0 && !p.ended || p.ended && len(p.held) > 0 {
			if p.ended {
				n = len(p.held)
			}
			n = copy(b, p.held[:n])
			p.held = p.held[n:]
			return n, p.pass(b[:n])
		}
		if p.ended {
			p.err = p.end()
			break
		}
		p.fill()
	}
	return 0, p.err
}

// pass counts bytes before they are given.
func (p *Parcel) pass(b []byte) error {
	if p.size += int64(len(b)); p.size > p.limit {
		p.err = exchange.ErrPackageTooLarge
		return p.err
	}
	p.hash.Write(b) // never fails
	return nil
}

func (p *Parcel) fill() {
	kept := copy(p.buf[:], p.held)
	n, err := p.src.Read(p.buf[kept:])
	p.held = p.buf[:kept+n]
	switch {
	case errors.Is(err, io.EOF):
		p.ended = true
		p.held = bytes.TrimSuffix(p.held, lineEnd)
	case err != nil:
		p.err = errUnfinished.Because(err)
	}
}

func (p *Parcel) end() error {
	if !matchesFile(p.stated, p.sum()) {
		return exchange.ErrPackageAltered
	}
	return io.EOF
}

func (p *Parcel) sum() (sum document.Hash) {
	p.hash.Sum(sum[:0])
	return sum
}

// Whole gives hash and length of the package, once it was read to its end and
// found to be what was signed.
func (p *Parcel) Whole() (sum document.Hash, size int64, ok bool) {
	if !errors.Is(p.err, io.EOF) {
		return document.Hash{}, 0, false
	}
	return p.sum(), p.size, true
}

// patient gives up a body that stays silent, or that drips for ever.
type patient struct {
	io.ReadCloser
	line    *http.ResponseController
	now     func() time.Time
	silence time.Duration
	end     time.Time
}

var errDrips = errors.New("the body takes too long")

func (p *patient) Read(b []byte) (int, error) {
	if p.now().After(p.end) {
		return 0, errDrips
	}
	// A deadline on the line is of the real clock, whatever the rules are told.
	// The server takes it away at the body's end; what has no line needs none.
	_ = p.line.SetReadDeadline(time.Now().Add(p.silence))
	return p.ReadCloser.Read(b)
}
