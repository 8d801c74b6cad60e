package api

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog"
	"golang.org/x/text/unicode/norm"

	"congvan/server/app/outgoing"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// resume serves resumable uploads (tus 1.0.0): the library keeps the protocol,
// the use cases keep the files and decide whose they are.
type resume struct {
	gate *gate
	tus  *handler.UnroutedHandler
}

// uploadPath is what the identifiers of uploads stand behind.
const uploadPath = "/api/uploads/"

func newResume(g *gate, documents *outgoing.Service) (*resume, error) {
	composer := handler.NewStoreComposer()
	store := tusStore{documents: documents}
	composer.UseCore(store)
	composer.UseTerminater(store)
	tus, err := handler.NewUnroutedHandler(handler.Config{StoreComposer: composer, BasePath: uploadPath, MaxSize: g.opts.MaxUpload,
		DisableDownload: true, DisableConcatenation: true, Cors: &handler.CorsConfig{Disable: true},
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), RespectForwardedHeaders: false})
	if err != nil {
		return nil, err
	}
	return &resume{gate: g, tus: tus}, nil
}

// mount routes the operations of the protocol.
func (r *resume) mount(engine *gin.Engine) {
	engine.POST("/api/uploads", r.serve(r.tus.PostFile))
	// The library takes what follows its base path for the identifier.
	below := func(next http.HandlerFunc) gin.HandlerFunc {
		return r.serve(http.StripPrefix(uploadPath, next).ServeHTTP)
	}
	engine.HEAD(uploadPath+":id", below(r.tus.HeadFile))
	engine.PATCH(uploadPath+":id", below(r.tus.PatchFile))
	engine.DELETE(uploadPath+":id", below(r.tus.DelFile))
}

type tusKey struct{}

// tusTold carries a fault past the library, which knows only its own errors.
type tusTold struct{ err error }

func (r *resume) serve(next http.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		told := &tusTold{}
		request := c.Request.WithContext(context.WithValue(c.Request.Context(), tusKey{}, told))
		w := &tusWriter{ResponseWriter: c.Writer}
		r.tus.Middleware(next).ServeHTTP(w, request)
		if w.status < http.StatusBadRequest {
			return
		}
		if told.err != nil {
			r.gate.refuse(c, told.err)
			return
		}
		r.gate.problem(c, w.status, tusFault(w.status))
	}
}

// tusWriter holds back the library's own error pages, so that every tusTold
// of ours is a problem of RFC 9457.
type tusWriter struct {
	gin.ResponseWriter
	status int
}

func (w *tusWriter) WriteHeader(status int) {
	w.status = status
	// The library takes scheme and host from the request, which a proxy or a
	// client may have changed; a path is right for everybody.
	if at := w.Header().Get("Location"); at != "" {
		if _, id, ok := strings.Cut(at, uploadPath); ok {
			w.Header().Set("Location", uploadPath+id)
		}
	}
	if status < http.StatusBadRequest {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *tusWriter) Write(p []byte) (int, error) {
	if w.status >= http.StatusBadRequest {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets the library set the deadlines of the connection.
func (w *tusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// tusFault says in words what the protocol says by a status.
func tusFault(status int) *fault.Error {
	switch status {
	case http.StatusNotFound, http.StatusGone:
		return fault.Missing()
	case http.StatusConflict:
		return fault.New(fault.Conflict, "upload_offset", "Phần gửi lên không nối tiếp phần đã nhận.", "What was sent does not continue what has arrived.")
	case http.StatusPreconditionFailed:
		return fault.New(fault.Invalid, "tus_version", "Phiên bản tus không được hỗ trợ.", "That version of tus is not spoken here.")
	case http.StatusRequestEntityTooLarge:
		return errTooLarge
	case http.StatusLocked:
		return fault.New(fault.Conflict, "upload_busy", "Tệp đang được gửi từ nơi khác.", "The upload is being sent from elsewhere.")
	}
	return errMalformed
}

// tusStore puts the use cases into the library's form.
type tusStore struct {
	documents *outgoing.Service
}

func told(ctx context.Context, err error) error {
	if err != nil {
		if r, ok := ctx.Value(tusKey{}).(*tusTold); ok {
			r.err = err
		}
	}
	return err
}

// NewUpload begins an upload of the person.
func (s tusStore) NewUpload(ctx context.Context, info handler.FileInfo) (handler.Upload, error) {
	// This text comes in a header that the contract cannot look into.
	name, declared := norm.NFC.String(info.MetaData["filename"]), norm.NFC.String(document.CleanLine(info.MetaData["filetype"]))
	u, err := s.documents.BeginUpload(ctx, personOf(ctx), name, declared, info.Size)
	if err != nil {
		return nil, told(ctx, err)
	}
	return &tusUpload{tusStore: s, upload: u}, nil
}

// GetUpload gives one of the person's own uploads.
func (s tusStore) GetUpload(ctx context.Context, id string) (handler.Upload, error) {
	parsed, err := org.ParseID(id)
	if err != nil {
		return nil, handler.ErrNotFound
	}
	u, err := s.documents.Upload(ctx, personOf(ctx), parsed)
	if err != nil {
		return nil, told(ctx, err)
	}
	return &tusUpload{tusStore: s, upload: u}, nil
}

// AsTerminatableUpload lets the library give an upload up.
func (s tusStore) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload {
	return u.(*tusUpload)
}

type tusUpload struct {
	tusStore
	upload outgoing.Upload
}

// WriteChunk takes what comes; what came before a line broke is kept.
func (u *tusUpload) WriteChunk(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	after, err := u.documents.ContinueUpload(ctx, personOf(ctx), u.upload.ID, offset, src)
	if err != nil {
		return 0, told(ctx, err)
	}
	u.upload = after
	return after.Received - offset, nil
}

// GetInfo tells how far the upload has come.
func (u *tusUpload) GetInfo(context.Context) (handler.FileInfo, error) {
	return handler.FileInfo{ID: u.upload.ID.String(), Size: u.upload.Size, Offset: u.upload.Received,
		MetaData: handler.MetaData{"filename": u.upload.Name, "filetype": u.upload.DeclaredType}}, nil
}

// GetReader is not offered: files are read through documents.
func (u *tusUpload) GetReader(context.Context) (io.ReadCloser, error) {
	return nil, handler.ErrNotImplemented
}

// FinishUpload makes the upload a stored file.
func (u *tusUpload) FinishUpload(ctx context.Context) error {
	return told(ctx, u.documents.FinishUpload(ctx, personOf(ctx), u.upload.ID))
}

// Terminate gives the upload up.
func (u *tusUpload) Terminate(ctx context.Context) error {
	return told(ctx, u.documents.GiveUpUpload(ctx, personOf(ctx), u.upload.ID))
}
