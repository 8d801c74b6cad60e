package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"

	"congvan/server/api/gen"
	"congvan/server/domain/fault"
)

// statuses is the one table from a kind of refusal to HTTP.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Stale:           http.StatusPreconditionFailed,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unsupported:     http.StatusUnsupportedMediaType,
	fault.Throttled:       http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

// retryAfter tells a client how many seconds to wait.
var retryAfter = map[fault.Kind]string{fault.Throttled: "60", fault.Unavailable: "5"}

var (
	errInvalid = fault.New(fault.Invalid, "invalid_request",
		"Thông tin nhập chưa đúng.", "The request is not valid.")
	errMalformed = fault.New(fault.Invalid, "malformed_request",
		"Không đọc được yêu cầu.", "The request cannot be read.")
	errControl = fault.New(fault.Invalid, "malformed_request",
		"Văn bản nhập có ký tự không hợp lệ.", "A text holds a character that cannot be kept.")
	errMediaType = fault.New(fault.Unsupported, "unsupported_media_type",
		"Yêu cầu phải ở dạng JSON.", "The request must be JSON.")
	errTooLarge = fault.New(fault.TooLarge, "too_large",
		"Yêu cầu quá lớn.", "The request is too large.")
	errMethod = fault.New(fault.Invalid, "method_not_allowed",
		"Không có thao tác này.", "There is no such operation.")
	errCrossOrigin = fault.New(fault.Forbidden, "cross_origin",
		"Yêu cầu đến từ một trang khác nên bị từ chối.", "The request came from another site.")
	errDefect = fault.New(fault.Internal, "internal",
		"Hệ thống gặp lỗi. Vui lòng báo người quản trị kèm mã yêu cầu.",
		"Something went wrong. Please tell the administrator the request's number.")
)

// statusGone stands in the log for a client that went away; nobody receives it.
const statusGone = 499

// refuse answers with a problem (RFC 9457). What is no fault is a defect of
// ours: it is logged under the request's number, and its text stays inside.
func (g *gate) refuse(c *gin.Context, err error) {
	if c.Request.Context().Err() != nil {
		c.Abort() // nobody is there any more, and what failed failed because of that
		c.Status(statusGone)
		return
	}
	var f *fault.Error
	switch {
	case !errors.As(err, &f), f.Kind == fault.Internal:
		g.opts.Log.ErrorContext(c, "request failed", slog.String("request", requestID(c)), slog.String("operation", operationID(c)), slog.Any("error", err))
		f = errDefect
	case f.Kind == fault.Unavailable:
		g.opts.Log.WarnContext(c, "request not served", slog.String("request", requestID(c)), slog.String("operation", operationID(c)), slog.Any("error", err))
	}
	g.problem(c, statuses[f.Kind], f)
}

// broken is called when an answer fails while it is written.
func (g *gate) broken(c *gin.Context, err error) {
	if !c.Writer.Written() {
		g.refuse(c, err)
		return
	}
	// Too late for a problem: end the connection, so that nobody takes what
	// was sent for the whole.
	if c.Request.Context().Err() == nil {
		g.opts.Log.LogAttrs(c, slog.LevelWarn, "answer broken off", slog.String("request", requestID(c)), slog.Any("error", err))
	}
	panic(http.ErrAbortHandler)
}

func (g *gate) problem(c *gin.Context, status int, f *fault.Error) {
	tongue := languageOf(c.GetHeader("Accept-Language"))
	id := requestID(c)
	body := gen.Problem{Type: "urn:congvan:" + f.Code, Title: say(f.Text, tongue), Status: status, Code: f.Code, RequestId: &id}
	if len(f.Fields) > 0 {
		fields := make([]gen.FieldProblem, len(f.Fields))
		for i, field := range f.Fields {
			fields[i] = gen.FieldProblem{Name: contractName(field.Name), Code: field.Code, Message: say(field.Text, tongue)}
		}
		body.Fields = &fields
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(true)
	if err := encoder.Encode(body); err != nil {
		panic(err) // text and numbers: this cannot happen
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", tongue)
	h.Set("Cache-Control", "no-store")
	for _, gone := range []string{"ETag", "Content-Length", "Content-Disposition", "Content-Encoding", "Content-Range", "Accept-Ranges"} {
		h.Del(gone)
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if wait := retryAfter[f.Kind]; wait != "" {
		h.Set("Retry-After", wait)
	}
	c.Abort()
	c.Status(status)
	if _, err := c.Writer.Write(text.Bytes()); err != nil {
		c.Error(err) //nolint:errcheck // kept for the trace
	}
}

func say(t fault.Text, tongue string) string {
	if tongue == "en" {
		return t.EN
	}
	return t.VI
}

var tongues = language.NewMatcher([]language.Tag{language.Vietnamese, language.English})

// languageOf chooses the language of an answer: Vietnamese unless English is asked for.
func languageOf(accept string) string {
	if _, i := language.MatchStrings(tongues, accept); i == 1 {
		return "en"
	}
	return "vi"
}

// inLanguage gives a text in the language that the request asks for.
func inLanguage(ctx context.Context, t fault.Text) string {
	if c, ok := ctx.(*gin.Context); ok && languageOf(c.GetHeader("Accept-Language")) == "en" {
		return t.EN
	}
	return t.VI
}

// refusedText tells why one of many was refused: what is no fault is told by
// neither.
func refusedText(ctx context.Context, err error) (code, text *string) {
	var why *fault.Error
	if !errors.As(err, &why) {
		return nil, nil
	}
	said := why.Text
	if len(why.Fields) > 0 {
		said = why.Fields[0].Text
	}
	return &why.Code, absent(inLanguage(ctx, said))
}

// contractName writes a field as the contract does: full_name is fullName.
func contractName(name string) string {
	if !strings.Contains(name, "_") {
		return name
	}
	var b strings.Builder
	upper := false
	for _, r := range name {
		switch {
		case r == '_':
			upper = true
		case upper:
			b.WriteRune(unicode.ToUpper(r))
			upper = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
