package api

import (
	"context"

	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
	"congvan/server/domain/org"
)

// administrationRoom answers those who manage agencies, units, people and groups.
type administrationRoom struct{ accounts *accounts.Service }

// AddAgency adds an agency.
func (r administrationRoom) AddAgency(ctx context.Context, in gen.AddAgencyRequestObject) (gen.AddAgencyResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, nil, in)
	if err != nil {
		return nil, err
	}
	from, err := dayOf(&in.Body.ValidFrom)
	if err != nil {
		return nil, err
	}
	b := in.Body
	a, err := r.accounts.AddAgency(ctx, personOf(ctx), c, accounts.Agency{Code: b.Code, OldCode: present(b.OldCode), Agency: org.Agency{
		Name: b.Name, ShortName: present(b.ShortName), Abbreviation: present(b.Abbreviation), ParentID: idOf(b.ParentId), Level: org.Level(b.Level),
		Place: present(b.Place), Email: present(b.Email), Channel: org.Channel(b.Channel), Validity: org.Validity{From: from}}})
	if err != nil {
		return nil, err
	}
	return gen.AddAgency201JSONResponse{AgencyJSONResponse: agencyAnswer(a)}, nil
}

func agencyAnswer(a accounts.Agency) gen.AgencyJSONResponse {
	tag := etag(a.Version)
	return gen.AgencyJSONResponse{Body: agency(a), Headers: gen.AgencyResponseHeaders{ETag: &tag}}
}

// EditAgency changes or closes an agency.
func (r administrationRoom) EditAgency(ctx context.Context, in gen.EditAgencyRequestObject) (gen.EditAgencyResponseObject, error) {
	version, err := ifMatch(in.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	until, err := changedDay(in.Body.ValidUntil)
	if err != nil {
		return nil, err
	}
	b := in.Body
	change := accounts.AgencyChange{Name: b.Name, ShortName: b.ShortName, Abbreviation: b.Abbreviation, Place: b.Place, Email: b.Email,
		ParentID: (*org.ID)(b.ParentId), SuccessorID: (*org.ID)(b.SuccessorId), Channel: (*org.Channel)(b.Channel), ValidUntil: until}
	a, err := r.accounts.EditAgency(ctx, personOf(ctx), org.ID(in.Id), version, change)
	if err != nil {
		return nil, err
	}
	return gen.EditAgency200JSONResponse{AgencyJSONResponse: agencyAnswer(a)}, nil
}

// changedDay gives the day of an edit, and nothing when it stays as it is.
func changedDay(p *types.Date) (*org.Day, error) {
	if p == nil {
		return nil, nil
	}
	day, err := dayOf(p)
	return &day, err
}

// ListUnits gives all units of an agency.
func (r administrationRoom) ListUnits(ctx context.Context, in gen.ListUnitsRequestObject) (gen.ListUnitsResponseObject, error) {
	list, err := r.accounts.Units(ctx, personOf(ctx), org.ID(in.Id))
	if err != nil {
		return nil, err
	}
	return gen.ListUnits200JSONResponse{Items: units(list)}, nil
}

// AddUnit adds a unit to an agency.
func (r administrationRoom) AddUnit(ctx context.Context, in gen.AddUnitRequestObject) (gen.AddUnitResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, nil, in)
	if err != nil {
		return nil, err
	}
	from, err := dayOf(&in.Body.ValidFrom)
	if err != nil {
		return nil, err
	}
	u, err := r.accounts.AddUnit(ctx, personOf(ctx), c, org.Unit{AgencyID: org.ID(in.Id), Name: in.Body.Name, Abbreviation: present(in.Body.Abbreviation),
		ParentID: idOf(in.Body.ParentId), Validity: org.Validity{From: from}})
	if err != nil {
		return nil, err
	}
	return gen.AddUnit201JSONResponse{UnitJSONResponse: unitAnswer(u)}, nil
}

func unitAnswer(u accounts.Unit) gen.UnitJSONResponse {
	tag := etag(u.Version)
	return gen.UnitJSONResponse{Body: unit(u), Headers: gen.UnitResponseHeaders{ETag: &tag}}
}

