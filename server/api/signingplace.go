package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/outgoing"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
)

func placesView(p outgoing.Places) gen.Places {
	out := gen.Places{Sha256: p.Hash.String(), Fixed: p.Fixed, Moved: p.Moved, Pages: make([]gen.PageBox, len(p.Pages)), Places: make([]gen.Place, len(p.Places))}
	for i, b := range p.Pages {
		out.Pages[i] = gen.PageBox{Left: b.Left, Bottom: b.Bottom, Right: b.Right, Top: b.Top}
	}
	for i, r := range p.Places {
		out.Places[i] = gen.Place{Name: r.Place.Name(), Kind: gen.PlaceKind(r.Place.Kind), Page: r.Page, Left: r.Box.Left, Bottom: r.Box.Bottom, Right: r.Box.Right, Top: r.Box.Top}
	}
	return out
}

func (r signingRoom) places(ctx context.Context, id uuid.UUID) (gen.Places, error) {
	p, err := r.documents.Places(ctx, personOf(ctx), org.ID(id))
	if err != nil {
		return gen.Places{}, err
	}
	return placesView(p), nil
}

// ReadPlaces gives where the signatures of a document stand or will stand.
func (r signingRoom) ReadPlaces(ctx context.Context, q gen.ReadPlacesRequestObject) (gen.ReadPlacesResponseObject, error) {
	p, err := r.places(ctx, q.Id)
	return gen.ReadPlaces200JSONResponse(p), err
}

// MovePlaces puts places elsewhere.
func (r signingRoom) MovePlaces(ctx context.Context, q gen.MovePlacesRequestObject) (gen.MovePlacesResponseObject, error) {
	seen, err := document.ParseHash(q.Body.SeenSha256)
	if err != nil {
		return nil, err
	}
	moved := make([]signing.Moved, len(q.Body.Places))
	for i, p := range q.Body.Places {
		place, ok := signing.ParsePlace(p.Name)
		if !ok {
			return nil, fault.InvalidField("places", "unknown_place", "Không có vị trí ký như vậy.", "There is no such place for a signature.")
		}
		moved[i] = signing.Moved{Place: place, Page: p.Page, Left: p.Left, Bottom: p.Bottom}
	}
	if err := r.documents.MovePlaces(ctx, personOf(ctx), idOf(q.Params.CongvanPosition), org.ID(q.Id), seen, moved); err != nil {
		return nil, err
	}
	p, err := r.places(ctx, q.Id)
	return gen.MovePlaces200JSONResponse(p), err
}
