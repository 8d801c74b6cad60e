// Package command holds what the binary can be asked to do, one file per command:
// it wires rooms together and decides nothing itself.
package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"congvan/mailgateway/mime"
	"congvan/server/provider/text"
)

// What `congvan inspect` prints. The names are a contract: scripts read them.
type (
	inspectedFile struct {
		Kind      text.Kind `json:"kind"`
		MediaType string    `json:"mediaType"`
		Size      int64     `json:"size"`
		SHA256    string    `json:"sha256"`
		Metadata  any       `json:"metadata"`
	}
	inspectedPDF struct {
		Version      string     `json:"version"`
		Pages        int        `json:"pages"`
		Title        string     `json:"title"`
		Author       string     `json:"author"`
		Creator      string     `json:"creator"`
		Producer     string     `json:"producer"`
		Created      *time.Time `json:"created"`
		Modified     *time.Time `json:"modified"`
		Encrypted    bool       `json:"encrypted"`
		Signed       bool       `json:"signed"`
		Signatures   int        `json:"signatures"`
		Scripts      bool       `json:"scripts"`
		Repaired     bool       `json:"repaired"`
		ChangedLater bool       `json:"changedLater"`
	}
	inspectedDOCX struct {
		Title          string     `json:"title"`
		Creator        string     `json:"creator"`
		LastModifiedBy string     `json:"lastModifiedBy"`
		Created        *time.Time `json:"created"`
		Modified       *time.Time `json:"modified"`
		Encrypted      bool       `json:"encrypted"`
		Macros         bool       `json:"macros"`
	}
	inspectedMail struct {
		Kind     text.Kind          `json:"kind"`
		Size     int64              `json:"size"`
		SHA256   string             `json:"sha256"`
		Headers  inspectedHeaders   `json:"headers"`
		Body     inspectedBody      `json:"body"`
		Parts    []inspectedPart    `json:"parts"`
		SMIME    []inspectedSMIME   `json:"smime,omitempty"`
		Warnings []inspectedWarning `json:"warnings"`
		// Truncated says why reading ended before the end of the mail.
		Truncated string `json:"truncated,omitempty"`
	}
	inspectedHeaders struct {
		From      string     `json:"from"`
		To        []string   `json:"to"`
		Cc        []string   `json:"cc"`
		Subject   string     `json:"subject"`
		Date      *time.Time `json:"date"`
		MessageID string     `json:"messageId"`
	}
	inspectedBody struct {
		TextBytes int64 `json:"textBytes"`
		HTMLBytes int64 `json:"htmlBytes"`
	}
	inspectedPart struct {
		Path         string            `json:"path"`
		Name         string            `json:"name"`
		DeclaredType string            `json:"declaredType"`
		DetectedType string            `json:"detectedType"`
		Size         int64             `json:"size"`
		SHA256       string            `json:"sha256"`
		Inline       bool              `json:"inline,omitempty"`
		Opened       bool              `json:"opened,omitempty"`
		Encrypted    bool              `json:"encrypted,omitempty"`
		Truncated    bool              `json:"truncated,omitempty"`
		Message      *inspectedMessage `json:"message,omitempty"`
	}
	inspectedMessage struct {
		inspectedHeaders
		Body inspectedBody `json:"body"`
	}
	inspectedSMIME struct {
		Path   string              `json:"path"`
		State  mime.SignatureState `json:"state"`
		Detail string              `json:"detail,omitempty"`
		Name   string              `json:"name"`
		Email  string              `json:"email"`
		Issuer string              `json:"issuer"`
		Serial string              `json:"serial"`
		Time   *time.Time          `json:"time"`
	}
	inspectedWarning struct {
		Code   string `json:"code"`
		Path   string `json:"path,omitempty"`
		Detail string `json:"detail,omitempty"`
	}
)

// inspect prints what a file is as JSON. What cannot be read is an error with
// the reason, and nothing is printed.
func inspect(ctx context.Context, path string, stdout io.Writer) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("inspect: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("inspect: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("inspect: %s is not a file", path)
	}
	found, err := inspectFile(ctx, file, info.Size(), filepath.Base(path))
	if err != nil {
		return fmt.Errorf("inspect: %w", err)
	}
	out := json.NewEncoder(stdout)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(found)
}