// EditUnit renames or closes a unit.
func (r administrationRoom) EditUnit(ctx context.Context, in gen.EditUnitRequestObject) (gen.EditUnitResponseObject, error) {
	version, err := ifMatch(in.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	until, err := changedDay(in.Body.ValidUntil)
	if err != nil {
		return nil, err
	}
	u, err := r.accounts.EditUnit(ctx, personOf(ctx), org.ID(in.Id), version,
		accounts.UnitChange{Name: in.Body.Name, Abbreviation: in.Body.Abbreviation, ValidUntil: until})
	if err != nil {
		return nil, err
	}
	return gen.EditUnit200JSONResponse{UnitJSONResponse: unitAnswer(u)}, nil
}

// ListAccounts finds accounts.
func (r administrationRoom) ListAccounts(ctx context.Context, in gen.ListAccountsRequestObject) (gen.ListAccountsResponseObject, error) {
	p := in.Params
	list, next, err := r.accounts.Accounts(ctx, personOf(ctx), accounts.AccountSearch{Query: present(p.Q), AgencyID: idOf(p.AgencyId),
		State: org.AccountState(present(p.State)), Cursor: present(p.Cursor), Limit: limitOf(p.Limit)})
	if err != nil {
		return nil, err
	}
	items := make([]gen.Account, len(list))
	for i, h := range list {
		items[i] = account(h)
	}
	return gen.ListAccounts200JSONResponse{Items: items, Next: absent(next)}, nil
}

func account(h accounts.Holder) gen.Account {
	return gen.Account{Id: uuid.UUID(h.ID), Login: h.Login, FullName: h.FullName, Email: h.Email, Operator: h.Operator, State: gen.AccountState(h.State),
		LeftOn: optionalDate(h.LeftOn), MustChangePassword: h.MustChangePassword, Positions: positions(h.Positions), Version: h.Version}
}

func accountAnswer(h accounts.Holder) gen.AccountJSONResponse {
	tag := etag(h.Version)
	return gen.AccountJSONResponse{Body: account(h), Headers: gen.AccountResponseHeaders{ETag: &tag}}
}

// AddAccount makes an account and shows its first password this once.
func (r administrationRoom) AddAccount(ctx context.Context, in gen.AddAccountRequestObject) (gen.AddAccountResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, nil, in)
	if err != nil {
		return nil, err
	}
	b := in.Body
	h, password, err := r.accounts.AddAccount(ctx, personOf(ctx), c, accounts.AccountNew{Login: b.Login, FullName: b.FullName, Email: present(b.Email),
		Position: org.Position{AgencyID: org.ID(b.AgencyId), UnitID: idOf(b.UnitId), Role: org.Role(b.Role), Title: present(b.Title)}})
	if err != nil {
		return nil, err
	}
	return gen.AddAccount201JSONResponse{Account: account(h), Password: password}, nil
}

// ReadAccount gives one account.
func (r administrationRoom) ReadAccount(ctx context.Context, in gen.ReadAccountRequestObject) (gen.ReadAccountResponseObject, error) {
	h, err := r.accounts.Account(ctx, personOf(ctx), org.ID(in.Id))
	if err != nil {
		return nil, err
	}
	return gen.ReadAccount200JSONResponse{AccountJSONResponse: accountAnswer(h)}, nil
}

// EditAccount changes, locks or ends an account.
func (r administrationRoom) EditAccount(ctx context.Context, in gen.EditAccountRequestObject) (gen.EditAccountResponseObject, error) {
	version, err := ifMatch(in.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	left, err := changedDay(in.Body.LeftOn)
	if err != nil {
		return nil, err
	}
	h, err := r.accounts.EditAccount(ctx, personOf(ctx), org.ID(in.Id), version, accounts.AccountChange{FullName: in.Body.FullName,
		Email: in.Body.Email, State: (*org.AccountState)(in.Body.State), LeftOn: left})
	if err != nil {
		return nil, err
	}
	return gen.EditAccount200JSONResponse{AccountJSONResponse: accountAnswer(h)}, nil
}

// ResetPassword gives a new first password and shows it this once.
func (r administrationRoom) ResetPassword(ctx context.Context, in gen.ResetPasswordRequestObject) (gen.ResetPasswordResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, nil, in)
	if err != nil {
		return nil, err
	}
	h, password, err := r.accounts.ResetPassword(ctx, personOf(ctx), c, org.ID(in.Id))
	if err != nil {
		return nil, err
	}
	return gen.ResetPassword200JSONResponse{Account: account(h), Password: password}, nil
}

