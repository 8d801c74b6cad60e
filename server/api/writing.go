package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"congvan/server/api/gen"
	"congvan/server/app/outgoing"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// writingRoom answers the operations on the texts of drafts and on templates.
type writingRoom struct {
	writing *outgoing.Writing
}

// BeginText fills in the template of the draft's kind.
func (r writingRoom) BeginText(ctx context.Context, q gen.BeginTextRequestObject) (gen.BeginTextResponseObject, error) {
	u, err := r.writing.BeginText(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.BeginText201JSONResponse(uploadView(u)), nil
}

// ConvertDocument makes a PDF of the draft's Word document.
func (r writingRoom) ConvertDocument(ctx context.Context, q gen.ConvertDocumentRequestObject) (gen.ConvertDocumentResponseObject, error) {
	u, err := r.writing.Convert(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.ConvertDocument201JSONResponse(uploadView(u)), nil
}

// CompareLayout compares the text with NĐ 30/2020, phụ lục I.
func (r writingRoom) CompareLayout(ctx context.Context, q gen.CompareLayoutRequestObject) (gen.CompareLayoutResponseObject, error) {
	remarks, err := r.writing.Layout(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	out := gen.CompareLayout200JSONResponse{Items: []struct {
		Code string `json:"code"`
		Text string `json:"text"`
	}{}}
	for _, m := range remarks {
		out.Items = append(out.Items, struct {
			Code string `json:"code"`
			Text string `json:"text"`
		}{m.Code, inLanguage(ctx, m.Text)})
	}
	return out, nil
}

// DownloadUpload gives the bytes of one's own upload.
func (r writingRoom) DownloadUpload(ctx context.Context, q gen.DownloadUploadRequestObject) (gen.DownloadUploadResponseObject, error) {
	u, content, err := r.writing.OpenUpload(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return sendFile(ctx, download{Name: u.Name, MediaType: u.MediaType, SHA256: u.Hash.String(), Content: content}, true)
}

// ListTemplates gives a row for each kind.
func (r writingRoom) ListTemplates(ctx context.Context, q gen.ListTemplatesRequestObject) (gen.ListTemplatesResponseObject, error) {
	list, err := r.writing.Templates(ctx, personOf(ctx), org.ID(q.Params.AgencyId))
	if err != nil {
		return nil, err
	}
	own := map[string]outgoing.Template{}
	for _, t := range list {
		own[t.Kind] = t
	}
	out := gen.ListTemplates200JSONResponse{}
	for _, k := range document.Kinds() {
		t, ok := own[k.Code]
		out.Items = append(out.Items, gen.Template{Kind: k.Code, BuiltIn: !ok, Name: absent(t.Name), Size: absent(t.Size), ChangedBy: absent(t.ChangedBy), ChangedAt: absent(t.ChangedAt)})
	}
	for _, f := range document.TemplateFields() {
		out.Fields = append(out.Fields, struct {
			Name string `json:"name"`
			Text string `json:"text"`
		}{f.Name, inLanguage(ctx, f.Text)})
	}
	return out, nil
}

// ReadTemplate gives the Word document.
func (r writingRoom) ReadTemplate(ctx context.Context, q gen.ReadTemplateRequestObject) (gen.ReadTemplateResponseObject, error) {
	name, content, err := r.writing.Template(ctx, personOf(ctx), org.ID(q.Params.AgencyId), q.Kind)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	return sendFile(ctx, download{Name: name, MediaType: wordType, SHA256: hex.EncodeToString(sum[:]), Content: inMemory{bytes.NewReader(content)}}, true)
}

const wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// inMemory is a file that needs no closing.
type inMemory struct{ io.ReadSeeker }

// Close does nothing.
func (inMemory) Close() error { return nil }

// ReplaceTemplate makes an upload the template.
func (r writingRoom) ReplaceTemplate(ctx context.Context, q gen.ReplaceTemplateRequestObject) (gen.ReplaceTemplateResponseObject, error) {
	err := r.writing.ReplaceTemplate(ctx, personOf(ctx), idOf(q.Params.CongvanPosition), org.ID(q.Params.AgencyId), q.Kind, org.ID(q.Body.UploadId))
	if err != nil {
		return nil, err
	}
	return gen.ReplaceTemplate204Response{}, nil
}

// RemoveTemplate goes back to the built-in one.
func (r writingRoom) RemoveTemplate(ctx context.Context, q gen.RemoveTemplateRequestObject) (gen.RemoveTemplateResponseObject, error) {
	if err := r.writing.RemoveTemplate(ctx, personOf(ctx), idOf(q.Params.CongvanPosition), org.ID(q.Params.AgencyId), q.Kind); err != nil {
		return nil, err
	}
	return gen.RemoveTemplate204Response{}, nil
}
