package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
	"congvan/server/domain/org"
)

// delegationRoom answers who stands in for whom, and who is on duty.
type delegationRoom struct{ accounts *accounts.Service }

// ListDelegations gives the delegations that concern the person.
func (r delegationRoom) ListDelegations(ctx context.Context, in gen.ListDelegationsRequestObject) (gen.ListDelegationsResponseObject, error) {
	list, err := r.accounts.Delegations(ctx, personOf(ctx), present(in.Params.Past))
	if err != nil {
		return nil, err
	}
	items := make([]gen.Delegation, len(list))
	for i, d := range list {
		items[i] = delegation(d)
	}
	return gen.ListDelegations200JSONResponse{Items: items}, nil
}

func delegation(d accounts.Delegation) gen.Delegation {
	return gen.Delegation{Id: uuid.UUID(d.ID), AgencyId: uuid.UUID(d.AgencyID), AgencyName: d.AgencyName, PositionId: uuid.UUID(d.PositionID),
		AccountId: uuid.UUID(d.AccountID), FullName: d.FullName, Title: d.Title, DelegatePositionId: uuid.UUID(d.DelegatePositionID),
		DelegateAccountId: uuid.UUID(d.DelegateAccountID), DelegateName: d.DelegateName, DelegateTitle: d.DelegateTitle, Powers: powers(d.Powers),
		ValidFrom: date(d.Validity.From), ValidUntil: date(d.Validity.Until), Reason: d.Reason, State: gen.DelegationState(d.State),
		RevokedAt: optionalTime(d.RevokedAt), RevokedBy: absent(d.RevokedBy), MayRevoke: d.MayRevoke}
}

func powers(list []org.Power) []gen.Power {
	out := make([]gen.Power, len(list))
	for i, p := range list {
		out[i] = gen.Power(p)
	}
	return out
}

// AddDelegation lets a substitute stand in.
func (r delegationRoom) AddDelegation(ctx context.Context, in gen.AddDelegationRequestObject) (gen.AddDelegationResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, nil, in)
	if err != nil {
		return nil, err
	}
	from, err := dayOf(&in.Body.ValidFrom)
	if err != nil {
		return nil, err
	}
	until, err := dayOf(&in.Body.ValidUntil)
	if err != nil {
		return nil, err
	}
	d := org.Delegation{PositionID: org.ID(in.Body.PositionId), DelegatePositionID: org.ID(in.Body.DelegatePositionId),
		Validity: org.Validity{From: from, Until: until}, Reason: present(in.Body.Reason)}
	for _, p := range present(in.Body.Powers) {
		d.Powers = append(d.Powers, org.Power(p))
	}
	made, err := r.accounts.AddDelegation(ctx, personOf(ctx), c, d)
	if err != nil {
		return nil, err
	}
	return gen.AddDelegation201JSONResponse(delegation(made)), nil
}

// RevokeDelegation ends a delegation at once.
func (r delegationRoom) RevokeDelegation(ctx context.Context, in gen.RevokeDelegationRequestObject) (gen.RevokeDelegationResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, nil, in)
	if err != nil {
		return nil, err
	}
	if err := r.accounts.RevokeDelegation(ctx, personOf(ctx), c, org.ID(in.Id)); err != nil {
		return nil, err
	}
	return gen.RevokeDelegation204Response{}, nil
}

// ListDuties gives the roster of a week.
func (r delegationRoom) ListDuties(ctx context.Context, in gen.ListDutiesRequestObject) (gen.ListDutiesResponseObject, error) {
	monday, err := dayOf(&in.Params.Week)
	if err != nil {
		return nil, err
	}
	roster, err := r.accounts.Duties(ctx, personOf(ctx), org.ID(in.Id), monday)
	if err != nil {
		return nil, err
	}
	return gen.ListDuties200JSONResponse(duties(roster)), nil
}

// SetDuties replaces the roster of a week.
func (r delegationRoom) SetDuties(ctx context.Context, in gen.SetDutiesRequestObject) (gen.SetDutiesResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, nil, in)
	if err != nil {
		return nil, err
	}
	monday, err := dayOf(&in.Params.Week)
	if err != nil {
		return nil, err
	}
	list := make([]org.Duty, len(in.Body.Items))
	for i, d := range in.Body.Items {
		day, err := dayOf(&d.Day)
		if err != nil {
			return nil, err
		}
		list[i] = org.Duty{Day: day, PositionID: org.ID(d.PositionId), Note: present(d.Note)}
	}
	roster, err := r.accounts.SetDuties(ctx, personOf(ctx), c, org.ID(in.Id), monday, list)
	if err != nil {
		return nil, err
	}
	return gen.SetDuties200JSONResponse(duties(roster)), nil
}

func duties(r accounts.Roster) gen.DutyList {
	items := make([]gen.Duty, len(r.Duties))
	for i, d := range r.Duties {
		items[i] = gen.Duty{Day: date(d.Day), PositionId: uuid.UUID(d.PositionID), AccountId: uuid.UUID(d.AccountID),
			FullName: d.FullName, Title: d.Title, Note: d.Note}
	}
	return gen.DutyList{Items: items, MayEdit: r.MayEdit}
}
