package delivery

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

// open gives a file of a message to its channel. It ends only if every byte is
// what the document was issued with: what was changed in the store never leaves.
func (s *Service) open(ctx context.Context, file exchange.FileRef) (io.ReadCloser, error) {
	content, err := s.opts.Content(ctx, file.Hash)
	if err != nil {
		return nil, away(err)
	}
	return &proven{ReadCloser: content, file: file, sum: sha256.New()}, nil
}

// proven hashes a file while it is read.
type proven struct {
	io.ReadCloser
	file exchange.FileRef
	sum  hash.Hash
	n    int64
}

// Read gives the next bytes; the end comes only after the proof.
func (p *proven) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	p.sum.Write(b[:n]) // a hash never fails
	p.n += int64(n)
	switch {
	case p.n > p.file.Size:
		return 0, exchange.ErrFileDamaged.Because(fmt.Errorf("more than %d bytes", p.file.Size))
	case errors.Is(err, io.EOF):
		if document.Hash(p.sum.Sum(nil)) != p.file.Hash {
			return 0, exchange.ErrFileDamaged.Because(fmt.Errorf("%d bytes of another hash", p.n))
		}
	case err != nil:
		err = away(err)
	}
	return n, err
}

// away makes trouble with our own store what it is: none of the other side's.
func away(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Code == damagedObject {
		return exchange.ErrFileDamaged.Because(err)
	}
	return exchange.ErrFileAway.Because(err)
}

// damagedObject is what the store says of an object that is not what it was.
const damagedObject = "object_damaged"
