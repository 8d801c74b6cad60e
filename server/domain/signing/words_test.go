package signing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/document"
	"congvan/server/domain/signing"
)

func TestC4_TheWordsOfAnnexesAndCopies(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 2, 30, 15, 0, time.UTC)
	assert.Equal(t, []string{"05/CT-UBND", "2026-11-23T09:30:15+07:00"}, signing.AnnexWords("05/CT-UBND", at))
	for _, k := range document.Kinds() {
		words, err := signing.CopyWords(k.Code, "Ủy ban nhân dân tỉnh", at)
		require.Equal(t, k.Copy, err == nil, k.Code)
		if k.Copy {
			assert.Len(t, words, 3)
		}
	}
	words, err := signing.CopyWords("true_copy", "Sở Nội vụ", at)
	require.NoError(t, err)
	assert.Equal(t, []string{"SAO Y", "Sở Nội vụ", "2026-11-23T09:30:15+07:00"}, words)
}
