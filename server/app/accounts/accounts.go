// Package accounts holds the use cases of people and the directory: signing in
// and out, sessions and tokens, passwords, agencies, units, positions and
// recipient groups, and their import. Each is one transaction. It must not
// decide who may do what (domain/access) nor what a valid agency or account is
// (domain/org), and it knows nothing of HTTP.
package accounts

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
	box "congvan/storage/secret"
)

// What the use cases give is what storage keeps.
type (
	Session  = postgres.Session
	Token    = postgres.Token
	Account  = postgres.Account
	Position = postgres.Position
	Holder   = postgres.Holder
	Agency   = postgres.Agency
	Unit     = postgres.Unit
	Group    = postgres.Group
)

// Options are the settings of an installation.
type Options struct {
	SessionIdle time.Duration // a session ends when it was not used for so long
	SessionLife time.Duration // and after this at the latest
	ReadSheet   ReadSheet     // of an import; none where nothing is imported
	Secrets     *box.Box      // seals keys and what codes are made of
	Passkeys    Passkeys
	Codes       Codes
	Keys        Keys
}

// Service carries out the use cases on one database.
type Service struct {
	store  *postgres.Store
	now    func() time.Time
	opts   Options
	hasher *hasher
}

// New makes the service. now is the clock of the whole package.
func New(store *postgres.Store, now func() time.Time, opts Options) *Service {
	return &Service{store: store, now: now, opts: opts, hasher: newHasher(min(max(runtime.GOMAXPROCS(0), 2), 4))}
}

// SessionLife tells how long a session lasts at most.
func (s *Service) SessionLife() time.Duration { return s.opts.SessionLife }

// Identity is who sends a request, and by what.
type Identity struct {
	Person    access.Person
	Holder    Holder
	SessionID org.ID // none for a token
}

// MustChangePassword tells whether the person may do nothing but that. A token
// made before a reset went with it, so it is asked of sessions alone.
func (i Identity) MustChangePassword() bool { return i.Holder.MustChangePassword && !i.Person.Token }

// commandLife is how long a repeated command is recognised.
const commandLife = 30 * 24 * time.Hour

// Forget removes what is of no more use: sessions, failed sign-ins and commands of the past.
func (s *Service) Forget(ctx context.Context) (int64, error) {
	var n int64
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		var err error
		if n, err = tx.ForgetSignIns(ctx, s.now().Add(-s.opts.SessionLife)); err != nil {
			return err
		}
		if _, err = tx.ForgetPresences(ctx, s.now().Add(-proofLife)); err != nil {
			return err
		}
		_, err = tx.ForgetCommands(ctx, s.now().Add(-commandLife))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forget the past: %w", err)
	}
	return n, nil
}

// The kinds of objects whose history is kept here.
const (
	subjectAgency   = "agency"
	subjectUnit     = "unit"
	subjectAccount  = "account"
	subjectPosition = "position"
	subjectGroup    = "group"
)

// manage runs an act of administration: an operator's reaches every agency,
// anybody else's the agencies of their positions.
func (s *Service) manage(ctx context.Context, who access.Person, fn func(tx *postgres.Tx) error) error {
	scope := postgres.PersonScope(who.Everywhere())
	if who.Operator {
		scope = postgres.AdministrationScope()
	}
	return s.store.InTx(ctx, scope, fn)
}

// actIn makes the rest of the transaction act for the agency.
func actIn(ctx context.Context, tx *postgres.Tx, who access.Person, agency org.ID) error {
	if who.Operator {
		return nil
	}
	return tx.ActFor(ctx, agency)
}

// record leaves an act of administration in the history of the agency.
func record(ctx context.Context, tx *postgres.Tx, who access.Person, agency org.ID, kind string, subject org.ID, e document.Event, now time.Time) error {
	if err := actIn(ctx, tx, who, agency); err != nil {
		return err
	}
	by := document.By{Name: who.FullName, Position: org.Position{AccountID: who.AccountID}}
	for _, p := range who.Positions {
		if p.AgencyID == agency && (by.Position.ID.IsZero() || p.Role == org.Admin) {
			by.Position = p
		}
	}
	return tx.Record(ctx, agency, kind, subject, e, by, now)
}
