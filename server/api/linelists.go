package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/incoming"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
)

// ListLines gives a page of work by due date.
func (r lineRoom) ListLines(ctx context.Context, q gen.ListLinesRequestObject) (gen.ListLinesResponseObject, error) {
	after, err := incoming.ParseCursor(present(q.Params.Cursor))
	if err != nil {
		return nil, err
	}
	most := limitOf(q.Params.Limit)
	list, err := r.arrivals.Lines(ctx, personOf(ctx), idOf(q.Params.AgencyId), incoming.LineFilter{View: incoming.LineView(q.Params.View),
		Late: present(q.Params.Late), Holder: idOf(q.Params.HolderId), After: after, Limit: most + 1})
	if err != nil {
		return nil, err
	}
	var next *string
	if len(list) > most {
		list = list[:most]
		next = absent(list[most-1].Cursor().String())
	}
	return gen.ListLines200JSONResponse{Items: lineSummaries(list, r.arrivals.Today()), Next: next}, nil
}

func lineSummaries(list []incoming.LineSummary, today org.Day) []gen.LineSummary {
	out := make([]gen.LineSummary, len(list))
	for i, l := range list {
		out[i] = gen.LineSummary{Id: uuid.UUID(l.ID), ArrivalId: uuid.UUID(l.ArrivalID), AgencyId: uuid.UUID(l.AgencyID), AgencyName: l.AgencyName,
			UnitId: optionalID(l.UnitID), PositionId: optionalID(l.PositionID), Role: gen.LineRole(l.Role), State: string(l.State), Asks: gen.LineAsks(l.Asks),
			HolderName: l.HolderName, HolderTitle: l.HolderTitle, GiverName: l.GiverName, DueDate: optionalDate(l.DueDate), CreatedAt: l.CreatedAt,
			GivenBack: l.GivenBack, Read: !l.ReadAt.IsZero(), Started: !l.StartedAt.IsZero(), Late: l.Late(today), Kind: l.Kind, IssuerName: l.IssuerName,
			Reference: reference(l.Number, l.Symbol), Subject: l.Subject, Urgency: gen.Urgency(l.Urgency), ArrivalNumber: absent(l.ArrivalNumber), ArrivedAt: l.ArrivedAt}
	}
	return out
}

// CountLate gives how much is late by unit and person.
func (r lineRoom) CountLate(ctx context.Context, q gen.CountLateRequestObject) (gen.CountLateResponseObject, error) {
	list, err := r.arrivals.LateCounts(ctx, personOf(ctx), idOf(q.Params.AgencyId))
	if err != nil {
		return nil, err
	}
	out := make([]gen.LateCount, len(list))
	for i, n := range list {
		holder := n.PositionID
		if holder.IsZero() {
			holder = n.UnitID
		}
		out[i] = gen.LateCount{AgencyId: uuid.UUID(n.AgencyID), HolderId: uuid.UUID(holder), Name: n.Name, Title: n.Title, Unit: n.PositionID.IsZero(),
			Late: n.Late, Oldest: date(n.Oldest)}
	}
	return gen.CountLate200JSONResponse{Items: out}, nil
}

// ForwardMany gives out many arrivals; each is answered for itself.
func (r lineRoom) ForwardMany(ctx context.Context, q gen.ForwardManyRequestObject) (gen.ForwardManyResponseObject, error) {
	var list []incoming.Forwarded
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		shares, err := sharesOf(q.Body.Shares)
		if err == nil {
			list, err = r.arrivals.ForwardMany(ctx, who, c, idsOf(q.Body.ArrivalIds), incoming.Forwarding{Words: present(q.Body.Words), Shares: shares})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]gen.Forwarded, len(list))
	for i, f := range list {
		out[i] = gen.Forwarded{ArrivalId: uuid.UUID(f.ArrivalID), Forwarded: f.Refused == nil}
		out[i].Code, out[i].Message = refusedText(ctx, f.Refused)
	}
	return gen.ForwardMany200JSONResponse{Items: out}, nil
}

// ListPhrases gives phrases of direction.
func (r lineRoom) ListPhrases(ctx context.Context, _ gen.ListPhrasesRequestObject) (gen.ListPhrasesResponseObject, error) {
	list, err := r.arrivals.Phrases(ctx, personOf(ctx))
	if err != nil {
		return nil, err
	}
	out := make([]gen.Phrase, len(list))
	for i, p := range list {
		out[i] = gen.Phrase{Id: uuid.UUID(p.ID), Words: p.Words, Own: !p.AccountID.IsZero()}
	}
	return gen.ListPhrases200JSONResponse{Items: out}, nil
}

