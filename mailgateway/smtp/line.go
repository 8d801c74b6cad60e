package smtp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"congvan/server/domain/exchange"
)

// maxAnswers bounds what a server may say in one session.
const maxAnswers = 1 << 20

var errTooMuch = errors.New("smtp: the server talks without end")

// line is the connection. It keeps time itself: an answer must come within a
// silence, and a large mail is not slow as long as bytes move. It remembers
// what ended it.
type line struct {
	net.Conn
	silence time.Duration // for bytes that go
	patient atomic.Int64  // for answers, in nanoseconds
	heard   atomic.Int64
	cause   atomic.Pointer[error]
}

// dial connects. The address is judged when it is really dialled, so that no
// name can resolve to something else in between.
func dial(ctx context.Context, s Settings) (*line, error) {
	d := net.Dialer{KeepAlive: 15 * time.Second}
	if !s.AllowPrivate {
		d.Control = func(_, address string, _ syscall.RawConn) error { return checkPublic(address) }
	}
	conn, err := d.DialContext(ctx, "tcp", target(s))
	if errors.Is(err, ErrPrivateHost) {
		return nil, ErrPrivateHost
	}
	if err != nil {
		return nil, ErrUnreachable.Because(err)
	}
	l := &line{Conn: conn, silence: s.Silence}
	l.wait(s.Silence)
	return l, nil
}

func checkPublic(address string) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrPrivateHost.Because(err)
	}
	if !exchange.PublicAddress(to.Addr().As16()) {
		return ErrPrivateHost
	}
	return nil
}

// wait says how long the next answer may take.
func (l *line) wait(d time.Duration) { l.patient.Store(int64(d)) }

func (l *line) Read(b []byte) (int, error) {
	if l.heard.Load() > maxAnswers {
		return 0, l.fail(errTooMuch)
	}
	_ = l.Conn.SetReadDeadline(time.Now().Add(time.Duration(l.patient.Load()))) // fails only on a closed line, which the read tells
	n, err := l.Conn.Read(b)
	l.heard.Add(int64(n))
	return n, l.fail(err)
}

func (l *line) Write(b []byte) (int, error) {
	_ = l.Conn.SetWriteDeadline(time.Now().Add(l.silence)) // fails only on a closed line, which the write tells
	n, err := l.Conn.Write(b)
	return n, l.fail(err)
}

// Deadlines of the library would end a large mail on a slow line.
func (l *line) SetDeadline(time.Time) error      { return nil }
func (l *line) SetReadDeadline(time.Time) error  { return nil }
func (l *line) SetWriteDeadline(time.Time) error { return nil }

// fail remembers the first failure.
func (l *line) fail(err error) error {
	if err != nil {
		l.cause.CompareAndSwap(nil, &err)
	}
	return err
}

func (l *line) failure() error {
	if p := l.cause.Load(); p != nil {
		return *p
	}
	return nil
}

// cut ends it at once.
func (l *line) cut() {
	_ = l.fail(net.ErrClosed)
	_ = l.Conn.Close() // there is nothing to be done about a line that will not close
}
