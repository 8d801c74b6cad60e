// Package scan asks ClamAV whether a file is infected, by its INSTREAM command.
// It must not decide what becomes of one: an answer that did not come is an
// error, never a clean file.
package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"congvan/server/domain/fault"
)

// What keeps a file from being judged.
var (
	ErrAway = fault.New(fault.Unavailable, "scan_away",
		"Chương trình quét mã độc chưa trả lời; tệp chờ đến khi quét được.", "The virus scanner does not answer; the file waits until it can be scanned.")
	ErrTooLarge = fault.New(fault.TooLarge, "scan_too_large",
		"Tệp lớn hơn mức chương trình quét mã độc nhận (StreamMaxLength).", "The file is larger than the virus scanner takes (StreamMaxLength).")
)

// Scanner is one clamd.
type Scanner struct {
	network, address string
	silence          time.Duration
}

// New names a clamd: "unix:/run/clamav/clamd.ctl" or "host:port". Nothing is
// connected yet.
func New(address string) *Scanner {
	s := &Scanner{network: "tcp", address: address, silence: time.Minute}
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		s.network, s.address = "unix", path
	}
	return s
}

const (
	chunkBytes  = 64 << 10
	maxAnswer   = 4 << 10
	dialPatient = 5 * time.Second
)

// Scan gives the name of what infects the content, or nothing.
func (s *Scanner) Scan(ctx context.Context, content io.Reader) (found string, err error) {
	dialer := net.Dialer{Timeout: dialPatient}
	conn, err := dialer.DialContext(ctx, s.network, s.address)
	if err != nil {
		return "", ErrAway.Because(err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	sendErr := s.send(conn, content)
	var own ownError
	if errors.As(sendErr, &own) {
		return "", own.error
	}
	// Whoever is told too much answers and hangs up: the answer says more than the broken line.
	_ = conn.SetReadDeadline(time.Now().Add(s.silence))
	answer, err := io.ReadAll(io.LimitReader(conn, maxAnswer))
	if len(answer) == 0 {
		return "", ErrAway.Because(errors.Join(sendErr, err, errors.New("no answer")))
	}
	return verdict(string(bytes.TrimRight(answer, "\x00\n")))
}

// ownError is one of the content, which is not the scanner's.
type ownError struct{ error }

func (s *Scanner) send(conn net.Conn, content io.Reader) error {
	if err := s.write(conn, []byte("zINSTREAM\x00")); err != nil {
		return err
	}
	buf := make([]byte, 4+chunkBytes)
	for {
		n, err := io.ReadFull(content, buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if err := s.write(conn, buf[:4+n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return s.write(conn, make([]byte, 4))
		case err != nil:
			return ownError{err}
		}
	}
}

func (s *Scanner) write(conn net.Conn, b []byte) error {
	_ = conn.SetWriteDeadline(time.Now().Add(s.silence))
	_, err := conn.Write(b)
	return err
}

func verdict(answer string) (string, error) {
	_, said, ok := strings.Cut(answer, ": ")
	switch {
	case ok && said == "OK":
		return "", nil
	case strings.HasSuffix(said, " FOUND"):
		return strings.TrimSuffix(said, " FOUND"), nil
	case strings.Contains(answer, "size limit exceeded"):
		return "", ErrTooLarge
	}
	return "", ErrAway.Because(fmt.Errorf("the scanner says %q", answer))
}
