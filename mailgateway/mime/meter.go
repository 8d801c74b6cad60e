package mime

import (
	"hash"
	"io"
)

// meter counts and hashes what goes through it, and stops a sink at the limit
// of one part, so that a part is never taken for whole when it is cut.
type meter struct {
	r    io.Reader
	max  int64
	n    int64
	hash hash.Hash
	part Part
	err  error
}

func (m *meter) Read(b []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	if m.n > m.max {
		return 0, ErrPartTooLarge
	}
	n, err := m.r.Read(b)
	m.count(b[:n])
	m.err = err
	if over := m.n - m.max; over > 0 {
		return max(0, n-int(over)), ErrPartTooLarge
	}
	return n, err
}

func (m *meter) count(b []byte) {
	m.n += int64(len(b))
	m.hash.Write(b)
}

// drain reads what the sink left.
func (m *meter) drain() error {
	buf := make([]byte, 16<<10)
	for m.err == nil {
		var n int
		n, m.err = m.r.Read(buf)
		m.count(buf[:n])
	}
	if m.err == io.EOF { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
		return nil
	}
	return m.err
}