func inspectFile(ctx context.Context, file *os.File, size int64, name string) (any, error) {
	hash := sha256.New()
	if _, err := io.Copy(hash, ctxReader{ctx, file}); err != nil {
		return nil, err
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	if strings.EqualFold(filepath.Ext(name), ".eml") {
		// Whatever its bytes look like, it is a mail if it can be read as one.
		if answer, err := inspectMail(ctx, file, sum); !errors.Is(err, mime.ErrNotMessage) {
			return answer, err
		}
	}
	f, err := text.Check(file, size, name)
	encrypted := errors.Is(err, text.ErrEncrypted)
	if err != nil && !encrypted {
		return nil, err
	}
	answer := inspectedFile{Kind: f.Kind, MediaType: f.MediaType, Size: f.Size, SHA256: sum}
	switch {
	case strings.EqualFold(filepath.Ext(name), ".edxml"), f.MediaType == "text/xml":
		return inspectEDXML(ctx, file, sum)
	case f.Kind == text.KindPDF:
		answer.Metadata = showPDF(*f.PDF)
		return answer, nil
	case f.Kind == text.KindDOCX:
		answer.Metadata = showDOCX(f.DOCX, encrypted)
		return answer, nil
	case f.Kind == text.KindMail, strings.HasPrefix(f.MediaType, "text/"):
		return inspectMail(ctx, file, sum)
	}
	return nil, text.ErrUnknownType.Because(errors.New(f.MediaType))
}

// inspectMail tells what stands in a mail. What was understood is printed even
// where reading had to end.
func inspectMail(ctx context.Context, file *os.File, sum string) (any, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	m, err := mime.Split(ctxReader{ctx, file}, mime.Limits{TotalBytes: math.MaxInt64}, nil)
	if errors.Is(err, mime.ErrNotMessage) {
		return nil, text.ErrUnknownType.Because(err)
	}
	if err != nil && (ctx.Err() != nil || len(m.Fields) == 0) {
		return nil, err
	}
	answer := inspectedMail{
		Kind: text.KindMail, Size: m.Size, SHA256: sum, Headers: showHeaders(m.Headers), Body: showBody(m.Body),
		Parts: []inspectedPart{}, Warnings: []inspectedWarning{},
	}
	if err != nil {
		answer.Truncated = err.Error()
	}
	for _, p := range m.Parts {
		answer.Parts = append(answer.Parts, showPart(p))
	}
	for _, g := range m.Signatures {
		answer.SMIME = append(answer.SMIME, inspectedSMIME{g.Path, g.State, g.Detail, g.Name, g.Email, g.Issuer, g.Serial, showTime(g.Time)})
	}
	for _, w := range m.Warnings {
		answer.Warnings = append(answer.Warnings, inspectedWarning{string(w.Code), w.Path, w.Detail})
	}
	return answer, nil
}

func showPart(p mime.Part) inspectedPart {
	part := inspectedPart{
		Path: p.Path, Name: p.Name, DeclaredType: p.DeclaredType, DetectedType: p.DetectedType,
		Size: p.Size, SHA256: hex.EncodeToString(p.SHA256[:]), Inline: p.Inline, Opened: p.Opened, Encrypted: p.Encrypted, Truncated: p.Oversize,
	}
	if p.Nested != nil {
		part.Message = &inspectedMessage{showHeaders(p.Nested.Headers), showBody(p.Nested.Body)}
	}
	return part
}

func showPDF(p text.PDF) inspectedPDF {
	return inspectedPDF{
		Version: p.Version, Pages: p.Pages, Title: p.Title, Author: p.Author, Creator: p.Creator, Producer: p.Producer,
		Created: showTime(p.Created), Modified: showTime(p.Modified), Encrypted: p.Encrypted, Signed: p.Signed(),
		Signatures: p.Signatures, Scripts: p.Scripts, Repaired: p.Repaired, ChangedLater: p.IncrementallyModified,
	}
}

func showDOCX(d *text.DOCX, encrypted bool) inspectedDOCX {
	if d == nil { // nothing of an encrypted one can be read
		return inspectedDOCX{Encrypted: encrypted}
	}
	return inspectedDOCX{
		Title: d.Title, Creator: d.Creator, LastModifiedBy: d.LastModifiedBy,
		Created: showTime(d.Created), Modified: showTime(d.Modified), Encrypted: encrypted, Macros: d.Macros,
	}
}

func showHeaders(h mime.Headers) inspectedHeaders {
	list := func(addresses []mime.Address) []string {
		out := []string{}
		for _, a := range addresses {
			out = append(out, a.String())
		}
		return out
	}
	return inspectedHeaders{
		From: strings.Join(list(h.From), ", "), To: list(h.To), Cc: list(h.Cc),
		Subject: h.Subject, Date: showTime(h.Date), MessageID: h.MessageID,
	}
}

func showBody(b mime.Body) inspectedBody {
	return inspectedBody{TextBytes: b.TextBytes, HTMLBytes: b.HTMLBytes}
}

func showTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// ctxReader ends a long reading when the person has enough of it.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}
