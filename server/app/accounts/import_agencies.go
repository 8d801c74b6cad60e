package accounts

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// plannedAgency is a line with the agency that it makes.
type plannedAgency struct {
	row    SheetRow
	before Agency // the zero value for a new one
	after  Agency
}

func (p *plannedAgency) isNew() bool { return p.before.ID.IsZero() }

// planAgencies plans agencies by their codes. Lines may name parents and
// successors that come later in the file.
func (im *importer) planAgencies(ctx context.Context, rows []SheetRow) error {
	all, err := im.loadAgencies(ctx)
	if err != nil {
		return err
	}
	planned, err := im.readAgencies(rows)
	if err != nil {
		return err
	}
	if err := im.linkAgencies(all, planned); err != nil {
		return err
	}
	for _, p := range parentsBefore(planned) {
		switch {
		case p.isNew():
			im.add(p.after.ID, func(ctx context.Context) error { return im.insertAgency(ctx, p.after) })
		case reflect.DeepEqual(p.before, p.after):
			im.result.Unchanged++
		default:
			im.change(p.after.ID, func(ctx context.Context) error { return im.updateAgency(ctx, p.after) })
		}
	}
	// After all of them are there.
	for _, p := range planned {
		if p.after.SuccessorID != p.before.SuccessorID {
			im.steps = append(im.steps, func(ctx context.Context) error { return im.tx.SetSuccessor(ctx, p.after.ID, p.after.SuccessorID) })
		}
	}
	return nil
}

func (im *importer) insertAgency(ctx context.Context, a Agency) error {
	a.SuccessorID = org.ID{}
	return im.tx.AddAgency(ctx, a)
}

func (im *importer) updateAgency(ctx context.Context, a Agency) error {
	a.SuccessorID = im.agencies[a.Code].SuccessorID
	return im.tx.SaveAgency(ctx, a)
}

func (im *importer) readAgencies(rows []SheetRow) ([]*plannedAgency, error) {
	var planned []*plannedAgency
	seen := map[string]bool{}
	for _, row := range rows {
		code := row.Text("code")
		if code == "" {
			continue
		}
		if seen[code] {
			if err := twice(row, "code"); err != nil {
				return nil, err
			}
			continue
		}
		seen[code] = true
		p := &plannedAgency{row: row}
		if known, ok := im.agencies[code]; ok && known.Code == code {
			p.before, p.after = known, known
		} else {
			p.after = Agency{Code: code, Agency: org.Agency{ID: postgres.NewID(), Channel: org.Local, Validity: org.Validity{From: org.DayOf(im.now)}}}
		}
		if err := im.readAgency(p); err != nil {
			return nil, err
		}
		planned = append(planned, p)
	}
	return planned, nil
}

// readAgency fills the agency from its line, links apart.
func (im *importer) readAgency(p *plannedAgency) error {
	row, a := p.row, &p.after
	keep(&a.OldCode, row.Text("old_code"))
	keep(&a.Name, row.Text("name"))
	keep(&a.ShortName, row.Text("short_name"))
	keep(&a.Abbreviation, row.Text("abbreviation"))
	keep(&a.Place, row.Text("place"))
	keep(&a.Email, strings.ToLower(row.Text("email")))
	keepDay(&a.Validity.From, row.Day("valid_from"))
	keepDay(&a.Validity.Until, row.Day("valid_until"))
	var err error
	if word := row.Text("level"); word != "" {
		if a.Level, err = org.LevelNamed(word); err != nil {
			return refuse(row, err)
		}
	}
	if word := row.Text("channel"); word != "" {
		if a.Channel, err = org.ChannelNamed(word); err != nil {
			return refuse(row, err)
		}
	}
	return nil
}

// linkAgencies resolves parents and successors, among the agencies there are
// and those of the file, and holds every line to the rules.
func (im *importer) linkAgencies(all []Agency, planned []*plannedAgency) error {
	byCode, holder := map[string]org.ID{}, map[string]org.ID{}
	for _, a := range all {
		byCode[a.Code] = a.ID
		holder[a.Code], holder[a.OldCode] = a.ID, a.ID
	}
	for _, p := range planned {
		byCode[p.after.Code] = p.after.ID
		// Each code belongs to one agency, as a code or as an old one.
		for column, code := range map[string]string{"code": p.after.Code, "old_code": p.after.OldCode} {
			if other, taken := holder[code]; code != "" && taken && other != p.after.ID {
				if err := p.row.Refuse(column, fault.New(fault.Invalid, "taken", "Mã «"+code+"» đã có cơ quan khác dùng.", "Another agency has the code “"+code+"”.")); err != nil {
					return err
				}
			}
			holder[code] = p.after.ID
		}
	}
	for _, p := range planned {
		for column, field := range map[string]*org.ID{"parent": &p.after.ParentID, "successor": &p.after.SuccessorID} {
			code := p.row.Text(column)
			if code == "" {
				continue
			}
			id, known := byCode[code]
			if !known {
				if err := p.row.Refuse(column, fault.New(fault.Invalid, "unknown_agency",
					"Không có cơ quan nào mang mã «"+code+"».", "No agency has the code “"+code+"”.")); err != nil {
					return err
				}
				continue
			}
			*field = id
		}
	}
	return checkLinked(all, planned)
}

func checkLinked(all []Agency, planned []*plannedAgency) error {
	agencies := make([]org.Agency, 0, len(all)+len(planned))
	replaced := map[org.ID]bool{}
	for _, p := range planned {
		agencies = append(agencies, p.after.Agency)
		replaced[p.after.ID] = true
	}
	for _, a := range all {
		if !replaced[a.ID] {
			agencies = append(agencies, a.Agency)
		}
	}
	directory := org.NewDirectory(agencies)
	for _, p := range planned {
		for _, err := range []error{checkAgency(p.after), directory.CheckParent(p.after.ID, p.after.ParentID), directory.CheckSuccessor(p.after.ID, p.after.SuccessorID)} {
			if err == nil {
				continue
			}
			if err := refuse(p.row, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// parentsBefore orders the lines so that a new agency stands behind its parent.
func parentsBefore(planned []*plannedAgency) []*plannedAgency {
	byID := make(map[org.ID]*plannedAgency, len(planned))
	for _, p := range planned {
		byID[p.after.ID] = p
	}
	ordered := make([]*plannedAgency, 0, len(planned))
	placed := make(map[org.ID]bool, len(planned))
	for _, p := range planned {
		var chain []*plannedAgency
		for p != nil && !placed[p.after.ID] {
			placed[p.after.ID] = true
			chain = append(chain, p)
			p = byID[p.after.ParentID]
		}
		slices.Reverse(chain)
		ordered = append(ordered, chain...)
	}
	return ordered
}
