package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/outgoing"
	"congvan/server/app/report"
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
		kinds := x.Kinds
		if kinds == nil {
			kinds = []string{}
		}
		out[i] = gen.Register{Id: uuid.UUID(x.ID), AgencyId: uuid.UUID(x.AgencyID), AgencyName: x.AgencyName, Code: x.Code,
			Direction: gen.Direction(x.Direction), Year: x.Year, Name: x.Name, Kinds: kinds, Normative: x.Normative,
			OpeningNumber: x.Opening, NextNumber: x.Next, Closed: x.Closed}
	}
	return gen.ListRegisters200JSONResponse{Items: out}, nil
}

// highest is above every number that a register can hold.
const highest = 1 << 30

// ListRegisterEntries gives a page of a register.
func (r registerRoom) ListRegisterEntries(ctx context.Context, q gen.ListRegisterEntriesRequestObject) (gen.ListRegisterEntriesResponseObject, error) {
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
	out := make([]gen.RegisterEntry, len(list))
	for i, e := range list {
		out[i] = entryView(e)
	}
	return gen.ListRegisterEntries200JSONResponse{Items: out, Next: next}, nil
}

func entryView(e report.Entry) gen.RegisterEntry {
	written := reference(e.Number.String(), e.Symbol)
	if e.SubjectType == "arrival" {
		written = reference(e.OriginNumber, e.OriginSymbol)
	}
	out := gen.RegisterEntry{Number: e.Number.String(), Reference: written, Day: date(e.Day), State: gen.RegisterEntryState(e.State),
		Kind: absent(e.Kind), Subject: e.Subject, IssuerName: absent(e.IssuerName), SignerName: absent(e.SignerName),
		DocumentDate: optionalDate(e.DocumentDate), SubjectType: gen.RegisterEntrySubjectType(e.SubjectType), SubjectId: uuid.UUID(e.SubjectID),
		Reason: absent(e.Reason), Note: absent(e.Note), ObjectState: absent(e.ObjectState), UnitAbbreviation: absent(e.Unit),
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
