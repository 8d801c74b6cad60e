package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Account is a person's account as it is kept.
type Account struct {
	org.Account
	MustChangePassword bool
	Language           string
	Version            int
}

// Holder is an account with positions.
type Holder struct {
	Account
	Positions []Position
}

// holderRow is what the queries give that join accounts and their positions:
// one row per position, or one without any.
type holderRow struct {
	AccountID          org.ID
	Login              string
	FullName           string
	Email              string
	Operator           bool
	MustChangePassword bool
	Language           string
	State              string
	LeftOn             *org.Day
	Version            int32
	PositionID         *org.ID
	AgencyID           *org.ID
	AgencyName         *string
	UnitID             *org.ID
	UnitName           *string
	Role               *string
	Title              *string
	ValidFrom          *org.Day
	ValidUntil         *org.Day
	PositionVersion    *int32
	DelegationID       *org.ID
	ForAccountID       *org.ID
	ForName            *string
	OwnTitle           *string
	OwnRole            *string
	Powers             []string
}

func (h *Holder) add(r holderRow) {
	h.Account = Account{Account: org.Account{ID: r.AccountID, Login: r.Login, FullName: r.FullName, Email: r.Email,
		Operator: r.Operator, State: org.AccountState(r.State), LeftOn: value(r.LeftOn)},
		MustChangePassword: r.MustChangePassword, Language: r.Language, Version: int(r.Version)}
	if r.PositionID == nil {
		return
	}
	var acting *org.Acting
	if r.DelegationID != nil {
		acting = &org.Acting{DelegationID: value(r.DelegationID), AccountID: value(r.ForAccountID), FullName: value(r.ForName),
			OwnTitle: value(r.OwnTitle), OwnRole: org.Role(value(r.OwnRole)), Powers: powersOf(r.Powers)}
	}
	h.Positions = append(h.Positions, Position{Position: org.Position{Acting: acting, ID: value(r.PositionID), AccountID: r.AccountID, AgencyID: value(r.AgencyID),
		UnitID: value(r.UnitID), Role: org.Role(value(r.Role)), Title: value(r.Title),
		Validity: org.Validity{From: value(r.ValidFrom), Until: value(r.ValidUntil)}},
		FullName: r.FullName, AgencyName: value(r.AgencyName), UnitName: value(r.UnitName), Version: int(value(r.PositionVersion))})
}

func accountOf(r dbsqlc.Account) Account {
	return Account{Account: org.Account{ID: r.ID, Login: r.Login, FullName: r.FullName, Email: r.Email, Operator: r.Operator,
		State: org.AccountState(r.State), LeftOn: value(r.LeftOn)},
		MustChangePassword: r.MustChangePassword, Language: r.Language, Version: int(r.Version)}
}

// Account gives one account.
func (tx *Tx) Account(ctx context.Context, id org.ID) (Account, error) {
	r, err := tx.q.GetAccount(ctx, id)
	if err != nil {
		return Account{}, fmt.Errorf("read account: %w", translate(err))
	}
	return accountOf(r), nil
}

// LockAccount gives an account and keeps everybody else from changing it.
func (tx *Tx) LockAccount(ctx context.Context, id org.ID) (Account, error) {
	r, err := tx.q.LockAccount(ctx, id)
	if err != nil {
		return Account{}, fmt.Errorf("lock account: %w", translate(err))
	}
	return accountOf(r), nil
}

// PasswordOf gives an account by its login, with the hash of its password.
func (tx *Tx) PasswordOf(ctx context.Context, login string) (org.Account, string, error) {
	r, err := tx.q.AccountByLogin(ctx, login)
	if err != nil {
		return org.Account{}, "", fmt.Errorf("find account: %w", translate(err))
	}
	return org.Account{ID: r.ID, Login: login, State: org.AccountState(r.State), LeftOn: value(r.LeftOn)}, r.PasswordHash, nil
}

