package presence_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/provider/presence"
)

// An installation at a bare address serves all the same, without passkeys.
func TestC_AtABareAddressThereAreNoPasskeysAndEverythingElse(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://127.0.0.1:8080", "https://[::1]:8443", "https://10.0.0.5"} {
		at, err := url.Parse(address)
		require.NoError(t, err)
		p, err := presence.NewPasskeys(at)
		require.NoError(t, err)
		_, err = p.Ask(presence.Holder{})
		assert.ErrorIs(t, err, presence.ErrNoName)
	}
	at, err := url.Parse("http://localhost:8080")
	require.NoError(t, err)
	p, err := presence.NewPasskeys(at)
	require.NoError(t, err)
	_, err = p.Ask(presence.Holder{ID: []byte{1}})
	assert.NotErrorIs(t, err, presence.ErrNoName)
}
