package api

import (
	"context"
	"io"
	"net/http"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/casefile"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
)

// CopyDocument begins a certified copy of a document.
func (r documentRoom) CopyDocument(ctx context.Context, q gen.CopyDocumentRequestObject) (gen.CopyDocumentResponseObject, error) {
	answer, err := r.copy(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, outgoing.Copying{DocumentID: org.ID(q.Id), Form: string(q.Body.Kind)})
	return gen.CopyDocument201JSONResponse{DocumentJSONResponse: answer}, err
}

// CopyArrival begins a certified copy of an arrival.
func (r documentRoom) CopyArrival(ctx context.Context, q gen.CopyArrivalRequestObject) (gen.CopyArrivalResponseObject, error) {
	answer, err := r.copy(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, outgoing.Copying{ArrivalID: org.ID(q.Id), Form: string(q.Body.Kind)})
	return gen.CopyArrival201JSONResponse{DocumentJSONResponse: answer}, err
}

func (r documentRoom) copy(ctx context.Context, key string, position *uuid.UUID, request any, what outgoing.Copying) (gen.DocumentJSONResponse, error) {
	var id org.ID
	err := act(ctx, key, position, request, func(who access.Person, c access.Command) (err error) {
		id, err = r.documents.Copy(ctx, who, c, what)
		return err
	})
	if err != nil {
		return gen.DocumentJSONResponse{}, err
	}
	return r.document(ctx, uuid.UUID(id))
}

// PrintCopy gives a certified copy as it is printed.
func (r writingRoom) PrintCopy(ctx context.Context, q gen.PrintCopyRequestObject) (gen.PrintCopyResponseObject, error) {
	file, err := r.writing.CopySheet(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return exportResponse{ctx, casefile.Export{Name: "ban-sao.pdf", MediaType: "application/pdf",
		Write: func(_ context.Context, out io.Writer) error { _, err := out.Write(file); return err }}}, nil
}

// VisitPrintCopyResponse answers printCopy.
func (r exportResponse) VisitPrintCopyResponse(w http.ResponseWriter) error { return r.send(w) }
