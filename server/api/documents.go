package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/delivery"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// documentRoom answers the operations on outgoing documents.
type documentRoom struct {
	documents  *outgoing.Service
	deliveries *delivery.Service
}

// DraftDocument begins a draft.
func (r documentRoom) DraftDocument(ctx context.Context, q gen.DraftDocumentRequestObject) (gen.DraftDocumentResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	in, err := draftOf(*q.Body)
	if err != nil {
		return nil, err
	}
	id, err := r.documents.Draft(ctx, personOf(ctx), c, in)
	if err != nil {
		return nil, err
	}
	answer, err := r.document(ctx, uuid.UUID(id))
	return gen.DraftDocument201JSONResponse{DocumentJSONResponse: answer}, err
}

func draftOf(b gen.DocumentDraft) (outgoing.Draft, error) {
	in := outgoing.Draft{AgencyID: idOf(b.AgencyId), Kind: &b.Kind, Subject: b.Subject, Urgency: (*document.Urgency)(b.Urgency), Note: b.Note,
		Secrecy: string(present(b.Secrecy)), Competence: (*document.Competence)(b.Competence), Files: filesIn(b.Files), Recipients: recipientsIn(b.Recipients)}
	if b.ApproverPositionId != nil {
		id := org.ID(*b.ApproverPositionId)
		in.ApproverPositionID = &id
	}
	if b.DueDate != nil {
		day, err := dayOf(b.DueDate)
		if err != nil {
			return in, err
		}
		in.DueDate = &day
	}
	return in, nil
}

func filesIn(list *[]gen.FileInput) *[]outgoing.FileInput {
	if list == nil {
		return nil
	}
	files := make([]outgoing.FileInput, len(*list))
	for i, f := range *list {
		files[i] = outgoing.FileInput{Role: document.FileRole(f.Role), UploadID: idOf(f.UploadId), FileID: idOf(f.FileId)}
	}
	return &files
}

func recipientsIn(list *[]gen.RecipientInput) *[]outgoing.RecipientInput {
	if list == nil {
		return nil
	}
	out := make([]outgoing.RecipientInput, len(*list))
	for i, r := range *list {
		out[i] = outgoing.RecipientInput{Type: document.RecipientType(r.Type), Role: document.RecipientRole(present(r.Role)),
			AgencyID: idOf(r.AgencyId), UnitID: idOf(r.UnitId), PositionID: idOf(r.PositionId), Name: present(r.Name)}
	}
	return &out
}

// EditDocument changes a draft.
func (r documentRoom) EditDocument(ctx context.Context, q gen.EditDocumentRequestObject) (gen.EditDocumentResponseObject, error) {
	version, err := ifMatch(q.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	b := gen.DocumentDraft{Subject: q.Body.Subject, Urgency: q.Body.Urgency, DueDate: q.Body.DueDate, Note: q.Body.Note,
		ApproverPositionId: q.Body.ApproverPositionId, Competence: q.Body.Competence, Files: q.Body.Files, Recipients: q.Body.Recipients}
	in, err := draftOf(b)
	if err != nil {
		return nil, err
	}
	in.Kind, in.Secrecy = q.Body.Kind, string(present(q.Body.Secrecy))
	if present(q.Body.ClearDueDate) {
		in.DueDate = &org.Day{}
	}
	if err := r.documents.Edit(ctx, personOf(ctx), idOf(q.Params.CongvanPosition), org.ID(q.Id), version, in); err != nil {
		return nil, err
	}
	answer, err := r.document(ctx, q.Id)
	return gen.EditDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// document answers with the document as it is now.
func (r documentRoom) document(ctx context.Context, id uuid.UUID) (gen.DocumentJSONResponse, error) {
	v, err := r.documents.Read(ctx, personOf(ctx), org.ID(id))
	if err != nil {
		return gen.DocumentJSONResponse{}, err
	}
	tag := etag(v.Version)
	return gen.DocumentJSONResponse{Body: documentView(v), Headers: gen.DocumentResponseHeaders{ETag: &tag}}, nil
}

// ReadDocument gives one document.
func (r documentRoom) ReadDocument(ctx context.Context, q gen.ReadDocumentRequestObject) (gen.ReadDocumentResponseObject, error) {
	answer, err := r.document(ctx, q.Id)
	return gen.ReadDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// do carries out one command on a document and answers with what it became.
func (r documentRoom) do(ctx context.Context, id uuid.UUID, key string, position *uuid.UUID, request any,
	act func(who access.Person, c access.Command, id org.ID) error) (gen.DocumentJSONResponse, error) {
	c, err := command(ctx, key, position, request)
	if err != nil {
		return gen.DocumentJSONResponse{}, err
	}
	if err := act(personOf(ctx), c, org.ID(id)); err != nil {
		return gen.DocumentJSONResponse{}, err
	}
	return r.document(ctx, id)
}

// DiscardDocument gives a draft up.
func (r documentRoom) DiscardDocument(ctx context.Context, q gen.DiscardDocumentRequestObject) (gen.DiscardDocumentResponseObject, error) {
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		return r.documents.Discard(ctx, who, c, id)
	})
	return gen.DiscardDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// SubmitDocument submits a draft to the leader who is to approve it.
func (r documentRoom) SubmitDocument(ctx context.Context, q gen.SubmitDocumentRequestObject) (gen.SubmitDocumentResponseObject, error) {
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		return r.documents.Submit(ctx, who, c, id, idOf(q.Body.ApproverPositionId), present(q.Body.Note))
	})
	return gen.SubmitDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// WithdrawDocument takes a submitted draft back.
func (r documentRoom) WithdrawDocument(ctx context.Context, q gen.WithdrawDocumentRequestObject) (gen.WithdrawDocumentResponseObject, error) {
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		return r.documents.Withdraw(ctx, who, c, id)
	})
	return gen.WithdrawDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// ApproveDocument approves what was seen.
