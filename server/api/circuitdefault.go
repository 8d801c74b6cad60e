package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// ListCircuits gives the default circuits.
func (r documentRoom) ListCircuits(ctx context.Context, q gen.ListCircuitsRequestObject) (gen.ListCircuitsResponseObject, error) {
	list, people, err := r.documents.DefaultCircuits(ctx, personOf(ctx), idOf(q.Params.AgencyId))
	if err != nil {
		return nil, err
	}
	out := gen.DefaultCircuitList{Items: make([]gen.DefaultCircuit, len(list))}
	for i, d := range list {
		one := gen.DefaultCircuit{Id: uuid.UUID(d.ID), AgencyId: uuid.UUID(d.AgencyID), Kind: d.Kind, Version: d.Version,
			Steps: make([]gen.DefaultStep, len(d.Steps)), Names: map[string]string{}}
		for k, s := range d.Steps {
			ids := make([]uuid.UUID, len(s.People))
			for n, id := range s.People {
				ids[n], one.Names[id.String()] = uuid.UUID(id), people[id].FullName
			}
			one.Steps[k] = gen.DefaultStep{Kind: gen.StepKind(s.Kind), Place: gen.StepPlace(s.Place), PositionIds: ids, Quorum: s.Quorum, Days: s.Days}
		}
		out.Items[i] = one
	}
	return gen.ListCircuits200JSONResponse(out), nil
}

// SaveCircuit makes a circuit the default of a kind.
func (r documentRoom) SaveCircuit(ctx context.Context, q gen.SaveCircuitRequestObject) (gen.SaveCircuitResponseObject, error) {
	d := document.DefaultCircuit{AgencyID: org.ID(q.Body.AgencyId), Kind: q.Body.Kind, Version: present(q.Body.Version)}
	for _, s := range q.Body.Steps {
		d.Steps = append(d.Steps, document.DefaultStep{Kind: document.StepKind(s.Kind), Place: document.Place(s.Place), People: idsOf(s.PositionIds),
			Quorum: s.Quorum, Days: s.Days})
	}
	if err := r.documents.SaveDefaultCircuit(ctx, personOf(ctx), d); err != nil {
		return nil, err
	}
	return gen.SaveCircuit204Response{}, nil
}

// RemoveCircuit removes a default circuit.
func (r documentRoom) RemoveCircuit(ctx context.Context, q gen.RemoveCircuitRequestObject) (gen.RemoveCircuitResponseObject, error) {
	version, err := ifMatch(q.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := r.documents.RemoveDefaultCircuit(ctx, personOf(ctx), org.ID(q.Id), version); err != nil {
		return nil, err
	}
	return gen.RemoveCircuit204Response{}, nil
}

func (r documentRoom) comments(ctx context.Context, id uuid.UUID) (gen.CommentList, error) {
	list, err := r.documents.Comments(ctx, personOf(ctx), org.ID(id))
	if err != nil {
		return gen.CommentList{}, err
	}
	out := gen.CommentList{Items: make([]gen.Comment, len(list))}
	for i, c := range list {
		out.Items[i] = gen.Comment{Id: uuid.UUID(c.ID), Sha256: c.Hash.String(), FileVersion: c.FileVersion, ActorName: c.By.Name,
			ActorTitle: c.By.Position.Title, Text: c.Text, At: c.At}
	}
	return out, nil
}

// ListComments gives what was said about the document's files.
func (r documentRoom) ListComments(ctx context.Context, q gen.ListCommentsRequestObject) (gen.ListCommentsResponseObject, error) {
	list, err := r.comments(ctx, q.Id)
	return gen.ListComments200JSONResponse(list), err
}

// AddComment says something about the main file.
func (r documentRoom) AddComment(ctx context.Context, q gen.AddCommentRequestObject) (gen.AddCommentResponseObject, error) {
	seen, err := document.ParseHash(q.Body.SeenSha256)
	if err != nil {
		return nil, err
	}
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	if err := r.documents.Comment(ctx, personOf(ctx), c, org.ID(q.Id), seen, q.Body.Text); err != nil {
		return nil, err
	}
	list, err := r.comments(ctx, q.Id)
	return gen.AddComment200JSONResponse(list), err
}
