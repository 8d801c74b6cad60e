package cms_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/provider/signature/cms"
)

// newKeys makes one key of each kind.
func newKeys(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	prime, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return map[string]crypto.Signer{"ECDSA": elliptical, "RSA": prime}
}

func build(t testing.TB, key crypto.Signer) (container []byte, digest [32]byte) {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Người ký"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	digest = sha256.Sum256([]byte("nội dung"))
	draft, err := cms.NewDraft(digest[:], certificate, []*x509.Certificate{certificate})
	require.NoError(t, err)
	value, err := key.Sign(rand.Reader, draft.Digest(), cms.Hash)
	require.NoError(t, err)
	container, err = draft.Finish(value, nil)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(container), draft.Size())
	return container, digest
}

func TestC4_WhatIsBuiltIsRead(t *testing.T) {
	t.Parallel()
	for name, key := range newKeys(t) {
		container, digest := build(t, key)
		s, err := cms.Parse(append(container, 0, 0, 0))
		require.NoError(t, err, name)
		require.NoError(t, s.Verify(digest[:]), name)
		assert.True(t, s.Named, "the certificate is among what was signed")
		assert.True(t, s.SigningTime.IsZero(), "PAdES has the time in the PDF (ETSI EN 319 142-1, 6.3)")
		assert.Equal(t, "Người ký", s.Certificate.Subject.CommonName)
		digest[0] ^= 1
		require.ErrorIs(t, s.Verify(digest[:]), cms.ErrMismatch, name)
	}
}

// Everything that the signer's key speaks for: what was signed, the signature
// itself, and by the certificate's hash the certificate.
func TestC4_NoByteOfAContainerCanBeChanged(t *testing.T) {
	t.Parallel()
	for name, key := range newKeys(t) {
		container, digest := build(t, key)
		whole, err := cms.Parse(container)
		require.NoError(t, err)
		for at := range container {
			broken := bytes.Clone(container)
			broken[at] ^= 1
			s, err := cms.Parse(broken)
			if err != nil || s.Verify(digest[:]) != nil {
				continue
			}
			// What is left are versions and the list of digests, which say nothing.
			assert.Equal(t, whole.Value, s.Value, "%s: byte %d", name, at)
			assert.Equal(t, whole.Certificate.Raw, s.Certificate.Raw, "%s: byte %d", name, at)
			assert.True(t, s.Named, "%s: byte %d", name, at)
		}
		for at := range len(whole.Value) {
			broken := bytes.Replace(container, whole.Value, flip(whole.Value, at), 1)
			if s, err := cms.Parse(broken); err == nil {
				require.Error(t, s.Verify(digest[:]), "%s: byte %d of the signature", name, at)
			}
		}
	}
}

func flip(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

func FuzzParse(f *testing.F) {
	container, digest := build(f, newKeys(f)["ECDSA"])
	f.Add(container)
	f.Add([]byte{0x30, 0x80, 0x24, 0x80, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := cms.Parse(data)
		if err != nil {
			return
		}
		if s.Verify(digest[:]) == nil && !s.Named {
			t.Fatal("a signature without its certificate holds")
		}
		_, _ = cms.VerifyStamp(data, container)
	})
}
