package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/outgoing"
	"congvan/server/app/report"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
)

// registerRoom answers the operations on registers.
type registerRoom struct {
	reports   *report.Service
	documents *outgoing.Service
}

// ListRegisters gives the registers of one's own agencies.
func (r registerRoom) ListRegisters(ctx context.Context, q gen.ListRegistersRequestObject) (gen.ListRegistersResponseObject, error) {
	list, err := r.reports.Registers(ctx, personOf(ctx), idOf(q.Params.AgencyId), numbering.Direction(present(q.Params.Direction)), present(q.Params.Year))
	if err != nil {
		return nil, err
	}
	out := make([]gen.Register, len(list))
	for i, x := range list {
		out[i] = registerView(x)
	}
	return gen.ListRegisters200JSONResponse{Items: out}, nil
}

func registerView(x report.Register) gen.Register {
	kinds := x.Kinds
	if kinds == nil {
		kinds = []string{}
	}
	return gen.Register{Id: uuid.UUID(x.ID), AgencyId: uuid.UUID(x.AgencyID), AgencyName: x.AgencyName, Code: x.Code,
		Direction: gen.Direction(x.Direction), Year: x.Year, Name: x.Name, Kinds: kinds, Normative: x.Normative, Council: x.Council,
		SymbolAgency: absent(x.SymbolAgency), OpeningNumber: x.Opening, NextNumber: x.Next, Closed: x.Closed, UnitId: optionalID(x.UnitID)}
}

// OpenRegister opens a series of numbers.
func (r registerRoom) OpenRegister(ctx context.Context, q gen.OpenRegisterRequestObject) (gen.OpenRegisterResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	in := numbering.Register{AgencyID: org.ID(q.Body.AgencyId), Code: q.Body.Code, Direction: numbering.Direction(q.Body.Direction), Year: q.Body.Year,
		Name: q.Body.Name, Kinds: present(q.Body.Kinds), Council: present(q.Body.Council), SymbolAgency: present(q.Body.SymbolAgency), Opening: present(q.Body.OpeningNumber), UnitID: idOf(q.Body.UnitId)}
	id, agency, err := r.documents.OpenRegister(ctx, personOf(ctx), c, in)
	if err != nil {
		return nil, err
	}
	x, err := r.one(ctx, agency, id)
	return gen.OpenRegister201JSONResponse(x), err
}

// CloseRegister ends a series for its year.
func (r registerRoom) CloseRegister(ctx context.Context, q gen.CloseRegisterRequestObject) (gen.CloseRegisterResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	if err := r.documents.CloseRegister(ctx, personOf(ctx), c, org.ID(q.Id), q.Body.Reason); err != nil {
		return nil, err
	}
	x, err := r.one(ctx, org.ID{}, org.ID(q.Id))
	return gen.CloseRegister200JSONResponse(x), err
}

// one reads a register that an act has just left.
func (r registerRoom) one(ctx context.Context, agency, id org.ID) (gen.Register, error) {
	list, err := r.reports.Registers(ctx, personOf(ctx), agency, "", 0)
	if err != nil {
		return gen.Register{}, err
	}
	for _, x := range list {
		if x.ID == id {
			return registerView(x), nil
		}
	}
	return gen.Register{}, fault.Missing()
}

// highest is above every number that a register can hold.
const highest = 1 << 30

// ListRegisterEntries gives a page of a register.
func (r registerRoom) ListRegisterEntries(ctx context.Context, q gen.ListRegisterEntriesRequestObject) (gen.ListRegisterEntriesResponseObject, error) {
	if present(q.Params.Reserved) {
		list, err := r.reports.Reserved(ctx, personOf(ctx), org.ID(q.Id), limitOf(q.Params.Limit))
		if err != nil {
			return nil, err
		}
		return gen.ListRegisterEntries200JSONResponse{Items: entryViews(list)}, nil
	}
	before := numbering.Number{Value: highest}
	if text := present(q.Params.Cursor); text != "" {
		written, err := unopaque(text)
		if err != nil {
			return nil, err
		}
		if before, err = numbering.ParseNumber(written); err != nil {
			return nil, errCursor
		}
	}
	most := limitOf(q.Params.Limit)
	list, err := r.reports.Entries(ctx, personOf(ctx), org.ID(q.Id), before, most+1)
	if err != nil {
		return nil, err
	}
	var next *string
	if len(list) > most {
		list = list[:most]
		next = absent(opaque(list[most-1].Number.String()))
	}
	return gen.ListRegisterEntries200JSONResponse{Items: entryViews(list), Next: next}, nil
}

func entryViews(list []report.Entry) []gen.RegisterEntry {
	out := make([]gen.RegisterEntry, len(list))
	for i, e := range list {
		out[i] = entryView(e)
	}
	return out
}

func entryView(e report.Entry) gen.RegisterEntry {
	written := reference(e.Number.String(), e.Symbol)
	if e.SubjectType == "arrival" {
		written = reference(e.OriginNumber, e.OriginSymbol)
	}
	out := gen.RegisterEntry{Number: e.Number.String(), Reference: written, Day: date(e.Day), State: gen.RegisterEntryState(e.State),
		Kind: absent(e.Kind), Subject: e.Subject, IssuerName: absent(e.IssuerName), SignerName: absent(e.SignedBy()),
		DocumentDate: optionalDate(e.DocumentDate), SubjectType: gen.RegisterEntrySubjectType(e.SubjectType), SubjectId: uuid.UUID(e.SubjectID),
		Reason: absent(e.Reason), TakenBy: absent(e.TakenBy), TakenDay: optionalDate(e.TakenOn), BackDated: absent(e.BackDated()), Note: absent(e.Note), ObjectState: absent(e.ObjectState), UnitAbbreviation: absent(e.Unit),
		IssuedDay: optionalDate(dayAt(e.IssuedAt)), HandedDay: optionalDate(dayAt(e.HandedAt))}
	if len(e.Recipients) > 0 {
		out.Recipients, out.RecipientCount, out.PaperCopies = &e.Recipients, &e.Reached, absent(e.Copies)
	}
	if len(e.Holders) > 0 {
		out.Holders = &e.Holders
	}
	return out
}

// dayAt gives the day of a moment, and none of no moment.
func dayAt(t time.Time) org.Day {
	if t.IsZero() {
		return org.Day{}
	}
	return org.DayOf(t)
}

// ReadRegisterBook gives a book of the register, bound.
func (r registerRoom) ReadRegisterBook(ctx context.Context, q gen.ReadRegisterBookRequestObject) (gen.ReadRegisterBookResponseObject, error) {
	from, err := dayOf(q.Params.From)
	if err != nil {
		return nil, err
	}
	until, err := dayOf(q.Params.Until)
	if err != nil {
		return nil, err
	}
	book, err := r.reports.Book(ctx, personOf(ctx), org.ID(q.Id), report.BookRequest{Book: numbering.Book(q.Params.Book),
		Format: string(q.Params.Format), From: from, Until: until, Volume: present(q.Params.Volume)})
	if err != nil {
		return nil, err
	}
	return sendFile(ctx, download{Name: book.Name, MediaType: book.MediaType, SHA256: book.SHA256, Content: book}, present(q.Params.Download))
}
