//go:build cgo

package token_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/miekg/pkcs11"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/cms"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/token"
)

const (
	library = "/usr/lib/softhsm/libsofthsm2.so"
	pin     = "123456"
)

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	require.NoError(t, err, string(out))
}

// put brings a key and its certificate into the device, as an authority's
// program does.
func put(t *testing.T, key crypto.Signer, id string, certificates ...*x509.Certificate) {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "key.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	run(t, "softhsm2-util", "--import", path, "--token", "con-dau", "--label", "khoa", "--id", id, "--pin", pin)
	ctx := pkcs11.New(library)
	require.NotNil(t, ctx)
	defer ctx.Destroy()
	require.NoError(t, ctx.Initialize())
	defer ctx.Finalize()
	slots, err := ctx.GetSlotList(true)
	require.NoError(t, err)
	session, err := ctx.OpenSession(slots[0], pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	require.NoError(t, err)
	require.NoError(t, ctx.Login(session, pkcs11.CKU_USER, pin))
	for i, c := range certificates {
		own := []byte{0xff, byte(i)}
		if i == 0 {
			_, err = fmt.Sscanf(id, "%x", &own)
			require.NoError(t, err)
		}
		_, err = ctx.CreateObject(session, []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE), pkcs11.NewAttribute(pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKC_X_509),
			pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_VALUE, c.Raw), pkcs11.NewAttribute(pkcs11.CKA_ID, own),
			pkcs11.NewAttribute(pkcs11.CKA_SUBJECT, c.RawSubject),
		})
		require.NoError(t, err)
	}
}

// The library reads the process's environment and can be opened once in it, so
// all that is proved about devices is proved here, one after the other.
func TestC4b_TheSealLivesInADevice(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "tokens"), 0o700))
	settings := filepath.Join(folder, "softhsm2.conf")
	require.NoError(t, os.WriteFile(settings, []byte("directories.tokendir = "+filepath.Join(folder, "tokens")+"\nobjectstore.backend = file\nlog.level = ERROR\n"), 0o600))
	t.Setenv("SOFTHSM2_CONF", settings)
	run(t, "softhsm2-util", "--init-token", "--free", "--label", "con-dau", "--so-pin", "87654321", "--pin", pin)

	now := time.Now()
	authority, err := democa.New("CA tập huấn", now)
	require.NoError(t, err)
	subject := democa.Subject{Name: "Con dấu", From: now.Add(-time.Hour), Until: now.AddDate(1, 0, 0)}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	rsaCertificate, err := authority.Certify(rsaKey.Public(), subject)
	require.NoError(t, err)
	ecCertificate, err := authority.Certify(ecKey.Public(), subject)
	require.NoError(t, err)
	put(t, rsaKey, "a1", rsaCertificate, authority.Certificate)
	put(t, ecKey, "a2", ecCertificate)

	module, err := token.Open(library)
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
	_, err = token.Open("/nonexistent.so")
	require.ErrorIs(t, err, token.ErrModule)
}
