package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/casefile"
	rule "congvan/server/domain/casefile"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// casefileRoom answers what is asked of case files.
type casefileRoom struct{ files *casefile.Service }

// ListCaseFiles gives a page of case files.
func (r casefileRoom) ListCaseFiles(ctx context.Context, in gen.ListCaseFilesRequestObject) (gen.ListCaseFilesResponseObject, error) {
	p := in.Params
	after, err := casefile.ParseCursor(present(p.Cursor))
	if err != nil {
		return nil, err
	}
	most := limit(p.Limit)
	list, err := r.files.List(ctx, personOf(ctx), idOf(p.AgencyId), casefile.Filter{Query: present(p.Q), Year: present(p.Year),
		State: rule.State(present(p.State)), Mine: present(p.Mine), Holding: idOf(p.Holding), After: after, Limit: most + 1})
	if err != nil {
		return nil, err
	}
	page := gen.CaseFilePage{Items: []gen.CaseFileSummary{}}
	if len(list) > most {
		list = list[:most]
		next := casefile.CursorOf(list[most-1])
		page.Next = &next
	}
	for _, f := range list {
		page.Items = append(page.Items, gen.CaseFileSummary{Id: uuid.UUID(f.ID), AgencyId: uuid.UUID(f.AgencyID), AgencyName: f.AgencyName,
			Code: f.Code(), Year: f.Year, Notation: f.Notation, Title: f.Title, Retention: int(f.Retention), KeeperName: f.Keeper, UnitName: f.Unit,
			State: gen.CaseFileState(f.State), Frozen: f.Frozen, Start: date(f.Start), End: optionalDate(f.End), Count: f.Count, UpdatedAt: f.UpdatedAt})
	}
	return gen.ListCaseFiles200JSONResponse(page), nil
}

// ReadCaseFile gives one case file.
func (r casefileRoom) ReadCaseFile(ctx context.Context, in gen.ReadCaseFileRequestObject) (gen.ReadCaseFileResponseObject, error) {
	v, err := r.files.Read(ctx, personOf(ctx), org.ID(in.Id))
	if err != nil {
		return nil, err
	}
	return gen.ReadCaseFile200JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}

func caseFileAnswer(v casefile.View) gen.CaseFileJSONResponse {
	tag := etag(v.Version)
	body := gen.CaseFile{Id: uuid.UUID(v.ID), AgencyId: uuid.UUID(v.AgencyID), AgencyName: v.Names.Agency, Code: v.Code(v.Names.AgencyCode),
		Year: v.Year, Notation: v.Notation, Title: v.Title, Retention: int(v.Retention), Rights: gen.CaseFileRights(v.Rights), Description: v.Description,
		KeeperPositionId: uuid.UUID(v.KeeperID), KeeperName: v.Names.Keeper, UnitName: v.Names.Unit, CreatorName: v.CreatorName,
		State: gen.CaseFileState(v.State), Frozen: v.Frozen, FrozenReason: absent(v.FrozenWhy), Start: date(v.Start), End: optionalDate(v.End),
		ClosedAt: optionalTime(v.ClosedAt), ClosedBy: absent(v.ClosedBy), KeptUntil: optionalDate(v.KeptUntil()), TransferDue: optionalDate(v.TransferDue()),
		DestroyedAt: optionalTime(v.DestroyedAt), Decision: absent(v.Decision), Contents: []gen.CaseFileLying{}, Acts: []gen.CaseFileAct{}, Version: v.Version}
	for i, l := range v.Contents {
		lying := gen.CaseFileLying{Ordinal: i + 1, Day: date(l.Day), AddedAt: l.AddedAt, AddedBy: l.AddedBy}
		if l.Document != nil {
			lying.Document = &documentSummaries([]casefile.Document{*l.Document})[0]
		}
		if l.Arrival != nil {
			lying.Arrival = &arrivalSummaries([]casefile.Arrival{*l.Arrival})[0]
		}
		body.Contents = append(body.Contents, lying)
	}
	for _, a := range v.Acts {
		body.Acts = append(body.Acts, gen.CaseFileAct(a))
	}
	return gen.CaseFileJSONResponse{Body: body, Headers: gen.CaseFileResponseHeaders{ETag: &tag}}
}

