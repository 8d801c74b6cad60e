package softkey

import (
	"encoding/asn1"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSoftkey_EndlessRoundsAreRefused(t *testing.T) {
	t.Parallel()
	type parameters struct {
		Salt   []byte
		Rounds int
	}
	for rounds, want := range map[int]bool{2048: true, maxIterations: true, maxIterations + 1: false, 1 << 31: false} {
		inner, err := asn1.Marshal(parameters{Salt: []byte{0x30, 1}, Rounds: rounds})
		require.NoError(t, err)
		outer, err := asn1.Marshal(struct{ Content []byte }{inner})
		require.NoError(t, err)
		assert.Equal(t, want, bounded(outer, 0), rounds)
	}
	assert.False(t, bounded([]byte{1, 2, 3}, 0))
}
