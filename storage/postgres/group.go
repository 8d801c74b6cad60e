package postgres

import (
	"context"
	"fmt"

	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Group is a group of recipients that an agency keeps.
type Group struct {
	ID        org.ID
	AgencyID  org.ID
	Name      string
	Shared    bool // every agency may use it
	MemberIDs []org.ID
	Version   int
}

// Groups gives the groups of the agencies and those that others share, or
// everybody's where the scope may see them.
func (tx *Tx) Groups(ctx context.Context, agencies []org.ID, everybodys bool) ([]Group, error) {
	rows, err := tx.q.ListGroups(ctx, agencies, everybodys)
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	list := make([]Group, len(rows))
	for i, r := range rows {
		list[i] = Group{ID: r.ID, AgencyID: r.AgencyID, Name: r.Name, Shared: r.Shared, MemberIDs: r.MemberIds, Version: int(r.Version)}
	}
	return list, nil
}

// GroupAgency tells to which agency a group belongs, when the scope may know.
func (tx *Tx) GroupAgency(ctx context.Context, id org.ID) (org.ID, error) {
	agency, err := tx.q.FindGroup(ctx, id)
	if err != nil {
		return org.ID{}, fmt.Errorf("find group: %w", translate(err))
	}
	return agency, nil
}

// LockGroup gives a group and keeps everybody else from changing it.
func (tx *Tx) LockGroup(ctx context.Context, agency, id org.ID) (Group, error) {
	r, err := tx.q.LockGroup(ctx, agency, id)
	if err != nil {
		return Group{}, fmt.Errorf("lock group: %w", translate(err))
	}
	members, err := tx.q.GroupMembers(ctx, agency, id)
	if err != nil {
		return Group{}, fmt.Errorf("list members: %w", err)
	}
	return Group{ID: r.ID, AgencyID: r.AgencyID, Name: r.Name, Shared: r.Shared, MemberIDs: members, Version: int(r.Version)}, nil
}

// AddGroup stores a new group with its members.
func (tx *Tx) AddGroup(ctx context.Context, g Group) error {
	if err := tx.q.InsertGroup(ctx, dbsqlc.InsertGroupParams{AgencyID: g.AgencyID, ID: g.ID, Name: g.Name, Shared: g.Shared}); err != nil {
		return fmt.Errorf("add group: %w", err)
	}
	return tx.AddGroupMembers(ctx, g.AgencyID, g.ID, g.MemberIDs)
}

// AddGroupMembers adds agencies to a group; those in it already stay.
func (tx *Tx) AddGroupMembers(ctx context.Context, agency, group org.ID, members []org.ID) error {
	if err := tx.q.AddGroupMembers(ctx, dbsqlc.AddGroupMembersParams{AgencyID: agency, GroupID: group, Members: members}); err != nil {
		return fmt.Errorf("add members: %w", err)
	}
	return nil
}

// SaveGroup stores a changed group with its members, unless somebody else
// changed it since.
func (tx *Tx) SaveGroup(ctx context.Context, g Group) error {
	n, err := tx.q.UpdateGroup(ctx, dbsqlc.UpdateGroupParams{AgencyID: g.AgencyID, ID: g.ID, Version: int32(g.Version), Name: g.Name, Shared: g.Shared})
	if err != nil {
		return fmt.Errorf("save group: %w", err)
	}
	if err := changed(n); err != nil {
		return err
	}
	if err := tx.q.RemoveGroupMembers(ctx, dbsqlc.RemoveGroupMembersParams{AgencyID: g.AgencyID, GroupID: g.ID, Kept: g.MemberIDs}); err != nil {
		return fmt.Errorf("remove members: %w", err)
	}
	return tx.AddGroupMembers(ctx, g.AgencyID, g.ID, g.MemberIDs)
}

// RemoveGroup removes a group, unless somebody else changed it since.
func (tx *Tx) RemoveGroup(ctx context.Context, g Group) error {
	n, err := tx.q.DeleteGroup(ctx, dbsqlc.DeleteGroupParams{AgencyID: g.AgencyID, ID: g.ID, Version: int32(g.Version)})
	if err != nil {
		return fmt.Errorf("remove group: %w", err)
	}
	return changed(n)
}
