package accounts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

var errSelf = fault.New(fault.Conflict, "own_account",
	"Không thể tự khóa hoặc tự kết thúc tài khoản của mình.", "Nobody locks or ends their own account.")

// AccountSearch narrows the list of accounts. Zero values do not.
type AccountSearch struct {
	Query    string
	AgencyID org.ID
	State    org.AccountState
	Cursor   string
	Limit    int
}

// Accounts gives a page of accounts with the positions that the person may see.
func (s *Service) Accounts(ctx context.Context, who access.Person, q AccountSearch) ([]Holder, string, error) {
	if err := who.SeeAccounts(); err != nil {
		return nil, "", err
	}
	after, err := readCursor(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	f := postgres.AccountFilter{Query: q.Query, State: q.State, On: org.DayOf(s.now()), After: after, Limit: q.Limit + 1}
	switch {
	case who.Operator && q.AgencyID.IsZero():
	case who.Operator:
		f.Agencies = []org.ID{q.AgencyID}
	case q.AgencyID.IsZero():
		f.Agencies = who.Administered()
	default:
		f.Agencies = only(who.Administered(), q.AgencyID)
	}
	var list []Holder
	err = s.manage(ctx, who, func(tx *postgres.Tx) error {
		accounts, err := tx.Accounts(ctx, f)
		if err != nil {
			return err
		}
		list, err = withPositions(ctx, tx, accounts...)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list accounts: %w", err)
	}
	for i := range list {
		list[i].State = list[i].StateOn(f.On)
	}
	list, next := page(list, q.Limit, func(h Holder) org.ID { return h.ID })
	return list, next, nil
}

func withPositions(ctx context.Context, tx *postgres.Tx, accounts ...Account) ([]Holder, error) {
	ids := make([]org.ID, len(accounts))
	list := make([]Holder, len(accounts))
	place := make(map[org.ID]int, len(accounts))
	for i, a := range accounts {
		ids[i], list[i], place[a.ID] = a.ID, Holder{Account: a}, i
	}
	positions, err := tx.PositionsOf(ctx, ids...)
	if err != nil {
		return nil, err
	}
	for _, p := range positions {
		h := &list[place[p.AccountID]]
		h.Positions = append(h.Positions, p)
	}
	return list, nil
}

// facts reads what the policy looks at, which is more than an administrator of
// one agency may see.
func (s *Service) facts(ctx context.Context, id org.ID) (access.AccountFacts, error) {
	var facts access.AccountFacts
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		account, err := tx.Account(ctx, id)
		if err != nil {
			return err
		}
		positions, err := tx.PositionsOf(ctx, id)
		if err != nil {
			return err
		}
		plain := make([]org.Position, len(positions))
		for i, p := range positions {
			plain[i] = p.Position
		}
		facts = access.AccountFactsOf(account.Account, plain, org.DayOf(s.now()))
		return nil
	})
	return facts, err
}

// holder gives an account as the transaction's scope may see it.
func (s *Service) holder(ctx context.Context, tx *postgres.Tx, id org.ID) (Holder, error) {
	account, err := tx.Account(ctx, id)
	if err != nil {
		return Holder{}, err
	}
	list, err := withPositions(ctx, tx, account)
	if err != nil {
		return Holder{}, err
	}
	list[0].State = list[0].StateOn(org.DayOf(s.now()))
	return list[0], nil
}

// Account gives one account with the positions that the person may see.
func (s *Service) Account(ctx context.Context, who access.Person, id org.ID) (Holder, error) {
	if err := who.SeeAccounts(); err != nil {
		return Holder{}, err
	}
	facts, err := s.facts(ctx, id)
	if err != nil {
		return Holder{}, fmt.Errorf("read account: %w", err)
	}
	if err := who.SeeAccount(facts); err != nil {
		return Holder{}, err
	}
	var h Holder
	err = s.manage(ctx, who, func(tx *postgres.Tx) error {
		var err error
		h, err = s.holder(ctx, tx, id)
		return err
	})
	if err != nil {
		return Holder{}, fmt.Errorf("read account: %w", err)
	}
	return h, nil
}

