package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"congvan/server/domain/org"
)

// Scope is whom a transaction acts for. The zero Scope sees nothing.
type Scope struct {
	kind     string
	agencies []org.ID
	holds    []org.ID // positions, their units, and the agencies that the person is clerk of
}

// PersonScope acts for a person: it reads the agencies of the positions valid
// that day, and writes nothing until ActFor names the one agency of the
// position that the act is made under.
func PersonScope(agencies []org.ID) Scope {
	return Scope{kind: "person", agencies: agencies}
}

// ExchangeScope is that of delivery, intake, the workers and the mail gateway:
// the only road between agencies.
func ExchangeScope() Scope { return Scope{kind: "exchange"} }

// AdministrationScope manages agencies, units, positions, registers and
// mailboxes of all agencies, and reads no document.
func AdministrationScope() Scope { return Scope{kind: "administration"} }

// DirectoryScope reads who holds which position, which is what signing in needs.
func DirectoryScope() Scope { return Scope{kind: "directory"} }

// begin is the statement that opens a transaction in this scope, in one round
// trip. Everything in it is ours: fixed words and identifiers in canonical form.
func (s Scope) begin() string {
	var b strings.Builder
	b.WriteString("begin; select set_config('congvan.scope','")
	b.WriteString(s.kind)
	b.WriteString("',true),set_config('congvan.agencies','{")
	for i, id := range s.agencies {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(id.String())
	}
	b.WriteString("}',true),set_config('congvan.acting','',true)")
	if len(s.holds) > 0 {
		b.WriteString(",set_config('congvan.holds','{")
		for i, id := range s.holds {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(id.String())
		}
		b.WriteString("}',true)")
	}
	return b.String()
}

// ActFor names the agency that the rest of the transaction acts for. The use
// case calls it once it knows under which position the act is made.
func (tx *Tx) ActFor(ctx context.Context, agency org.ID) error {
	return tx.become(ctx, "person", agency)
}

func (tx *Tx) become(ctx context.Context, kind string, agency org.ID) error {
	if err := tx.mayAct(agency); err != nil {
		return err
	}
	if _, err := tx.tx.Exec(ctx, becomeStatement, kind, agency.String()); err != nil {
		return fmt.Errorf("act for an agency: %w", err)
	}
	return nil
}

const becomeStatement = "select set_config('congvan.scope', $1, true), set_config('congvan.acting', $2, true)"

func (tx *Tx) mayAct(agency org.ID) error {
	if tx.scope.kind != "person" || !slices.Contains(tx.scope.agencies, agency) {
		return errForeignAct
	}
	return nil
}

var errForeignAct = errors.New("the transaction may not act for this agency")
