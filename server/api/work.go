package api

import (
	"context"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
	"congvan/server/app/notice"
)

// workRoom answers what waits for a person, and live changes.
type workRoom struct {
	notices  *notice.Service
	hub      *notice.Hub
	accounts *accounts.Service
}

// ReadWork gives what waits for the person now.
func (r workRoom) ReadWork(ctx context.Context, _ gen.ReadWorkRequestObject) (gen.ReadWorkResponseObject, error) {
	groups, err := r.notices.Work(ctx, personOf(ctx))
	if err != nil {
		return nil, err
	}
	out := make([]gen.WorkGroup, len(groups))
	for i, g := range groups {
		out[i] = gen.WorkGroup{Expected: gen.WorkGroupExpected(g.Expected), Count: g.Count, More: g.More,
			Since: optionalDate(g.Since), Mine: absent(g.Mine),
			Documents: documentSummaries(g.Documents), Arrivals: arrivalSummaries(g.Arrivals),
			Lines: lineSummaries(g.Lines, r.notices.Today())}
	}
	return gen.ReadWork200JSONResponse{Groups: out}, nil
}
