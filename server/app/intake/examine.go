package intake

import (
	"bytes"
	"context"
	"errors"
	"io"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// Scan gives the name of what infects a content, or nothing. An error is no
// answer: what was not scanned waits (K14).
type Scan func(ctx context.Context, content io.Reader) (found string, err error)

// scanTooLarge is what a scanner says of what it does not take.
const scanTooLarge = "scan_too_large"

// finding is what was found of one mail before it is decided about.
type finding struct {
	hold     exchange.HoldReason
	detail   string
	packages []mailPackage
}

// examine opens the packages of the mails and scans what they bring, outside any
// transaction. A scanner that is away holds up the mails that it should look at,
// and lets none pass.
func (s *Service) examine(ctx context.Context, agency org.ID, ids ...org.ID) (map[org.ID]finding, error) {
	found := map[org.ID]finding{}
	if s.opts.Scan == nil { // then only packages are looked into
		if s.opts.Unpack == nil {
			return found, nil
		}
		if err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
			ids, err = tx.MailsWithPart(ctx, agency, ids, exchange.TypePackage)
			return err
		}); err != nil {
			return nil, err
		}
	}
	for _, id := range ids {
		var m Mail
		if err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
			m, err = tx.Mail(ctx, one(agency), id)
			return err
		}); err != nil {
			return nil, err
		}
		if m.State != exchange.MailReceived || m.Raw.IsZero() {
			continue
		}
		f, err := s.look(ctx, m.Raw, m.Parts)
		if err != nil {
			return nil, err
		}
		found[id] = f
	}
	return found, nil
}

// look opens the packages among the parts and scans all there is: each part, what
// stands in packages, and the raw mail, which a scanner opens its own way.
func (s *Service) look(ctx context.Context, raw document.Hash, parts []exchange.MailPart) (finding, error) {
	packages, err := s.unpack(ctx, parts)
	if err != nil {
		return finding{}, err
	}
	hashes := []document.Hash{raw}
	for _, p := range parts {
		hashes = append(hashes, p.Hash)
	}
	f, err := s.scan(ctx, raw, append(hashes, insides(packages)...))
	f.packages = packages
	return f, err
}

func (s *Service) scan(ctx context.Context, raw document.Hash, hashes []document.Hash) (finding, error) {
	if s.opts.Scan == nil {
		return finding{}, nil
	}
	var unscanned finding
	for _, h := range hashes {
		name, err := s.scanOne(ctx, h)
		var told *fault.Error
		switch {
		case errors.As(err, &told) && told.Code == scanTooLarge:
			if h != raw { // of the raw mail its parts are enough
				unscanned = finding{hold: exchange.HeldUnscanned}
			}
		case err != nil:
			return finding{}, err
		case name != "":
			return finding{hold: exchange.HeldInfected, detail: name}, nil
		}
	}
	return unscanned, nil
}

func (s *Service) scanOne(ctx context.Context, h document.Hash) (string, error) {
	content, err := s.blobs.Open(ctx, h)
	if err != nil {
		return "", err
	}
	defer content.Close()
	return s.opts.Scan(ctx, content)
}

// Prove checks the DKIM signatures of a stored mail; it asks the network.
type Prove func(ctx context.Context, raw document.Hash) ([]exchange.DomainProof, error)

// CheckSenders looks at who sent mails that carry signatures. It is a job of its
// own: intake waits for no name server. It may be called twice.
func (s *Service) CheckSenders(ctx context.Context, j job.CheckSenders) error {
	if s.opts.Prove == nil {
		return nil
	}
	var failed []error
	for _, id := range j.MailItemIDs {
		failed = append(failed, s.checkSender(ctx, j.AgencyID, id))
	}
	return errors.Join(failed...)
}

func (s *Service) checkSender(ctx context.Context, agency, id org.ID) error {
	var m Mail
	if err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		m, err = tx.Mail(ctx, one(agency), id)
		return err
	}); err != nil || m.Trust.Checked || m.Raw.IsZero() {
		return err
	}
	proofs, err := s.opts.Prove(ctx, m.Raw)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		now, err := tx.LockMail(ctx, one(agency), id)
		if err != nil {
			return err
		}
		now.Trust.DKIM, now.Trust.Checked = proofs, true
		if err := tx.SaveMail(ctx, now, false); err != nil {
			return err
		}
		if !now.ArrivalID.IsZero() {
			tx.Touch(postgres.Change{AgencyID: agency, SubjectType: subjectArrival, SubjectID: now.ArrivalID})
		}
		if now.Infected() {
			return s.warnSender(ctx, tx, now)
		}
		return nil
	})
}

// warnSender lets the sender of an infected mail know, once a day, and only one
// that really sent it: an answer to a forged address would hit a stranger, and
// one to a program would come back.
func (s *Service) warnSender(ctx context.Context, tx *postgres.Tx, m exchange.Mail) error {
	degree := m.Trust.Degree(m.FromAddress)
	if m.Answer.Unanswerable || m.FromAddress == "" || degree == exchange.TrustClaimed || degree == exchange.TrustDoubt {
		return nil
	}
	first, err := tx.NoteMailNotice(ctx, m.AgencyID, m.FromAddress, org.DayOf(s.clock()))
	if err != nil || !first {
		return err
	}
	return tx.Enqueue(ctx, job.WarnSender{AgencyID: m.AgencyID, MailItemID: m.ID})
}

// WarnSender sends that one mail. Without a server for outgoing mail nobody is told.
func (s *Service) WarnSender(ctx context.Context, j job.WarnSender) error {
	if s.opts.Notify == nil {
		return nil
	}
	var m Mail
	if err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		m, err = tx.Mail(ctx, one(j.AgencyID), j.MailItemID)
		return err
	}); err != nil {
		return err
	}
	return s.opts.Notify(ctx, exchange.InfectionNotice(m.Mail, m.AgencyName, m.Mailbox))
}

// keepText stores the text of a mail as a file that can be a document: a PDF
// where pages can be printed (NĐ 30/2020 knows documents, not mails).
func (s *Service) keepText(ctx context.Context, m exchange.Mail) (exchange.MailPart, error) {
	if s.opts.Print == nil {
		return s.keepBody(ctx, m.TextDocument(), "noi-dung-thu.txt", "text/plain")
	}
	text := m.BodyText
	if s.opts.ReadBody != nil && !m.Raw.IsZero() {
		whole, _, err := s.opts.ReadBody(ctx, m.Raw)
		if err != nil {
			return exchange.MailPart{}, err
		}
		if len(whole) > len(text) { // of a long one only the beginning is kept beside the mail
			text = whole
		}
	}
	var page bytes.Buffer
	if err := s.opts.Print(&page, m.Sheet(text[:min(len(text), maxPrinted)])); err != nil {
		return exchange.MailPart{}, err
	}
	return s.keepBody(ctx, &page, "noi-dung-thu.pdf", "application/pdf")
}

// maxPrinted bounds the text that is set on pages, some hundreds of them.
const maxPrinted = 1 << 20

func (s *Service) keepBody(ctx context.Context, content io.Reader, name, kind string) (exchange.MailPart, error) {
	ref, err := s.blobs.Put(ctx, content, blob.Hint{})
	if err != nil {
		return exchange.MailPart{}, err
	}
	return exchange.MailPart{Path: "", Name: name, DeclaredType: kind, DetectedType: ref.MediaType, Size: ref.Size, Hash: ref.Hash}, nil
}
