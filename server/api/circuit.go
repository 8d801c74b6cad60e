package api

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// ReadSignerBlock shows what would stand above a signature.
func (r documentRoom) ReadSignerBlock(ctx context.Context, q gen.ReadSignerBlockRequestObject) (gen.ReadSignerBlockResponseObject, error) {
	b, err := r.documents.SignerBlock(ctx, personOf(ctx), org.ID(q.Params.AgencyId), org.ID(q.Params.PositionId), document.Competence(present(q.Params.Competence)))
	if err != nil {
		return nil, err
	}
	return gen.ReadSignerBlock200JSONResponse{Competence: gen.Competence(b.Competence), Lines: b.Lines}, nil
}

func circuitView(v outgoing.CircuitView) gen.Circuit {
	out := gen.Circuit{Round: v.Round, Current: v.Current, Returns: v.Returns, Proposed: v.Proposed, Steps: make([]gen.CircuitStep, len(v.Steps)),
		Answers: make([]gen.CircuitAnswer, len(v.Answers)), Competence: gen.Competence(v.Competence), SignerBlock: v.Block, Version: v.Version}
	if out.Returns == nil {
		out.Returns = []int{}
	}
	if out.SignerBlock == nil {
		out.SignerBlock = []string{}
	}
	for i, s := range v.Steps {
		state := gen.CircuitStepStateWaiting
		switch {
		case i == v.Current:
			state = gen.CircuitStepStateAsked
		case i < v.Current || len(s.Answered) >= s.Quorum:
			state = gen.CircuitStepStatePassed
		}
		out.Steps[i] = gen.CircuitStep{Kind: gen.StepKind(s.Kind), State: state, People: circuitPeople(v, s), Quorum: s.Quorum, Days: s.Days, DueOn: optionalDate(s.DueOn)}
	}
	for i, a := range v.Answers {
		out.Answers[i] = gen.CircuitAnswer{Round: a.Round, Step: a.Step, Kind: absent(gen.StepKind(a.Kind)), Verdict: gen.CircuitAnswerVerdict(a.Verdict),
			ActorName: a.By.Name, ActorTitle: a.By.Position.Title, OnBehalfOf: a.By.Position.Acting.Name(), Note: a.Note, Sha256: a.Hash.String(),
			FileVersion: a.FileVersion, At: a.At}
	}
	return out
}

func circuitPeople(v outgoing.CircuitView, s document.CircuitStep) []gen.CircuitPerson {
	list := []gen.CircuitPerson{}
	for _, id := range s.People {
		if id.IsZero() { // nobody has been chosen yet
			continue
		}
		p := v.People[id]
		list = append(list, gen.CircuitPerson{PositionId: uuid.UUID(id), FullName: p.FullName, Title: p.Title, UnitName: p.UnitName,
			Answered: slices.Contains(s.Answered, id), Opened: slices.Contains(s.Opened, id), Present: p.Present})
	}
	return list
}

func (r documentRoom) circuit(ctx context.Context, id uuid.UUID) (gen.Circuit, error) {
	v, err := r.documents.Circuit(ctx, personOf(ctx), org.ID(id))
	if err != nil {
		return gen.Circuit{}, err
	}
	return circuitView(v), nil
}

// ReadCircuit gives where the document stands in its circuit.
func (r documentRoom) ReadCircuit(ctx context.Context, q gen.ReadCircuitRequestObject) (gen.ReadCircuitResponseObject, error) {
	c, err := r.circuit(ctx, q.Id)
	return gen.ReadCircuit200JSONResponse(c), err
}

// PlanCircuit gives the circuit other steps.
func (r documentRoom) PlanCircuit(ctx context.Context, q gen.PlanCircuitRequestObject) (gen.PlanCircuitResponseObject, error) {
	version, err := ifMatch(q.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	p := outgoing.Plan{Steps: make([]document.CircuitStep, len(q.Body.Steps))}
	for i, s := range q.Body.Steps {
		p.Steps[i] = document.CircuitStep{Kind: document.StepKind(s.Kind), People: idsOf(s.PositionIds), Quorum: len(s.PositionIds), Days: present(s.Days)}
		if s.Quorum != nil {
			p.Steps[i].Quorum = *s.Quorum
		}
	}
	if q.Body.Competence != nil {
		p.Competence = new(document.Competence)
		*p.Competence = document.Competence(*q.Body.Competence)
	}
	if err := r.documents.PlanCircuit(ctx, personOf(ctx), idOf(q.Params.CongvanPosition), org.ID(q.Id), version, p); err != nil {
		return nil, err
	}
	c, err := r.circuit(ctx, q.Id)
	return gen.PlanCircuit200JSONResponse(c), err
}

// AnswerDocument gives what the step that is asked expects.
func (r documentRoom) AnswerDocument(ctx context.Context, q gen.AnswerDocumentRequestObject) (gen.AnswerDocumentResponseObject, error) {
	seen, err := document.ParseHash(q.Body.SeenSha256)
	if err != nil {
		return nil, err
	}
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		c.Seen = present(q.Body.SeenVersion)
		return r.documents.Answer(ctx, who, c, id, document.Act(q.Body.Act), seen, present(q.Body.Note))
	})
	return gen.AnswerDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// ReassignStep puts somebody else into a step.
func (r documentRoom) ReassignStep(ctx context.Context, q gen.ReassignStepRequestObject) (gen.ReassignStepResponseObject, error) {
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		return r.documents.Reassign(ctx, who, c, id, outgoing.Reassignment{Step: q.Body.Step, From: org.ID(q.Body.FromPositionId),
			To: org.ID(q.Body.ToPositionId), Reason: present(q.Body.Reason)})
	})
	return gen.ReassignStep200JSONResponse{DocumentJSONResponse: answer}, err
}

// ReopenDocument takes an approved document back to its author.
func (r documentRoom) ReopenDocument(ctx context.Context, q gen.ReopenDocumentRequestObject) (gen.ReopenDocumentResponseObject, error) {
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		return r.documents.Reopen(ctx, who, c, id, q.Body.Reason)
	})
	return gen.ReopenDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// MarkDocumentOpened notes that the person has read what waits for them.
func (r documentRoom) MarkDocumentOpened(ctx context.Context, q gen.MarkDocumentOpenedRequestObject) (gen.MarkDocumentOpenedResponseObject, error) {
	if err := r.documents.Opened(ctx, personOf(ctx), org.ID(q.Id)); err != nil {
		return nil, err
	}
	return gen.MarkDocumentOpened204Response{}, nil
}
