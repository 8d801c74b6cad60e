package trust_test

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/trust"
)

func TestC4_EvidenceIsCollectedWhileItCanBeHad(t *testing.T) {
	t.Parallel()
	now := time.Now()
	authority, err := democa.New("CA tập huấn", now)
	require.NoError(t, err)
	var revoked []democa.Revoked
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("/crl", func(w http.ResponseWriter, _ *http.Request) {
		list, err := authority.CRL(now, revoked...)
		assert.NoError(t, err)
		_, _ = w.Write(list)
	})
	mux.HandleFunc("/ocsp", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		query, err := ocsp.ParseRequest(body)
		assert.NoError(t, err)
		answer, err := authority.OCSP(now, &x509.Certificate{SerialNumber: query.SerialNumber}, revoked...)
		assert.NoError(t, err)
		_, _ = w.Write(answer)
	})
	issue := func(where democa.Where) *x509.Certificate {
		k, err := authority.Issue(democa.Subject{Name: "Người ký", From: now.Add(-time.Hour), Until: now.AddDate(1, 0, 0), Where: where})
		require.NoError(t, err)
		return k.Certificate
	}
	anchors := trust.NewAnchors(authority.Certificate)
	collector := trust.Collector{Client: server.Client()}
	byOCSP := issue(democa.Where{OCSP: server.URL + "/ocsp", CRL: server.URL + "/crl"})
	byList := issue(democa.Where{CRL: server.URL + "/crl"})
	fallback := issue(democa.Where{OCSP: server.URL + "/missing", CRL: server.URL + "/crl"})
	for name, c := range map[string]*x509.Certificate{"ocsp": byOCSP, "list": byList, "fallback": fallback} {
		judged := anchors.Judge(c, trust.ForSigning, now, trust.Evidence{})
		require.Equal(t, signing.Trusted, judged.Validity, name)
		assert.Equal(t, trust.Unproved, judged.Revocation, name)
		found, err := collector.Collect(t.Context(), judged.Chain)
		require.NoError(t, err, name)
		assert.Len(t, found.OCSPs, map[string]int{"ocsp": 1}[name], name)
		assert.Len(t, found.CRLs, 1-map[string]int{"ocsp": 1}[name], name)
		assert.Equal(t, trust.NotRevoked, anchors.Judge(c, trust.ForSigning, now, found).Revocation, name)
	}
	revoked = append(revoked, democa.Revoked{Certificate: byOCSP, At: now}, democa.Revoked{Certificate: byList, At: now})
	for _, c := range []*x509.Certificate{byOCSP, byList} {
		found, err := collector.Collect(t.Context(), []*x509.Certificate{c, authority.Certificate})
		require.NoError(t, err)
		assert.Equal(t, signing.Revoked, anchors.Judge(c, trust.ForSigning, now.Add(time.Second), found).Validity)
		assert.Equal(t, signing.Trusted, anchors.Judge(c, trust.ForSigning, now.Add(-time.Minute), found).Validity, "before it was revoked")
	}
	_, err = collector.Collect(t.Context(), []*x509.Certificate{issue(democa.Where{}), authority.Certificate})
	require.Error(t, err, "what cannot be had is told")
}

func TestC4_WordOfOthersIsNotEvidence(t *testing.T) {
	t.Parallel()
	now := time.Now()
	authority, err := democa.New("CA tập huấn", now)
	require.NoError(t, err)
	impostor, err := democa.New("CA tập huấn", now) // of the same name
	require.NoError(t, err)
	k, err := authority.Issue(democa.Subject{Name: "Người ký", From: now.Add(-time.Hour), Until: now.AddDate(1, 0, 0)})
	require.NoError(t, err)
	list, err := impostor.CRL(now, democa.Revoked{Certificate: k.Certificate, At: now})
	require.NoError(t, err)
	answer, err := impostor.OCSP(now, k.Certificate, democa.Revoked{Certificate: k.Certificate, At: now})
	require.NoError(t, err)
	old, err := authority.CRL(now.AddDate(0, 0, -30))
	require.NoError(t, err)
	evidence := trust.Evidence{CRLs: [][]byte{list, old, {1, 2, 3}}, OCSPs: [][]byte{answer, nil}}
	judged := trust.NewAnchors(authority.Certificate).Judge(k.Certificate, trust.ForSigning, now.Add(time.Minute), evidence)
	assert.Equal(t, signing.Trusted, judged.Validity)
	assert.Equal(t, trust.Unproved, judged.Revocation, "an old list proves nothing for now")
}

func TestC4_AnchorsAreRead(t *testing.T) {
	t.Parallel()
	authority, err := democa.New("CA tập huấn", time.Now())
	require.NoError(t, err)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate.Raw})
	for _, data := range [][]byte{authority.Certificate.Raw, block, append(append([]byte("# gốc\n"), block...), block...)} {
		anchors, err := trust.ReadAnchors(data)
		require.NoError(t, err)
		assert.True(t, anchors.Certificates()[0].Equal(authority.Certificate))
	}
	for _, data := range []string{"", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		_, err := trust.ReadAnchors([]byte(data))
		require.ErrorIs(t, err, trust.ErrAnchors)
	}
}
