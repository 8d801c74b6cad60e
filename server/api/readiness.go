package api

import (
	"context"

	"congvan/server/api/gen"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// ReadReadiness shows what is to be known before a document is issued.
func (r writingRoom) ReadReadiness(ctx context.Context, q gen.ReadReadinessRequestObject) (gen.ReadReadinessResponseObject, error) {
	found, err := r.writing.Readiness(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	out := gen.Readiness{Recipients: make([]gen.ReadyRecipient, len(found.Recipients)), Document: shortfalls(ctx, found.Document), Unread: found.Unread,
		ListFound: found.Addressing.Found, Unlisted: orEmpty(found.Addressing.Unlisted), Unnamed: orEmpty(found.Addressing.Unnamed)}
	for i, x := range found.Recipients {
		out.Recipients[i] = gen.ReadyRecipient{Type: gen.ReadyRecipientType(x.Type), Role: gen.ReadyRecipientRole(x.Role), AgencyId: optionalID(x.AgencyID),
			Name: x.Name, Code: absent(x.Code), Channel: gen.Channel(x.Channel), Missing: shortfalls(ctx, x.Missing)}
	}
	out.Named = make([]struct {
		Group   bool   `json:"group"`
		Matches int    `json:"matches"`
		Text    string `json:"text"`
	}, len(found.Addressing.Named))
	for i, n := range found.Addressing.Named {
		out.Named[i].Text, out.Named[i].Group, out.Named[i].Matches = n.Text, n.Group, n.Matches
	}
	return gen.ReadReadiness200JSONResponse(out), nil
}

func shortfalls(ctx context.Context, list []exchange.Shortfall) []gen.Shortfall {
	out := make([]gen.Shortfall, len(list))
	for i, s := range list {
		out[i] = gen.Shortfall{Code: s.Code, Text: inLanguage(ctx, s.Text), Blocks: s.Blocks}
	}
	return out
}

// CompareVersions tells what changed between two files of a document.
func (r writingRoom) CompareVersions(ctx context.Context, q gen.CompareVersionsRequestObject) (gen.CompareVersionsResponseObject, error) {
	from, err := document.ParseHash(q.Params.From)
	if err != nil {
		return nil, err
	}
	to, err := document.ParseHash(q.Params.To)
	if err != nil {
		return nil, err
	}
	d, err := r.writing.Difference(ctx, personOf(ctx), org.ID(q.Id), from, to)
	if err != nil {
		return nil, err
	}
	out := gen.Difference{From: d.From.Name, To: d.To.Name}
	out.Pieces = make([]struct {
		Change gen.DifferencePiecesChange `json:"change"`
		Text   string                     `json:"text"`
		Words  int                        `json:"words"`
	}, len(d.Pieces))
	for i, p := range d.Pieces {
		out.Pieces[i].Change, out.Pieces[i].Text, out.Pieces[i].Words = gen.DifferencePiecesChange(p.Change), p.Text, p.Words
	}
	return gen.CompareVersions200JSONResponse(out), nil
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
