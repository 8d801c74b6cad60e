package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Document gives an outgoing document of one of the agencies with its present files.
func (tx *Tx) Document(ctx context.Context, agencies []org.ID, id org.ID) (document.Document, error) {
	row, err := tx.q.GetDocument(ctx, agencies, id)
	if err != nil {
		return document.Document{}, fmt.Errorf("read document: %w", err)
	}
	return tx.withFiles(ctx, row)
}

// LockDocument gives it as Document does and keeps everybody else from changing
// it until the transaction ends.
func (tx *Tx) LockDocument(ctx context.Context, agencies []org.ID, id org.ID) (document.Document, error) {
	row, err := tx.q.LockDocument(ctx, agencies, id)
	if err != nil {
		return document.Document{}, fmt.Errorf("lock document: %w", err)
	}
	return tx.withFiles(ctx, row)
}

func (tx *Tx) withFiles(ctx context.Context, row dbsqlc.Document) (document.Document, error) {
	files, err := tx.q.ListDocumentFiles(ctx, []org.ID{row.AgencyID}, row.ID)
	if err != nil {
		return document.Document{}, fmt.Errorf("list files: %w", err)
	}
	return documentWith(row, files), nil
}

func documentWith(row dbsqlc.Document, files []dbsqlc.DocumentFile) document.Document {
	d := documentOf(row)
	for _, f := range files {
		if f.RemovedAt == nil {
			d.Files = append(d.Files, fileOf(f))
		}
	}
	return d
}

func documentOf(r dbsqlc.Document) document.Document {
	return document.Document{ID: r.ID, AgencyID: r.AgencyID, State: document.State(r.State), Kind: r.Kind, Subject: r.Subject,
		Urgency: document.Urgency(r.Urgency), DueDate: value(r.DueDate), Note: r.Note, UnitID: value(r.UnitID),
		AuthorPositionID: r.AuthorPositionID, AuthorAccountID: r.AuthorAccountID, ApproverPositionID: value(r.ApproverPositionID),
		SubmittedAt: value(r.SubmittedAt), ApprovedAt: value(r.ApprovedAt), ApprovedHash: hashOf(r.ApprovedSha256),
		SignedHash: hashOf(r.SignedSha256), SignedAt: value(r.SignedAt), SealedAt: value(r.SealedAt),
		SignerName: r.SignerName, SignerTitle: r.SignerTitle, RegisterID: value(r.RegisterID), Number: int(value(r.Number)),
		NumberSuffix: r.NumberSuffix, Symbol: r.Symbol, Date: value(r.DocumentDate), NumberedAt: value(r.NumberedAt),
		IssuedAt: value(r.IssuedAt), SentBackReason: r.SentBackReason, Stage: document.StepKind(r.Stage), Asked: r.Asked, Awaited: r.Awaited,
		Told: r.Told, Competence: document.Competence(r.SignerCompetence), SignerBlock: r.SignerBlock, Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}
}

func fileOf(f dbsqlc.DocumentFile) document.File {
	return document.File{ID: f.ID, Role: document.FileRole(f.Role), Version: int(f.Version), Name: f.Name, Hash: hashOf(f.Sha256),
		Unsigned: hashOf(f.UnsignedSha256), Size: f.Size, MediaType: f.MediaType, AddedAt: f.AddedAt}
}

func hashOf(b []byte) document.Hash {
	var h document.Hash
	copy(h[:], b)
	return h
}

func hashBytes(h document.Hash) []byte {
	if h.IsZero() {
		return nil
	}
	return h[:]
}

// EarlierFiles gives the versions that were replaced, newest first.
func (tx *Tx) EarlierFiles(ctx context.Context, agency, id org.ID) ([]document.File, error) {
	files, err := tx.q.ListDocumentFiles(ctx, []org.ID{agency}, id)
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	var earlier []document.File
	for _, f := range files {
		if f.RemovedAt != nil {
			earlier = append(earlier, fileOf(f))
		}
	}
	return earlier, nil
}

// StoredFile is a file as it is handed out: under its name, by its content.
type StoredFile struct {
	Name      string
	Hash      document.Hash
	Size      int64
	MediaType string
}

// DocumentFile gives a file of the document, present or earlier, by its content.
func (tx *Tx) DocumentFile(ctx context.Context, agency, id org.ID, h document.Hash) (StoredFile, error) {
	r, err := tx.q.GetDocumentFile(ctx, dbsqlc.GetDocumentFileParams{AgencyID: agency, DocumentID: id, Sha256: h[:]})
	if err != nil {
		return StoredFile{}, fmt.Errorf("read file: %w", err)
	}
	return StoredFile{Name: r.Name, Hash: hashOf(r.Sha256), Size: r.Size, MediaType: r.MediaType}, nil
}

