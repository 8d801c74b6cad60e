package api

import (
	"context"

	"github.com/gin-gonic/gin"

	"congvan/server/api/gen"
	"congvan/server/app/delivery"
	"congvan/server/domain/document"
)

// linkRoom answers whoever holds a link out of a mail; nobody signs in.
type linkRoom struct {
	deliveries *delivery.Service
	guests     *visits
}

// enter holds one address to a pace, so that nobody tries links.
func (r linkRoom) enter(ctx context.Context) error {
	c, ok := ctx.(*gin.Context)
	if !ok {
		return nil
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Referrer-Policy", "no-referrer")
	return r.guests.enter(c.ClientIP())
}

// ReadLink shows what a link leads to.
func (r linkRoom) ReadLink(ctx context.Context, q gen.ReadLinkRequestObject) (gen.ReadLinkResponseObject, error) {
	if err := r.enter(ctx); err != nil {
		return nil, err
	}
	l, err := r.deliveries.ReadLink(ctx, q.Token)
	if err != nil {
		return nil, err
	}
	files := make([]gen.LinkedFile, len(l.Files))
	for i, f := range l.Files {
		files[i] = gen.LinkedFile{Name: f.Name, Size: f.Size, Sha256: f.Hash.String()}
	}
	return gen.ReadLink200JSONResponse{From: l.From, To: l.To, Reference: l.Reference, Subject: l.Subject, Until: l.Until, Files: files}, nil
}

// ReadLinkedFile gives the bytes of one file, always as a download.
func (r linkRoom) ReadLinkedFile(ctx context.Context, q gen.ReadLinkedFileRequestObject) (gen.ReadLinkedFileResponseObject, error) {
	if err := r.enter(ctx); err != nil {
		return nil, err
	}
	h, err := document.ParseHash(q.Sha256)
	if err != nil {
		return nil, err
	}
	f, content, err := r.deliveries.FetchLinked(ctx, q.Token, h)
	if err != nil {
		return nil, err
	}
	return sendFile(ctx, download{Name: f.Name, MediaType: f.MediaType, SHA256: f.Hash.String(), Content: content}, true)
}
