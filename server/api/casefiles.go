package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/casefile"
	"congvan/server/domain/access"
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
	most := limitOf(p.Limit)
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
	f.CatalogueID = idOf(b.CatalogueId)
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

// done carries out one act on a case file: what all of them have in common.
func (r casefileRoom) done(ctx context.Context, key string, position *uuid.UUID, request any,
	do func(who access.Person, c access.Command) (casefile.View, error)) (gen.CaseFileJSONResponse, error) {
	c, err := command(ctx, key, position, request)
	if err != nil {
		return gen.CaseFileJSONResponse{}, err
	}
	v, err := do(personOf(ctx), c)
	if err != nil {
		return gen.CaseFileJSONResponse{}, err
	}
	return caseFileAnswer(v), nil
}

// AddToCaseFile puts a document into a case file.
func (r casefileRoom) AddToCaseFile(ctx context.Context, in gen.AddToCaseFileRequestObject) (gen.AddToCaseFileResponseObject, error) {
	e, err := entryOf(in.Body.DocumentId, in.Body.ArrivalId)
	if err != nil {
		return nil, err
	}
	v, err := r.done(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in, func(who access.Person, c access.Command) (casefile.View, error) {
		return r.files.Add(ctx, who, c, org.ID(in.Id), e)
	})
	return gen.AddToCaseFile200JSONResponse{CaseFileJSONResponse: v}, err
}

// RemoveFromCaseFile takes a document out of a case file.
func (r casefileRoom) RemoveFromCaseFile(ctx context.Context, in gen.RemoveFromCaseFileRequestObject) (gen.RemoveFromCaseFileResponseObject, error) {
	e, err := entryOf(in.Body.DocumentId, in.Body.ArrivalId)
	if err != nil {
		return nil, err
	}
	v, err := r.done(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in, func(who access.Person, c access.Command) (casefile.View, error) {
		return r.files.Remove(ctx, who, c, org.ID(in.Id), e, in.Body.Reason)
	})
	return gen.RemoveFromCaseFile200JSONResponse{CaseFileJSONResponse: v}, err
}

// CloseCaseFile closes a case file.
func (r casefileRoom) CloseCaseFile(ctx context.Context, in gen.CloseCaseFileRequestObject) (gen.CloseCaseFileResponseObject, error) {
	end, err := dayOf(&in.Body.End)
	if err != nil {
		return nil, err
	}
	v, err := r.done(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in, func(who access.Person, c access.Command) (casefile.View, error) {
		return r.files.Close(ctx, who, c, org.ID(in.Id), end)
	})
	return gen.CloseCaseFile200JSONResponse{CaseFileJSONResponse: v}, err
}

// ReopenCaseFile reopens a closed case file.
func (r casefileRoom) ReopenCaseFile(ctx context.Context, in gen.ReopenCaseFileRequestObject) (gen.ReopenCaseFileResponseObject, error) {
	v, err := r.done(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in, func(who access.Person, c access.Command) (casefile.View, error) {
		return r.files.Reopen(ctx, who, c, org.ID(in.Id), in.Body.Reason)
	})
	return gen.ReopenCaseFile200JSONResponse{CaseFileJSONResponse: v}, err
}

// HandOverCaseFile gives a case file to another keeper.
func (r casefileRoom) HandOverCaseFile(ctx context.Context, in gen.HandOverCaseFileRequestObject) (gen.HandOverCaseFileResponseObject, error) {
	v, err := r.done(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in, func(who access.Person, c access.Command) (casefile.View, error) {
		return r.files.HandOver(ctx, who, c, org.ID(in.Id), org.ID(in.Body.KeeperPositionId), present(in.Body.Note))
	})
	return gen.HandOverCaseFile200JSONResponse{CaseFileJSONResponse: v}, err
}

// FreezeCaseFile keeps a case file as it is.
func (r casefileRoom) FreezeCaseFile(ctx context.Context, in gen.FreezeCaseFileRequestObject) (gen.FreezeCaseFileResponseObject, error) {
	v, err := r.done(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in, func(who access.Person, c access.Command) (casefile.View, error) {
		return r.files.Freeze(ctx, who, c, org.ID(in.Id), in.Body.Reason)
	})
	return gen.FreezeCaseFile200JSONResponse{CaseFileJSONResponse: v}, err
}

// ReleaseCaseFile ends the freezing.
func (r casefileRoom) ReleaseCaseFile(ctx context.Context, in gen.ReleaseCaseFileRequestObject) (gen.ReleaseCaseFileResponseObject, error) {
	v, err := r.done(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in, func(who access.Person, c access.Command) (casefile.View, error) {
		return r.files.Release(ctx, who, c, org.ID(in.Id), in.Body.Reason)
	})
	return gen.ReleaseCaseFile200JSONResponse{CaseFileJSONResponse: v}, err
}

// DestroyCaseFile ends a case file by a decision.
func (r casefileRoom) DestroyCaseFile(ctx context.Context, in gen.DestroyCaseFileRequestObject) (gen.DestroyCaseFileResponseObject, error) {
	v, err := r.done(ctx, in.Params.IdempotencyKey, in.Params.CongvanPosition, in, func(who access.Person, c access.Command) (casefile.View, error) {
		return r.files.Destroy(ctx, who, c, org.ID(in.Id), in.Body.Decision)
	})
	return gen.DestroyCaseFile200JSONResponse{CaseFileJSONResponse: v}, err
}

// EditCaseFile changes what an open file says of itself.
func (r casefileRoom) EditCaseFile(ctx context.Context, in gen.EditCaseFileRequestObject) (gen.EditCaseFileResponseObject, error) {
	version, err := ifMatch(in.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	c := access.Command{}
	if in.Params.CongvanPosition != nil {
		c.Position = org.ID(*in.Params.CongvanPosition)
	}
	b := in.Body
	v, err := r.files.Edit(ctx, personOf(ctx), c, org.ID(in.Id), version, func(f *rule.File) {
		f.Title, f.Description = value(b.Title, f.Title), value(b.Description, f.Description)
		f.Retention = rule.Retention(value(b.Retention, int(f.Retention)))
		f.Rights = rule.Rights(value(b.Rights, gen.CaseFileRights(f.Rights)))
	})
	if err != nil {
		return nil, err
	}
	return gen.EditCaseFile200JSONResponse{CaseFileJSONResponse: caseFileAnswer(v)}, nil
}

// value gives what was asked for, or what is.
func value[T any](asked *T, is T) T {
	if asked == nil {
		return is
	}
	return *asked
}