// Address is how the directory lets a recipient be reached now.
type Address struct {
	Channel exchange.Channel
	Agency  AddressedAgency // of an agency; zero for everybody else
}

// Recipients gives whom the document is to reach, in order, with the address of each.
func (tx *Tx) Recipients(ctx context.Context, agency, id org.ID) ([]document.Recipient, []Address, error) {
	rows, err := tx.q.ListRecipients(ctx, []org.ID{agency}, id)
	if err != nil {
		return nil, nil, fmt.Errorf("list recipients: %w", err)
	}
	recipients, addresses := recipientsOf(rows)
	return recipients, addresses, nil
}

func recipientsOf(rows []dbsqlc.ListRecipientsRow) ([]document.Recipient, []Address) {
	recipients := make([]document.Recipient, len(rows))
	addresses := make([]Address, len(rows))
	for i, r := range rows {
		recipients[i] = document.Recipient{ID: r.ID, Type: document.RecipientType(r.Type), Role: document.RecipientRole(r.Role),
			AgencyID: value(r.TargetAgencyID), UnitID: value(r.TargetUnitID), PositionID: value(r.TargetPositionID), Name: r.Name}
		switch recipients[i].Type {
		case document.ToAgency:
			channel := org.Channel(value(r.AgencyChannel))
			addresses[i] = Address{Channel: exchange.ChannelTo(channel), Agency: AddressedAgency{ID: recipients[i].AgencyID, Name: value(r.AgencyName),
				Channel: channel, Validity: org.Validity{From: value(r.AgencyValidFrom), Until: value(r.AgencyValidUntil)}, SuccessorName: r.SuccessorName}}
		case document.ToName:
			addresses[i].Channel = exchange.Paper
		default:
			addresses[i].Channel = exchange.Inside
		}
	}
	return recipients, addresses
}

// AddDocument stores a new draft with its files and recipients.
func (tx *Tx) AddDocument(ctx context.Context, d document.Document, by org.ID) error {
	err := tx.q.InsertDocument(ctx, dbsqlc.InsertDocumentParams{AgencyID: d.AgencyID, ID: d.ID, State: string(d.State), Kind: d.Kind,
		Subject: d.Subject, Urgency: string(d.Urgency), DueDate: optional(d.DueDate), Note: d.Note, UnitID: optional(d.UnitID),
		AuthorPositionID: d.AuthorPositionID, AuthorAccountID: d.AuthorAccountID,
		ApproverPositionID: optional(d.ApproverPositionID), SignerCompetence: string(d.Competence), CreatedAt: d.CreatedAt})
	if err != nil {
		return fmt.Errorf("add document: %w", err)
	}
	if err := tx.ReplaceFiles(ctx, d, nil, by, d.CreatedAt); err != nil {
		return err
	}
	return tx.ReplaceRecipients(ctx, d)
}

var errStale = fault.New(fault.Stale, "stale",
	"Nội dung đã được thay đổi ở nơi khác. Hãy tải lại rồi sửa.",
	"It was changed elsewhere. Read it again before changing it.")

// SaveDocument writes the document's own fields, unless another transaction
// changed it since it was read.
func (tx *Tx) SaveDocument(ctx context.Context, d document.Document) error {
	n, err := tx.q.UpdateDocument(ctx, updateOf(d))
	if err != nil {
		return fmt.Errorf("save document: %w", err)
	}
	if n == 0 {
		return errStale
	}
	return nil
}

func updateOf(d document.Document) dbsqlc.UpdateDocumentParams {
	return dbsqlc.UpdateDocumentParams{State: string(d.State), Kind: d.Kind, Subject: d.Subject, Urgency: string(d.Urgency),
		DueDate: optional(d.DueDate), Note: d.Note, ApproverPositionID: optional(d.ApproverPositionID),
		SubmittedAt: optional(d.SubmittedAt), ApprovedAt: optional(d.ApprovedAt), ApprovedSha256: hashBytes(d.ApprovedHash),
		SignedSha256: hashBytes(d.SignedHash), SignedAt: optional(d.SignedAt), SealedAt: optional(d.SealedAt),
		SignerName: d.SignerName, SignerTitle: d.SignerTitle, RegisterID: optional(d.RegisterID), Number: optional(int32(d.Number)),
		NumberSuffix: d.NumberSuffix, Symbol: d.Symbol, DocumentDate: optional(d.Date), NumberedAt: optional(d.NumberedAt),
		IssuedAt: optional(d.IssuedAt), SentBackReason: d.SentBackReason, Stage: stageOf(d), Asked: notNull(d.Asked), Awaited: notNull(d.Awaited),
		Told: notNull(d.Told), SignerCompetence: string(d.Competence), SignerBlock: notNull(d.SignerBlock), UpdatedAt: d.UpdatedAt,
		AgencyID: d.AgencyID, ID: d.ID, Version: int32(d.Version)}
}

