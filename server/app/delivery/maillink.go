package delivery

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/storage/postgres"
)

// mail sends by the mail channel: the files and the package, and where the
// recipient's server does not take so much a link to them.
func (s *Service) mail(ctx context.Context, e exchange.Envelope) (exchange.Outcome, error) {
	large, err := s.tooLarge(ctx, e)
	if err != nil {
		return exchange.Outcome{}, err
	}
	channel := s.opts.Channels[exchange.Mailbox]
	if !large {
		if e.Package, err = s.mailPackage(ctx, e); err != nil {
			return exchange.Outcome{}, err
		}
		outcome, err := channel.Send(ctx, e, s.open)
		if !errors.Is(err, exchange.ErrPackageTooLarge) || s.opts.LinkBase == "" {
			return outcome, err
		}
	}
	e.Package = exchange.FileRef{}
	if e.Link, e.LinkUntil, err = s.linkTo(ctx, e); err != nil {
		return exchange.Outcome{}, err
	}
	return channel.Send(ctx, e, s.open)
}

// mailPackage gives the edXML package that goes with the files. A document that
// no package can be made of goes without.
func (s *Service) mailPackage(ctx context.Context, e exchange.Envelope) (exchange.FileRef, error) {
	if s.opts.Write == nil || s.opts.Keep == nil || e.From.Code == "" || e.Content != exchange.DocumentContent {
		return exchange.FileRef{}, nil
	}
	file, err := s.pack(ctx, e, s.open)
	switch kind := fault.KindOf(err); {
	case err == nil:
	case kind == fault.Invalid || kind == fault.Unsupported || kind == fault.TooLarge:
		s.tell(ctx, claim{delivery: exchange.Delivery{ID: e.DeliveryID, Channel: exchange.Mailbox}}, err)
		return exchange.FileRef{}, nil
	default:
		return exchange.FileRef{}, err
	}
	file.Name, file.MediaType = "van-ban.edxml", "application/xml"
	return file, nil
}

// tooLarge tells whether it is known that the address does not take so much, or
// whether a link was made for this very message before.
func (s *Service) tooLarge(ctx context.Context, e exchange.Envelope) (large bool, err error) {
	if s.opts.LinkBase == "" {
		return false, nil
	}
	var bytes int64
	for _, f := range e.Files {
		bytes += f.Size
	}
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		most, err := tx.MailLimit(ctx, e.AgencyID, e.To.Email)
		if err != nil {
			return err
		}
		_, _, there, err := tx.MailLink(ctx, e.AgencyID, e.DeliveryID)
		large = there || most > 0 && bytes >= most
		return err
	})
	return large, err
}

// tokenBytes make a secret that nobody guesses.
const tokenBytes = 24

// linkTo gives the address of the page with the files: the same at every try,
// until it closes.
func (s *Service) linkTo(ctx context.Context, e exchange.Envelope) (url string, until time.Time, err error) {
	secret := make([]byte, tokenBytes)
	if _, err := rand.Read(secret); err != nil {
		return "", until, err
	}
	now := s.clock()
	l := exchange.MailLink{ID: postgres.NewID(), Delivery: exchange.DeliveryRef{AgencyID: e.AgencyID, DocumentID: e.DocumentID, ID: e.DeliveryID},
		CreatedAt: now, ExpiresAt: now.Add(exchange.LinkLife)}
	token := base64.RawURLEncoding.EncodeToString(secret)
	var sealed []byte
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		if err := tx.AddMailLink(ctx, l, token, s.opts.Seal(l.ID, token)); err != nil {
			return err
		}
		l, sealed, _, err = tx.MailLink(ctx, e.AgencyID, e.DeliveryID)
		return err
	})
	if err != nil {
		return "", until, err
	}
	if token, err = s.opts.Reveal(l.ID, sealed); err != nil {
		return "", until, err
	}
	return strings.TrimSuffix(s.opts.LinkBase, "/") + "/" + token, l.ExpiresAt, nil
}

// Linked is what the page of a link shows.
type Linked struct {
	From, To  string
	Reference string
	Subject   string
	Files     []exchange.FileRef
	Until     time.Time
}

// following is where an open link leads.
type following struct {
	link     exchange.MailLink
	delivery exchange.Delivery // locked
	envelope exchange.Envelope
}

// linked finds what a secret leads to, while it is open.
func (s *Service) linked(ctx context.Context, tx *postgres.Tx, token string) (to following, err error) {
	var there bool
	if to.link, there, err = tx.MailLinkByToken(ctx, token); err != nil {
		return to, err
	}
	if !there || !to.link.Open(s.clock()) {
		return to, exchange.ErrLinkClosed
	}
	if to.delivery, err = tx.LockDelivery(ctx, to.link.Delivery.AgencyID, to.link.Delivery.DocumentID, to.link.Delivery.ID); err != nil {
		return to, err
	}
	var state document.State
	if to.envelope, state, err = tx.Envelope(ctx, to.delivery); err == nil && state != document.Issued {
		err = exchange.ErrLinkClosed
	}
	return to, err
}

// ReadLink shows what a link leads to. It counts nothing: programs look at the
// links of a mail before people do.
func (s *Service) ReadLink(ctx context.Context, token string) (Linked, error) {
	var shown Linked
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		to, err := s.linked(ctx, tx, token)
		e := to.envelope
		shown = Linked{From: e.From.Name, To: e.To.Name, Reference: e.Symbol, Subject: e.Subject, Files: e.Files, Until: to.link.Until()}
		return err
	})
	return shown, err
}

// FetchLinked opens one file of a link, and counts. The first fetch says that
// the mail arrived.
func (s *Service) FetchLinked(ctx context.Context, token string, hash document.Hash) (exchange.FileRef, io.ReadSeekCloser, error) {
	var file exchange.FileRef
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		to, err := s.linked(ctx, tx, token)
		if err != nil {
			return err
		}
		for _, f := range to.envelope.Files {
			if f.Hash == hash {
				file = f
			}
		}
		if file.Hash.IsZero() {
			return exchange.ErrLinkClosed
		}
		times, open, err := tx.CountMailLink(ctx, to.link, s.clock())
		if err != nil {
			return err
		}
		if !open {
			return exchange.ErrLinkClosed
		}
		if times > 1 {
			return nil
		}
		return s.fetched(ctx, tx, to)
	})
	if err != nil {
		return file, nil, err
	}
	content, err := s.opts.Content(ctx, hash)
	return file, content, err
}

// fetched notes the first fetch, and with it that the mail arrived.
func (s *Service) fetched(ctx context.Context, tx *postgres.Tx, to following) error {
	e, now := to.envelope, s.clock()
	event := document.Event{Verb: "delivery_fetched", Data: map[string]string{"recipient": e.To.Name}}
	if err := tx.Record(ctx, e.AgencyID, "document", e.DocumentID, event, document.By{}, now); err != nil {
		return err
	}
	return s.apply(ctx, tx, to.delivery, exchange.Receipt{State: exchange.Arrived, At: now})
}
