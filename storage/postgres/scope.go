package postgres

import (
	"strings"

	"congvan/server/domain/org"
)

// Scope is whom a transaction acts for. The zero Scope sees nothing.
type Scope struct {
	kind     string
	agencies []org.ID
	acting   org.ID
}

// PersonScope acts for a person: reads the agencies of the positions valid that
// day, writes in the one agency of the position the act is made under. A zero
// acting agency makes it read only.
func PersonScope(agencies []org.ID, acting org.ID) Scope {
	return Scope{kind: "person", agencies: agencies, acting: acting}
}

// IssuingScope is a person's scope that may also add arrivals to other
// agencies, which it cannot read: local delivery happens in the issuing transaction.
func IssuingScope(agencies []org.ID, acting org.ID) Scope {
	return Scope{kind: "issuing", agencies: agencies, acting: acting}
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
	b.WriteString("}',true),set_config('congvan.acting','")
	if !s.acting.IsZero() {
		b.WriteString(s.acting.String())
	}
	b.WriteString("',true)")
	return b.String()
}
