package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/protocol/edxml"
)

const officialPackages = "../protocol/edxml/fixtures/"

// Beside each package of the official library stands its own reading of it.
func TestInspect_EdXMLIsReadAsTheOfficialLibraryReadsIt(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(officialPackages + "*.edxml")
	require.NoError(t, err)
	require.Len(t, files, 7)
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			official, err := os.ReadFile(path + ".json")
			require.NoError(t, err)
			var want map[string]any
			require.NoError(t, json.Unmarshal(official, &want))
			got := inspectJSON(t, path)
			assert.Len(t, got["sha256"], 64)
			assert.NotZero(t, got["size"])
			for _, ours := range []string{"size", "sha256", "warnings", "signatureCheck"} {
				delete(got, ours)
			}
			assert.Equal(t, want, got)
		})
	}
}

func TestInspect_EdXMLTellsWhatItReadLeniently(t *testing.T) {
	t.Parallel()
	answer := inspectJSON(t, officialPackages+"doc_new.edxml")
	assert.Equal(t, map[string]any{"state": "unverifiable", "reason": "certificate"}, answer["signatureCheck"], "the sample's signature is a dummy")
	codes := []string{}
	for _, w := range answer["warnings"].([]any) {
		codes = append(codes, w.(map[string]any)["code"].(string))
	}
	assert.Equal(t, []string{"signature_namespace", "signature_unverified"}, codes)
	assert.Equal(t, []any{}, inspectJSON(t, officialPackages+"status_01.edxml")["warnings"])
}

func TestInspect_EdXMLThatCannotBeReadHasAReason(t *testing.T) {
	t.Parallel()
	write := func(content string) string {
		path := filepath.Join(t.TempDir(), "goi.edxml")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	for content, want := range map[string]error{
		"không phải XML":                     edxml.ErrMalformed,
		"<a/>":                               edxml.ErrNotPackage,
		`<!DOCTYPE a [<!ENTITY b "c">]><a/>`: edxml.ErrDoctype,
	} {
		var out bytes.Buffer
		assert.ErrorIs(t, inspect(t.Context(), write(content), &out), want, content)
		assert.Empty(t, out.String())
	}
}