// AddPosition gives a person a position.
func (r administrationRoom) AddPosition(ctx context.Context, in gen.AddPositionRequestObject) (gen.AddPositionResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, nil, in)
	if err != nil {
		return nil, err
	}
	from, err := dayOf(&in.Body.ValidFrom)
	if err != nil {
		return nil, err
	}
	until, err := dayOf(in.Body.ValidUntil)
	if err != nil {
		return nil, err
	}
	h, err := r.accounts.AddPosition(ctx, personOf(ctx), c, org.Position{AccountID: org.ID(in.Id), AgencyID: org.ID(in.Body.AgencyId),
		UnitID: idOf(in.Body.UnitId), Role: org.Role(in.Body.Role), Title: present(in.Body.Title), Validity: org.Validity{From: from, Until: until}})
	if err != nil {
		return nil, err
	}
	return gen.AddPosition201JSONResponse{AccountJSONResponse: accountAnswer(h)}, nil
}

// EditPosition changes a position's title or last day.
func (r administrationRoom) EditPosition(ctx context.Context, in gen.EditPositionRequestObject) (gen.EditPositionResponseObject, error) {
	version, err := ifMatch(in.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	until, err := changedDay(in.Body.ValidUntil)
	if err != nil {
		return nil, err
	}
	h, err := r.accounts.EditPosition(ctx, personOf(ctx), org.ID(in.Id), version, accounts.PositionChange{Title: in.Body.Title, ValidUntil: until})
	if err != nil {
		return nil, err
	}
	return gen.EditPosition200JSONResponse{AccountJSONResponse: accountAnswer(h)}, nil
}

// AddGroup makes a recipient group.
func (r administrationRoom) AddGroup(ctx context.Context, in gen.AddGroupRequestObject) (gen.AddGroupResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, nil, in)
	if err != nil {
		return nil, err
	}
	g, err := r.accounts.AddGroup(ctx, personOf(ctx), c, accounts.Group{AgencyID: org.ID(in.Body.AgencyId), Name: in.Body.Name,
		Shared: present(in.Body.Shared), MemberIDs: idsOf(in.Body.MemberIds)})
	if err != nil {
		return nil, err
	}
	return gen.AddGroup201JSONResponse{GroupJSONResponse: groupAnswer(g)}, nil
}

func groupAnswer(g accounts.Group) gen.GroupJSONResponse {
	tag := etag(g.Version)
	return gen.GroupJSONResponse{Body: group(g), Headers: gen.GroupResponseHeaders{ETag: &tag}}
}

// EditGroup changes a recipient group.
func (r administrationRoom) EditGroup(ctx context.Context, in gen.EditGroupRequestObject) (gen.EditGroupResponseObject, error) {
	version, err := ifMatch(in.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	change := accounts.GroupChange{Name: in.Body.Name, Shared: in.Body.Shared}
	if in.Body.MemberIds != nil {
		members := idsOf(*in.Body.MemberIds)
		change.MemberIDs = &members
	}
	g, err := r.accounts.EditGroup(ctx, personOf(ctx), org.ID(in.Id), version, change)
	if err != nil {
		return nil, err
	}
	return gen.EditGroup200JSONResponse{GroupJSONResponse: groupAnswer(g)}, nil
}

// RemoveGroup removes a recipient group.
func (r administrationRoom) RemoveGroup(ctx context.Context, in gen.RemoveGroupRequestObject) (gen.RemoveGroupResponseObject, error) {
	version, err := ifMatch(in.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := r.accounts.RemoveGroup(ctx, personOf(ctx), org.ID(in.Id), version); err != nil {
		return nil, err
	}
	return gen.RemoveGroup204Response{}, nil
}
