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
