package intake

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// abreast is how many mails of one job are decided about at once.
const abreast = 4

// TakeIn decides about mails that the gateway stored: each becomes an arrival
// that awaits registration, is held back with a reason, or is one that was
// taken before. Each is decided by itself, so that none holds up the others. It
// may be called twice; the second time changes nothing.
func (s *Service) TakeIn(ctx context.Context, j job.TakeInMail) error {
	errs := make([]error, len(j.MailItemIDs))
	var all errgroup.Group
	all.SetLimit(abreast)
	for i, id := range j.MailItemIDs {
		all.Go(func() error {
			errs[i] = s.takeIn(ctx, j.AgencyID, id)
			return nil
		})
	}
	_ = all.Wait() // the errors are in their places
	return errors.Join(errs...)
}

func (s *Service) takeIn(ctx context.Context, agency, id org.ID) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		m, err := tx.LockMail(ctx, one(agency), id)
		if err != nil {
			return err
		}
		if m.State != exchange.MailReceived || m.Raw.IsZero() {
			return nil
		}
		return decide(ctx, tx, m, document.By{}, s.clock(), false)
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