// OpenCaseFile opens a case file.
func (r casefileRoom) OpenCaseFile(ctx context.Context, in gen.OpenCaseFileRequestObject) (gen.OpenCaseFileResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	start, err := dayOf(in.Body.Start)
	if err != nil {
		return nil, err
	}
	b := in.Body
	f := rule.File{AgencyID: org.ID(b.AgencyId), Heading: rule.Heading{Year: b.Year, Notation: b.Notation, Title: b.Title, Retention: rule.Retention(b.Retention)},
		Rights: rule.Restricted, Description: present(b.Description), Start: start}
	if b.Rights != nil {
		f.Rights = rule.Rights(*b.Rights)
	}
	v, err := r.files.Open(ctx, personOf(ctx), c, f)
	if err != nil {
		return nil, err
	}
	return gen.OpenCaseFile201JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}

// entryOf reads which document is meant: exactly one.
func entryOf(document, arrival *uuid.UUID) (rule.Entry, error) {
	if (document == nil) == (arrival == nil) {
		return rule.Entry{}, fault.InvalidField("documentId", "one_of", "Hãy chọn đúng một văn bản đi hoặc đến.", "Name exactly one document or arrival.")
	}
	return rule.Entry{DocumentID: idOf(document), ArrivalID: idOf(arrival)}, nil
}

// AddToCaseFile puts a document into a case file.
func (r casefileRoom) AddToCaseFile(ctx context.Context, in gen.AddToCaseFileRequestObject) (gen.AddToCaseFileResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	e, err := entryOf(in.Body.DocumentId, in.Body.ArrivalId)
	if err != nil {
		return nil, err
	}
	v, err := r.files.Add(ctx, personOf(ctx), c, org.ID(in.Id), e)
	if err != nil {
		return nil, err
	}
	return gen.AddToCaseFile200JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}

// RemoveFromCaseFile takes a document out of a case file.
func (r casefileRoom) RemoveFromCaseFile(ctx context.Context, in gen.RemoveFromCaseFileRequestObject) (gen.RemoveFromCaseFileResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	e, err := entryOf(in.Body.DocumentId, in.Body.ArrivalId)
	if err != nil {
		return nil, err
	}
	v, err := r.files.Remove(ctx, personOf(ctx), c, org.ID(in.Id), e, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return gen.RemoveFromCaseFile200JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}

// CloseCaseFile closes a case file.
func (r casefileRoom) CloseCaseFile(ctx context.Context, in gen.CloseCaseFileRequestObject) (gen.CloseCaseFileResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	end, err := dayOf(&in.Body.End)
	if err != nil {
		return nil, err
	}
	v, err := r.files.Close(ctx, personOf(ctx), c, org.ID(in.Id), end)
	if err != nil {
		return nil, err
	}
	return gen.CloseCaseFile200JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}

// ReopenCaseFile reopens a closed case file.
func (r casefileRoom) ReopenCaseFile(ctx context.Context, in gen.ReopenCaseFileRequestObject) (gen.ReopenCaseFileResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	v, err := r.files.Reopen(ctx, personOf(ctx), c, org.ID(in.Id), in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return gen.ReopenCaseFile200JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}

// HandOverCaseFile gives a case file to another keeper.
func (r casefileRoom) HandOverCaseFile(ctx context.Context, in gen.HandOverCaseFileRequestObject) (gen.HandOverCaseFileResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	v, err := r.files.HandOver(ctx, personOf(ctx), c, org.ID(in.Id), org.ID(in.Body.KeeperPositionId), present(in.Body.Note))
	if err != nil {
		return nil, err
	}
	return gen.HandOverCaseFile200JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}

// FreezeCaseFile keeps a case file as it is.
func (r casefileRoom) FreezeCaseFile(ctx context.Context, in gen.FreezeCaseFileRequestObject) (gen.FreezeCaseFileResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	v, err := r.files.Freeze(ctx, personOf(ctx), c, org.ID(in.Id), in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return gen.FreezeCaseFile200JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}

// ReleaseCaseFile ends the freezing.
func (r casefileRoom) ReleaseCaseFile(ctx context.Context, in gen.ReleaseCaseFileRequestObject) (gen.ReleaseCaseFileResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	v, err := r.files.Release(ctx, personOf(ctx), c, org.ID(in.Id), in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return gen.ReleaseCaseFile200JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}

// DestroyCaseFile ends a case file by a decision.
func (r casefileRoom) DestroyCaseFile(ctx context.Context, in gen.DestroyCaseFileRequestObject) (gen.DestroyCaseFileResponseObject, error) {
	c, err := command(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in)
	if err != nil {
		return nil, err
	}
	v, err := r.files.Destroy(ctx, personOf(ctx), c, org.ID(in.Id), in.Body.Decision)
	if err != nil {
		return nil, err
	}
	return gen.DestroyCaseFile200JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}
