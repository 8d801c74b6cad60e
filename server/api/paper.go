package api

import (
	"context"
	"io"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/casefile"
	"congvan/server/app/incoming"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
)

// paperRoom answers what is done with arrivals on paper.
type paperRoom struct{ paper *incoming.Paper }

func (r paperRoom) arrival(ctx context.Context, id org.ID) (gen.ArrivalJSONResponse, error) {
	return arrivalRoom{arrivals: r.paper.Service}.arrival(ctx, uuid.UUID(id))
}

// RegisterPaper registers a document that came on paper.
func (r paperRoom) RegisterPaper(ctx context.Context, q gen.RegisterPaperRequestObject) (gen.RegisterPaperResponseObject, error) {
	in, err := registrationOf(*q.Body)
	if err != nil {
		return nil, err
	}
	var id org.ID
	err = act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) (err error) {
		id, err = r.paper.RegisterPaper(ctx, who, c, org.ID(q.Id), in)
		return err
	})
	if err != nil {
		return nil, err
	}
	answer, err := r.arrival(ctx, id)
	return gen.RegisterPaper201JSONResponse{ArrivalJSONResponse: answer}, err
}

// ScanArrival puts scans to an arrival on paper.
func (r paperRoom) ScanArrival(ctx context.Context, q gen.ScanArrivalRequestObject) (gen.ScanArrivalResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.paper.Scan(ctx, who, c, org.ID(q.Id), idsOf(q.Body.UploadIds))
	})
	if err != nil {
		return nil, err
	}
	answer, err := r.arrival(ctx, org.ID(q.Id))
	return gen.ScanArrival200JSONResponse{ArrivalJSONResponse: answer}, err
}

// NotePaperCopy notes that paper came for a registered arrival.
func (r paperRoom) NotePaperCopy(ctx context.Context, q gen.NotePaperCopyRequestObject) (gen.NotePaperCopyResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.paper.PaperCopy(ctx, who, c, org.ID(q.Id), present(q.Body.Note))
	})
	if err != nil {
		return nil, err
	}
	answer, err := r.arrival(ctx, org.ID(q.Id))
	return gen.NotePaperCopy200JSONResponse{ArrivalJSONResponse: answer}, err
}

// ScanMany puts a batch of scans to the arrivals they are of.
func (r paperRoom) ScanMany(ctx context.Context, q gen.ScanManyRequestObject) (gen.ScanManyResponseObject, error) {
	var list []incoming.Sorted
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) (err error) {
		list, err = r.paper.ScanMany(ctx, who, c, org.ID(q.Id), q.Body.Year, idsOf(q.Body.UploadIds))
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]gen.Scanned, len(list))
	for i, s := range list {
		out[i] = gen.Scanned{Number: absent(s.Number), Names: s.Names, ArrivalId: optionalID(s.ArrivalID), Done: s.Refused == nil}
		out[i].Code, out[i].Message = refusedText(ctx, s.Refused)
	}
	return gen.ScanMany200JSONResponse{Items: out}, nil
}

// ReadArrivalBarcode draws the barcode that leads scans to an arrival.
func (r paperRoom) ReadArrivalBarcode(ctx context.Context, q gen.ReadArrivalBarcodeRequestObject) (gen.ReadArrivalBarcodeResponseObject, error) {
	d, err := r.paper.Barcode(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return exportResponse{ctx, casefile.Export{Name: d.Name, MediaType: "image/png",
		Write: func(_ context.Context, out io.Writer) error { return d.Write(out) }}}, nil
}
