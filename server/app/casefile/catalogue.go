package casefile

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"congvan/server/domain/access"
	rule "congvan/server/domain/casefile"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Catalogue is the agency's list of the files of a year (danh mục hồ sơ).
type Catalogue struct {
	AgencyID   org.ID
	Year       int
	Lines      []CatalogueLine
	Next       int // the number after the greatest of the year
	MayKeep    bool
	MayApprove bool
}

// Approved tells whether there is nothing left to approve.
func (c Catalogue) Approved() bool {
	for _, l := range c.Lines {
		if l.ApprovedAt.IsZero() {
			return false
		}
	}
	return len(c.Lines) > 0
}

// Catalogue gives the list of a year.
func (s *Service) Catalogue(ctx context.Context, who access.Person, agency org.ID, year int) (Catalogue, error) {
	var c Catalogue
	if err := who.SeeCatalogue(agency); err != nil {
		return c, err
	}
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		c, err = catalogue(ctx, tx, who, agency, year)
		return err
	})
	return c, err
}

func catalogue(ctx context.Context, tx *postgres.Tx, who access.Person, agency org.ID, year int) (Catalogue, error) {
	c := Catalogue{AgencyID: agency, Year: year}
	c.MayKeep = who.Holds(agency, org.Clerk) && who.Allowed(access.ScopeRegister) == nil
	c.MayApprove = who.Holds(agency, org.Leader) && who.Allowed(access.ScopeApprove) == nil
	var err error
	if c.Lines, err = tx.Catalogue(ctx, agency, year); err != nil {
		return c, err
	}
	c.Next, err = tx.NextNotationNumber(ctx, agency, year)
	return c, err
}

// AddLine writes a line into the list; the head of the agency approves it.
func (s *Service) AddLine(ctx context.Context, who access.Person, c access.Command, agency org.ID, h rule.Heading) (Catalogue, error) {
	return s.keep(ctx, who, c, agency, h.Year, who.KeepCatalogue, func(tx *postgres.Tx, id org.ID, _ document.By, _ time.Time) (document.Event, error) {
		if err := h.Check(); err != nil {
			return document.Event{}, err
		}
		return document.Event{Verb: "catalogue_line_added", Data: map[string]string{"year": strconv.Itoa(h.Year), "notation": h.Notation}},
			tx.AddCatalogueLine(ctx, agency, id, h)
	})
}

// ApproveCatalogue approves what of the list was not approved before.
func (s *Service) ApproveCatalogue(ctx context.Context, who access.Person, c access.Command, agency org.ID, year int) (Catalogue, error) {
	return s.keep(ctx, who, c, agency, year, who.ApproveCatalogue, func(tx *postgres.Tx, _ org.ID, by document.By, now time.Time) (document.Event, error) {
		n, err := tx.ApproveCatalogue(ctx, agency, year, by.Name, now)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "nothing_to_approve", "Danh mục không có dòng nào chờ phê duyệt.", "No line of the list waits to be approved.")
		}
		return document.Event{Verb: "catalogue_approved", Data: map[string]string{"year": strconv.Itoa(year), "count": strconv.Itoa(n)}}, err
	})
}

// keep does one act on a list in one transaction.
func (s *Service) keep(ctx context.Context, who access.Person, c access.Command, agency org.ID, year int,
	permit func(agency, chosen org.ID) (org.Position, error),
	do func(tx *postgres.Tx, id org.ID, by document.By, now time.Time) (document.Event, error)) (Catalogue, error) {
	var list Catalogue
	pos, err := permit(agency, c.Position)
	if err != nil {
		return list, err
	}
	now, id := s.clock(), postgres.NewID()
	err = s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		first, _, err := tx.Once(ctx, c, id, now)
		if err != nil {
			return err
		}
		if first {
			if err := tx.ActFor(ctx, agency); err != nil {
				return err
			}
			by := document.By{Position: pos, Name: who.FullName}
			event, err := do(tx, id, by, now)
			if err != nil {
				return err
			}
			if err := tx.Record(ctx, agency, "catalogue", agency, event, by, now); err != nil {
				return err
			}
		}
		list, err = catalogue(ctx, tx, who, agency, year)
		return err
	})
	return list, err
}

// RemoveLine takes a line out of the list that nobody approved yet.
func (s *Service) RemoveLine(ctx context.Context, who access.Person, id org.ID) error {
	now := s.clock()
	return s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		line, err := tx.LockCatalogueLine(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		pos, err := who.KeepCatalogue(line.AgencyID, org.ID{})
		if err != nil {
			return err
		}
		if err := tx.ActFor(ctx, line.AgencyID); err != nil {
			return err
		}
		removed, err := tx.RemoveCatalogueLine(ctx, line.AgencyID, id)
		if err != nil {
			return err
		}
		if !removed {
			return fault.New(fault.Conflict, "catalogue_line_approved", "Dòng đã được phê duyệt, không xóa được.", "The line is approved and stays.")
		}
		event := document.Event{Verb: "catalogue_line_removed", Data: map[string]string{"year": strconv.Itoa(line.Year), "notation": line.Notation}}
		return tx.Record(ctx, line.AgencyID, "catalogue", line.AgencyID, event, document.By{Position: pos, Name: who.FullName}, now)
	})
}

// CatalogueBook gives the list of a year in a form that is carried away.
func (s *Service) CatalogueBook(ctx context.Context, who access.Person, agency org.ID, year int, format string) (Export, error) {
	form, known := s.forms[format]
	if !known {
		return Export{}, errFormat
	}
	if err := who.SeeCatalogue(agency); err != nil {
		return Export{}, err
	}
	var v numbering.Volume
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		owner, err := tx.BookOwner(ctx, agency)
		if err != nil {
			return err
		}
		lines, err := tx.Catalogue(ctx, agency, year)
		if err != nil {
			return err
		}
		v = catalogueVolume(owner, year, lines)
		return nil
	})
	if err != nil {
		return Export{}, err
	}
	return Export{Name: fmt.Sprintf("Danh mục hồ sơ %d.%s", year, form.Extension), MediaType: form.MediaType,
		Write: func(_ context.Context, out io.Writer) error { return form.Bind(out, v) }}, nil
}

// catalogueVolume sets the list as NĐ 30/2020, phụ lục V has it.
func catalogueVolume(owner postgres.BookOwner, year int, lines []CatalogueLine) numbering.Volume {
	approval := "Chưa phê duyệt"
	rows := make([][]string, len(lines))
	for i, l := range lines {
		unit := l.UnitName
		if unit == "" {
			unit = owner.Agency
		}
		note := ""
		if l.ApprovedAt.IsZero() {
			note = "Chưa phê duyệt"
		} else {
			approval = "Phê duyệt: " + l.ApprovedBy + ", ngày " + org.DayOf(l.ApprovedAt).Written()
		}
		rows[i] = []string{l.Notation, l.Title, l.Retention.String(), unit, note}
	}
	return numbering.Volume{Columns: []numbering.Column{{Title: "Số và ký hiệu hồ sơ", Share: 14}, {Title: "Tiêu đề hồ sơ", Share: 44},
		{Title: "Thời hạn bảo quản", Share: 12}, {Title: "Đơn vị, người lập hồ sơ", Share: 20}, {Title: "Ghi chú", Share: 12}},
		Cover: numbering.Cover{Superior: owner.Superior, Agency: owner.Agency, Title: "Danh mục hồ sơ năm " + strconv.Itoa(year),
			Said: []string{fmt.Sprintf("%d hồ sơ", len(lines)), approval}},
		Rows: rowsOf(rows)}
}
