package tsa_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature/cms"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/trust"
	"congvan/server/provider/signature/tsa"
)

const settings = `
[tsa]
default_tsa = here
[here]
dir = .
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/tsa.pem
certs = $dir/ca.pem
signer_key = $dir/key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`

// openssl is a time-stamping authority: openssl's ts behind a small server.
type openssl struct {
	folder string
	anchor *x509.Certificate
	server *httptest.Server
}

func newOpenSSL(t *testing.T) *openssl {
	t.Helper()
	now := time.Now()
	authority, err := democa.New("CA tập huấn", now)
	require.NoError(t, err)
	key, err := authority.Issue(democa.Subject{Name: "TSA tập huấn", From: now.Add(-time.Hour), Until: now.AddDate(1, 0, 0), Stamping: true})
	require.NoError(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(key.Signer)
	require.NoError(t, err)
	o := &openssl{folder: t.TempDir(), anchor: authority.Certificate}
	for name, content := range map[string][]byte{
		"serial": []byte("01\n"), "ts.cnf": []byte(settings),
		"tsa.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: key.Certificate.Raw}),
		"ca.pem":  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate.Raw}),
		"key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(o.folder, name), content, 0o600))
	}
	o.server = httptest.NewServer(http.HandlerFunc(o.answer))
	t.Cleanup(o.server.Close)
	return o
}

func (o *openssl) answer(w http.ResponseWriter, r *http.Request) {
	query, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "no query", http.StatusBadRequest)
		return
	}
	path := filepath.Join(o.folder, "query.tsq")
	if err := os.WriteFile(path, query, 0o600); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	cmd := exec.CommandContext(r.Context(), "openssl", "ts", "-reply", "-config", "ts.cnf", "-queryfile", path)
	cmd.Dir = o.folder
	answer, err := cmd.Output()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(answer)
}

func TestC4_OpenSSLStampsTheTime(t *testing.T) {
	t.Parallel()
	o := newOpenSSL(t)
	authority := tsa.Authority{URL: o.server.URL, Client: o.server.Client()}
	token, err := authority.Stamp(t.Context(), []byte("chữ ký"))
	require.NoError(t, err)
	stamp, err := cms.VerifyStamp(token, []byte("chữ ký"))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), stamp.At, time.Minute)
	judgement := trust.NewAnchors(o.anchor).Judge(stamp.Signature.Certificate, trust.ForStamping, stamp.At, trust.Evidence{Certificates: stamp.Signature.Certificates})
	assert.Equal(t, signing.Trusted, judgement.Validity)
	_, err = cms.VerifyStamp(token, []byte("chữ ký khác"))
	require.ErrorIs(t, err, cms.ErrMismatch)
	for at := range token { // no altered token holds
		broken := append([]byte(nil), token...)
		broken[at] ^= 0x10
		if s, err := cms.VerifyStamp(broken, []byte("chữ ký")); err == nil && !s.At.Equal(stamp.At) {
			t.Fatalf("byte %d altered: another time holds", at)
		}
	}
}

func TestC4_AnAuthorityThatIsAwayOrWrongIsNotBelieved(t *testing.T) {
	t.Parallel()
	o := newOpenSSL(t)
	honest := tsa.Authority{URL: o.server.URL, Client: o.server.Client()}
	_, err := honest.Stamp(t.Context(), []byte("a"))
	require.NoError(t, err)
	recorded, err := exec.CommandContext(t.Context(), "sh", "-c", "cd "+o.folder+" && openssl ts -reply -config ts.cnf -queryfile query.tsq").Output()
	require.NoError(t, err)
	for name, answer := range map[string]http.HandlerFunc{
		"an error":          func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusServiceUnavailable) },
		"nothing":           func(http.ResponseWriter, *http.Request) {},
		"a page":            func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"an old answer":     func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(recorded) },
		"an endless answer": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<20)) },
		"a refusal":         func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{0x30, 5, 0x30, 3, 2, 1, 2}) },
	} {
		server := httptest.NewServer(answer)
		t.Cleanup(server.Close)
		_, err := tsa.Authority{URL: server.URL, Client: server.Client()}.Stamp(t.Context(), []byte("a"))
		require.ErrorIs(t, err, tsa.ErrUnavailable, name)
		assert.Equal(t, fault.Unavailable, fault.KindOf(err), name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = honest.Stamp(ctx, []byte("a"))
	require.ErrorIs(t, err, tsa.ErrUnavailable)
}