// AccountNew is an account to be made, with its first position.
type AccountNew struct {
	Login, FullName, Email string
	Position               org.Position
}

// AddAccount makes an account and gives its first password, which nobody can
// ask for again: a repeated command gives the account alone.
func (s *Service) AddAccount(ctx context.Context, who access.Person, c access.Command, n AccountNew) (Holder, string, error) {
	now := s.now()
	account := Account{Account: org.Account{ID: postgres.NewID(), Login: n.Login, FullName: strings.TrimSpace(n.FullName), Email: n.Email,
		State: org.Active}, MustChangePassword: true}
	position := n.Position
	position.ID, position.AccountID, position.Validity = postgres.NewID(), account.ID, org.Validity{From: org.DayOf(now)}
	if err := who.Administer(position.AgencyID); err != nil {
		return Holder{}, "", err
	}
	if err := account.Check(); err != nil {
		return Holder{}, "", err
	}
	if err := position.Check(); err != nil {
		return Holder{}, "", err
	}
	password, hash, err := s.newPassword(ctx)
	if err != nil {
		return Holder{}, "", err
	}
	var made Holder
	err = s.manage(ctx, who, func(tx *postgres.Tx) error {
		first, id, err := tx.Once(ctx, c, account.ID, now)
		if err != nil {
			return err
		}
		if !first {
			password = ""
		} else if err := tx.AddAccount(ctx, account, hash, now); err != nil {
			return err
		} else if err := givePosition(ctx, tx, who, position, now); err != nil {
			return err
		} else if err := record(ctx, tx, who, position.AgencyID, subjectAccount, id, document.Event{Verb: "account_added"}, now); err != nil {
			return err
		}
		made, err = s.holder(ctx, tx, id)
		return err
	})
	if err != nil {
		return Holder{}, "", fmt.Errorf("add account: %w", err)
	}
	return made, password, nil
}

func (s *Service) newPassword(ctx context.Context) (password, hash string, err error) {
	if password, err = firstPassword(); err != nil {
		return "", "", err
	}
	hash, err = s.hasher.hash(ctx, password)
	return password, hash, err
}

// AccountChange is what an edit changes; what is nil stays as it is.
type AccountChange struct {
	FullName, Email *string
	State           *org.AccountState
	LeftOn          *org.Day
}

// apply gives the event that the change is.
func (c AccountChange) apply(a *Account, today org.Day) document.Event {
	event := document.Event{Verb: "account_changed"}
	if c.FullName != nil {
		a.FullName = strings.TrimSpace(*c.FullName)
	}
	set(&a.Email, c.Email)
	if c.State != nil {
		switch *c.State {
		case org.Active:
			event.Verb, a.State, a.LeftOn = "account_unlocked", org.Active, org.Day{}
		case org.Locked:
			event.Verb, a.State = "account_locked", org.Locked
		case org.Left:
			if event.Verb = "account_left"; a.LeftOn.IsZero() {
				a.LeftOn = today
			}
		}
	}
	if c.LeftOn != nil {
		event.Verb, a.LeftOn = "account_left", *c.LeftOn
	}
	if event.Verb == "account_left" {
		event.Data = map[string]string{"leftOn": a.LeftOn.String()}
	}
	return event
}

