package accounts

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// maxNewcomers bounds the new accounts of one file: their passwords take 30 ms each.
const maxNewcomers = 1000

// unitKey is what a unit is found by.
type unitKey struct {
	agency org.ID
	name   string
}

// planUnits plans units by agency and name.
func (im *importer) planUnits(ctx context.Context, rows []SheetRow) error {
	if _, err := im.loadAgencies(ctx); err != nil {
		return err
	}
	existing, err := im.tx.UnitsIn(ctx, im.agenciesIn(rows, "agency"))
	if err != nil {
		return err
	}
	units := map[unitKey]Unit{}
	for _, u := range existing {
		units[unitKey{u.AgencyID, u.Name}] = u
	}
	seen := map[unitKey]bool{}
	for _, row := range rows {
		agency, known := im.agencyIn(row, "agency")
		key := unitKey{agency.ID, row.Text("name")}
		if !known || key.name == "" {
			continue
		}
		if seen[key] {
			if err := twice(row, "name"); err != nil {
				return err
			}
			continue
		}
		seen[key] = true
		before, there := units[key]
		after := before
		if !there {
			after = Unit{Unit: org.Unit{ID: postgres.NewID(), AgencyID: agency.ID, Name: key.name, Validity: org.Validity{From: org.DayOf(im.now)}}}
		}
		keep(&after.Abbreviation, row.Text("abbreviation"))
		keepDay(&after.Validity.From, row.Day("valid_from"))
		keepDay(&after.Validity.Until, row.Day("valid_until"))
		if parent := row.Text("parent"); parent != "" {
			if after.ParentID, err = findUnit(row, "parent", agency.ID, parent, units); err != nil {
				return err
			}
		}
		if err := after.Check(); err != nil {
			if err := refuse(row, err); err != nil {
				return err
			}
			continue
		}
		units[key] = after
		switch {
		case !there:
			im.add(agency.ID, func(ctx context.Context) error { return im.tx.AddUnit(ctx, after.Unit) })
		case before == after:
			im.result.Unchanged++
		default:
			im.change(agency.ID, func(ctx context.Context) error { return im.tx.SaveUnit(ctx, after) })
		}
	}
	return nil
}

