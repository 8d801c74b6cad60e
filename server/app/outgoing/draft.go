package outgoing

import (
	"context"
	"strings"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Draft is what a drafter enters. In an edit a nil field stays as it is.
type Draft struct {
	AgencyID           org.ID
	Kind               *string
	Subject            *string
	Urgency            *document.Urgency
	Secrecy            string
	DueDate            *org.Day // the zero day clears it
	Note               *string
	ApproverPositionID *org.ID
	Competence         *document.Competence // nil lets the signer's post say it, when the signer changes
	Files              *[]FileInput
	Recipients         *[]RecipientInput
}

// FileInput names a file by the upload that brought it, or one that the draft has already.
type FileInput struct {
	Role     document.FileRole
	UploadID org.ID
	FileID   org.ID
}

// RecipientInput names one recipient; the directory gives its name.
type RecipientInput struct {
	Type       document.RecipientType
	Role       document.RecipientRole
	AgencyID   org.ID
	UnitID     org.ID
	PositionID org.ID
	Name       string
}

// Draft begins a document and gives its identifier.
func (s *Service) Draft(ctx context.Context, who access.Person, c access.Command, in Draft) (org.ID, error) {
	if err := who.Allowed(access.ScopeDraft); err != nil {
		return org.ID{}, err
	}
	if err := document.CheckSecrecy(in.Secrecy); err != nil {
		return org.ID{}, err
	}
	pos, err := who.Draft(in.AgencyID, c.Position)
	if err != nil {
		return org.ID{}, err
	}
	if err := s.inspectUploads(ctx, who, in.Files); err != nil {
		return org.ID{}, err
	}
	now := s.clock()
	id := postgres.NewID()
	err = s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		first, earlier, err := tx.Once(ctx, c, id, now)
		if err != nil || !first {
			id = earlier
			return err
		}
		if err := tx.ActFor(ctx, pos.AgencyID); err != nil {
			return err
		}
		d := document.Document{ID: id, AgencyID: pos.AgencyID, State: document.Draft, Urgency: document.Normal, UnitID: pos.UnitID,
			AuthorPositionID: pos.ID, AuthorAccountID: who.AccountID, CreatedAt: now, UpdatedAt: now, Version: 1}
		if err := s.fill(ctx, tx, who, &d, in); err != nil {
			return err
		}
		if err := d.Check(); err != nil {
			return err
		}
		if err := tx.AddDocument(ctx, d, who.AccountID); err != nil {
			return err
		}
		by := document.By{Position: pos, Name: who.FullName}
		return tx.Record(ctx, d.AgencyID, subject, id, document.Event{Verb: "drafted"}, by, now)
	})
	return id, err
}

// Edit changes a draft that was read at a version.
func (s *Service) Edit(ctx context.Context, who access.Person, position, id org.ID, version int, in Draft) error {
	if err := who.Allowed(access.ScopeDraft); err != nil {
		return err
	}
	if err := document.CheckSecrecy(in.Secrecy); err != nil {
		return err
	}
	if err := s.inspectUploads(ctx, who, in.Files); err != nil {
		return err
	}
	now := s.clock()
	var locked document.Document
	var by document.By
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.LockDocument(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		pos, err := who.OnDocument(document.Edit, access.FactsOf(d), position)
		if err != nil {
			return err
		}
		locked, by = d, document.By{Position: pos, Name: who.FullName}
		if err := tx.ActFor(ctx, d.AgencyID); err != nil {
			return err
		}
		before := d
		d.Version = version
		if err := s.fill(ctx, tx, who, &d, in); err != nil {
			return err
		}
		event, err := d.Edit(now)
		if err != nil {
			return err
		}
		if err := tx.SaveDocument(ctx, d); err != nil {
			return err
		}
		if in.Files != nil {
			if err := tx.ReplaceFiles(ctx, d, before.Files, who.AccountID, now); err != nil {
				return err
			}
			event.Data["files"] = fileNames(d.Files)
		}
		if in.Recipients != nil {
			if err := tx.ReplaceRecipients(ctx, d); err != nil {
				return err
			}
		}
		return tx.Record(ctx, d.AgencyID, subject, d.ID, event, by, now)
	})
	return s.audited(ctx, err, who, locked, by, document.Edit)
}

func fileNames(files []document.File) string {
	return strings.Join(namesOf(files), ", ")
}

// fill takes over what was entered, resolving uploads and recipients.
func (s *Service) fill(ctx context.Context, tx *postgres.Tx, who access.Person, d *document.Document, in Draft) error {
	set(&d.Kind, in.Kind)
	set(&d.Subject, in.Subject)
	set(&d.Urgency, in.Urgency)
	set(&d.DueDate, in.DueDate)
	set(&d.Note, in.Note)
	d.Subject, d.Note = strings.TrimSpace(d.Subject), strings.TrimSpace(d.Note)
	if in.ApproverPositionID != nil && *in.ApproverPositionID != d.ApproverPositionID {
		if _, err := approver(ctx, tx, d.AgencyID, *in.ApproverPositionID); err != nil {
			return err
		}
		d.ApproverPositionID, d.Competence = *in.ApproverPositionID, ""
	}
	if in.Competence != nil {
		if err := document.CheckCompetence(*in.Competence); err != nil {
			return err
		}
		d.Competence = *in.Competence
	}
	if in.Files != nil {
		files, err := resolveFiles(ctx, tx, who.AccountID, d, *in.Files, s.clock())
		if err != nil {
			return err
		}
		d.Files = files
	}
	if in.Recipients != nil {
		recipients, err := resolveRecipients(ctx, tx, d.AgencyID, *in.Recipients, org.DayOf(s.clock()))
		if err != nil {
			return err
		}
		d.Recipients = recipients
	}
	return nil
}

func set[T any](field *T, entered *T) {
	if entered != nil {
		*field = *entered
	}
}

// approver gives the position that was chosen to approve and sign.
func approver(ctx context.Context, tx *postgres.Tx, agency, id org.ID) (org.Position, error) {
	if id.IsZero() {
		return org.Position{}, nil
	}
	found, err := tx.PositionsAddressed(ctx, agency, []org.ID{id})
	if err != nil {
		return org.Position{}, err
	}
	if p, ok := found[id]; ok && p.Role.Signs() {
		return p.Position, nil
	}
	return org.Position{}, fault.InvalidField("approverPositionId", "not_a_leader",
		"Người duyệt phải là lãnh đạo của cơ quan, hoặc trưởng phòng được ký thừa lệnh.", "The approver must be a leader of the agency, or a unit head who signs on a leader's order.")
}
