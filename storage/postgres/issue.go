package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/domain/signing"
	"congvan/server/job"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Issuing is everything that becomes true in the one moment a document leaves
// its agency.
type Issuing struct {
	Document   document.Document
	By         document.By
	Events     []document.Event
	Taking     *Taking // when the number is taken in the same act
	Issuer     Issuer
	Deliveries []exchange.Delivery
	Dispatches []job.Dispatch   // one for each remote recipient, done after the commit
	Inside     *routing.Arrival // what units and persons of the agency receive
	At         time.Time
}

// Issuer is the agency as its documents name it, with the unit that drafted.
type Issuer struct {
	ID               org.ID
	Name             string
	Code             string
	Abbreviation     string
	UnitAbbreviation string // none when no unit drafted
	Place            string // where its documents are dated
	Rule             signing.Rule
}

// Issuer gives an agency as its documents name it.
func (tx *Tx) Issuer(ctx context.Context, agency, unit org.ID) (Issuer, error) {
	r, err := tx.q.GetIssuer(ctx, unit, agency)
	if err != nil {
		return Issuer{}, fmt.Errorf("read issuer: %w", err)
	}
	return issuerOf(r), nil
}

func issuerOf(r dbsqlc.GetIssuerRow) Issuer {
	return Issuer{ID: r.ID, Name: r.Name, Code: r.Code, Abbreviation: r.Abbreviation, UnitAbbreviation: r.UnitAbbreviation,
		Place: r.Place, Rule: signing.Rule{AgencyID: r.ID, Required: r.SigningRequired, Seals: r.Seals}}
}

// Each statement is one insert for all recipients: fan-out to a thousand
// agencies costs a handful of statements and one round trip.
const (
	issueDeliveries = `
insert into delivery (agency_id, document_id, id, ordinal, recipient_type, role, channel, target_agency_id, name, state, state_at, arrival_id,
                      next_attempt_at, expires_at)
select $1, $2, d.id, d.ordinal, d.type, d.role, d.channel, nullif(d.target, '00000000-0000-0000-0000-000000000000'), d.name, d.state, $3,
       nullif(d.arrival, '00000000-0000-0000-0000-000000000000'), d.next, d.expires
  from unnest($4::uuid[], $5::int[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::text[], $11::text[], $12::uuid[], $13::timestamptz[], $14::timestamptz[])
       d (id, ordinal, type, role, channel, target, name, state, arrival, next, expires)`

	issueArrivals = `
insert into arrival (agency_id, id, source, state, origin_agency_id, origin_document_id, origin_delivery_id, role, kind, issuer_name, issuer_code,
                     number, symbol, document_date, subject, urgency, due_date, signer_name, signer_title, main_sha256, arrived_at)
select t.agency, t.id, 'local', 'awaiting', $1, $2, t.delivery, t.role, $3, $4, $5, $6, $7, $8::date, $9, $10, $11::date, $12, $13, $14::bytea, $15
  from unnest($16::uuid[], $17::uuid[], $18::uuid[], $19::text[]) t (agency, id, delivery, role)`

	issueArrivalFiles = `
insert into arrival_file (agency_id, arrival_id, ordinal, role, name, sha256, size, media_type)
select t.agency, t.id, f.ordinal, f.role, f.name, f.sha256, f.size, f.media_type
  from unnest($1::uuid[], $2::uuid[]) t (agency, id)
 cross join unnest($3::int[], $4::text[], $5::text[], $6::bytea[], $7::bigint[], $8::text[]) f (ordinal, role, name, sha256, size, media_type)`

	issueLines = `
insert into line (agency_id, id, arrival_id, role, state, created_at)
select t.agency, t.line, t.id, case t.role when 'main' then 'lead' else 'inform' end, 'awaiting', $1
  from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) t (agency, id, line, role)`

	issueArrivalEvents = `
insert into event (agency_id, id, at, subject_type, subject_id, verb)
select t.agency, t.event, $1, 'arrival', t.id, 'arrived'
  from unnest($2::uuid[], $3::uuid[], $4::uuid[]) t (agency, id, event)`

	issueCount = `insert into delivery_count (agency_id, document_id, total) values ($1, $2, $3)`
)

