package api

import (
	"context"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/outgoing"
	"congvan/server/domain/org"
)

// uploadRoom answers the operations on files on their way in.
type uploadRoom struct {
	documents *outgoing.Service
}

// UploadFile takes a whole file in one request.
func (r uploadRoom) UploadFile(ctx context.Context, q gen.UploadFileRequestObject) (gen.UploadFileResponseObject, error) {
	u, err := r.documents.UploadWhole(ctx, personOf(ctx), q.Params.Name, announced(ctx), q.Body)
	if err != nil {
		return nil, err
	}
	return gen.UploadFile201JSONResponse(uploadView(u)), nil
}

// announced gives the length that the client says the body has; 0 when it says none.
func announced(ctx context.Context) int64 {
	if c, ok := ctx.(*gin.Context); ok && c.Request.ContentLength > 0 {
		return c.Request.ContentLength
	}
	return 0
}

// ReadUpload tells what became of an upload.
func (r uploadRoom) ReadUpload(ctx context.Context, q gen.ReadUploadRequestObject) (gen.ReadUploadResponseObject, error) {
	u, err := r.documents.Upload(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.ReadUpload200JSONResponse(uploadView(u)), nil
}

func uploadView(u outgoing.Upload) gen.Upload {
	return gen.Upload{Id: uuid.UUID(u.ID), Name: u.Name, Size: u.Size, Received: u.Received, Sha256: absent(u.Hash.String()),
		MediaType: absent(u.MediaType), ExpiresAt: u.ExpiresAt}
}
