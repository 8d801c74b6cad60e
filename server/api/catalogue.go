package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/casefile"
	rule "congvan/server/domain/casefile"
	"congvan/server/domain/org"
)

// ReadCatalogue gives the list of the files of a year.
func (r casefileRoom) ReadCatalogue(ctx context.Context, in gen.ReadCatalogueRequestObject) (gen.ReadCatalogueResponseObject, error) {
	list, err := r.files.Catalogue(ctx, personOf(ctx), org.ID(in.Id), in.Params.Year)
	if err != nil {
		return nil, err
	}
	return gen.ReadCatalogue200JSONResponse{CatalogueJSONResponse: catalogueAnswer(list)}, nil
}

func catalogueAnswer(list casefile.Catalogue) gen.CatalogueJSONResponse {
	out := gen.CatalogueJSONResponse{AgencyId: uuid.UUID(list.AgencyID), Year: list.Year, Items: []gen.CatalogueLine{}, NextNumber: list.Next,
		MayKeep: list.MayKeep, MayApprove: list.MayApprove}
	for _, l := range list.Lines {
		out.Items = append(out.Items, gen.CatalogueLine{Id: uuid.UUID(l.ID), Notation: l.Notation, Title: l.Title, Retention: int(l.Retention),
			UnitName: l.UnitName, ApprovedAt: optionalTime(l.ApprovedAt), ApprovedBy: absent(l.ApprovedBy), CaseFileId: optionalID(l.CaseFileID)})
	}
	return out
}

// AddCatalogueLine writes a line into the list.
func (r casefileRoom) AddCatalogueLine(ctx context.Context, in gen.AddCatalogueLineRequestObject) (gen.AddCatalogueLineResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	b := in.Body
	list, err := r.files.AddLine(ctx, personOf(ctx), c, org.ID(in.Id), rule.Heading{Year: b.Year, Notation: b.Notation, Title: b.Title,
		Retention: rule.Retention(b.Retention), UnitID: idOf(b.UnitId)})
	if err != nil {
		return nil, err
	}
	return gen.AddCatalogueLine200JSONResponse{CatalogueJSONResponse: catalogueAnswer(list)}, nil
}

// ApproveCatalogue approves what of the list is not approved yet.
func (r casefileRoom) ApproveCatalogue(ctx context.Context, in gen.ApproveCatalogueRequestObject) (gen.ApproveCatalogueResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	list, err := r.files.ApproveCatalogue(ctx, personOf(ctx), c, org.ID(in.Id), in.Body.Year)
	if err != nil {
		return nil, err
	}
	return gen.ApproveCatalogue200JSONResponse{CatalogueJSONResponse: catalogueAnswer(list)}, nil
}

// RemoveCatalogueLine takes a line out of the list.
func (r casefileRoom) RemoveCatalogueLine(ctx context.Context, in gen.RemoveCatalogueLineRequestObject) (gen.RemoveCatalogueLineResponseObject, error) {
	if err := r.files.RemoveLine(ctx, personOf(ctx), org.ID(in.Id)); err != nil {
		return nil, err
	}
	return gen.RemoveCatalogueLine204Response{}, nil
}

// ReadCatalogueBook gives the list as a workbook or printed pages.
func (r casefileRoom) ReadCatalogueBook(ctx context.Context, in gen.ReadCatalogueBookRequestObject) (gen.ReadCatalogueBookResponseObject, error) {
	e, err := r.files.CatalogueBook(ctx, personOf(ctx), org.ID(in.Id), in.Params.Year, string(in.Params.Format))
	if err != nil {
		return nil, err
	}
	return exportResponse{ctx, e}, nil
}

// ExportCaseFile gives a whole file with its metadata.
func (r casefileRoom) ExportCaseFile(ctx context.Context, in gen.ExportCaseFileRequestObject) (gen.ExportCaseFileResponseObject, error) {
	e, err := r.files.Export(ctx, personOf(ctx), org.ID(in.Id), string(in.Params.Format))
	if err != nil {
		return nil, err
	}
	return exportResponse{ctx, e}, nil
}

// ListCaseFileEvents gives a page of the file's history.
func (r casefileRoom) ListCaseFileEvents(ctx context.Context, q gen.ListCaseFileEventsRequestObject) (gen.ListCaseFileEventsResponseObject, error) {
	after, most, err := eventPage(q.Params.Cursor, q.Params.Limit)
	if err != nil {
		return nil, err
	}
	list, err := r.files.Events(ctx, personOf(ctx), org.ID(q.Id), after, most+1)
	if err != nil {
		return nil, err
	}
	return gen.ListCaseFileEvents200JSONResponse(events(list, most)), nil
}

// exportResponse writes what is made while it is sent: nobody knows its length
// before, and it is never asked for in parts.
type exportResponse struct {
	ctx  context.Context //nolint:containedctx // of the request that it answers
	what casefile.Export
}

// VisitExportCaseFileResponse answers exportCaseFile.
func (r exportResponse) VisitExportCaseFileResponse(w http.ResponseWriter) error { return r.send(w) }

// VisitReadCatalogueBookResponse answers readCatalogueBook.
func (r exportResponse) VisitReadCatalogueBookResponse(w http.ResponseWriter) error { return r.send(w) }

// VisitReadArrivalBarcodeResponse answers readArrivalBarcode.
func (r exportResponse) VisitReadArrivalBarcodeResponse(w http.ResponseWriter) error {
	return r.send(w)
}

func (r exportResponse) send(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", r.what.MediaType)
	h.Set("Content-Disposition", disposition(r.what.Name, false))
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if err := r.what.Write(r.ctx, patientWriter{w, http.NewResponseController(w)}); err != nil {
		return fmt.Errorf("send an export: %w", err)
	}
	return nil
}

// patientWriter gives the receiver time as long as bytes go.
type patientWriter struct {
	io.Writer
	control *http.ResponseController
}

func (p patientWriter) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(stall))
	return p.Writer.Write(b) //nolint:wrapcheck // a writer tells what its writer tells
}
