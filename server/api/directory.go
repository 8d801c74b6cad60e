package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// directoryRoom answers what agencies, people, groups and kinds are chosen from.
type directoryRoom struct{ accounts *accounts.Service }

// ListAgencies finds agencies.
func (r directoryRoom) ListAgencies(ctx context.Context, in gen.ListAgenciesRequestObject) (gen.ListAgenciesResponseObject, error) {
	p := in.Params
	q := accounts.AgencySearch{Query: present(p.Q), ParentID: idOf(p.ParentId), Level: org.Level(present(p.Level)),
		Retired: present(p.Retired), Cursor: present(p.Cursor), Limit: limitOf(p.Limit)}
	list, next, err := r.accounts.Agencies(ctx, q)
	if err != nil {
		return nil, err
	}
	return gen.ListAgencies200JSONResponse{Items: agencies(list), Next: absent(next)}, nil
}

// ReadAgency gives one agency.
func (r directoryRoom) ReadAgency(ctx context.Context, in gen.ReadAgencyRequestObject) (gen.ReadAgencyResponseObject, error) {
	a, err := r.accounts.Agency(ctx, org.ID(in.Id))
	if err != nil {
		return nil, err
	}
	tag := etag(a.Version)
	return gen.ReadAgency200JSONResponse{Body: agency(a), Headers: gen.ReadAgency200ResponseHeaders{ETag: &tag}}, nil
}

// ReadAgencyTree gives the agencies of today.
func (r directoryRoom) ReadAgencyTree(ctx context.Context, _ gen.ReadAgencyTreeRequestObject) (gen.ReadAgencyTreeResponseObject, error) {
	list, err := r.accounts.AgencyTree(ctx)
	if err != nil {
		return nil, err
	}
	return gen.ReadAgencyTree200JSONResponse{Items: agencies(list)}, nil
}

func agencies(list []accounts.Agency) []gen.Agency {
	items := make([]gen.Agency, len(list))
	for i, a := range list {
		items[i] = agency(a)
	}
	return items
}

func agency(a accounts.Agency) gen.Agency {
	return gen.Agency{Id: uuid.UUID(a.ID), Code: a.Code, OldCode: absent(a.OldCode), Name: a.Name, ShortName: a.ShortName, Abbreviation: a.Abbreviation,
		ParentId: optionalID(a.ParentID), Level: gen.AgencyLevel(a.Level), Place: a.Place, Email: a.Email, Channel: gen.Channel(a.Channel),
		ValidFrom: date(a.Validity.From), ValidUntil: optionalDate(a.Validity.Until), SuccessorId: optionalID(a.SuccessorID),
		PredecessorIds: predecessors(a.PredecessorIDs), Version: a.Version}
}

func predecessors(ids []org.ID) *[]uuid.UUID {
	if len(ids) == 0 {
		return nil
	}
	list := uuids(ids)
	return &list
}

func uuids(ids []org.ID) []uuid.UUID {
	list := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		list[i] = uuid.UUID(id)
	}
	return list
}

// ListGroups gives the recipient groups that the person may use.
func (r directoryRoom) ListGroups(ctx context.Context, _ gen.ListGroupsRequestObject) (gen.ListGroupsResponseObject, error) {
	list, err := r.accounts.Groups(ctx, personOf(ctx))
	if err != nil {
		return nil, err
	}
	items := make([]gen.Group, len(list))
	for i, g := range list {
		items[i] = group(g)
	}
	return gen.ListGroups200JSONResponse{Items: items}, nil
}

func group(g accounts.Group) gen.Group {
	return gen.Group{Id: uuid.UUID(g.ID), AgencyId: uuid.UUID(g.AgencyID), Name: g.Name, Shared: g.Shared, MemberIds: uuids(g.MemberIDs), Version: g.Version}
}

// ListPeople gives the units and people of one's own agencies.
func (r directoryRoom) ListPeople(ctx context.Context, in gen.ListPeopleRequestObject) (gen.ListPeopleResponseObject, error) {
	p := in.Params
	list, people, err := r.accounts.People(ctx, personOf(ctx), accounts.PeopleSearch{Query: present(p.Q), AgencyID: idOf(p.AgencyId), Role: org.Role(present(p.Role))})
	if err != nil {
		return nil, err
	}
	return gen.ListPeople200JSONResponse{Units: units(list), Positions: positions(people)}, nil
}

func units(list []accounts.Unit) []gen.Unit {
	items := make([]gen.Unit, len(list))
	for i, u := range list {
		items[i] = unit(u)
	}
	return items
}

func unit(u accounts.Unit) gen.Unit {
	return gen.Unit{Id: uuid.UUID(u.ID), AgencyId: uuid.UUID(u.AgencyID), Name: u.Name, Abbreviation: u.Abbreviation, ParentId: optionalID(u.ParentID),
		ValidFrom: date(u.Validity.From), ValidUntil: optionalDate(u.Validity.Until), Version: u.Version}
}

// ListKinds gives the kinds of documents.
func (r directoryRoom) ListKinds(context.Context, gen.ListKindsRequestObject) (gen.ListKindsResponseObject, error) {
	kinds := document.Kinds()
	items := make([]gen.Kind, len(kinds))
	for i, k := range kinds {
		items[i] = gen.Kind{Code: k.Code, Name: k.Label().VI, EnglishName: k.Label().EN, Abbreviation: k.Abbreviation, Normative: k.Normative, Copy: k.Copy}
	}
	return gen.ListKinds200JSONResponse{Items: items}, nil
}
