package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Template is an agency's own template of a kind.
type Template struct {
	AgencyID  org.ID
	Kind      string
	Name      string
	Hash      document.Hash
	Size      int64
	ChangedBy string
	ChangedAt time.Time
}

// Templates lists the agency's own templates.
func (tx *Tx) Templates(ctx context.Context, agency org.ID) ([]Template, error) {
	rows, err := tx.q.ListTemplates(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	list := make([]Template, len(rows))
	for i, r := range rows {
		list[i] = templateOf(r)
	}
	return list, nil
}

// Template gives the agency's own template of a kind, and false when it has none.
func (tx *Tx) Template(ctx context.Context, agency org.ID, kind string) (Template, bool, error) {
	r, err := tx.q.GetTemplate(ctx, agency, kind)
	if errors.Is(err, pgx.ErrNoRows) {
		return Template{}, false, nil
	}
	if err != nil {
		return Template{}, false, fmt.Errorf("read template: %w", err)
	}
	return templateOf(r), true, nil
}

func templateOf(r dbsqlc.Template) Template {
	return Template{AgencyID: r.AgencyID, Kind: r.Kind, Name: r.Name, Hash: hashOf(r.Sha256), Size: r.Size, ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt}
}

// SaveTemplate puts a template in the place of the one before.
func (tx *Tx) SaveTemplate(ctx context.Context, t Template) error {
	if err := tx.q.SaveTemplate(ctx, dbsqlc.SaveTemplateParams{AgencyID: t.AgencyID, Kind: t.Kind, Name: t.Name, Sha256: t.Hash[:], Size: t.Size,
		ChangedBy: t.ChangedBy, ChangedAt: t.ChangedAt}); err != nil {
		return fmt.Errorf("save template: %w", err)
	}
	return nil
}

// RemoveTemplate takes the agency's own template away; there may be none.
func (tx *Tx) RemoveTemplate(ctx context.Context, agency org.ID, kind string) error {
	if _, err := tx.q.DeleteTemplate(ctx, agency, kind); err != nil {
		return fmt.Errorf("remove template: %w", err)
	}
	return nil
}

// Letterhead is what stands above every document of an agency.
type Letterhead struct {
	Name, Parent, Place string
	Level               org.Level
}

// Letterhead gives that of an agency.
func (tx *Tx) Letterhead(ctx context.Context, agency org.ID) (Letterhead, error) {
	r, err := tx.q.GetLetterhead(ctx, agency)
	if err != nil {
		return Letterhead{}, fmt.Errorf("read letterhead: %w", err)
	}
	return Letterhead{Name: r.Name, Parent: r.ParentName, Place: r.Place, Level: org.Level(r.Level)}, nil
}
