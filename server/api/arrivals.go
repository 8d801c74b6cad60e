package api

import (
	"context"

	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"

	"congvan/server/api/gen"
	"congvan/server/app/incoming"
	"congvan/server/app/outgoing"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// arrivalRoom answers the operations on incoming documents.
type arrivalRoom struct {
	arrivals *incoming.Service
}

// ListArrivals gives a page of incoming documents.
func (r arrivalRoom) ListArrivals(ctx context.Context, q gen.ListArrivalsRequestObject) (gen.ListArrivalsResponseObject, error) {
	p := q.Params
	f := incoming.Filter{Query: present(p.Q), State: routing.State(present(p.State)), Source: routing.Source(present(p.Source)),
		Kind: present(p.Kind), Urgency: document.Urgency(present(p.Urgency))}
	if present(p.Followed) {
		f.Followed = personOf(ctx).AccountID
	}
	var err error
	if f.From, f.Until, f.After, f.Limit, err = page(p.From, p.Until, p.Cursor, p.Limit); err != nil {
		return nil, err
	}
	most := f.Limit
	f.Limit++
	list, err := r.arrivals.List(ctx, personOf(ctx), idOf(p.AgencyId), f)
	if err != nil {
		return nil, err
	}
	var next *string
	if len(list) > most {
		list = list[:most]
		next = absent(outgoing.Cursor{At: list[most-1].ArrivedAt, ID: list[most-1].ID}.String())
	}
	return gen.ListArrivals200JSONResponse{Items: arrivalSummaries(list), Next: next}, nil
}

// page reads what all lists have in common.
func page(from, until *types.Date, cursor *string, limit *int) (first, last org.Day, after outgoing.Cursor, most int, err error) {
	if first, err = dayOf(from); err != nil {
		return
	}
	if last, err = dayOf(until); err != nil {
		return
	}
	after, err = outgoing.ParseCursor(present(cursor))
	return first, last, after, limitOf(limit), err
}

func arrivalSummaries(list []incoming.Summary) []gen.ArrivalSummary {
	out := make([]gen.ArrivalSummary, len(list))
	for i, a := range list {
		out[i] = gen.ArrivalSummary{Id: uuid.UUID(a.ID), AgencyId: uuid.UUID(a.AgencyID), AgencyName: a.AgencyName, Source: gen.Source(a.Source),
			State: gen.ArrivalState(a.State), Role: gen.RecipientRole(a.Role), Kind: a.Kind, IssuerName: a.IssuerName, Reference: reference(a.Number, a.Symbol),
			DocumentDate: optionalDate(a.DocumentDate), Subject: a.Subject, Urgency: gen.Urgency(a.Urgency), DueDate: optionalDate(a.DueDate),
			ArrivedAt: a.ArrivedAt, ArrivalNumber: absent(a.ArrivalNumber), ArrivalDay: optionalDate(a.ArrivalDay), FileCount: a.FileCount, Read: a.Read}
	}
	return out
}

// reference joins number and symbol as they came; either may be missing.
func reference(number, symbol string) string {
	if number == "" || symbol == "" {
		return number + symbol
	}
	return number + "/" + symbol
}

// ReadArrival gives one arrival.
func (r arrivalRoom) ReadArrival(ctx context.Context, q gen.ReadArrivalRequestObject) (gen.ReadArrivalResponseObject, error) {
	answer, err := r.arrival(ctx, q.Id)
	return gen.ReadArrival200JSONResponse{ArrivalJSONResponse: answer}, err
}

// arrival answers with the arrival as it is now.
func (r arrivalRoom) arrival(ctx context.Context, id uuid.UUID) (gen.ArrivalJSONResponse, error) {
	v, err := r.arrivals.Read(ctx, personOf(ctx), org.ID(id))
	if err != nil {
		return gen.ArrivalJSONResponse{}, err
	}
	tag := etag(v.Version)
	return gen.ArrivalJSONResponse{Body: arrivalView(v), Headers: gen.ArrivalResponseHeaders{ETag: &tag}}, nil
}

// MarkArrivalRead marks the person's own lines as read.
func (r arrivalRoom) MarkArrivalRead(ctx context.Context, q gen.MarkArrivalReadRequestObject) (gen.MarkArrivalReadResponseObject, error) {
	return gen.MarkArrivalRead204Response{}, r.arrivals.MarkRead(ctx, personOf(ctx), org.ID(q.Id))
}

// PreviewArrivalNumber shows the next number of each register.
func (r arrivalRoom) PreviewArrivalNumber(ctx context.Context, q gen.PreviewArrivalNumberRequestObject) (gen.PreviewArrivalNumberResponseObject, error) {
	list, err := r.arrivals.PreviewNumber(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	offers := make([]gen.NumberOffer, len(list))
	for i, n := range list {
		offers[i] = gen.NumberOffer{RegisterId: uuid.UUID(n.RegisterID), Name: n.Name, Next: n.Next, Suggested: n.Suggested}
	}
	return gen.PreviewArrivalNumber200JSONResponse{Items: offers}, nil
}

// RegisterArrival enters an arrival in its register.
func (r arrivalRoom) RegisterArrival(ctx context.Context, q gen.RegisterArrivalRequestObject) (gen.RegisterArrivalResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	in, err := registrationOf(*q.Body)
	if err != nil {
		return nil, err
	}
	if err := r.arrivals.Register(ctx, personOf(ctx), c, org.ID(q.Id), in); err != nil {
		return nil, err
	}
	answer, err := r.arrival(ctx, q.Id)
	return gen.RegisterArrival200JSONResponse{ArrivalJSONResponse: answer}, err
}

func registrationOf(b gen.Registration) (incoming.Registration, error) {
	in := incoming.Registration{RegisterID: idOf(b.RegisterId), ExpectedNumber: present(b.ExpectedNumber), Secrecy: string(present(b.Secrecy)), Restricted: present(b.Restricted)}
	var err error
	if in.Seen, err = document.ParseHash(b.SeenSha256); err != nil {
		return in, err
	}
	if in.Day, err = dayOf(b.ArrivalDay); err != nil {
		return in, err
	}
	documentDate, err := dayOf(b.DocumentDate)
	if err != nil {
		return in, err
	}
	dueDate, err := dayOf(b.DueDate)
	if err != nil {
		return in, err
	}
	main, err := document.ParseHash(present(b.MainSha256))
	if err != nil {
		return in, err
	}
	in.Correct = func(f *routing.Fields) {
		correct(&f.Kind, b.Kind)
		correct(&f.IssuerName, b.IssuerName)
		correct(&f.Number, b.Number)
		correct(&f.Symbol, b.Symbol)
		correct(&f.Subject, b.Subject)
		correct(&f.Urgency, (*document.Urgency)(b.Urgency))
		correct(&f.SignerName, b.SignerName)
		correct(&f.SignerTitle, b.SignerTitle)
		correct(&f.Note, b.Note)
		if b.DocumentDate != nil {
			f.DocumentDate = documentDate
		}
		if b.DueDate != nil {
			f.DueDate = dueDate
		}
		if b.MainSha256 != nil {
			f.MainHash = main
		}
	}
	return in, nil
}

func correct[T any](field *T, entered *T) {
	if entered != nil {
		*field = *entered
	}
}

// RefuseArrival returns an arrival to its sender.
func (r arrivalRoom) RefuseArrival(ctx context.Context, q gen.RefuseArrivalRequestObject) (gen.RefuseArrivalResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	if err := r.arrivals.Refuse(ctx, personOf(ctx), c, org.ID(q.Id), routing.RefusalReason(q.Body.Reason), present(q.Body.Note)); err != nil {
		return nil, err
	}
	answer, err := r.arrival(ctx, q.Id)
	return gen.RefuseArrival200JSONResponse{ArrivalJSONResponse: answer}, err
}

// ListArrivalEvents gives a page of the arrival's history.
func (r arrivalRoom) ListArrivalEvents(ctx context.Context, q gen.ListArrivalEventsRequestObject) (gen.ListArrivalEventsResponseObject, error) {
	after, most, err := eventPage(q.Params.Cursor, q.Params.Limit)
	if err != nil {
		return nil, err
	}
	list, err := r.arrivals.Events(ctx, personOf(ctx), org.ID(q.Id), after, most+1)
	if err != nil {
		return nil, err
	}
	return gen.ListArrivalEvents200JSONResponse(events(list, most)), nil
}

// ReadArrivalFile gives the bytes of one file.
func (r arrivalRoom) ReadArrivalFile(ctx context.Context, q gen.ReadArrivalFileRequestObject) (gen.ReadArrivalFileResponseObject, error) {
	h, err := document.ParseHash(q.Sha256)
	if err != nil {
		return nil, err
	}
	f, content, err := r.arrivals.OpenFile(ctx, personOf(ctx), org.ID(q.Id), h)
	if err != nil {
		return nil, err
	}
	return sendFile(ctx, download{Name: f.Name, MediaType: f.MediaType, SHA256: f.Hash.String(), Content: content}, present(q.Params.Download))
}

func arrivalView(v incoming.View) gen.Arrival {
	a := v.Arrival
	out := gen.Arrival{Id: uuid.UUID(a.ID), AgencyId: uuid.UUID(a.AgencyID), AgencyName: v.Names.Agency, Source: gen.Source(a.Source),
		State: gen.ArrivalState(a.State), Role: gen.RecipientRole(a.Role), Kind: a.Kind, IssuerName: a.IssuerName, IssuerCode: a.IssuerCode,
		Reference: reference(a.Number, a.Symbol), Number: a.Number, Symbol: a.Symbol, DocumentDate: optionalDate(a.DocumentDate), Subject: a.Subject,
		Urgency: gen.Urgency(a.Urgency), DueDate: optionalDate(a.DueDate), SignerName: a.SignerName, SignerTitle: a.SignerTitle, Note: a.Note,
		ArrivedAt: a.ArrivedAt, RegisterId: optionalID(a.RegisterID), RegisterName: absent(v.Names.Register), ArrivalNumber: absent(a.ArrivalNumber),
		ArrivalDay: optionalDate(a.ArrivalDay), RegisteredAt: optionalTime(a.RegisteredAt), RegisteredBy: a.RegisteredBy,
		RefusedAt: optionalTime(a.RefusedAt), RefusedBy: a.RefusedBy, RefusedReason: string(a.RefusedReason), RefusedNote: a.RefusedNote,
		Version: a.Version, Files: make([]gen.ArrivalFile, len(a.Files)), Lines: make([]gen.Line, len(a.Lines)),
		LookAlikes: make([]gen.LookAlike, len(v.LookAlikes)), Actions: make([]gen.ArrivalAction, len(v.Acts))}
	for i, f := range a.Files {
		out.Files[i] = gen.ArrivalFile{Role: gen.FileRole(f.Role), Name: f.Name, Sha256: f.Hash.String(), Size: f.Size, MediaType: f.MediaType}
	}
	for i, l := range a.Lines {
		out.Lines[i] = gen.Line{Id: uuid.UUID(l.ID), ParentId: optionalID(l.ParentID), UnitId: optionalID(l.UnitID), UnitName: absent(v.Names.Units[l.ID]),
			PositionId: optionalID(l.PositionID), PersonName: absent(v.Names.People[l.ID]), Role: gen.LineRole(l.Role), State: gen.LineState(l.State),
			DueDate: optionalDate(l.DueDate), ReadAt: optionalTime(l.ReadAt), CreatedAt: l.CreatedAt, Asks: gen.LineAsks(l.Asks),
			Title: absent(v.Names.Titles[l.ID]), DirectionId: optionalID(l.DirectionID), StartedAt: optionalTime(l.StartedAt), ClosedAt: optionalTime(l.ClosedAt),
			GivenBack: l.GivenBack, Late: l.Late(v.Today), Actions: make([]gen.LineAction, len(v.LineActs[l.ID]))}
		if n, ok := v.UnitNumbers[l.UnitID]; ok && !l.UnitID.IsZero() {
			out.Lines[i].UnitNumber, out.Lines[i].UnitRegisterId = absent(n.Number.String()), optionalID(n.RegisterID)
		}
		for k, act := range v.LineActs[l.ID] {
			out.Lines[i].Actions[k] = gen.LineAction(act)
		}
	}
	officeView(v, &out)
	for i, s := range v.LookAlikes {
		out.LookAlikes[i] = gen.LookAlike{Id: uuid.UUID(s.ID), Why: gen.LookAlikeWhy(s.Why), Subject: s.Subject, Reference: reference(s.Number, s.Symbol), ArrivalNumber: absent(s.ArrivalNumber)}
	}
	for i, act := range v.Acts {
		out.Actions[i] = gen.ArrivalAction(act)
	}
	if m := v.Mail; m != nil {
		out.Mail = &gen.ArrivalMail{Mailbox: m.Mailbox, FromName: m.FromName, FromAddress: m.FromAddress, Subject: m.Subject, SentAt: optionalTime(m.SentAt), BodyText: m.BodyText,
			Trust: senderTrust(m.Trust, m.FromAddress)}
		if d := v.MailAbout; d != nil {
			out.Mail.Answers = &gen.AnsweredDocument{Id: uuid.UUID(d.ID), Reference: d.Reference(), Subject: d.Subject}
		}
	}
	return out
}
