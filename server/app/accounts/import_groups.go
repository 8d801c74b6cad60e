package accounts

import (
	"context"
	"slices"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// groupKey is what a group is found by.
type groupKey struct {
	agency org.ID
	name   string
}

func (im *importer) loadGroups(ctx context.Context) (map[groupKey]Group, error) {
	list, err := im.tx.Groups(ctx, nil, true)
	if err != nil {
		return nil, err
	}
	groups := make(map[groupKey]Group, len(list))
	for _, g := range list {
		groups[groupKey{g.AgencyID, g.Name}] = g
	}
	return groups, nil
}

// planGroups plans recipient groups by agency and name.
func (im *importer) planGroups(ctx context.Context, rows []SheetRow) error {
	if _, err := im.loadAgencies(ctx); err != nil {
		return err
	}
	groups, err := im.loadGroups(ctx)
	if err != nil {
		return err
	}
	seen := map[groupKey]bool{}
	for _, row := range rows {
		agency, known := im.agencyIn(row, "agency")
		key := groupKey{agency.ID, row.Text("name")}
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
		before, there := groups[key]
		after := before
		if row.Text("shared") != "" {
			after.Shared = row.YesNo("shared")
		}
		switch {
		case !there:
			after.ID, after.AgencyID, after.Name = postgres.NewID(), agency.ID, key.name
			im.add(agency.ID, func(ctx context.Context) error { return im.tx.AddGroup(ctx, after) })
		case before.Shared == after.Shared:
			im.result.Unchanged++
		default:
			im.change(agency.ID, func(ctx context.Context) error { return im.tx.SaveGroup(ctx, after) })
		}
	}
	return nil
}

// planMembers plans who is in which group. Those in it already stay.
func (im *importer) planMembers(ctx context.Context, rows []SheetRow) error {
	if _, err := im.loadAgencies(ctx); err != nil {
		return err
	}
	groups, err := im.loadGroups(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		agency, known := im.agencyIn(row, "agency")
		member, named := im.agencyIn(row, "member")
		name := row.Text("group")
		if !known || !named || name == "" {
			continue
		}
		key := groupKey{agency.ID, name}
		group, there := groups[key]
		if !there {
			if err := row.Refuse("group", fault.New(fault.Invalid, "unknown_group", "Cơ quan không có nhóm «"+name+"».", "The agency has no group “"+name+"”.")); err != nil {
				return err
			}
			continue
		}
		if slices.Contains(group.MemberIDs, member.ID) {
			im.result.Unchanged++
			continue
		}
		group.MemberIDs = append(slices.Clip(group.MemberIDs), member.ID)
		groups[key] = group
		im.add(agency.ID, func(ctx context.Context) error {
			return im.tx.AddGroupMembers(ctx, agency.ID, group.ID, []org.ID{member.ID})
		})
	}
	return nil
}

// registerKey is what a register is found by.
type registerKey struct {
	agency    org.ID
	direction numbering.Direction
	code      string
	year      int
}

// planRegisters plans registers by agency, direction, code and year. One that
// is there already stays: numbers may have been taken from it.
func (im *importer) planRegisters(ctx context.Context, rows []SheetRow) error {
	if _, err := im.loadAgencies(ctx); err != nil {
		return err
	}
	list, err := im.tx.AllRegisters(ctx, postgres.RegisterReach{Agencies: im.agenciesIn(rows, "agency")}, "", 0)
	if err != nil {
		return err
	}
	there := map[registerKey]bool{}
	for _, r := range list {
		there[registerKey{r.AgencyID, r.Direction, r.Code, r.Year}] = true
	}
	seen := map[registerKey]bool{}
	for _, row := range rows {
		r, ok, err := im.readRegister(row)
		if err != nil {
			return err
		}
		key := registerKey{r.AgencyID, r.Direction, r.Code, r.Year}
		switch {
		case !ok:
		case seen[key]:
			err = twice(row, "code")
		case there[key]:
			im.result.Unchanged++
		default:
			im.add(r.AgencyID, func(ctx context.Context) error { return im.tx.AddRegister(ctx, r) })
		}
		if err != nil {
			return err
		}
		seen[key] = ok
	}
	return nil
}

func (im *importer) readRegister(row SheetRow) (numbering.Register, bool, error) {
	r := numbering.Register{ID: postgres.NewID(), Code: row.Text("code"), Name: row.Text("name"), Year: row.Number("year"),
		Normative: row.YesNo("normative"), Council: row.YesNo("council"), SymbolAgency: row.Text("symbol_agency"), Opening: row.Number("opening_number")}
	if r.Year == 0 {
		r.Year = org.DayOf(im.now).Year()
	}
	if r.Opening == 0 {
		r.Opening = 1
	}
	r.Next = r.Opening
	agency, known := im.agencyIn(row, "agency")
	r.AgencyID = agency.ID
	word := row.Text("direction")
	if !known || r.Code == "" || r.Name == "" || word == "" {
		return r, false, nil
	}
	var err error
	if r.Direction, err = numbering.DirectionNamed(word); err != nil {
		return r, false, refuse(row, err)
	}
	for _, word := range row.List("kinds") {
		kind, known := document.KindNamed(word)
		if !known {
			return r, false, row.Refuse("kinds", fault.New(fault.Invalid, "unknown_kind", "Không có loại văn bản «"+word+"».", "There is no kind of document “"+word+"”."))
		}
		r.Kinds = append(r.Kinds, kind.Code)
	}
	if err := r.Check(); err != nil {
		return r, false, refuse(row, err)
	}
	return r, true, nil
}
