package outgoing

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// Issue is the one moment a document leaves the agency. Everything that
// becomes true then does so in one transaction: the number if it is still to
// be taken, the state, the deliveries, the arrivals of every recipient on this
// installation, and the record of it.
func (s *Service) Issue(ctx context.Context, who access.Person, c access.Command, id, registerID org.ID, seen document.Hash) error {
	if err := who.Allowed(access.ScopeFor(document.Issue)); err != nil {
		return err
	}
	now := s.clock()
	var locked document.Document
	var by document.By
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.LockDocument(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		if err := d.CheckVersion(c.Seen); err != nil {
			return err
		}
		pos, err := who.OnDocument(document.Issue, access.FactsOf(d), c.Position)
		if err != nil {
			return err
		}
		locked, by = d, document.By{Position: pos, Name: who.FullName}
		if err := tx.IssueFor(ctx, d.AgencyID); err != nil {
			return err
		}
		return issue(ctx, tx, d, by, registerID, seen, now)
	})
	return s.audited(ctx, err, who, locked, by, document.Issue)
}

func issue(ctx context.Context, tx *postgres.Tx, d document.Document, by document.By, registerID org.ID, seen document.Hash, now time.Time) error {
	if !d.State.Allows(document.Issue) {
		return document.ErrOutOfOrder
	}
	recipients, addresses, err := tx.Recipients(ctx, d.AgencyID, d.ID)
	if err != nil {
		return err
	}
	d.Recipients = recipients
	if err := stillThere(d, addresses, org.DayOf(now)); err != nil {
		return err
	}
	n, err := newNaming(ctx, tx, d)
	if err != nil {
		return err
	}
	out := postgres.Issuing{By: by, Issuer: n.issuer, At: now}
	if d.State.Allows(document.Number) {
		register, err := chooseRegister(ctx, tx, d, n.kind, registerID, org.DayOf(now))
		if err != nil {
			return err
		}
		taking, taken, err := take(ctx, tx, d, n, register.ID, by, now)
		if err != nil {
			return err
		}
		event, err := d.TakeNumber(taken, now)
		if err != nil {
			return err
		}
		out.Taking, out.Events = &taking, append(out.Events, event)
	}
	event, err := d.Issue(seen, now)
	if err != nil {
		return err
	}
	out.Document, out.Events = d, append(out.Events, event)
	out.Deliveries, out.Inside = plan(d, addresses, n.issuer, now)
	out.Dispatches = dispatches(d, out.Deliveries)
	return tx.Issue(ctx, out)
}

// stillThere refuses to issue to an agency that ended after the draft was made.
func stillThere(d document.Document, addresses []postgres.Address, today org.Day) error {
	for i, r := range d.Recipients {
		if r.Type != document.ToAgency {
			continue
		}
		if err := addressable(addresses[i].Agency, d.AgencyID, today); err != nil {
			return err
		}
	}
	return nil
}

// plan turns recipients into deliveries, and what stays inside the agency into
// one arrival with a line for each unit and person.
func plan(d document.Document, addresses []postgres.Address, issuer postgres.Issuer, now time.Time) ([]exchange.Delivery, *routing.Arrival) {
	deliveries := make([]exchange.Delivery, len(d.Recipients))
	var inside *routing.Arrival
	for i, r := range d.Recipients {
		channel := addresses[i].Channel
		x := exchange.Delivery{AgencyID: d.AgencyID, DocumentID: d.ID, ID: postgres.NewID(), Ordinal: i + 1, RecipientType: string(r.Type),
			Role: string(r.Role), Channel: channel, TargetAgencyID: r.AgencyID, Name: r.Name, State: exchange.FirstState(channel), StateAt: now}
		switch x.Channel {
		case exchange.Local:
			x.ArrivalID = postgres.NewID()
		case exchange.Inside:
			if inside == nil {
				inside = insideArrival(d, issuer, now)
			}
			role := routing.Lead
			if r.Role == document.ForInformation {
				role = routing.Inform
			}
			inside.Lines = append(inside.Lines, routing.InsideLine(postgres.NewID(), r.UnitID, r.PositionID, role, now))
			x.ArrivalID = inside.ID
		}
		if x.Channel.Remote() {
			x.NextAttemptAt, x.ExpiresAt = now, now.Add(exchange.UsualLife)
		}
		deliveries[i] = x
	}
	return deliveries, inside
}

// dispatches are the jobs that send the document to its remote recipients.
func dispatches(d document.Document, deliveries []exchange.Delivery) []job.Dispatch {
	var bytes int64
	for _, f := range d.Files {
		bytes += f.Size
	}
	var jobs []job.Dispatch
	for _, x := range deliveries {
		if x.Channel.Remote() {
			jobs = append(jobs, job.Dispatch{AgencyID: x.AgencyID, DocumentID: x.DocumentID, DeliveryID: x.ID, Bytes: bytes})
		}
	}
	return jobs
}

func insideArrival(d document.Document, issuer postgres.Issuer, now time.Time) *routing.Arrival {
	a := &routing.Arrival{ID: postgres.NewID(), AgencyID: d.AgencyID, Source: routing.FromInside, State: routing.Inside,
		OriginAgencyID: d.AgencyID, OriginDocumentID: d.ID, Role: document.ForAction, ArrivedAt: now,
		Fields: routing.Fields{Kind: d.Kind, IssuerName: issuer.Name, IssuerCode: issuer.Code, Number: d.WrittenNumber(), Symbol: d.Symbol,
			DocumentDate: d.Date, Subject: d.Subject, Urgency: d.Urgency, DueDate: d.DueDate, SignerName: d.SignerName,
			SignerTitle: d.SignerTitle, MainHash: d.ApprovedHash}}
	for _, f := range d.Files {
		a.Files = append(a.Files, routing.File{Role: f.Role, Name: f.Name, Hash: f.Hash, Size: f.Size, MediaType: f.MediaType})
	}
	return a
}