// local is the share of the recipients that are on this installation.
type local struct {
	agencies, arrivals, deliveries, lines, events []org.ID
	roles                                         []string
}

// Deliver writes, in one round trip, what goes to the recipients and does not
// carry the number, and locks the register, if one is named, as its last
// statement: clerks queue for it. The transaction must have been given
// IssueFor, and the document be locked.
func (tx *Tx) Deliver(ctx context.Context, i Issuing, register org.ID) (r numbering.Register, err error) {
	if err := tx.EnqueueDispatches(ctx, i.Dispatches); err != nil {
		return r, err
	}
	var b pgx.Batch
	loc := localOf(i.Deliveries)
	queueDeliveries(&b, i)
	if len(loc.agencies) > 0 {
		queueArrivalParts(&b, i, loc)
		tx.issued = loc
	}
	before := b.Len()
	if !register.IsZero() {
		b.Queue(dbsqlc.LockRegister, i.Document.AgencyID, register)
	}
	answers := tx.tx.SendBatch(ctx, &b)
	defer func() { err = closed(answers, err) }()
	for range before {
		if _, err := answers.Exec(); err != nil {
			return r, fmt.Errorf("deliver: %w", err)
		}
	}
	if register.IsZero() {
		return r, nil
	}
	row, err := nextRow[dbsqlc.Register](answers)
	if err != nil {
		return r, fmt.Errorf("lock register: %w", err)
	}
	return registerOf(row), nil
}

// Issue writes the rest in one round trip, which is the commit's: what it
// queues is written when the transaction's function has come to its end.
func (tx *Tx) Issue(ctx context.Context, i Issuing) error {
	if i.Inside != nil {
		if err := tx.issueInside(ctx, i); err != nil {
			return err
		}
	}
	b, loc := &tx.last, tx.issued
	if i.Taking != nil {
		queueTaking(b, *i.Taking)
	}
	queueDocument(b, i.Document)
	if len(loc.agencies) > 0 {
		queueArrivals(b, i, loc)
	}
	for _, e := range i.Events {
		if err := tx.queueEvent(b, i, e); err != nil {
			return err
		}
	}
	for n := range loc.agencies {
		tx.Touch(Change{AgencyID: loc.agencies[n], SubjectType: "arrival", SubjectID: loc.arrivals[n], EventID: loc.events[n]})
	}
	return nil
}

