package intake

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// Unpack reads a package from a stored file and gives its files to keep. It is
// a protocol's.
type Unpack func(r io.Reader, keep func(io.Reader) (exchange.FileRef, error)) (exchange.OpenedPackage, error)

// AxisMessage is what the headers of a message say, before its bytes move.
type AxisMessage struct {
	Peer      postgres.Peer
	ID        org.ID // as a peer names it; none from other clients
	Name      string // as the axis names what is fetched from it
	Content   exchange.Content
	From      org.AgencyCode   // empty: the package says
	To        []org.AgencyCode // empty: the package says
	Size      int64            // -1 when it was not said
	ExpiresAt time.Time
}

// AdmitMessage refuses what need not be read: from whom it may not come, to whom
// it cannot go, what is too large or too late.
func (s *Service) AdmitMessage(ctx context.Context, m AxisMessage) error {
	switch {
	case m.Size > m.Peer.MostBytes:
		return exchange.ErrPackageTooLarge
	case m.ID.IsZero() && late(m, s.clock()):
		return exchange.ErrMessageExpired
	}
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		if m.From != "" {
			if err := mayComeFrom(ctx, tx, m.Peer, m.From); err != nil {
				return err
			}
		}
		if m.Content == exchange.DocumentContent && len(m.To) > 0 {
			if had, err := s.had(ctx, tx, m); err != nil || had {
				return err
			}
			_, err := s.places(ctx, tx, m.To)
			return err
		}
		return nil
	})
}

// had tells whether a message of another installation was taken in before: its
// repeat is answered as the first was, wherever its recipient is by now.
func (s *Service) had(ctx context.Context, tx *postgres.Tx, m AxisMessage) (bool, error) {
	if m.ID.IsZero() {
		return false, nil
	}
	_, known, err := tx.AxisMessageByKey(ctx, m.Peer.ID, exchange.MessageKey(m.ID, "", exchange.OpenedPackage{}, document.Hash{}))
	return known, err
}

func late(m AxisMessage, now time.Time) bool {
	return !m.ExpiresAt.IsZero() && !now.Before(m.ExpiresAt)
}

// AxisTaken is what the other end is told of a message that was taken in.
type AxisTaken struct {
	ID      org.ID
	Receipt exchange.SignedReceipt // where the other end is of our own make
}

// TakeMessage takes in a message whose bytes come from body: stored first, then
// read, then committed with what it becomes. The same message again changes
// nothing and gives the same answer; other bytes under its name are refused.
func (s *Service) TakeMessage(ctx context.Context, m AxisMessage, body io.Reader) (AxisTaken, error) {
	hint := blob.Hint{MaxSize: m.Peer.MostBytes}
	ref, err := s.blobs.Put(ctx, body, hint)
	if err != nil {
		return AxisTaken{}, err
	}
	file := exchange.FileRef{Hash: ref.Hash, Size: ref.Size}
	opened, err := s.open(ctx, file)
	if err != nil {
		return AxisTaken{}, err
	}
	key, err := s.signer(ctx)
	if err != nil {
		return AxisTaken{}, err
	}
	var taken AxisTaken
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		taken, err = s.take(ctx, tx, m, opened, file, key)
		return err
	})
	return taken, err
}

// open reads a stored package, and stores its files.
func (s *Service) open(ctx context.Context, file exchange.FileRef) (exchange.OpenedPackage, error) {
	content, err := s.blobs.Open(ctx, file.Hash)
	if err != nil {
		return exchange.OpenedPackage{}, err
	}
	defer content.Close()
	var own error
	opened, err := s.opts.Unpack(content, func(r io.Reader) (exchange.FileRef, error) {
		ref, err := s.blobs.Put(ctx, r, blob.Hint{})
		if err != nil {
			own = err
		}
		return exchange.FileRef{Hash: ref.Hash, Size: ref.Size, MediaType: ref.MediaType}, err
	})
	switch {
	case err != nil && own != nil && fault.KindOf(own) != fault.Internal:
		return opened, own
	case err != nil && (fault.KindOf(err) == fault.Unsupported || fault.KindOf(err) == fault.TooLarge):
		return opened, err
	case err != nil:
		return opened, fmt.Errorf("read the package: %w", err)
	}
	return opened, nil
}

// take commits a message with what it becomes.
func (s *Service) take(ctx context.Context, tx *postgres.Tx, m AxisMessage, p exchange.OpenedPackage, file exchange.FileRef, key ed25519.PrivateKey) (AxisTaken, error) {
	row, err := s.identify(m, p, file)
	if err != nil {
		return AxisTaken{}, err
	}
	_, repeated, err := tx.AxisMessageByKey(ctx, m.Peer.ID, row.Key)
	if err != nil {
		return AxisTaken{}, err
	}
	if !repeated && late(m, s.clock()) {
		return AxisTaken{}, exchange.ErrMessageExpired
	}
	if err := mayComeFrom(ctx, tx, m.Peer, row.From); err != nil {
		return AxisTaken{}, err
	}
	kept, err := tx.PutAxisMessage(ctx, row)
	if err != nil {
		return AxisTaken{}, err
	}
	if kept.Package.Hash != file.Hash {
		return AxisTaken{}, exchange.ErrContentDiffers
	}
	if p.Status != nil {
		if kept.ID != row.ID { // a repeat
			return AxisTaken{ID: kept.ID}, nil
		}
		return AxisTaken{ID: kept.ID}, s.takeStatus(ctx, tx, m, p, kept)
	}
	receipt, err := s.takeLetter(ctx, tx, m, p, kept, key)
	return AxisTaken{ID: kept.ID, Receipt: receipt}, err
}

// identify gives the message's row. What the package says of its sender must be
// what the headers say.
func (s *Service) identify(m AxisMessage, p exchange.OpenedPackage, file exchange.FileRef) (postgres.AxisMessage, error) {
	row := postgres.AxisMessage{ID: postgres.NewID(), PeerID: m.Peer.ID, Content: m.Content, Act: exchange.ActNew, From: m.From, Package: file, CreatedAt: s.clock()}
	said := p.From.Code
	if p.Letter != nil {
		said = p.Letter.From.Code
		row.Act, row.DocumentCode, row.Subject, row.DocumentDate = p.Letter.Act, p.Letter.Code, p.Letter.Subject, p.Letter.Date
		row.Reference, row.Reason = referenceOf(*p.Letter), p.Letter.Reason
	} else {
		row.DocumentCode, row.Reference, row.DocumentDate, row.Reason = p.About.Code, p.About.Reference, p.About.Date, p.Status.Reason
		if p.Status.Code.BySender() {
			row.Act = exchange.ActTakeBack
		}
	}
	switch {
	case (p.Status != nil) != (m.Content == exchange.StatusContent):
		return row, exchange.ErrPackageInvalid
	case p.Letter != nil:
		if err := p.CheckLetter(); err != nil {
			return row, err
		}
	}
	if said != "" { // the header may name the system's own agency, the package the real one
		row.From = said
	}
	if row.From == "" {
		return row, exchange.ErrSenderUnknown
	}
	row.Key = exchange.MessageKey(m.ID, row.From, p, file.Hash)
	if m.Name != "" {
		row.Key = "name " + m.Name
	}
	return row, nil
}

func referenceOf(l exchange.Letter) string {
	if l.Symbol == "" {
		return l.Number
	}
	return l.Number + "/" + l.Symbol
}
