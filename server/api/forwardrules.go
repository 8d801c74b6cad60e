package api

import (
	"context"

	"congvan/server/api/gen"
	"congvan/server/app/incoming"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// ReadForwardRules gives to whom an agency forwards what arrives.
func (r lineRoom) ReadForwardRules(ctx context.Context, q gen.ReadForwardRulesRequestObject) (gen.ReadForwardRulesResponseObject, error) {
	rules, err := r.arrivals.ForwardRules(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.ReadForwardRules200JSONResponse{ForwardRulesJSONResponse: forwardRulesAnswer(rules)}, nil
}

func forwardRulesAnswer(r incoming.ForwardRules) gen.ForwardRulesJSONResponse {
	tag := etag(r.Version)
	body := gen.ForwardRules{Items: make([]gen.ForwardRule, len(r.Rules)), MayEdit: r.MayEdit, Version: r.Version}
	for i, rule := range r.Rules {
		body.Items[i] = forwardRule(rule)
	}
	return gen.ForwardRulesJSONResponse{Body: body, Headers: gen.ForwardRulesResponseHeaders{ETag: &tag}}
}

func forwardRule(r routing.ForwardRule) gen.ForwardRule {
	return gen.ForwardRule{Name: r.Name, Kind: absent(r.Kind), Issuer: absent(r.Issuer), Words: absent(r.Words), UnitId: optionalID(r.UnitID),
		PositionId: optionalID(r.PositionID), Asks: gen.LineAsks(r.Asks), WorkingDays: absent(r.Days)}
}

// SetForwardRules replaces them.
func (r lineRoom) SetForwardRules(ctx context.Context, q gen.SetForwardRulesRequestObject) (gen.SetForwardRulesResponseObject, error) {
	version, err := ifMatch(q.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	rules := make([]routing.ForwardRule, len(q.Body.Items))
	for i, x := range q.Body.Items {
		rules[i] = routing.ForwardRule{Name: x.Name, Kind: present(x.Kind), Issuer: present(x.Issuer), Words: present(x.Words),
			Holder: routing.Holder{UnitID: idOf(x.UnitId), PositionID: idOf(x.PositionId)}, Asks: routing.Asks(x.Asks), Days: present(x.WorkingDays)}
	}
	set, err := r.arrivals.SetForwardRules(ctx, personOf(ctx), org.ID(q.Id), version, rules)
	if err != nil {
		return nil, err
	}
	return gen.SetForwardRules200JSONResponse{ForwardRulesJSONResponse: forwardRulesAnswer(set)}, nil
}
