package command

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/provider/text"
)

func inspectJSON(t *testing.T, path string) map[string]any {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, inspect(t.Context(), path, &out))
	var answer map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &answer))
	return answer
}

func TestInspect_Mail(t *testing.T) {
	t.Parallel()
	answer := inspectJSON(t, "../../mailgateway/mime/testdata/nested-three-deep.eml")
	assert.Equal(t, "mail", answer["kind"])
	headers := answer["headers"].(map[string]any)
	assert.Equal(t, "Văn thư Sở Nội vụ <vanthu.snv@example.test>", headers["from"])
	assert.Equal(t, []any{"vanthu@agency.example.test"}, headers["to"])
	assert.Equal(t, "2026-03-05T08:15:00+07:00", headers["date"])
	assert.Equal(t, map[string]any{"textBytes": 8.0, "htmlBytes": 0.0}, answer["body"])
	assert.Equal(t, []any{}, answer["warnings"])
	parts := answer["parts"].([]any)
	require.Len(t, parts, 7)
	message := parts[0].(map[string]any)
	assert.Equal(t, "2", message["path"])
	assert.Equal(t, "mot", message["message"].(map[string]any)["subject"])
	last := parts[6].(map[string]any)
	assert.Equal(t, "ngoai.pdf", last["name"])
	assert.Equal(t, "application/pdf", last["detectedType"])
	assert.Len(t, last["sha256"], 64)
	assert.NotContains(t, last, "message")
}

func inspectedParts(answer map[string]any) (lines []string) {
	for _, p := range answer["parts"].([]any) {
		part := p.(map[string]any)
		line := part["path"].(string) + " " + part["name"].(string) + " " + part["detectedType"].(string)
		for _, flag := range []string{"inline", "opened", "encrypted"} {
			if part[flag] == true {
				line += " " + flag
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func TestInspect_K3K4_ContainersAreOpened(t *testing.T) {
	t.Parallel()
	answer := inspectJSON(t, "../../mailgateway/mime/testdata/containers-winmail.eml")
	assert.Equal(t, []string{
		"2 winmail.dat application/ms-tnef opened",
		"2.1 Quyết định số 15 về việc thành lập tổ công tác.pdf application/pdf",
		"2.2 Thư hai application/ms-tnef opened",
		"2.2.1 Thư ba application/ms-tnef opened",
		"2.2.1.1 Tầng ba.pdf application/pdf",
		"2.2.2 Tầng hai.pdf application/pdf",
		"2.3 logo.png image/png inline",
	}, inspectedParts(answer))
	inner := answer["parts"].([]any)[3].(map[string]any)["message"].(map[string]any)
	assert.Equal(t, "Phòng <phong@example.test>", inner["from"])
	assert.Equal(t, "ba", inner["subject"])
	assert.Equal(t, []string{
		"2 ho so.zip application/zip opened", "2.1 Tờ trình.pdf application/pdf", "2.2 trong.zip application/zip opened", "2.2.1 a.pdf application/pdf",
	}, inspectedParts(inspectJSON(t, "../../mailgateway/mime/testdata/containers-zip.eml")))
	assert.Equal(t, []string{"2 khoa.zip application/zip encrypted"}, inspectedParts(inspectJSON(t, "../../mailgateway/mime/testdata/containers-zip-locked.eml")))
}

func TestInspect_K6_SignaturesAreTold(t *testing.T) {
	t.Parallel()
	for file, state := range map[string]string{"openssl-clear": "unknown_chain", "openssl-clear-changed": "invalid", "openssl-opaque-stream": "unknown_chain"} {
		signers := inspectJSON(t, "../../mailgateway/mime/testdata/"+file+".eml")["smime"].([]any)
		require.Len(t, signers, 1)
		signer := signers[0].(map[string]any)
		assert.Equal(t, []any{state, "Nguyễn Văn A", "vanthu.snv@example.test"}, []any{signer["state"], signer["name"], signer["email"]})
		assert.NotNil(t, signer["time"])
	}
	assert.NotContains(t, inspectJSON(t, "../../mailgateway/mime/testdata/openssl-encrypted.eml"), "smime")
}

// TestInspect_AMailThatLooksLikeSomethingElse: the extension and the header decide.
func TestInspect_AMailThatLooksLikeSomethingElse(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"mbox":   "From a Thu Mar  5 08:15:00 2026\nFrom: a@b.test\nSubject: x\n\nchu\n",
		"html":   "From: a@b.test\nContent-Type: text/html\n\n<!DOCTYPE html><html>x</html>\n",
		"binary": "From: a@b.test\nSubject: x\n\n\x00\x01\x02%PDF-1.4\n",
		"mark":   "\uFEFFFrom: a@b.test\nSubject: x\n\nchu\n",
		"cut":    "Received: by x\nFrom: a@b.te",
		"empty":  "\r\n\r\nFrom: a@b.test\r\n\r\nchu",
	} {
		path := filepath.Join(t.TempDir(), "a.EML")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		answer := inspectJSON(t, path)
		assert.Equal(t, "mail", answer["kind"], name)
		assert.Contains(t, answer["headers"].(map[string]any)["from"], "a@b.te", name)
		assert.NotNil(t, answer["parts"], name)
		assert.NotNil(t, answer["warnings"], name)
	}
}

func TestInspect_EveryMailOfTheCorpusIsRead(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../mailgateway/mime/testdata/*.eml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		answer := inspectJSON(t, path)
		assert.Equal(t, "mail", answer["kind"], path)
		assert.NotNil(t, answer["parts"], path)
	}
}

func TestInspect_PDF(t *testing.T) {
	t.Parallel()
	answer := inspectJSON(t, "../provider/text/testdata/linearized.pdf")
	assert.Equal(t, "pdf", answer["kind"])
	assert.Len(t, answer["sha256"], 64)
	metadata := answer["metadata"].(map[string]any)
	assert.Equal(t, "Tờ trình", metadata["title"])
	assert.Equal(t, 3.0, metadata["pages"])
	assert.Equal(t, false, metadata["encrypted"])
	metadata = inspectJSON(t, "../provider/text/testdata/encrypted-256.pdf")["metadata"].(map[string]any)
	assert.Equal(t, true, metadata["encrypted"])
}

func TestInspect_WhatCannotBeReadHasAReason(t *testing.T) {
	t.Parallel()
	write := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	for path, want := range map[string]error{
		write("empty.eml", ""):                  text.ErrEmpty,
		write("empty.pdf", ""):                  text.ErrEmpty,
		write("text.pdf", "không phải PDF"):     text.ErrWrongType,
		write("cut.pdf", "%PDF-1.7\n1 0 obj\n"): text.ErrDamaged,
		write("a.bin", "\x00\x01\x02\x03"):      text.ErrUnknownType,
		write("prose.eml", "Một đoạn văn.\n"):   text.ErrUnknownType,
		filepath.Join(t.TempDir(), "missing"):   os.ErrNotExist,
	} {
		var out bytes.Buffer
		assert.ErrorIs(t, inspect(t.Context(), path, &out), want, path)
		assert.Empty(t, out.String(), "nothing is printed for %s", path)
	}
	assert.Error(t, inspect(t.Context(), t.TempDir(), &bytes.Buffer{}), "a folder")
}

func TestInspect_StopsWhenAsked(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, inspect(ctx, "../../mailgateway/mime/testdata/any-no-attachment.eml", &bytes.Buffer{}), context.Canceled)
}
