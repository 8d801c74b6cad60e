package accounts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

func checkGroup(g Group) error {
	if strings.TrimSpace(g.Name) == "" {
		return fault.InvalidField("name", "required", "Bắt buộc nhập.", "Required.")
	}
	return nil
}

// memberFault names the field when a member is no agency.
func memberFault(ctx context.Context, tx *postgres.Tx, members []org.ID) error {
	known, err := tx.AgenciesAddressed(ctx, members)
	if err != nil {
		return err
	}
	for _, id := range members {
		if _, ok := known[id]; !ok {
			return fault.InvalidField("member_ids", "unknown", "Không tìm thấy cơ quan đã chọn.", "An agency that was chosen does not exist.")
		}
	}
	return nil
}

// AddGroup makes a recipient group.
func (s *Service) AddGroup(ctx context.Context, who access.Person, c access.Command, g Group) (Group, error) {
	if err := who.KeepGroups(g.AgencyID); err != nil {
		return Group{}, err
	}
	if err := checkGroup(g); err != nil {
		return Group{}, err
	}
	now := s.now()
	g.ID, g.MemberIDs = postgres.NewID(), sorted(g.MemberIDs)
	var made Group
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		if _, err := tx.Agency(ctx, g.AgencyID); err != nil {
			return err
		}
		if err := actIn(ctx, tx, who, g.AgencyID); err != nil {
			return err
		}
		first, id, err := tx.Once(ctx, c, g.ID, now)
		if err != nil {
			return err
		}
		if first {
			if err := memberFault(ctx, tx, g.MemberIDs); err != nil {
				return err
			}
			if err := tx.AddGroup(ctx, g); err != nil {
				return err
			}
			if err := record(ctx, tx, who, g.AgencyID, subjectGroup, g.ID, document.Event{Verb: "group_added"}, now); err != nil {
				return err
			}
		}
		made, err = tx.LockGroup(ctx, g.AgencyID, id)
		return err
	})
	if err != nil {
		return Group{}, fmt.Errorf("add group: %w", err)
	}
	return made, nil
}

// GroupChange is what an edit changes; what is nil stays as it is.
type GroupChange struct {
	Name      *string
	Shared    *bool
	MemberIDs *[]org.ID
}

// EditGroup changes a recipient group; its members are replaced as a whole.
func (s *Service) EditGroup(ctx context.Context, who access.Person, id org.ID, version int, change GroupChange) (Group, error) {
	var saved Group
	err := s.onGroup(ctx, who, id, "group_changed", func(tx *postgres.Tx, g Group) error {
		g.Version = version
		set(&g.Name, change.Name)
		set(&g.Shared, change.Shared)
		if change.MemberIDs != nil {
			g.MemberIDs = sorted(*change.MemberIDs)
		}
		if err := checkGroup(g); err != nil {
			return err
		}
		if err := memberFault(ctx, tx, g.MemberIDs); err != nil {
			return err
		}
		if err := tx.SaveGroup(ctx, g); err != nil {
			return err
		}
		var err error
		saved, err = tx.LockGroup(ctx, g.AgencyID, id)
		return err
	})
	if err != nil {
		return Group{}, fmt.Errorf("edit group: %w", err)
	}
	return saved, nil
}

// RemoveGroup removes a recipient group; what was sent to it stays sent.
func (s *Service) RemoveGroup(ctx context.Context, who access.Person, id org.ID, version int) error {
	err := s.onGroup(ctx, who, id, "group_removed", func(tx *postgres.Tx, g Group) error {
		g.Version = version
		return tx.RemoveGroup(ctx, g)
	})
	if err != nil {
		return fmt.Errorf("remove group: %w", err)
	}
	return nil
}

func (s *Service) onGroup(ctx context.Context, who access.Person, id org.ID, verb string, do func(*postgres.Tx, Group) error) error {
	now := s.now()
	return s.manage(ctx, who, func(tx *postgres.Tx) error {
		agency, err := tx.GroupAgency(ctx, id)
		if err != nil {
			return err
		}
		if err := who.KeepGroups(agency); err != nil {
			return err
		}
		if err := actIn(ctx, tx, who, agency); err != nil {
			return err
		}
		g, err := tx.LockGroup(ctx, agency, id)
		if err != nil {
			return err
		}
		if err := do(tx, g); err != nil {
			return err
		}
		return record(ctx, tx, who, agency, subjectGroup, id, document.Event{Verb: verb}, now)
	})
}

// sorted gives identifiers in a fixed order, each once.
func sorted(ids []org.ID) []org.ID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, org.ID.Compare)
	return slices.Compact(ids)
}
