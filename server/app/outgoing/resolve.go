package outgoing

import (
	"context"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// resolveFiles turns what was entered into files. A new file is a version: it
// counts on from the one of its role that it replaces.
func resolveFiles(ctx context.Context, tx *postgres.Tx, account org.ID, d *document.Document, in []FileInput, now time.Time) ([]document.File, error) {
	present := make(map[org.ID]document.File, len(d.Files))
	mainVersion := 0
	for _, f := range d.Files {
		present[f.ID] = f
	}
	earlier, err := tx.EarlierFiles(ctx, d.AgencyID, d.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range append(earlier, d.Files...) {
		if f.Role == document.MainFile {
			mainVersion = max(mainVersion, f.Version)
		}
	}
	var uploads []org.ID
	for _, f := range in {
		if !f.UploadID.IsZero() {
			uploads = append(uploads, f.UploadID)
		}
	}
	whole, err := tx.WholeUploads(ctx, account, uploads)
	if err != nil {
		return nil, err
	}
	files := make([]document.File, 0, len(in))
	named := map[org.ID]bool{}
	for _, f := range in {
		if kept, ok := present[f.FileID]; ok && f.UploadID.IsZero() {
			if named[f.FileID] {
				return nil, errFileTwice
			}
			named[f.FileID] = true
			kept.Role = f.Role
			// An annex that becomes the document is held to what a document must be.
			if err := document.CheckFile(kept); err != nil {
				return nil, err
			}
			files = append(files, kept)
			continue
		}
		up, ok := whole[f.UploadID]
		if !ok {
			return nil, fault.InvalidField("files", "unknown_upload",
				"Tệp chưa tải lên xong hoặc đã hết hạn. Hãy tải lên lại.", "A file is not fully uploaded or has expired. Upload it again.")
		}
		file := document.File{ID: postgres.NewID(), Role: f.Role, Version: 1, Name: up.Name, Hash: up.Hash, Size: up.Size, MediaType: up.MediaType, AddedAt: now}
		if f.Role == document.MainFile {
			file.Version = mainVersion + 1
		}
		if err := document.CheckFile(file); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

var errFileTwice = fault.InvalidField("files", "repeated", "Một tệp được ghi hai lần.", "A file is named twice.")

// resolveRecipients looks every recipient up: a name is taken from the
// directory, never from the request, save for names outside every directory.
func resolveRecipients(ctx context.Context, tx *postgres.Tx, agency org.ID, in []RecipientInput, today org.Day) ([]document.Recipient, error) {
	var agencies, units, positions []org.ID
	for _, r := range in {
		switch r.Type {
		case document.ToAgency:
			agencies = append(agencies, r.AgencyID)
		case document.ToUnit:
			units = append(units, r.UnitID)
		case document.ToPerson:
			positions = append(positions, r.PositionID)
		}
	}
	known, err := tx.AgenciesAddressed(ctx, agencies)
	if err != nil {
		return nil, err
	}
	inUnits, err := tx.UnitsAddressed(ctx, agency, units)
	if err != nil {
		return nil, err
	}
	people, err := tx.PositionsAddressed(ctx, agency, positions)
	if err != nil {
		return nil, err
	}
	recipients := make([]document.Recipient, 0, len(in))
	for _, r := range in {
		out := document.Recipient{ID: postgres.NewID(), Type: r.Type, Role: r.Role}
		if out.Role == "" {
			out.Role = document.ForAction
		}
		valid, ok := org.Validity{}, false
		switch r.Type {
		case document.ToAgency:
			var a postgres.AddressedAgency
			if a, ok = known[r.AgencyID]; ok {
				if err := addressable(a, agency, today); err != nil {
					return nil, err
				}
				out.AgencyID, out.Name = a.ID, a.Name
			}
		case document.ToUnit:
			var u org.Unit
			if u, ok = inUnits[r.UnitID]; ok {
				out.UnitID, out.Name, valid = u.ID, u.Name, u.Validity
			}
		case document.ToPerson:
			var p postgres.AddressedPosition
			if p, ok = people[r.PositionID]; ok {
				out.PositionID, out.Name, valid = p.ID, p.FullName, p.Validity
			}
		case document.ToName:
			out.Name, ok = document.CleanLine(r.Name), true
		}
		if !ok || !valid.Contains(today) {
			return nil, fault.InvalidField("recipients", "unknown_recipient",
				"Có nơi nhận không tồn tại hoặc không còn hiệu lực.", "A recipient does not exist or is no longer valid.")
		}
		recipients = append(recipients, out)
	}
	return recipients, nil
}

// addressable refuses an agency that is not there any more, naming its
// successor, and the agency itself.
func addressable(a postgres.AddressedAgency, own org.ID, today org.Day) error {
	if a.ID == own {
		return fault.InvalidField("recipients", "own_agency",
			"Cơ quan ban hành không thể là nơi nhận; hãy chọn đơn vị hoặc cá nhân trong cơ quan.",
			"The issuing agency cannot be a recipient; choose units or people inside it.")
	}
	if a.Validity.Contains(today) {
		return nil
	}
	if a.SuccessorName != "" {
		return fault.InvalidField("recipients", "retired_agency",
			a.Name+" đã kết thúc hoạt động; nay là "+a.SuccessorName+".",
			a.Name+" has ended; its successor is "+a.SuccessorName+".")
	}
	return fault.InvalidField("recipients", "retired_agency",
		a.Name+" không còn hoạt động hoặc chưa hoạt động.", a.Name+" is not valid today.")
}
