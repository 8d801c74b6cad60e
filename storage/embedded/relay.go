package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// Relay is the mail transfer agent between a submission server and the
// mailboxes of the same machine: what it takes is in the mailbox, and what the
// mailbox refuses it refuses in the same words.
type Relay struct {
	server   *smtp.Server
	listener net.Listener
	lmtp     atomic.Pointer[string]
	done     chan struct{}
}

// maxRelayed is the largest mail that is relayed.
const maxRelayed = 64 << 20

// StartRelay listens on this machine. Nothing is taken before DeliverTo.
func StartRelay() (*Relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	r := &Relay{listener: listener, done: make(chan struct{})}
	r.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &relayed{relay: r}, nil }))
	r.server.Domain, r.server.EnableDSN, r.server.MaxMessageBytes = "localhost", true, maxRelayed
	r.server.ReadTimeout, r.server.WriteTimeout = time.Minute, time.Minute
	go func() {
		defer close(r.done)
		_ = r.server.Serve(listener) // ends with Stop
	}()
	return r, nil
}

// Address is where it listens.
func (r *Relay) Address() string { return r.listener.Addr().String() }

// DeliverTo says where the mailboxes are.
func (r *Relay) DeliverTo(lmtp string) { r.lmtp.Store(&lmtp) }

// Stop ends it, and every session.
func (r *Relay) Stop() error {
	err := r.server.Close()
	<-r.done
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("stop the relay: %w", err)
	}
	return nil
}

// relayed is one session, carried on with the mailboxes command by command.
type relayed struct {
	relay *Relay
	next  *smtp.Client
}

var errNoMailboxes = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The mailboxes are not there yet"}

// Mail begins a mail at the mailboxes.
func (s *relayed) Mail(from string, _ *smtp.MailOptions) error {
	s.Reset()
	lmtp := s.relay.lmtp.Load()
	if lmtp == nil {
		return errNoMailboxes
	}
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(context.Background(), "tcp", *lmtp)
	if err != nil {
		return errNoMailboxes
	}
	s.next = smtp.NewClientLMTP(conn)
	return s.next.Mail(from, nil)
}

// Rcpt asks the mailboxes for the recipient.
func (s *relayed) Rcpt(to string, _ *smtp.RcptOptions) error { return s.next.Rcpt(to, nil) }

// Data hands the mail on while it comes.
func (s *relayed) Data(r io.Reader) error {
	w, err := s.next.Data()
	if err != nil {
		return fmt.Errorf("deliver mail: %w", err)
	}
	if _, err := io.Copy(w, r); err != nil {
		return fmt.Errorf("deliver mail: %w", err)
	}
	if _, err := w.CloseWithLMTPResponse(); err != nil {
		var refused smtp.LMTPDataError
		if errors.As(err, &refused) {
			for _, told := range refused {
				return told
			}
		}
		return fmt.Errorf("deliver mail: %w", err)
	}
	return nil
}

// Reset lets a mail go that was not finished.
func (s *relayed) Reset() {
	if s.next != nil {
		_ = s.next.Close() // without its end the mail is void
		s.next = nil
	}
}

// Logout ends the session.
func (s *relayed) Logout() error {
	s.Reset()
	return nil
}
