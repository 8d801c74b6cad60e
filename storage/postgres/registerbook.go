package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Entry is one number of a register with everything that the books of
// NĐ 30/2020, phụ lục IV, say of it.
type Entry struct {
	Number       numbering.Number
	Symbol       string
	Day          org.Day
	State        string
	Reason       string
	SubjectType  string
	SubjectID    org.ID
	TakenOn      org.Day
	TakenBy      string // who took a number out of the usual way
	Kind         string
	Subject      string
	IssuerName   string
	SignerName   string
	SignerBlock  []string // what stands above the signature
	OriginNumber string
	OriginSymbol string
	DocumentDate org.Day
	DueDate      org.Day
	Note         string
	ObjectState  string   // of the document or arrival
	FollowedBy   []string // "replace 02/CT-UBND": what came in a document's place, or changed it
	Unit         string   // that drafted
	Recipients   []string
	Reached      int // recipients in all
	Copies       int // on paper
	IssuedAt     time.Time
	Holders      []string // units and persons that an arrival was handed to
	HandedAt     time.Time
	OpenLines    int
	ClosedAt     time.Time
}

// SignedBy gives the signer with the competence, as the register names them.
func (e Entry) SignedBy() string {
	if line := document.CompetenceLine(e.SignerBlock); line != "" && e.SignerName != "" {
		return e.SignerName + " (" + line + ")"
	}
	return e.SignerName
}

// BackDated tells whether the document carries an earlier day than the one its
// number was taken on.
func (e Entry) BackDated() bool {
	return e.SubjectType == "document" && e.Reason != "" && e.Day.Before(e.TakenOn)
}

// At most 20 recipients are named. The sub-selects are asked for the rows of the volume only, one look into an
// index each.
const bookOfDocuments = `
select e.number, e.suffix, e.symbol, e.day, e.state, e.reason, e.subject_type, e.subject_id, e.taken_at,
       coalesce((select k.full_name from account k where k.id = e.taken_by and e.reason <> '' and e.state = 'taken'), ''),
       coalesce(d.kind, ''), coalesce(d.subject, ''), coalesce(d.signer_name, ''), d.document_date, coalesce(d.note, ''), coalesce(d.state, ''),
       coalesce(u.abbreviation, ''), d.issued_at,
       array(select r.name from recipient r where r.agency_id = d.agency_id and r.document_id = d.id order by r.ordinal limit 20),
       coalesce(n.total, (select count(*) from recipient r where r.agency_id = d.agency_id and r.document_id = d.id)),
       (select coalesce(sum(p.copies), 0) from delivery p where p.agency_id = d.agency_id and p.document_id = d.id and p.channel = 'paper'),
       coalesce(d.signer_block, '{}'),
       array(select q.kind || ' ' || q.by_reference from request q
              where q.agency_id = d.agency_id and q.document_id = d.id and q.kind in ('replace', 'update') order by q.id limit 5)
  from register_entry e
  left join document d on e.subject_type = 'document' and d.agency_id = e.agency_id and d.id = e.subject_id
  left join unit u on u.agency_id = d.agency_id and u.id = d.unit_id
  left join delivery_count n on n.agency_id = d.agency_id and n.document_id = d.id
 where e.agency_id = $1 and e.register_id = $2 and e.year = $3`

const bookOfArrivals = `
select e.number, e.suffix, e.symbol, e.day, e.state, e.reason, e.subject_type, e.subject_id, e.taken_at, '',
       coalesce(v.kind, ''), coalesce(v.subject, ''), coalesce(v.signer_name, ''), v.document_date, coalesce(v.note, ''), coalesce(v.state, ''),
       coalesce(v.issuer_name, ''), coalesce(v.number, ''), coalesce(v.symbol, ''), v.due_date,
       coalesce(l.holders, '{}'), l.handed_at, coalesce(l.open, 0), l.closed_at
  from register_entry e
  join register b on b.agency_id = e.agency_id and b.id = e.register_id
  left join arrival v on e.subject_type = 'arrival' and v.agency_id = e.agency_id and v.id = e.subject_id
  left join lateral (
       select array_agg(coalesce(c.full_name, u.name) order by l.created_at, l.id) filter (where c.id is not null or u.id is not null) as holders,
              min(l.created_at) filter (where c.id is not null or u.id is not null) as handed_at,
              count(*) filter (where l.state not in ('done', 'returned', 'withdrawn') and l.role <> 'inform') as open,
              max(l.closed_at) as closed_at
         from line l
         left join unit u on u.agency_id = l.agency_id and u.id = l.unit_id
         left join position p on p.agency_id = l.agency_id and p.id = l.position_id
         left join account c on c.id = p.account_id
        where l.agency_id = v.agency_id and l.arrival_id = v.id
          and (b.unit_id is null or l.unit_id = b.unit_id or p.unit_id = b.unit_id)) l on true
 where e.agency_id = $1 and e.register_id = $2 and e.year = $3`

// BookEntries gives the register's numbers of the days to each, lowest first.
// They are read as they are used: a register of a hundred thousand is never in
// memory. Nothing else can be asked of the transaction meanwhile.
func (tx *Tx) BookEntries(ctx context.Context, r numbering.Register, p numbering.Period, each func(Entry) error) error {
	return tx.entries(ctx, r, each, " and e.day between $4 and $5 order by e.number, e.suffix", p.From, p.Until)
}

