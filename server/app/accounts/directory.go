package accounts

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"congvan/server/domain/access"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// The bounds of lists that come whole.
const (
	maxTree   = 5000
	maxPeople = 2000
)

// AgencySearch narrows the list of agencies. Zero values do not.
type AgencySearch struct {
	Query    string
	ParentID org.ID
	Level    org.Level
	Retired  bool // also those no longer valid
	Cursor   string
	Limit    int
}

// Agencies gives a page of agencies and the cursor of the next one.
func (s *Service) Agencies(ctx context.Context, q AgencySearch) ([]Agency, string, error) {
	after, err := readCursor(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	f := postgres.AgencyFilter{Query: q.Query, ParentID: q.ParentID, Level: q.Level, After: after, Limit: q.Limit + 1}
	if !q.Retired {
		f.On = org.DayOf(s.now())
	}
	var list []Agency
	err = s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		var err error
		list, err = tx.Agencies(ctx, f)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list agencies: %w", err)
	}
	list, next := page(list, q.Limit, func(a Agency) org.ID { return a.ID })
	return list, next, nil
}

// readCursor reads a cursor that names the last object of a page.
func readCursor(cursor string) (org.ID, error) {
	if cursor == "" {
		return org.ID{}, nil
	}
	id, err := org.ParseID(cursor)
	if err != nil {
		return org.ID{}, fault.InvalidField("cursor", "invalid_cursor", "Vị trí trang không hợp lệ.", "The cursor is not valid.")
	}
	return id, nil
}

// page cuts off the one more that tells whether there is a next page.
func page[T any](list []T, limit int, id func(T) org.ID) ([]T, string) {
	if len(list) <= limit {
		return list, ""
	}
	return list[:limit], id(list[limit-1]).String()
}

// Agency gives one agency. The directory of agencies is everybody's.
func (s *Service) Agency(ctx context.Context, id org.ID) (Agency, error) {
	var a Agency
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		var err error
		a, err = tx.Agency(ctx, id)
		return err
	})
	if err != nil {
		return Agency{}, fmt.Errorf("read agency: %w", err)
	}
	return a, nil
}

// AgencyTree gives the agencies valid today, parents before children. A whole
// country's does not fit a picker: what is deeper is found by name.
func (s *Service) AgencyTree(ctx context.Context) ([]Agency, error) {
	var list []Agency
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		var err error
		list, err = tx.AgencyTree(ctx, org.DayOf(s.now()), maxTree)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read agencies: %w", err)
	}
	return parentsFirst(list), nil
}

// parentsFirst orders agencies by how deep they stand, so that each comes behind
// the one it is under; the order of the list is kept at each depth.
func parentsFirst(list []Agency) []Agency {
	parents := make(map[org.ID]org.ID, len(list))
	for _, a := range list {
		parents[a.ID] = a.ParentID
	}
	depth := func(a Agency) (n int) {
		for id := a.ParentID; n < len(list); n++ { // a ring has no end of its own
			next, here := parents[id]
			if !here {
				break
			}
			id = next
		}
		return n
	}
	slices.SortStableFunc(list, func(a, b Agency) int { return cmp.Compare(depth(a), depth(b)) })
	return list
}

// Groups gives the recipient groups that the person may use; an operator sees all.
func (s *Service) Groups(ctx context.Context, who access.Person) ([]Group, error) {
	var list []Group
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		var err error
		list, err = tx.Groups(ctx, who.Everywhere(), who.Operator)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	return list, nil
}

// PeopleSearch narrows units and people to choose from.
type PeopleSearch struct {
	Query    string
	AgencyID org.ID
	Role     org.Role
}

// People gives the units and positions of one's own agencies that are valid today.
func (s *Service) People(ctx context.Context, who access.Person, q PeopleSearch) ([]Unit, []Position, error) {
	agencies := who.Everywhere()
	f := postgres.PeopleFilter{Agencies: agencies, Query: q.Query, Role: q.Role, On: org.DayOf(s.now()), Limit: maxPeople}
	if !q.AgencyID.IsZero() {
		f.Agencies = only(agencies, q.AgencyID)
	}
	var units []Unit
	var people []Position
	err := s.store.InTx(ctx, postgres.PersonScope(agencies), func(tx *postgres.Tx) error {
		var err error
		if units, err = tx.UnitsToChoose(ctx, f); err != nil {
			return err
		}
		people, err = tx.PeopleToChoose(ctx, f)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list people: %w", err)
	}
	return units, people, nil
}

// only gives the agency if it is among the person's, and none otherwise.
func only(agencies []org.ID, wanted org.ID) []org.ID {
	for _, a := range agencies {
		if a == wanted {
			return []org.ID{a}
		}
	}
	return []org.ID{}
}
