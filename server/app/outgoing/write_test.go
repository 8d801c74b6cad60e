package outgoing_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/provider/convert"
	"congvan/server/provider/template"
	"congvan/server/provider/text"
	"congvan/storage/storagetest"
)

// writer is an office that writes with the real programs.
type writer struct {
	*outgoing.Writing
	t      *testing.T
	office storagetest.Office
}

func newWriter(t *testing.T) writer {
	t.Helper()
	db := storagetest.DB(t)
	readable := func(context.Context, document.File) error { return nil }
	all := func(r io.ReadSeeker) *bytes.Reader {
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		return bytes.NewReader(b)
	}
	converter := convert.New()
	tools := outgoing.Tools{Builtin: template.Builtin, Check: template.Check, Fill: template.Fill,
		PDF: func(ctx context.Context, source io.ReadSeeker, size int64) (io.ReadCloser, error) {
			return converter.PDF(ctx, all(source), size)
		},
		Words: func(ctx context.Context, file io.ReadSeeker, size int64, name string) (string, error) {
			return text.Words(ctx, all(file), size, name)
		}}
	documents := outgoing.New(db.Store, storagetest.Blobs(t, db), readable, time.Now)
	return writer{outgoing.NewWriting(documents, tools), t, db.Office(t, "H59.01", "Ủy ban nhân dân xã Long Đức")}
}

func (w writer) draft(kind, subject string) org.ID {
	w.t.Helper()
	to := []outgoing.RecipientInput{{Type: document.ToName, Name: "Trưởng ấp Vĩnh Yên"}}
	id, err := w.Draft(w.t.Context(), w.office.Officer, access.Command{},
		outgoing.Draft{Kind: &kind, Subject: &subject, Recipients: &to, ApproverPositionID: &w.office.LeaderPosition})
	require.NoError(w.t, err)
	return id
}

// attach makes an upload the draft's document.
func (w writer) attach(id, upload org.ID) {
	w.t.Helper()
	d, err := w.Read(w.t.Context(), w.office.Officer, id)
	require.NoError(w.t, err)
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: upload}}
	require.NoError(w.t, w.Edit(w.t.Context(), w.office.Officer, org.ID{}, id, d.Document.Version, outgoing.Draft{Files: &files}))
}

func (w writer) codes(id org.ID) []string {
	w.t.Helper()
	remarks, err := w.Layout(w.t.Context(), w.office.Officer, id)
	require.NoError(w.t, err)
	codes := []string{}
	for _, r := range remarks {
		codes = append(codes, r.Code)
	}
	return codes
}

func TestA_ATextBegunFromATemplateBecomesAPDFInTheLayoutOfTheDecree(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	id := w.draft("plan", "Chuyển đổi số năm 2026")
	u, err := w.BeginText(t.Context(), w.office.Officer, id)
	require.NoError(t, err)
	assert.Equal(t, "Kế hoạch - Chuyển đổi số năm 2026.docx", u.Name)
	w.attach(id, u.ID)
	assert.Empty(t, w.codes(id), "what the template wrote")

	pdf, err := w.Convert(t.Context(), w.office.Officer, id)
	require.NoError(t, err)
	assert.Equal(t, "application/pdf", pdf.MediaType)
	assert.Equal(t, "Kế hoạch - Chuyển đổi số năm 2026.pdf", pdf.Name)
	w.attach(id, pdf.ID)
	assert.Empty(t, w.codes(id), "what stands on the page")
	_, err = w.Convert(t.Context(), w.office.Officer, id)
	assert.Equal(t, fault.Conflict, fault.KindOf(err), "there is no Word document left")
}

func TestA_WhatDiffersFromTheDraftIsRemarked(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	id := w.draft("plan", "Chuyển đổi số năm 2026")
	u, err := w.BeginText(t.Context(), w.office.Officer, id)
	require.NoError(t, err)
	w.attach(id, u.ID)
	d, err := w.Read(t.Context(), w.office.Officer, id)
	require.NoError(t, err)
	kind, subject := "programme", "Phòng chống hạn mặn"
	require.NoError(t, w.Edit(t.Context(), w.office.Officer, org.ID{}, id, d.Document.Version, outgoing.Draft{Kind: &kind, Subject: &subject}))
	assert.Equal(t, []string{"other_symbol", "no_kind", "other_subject"}, w.codes(id))
}

func TestA_AnAgencysOwnTemplateTakesThePlaceOfTheBuiltInOne(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	clerk := w.office.Clerk
	put := func(body string) error {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		part, err := z.Create("word/document.xml")
		require.NoError(t, err)
		_, err = io.WriteString(part, "<w:document><w:body><w:p><w:r><w:t>"+body+"</w:t></w:r></w:p></w:body></w:document>")
		require.NoError(t, err)
		types, err := z.Create("[Content_Types].xml")
		require.NoError(t, err)
		_, err = io.WriteString(types, "<Types/>")
		require.NoError(t, err)
		require.NoError(t, z.Close())
		u, err := w.UploadWhole(t.Context(), clerk, "mau.docx", int64(b.Len()), &b)
		require.NoError(t, err)
		return w.ReplaceTemplate(t.Context(), clerk, org.ID{}, w.office.ID, "plan", u.ID)
	}
	require.Error(t, put("{{truong_la}}"))
	require.NoError(t, put("Mẫu riêng: {{trich_yeu}} của {{ten_co_quan}}"))

	id := w.draft("plan", "Chuyển đổi số")
	begun := func() string {
		u, err := w.BeginText(t.Context(), w.office.Officer, id)
		require.NoError(t, err)
		_, content, err := w.OpenUpload(t.Context(), w.office.Officer, u.ID)
		require.NoError(t, err)
		defer content.Close()
		b, err := io.ReadAll(content)
		require.NoError(t, err)
		words, err := text.Words(t.Context(), bytes.NewReader(b), int64(len(b)), "a.docx")
		require.NoError(t, err)
		return words
	}
	assert.Equal(t, "Mẫu riêng: Chuyển đổi số của ỦY BAN NHÂN DÂN XÃ LONG ĐỨC\n", begun())
	list, err := w.Templates(t.Context(), w.office.Officer, w.office.ID)
	require.NoError(t, err)
	assert.Len(t, list, 1)

	require.ErrorContains(t, w.RemoveTemplate(t.Context(), w.office.Officer, org.ID{}, w.office.ID, "plan"), "forbidden")
	require.NoError(t, w.RemoveTemplate(t.Context(), clerk, org.ID{}, w.office.ID, "plan"))
	assert.True(t, strings.Contains(begun(), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"))
}
