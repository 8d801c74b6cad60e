package smtp

import (
	"context"
	"io"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// Notify sends a short mail of the system. It comes from nobody in the envelope
// and says that a program wrote it, so that no program answers (RFC 3834).
func (c *Channel) Notify(ctx context.Context, n exchange.MailNotice) error {
	author := n.From.Email
	if c.settings.From != "" {
		author = c.settings.From
	}
	switch {
	case !isAddress(author):
		return ErrNoSender
	case !isAddress(n.To):
		return ErrNoAddress
	}
	m := &message{id: "<notice." + n.Key + "@" + c.settings.Name + ">", delivery: n.Key, from: "", to: n.To}
	var h header
	h.add("Date", c.settings.Now().In(org.Zone()).Format(time.RFC1123Z))
	h.add("From", mailbox(n.From.Name, author))
	h.add("To", "<"+n.To+">")
	h.add("Subject", words(n.Subject))
	h.add("Message-ID", m.id)
	if id := clean(n.InReplyTo); isPlain(id) && id != "" && len(id) < 250 {
		h.add("In-Reply-To", "<"+id+">")
	}
	h.add("Auto-Submitted", "auto-replied")
	h.add("X-Auto-Response-Suppress", "All")
	h.add("MIME-Version", "1.0")
	h.add("Content-Type", "text/plain; charset=utf-8")
	h.add("Content-Transfer-Encoding", "quoted-printable")
	h.end()
	if err := quoted(&h.Buffer, n.Text); err != nil {
		return err
	}
	m.head = h.Bytes()
	nothing := func(context.Context, exchange.FileRef) (io.ReadCloser, error) { return nil, exchange.ErrFileAway }
	if err := c.sign(ctx, m, nothing); err != nil {
		return err
	}
	s, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	return s.translate(ctx, s.send(ctx, m, nothing))
}
