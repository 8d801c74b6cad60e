package vxp

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// Remember notes that a signature was used for something, and gives what it
// was used for before, or nothing. It may forget after until. Neither path nor
// body are signed, so this alone refuses a captured request on another path.
type Remember func(ctx context.Context, signature Signature, use string, until time.Time) (earlier string, err error)

// Signature is what a request is known by.
type Signature [sha256.Size]byte

// perAge bounds what one process remembers; a use is about 150 bytes.
const perAge = 100_000

// memory remembers the uses of one process in two ages: the old one is let go
// as a whole when nothing in it is worth keeping. Only what was verified comes
// in, so a stranger cannot fill it.
type memory struct {
	mu                sync.Mutex
	young, old        map[Signature]string
	youngEnd, oldEnds time.Time // the last moment anything in it has to be kept
	now               func() time.Time
}

// NewMemory gives a Remember within one process. Several processes that answer
// for one address need a shared one, or a captured request works once in each.
func NewMemory(now func() time.Time) Remember {
	return (&memory{now: now, young: map[Signature]string{}}).remember
}

func (m *memory) remember(_ context.Context, signature Signature, use string, until time.Time) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) > 0 && m.now().After(m.oldEnds) || len(m.young) >= perAge {
		m.old, m.oldEnds = m.young, m.youngEnd
		m.young, m.youngEnd = map[Signature]string{}, time.Time{}
	}
	for _, age := range []map[Signature]string{m.young, m.old} {
		if earlier, known := age[signature]; known {
			return earlier, nil
		}
	}
	m.young[signature] = use
	if until.After(m.youngEnd) {
		m.youngEnd = until
	}
	return "", nil
}
