package intake

import (
	"context"
	"errors"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// TakeIn decides about mails that the gateway stored: each becomes an arrival
// that awaits registration, is held back with a reason, or is one that was
// taken before. It may be called twice; the second time changes nothing.
//
// They are decided together, which is quicker; when that fails each by itself,
// so that none holds up the others.
func (s *Service) TakeIn(ctx context.Context, j job.TakeInMail) error {
	err := s.takeIn(ctx, j.AgencyID, j.MailItemIDs...)
	if err == nil || len(j.MailItemIDs) == 1 || ctx.Err() != nil {
		return err
	}
	var failed []error
	for _, id := range j.MailItemIDs {
		failed = append(failed, s.takeIn(ctx, j.AgencyID, id))
	}
	return errors.Join(failed...)
}

func (s *Service) takeIn(ctx context.Context, agency org.ID, ids ...org.ID) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		for _, id := range ids {
			m, err := tx.LockMail(ctx, one(agency), id)
			if err != nil {
				return err
			}
			if m.State != exchange.MailReceived || m.Raw.IsZero() {
				continue
			}
			if err := decide(ctx, tx, m, document.By{}, s.clock(), false); err != nil {
				return err
			}
		}
		return nil
	})
}

// decide settles a received mail within a transaction.
func decide(ctx context.Context, tx *postgres.Tx, m exchange.Mail, by document.By, now time.Time, opened bool) error {
	event, err := settle(ctx, tx, &m, now)
	if err != nil {
		return err
	}
	if err := tx.SaveMail(ctx, m, opened); err != nil {
		return err
	}
	return tx.Record(ctx, m.AgencyID, subjectMail, m.ID, event, by, now)
}

func settle(ctx context.Context, tx *postgres.Tx, m *exchange.Mail, now time.Time) (document.Event, error) {
	same, repeated, err := tx.SameMail(ctx, *m)
	if err != nil {
		return document.Event{}, err
	}
	if repeated {
		return m.Repeat(same), nil
	}
	files, hold := m.Decide()
	if event, settled, err := settleAnswer(ctx, tx, m, files, now); err != nil || settled {
		return event, err
	}
	if hold != "" {
		return m.HoldBack(hold), nil
	}
	sender, _, err := tx.AgencyByEmail(ctx, m.FromAddress)
	if err != nil {
		return document.Event{}, err
	}
	a := arrivalOf(*m, files, sender, now)
	if err := tx.AddArrival(ctx, a); err != nil {
		return document.Event{}, err
	}
	arrived := document.Event{Verb: "arrived", Data: map[string]string{"from": m.FromAddress}}
	if err := tx.Record(ctx, a.AgencyID, subjectArrival, a.ID, arrived, document.By{}, now); err != nil {
		return document.Event{}, err
	}
	if !m.About.ID.IsZero() {
		if err := answered(ctx, tx, m, now); err != nil {
			return document.Event{}, err
		}
	}
	return m.Take(a.ID), nil
}

// arrivalOf fills in what the mail says of itself; the clerk corrects it while
// registering.
func arrivalOf(m exchange.Mail, files []exchange.MailPart, sender exchange.KnownSender, now time.Time) routing.Arrival {
	issuer := sender.Name
	if issuer == "" {
		issuer = m.FromName
	}
	if issuer == "" {
		issuer = m.FromAddress
	}
	a := routing.Arrival{ID: postgres.NewID(), AgencyID: m.AgencyID, Source: routing.FromMail, State: routing.Awaiting, Role: document.ForAction,
		MailItemID: m.ID, ArrivedAt: m.ReceivedAt,
		Fields: routing.Fields{IssuerName: issuer, IssuerCode: sender.Code, Subject: m.Subject, Urgency: document.Normal, MainHash: files[0].Hash}}
	if !m.SentAt.IsZero() && !m.SentAt.After(now) {
		a.DocumentDate = org.DayOf(m.SentAt)
	}
	for i, p := range files {
		role := document.Annex
		if i == 0 {
			role = document.MainFile
		}
		a.Files = append(a.Files, routing.File{Role: role, Name: nameOf(p), Hash: p.Hash, Size: p.Size, MediaType: p.DetectedType})
	}
	a.Lines = []routing.Line{routing.FirstLine(postgres.NewID(), now)}
	return a
}

// nameOf gives a part's name, or one made of its place in the mail.
func nameOf(p exchange.MailPart) string {
	if p.Name != "" {
		return p.Name
	}
	return "tep-" + p.Path + exchange.EndingOf(p.DetectedType)
}