// AddAccount stores a new account.
func (tx *Tx) AddAccount(ctx context.Context, a Account, passwordHash string, now time.Time) error {
	err := tx.q.InsertAccount(ctx, dbsqlc.InsertAccountParams{ID: a.ID, Login: a.Login, FullName: a.FullName, Email: a.Email,
		PasswordHash: passwordHash, MustChangePassword: a.MustChangePassword, Operator: a.Operator, CreatedAt: now})
	if violates(err, "account_login_key") {
		err = fault.InvalidField("login", "taken", "Tên đăng nhập đã có người dùng.", "Somebody has this login already.").Because(err)
	}
	if err != nil {
		return fmt.Errorf("add account: %w", err)
	}
	return nil
}

// SaveAccount stores a changed account, unless somebody else changed it since.
func (tx *Tx) SaveAccount(ctx context.Context, a Account) error {
	n, err := tx.q.UpdateAccount(ctx, dbsqlc.UpdateAccountParams{ID: a.ID, Version: int32(a.Version), FullName: a.FullName, Email: a.Email,
		State: string(a.State), LeftOn: optional(a.LeftOn), Operator: a.Operator})
	if err != nil {
		return fmt.Errorf("save account: %w", err)
	}
	return changed(n)
}

// SetLanguage stores the language that a person reads.
func (tx *Tx) SetLanguage(ctx context.Context, id org.ID, language string) error {
	if err := tx.q.SetLanguage(ctx, language, id); err != nil {
		return fmt.Errorf("set language: %w", err)
	}
	return nil
}

// SetPassword replaces a password.
func (tx *Tx) SetPassword(ctx context.Context, id org.ID, passwordHash string, mustChange bool) error {
	if err := tx.q.SetPassword(ctx, dbsqlc.SetPasswordParams{PasswordHash: passwordHash, MustChangePassword: mustChange, ID: id}); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// AccountsByLogin gives the accounts that have one of the logins.
func (tx *Tx) AccountsByLogin(ctx context.Context, logins []string) (map[string]Account, error) {
	rows, err := tx.q.AccountsByLogin(ctx, logins)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	found := make(map[string]Account, len(rows))
	for _, r := range rows {
		found[r.Login] = accountOf(r)
	}
	return found, nil
}

// AccountFilter narrows the list of accounts. Zero values do not.
type AccountFilter struct {
	Query    string
	Agencies []org.ID // with a position in one of these, now or ever
	State    org.AccountState
	On       org.Day // the day whose state is meant
	After    org.ID
	Limit    int
}

// Accounts gives a page of accounts by name, without positions.
func (tx *Tx) Accounts(ctx context.Context, f AccountFilter) ([]Account, error) {
	var b builder
	typed, err := tx.fold(ctx, f.Query)
	if err != nil {
		return nil, err
	}
	b.words("a.folded", typed)
	if f.Agencies != nil {
		b.and("a.id in (select p.account_id from position p where p.agency_id = any(%s::uuid[]))", f.Agencies)
	}
	if f.State != "" {
		b.and("case when a.left_on <= %s then 'left' else a.state end = %s", f.On, string(f.State))
	}
	if !f.After.IsZero() {
		b.and(`(a.folded collate "C", a.id) > (select c.folded collate "C", c.id from account c where c.id = %s)`, f.After)
	}
	sql := fmt.Sprintf(`
select a.id, a.login, a.full_name, a.email, a.operator, a.state, a.left_on, a.must_change_password, a.language, a.version
  from account a
 where %s
 order by a.folded collate "C", a.id
 limit %s`, b.conditions(), b.arg(f.Limit))
	return rows(ctx, tx, sql, b.args, func(r pgx.CollectableRow) (Account, error) {
		var a Account
		var state string
		var left *org.Day
		err := r.Scan(&a.ID, &a.Login, &a.FullName, &a.Email, &a.Operator, &state, &left, &a.MustChangePassword, &a.Language, &a.Version)
		a.State, a.LeftOn = org.AccountState(state), value(left)
		return a, err
	})
}