func queueTaking(b *pgx.Batch, t Taking) {
	a, e := advanceOf(t), entryOf(t)
	b.Queue(`update register set next_number = $1, version = version + 1 where agency_id = $2 and id = $3`, a.NextNumber, a.AgencyID, a.ID)
	b.Queue(`insert into register_entry (agency_id, register_id, year, number, suffix, symbol, day, subject_type, subject_id, taken_by, taken_at)
	         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.AgencyID, e.RegisterID, e.Year, e.Number, e.Suffix, e.Symbol, e.Day, e.SubjectType, e.SubjectID, e.TakenBy, e.TakenAt)
}

// queueDocument writes what numbering and issuing change; the row is locked.
func queueDocument(b *pgx.Batch, d document.Document) {
	p := updateOf(d)
	b.Queue(`update document set state = $1, register_id = $2, number = $3, number_suffix = $4, symbol = $5, document_date = $6,
	                numbered_at = $7, issued_at = $8, updated_at = $9, version = version + 1
	          where agency_id = $10 and id = $11`,
		p.State, p.RegisterID, p.Number, p.NumberSuffix, p.Symbol, p.DocumentDate, p.NumberedAt, p.IssuedAt, p.UpdatedAt, p.AgencyID, p.ID)
}

func localOf(deliveries []exchange.Delivery) local {
	var loc local
	for _, x := range deliveries {
		if x.Channel == exchange.Local {
			loc.agencies, loc.arrivals = append(loc.agencies, x.TargetAgencyID), append(loc.arrivals, x.ArrivalID)
			loc.deliveries, loc.roles = append(loc.deliveries, x.ID), append(loc.roles, x.Role)
			loc.lines, loc.events = append(loc.lines, NewID()), append(loc.events, NewID())
		}
	}
	return loc
}

func queueDeliveries(b *pgx.Batch, i Issuing) {
	n := len(i.Deliveries)
	ids, targets, arrivals := make([]org.ID, n), make([]org.ID, n), make([]org.ID, n)
	ordinals := make([]int32, n)
	next, expires := make([]*time.Time, n), make([]*time.Time, n)
	types, roles, channels, names, states := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for k, x := range i.Deliveries {
		ids[k], ordinals[k], types[k], roles[k] = x.ID, int32(x.Ordinal), x.RecipientType, x.Role
		channels[k], targets[k], names[k], states[k], arrivals[k] = string(x.Channel), x.TargetAgencyID, x.Name, string(x.State), x.ArrivalID
		next[k], expires[k] = optional(x.NextAttemptAt), optional(x.ExpiresAt)
	}
	b.Queue(issueDeliveries, i.Document.AgencyID, i.Document.ID, i.At, ids, ordinals, types, roles, channels, targets, names, states, arrivals, next, expires)
	b.Queue(issueCount, i.Document.AgencyID, i.Document.ID, n)
}

func queueArrivals(b *pgx.Batch, i Issuing, loc local) {
	d := i.Document
	p := updateOf(d)
	main, _ := d.Main()
	b.Queue(issueArrivals, d.AgencyID, d.ID, d.Kind, i.Issuer.Name, i.Issuer.Code, d.WrittenNumber(), d.Symbol, p.DocumentDate, d.Subject,
		string(d.Urgency), p.DueDate, d.SignerName, d.SignerTitle, hashBytes(main.Hash), i.At, loc.agencies, loc.arrivals, loc.deliveries, loc.roles)
}

// queueArrivalParts writes what hangs on the arrivals and carries no number;
// the commit finds the arrivals there.
func queueArrivalParts(b *pgx.Batch, i Issuing, loc local) {
	d := i.Document
	n := len(d.Files)
	ordinals, roles, names := make([]int32, n), make([]string, n), make([]string, n)
	hashes, sizes, types := make([][]byte, n), make([]int64, n), make([]string, n)
	for k, f := range d.Files {
		ordinals[k], roles[k], names[k], hashes[k], sizes[k], types[k] = int32(k), string(f.Role), f.Name, f.Hash[:], f.Size, f.MediaType
	}
	b.Queue(issueArrivalFiles, loc.agencies, loc.arrivals, ordinals, roles, names, hashes, sizes, types)
	b.Queue(issueLines, i.At, loc.agencies, loc.arrivals, loc.lines, loc.roles)
	b.Queue(issueArrivalEvents, i.At, loc.agencies, loc.arrivals, loc.events)
}

func (tx *Tx) queueEvent(b *pgx.Batch, i Issuing, e document.Event) error {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	id := NewID()
	p := dbsqlc.InsertEventParams{AgencyID: i.Document.AgencyID, SubjectID: i.Document.ID, AccountID: optional(i.By.Position.AccountID), PositionID: optional(i.By.Position.ID)}
	b.Queue(`insert into event (agency_id, id, at, subject_type, subject_id, verb, account_id, position_id, actor_name, actor_title, data)
	         values ($1, $2, $3, 'document', $4, $5, $6, $7, $8, $9, $10)`,
		p.AgencyID, id, i.At, p.SubjectID, e.Verb, p.AccountID, p.PositionID, i.By.Name, i.By.Position.Title, data)
	tx.Touch(Change{AgencyID: p.AgencyID, SubjectType: "document", SubjectID: p.SubjectID, EventID: id})
	return nil
}

func (tx *Tx) issueInside(ctx context.Context, i Issuing) error {
	if err := tx.AddArrival(ctx, *i.Inside); err != nil {
		return err
	}
	return tx.Record(ctx, i.Inside.AgencyID, "arrival", i.Inside.ID, document.Event{Verb: "arrived"}, document.By{}, i.At)
}
