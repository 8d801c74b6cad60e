package imap

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"congvan/server/domain/exchange"
)

// maxAnswer bounds what a server may send outside of a message between two
// commands; the list of a million UIDs is under 10 MB.
const maxAnswer = 16 << 20

var errTooMuch = errors.New("imap: the server sends without end")

// line is the connection. It keeps time itself: an answer that is due must
// come within a silence, IDLE may be silent, and a slow message is not slow
// as long as bytes come. It remembers what ended it.
type line struct {
	net.Conn
	wait  atomic.Int64 // nanoseconds of silence allowed; 0 while nothing is due
	allow atomic.Int64 // bytes until the next command
	read  atomic.Int64
	cause atomic.Pointer[error]
	given atomic.Bool // the library gave up; what it reads then is no failure of the line
}

// dial connects. The address is judged when it is really dialled, so that no
// name can resolve to something else in between.
func dial(ctx context.Context, s Settings) (*line, error) {
	d := net.Dialer{KeepAlive: 15 * time.Second}
	if !s.AllowPrivate {
		d.Control = PublicOnly
	}
	conn, err := d.DialContext(ctx, "tcp", address(s))
	if errors.Is(err, ErrPrivateHost) {
		return nil, ErrPrivateHost
	}
	if err != nil {
		return nil, ErrUnreachable.Because(err)
	}
	l := &line{Conn: conn}
	l.allow.Store(maxAnswer)
	return l, nil
}

// PublicOnly is a control of a dialer that refuses what is not on the public
// Internet, judged when it is really dialled.
func PublicOnly(_, address string, _ syscall.RawConn) error { return checkPublic(address) }

// checkPublic refuses what is not on the public Internet.
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

// await starts the clock of an answer.
func (l *line) await(silence time.Duration) {
	l.wait.Store(int64(silence))
	l.allow.Store(maxAnswer)
	_ = l.Conn.SetReadDeadline(time.Now().Add(silence)) // fails only on a closed line, which a read tells
}

// rest stops it.
func (l *line) rest() {
	l.wait.Store(0)
	_ = l.Conn.SetReadDeadline(time.Time{})
}

// unbounded lets a message through, whatever its size; its reader counts.
func (l *line) unbounded() { l.allow.Store(math.MaxInt64) }

func (l *line) Read(b []byte) (int, error) {
	if l.allow.Load() <= 0 {
		l.fail(errTooMuch)
		return 0, errTooMuch
	}
	if wait := l.wait.Load(); wait > 0 {
		_ = l.Conn.SetReadDeadline(time.Now().Add(time.Duration(wait)))
	}
	n, err := l.Conn.Read(b)
	l.read.Add(int64(n))
	l.allow.Add(-int64(n))
	if err != nil {
		l.fail(err)
	}
	return n, err
}

func (l *line) Write(b []byte) (int, error) {
	n, err := l.Conn.Write(b)
	if err != nil {
		l.fail(err)
	}
	return n, err
}

// SetDeadline and SetReadDeadline do nothing: the library's own times would
// end a large message on a slow line.
func (l *line) SetDeadline(time.Time) error     { return nil }
func (l *line) SetReadDeadline(time.Time) error { return nil }

// fail remembers the first failure.
func (l *line) fail(err error) {
	if errors.Is(err, io.EOF) { // inside a wrapping it would pass for the end of a message
		err = io.ErrUnexpectedEOF
	}
	if !l.given.Load() {
		l.cause.CompareAndSwap(nil, &err)
	}
}

func (l *line) failure() error {
	if p := l.cause.Load(); p != nil {
		return *p
	}
	return nil
}

// Close is what the library calls when it gives up.
func (l *line) Close() error {
	l.given.Store(true)
	return l.Conn.Close()
}

// close is our own way to end it.
func (l *line) close() {
	l.fail(net.ErrClosed)
	_ = l.Close() // there is nothing to be done about a line that will not close
}