// Entries gives a page of a register, highest number first, below a number.
func (tx *Tx) Entries(ctx context.Context, r numbering.Register, before numbering.Number, most int) ([]Entry, error) {
	list := []Entry{}
	err := tx.entries(ctx, r, func(e Entry) error { list = append(list, e); return nil },
		" and (e.number, e.suffix) < ($4::int, $5::text) order by e.number desc, e.suffix desc limit $6", before.Value, before.Suffix, most)
	return list, err
}

// ReservedEntries gives the numbers of a register that wait for their documents, lowest first.
func (tx *Tx) ReservedEntries(ctx context.Context, r numbering.Register, most int) ([]Entry, error) {
	list := []Entry{}
	err := tx.entries(ctx, r, func(e Entry) error { list = append(list, e); return nil },
		" and e.subject_type = 'reserved' and e.state = 'taken' order by e.number, e.suffix limit $4", most)
	return list, err
}

func (tx *Tx) entries(ctx context.Context, r numbering.Register, each func(Entry) error, which string, more ...any) error {
	sql := bookOfArrivals
	if r.Direction == numbering.Outgoing {
		sql = bookOfDocuments
	}
	rows, err := tx.tx.Query(ctx, sql+which, append([]any{r.AgencyID, r.ID, r.Year}, more...)...)
	if err != nil {
		return fmt.Errorf("read the book: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e Entry
		var date, due *org.Day
		var taken time.Time
		var issued, handed, closed *time.Time
		to := []any{&e.Number.Value, &e.Number.Suffix, &e.Symbol, &e.Day, &e.State, &e.Reason, &e.SubjectType, &e.SubjectID, &taken, &e.TakenBy,
			&e.Kind, &e.Subject, &e.SignerName, &date, &e.Note, &e.ObjectState}
		if r.Direction == numbering.Outgoing {
			to = append(to, &e.Unit, &issued, &e.Recipients, &e.Reached, &e.Copies, &e.SignerBlock, &e.FollowedBy)
		} else {
			to = append(to, &e.IssuerName, &e.OriginNumber, &e.OriginSymbol, &due, &e.Holders, &handed, &e.OpenLines, &closed)
		}
		if err := rows.Scan(to...); err != nil {
			return fmt.Errorf("read the book: %w", err)
		}
		e.DocumentDate, e.DueDate, e.TakenOn = value(date), value(due), org.DayOf(taken)
		e.IssuedAt, e.HandedAt, e.ClosedAt = value(issued), value(handed), value(closed)
		if err := each(e); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the book: %w", err)
	}
	return nil
}

// Posted is one recipient that is sent paper.
type Posted struct {
	SentAt    time.Time
	Number    numbering.Number
	Symbol    string
	Recipient string
	Note      string
}

// PostedEntries gives what was issued in the days under a number of the
// register and goes on paper, in the order it went.
func (tx *Tx) PostedEntries(ctx context.Context, r numbering.Register, p numbering.Period, each func(Posted) error) error {
	rows, err := tx.tx.Query(ctx, `
select d.issued_at, e.number, e.suffix, e.symbol, x.name, d.state
  from register_entry e
  join document d on e.subject_type = 'document' and d.agency_id = e.agency_id and d.id = e.subject_id
  join delivery x on x.agency_id = d.agency_id and x.document_id = d.id and x.channel = 'paper'
 where e.agency_id = $1 and e.register_id = $2 and e.year = $3 and d.issued_at >= $4 and d.issued_at < $5
 order by d.issued_at, e.number, e.suffix, x.ordinal`, r.AgencyID, r.ID, r.Year, p.From.Start(), p.Until.AddDays(1).Start())
	if err != nil {
		return fmt.Errorf("read the post: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e Posted
		if err := rows.Scan(&e.SentAt, &e.Number.Value, &e.Number.Suffix, &e.Symbol, &e.Recipient, &e.Note); err != nil {
			return fmt.Errorf("read the post: %w", err)
		}
		if err := each(e); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the post: %w", err)
	}
	return nil
}

// BookRange tells how many numbers the days hold, and the first and last.
type BookRange struct {
	Count       int
	First, Last numbering.Number
}

// BookRange looks at the register's numbers of the days.
func (tx *Tx) BookRange(ctx context.Context, r numbering.Register, p numbering.Period) (BookRange, error) {
	rows, err := tx.q.BookRange(ctx, dbsqlc.BookRangeParams{AgencyID: r.AgencyID, RegisterID: r.ID, Year: int32(r.Year), FirstDay: p.From, LastDay: p.Until})
	if err != nil {
		return BookRange{}, fmt.Errorf("read the book: %w", err)
	}
	return BookRange{Count: int(rows.Count), First: numbering.Number{Value: int(rows.FirstNumber), Suffix: rows.FirstSuffix},
		Last: numbering.Number{Value: int(rows.LastNumber), Suffix: rows.LastSuffix}}, nil
}

// BookOwner is the agency as the cover of its books names it.
type BookOwner struct{ Superior, Agency string }

// BookOwner gives the names for the cover.
func (tx *Tx) BookOwner(ctx context.Context, agency org.ID) (BookOwner, error) {
	o, err := tx.q.BookOwner(ctx, agency)
	if err != nil {
		return BookOwner{}, fmt.Errorf("read the agency: %w", err)
	}
	return BookOwner{Superior: o.Superior, Agency: o.Agency}, nil
}
