package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// DocumentReach is what a person may see of outgoing documents: domain/access
// says the same of one document, and a test holds the two together.
type DocumentReach struct {
	AccountID org.ID
	Agencies  []org.ID
	Submitted []bool   // per agency: everything that was ever submitted
	Units     []org.ID // whose drafts the person sees as their head
	Positions []org.ID // to which a circuit may have come
}

// DocumentFilter narrows the list. Zero values do not.
type DocumentFilter struct {
	IDs       []org.ID // among these
	Query     string
	States    []document.State
	Kind      string
	Urgency   document.Urgency
	Mine      bool
	Approvers []org.ID // submitted to one of these positions, and nothing else stands before it
	Awaits    []org.ID // whose step is asked, before the approval
	Told      []org.ID // who is to see what changed
	LeftOn    org.Day  // that waits for somebody who is not there on the day
	Signs     []org.ID // approved, a PDF, and one of these positions is to sign it
	SignedBy  string   // by who approved it
	Initials  []org.ID // a PDF whose circuit waits for the initials of one of these positions
	Seals     bool     // numbered, and its file or an annex waits for the agency's seal
	Issues    bool     // numbered, and sealed if it was signed
	SentBack  bool
	// RefusedSince asks for what a recipient refused, or could not be sent, since that day.
	RefusedSince org.Day
	From         org.Day
	Until        org.Day
	After        Cursor
	Limit        int
}

// DocumentSummary is a row of the list.
type DocumentSummary struct {
	ID           org.ID
	AgencyID     org.ID
	AgencyName   string
	State        document.State
	Kind         string
	Subject      string
	Urgency      document.Urgency
	Number       int
	NumberSuffix string
	Symbol       string
	Date         org.Day
	DueDate      org.Day
	AuthorName   string
	ApproverName string
	SentBack     bool
	UpdatedAt    time.Time
	IssuedAt     time.Time
	Counts       DeliveryCounts
}

// isPDF holds of a document that keys can sign.
const isPDF = `exists (select from document_file m where m.agency_id = x.agency_id and m.document_id = x.id and m.role = 'main'
                and m.removed_at is null and m.media_type = 'application/pdf')`

func (b *builder) documents(reach DocumentReach, f DocumentFilter, enough *int) (from string) {
	agencies, submitted := b.arg(reach.Agencies), b.arg(reach.Submitted)
	b.where = append(b.where, "x.agency_id = a.id")
	if f.Mine {
		b.and("x.author_account_id = %s", reach.AccountID)
	} else {
		b.and(`(x.author_account_id = %s or x.state in ('issued', 'voided', 'recalled') or x.unit_id = any(%s::uuid[])
		        or (a.submitted or x.asked && %s::uuid[]) and (x.state not in ('draft', 'discarded') or x.sent_back_reason <> ''))`,
			reach.AccountID, notNull(reach.Units), notNull(reach.Positions))
	}
	switch len(f.States) {
	case 0:
		b.where = append(b.where, "x.state <> 'discarded'")
	case 1:
		b.and("x.state = %s", string(f.States[0]))
	default:
		states := make([]string, len(f.States))
		for i, s := range f.States {
			states[i] = string(s)
		}
		b.and("x.state = any(%s::text[])", states)
	}
	if f.IDs != nil {
		b.and("x.id = any(%s::uuid[])", f.IDs)
	}
	if f.Kind != "" {
		b.and("x.kind = %s", f.Kind)
	}
	if f.Urgency != "" {
		b.and("x.urgency = %s", string(f.Urgency))
	}
	if f.Approvers != nil {
		b.and("x.approver_position_id = any(%s::uuid[]) and x.stage = 'approve'", f.Approvers)
	}
	if f.Awaits != nil {
		b.and("x.awaited && %s::uuid[] and x.stage <> 'approve'", f.Awaits)
	}
	if f.Told != nil {
		b.and("x.told && %s::uuid[]", f.Told)
	}
	if !f.LeftOn.IsZero() {
		b.and(`exists (select from position w join account l on l.id = w.account_id
		                where w.agency_id = x.agency_id and w.id = any(x.awaited)
		                  and (w.valid_until < %[1]s::date or l.state <> 'active' or l.left_on <= %[1]s::date))`, f.LeftOn)
	}
	b.keys(f)
	if f.SentBack {
		b.where = append(b.where, "x.sent_back_reason <> ''")
	}
	if !f.RefusedSince.IsZero() {
		b.and("x.id in (select r.document_id from delivery_count r where r.agency_id = a.id and r.refused > 0 and r.refused_at >= %s)", f.RefusedSince.Start())
	}
	if !f.From.IsZero() {
		b.and("x.updated_at >= %s", f.From.Start())
	}
	if !f.Until.IsZero() {
		b.and("x.updated_at < %s", f.Until.AddDays(1).Start())
	}
	if !f.After.At.IsZero() {
		b.and("(x.updated_at, x.id) < (%s::timestamptz, %s::uuid)", f.After.At, f.After.ID)
	}
	if f.Query != "" {
		b.found("document", f.Query, spanOf(f.From, f.Until, f.After), enough)
	}
	return fmt.Sprintf("unnest(%s::uuid[], %s::boolean[]) a (id, submitted)", agencies, submitted)
}