// AddPhrase keeps a phrase of direction.
func (r lineRoom) AddPhrase(ctx context.Context, q gen.AddPhraseRequestObject) (gen.AddPhraseResponseObject, error) {
	var p incoming.Phrase
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) (err error) {
		p, err = r.arrivals.AddPhrase(ctx, who, c, org.ID(q.Body.AgencyId), q.Body.Words, present(q.Body.Shared))
		return err
	})
	return gen.AddPhrase201JSONResponse{Id: uuid.UUID(p.ID), Words: p.Words, Own: !p.AccountID.IsZero()}, err
}

// RemovePhrase removes a phrase.
func (r lineRoom) RemovePhrase(ctx context.Context, q gen.RemovePhraseRequestObject) (gen.RemovePhraseResponseObject, error) {
	return gen.RemovePhrase204Response{}, r.arrivals.RemovePhrase(ctx, personOf(ctx), org.ID(q.Id))
}

// ListArrivalViews gives who opened an arrival.
func (r lineRoom) ListArrivalViews(ctx context.Context, q gen.ListArrivalViewsRequestObject) (gen.ListArrivalViewsResponseObject, error) {
	list, err := r.arrivals.Views(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	out := make([]gen.ArrivalViewer, len(list))
	for i, v := range list {
		out[i] = gen.ArrivalViewer{Name: v.Name, Title: v.Title, FirstAt: v.FirstAt, LastAt: v.LastAt, Times: v.Times}
	}
	return gen.ListArrivalViews200JSONResponse{Items: out}, nil
}

// FollowArrival begins following an arrival.
func (r lineRoom) FollowArrival(ctx context.Context, q gen.FollowArrivalRequestObject) (gen.FollowArrivalResponseObject, error) {
	return gen.FollowArrival204Response{}, r.arrivals.Follow(ctx, personOf(ctx), org.ID(q.Id), true)
}

// UnfollowArrival ends following an arrival.
func (r lineRoom) UnfollowArrival(ctx context.Context, q gen.UnfollowArrivalRequestObject) (gen.UnfollowArrivalResponseObject, error) {
	return gen.UnfollowArrival204Response{}, r.arrivals.Follow(ctx, personOf(ctx), org.ID(q.Id), false)
}

// officeView adds to an arrival's answer what the office says and does about it.
func officeView(v incoming.View, out *gen.Arrival) {
	out.Followed, out.Restricted, out.WorkDueDate = v.Followed, v.Restricted, optionalDate(v.DueForWork)
	if s := v.Suggestion; s != nil {
		out.Suggestion = &gen.Suggestion{Rule: forwardRule(s.Rule), DueDate: optionalDate(s.DueDate)}
	}
	out.Directions, out.Notes, out.Answers = make([]gen.DirectionWords, len(v.Directions)), make([]gen.LineNote, len(v.Notes)), make([]gen.LineAnswer, len(v.Answers))
	for i, d := range v.Directions {
		out.Directions[i] = gen.DirectionWords{Id: uuid.UUID(d.ID), LineId: uuid.UUID(d.LineID), Words: d.Words, Name: d.Name, Title: d.Title,
			TypedName: absent(d.TypedName), Scan: fileBeside(d.Scan), At: d.At}
	}
	for i, n := range v.Notes {
		out.Notes[i] = gen.LineNote{Id: uuid.UUID(n.ID), LineId: uuid.UUID(n.LineID), Kind: gen.LineNoteKind(n.Kind), Words: n.Words, Name: n.Name, Title: n.Title,
			At: n.At, DueDate: optionalDate(n.DueDate), Decision: absent(gen.LineNoteDecision(n.Decision)), DecidedBy: absent(n.DecidedBy), File: fileBeside(n.File)}
	}
	for i, a := range v.Answers {
		out.Answers[i] = gen.LineAnswer{LineId: uuid.UUID(a.LineID), DocumentId: uuid.UUID(a.DocumentID), Subject: a.Subject, State: gen.DocumentState(a.State),
			Reference: a.Reference, ClosedAt: optionalTime(a.ClosedAt)}
	}
}

func fileBeside(f incoming.StoredFile) *gen.ArrivalFile {
	if f.Hash.IsZero() {
		return nil
	}
	return &gen.ArrivalFile{Role: gen.FileRoleAnnex, Name: f.Name, Sha256: f.Hash.String(), Size: f.Size, MediaType: f.MediaType}
}
