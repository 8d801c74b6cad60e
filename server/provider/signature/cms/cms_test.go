package cms_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
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

func build(t testing.TB) (container []byte, digest [32]byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
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
	container, digest := build(t)
	s, err := cms.Parse(append(container, 0, 0, 0))
	require.NoError(t, err)
	require.NoError(t, s.Verify(digest[:]))
	assert.True(t, s.Named, "the certificate is among what was signed")
	assert.True(t, s.SigningTime.IsZero(), "PAdES has the time in the PDF (ETSI EN 319 142-1, 6.3)")
	assert.Equal(t, "Người ký", s.Certificate.Subject.CommonName)
	digest[0] ^= 1
	require.ErrorIs(t, s.Verify(digest[:]), cms.ErrMismatch)
}

func FuzzParse(f *testing.F) {
	container, digest := build(f)
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
