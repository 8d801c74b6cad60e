package outgoing

import (
	"context"
	"strings"
	"unicode/utf8"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Comment says something about the main file that the person read (A6). Who may
// read a document that has not left the agency may comment on it.
func (s *Service) Comment(ctx context.Context, who access.Person, c access.Command, id org.ID, seen document.Hash, text string) error {
	if err := who.Allowed(access.ScopeDraft); err != nil {
		return err
	}
	if text = strings.TrimSpace(text); text == "" || utf8.RuneCountInString(text) > document.MaxNote {
		return fault.InvalidField("text", "required", "Góp ý từ 1 đến 2000 ký tự.", "A comment has 1 to 2,000 characters.")
	}
	now := s.clock()
	return s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.LockDocument(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		pos, err := who.Comment(access.FactsOf(d), c.Position)
		if err != nil {
			return err
		}
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		main, ok := d.Main()
		if !ok || main.Hash != seen {
			return document.ErrChanged
		}
		if err := tx.ActFor(ctx, d.AgencyID); err != nil {
			return err
		}
		by := document.By{Position: pos, Name: who.FullName}
		if err := tx.AddComment(ctx, d.AgencyID, d.ID, postgres.Comment{ID: postgres.NewID(), Hash: main.Hash, FileVersion: main.Version, By: by, Text: text, At: now}); err != nil {
			return err
		}
		return tx.Record(ctx, d.AgencyID, subject, d.ID, document.Event{Verb: "commented", Data: map[string]string{"note": text}}, by, now)
	})
}

// Comments gives what was said about the document's files, oldest first.
func (s *Service) Comments(ctx context.Context, who access.Person, id org.ID) ([]postgres.Comment, error) {
	var list []postgres.Comment
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) (err error) {
		list, err = tx.Comments(ctx, d.AgencyID, d.ID)
		return err
	})
	return list, err
}
