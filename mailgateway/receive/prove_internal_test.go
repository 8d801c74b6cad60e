package receive

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/exchange"
)

// TestK_OurOwnCheckOfDKIMTellsWhoReallySent signs a mail as its domain does.
func TestK_OurOwnCheckOfDKIMTellsWhoReallySent(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	mail := "From: Sở <vt@so.example>\r\nSubject: Kế hoạch\r\n\r\nKính gửi\r\n"
	var signed bytes.Buffer
	require.NoError(t, dkim.Sign(&signed, strings.NewReader(mail), &dkim.SignOptions{Domain: "so.example", Selector: "s", Signer: crypto.Signer(private), Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed}))
	key := func(string) ([]string, error) {
		return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
	}
	check := func(raw string, lookup func(string) ([]string, error)) ([]exchange.DomainProof, error) {
		return prove(io.NopCloser(strings.NewReader(raw)), lookup)
	}
	proofs, err := check(signed.String(), key)
	require.NoError(t, err)
	assert.Equal(t, []exchange.DomainProof{{Domain: "so.example", Result: "pass"}}, proofs)
	proofs, err = check(strings.Replace(signed.String(), "Kính", "Kinh", 1), key)
	require.NoError(t, err)
	assert.Equal(t, []exchange.DomainProof{{Domain: "so.example", Result: "fail"}}, proofs)
	proofs, err = check(mail, key)
	require.NoError(t, err)
	assert.Empty(t, proofs)
	_, err = check(signed.String(), func(string) ([]string, error) { return nil, errors.New("no route") })
	require.ErrorIs(t, err, errNames, "tried again later")
	proofs, err = check(signed.String(), func(name string) ([]string, error) {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	})
	require.NoError(t, err)
	assert.Equal(t, "error", proofs[0].Result)
}

// A store that broke off is no mail without a signature: it is tried again.
func TestK_AMailThatCouldNotBeReadIsNotUnsigned(t *testing.T) {
	t.Parallel()
	broken := errors.New("the line broke")
	half := io.MultiReader(strings.NewReader("From: a@so.example\r\nDKIM-Sig"), iotest.ErrReader(broken))
	_, err := prove(half, func(string) ([]string, error) { return nil, nil })
	require.ErrorIs(t, err, broken)
}
