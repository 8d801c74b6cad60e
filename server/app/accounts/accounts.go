// Package accounts holds the use cases of people and the directory: signing in
// and out, sessions and tokens, passwords, agencies, units, positions and
// recipient groups, and their import. Each is one transaction. It must not
// decide who may do what (domain/access) nor what a valid agency or account is
// (domain/org), and it knows nothing of HTTP.
package accounts

import (
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// What the use cases give is what storage keeps.
type (
	Session  = postgres.Session
	Token    = postgres.Token
	Account  = postgres.Account
	Position = postgres.Position
	Holder   = postgres.Holder
)

// Options are the settings of an installation.
type Options struct {
	SessionIdle time.Duration // a session ends when it was not used for so long
	SessionLife time.Duration // and after this at the latest
}

// Service carries out the use cases on one database.
type Service struct {
	store *postgres.Store
	now   func() time.Time
	opts  Options
}

// New makes the service. now is the clock of the whole package.
func New(store *postgres.Store, now func() time.Time, opts Options) *Service {
	return &Service{store: store, now: now, opts: opts}
}

// Identity is who sends a request, and by what.
type Identity struct {
	Person    access.Person
	Holder    Holder
	SessionID org.ID // none for a token
}

// MustChangePassword tells whether the person may do nothing but that. A token
// made before a reset went with it, so it is asked of sessions alone.
func (i Identity) MustChangePassword() bool { return i.Holder.MustChangePassword && !i.Person.Token }
