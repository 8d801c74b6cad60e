package bench

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// office is an agency with the people that draft, approve and issue.
type office struct {
	id, unit              org.ID
	clerk, leader, author access.Person
	outgoing, incoming    org.ID // its registers of this year
}

func (d *database) office(ctx context.Context, code string) (o office, err error) {
	o = office{id: postgres.NewID(), unit: postgres.NewID(), outgoing: postgres.NewID(), incoming: postgres.NewID()}
	year := org.DayOf(time.Now()).Year()
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{`insert into agency (id, code, name, abbreviation, level, valid_from) values ($1, $2, 'UBND ' || $2, 'UBND', 'commune', '2000-01-01')`, []any{o.id, code}},
		{`insert into unit (agency_id, id, name, abbreviation, valid_from) values ($1, $2, 'Văn phòng', 'VP', '2000-01-01')`, []any{o.id, o.unit}},
		{`insert into register (agency_id, id, code, direction, year, name, next_number) values ($1, $2, 'di', 'outgoing', $3, 'Sổ văn bản đi', 1)`, []any{o.id, o.outgoing, year}},
		{`insert into register (agency_id, id, code, direction, year, name, next_number) values ($1, $2, 'den', 'incoming', $3, 'Sổ văn bản đến', 1)`, []any{o.id, o.incoming, year}},
	} {
		if err := d.exec(ctx, s.sql, s.args...); err != nil {
			return o, err
		}
	}
	if o.clerk, err = d.person(ctx, o.id, org.ID{}, org.Clerk); err != nil {
		return o, err
	}
	if o.leader, err = d.person(ctx, o.id, org.ID{}, org.Leader); err != nil {
		return o, err
	}
	o.author, err = d.person(ctx, o.id, o.unit, org.Officer)
	return o, err
}

// person adds an account with one position.
func (d *database) person(ctx context.Context, agency, unit org.ID, role org.Role) (access.Person, error) {
	p := access.Person{AccountID: postgres.NewID(), FullName: "Nguyễn Văn " + string(role)}
	err := d.exec(ctx, `insert into account (id, login, full_name, must_change_password, created_at) values ($1, $2, $3, false, now())`,
		p.AccountID, "u"+uuid.NewString(), p.FullName)
	if err != nil {
		return p, err
	}
	err = d.holds(ctx, &p, agency, unit, role)
	return p, err
}

// holds gives the person one more position.
func (d *database) holds(ctx context.Context, p *access.Person, agency, unit org.ID, role org.Role) error {
	pos := org.Position{ID: postgres.NewID(), AccountID: p.AccountID, AgencyID: agency, UnitID: unit, Role: role, Title: string(role)}
	p.Positions = append(p.Positions, pos)
	var in *org.ID
	if !unit.IsZero() {
		in = &unit
	}
	return d.exec(ctx, `insert into position (agency_id, id, account_id, unit_id, role, title, valid_from) values ($1, $2, $3, $4, $5, $5, '2000-01-01')`,
		agency, pos.ID, p.AccountID, in, string(role))
}

// agencies adds agencies that only receive.
func (d *database) agencies(ctx context.Context, n int) ([]org.ID, error) {
	ids := newIDs(n)
	return ids, d.exec(ctx, `insert into agency (id, code, name, abbreviation, level, valid_from)
		select a.id, 'H59.' || lpad(a.n::text, 4, '0'), 'Ủy ban nhân dân xã thứ ' || a.n, 'UBND', 'commune', '2000-01-01'
		  from unnest($1::uuid[]) with ordinality a (id, n)`, ids)
}

// upload adds a whole upload of the account, with a blob row and no object
// behind it: enough where nobody opens the file.
func (d *database) upload(ctx context.Context, account org.ID) (id org.ID, h document.Hash, err error) {
	id = postgres.NewID()
	h = sha256.Sum256(id[:])
	if err := d.exec(ctx, `insert into blob (sha256, object_key, size, media_type, created_at) values ($1, $2, 1000, 'application/pdf', now())`, h[:], postgres.NewID()); err != nil {
		return id, h, err
	}
	return id, h, d.exec(ctx, `insert into upload (id, account_id, size, received, name, created_at, expires_at, sha256)
		values ($1, $2, 1000, 1000, 'chi-thi.pdf', now(), now() + interval '1 day', $3)`, id, account, h[:])
}

// copies multiplies a document with its files and recipients, and gives the copies.
func (d *database) copies(ctx context.Context, original org.ID, n int) ([]org.ID, error) {
	ids := newIDs(n)
	for _, t := range []struct{ name, key string }{{"document", "id"}, {"document_file", "document_id"}, {"recipient", "document_id"}} {
		if err := d.copyRows(ctx, t.name, t.key, original, ids); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (d *database) copyRows(ctx context.Context, table, key string, original org.ID, ids []org.ID) error {
	return d.exec(ctx, fmt.Sprintf(`insert into %[1]s
		select (jsonb_populate_record(x, jsonb_build_object('%[2]s', n.id))).* from %[1]s x cross join unnest($2::uuid[]) n (id) where x.%[2]s = $1`, table, key), original, ids)
}

func newIDs(n int) []org.ID {
	ids := make([]org.ID, n)
	for i := range ids {
		ids[i] = postgres.NewID()
	}
	return ids
}

// plain turns the domain's identifiers into UUIDs, which every connection knows.
func plain(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case org.ID:
			out[i] = uuid.UUID(v)
		case *org.ID:
			if v != nil {
				out[i] = uuid.UUID(*v)
			}
		case []org.ID:
			some := make([]uuid.UUID, len(v))
			for k, id := range v {
				some[k] = uuid.UUID(id)
			}
			out[i] = some
		default:
			out[i] = a
		}
	}
	return out
}
