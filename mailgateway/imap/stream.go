package imap

import (
	"context"
	"fmt"
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Stream is one raw message on its way. It must be closed before the client
// does anything else.
type Stream struct {
	// Size is what the server announces for this very transfer.
	Size int64

	c    *Client
	cmd  *imapclient.FetchCommand
	body io.Reader
	n    int64
	err  error
	done func(error) error
}

// maxSkipped is how much of an unwanted message is read away; for more the
// line is cut, which is cheaper.
const maxSkipped = 1 << 20

// Stream fetches a message without marking it as read. What comes is whole
// only if Read ends in io.EOF: a dropped line is an error, never a short mail.
func (c *Client) Stream(ctx context.Context, uid uint32) (*Stream, error) {
	done := c.guard(ctx)
	c.line.unbounded()
	cmd := c.c.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{
		UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}},
	})
	s := &Stream{c: c, cmd: cmd, done: done}
	for message := cmd.Next(); message != nil; message = cmd.Next() {
		for item := message.Next(); item != nil; item = message.Next() {
			section, ok := item.(imapclient.FetchItemDataBodySection)
			if ok && section.Literal != nil && section.Section.Specifier == imap.PartSpecifierNone && len(section.Section.Part) == 0 {
				s.Size, s.body = section.Literal.Size(), section.Literal
				c.stream = s
				return s, nil
			}
		}
	}
	if err := cmd.Close(); err != nil {
		return nil, done(err)
	}
	_ = done(nil)
	return nil, ErrGone
}

// Read gives the raw bytes as they stand on the server.
func (s *Stream) Read(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.body.Read(b)
	s.n += int64(n)
	if err == nil {
		return n, nil
	}
	switch {
	case err != io.EOF: //nolint:errorlint // one that is wrapped is a line that broke
	case s.n < s.Size: // the library takes a dropped line for the end
		err = io.ErrUnexpectedEOF
		if s.c.line.failure() == nil {
			err = fmt.Errorf("%d of %d bytes: %w", s.n, s.Size, err)
		}
	default:
		err = nil
	}
	s.finish(err)
	return n, s.err
}

// finish takes the end of the answer; the message counts as whole only with it.
func (s *Stream) finish(err error) {
	if err != nil {
		s.c.hangUp()
	}
	if closeErr := s.cmd.Close(); err == nil {
		err = closeErr
	}
	s.c.stream = nil
	if s.err = s.done(err); s.err == nil {
		s.err = io.EOF
	}
}

// Close ends the transfer. What was not read is skipped, or the line is cut
// when that is too much; the client is then of no more use.
func (s *Stream) Close() error {
	if s.err == nil && s.Size-s.n > maxSkipped {
		s.c.line.close()
	}
	buf := make([]byte, 32<<10)
	for s.err == nil {
		_, _ = s.Read(buf) // its end is in s.err
	}
	if s.err == io.EOF { //nolint:errorlint // as above
		return nil
	}
	return s.err
}

// abandon lets go of the library's reader after the line was cut.
func (s *Stream) abandon() { _ = s.Close() }
