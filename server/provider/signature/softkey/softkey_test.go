package softkey_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/softkey"
)

func newKey(t *testing.T) signature.Key {
	t.Helper()
	authority, err := democa.New("CA tập huấn", time.Now())
	require.NoError(t, err)
	k, err := authority.Issue(democa.Subject{Name: "Người ký", From: time.Now(), Until: time.Now().AddDate(1, 0, 0)})
	require.NoError(t, err)
	return k
}

func TestSoftkey_IsKeptUnderASecret(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	secret := bytes.Repeat([]byte{7}, 32)
	kept, err := softkey.Lock(k, secret)
	require.NoError(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(k.Signer)
	require.NoError(t, err)
	assert.False(t, bytes.Contains(kept, raw[len(raw)/2:len(raw)/2+32]), "nothing of the key is in clear")
	back, err := softkey.Unlock(kept, secret)
	require.NoError(t, err)
	assert.Equal(t, k.Certificate.Raw, back.Certificate.Raw)
	assert.Len(t, back.Chain, 1)
	_, err = softkey.Unlock(kept, bytes.Repeat([]byte{8}, 32))
	require.ErrorIs(t, err, softkey.ErrPassword)
	_, err = softkey.Lock(k, nil)
	require.Error(t, err)
}

func TestSoftkey_FilesOfOpenSSLAreRead(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	raw, err := x509.MarshalPKCS8PrivateKey(k.Signer)
	require.NoError(t, err)
	folder := t.TempDir()
	both := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Certificate.Raw})...)
	in := filepath.Join(folder, "in.pem")
	require.NoError(t, os.WriteFile(in, both, 0o600))
	for name, args := range map[string][]string{
		"today's": nil,
		"old":     {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"},
	} {
		out := filepath.Join(folder, "out.p12")
		said, err := exec.CommandContext(t.Context(), "openssl", append([]string{"pkcs12", "-export", "-in", in, "-out", out, "-passout", "pass:Mật khẩu"}, args...)...).CombinedOutput()
		require.NoError(t, err, string(said))
		file, err := os.ReadFile(out)
		require.NoError(t, err)
		back, err := softkey.Open(file, "Mật khẩu")
		require.NoError(t, err, name)
		assert.True(t, back.Certificate.Equal(k.Certificate))
		_, err = softkey.Open(file, "sai")
		require.ErrorIs(t, err, softkey.ErrPassword, name)
	}
	for _, file := range [][]byte{nil, []byte("x"), make([]byte, 2<<20)} {
		_, err := softkey.Open(file, "")
		require.ErrorIs(t, err, softkey.ErrFile)
	}
}
