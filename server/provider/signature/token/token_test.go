//go:build cgo

package token_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/cms"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/token"
	"congvan/server/provider/signature/token/softhsm"
)

const pin = "123456"

// imported puts a key into the device that was made outside of it, as an
// authority's program does.
func imported(t *testing.T, device softhsm.Token, key crypto.Signer, id string, c *x509.Certificate) {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "key.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	out, err := exec.CommandContext(t.Context(), "softhsm2-util", "--import", path, "--token", device.Label, "--label", "khoa", "--id", id, "--pin", pin).CombinedOutput()
	require.NoError(t, err, string(out))
	number, err := strconv.ParseUint(id, 16, 8)
	require.NoError(t, err)
	require.NoError(t, device.Bring(byte(number), c))
}

// The library reads the process's environment and can be opened once in it, so
// all that is proved about devices is proved here, one after the other.
func TestC4b_TheSealLivesInADevice(t *testing.T) {
	device := softhsm.Token{Folder: t.TempDir(), Label: "con-dau", PIN: pin}
	t.Setenv("SOFTHSM2_CONF", device.Settings())
	require.NoError(t, device.Make(t.Context()))

	now := time.Now()
	authority, err := democa.New("CA tập huấn", now)
	require.NoError(t, err)
	subject := democa.Subject{Name: "Con dấu", From: now.Add(-time.Hour), Until: now.AddDate(1, 0, 0)}
	var rsaCertificate *x509.Certificate
	require.NoError(t, device.Generate(0xa1, func(public crypto.PublicKey) ([]*x509.Certificate, error) {
		rsaCertificate, err = authority.Certify(public, subject)
		return []*x509.Certificate{rsaCertificate, authority.Certificate}, err
	}))
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ecCertificate, err := authority.Certify(ecKey.Public(), subject)
	require.NoError(t, err)
	imported(t, device, ecKey, "a2", ecCertificate)

	module, err := token.Open(softhsm.Library)
	require.NoError(t, err)
	defer module.Close()
	for name, c := range map[string]*x509.Certificate{"RSA": rsaCertificate, "ECDSA": ecCertificate} {
		session, err := module.Key("con-dau", pin, sha256.Sum256(c.Raw))
		require.NoError(t, err, name)
		assert.True(t, session.Certificate.Equal(c))
		require.Len(t, session.Chain, 1)
		sum := sha256.Sum256([]byte("nội dung"))
		draft, err := cms.NewDraft(sum[:], session.Certificate, session.Chain)
		require.NoError(t, err)
		var wait sync.WaitGroup
		for range 4 { // several clerks at once
			wait.Go(func() {
				value, err := session.Signer.Sign(rand.Reader, draft.Digest(), cms.Hash)
				assert.NoError(t, err, name)
				_, err = draft.Finish(value, nil)
				assert.NoError(t, err, name)
			})
		}
		wait.Wait()
		_, err = session.Signer.Sign(rand.Reader, sum[:], crypto.SHA512)
		require.Error(t, err)
		require.NoError(t, session.Close())
		_, err = session.Signer.Sign(rand.Reader, sum[:], crypto.SHA256)
		require.ErrorIs(t, err, token.ErrGone, "drawn in the middle")
	}
	_, err = module.Key("con-dau", "000000", sha256.Sum256(rsaCertificate.Raw))
	require.ErrorIs(t, err, token.ErrPIN)
	assert.NotContains(t, err.Error(), "000000")
	_, err = module.Key("con-dau", pin, signing.Fingerprint{1})
	require.ErrorIs(t, err, token.ErrNoKey)
	_, err = module.Key("khac", pin, sha256.Sum256(rsaCertificate.Raw))
	require.ErrorIs(t, err, token.ErrGone)
	require.NoError(t, device.Draw())
	_, err = module.Key("con-dau", pin, sha256.Sum256(rsaCertificate.Raw))
	require.ErrorIs(t, err, token.ErrGone, "drawn")
	require.NoError(t, device.PutBack())
	again, err := module.Key("con-dau", pin, sha256.Sum256(rsaCertificate.Raw))
	require.NoError(t, err, "put back")
	require.NoError(t, again.Close())
	_, err = token.Open("/nonexistent.so")
	require.ErrorIs(t, err, token.ErrModule)
}
