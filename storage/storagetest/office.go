package storagetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Office is an agency with its people, as tests use it.
type Office struct {
	ID                            org.ID
	Name                          string
	Unit                          org.ID
	Clerk, Leader, Head, Officer  access.Person
	OutgoingRegister, Incoming    org.ID
	ClerkPosition, LeaderPosition org.ID
}

// Office adds an agency of today with one unit, four people and two registers.
// The code must be its own among the test's agencies, for instance "H59.01".
func (db *Database) Office(t testing.TB, code, name string) Office {
	t.Helper()
	o := Office{ID: postgres.NewID(), Name: name, Unit: postgres.NewID(), OutgoingRegister: postgres.NewID(), Incoming: postgres.NewID()}
	db.exec(t, `insert into agency (id, code, name, short_name, abbreviation, level, place, valid_from) values ($1, $2, $3, $3, 'UBND', 'commune', 'Trà Vinh', '2000-01-01')`, o.ID, code, name)
	db.exec(t, `insert into unit (agency_id, id, name, abbreviation, valid_from) values ($1, $2, 'Văn phòng', 'VP', '2000-01-01')`, o.ID, o.Unit)
	o.Clerk = db.Person(t, o.ID, org.ID{}, org.Clerk)
	o.Leader = db.Person(t, o.ID, org.ID{}, org.Leader)
	o.Head = db.Person(t, o.ID, o.Unit, org.UnitHead)
	o.Officer = db.Person(t, o.ID, o.Unit, org.Officer)
	o.ClerkPosition, o.LeaderPosition = o.Clerk.Positions[0].ID, o.Leader.Positions[0].ID
	year := org.DayOf(time.Now()).Year()
	db.exec(t, `insert into register (agency_id, id, code, direction, year, name, next_number) values ($1, $2, 'di', 'outgoing', $3, 'Sổ văn bản đi', 1)`, o.ID, o.OutgoingRegister, year)
	db.exec(t, `insert into register (agency_id, id, code, direction, year, name, next_number) values ($1, $2, 'den', 'incoming', $3, 'Sổ văn bản đến', 1)`, o.ID, o.Incoming, year)
	return o
}

// Person adds an account with one position in the agency.
func (db *Database) Person(t testing.TB, agency, unit org.ID, role org.Role) access.Person {
	t.Helper()
	account := postgres.NewID()
	pos := org.Position{ID: postgres.NewID(), AccountID: account, AgencyID: agency, UnitID: unit, Role: role, Title: string(role)}
	name := fmt.Sprintf("%s %s", role, account.String()[30:])
	db.exec(t, `insert into account (id, login, full_name, must_change_password, created_at) values ($1, $2, $3, false, now())`, account, "u"+uuid.NewString(), name)
	var unitID *org.ID
	if !unit.IsZero() {
		unitID = &unit
	}
	db.exec(t, `insert into position (agency_id, id, account_id, unit_id, role, title, valid_from) values ($1, $2, $3, $4, $5, $5, '2000-01-01')`,
		agency, pos.ID, account, unitID, string(role))
	return access.Person{AccountID: account, FullName: name, Positions: []org.Position{pos}}
}

// Upload adds a whole upload of the account, with a blob row of its own and no
// object behind it: enough for whatever does not open the file.
func (db *Database) Upload(t testing.TB, account org.ID, name string) (id org.ID, h document.Hash) {
	t.Helper()
	id = postgres.NewID()
	h = sha256.Sum256(id[:])
	db.exec(t, `insert into blob (sha256, object_key, size, media_type, created_at) values ($1, $2, 1000, 'application/pdf', now())`, h[:], postgres.NewID())
	db.exec(t, `insert into upload (id, account_id, size, received, name, created_at, expires_at, sha256) values ($1, $2, 1000, 1000, $3, now(), now() + interval '1 day', $4)`,
		id, account, name, h[:])
	return id, h
}

func (db *Database) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := db.Admin(t).Exec(context.Background(), sql, plain(args)...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
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
		default:
			out[i] = a
		}
	}
	return out
}
