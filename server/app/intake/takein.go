package intake

import (
	"context"
	"errors"
	"path"
	"strings"
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
	found, err := s.examine(ctx, agency, ids...)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		signed := job.CheckSenders{AgencyID: agency}
		policies := map[org.ID]exchange.MailPolicy{}
		for _, id := range ids {
			m, err := tx.LockMail(ctx, one(agency), id)
			if err != nil {
				return err
			}
			if m.State != exchange.MailReceived || m.Raw.IsZero() {
				continue
			}
			policy, known := policies[m.MailboxID]
			if !known {
				if policy, err = tx.MailPolicy(ctx, agency, m.MailboxID); err != nil {
					return err
				}
				policies[m.MailboxID] = policy
			}
			if err := decide(ctx, tx, m, handling{policy: policy, finding: found[id], now: s.clock()}); err != nil {
				return err
			}
			if m.Trust.Signed && !m.Trust.Checked {
				signed.MailItemIDs = append(signed.MailItemIDs, id)
			}
		}
		if len(signed.MailItemIDs) == 0 || s.opts.Prove == nil {
			return nil
		}
		return tx.Enqueue(ctx, signed)
	})
}

// handling is what is known beside a mail when it is decided about.
type handling struct {
	policy exchange.MailPolicy
	finding
	asked  bool // a clerk asks: rules have spoken already
	by     document.By
	now    time.Time
	opened bool   // its parts were read again
	note   string // of a rule, for the clerk
}

// decide settles a received mail within a transaction.
func decide(ctx context.Context, tx *postgres.Tx, m exchange.Mail, h handling) error {
	m.Trust.Believed = h.policy.Believes(m.Trust.Server)
	event, err := settle(ctx, tx, &m, h)
	if err != nil {
		return err
	}
	if err := tx.SaveMail(ctx, m, h.opened); err != nil {
		return err
	}
	return tx.Record(ctx, m.AgencyID, subjectMail, m.ID, event, h.by, h.now)
}

func settle(ctx context.Context, tx *postgres.Tx, m *exchange.Mail, h handling) (document.Event, error) {
	if h.hold == exchange.HeldInfected { // before anything else looks at it
		m.Detail = h.detail
		return m.HoldBack(exchange.HeldInfected), nil
	}
	same, repeated, err := tx.SameMail(ctx, *m)
	if err != nil {
		return document.Event{}, err
	}
	if repeated {
		return m.Repeat(same), nil
	}
	files, hold := m.Decide()
	if event, settled, err := settleStatus(ctx, tx, m, files, h); err != nil || settled {
		return event, err
	}
	if event, settled, err := settleAnswer(ctx, tx, m, files, h.now); err != nil || settled {
		return event, err
	}
	act, note := h.policy.Judge(m.OpenedMail)
	switch {
	case h.asked:
	case act == exchange.RuleIgnore:
		return m.Ignore(exchange.IgnoredByRule), nil
	case act == exchange.RuleHold:
		return m.HoldBack(exchange.HeldByRule), nil
	}
	if hold == "" {
		hold = h.hold
	}
	if hold != "" {
		return m.HoldBack(hold), nil
	}
	if h.policy.Purpose == exchange.ForScanner {
		return arrivePapers(ctx, tx, m, files, h.now)
	}
	h.note = note
	return take(ctx, tx, m, files, h)
}

// take makes the mail what waits to be registered: the documents of its packages,
// or else its files. A package that cannot be read is not the document where
// there is another, and the clerk is told.
func take(ctx context.Context, tx *postgres.Tx, m *exchange.Mail, files []exchange.MailPart, h handling) (document.Event, error) {
	if list := letters(h.packages, files); len(list) > 0 {
		return arriveLetters(ctx, tx, m, list, files, h)
	}
	note := h.note
	if rest := beside(nil, files); len(rest) < len(files) && len(h.packages) > 0 {
		if len(rest) == 0 || !exchange.Documents(rest) {
			return m.HoldBack(exchange.HeldPackage), nil
		}
		files, note = rest, strings.TrimSpace(note+" Thư kèm gói tin edXML không đọc được; hãy đối chiếu với bên gửi.")
	}
	return arrive(ctx, tx, m, files, note, h.now)
}

// arrive makes the files of a mail an arrival that awaits registration.
func arrive(ctx context.Context, tx *postgres.Tx, m *exchange.Mail, files []exchange.MailPart, note string, now time.Time) (document.Event, error) {
	sender, _, err := tx.AgencyByEmail(ctx, m.FromAddress)
	if err != nil {
		return document.Event{}, err
	}
	a := arrivalOf(*m, files, sender, now)
	a.Note = note
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

// arrivePapers makes each file of a scanner's mail a paper arrival of its own:
// what was scanned was not sent by mail, and nobody is answered.
func arrivePapers(ctx context.Context, tx *postgres.Tx, m *exchange.Mail, files []exchange.MailPart, now time.Time) (document.Event, error) {
	var first org.ID
	for _, p := range files {
		if !p.Scan() {
			continue
		}
		a := routing.Arrival{ID: postgres.NewID(), AgencyID: m.AgencyID, Source: routing.FromPaper, State: routing.Awaiting, Role: document.ForAction,
			MailItemID: m.ID, ArrivedAt: m.ReceivedAt, Fields: routing.Fields{Subject: strings.TrimSuffix(nameOf(p), path.Ext(nameOf(p))),
				Urgency: document.Normal, MainHash: p.Hash},
			Files: []routing.File{{Role: document.MainFile, Name: nameOf(p), Hash: p.Hash, Size: p.Size, MediaType: p.DetectedType}},
			Lines: []routing.Line{routing.FirstLine(postgres.NewID(), now)}}
		if err := tx.AddArrival(ctx, a); err != nil {
			return document.Event{}, err
		}
		if err := tx.Record(ctx, a.AgencyID, subjectArrival, a.ID, document.Event{Verb: "arrived"}, document.By{}, now); err != nil {
			return document.Event{}, err
		}
		if first.IsZero() {
			first = a.ID
		}
	}
	if first.IsZero() {
		return m.HoldBack(exchange.HeldNoDocument), nil
	}
	return m.Take(first), nil
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