// EditAccount changes an account, locks or unlocks it, or lets the person leave.
func (s *Service) EditAccount(ctx context.Context, who access.Person, id org.ID, version int, change AccountChange) (Holder, error) {
	facts, err := s.manageable(ctx, who, id)
	if err != nil {
		return Holder{}, err
	}
	now := s.now()
	var saved Holder
	err = s.manage(ctx, who, func(tx *postgres.Tx) error {
		a, err := tx.LockAccount(ctx, id)
		if err != nil {
			return err
		}
		a.Version = version
		event := change.apply(&a, org.DayOf(now))
		if err := a.Check(); err != nil {
			return err
		}
		if !a.MaySignIn(org.DayOf(now)) {
			if id == who.AccountID {
				return errSelf
			}
			if err := tx.RevokeSessions(ctx, id, org.ID{}, now); err != nil {
				return err
			}
		}
		if err := tx.SaveAccount(ctx, a); err != nil {
			return err
		}
		if err := recordAccount(ctx, tx, who, facts, event, now); err != nil {
			return err
		}
		saved, err = s.holder(ctx, tx, id)
		return err
	})
	if err != nil {
		return Holder{}, fmt.Errorf("edit account: %w", err)
	}
	return saved, nil
}

// manageable refuses an account that the person may not change.
func (s *Service) manageable(ctx context.Context, who access.Person, id org.ID) (access.AccountFacts, error) {
	if err := who.SeeAccounts(); err != nil {
		return access.AccountFacts{}, err
	}
	facts, err := s.facts(ctx, id)
	if err != nil {
		return facts, fmt.Errorf("read account: %w", err)
	}
	return facts, who.ManageAccount(facts)
}

// recordAccount leaves an act in the history of each agency that the person serves.
func recordAccount(ctx context.Context, tx *postgres.Tx, who access.Person, f access.AccountFacts, e document.Event, now time.Time) error {
	for _, agency := range f.Now {
		if err := record(ctx, tx, who, agency, subjectAccount, f.AccountID, e, now); err != nil {
			return err
		}
	}
	return nil
}

// ResetPassword gives a new first password, and ends every session and token
// of the account. A repeated command gives the account alone.
func (s *Service) ResetPassword(ctx context.Context, who access.Person, c access.Command, id org.ID) (Holder, string, error) {
	facts, err := s.manageable(ctx, who, id)
	if err != nil {
		return Holder{}, "", err
	}
	password, hash, err := s.newPassword(ctx)
	if err != nil {
		return Holder{}, "", err
	}
	now := s.now()
	var h Holder
	err = s.manage(ctx, who, func(tx *postgres.Tx) error {
		first, _, err := tx.Once(ctx, c, id, now)
		if err != nil {
			return err
		}
		if !first {
			password = ""
			h, err = s.holder(ctx, tx, id)
			return err
		}
		if err := tx.SetPassword(ctx, id, hash, true); err != nil {
			return err
		}
		if err := endAccess(ctx, tx, id, now); err != nil {
			return err
		}
		if h, err = s.holder(ctx, tx, id); err != nil {
			return err
		}
		if err := tx.ForgetFailures(ctx, loginKey(h.Login)); err != nil {
			return err
		}
		return recordAccount(ctx, tx, who, facts, document.Event{Verb: "password_reset"}, now)
	})
	if err != nil {
		return Holder{}, "", fmt.Errorf("reset password: %w", err)
	}
	return h, password, nil
}

func endAccess(ctx context.Context, tx *postgres.Tx, id org.ID, now time.Time) error {
	if err := tx.RevokeSessions(ctx, id, org.ID{}, now); err != nil {
		return err
	}
	return tx.RevokeTokens(ctx, id, now)
}

// AddOperator makes an account that runs the installation, for the machine's
// administrator at the first start. It gives the first password.
func (s *Service) AddOperator(ctx context.Context, login, fullName string) (string, error) {
	a := Account{Account: org.Account{ID: postgres.NewID(), Login: login, FullName: fullName, Operator: true, State: org.Active}, MustChangePassword: true}
	if err := a.Check(); err != nil {
		return "", err
	}
	password, hash, err := s.newPassword(ctx)
	if err != nil {
		return "", err
	}
	err = s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		return tx.AddAccount(ctx, a, hash, s.now())
	})
	if err != nil {
		return "", fmt.Errorf("add operator: %w", err)
	}
	return password, nil
}