// keys narrows the list to what waits for a key, or has had those it needs.
func (b *builder) keys(f DocumentFilter) {
	if f.Signs != nil {
		b.and("x.state = 'approved' and x.approver_position_id = any(%s::uuid[]) and x.signer_name = %s and not (x.kind = any(%s::text[])) and "+isPDF,
			f.Signs, f.SignedBy, copyKinds())
	}
	if f.Initials != nil {
		b.and("x.state = 'submitted' and x.stage = 'initial' and x.awaited && %s::uuid[] and "+isPDF, f.Initials)
	}
	if f.Seals {
		b.and(`x.state = 'numbered'
		       and (x.sealed_at is null and (x.signed_sha256 is not null or x.kind = any(%s::text[]))
		            or x.sealed_at is not null and exists (
		               select from document_file m where m.agency_id = x.agency_id and m.document_id = x.id and m.role = 'annex' and m.removed_at is null
		                  and m.media_type = 'application/pdf' and m.unsigned_sha256 is null))`, copyKinds())
	}
	if f.Issues {
		b.where = append(b.where, "x.state = 'numbered' and (x.signed_sha256 is null or x.sealed_at is not null)")
	}
}

// Documents gives a page of outgoing documents, the latest change first. Each
// agency is asked for its own first rows, so that a person in several reads no
// more than the page times their number.
func (tx *Tx) Documents(ctx context.Context, reach DocumentReach, f DocumentFilter) ([]DocumentSummary, error) {
	return searched(f.Query, f.Limit, func(enough *int) ([]DocumentSummary, error) { return tx.documents(ctx, reach, f, enough) })
}

func (tx *Tx) documents(ctx context.Context, reach DocumentReach, f DocumentFilter, enough *int) ([]DocumentSummary, error) {
	var b builder
	from := b.documents(reach, f, enough)
	limit := b.arg(f.Limit)
	sql := fmt.Sprintf(`
select x.id, x.agency_id, g.name, x.state, x.kind, x.subject, x.urgency, coalesce(x.number, 0), x.number_suffix, x.symbol, x.document_date, x.due_date,
       c.full_name, coalesce(p.full_name, ''), x.state = 'draft' and x.sent_back_reason <> '', x.updated_at, x.issued_at,
       coalesce(n.total, 0), coalesce(n.registered, 0), coalesce(n.refused, 0)
  from (select x.* from %s cross join lateral (select x.* from document x where %s order by x.updated_at desc, x.id desc limit %s) x
         order by x.updated_at desc, x.id desc limit %s) x
  join agency g on g.id = x.agency_id
  join account c on c.id = x.author_account_id
  left join position ap on ap.agency_id = x.agency_id and ap.id = x.approver_position_id
  left join account p on p.id = ap.account_id
  left join delivery_count n on n.agency_id = x.agency_id and n.document_id = x.id
 order by x.updated_at desc, x.id desc`, from, b.conditions(), limit, limit)
	return rows(ctx, tx, sql, b.args, func(r pgx.CollectableRow) (DocumentSummary, error) {
		var d DocumentSummary
		var state, urgency string
		var date, due *org.Day
		var issued *time.Time
		err := r.Scan(&d.ID, &d.AgencyID, &d.AgencyName, &state, &d.Kind, &d.Subject, &urgency, &d.Number, &d.NumberSuffix, &d.Symbol, &date, &due,
			&d.AuthorName, &d.ApproverName, &d.SentBack, &d.UpdatedAt, &issued, &d.Counts.Total, &d.Counts.Registered, &d.Counts.Refused)
		d.State, d.Urgency, d.Date, d.DueDate, d.IssuedAt = document.State(state), document.Urgency(urgency), value(date), value(due), value(issued)
		return d, err
	})
}

// CountDocuments counts what Documents would list, up to CountCap.
func (tx *Tx) CountDocuments(ctx context.Context, reach DocumentReach, f DocumentFilter) (int, bool, error) {
	var b builder
	from := b.documents(reach, f, nil)
	return tx.capped(ctx, fmt.Sprintf("select 1 from %s cross join lateral (select 1 from document x where %s limit %d) x", from, b.conditions(), CountCap+1), b.args)
}
