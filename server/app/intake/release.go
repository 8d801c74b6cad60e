package intake

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Release takes a held mail in by a clerk's word, with the parts that they
// chose; the text of the mail can be one of them. What is infected stays (K14).
func (s *Service) Release(ctx context.Context, who access.Person, c access.Command, id org.ID, paths []string, body bool) (Mail, error) {
	m, err := s.ReadMail(ctx, who, id)
	if err != nil {
		return m, err
	}
	held := m.Mail
	if _, err := held.Release(paths, body); err != nil {
		return m, err
	}
	var text exchange.MailPart
	if body { // outside the transaction: the object store is asked
		if text, err = s.keepText(ctx, m.Mail); err != nil {
			return m, err
		}
	}
	found, err := s.look(ctx, m.Raw, m.Parts)
	if err != nil {
		return m, err
	}
	return s.act(ctx, who, c, id, func(tx *postgres.Tx, m exchange.Mail, by document.By) error {
		files, err := m.Release(paths, body)
		if err != nil {
			return err
		}
		if found.hold == exchange.HeldInfected {
			return errInfected
		}
		if body {
			files = append(files, text)
		}
		now := s.clock()
		if err := tx.Record(ctx, m.AgencyID, subjectMail, m.ID, document.Event{Verb: "mail_released"}, by, now); err != nil {
			return err
		}
		event, err := takeChosen(ctx, tx, &m, files, handling{finding: found, now: now})
		if err != nil {
			return err
		}
		if err := tx.SaveMail(ctx, m, false); err != nil {
			return err
		}
		return tx.Record(ctx, m.AgencyID, subjectMail, m.ID, event, by, now)
	})
}

// takeChosen takes what a clerk chose for what it is: a package that cannot be
// read is then a file.
func takeChosen(ctx context.Context, tx *postgres.Tx, m *exchange.Mail, files []exchange.MailPart, h handling) (document.Event, error) {
	if list := letters(h.packages, files); len(list) > 0 {
		return arriveLetters(ctx, tx, m, list, files, h)
	}
	return arrive(ctx, tx, m, files, "", h.now)
}

var errInfected = fault.New(fault.Conflict, "mail_infected",
	"Thư có mã độc, không ai mở được.", "The mail is infected; nobody can open it.")

// Preview is what can be looked at of a held mail without harm.
type Preview struct {
	Text string
	HTML string // made harmless
}

// ReadBody reads the text of a stored raw mail, as a stranger wrote it.
type ReadBody func(ctx context.Context, raw document.Hash) (text, html string, err error)

// PreviewMail gives the text of a held mail, made harmless. Of an infected one
// nothing is shown (K14).
func (s *Service) PreviewMail(ctx context.Context, who access.Person, id org.ID) (Preview, error) {
	m, err := s.ReadMail(ctx, who, id)
	if err != nil {
		return Preview{}, err
	}
	if m.Infected() {
		return Preview{}, errInfected
	}
	if m.Raw.IsZero() {
		return Preview{Text: m.BodyText}, nil
	}
	text, html, err := s.opts.ReadBody(ctx, m.Raw)
	if err != nil {
		return Preview{}, err
	}
	return Preview{Text: text, HTML: s.opts.CleanHTML(html)}, nil
}