func (r documentRoom) ApproveDocument(ctx context.Context, q gen.ApproveDocumentRequestObject) (gen.ApproveDocumentResponseObject, error) {
	seen, err := document.ParseHash(q.Body.SeenSha256)
	if err != nil {
		return nil, err
	}
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		c.Seen = present(q.Body.SeenVersion)
		return r.documents.Approve(ctx, who, c, id, seen, present(q.Body.Note))
	})
	return gen.ApproveDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// SendBackDocument sends a draft back to its author or to the step before.
func (r documentRoom) SendBackDocument(ctx context.Context, q gen.SendBackDocumentRequestObject) (gen.SendBackDocumentResponseObject, error) {
	seen, err := document.ParseHash(q.Body.SeenSha256)
	if err != nil {
		return nil, err
	}
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		c.Seen = present(q.Body.SeenVersion)
		if document.Goal(present(q.Body.To)) == document.ToPrevious {
			return r.documents.Return(ctx, who, c, id, q.Body.Reason, seen)
		}
		return r.documents.SendBack(ctx, who, c, id, q.Body.Reason, seen)
	})
	return gen.SendBackDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// PreviewNumber shows what the next number would read.
func (r documentRoom) PreviewNumber(ctx context.Context, q gen.PreviewNumberRequestObject) (gen.PreviewNumberResponseObject, error) {
	day, err := dayOf(q.Params.Day)
	if err != nil {
		return nil, err
	}
	list, err := r.documents.PreviewNumber(ctx, personOf(ctx), org.ID(q.Id), day)
	if err != nil {
		return nil, err
	}
	offers := make([]gen.NumberOffer, len(list))
	for i, n := range list {
		offers[i] = gen.NumberOffer{RegisterId: uuid.UUID(n.RegisterID), Name: n.Name, Next: n.Next, Suggested: n.Suggested}
	}
	return gen.PreviewNumber200JSONResponse{Items: offers}, nil
}

// NumberDocument takes the next number.
func (r documentRoom) NumberDocument(ctx context.Context, q gen.NumberDocumentRequestObject) (gen.NumberDocumentResponseObject, error) {
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		return r.documents.Number(ctx, who, c, id, idOf(q.Body.RegisterId))
	})
	return gen.NumberDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// IssueDocument issues the document to all its recipients.
func (r documentRoom) IssueDocument(ctx context.Context, q gen.IssueDocumentRequestObject) (gen.IssueDocumentResponseObject, error) {
	seen, err := document.ParseHash(q.Body.SeenSha256)
	if err != nil {
		return nil, err
	}
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		c.Seen = present(q.Body.SeenVersion)
		return r.documents.Issue(ctx, who, c, id, idOf(q.Body.RegisterId), seen)
	})
	return gen.IssueDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// ReadDocumentFile gives the bytes of one file.
func (r documentRoom) ReadDocumentFile(ctx context.Context, q gen.ReadDocumentFileRequestObject) (gen.ReadDocumentFileResponseObject, error) {
	h, err := document.ParseHash(q.Sha256)
	if err != nil {
		return nil, err
	}
	f, content, err := r.documents.OpenFile(ctx, personOf(ctx), org.ID(q.Id), h)
	if err != nil {
		return nil, err
	}
	return sendFile(ctx, download{Name: f.Name, MediaType: f.MediaType, SHA256: f.Hash.String(), Content: content}, present(q.Params.Download))
}
