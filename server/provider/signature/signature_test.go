package signature_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
)

func kinds(changes []signature.Change) (out []signing.Change) {
	for _, c := range changes {
		out = append(out, c.Kind)
	}
	return out
}

func TestC4_SignatureThenNumberThenSeal(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	r := o.verify(t, o.issued(t))
	require.Len(t, r.Signatures, 2)
	leader, seal := r.Signatures[0], r.Signatures[1]
	assert.Equal(t, signature.Whole, leader.Integrity, leader.Why)
	assert.Equal(t, signature.Whole, seal.Integrity, seal.Why)
	assert.True(t, leader.Valid() && seal.Valid())
	assert.Equal(t, "Nguyễn Thị Hường", leader.Name)
	assert.Equal(t, signing.Signature, leader.Kind)
	assert.Equal(t, signing.Seal, seal.Kind)
	assert.Equal(t, []signing.Change{signing.FilledNumber, signing.FilledDate, signing.AddedSeal}, kinds(leader.Later))
	assert.Empty(t, seal.Later)
	assert.True(t, seal.Covers)
	assert.False(t, leader.Covers)
	assert.Equal(t, "T", leader.Level)
	assert.Equal(t, now.UTC(), leader.StampedAt.UTC())
	assert.True(t, leader.Training)
	if dump := os.Getenv("DUMP"); dump != "" {
		require.NoError(t, os.WriteFile(dump, o.issued(t), 0o600))
	}
}
