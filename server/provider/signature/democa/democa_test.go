package democa_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
)

func TestN10_EverythingOfTheTrainingAuthoritySaysSo(t *testing.T) {
	t.Parallel()
	now := time.Now()
	authority, err := democa.New("CA tập huấn", now)
	require.NoError(t, err)
	for _, stamping := range []bool{false, true} {
		k, err := authority.Issue(democa.Subject{Name: "Người ký", Agency: "UBND", From: now, Until: now.AddDate(1, 0, 0), Stamping: stamping})
		require.NoError(t, err)
		assert.Contains(t, k.Certificate.Subject.OrganizationalUnit, signature.TrainingMark)
		assert.Contains(t, k.Certificate.Issuer.OrganizationalUnit, signature.TrainingMark)
		assert.False(t, k.Certificate.IsCA)
		require.NoError(t, k.Certificate.CheckSignatureFrom(authority.Certificate))
	}
}