// stageOf gives what the document's circuit asks: approval, where it has none.
func stageOf(d document.Document) string {
	if d.Stage == "" {
		return string(document.ApproveStep)
	}
	return string(d.Stage)
}

// ReplaceFiles makes d.Files the present files. Those that were not present
// before are added as new versions; those left out stay in the history.
func (tx *Tx) ReplaceFiles(ctx context.Context, d document.Document, before []document.File, by org.ID, now time.Time) error {
	was := make(map[org.ID]bool, len(before))
	for _, f := range before {
		was[f.ID] = true
	}
	kept := []org.ID{}
	for _, f := range d.Files {
		if was[f.ID] {
			kept = append(kept, f.ID)
		}
	}
	if len(before) > 0 {
		if err := tx.q.RemoveDocumentFiles(ctx, dbsqlc.RemoveDocumentFilesParams{RemovedAt: &now, AgencyID: d.AgencyID, DocumentID: d.ID, Kept: kept}); err != nil {
			return fmt.Errorf("remove files: %w", err)
		}
	}
	for i, f := range d.Files {
		if was[f.ID] {
			if err := tx.q.OrderDocumentFile(ctx, dbsqlc.OrderDocumentFileParams{Ordinal: int32(i), Role: string(f.Role), AgencyID: d.AgencyID, DocumentID: d.ID, ID: f.ID}); err != nil {
				return fmt.Errorf("order file: %w", err)
			}
			continue
		}
		if err := tx.q.InsertDocumentFile(ctx, dbsqlc.InsertDocumentFileParams{AgencyID: d.AgencyID, DocumentID: d.ID, ID: f.ID, Role: string(f.Role),
			Version: int32(f.Version), Ordinal: int32(i), Name: f.Name, Sha256: f.Hash[:], Size: f.Size, MediaType: f.MediaType, AddedBy: by, AddedAt: now,
			UnsignedSha256: hashBytes(f.Unsigned)}); err != nil {
			return fmt.Errorf("add file: %w", err)
		}
	}
	return nil
}

// ReplaceRecipients makes d.Recipients the recipients, in their order.
func (tx *Tx) ReplaceRecipients(ctx context.Context, d document.Document) error {
	if err := tx.q.DeleteRecipients(ctx, d.AgencyID, d.ID); err != nil {
		return fmt.Errorf("remove recipients: %w", err)
	}
	if len(d.Recipients) == 0 {
		return nil
	}
	p := dbsqlc.InsertRecipientsParams{AgencyID: d.AgencyID, DocumentID: d.ID}
	for i, r := range d.Recipients {
		p.Ids, p.Ordinals = append(p.Ids, r.ID), append(p.Ordinals, int32(i+1))
		p.Types, p.Roles, p.Names = append(p.Types, string(r.Type)), append(p.Roles, string(r.Role)), append(p.Names, r.Name)
		p.Agencies, p.Units, p.Positions = append(p.Agencies, r.AgencyID), append(p.Units, r.UnitID), append(p.Positions, r.PositionID)
	}
	if err := tx.q.InsertRecipients(ctx, p); err != nil {
		return fmt.Errorf("add recipients: %w", err)
	}
	return nil
}

// DocumentNames are the names that a document's page shows for its identifiers.
type DocumentNames struct {
	Agency, Unit, Author, Approver string
}

// DocumentNames gives the names behind the document's identifiers.
func (tx *Tx) DocumentNames(ctx context.Context, d document.Document) (DocumentNames, error) {
	r, err := tx.q.DocumentNames(ctx, dbsqlc.DocumentNamesParams{UnitID: d.UnitID, AuthorAccountID: d.AuthorAccountID,
		ApproverPositionID: d.ApproverPositionID, AgencyID: d.AgencyID})
	if err != nil {
		return DocumentNames{}, fmt.Errorf("read names: %w", err)
	}
	return DocumentNames{Agency: r.AgencyName, Unit: r.UnitName, Author: r.AuthorName, Approver: r.ApproverName}, nil
}
