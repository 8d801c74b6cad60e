package outgoing

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/numbering"
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
		d, addresses, err := tx.LockForIssue(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		ground, first, err := tx.IssueFor(ctx, c, d, now)
		if err != nil || !first {
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
		return issue(ctx, tx, issuing{document: d, addresses: addresses, ground: ground, by: by, register: registerID, seen: seen, now: now})
	})
	return s.audited(ctx, err, who, locked, by, document.Issue)
}

// issuing is a document on its way out, and what the clerk asked for.
type issuing struct {
	document  document.Document
	addresses []postgres.Address // of its recipients
	ground    postgres.Ground
	by        document.By
	register  org.ID
	seen      document.Hash
	now       time.Time
}

// issue does before the register is locked all that can be done without the number.
func issue(ctx context.Context, tx *postgres.Tx, i issuing) error {
	d, day := i.document, org.DayOf(i.now)
	if !d.State.Allows(document.Issue) {
		return document.ErrOutOfOrder
	}
	if err := i.ground.Issuer.Rule.MayIssue(!d.SignedHash.IsZero(), !d.SealedAt.IsZero()); err != nil {
		return err
	}
	if err := i.ground.Issuer.Rule.MayIssueAnnexes(!d.SignedHash.IsZero(), namesOf(d.UnsealedAnnexes())); err != nil {
		return err
	}
	if err := stillThere(d, i.addresses, day); err != nil {
		return err
	}
	kind, ok := document.KindByCode(d.Kind)
	if !ok {
		return document.ErrUnknownKind
	}
	out := postgres.Issuing{By: i.by, Document: d, Issuer: i.ground.Issuer, At: i.now}
	out.Deliveries = plan(d, i.addresses, i.now)
	out.Dispatches = dispatches(d, out.Deliveries)
	numbers := d.State.Allows(document.Number)
	var chosen numbering.Register
	if numbers {
		var err error
		if chosen, err = fitting(i.ground.Registers, d.AgencyID, kind, i.register, day); err != nil {
			return err
		}
	}
	answers, err := tx.Answering(ctx, d.AgencyID, d.ID) // what it answers is closed after the commit (H6)
	if err != nil {
		return err
	}
	register, err := tx.Deliver(ctx, out, chosen.ID)
	if err != nil {
		return err
	}
	if numbers {
		taking, number, err := taken(register, d, naming{kind, i.ground.Issuer}, i.by, i.now)
		if err != nil {
			return err
		}
		event, err := d.TakeNumber(number, i.now)
		if err != nil {
			return err
		}
		out.Taking, out.Events = &taking, append(out.Events, event)
	}
	event, err := d.Issue(i.seen, i.now)
	if err != nil {
		return err
	}
	out.Document, out.Events = d, append(out.Events, event)
	out.Inside = inside(d, out.Deliveries, i.ground.Issuer, i.now)
	if answers {
		err = tx.Enqueue(ctx, job.CloseAnswered{AgencyID: d.AgencyID, DocumentID: d.ID, Reference: d.Reference(), ByName: i.by.Name})
		if err != nil {
			return err
		}
	}
	return tx.Issue(ctx, out)
}

func namesOf(files []document.File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	return names
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

// plan turns recipients into deliveries. What stays inside the agency becomes
// one arrival.
func plan(d document.Document, addresses []postgres.Address, now time.Time) []exchange.Delivery {
	deliveries := make([]exchange.Delivery, len(d.Recipients))
	var within org.ID
	for i, r := range d.Recipients {
		channel := addresses[i].Channel
		x := exchange.Delivery{AgencyID: d.AgencyID, DocumentID: d.ID, ID: postgres.NewID(), Ordinal: i + 1, RecipientType: string(r.Type),
			Role: string(r.Role), Channel: channel, TargetAgencyID: r.AgencyID, Name: r.Name, State: exchange.FirstState(channel), StateAt: now}
		switch x.Channel {
		case exchange.Local:
			x.ArrivalID = postgres.NewID()
		case exchange.Inside:
			if within.IsZero() {
				within = postgres.NewID()
			}
			x.ArrivalID = within
		}
		if x.Channel.Remote() {
			x.NextAttemptAt, x.ExpiresAt = now, now.Add(exchange.UsualLife)
		}
		deliveries[i] = x
	}
	return deliveries
}

// inside is the one arrival of what stays inside the agency, with a line for
// each unit and person.
func inside(d document.Document, deliveries []exchange.Delivery, issuer postgres.Issuer, now time.Time) *routing.Arrival {
	var a *routing.Arrival
	for i, r := range d.Recipients {
		if deliveries[i].Channel != exchange.Inside {
			continue
		}
		if a == nil {
			a = insideArrival(d, deliveries[i].ArrivalID, issuer, now)
		}
		role := routing.Lead
		if r.Role == document.ForInformation {
			role = routing.Inform
		}
		a.Lines = append(a.Lines, routing.InsideLine(postgres.NewID(), r.UnitID, r.PositionID, role, now))
	}
	return a
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

func insideArrival(d document.Document, id org.ID, issuer postgres.Issuer, now time.Time) *routing.Arrival {
	main, _ := d.Main()
	a := &routing.Arrival{ID: id, AgencyID: d.AgencyID, Source: routing.FromInside, State: routing.Inside,
		OriginAgencyID: d.AgencyID, OriginDocumentID: d.ID, Role: document.ForAction, ArrivedAt: now,
		Fields: routing.Fields{Kind: d.Kind, IssuerName: issuer.Name, IssuerCode: issuer.Code, Number: d.WrittenNumber(), Symbol: d.Symbol,
			DocumentDate: d.Date, Subject: d.Subject, Urgency: d.Urgency, DueDate: d.DueDate, SignerName: d.SignerName,
			SignerTitle: d.SignerTitle, MainHash: main.Hash}}
	for _, f := range d.Files {
		a.Files = append(a.Files, routing.File{Role: f.Role, Name: f.Name, Hash: f.Hash, Size: f.Size, MediaType: f.MediaType})
	}
	return a
}
