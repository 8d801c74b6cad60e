package command

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
)

// signedFile signs one of the corpus, and gives the file and the authority's.
func signedFile(t *testing.T, now time.Time) (path, anchor string) {
	t.Helper()
	authority, err := democa.New("CA tập huấn", now)
	require.NoError(t, err)
	key, err := authority.Issue(democa.Subject{Name: "Nguyễn Thị Hường\x1b[2J", Agency: "UBND tỉnh", From: now.Add(-time.Hour), Until: now.AddDate(1, 0, 0)})
	require.NoError(t, err)
	plain, err := os.ReadFile("../provider/text/testdata/object-streams.pdf")
	require.NoError(t, err)
	places := []signature.Reservation{
		{Place: signing.Place{Kind: signing.Signature, Ordinal: 1}, Page: 1, Box: signing.Box{Left: 100, Bottom: 100, Right: 200, Top: 150}},
		{Place: signing.Place{Kind: signing.Number, Ordinal: 1}, Page: 1, Box: signing.Box{Left: 100, Bottom: 200, Right: 200, Top: 220}},
	}
	file, err := signature.Prepare(plain, places)
	require.NoError(t, err)
	out, err := key.Sign(t.Context(), file, signature.Request{Place: places[0].Place, At: now}, nil, signature.StampNever)
	require.NoError(t, err)
	file, err = signature.Fill(out.File, []signature.Value{{Place: places[1].Place, Words: "05/CT-UBND"}})
	require.NoError(t, err)
	folder := t.TempDir()
	path, anchor = filepath.Join(folder, "a.pdf"), filepath.Join(folder, "ca.pem")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	require.NoError(t, os.WriteFile(anchor, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate.Raw}), 0o600))
	return path, anchor
}

func TestC8_TheCommandTellsWhoSigned(t *testing.T) {
	t.Parallel()
	now := time.Now()
	path, anchor := signedFile(t, now)
	var out bytes.Buffer
	require.NoError(t, verify(t.Context(), path, verifyOptions{trusted: []string{anchor}, language: "vi"}, &out))
	for _, want := range []string{"Nguyễn Thị Hường[2J (UBND tỉnh)", "toàn vẹn", "chứng thư hợp lệ", "tập huấn", "ghi số, ký hiệu vào vị trí dành sẵn còn trống – được phép"} {
		assert.Contains(t, out.String(), want)
	}
	assert.NotContains(t, out.String(), "\x1b", "nothing of a certificate reaches the terminal as it is")
	out.Reset()
	require.ErrorIs(t, verify(t.Context(), path, verifyOptions{language: "en"}, &out), errSaid, "nobody is trusted")
	assert.Contains(t, out.String(), "certificate of an issuer that is not trusted here")

	file, err := os.ReadFile(path)
	require.NoError(t, err)
	file = bytes.Replace(file, []byte("(D:20"), []byte("(D:19"), 1) // of the time that the signer says
	require.NoError(t, os.WriteFile(path, file, 0o600))
	out.Reset()
	require.ErrorIs(t, verify(t.Context(), path, verifyOptions{trusted: []string{anchor}, language: "vi"}, &out), errSaid)
	assert.Contains(t, out.String(), "không khớp với nội dung tệp")
}

func TestC8_TheCommandAnswersPrograms(t *testing.T) {
	t.Parallel()
	now := time.Now()
	path, anchor := signedFile(t, now)
	var out bytes.Buffer
	require.NoError(t, verify(t.Context(), path, verifyOptions{trusted: []string{anchor}, language: "en", asJSON: true}, &out))
	var answer map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &answer))
	assert.Equal(t, true, answer["valid"])
	one := answer["signatures"].([]any)[0].(map[string]any)
	assert.Equal(t, "whole", one["integrity"])
	assert.Equal(t, "trusted", one["certificate"])
	assert.Equal(t, "B", one["level"])
	assert.Nil(t, one["stampedAt"])
	change := one["laterChanges"].([]any)[0].(map[string]any)
	assert.Equal(t, map[string]any{"revision": 4.0, "kind": "filled_number", "field": "congvan-number-1", "allowed": true, "text": "the number, in its reserved and empty place"}, change)
}

func TestC8_WhatCannotBeVerifiedHasAReason(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	o := verifyOptions{language: "vi"}
	require.ErrorIs(t, verify(t.Context(), "../provider/text/testdata/linearized.pdf", o, &out), errSaid)
	assert.Contains(t, out.String(), "không có chữ ký số")
	out.Reset()
	require.ErrorContains(t, verify(t.Context(), "../provider/text/testdata/encrypted-256.pdf", o, &out), "có mật khẩu")
	require.ErrorContains(t, verify(t.Context(), "verify.go", o, &out), "không phải là tệp PDF")
	require.ErrorIs(t, verify(t.Context(), "missing.pdf", o, &out), os.ErrNotExist)
	require.Error(t, verify(t.Context(), "verify.go", verifyOptions{language: "fr"}, &out))
	require.Error(t, verify(t.Context(), "verify.go", verifyOptions{language: "en", trusted: []string{"verify.go"}}, &out))
	assert.Empty(t, out.String())
}