// findUnit finds a unit of the agency by its name or abbreviation; several with
// one abbreviation are told apart by their names.
func findUnit(row SheetRow, column string, agency org.ID, word string, units map[unitKey]Unit) (org.ID, error) {
	if u, named := units[unitKey{agency, word}]; named {
		return u.ID, nil
	}
	var found []org.ID
	for key, u := range units {
		if key.agency == agency && strings.EqualFold(u.Abbreviation, word) {
			found = append(found, u.ID)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return org.ID{}, row.Refuse(column, fault.New(fault.Invalid, "unknown_unit",
		"Không tìm thấy phòng, ban «"+word+"» của cơ quan.", "The agency has no unit “"+word+"”."))
}

// planPeople plans accounts by login.
func (im *importer) planPeople(ctx context.Context, rows []SheetRow) error {
	accounts, err := im.tx.AccountsByLogin(ctx, logins(rows))
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, row := range rows {
		login := strings.ToLower(row.Text("login"))
		if login == "" {
			continue
		}
		if seen[login] {
			if err := twice(row, "login"); err != nil {
				return err
			}
			continue
		}
		seen[login] = true
		if err := im.planPerson(row, login, accounts); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) planPerson(row SheetRow, login string, accounts map[string]Account) error {
	before, there := accounts[login]
	after := before
	if !there {
		after = Account{Account: org.Account{ID: postgres.NewID(), Login: login, State: org.Active}, MustChangePassword: im.in.Password == nil}
	}
	keep(&after.FullName, row.Text("full_name"))
	keep(&after.Email, strings.ToLower(row.Text("email")))
	if row.Text("operator") != "" {
		after.Operator = row.YesNo("operator")
	}
	if err := after.Check(); err != nil {
		return refuse(row, err)
	}
	switch {
	case there && before == after:
		im.result.Unchanged++
	case there:
		im.change(org.ID{}, func(ctx context.Context) error { return im.tx.SaveAccount(ctx, after) })
	case len(im.people) == maxNewcomers:
		return row.Refuse("login", fault.New(fault.TooLarge, "too_many_people",
			"Mỗi lần nhập tối đa 1.000 người mới.", "At most 1,000 new people at a time."))
	default:
		im.people = append(im.people, login)
		hash, worked := im.hashes[login]
		if im.hashes != nil && !worked {
			return row.Refuse("login", fault.New(fault.Conflict, "changed", "Danh mục vừa thay đổi; hãy nhập lại.", "The directory has just changed; import again."))
		}
		im.add(org.ID{}, func(ctx context.Context) error { return im.tx.AddAccount(ctx, after, hash, im.now) })
	}
	return nil
}

func logins(rows []SheetRow) []string {
	list := make([]string, 0, len(rows))
	for _, row := range rows {
		if login := row.Text("login"); login != "" {
			list = append(list, strings.ToLower(login))
		}
	}
	return list
}

// firstPasswords works out the hashes of new accounts' first passwords. Known
// ones are no secrets and are worked out once each.
func (s *Service) firstPasswords(ctx context.Context, in Import, people []string) (map[string]string, []ImportSecret, error) {
	secrets := make([]ImportSecret, len(people))
	for i, login := range people {
		secrets[i].Login = login
		if in.Password != nil {
			secrets[i].Password = in.Password(login)
			continue
		}
		var err error
		if secrets[i].Password, err = firstPassword(); err != nil {
			return nil, nil, err
		}
	}
	different := map[string]*string{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cap(s.hasher.turns))
	for _, secret := range secrets {
		if different[secret.Password] != nil {
			continue
		}
		hash := new(string)
		different[secret.Password] = hash
		group.Go(func() error {
			var err error
			*hash, err = s.hasher.hash(ctx, secret.Password)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, fmt.Errorf("work out first passwords: %w", err)
	}
	hashes := make(map[string]string, len(people))
	for _, secret := range secrets {
		hashes[secret.Login] = *different[secret.Password]
	}
	if in.Password != nil || len(people) == 0 {
		return hashes, nil, nil
	}
	return hashes, secrets, nil
}

// positionKey is what a position is found by.
type positionKey struct {
	account, agency, unit org.ID
	role                  org.Role
	from                  org.Day
}

func keyOf(p org.Position) positionKey {
	return positionKey{p.AccountID, p.AgencyID, p.UnitID, p.Role, p.Validity.From}
}

// planPositions plans positions by person, agency, unit, role and first day.
func (im *importer) planPositions(ctx context.Context, rows []SheetRow) error {
	if _, err := im.loadAgencies(ctx); err != nil {
		return err
	}
	accounts, err := im.tx.AccountsByLogin(ctx, logins(rows))
	if err != nil {
		return err
	}
	ids := make([]org.ID, 0, len(accounts))
	for _, a := range accounts {
		ids = append(ids, a.ID)
	}
	existing, err := im.tx.PositionsOf(ctx, ids...)
	if err != nil {
		return err
	}
	held := map[positionKey]Position{}
	for _, p := range existing {
		held[keyOf(p.Position)] = p
	}
	list, err := im.tx.UnitsIn(ctx, im.agenciesIn(rows, "agency"))
	if err != nil {
		return err
	}
	units := map[unitKey]Unit{}
	for _, u := range list {
		units[unitKey{u.AgencyID, u.Name}] = u
	}
	seen := map[positionKey]bool{}
	for _, row := range rows {
		p, ok, err := im.readPosition(row, accounts, units)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if seen[keyOf(p)] {
			if err := twice(row, ""); err != nil {
				return err
			}
			continue
		}
		seen[keyOf(p)] = true
		im.planPosition(p, held)
	}
	return nil
}

func (im *importer) planPosition(p org.Position, held map[positionKey]Position) {
	before, there := held[keyOf(p)]
	if !there {
		p.ID = postgres.NewID()
		im.add(p.AgencyID, func(ctx context.Context) error { return im.tx.AddPosition(ctx, p) })
		return
	}
	after := before
	keep(&after.Title, p.Title)
	keepDay(&after.Validity.Until, p.Validity.Until)
	if after == before {
		im.result.Unchanged++
		return
	}
	im.change(p.AgencyID, func(ctx context.Context) error { return im.tx.SavePosition(ctx, after) })
}

func (im *importer) readPosition(row SheetRow, accounts map[string]Account, units map[unitKey]Unit) (org.Position, bool, error) {
	p := org.Position{Title: row.Text("title"), Validity: org.Validity{From: row.Day("valid_from"), Until: row.Day("valid_until")}}
	if p.Validity.From.IsZero() {
		p.Validity.From = org.DayOf(im.now)
	}
	agency, known := im.agencyIn(row, "agency")
	p.AgencyID = agency.ID
	login, word := strings.ToLower(row.Text("login")), row.Text("role")
	account, there := accounts[login]
	p.AccountID = account.ID
	if login != "" && !there {
		return p, false, row.Refuse("login", fault.New(fault.Invalid, "unknown_login", "Không có tài khoản «"+login+"».", "There is no account “"+login+"”."))
	}
	if !known || login == "" || word == "" {
		return p, false, nil
	}
	var err error
	if p.Role, err = org.RoleNamed(word); err != nil {
		return p, false, refuse(row, err)
	}
	if unit := row.Text("unit"); unit != "" {
		if p.UnitID, err = findUnit(row, "unit", agency.ID, unit, units); err != nil || p.UnitID.IsZero() {
			return p, false, err
		}
	}
	if err := p.Check(); err != nil {
		return p, false, refuse(row, err)
	}
	return p, true, nil
}
