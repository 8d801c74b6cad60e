package remote_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/cms"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/remote"
	"congvan/server/provider/signature/trust"
)

// service is a small signing service that really signs, and takes its time:
// the person confirms at the third asking, the signature is there at the second.
type service struct {
	t        *testing.T
	key      signature.Key
	asked    atomic.Int32
	polled   atomic.Int32
	wait     atomic.Int32
	mistaken atomic.Bool // it signs something else
	mu       sync.Mutex
	digests  [][]byte
}

const (
	accessToken = "quyen-truy-cap"
	pin         = "482913"
)

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q struct {
		CredentialID, SAD, Handle, ResponseID, OperationMode string
		Hashes                                               [][]byte
		AuthData                                             []struct{ ID, Value string }
	}
	if r.Header.Get("Authorization") != "Bearer "+accessToken || json.NewDecoder(r.Body).Decode(&q) != nil {
		http.Error(w, `{"error":"invalid_request"}`, http.StatusUnauthorized)
		return
	}
	answer := map[string]any{}
	switch strings.TrimPrefix(r.URL.Path, "/csc/v2/") {
	case "credentials/info":
		answer["key"] = map[string]any{"status": "enabled", "algo": []string{"1.2.840.113549.1.1.11"}}
		answer["cert"] = map[string]any{"status": "valid", "certificates": [][]byte{s.key.Certificate.Raw, s.key.Chain[0].Raw}}
		answer["auth"] = map[string]any{"mode": "explicit"}
	case "credentials/authorize":
		if len(q.AuthData) != 1 || q.AuthData[0].Value != pin {
			http.Error(w, `{"error":"invalid_pin","error_description":"`+q.AuthData[0].Value+`"}`, http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		s.digests = q.Hashes
		s.mu.Unlock()
		answer["handle"] = "cho-xac-nhan"
	case "credentials/authorizeCheck":
		if q.Handle != "cho-xac-nhan" || s.asked.Add(1) <= s.wait.Load() {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		answer["SAD"] = "duoc-ky"
	case "signatures/signHash":
		if q.SAD != "duoc-ky" || len(q.Hashes) != 1 || !bytes.Equal(q.Hashes[0], s.digest()) || q.OperationMode != "A" {
			http.Error(w, `{"error":"invalid_request"}`, http.StatusBadRequest)
			return
		}
		answer["responseID"] = "dang-ky"
	case "signatures/signPolling":
		if s.polled.Add(1) < 2 {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		digest := s.digest()
		if s.mistaken.Load() {
			digest = make([]byte, len(digest))
		}
		value, err := s.key.Signer.Sign(rand.Reader, digest, crypto.SHA256)
		assert.NoError(s.t, err)
		answer["signatures"] = [][]byte{value}
	default:
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// digest is what leave was last given for. A request whose caller has gone may
// still be at work here.
func (s *service) digest() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.digests[0]
}

func newService(t *testing.T) (*service, remote.Service, trust.Anchors) {
	t.Helper()
	authority, err := democa.New("CA tập huấn", time.Now())
	require.NoError(t, err)
	key, err := authority.Issue(democa.Subject{Name: "Nguyễn Thị Hường", From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(1, 0, 0)})
	require.NoError(t, err)
	s := &service{t: t, key: key}
	s.wait.Store(2)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	token := func(context.Context) (string, error) { return accessToken, nil }
	return s, remote.Service{URL: server.URL + "/csc/v2", Token: token, Client: server.Client()}, trust.NewAnchors(authority.Certificate)
}

func begin(t *testing.T, c remote.Credential) signature.Pending {
	t.Helper()
	draft, err := os.ReadFile("../../text/testdata/linearized.pdf")
	require.NoError(t, err)
	place := signing.Place{Kind: signing.Signature, Ordinal: 1}
	file, err := signature.Prepare(draft, []signature.Reservation{{Place: place, Page: 1, Box: signing.Box{Left: 100, Bottom: 100, Right: 200, Top: 150}}})
	require.NoError(t, err)
	p, err := signature.Begin(file, signature.Request{Place: place, Certificate: c.Certificate, Chain: c.Chain, At: time.Now()})
	require.NoError(t, err)
	return p
}

func TestC4b_AServiceSignsInItsTime(t *testing.T) {
	t.Parallel()
	_, client, anchors := newService(t)
	c, err := client.Credential(t.Context(), "huong")
	require.NoError(t, err)
	assert.Equal(t, []string{"PIN"}, c.Asks)
	p := begin(t, c)
	value, err := client.Sign(t.Context(), c, p, remote.Secrets{"PIN": pin}, "05/CT-UBND", time.Millisecond)
	require.NoError(t, err)
	file, err := p.Finish(value, nil)
	require.NoError(t, err)
	r, err := signature.Verify(file, signature.Options{Anchors: anchors, Now: time.Now()})
	require.NoError(t, err)
	require.Len(t, r.Signatures, 1)
	assert.True(t, r.Signatures[0].Valid())
}

func TestC4b_AServiceThatRefusesLeaksNothing(t *testing.T) {
	t.Parallel()
	s, client, _ := newService(t)
	c, err := client.Credential(t.Context(), "huong")
	require.NoError(t, err)
	p := begin(t, c)
	_, err = client.Sign(t.Context(), c, p, remote.Secrets{"PIN": "999111"}, "", time.Millisecond)
	var wrong *fault.Error
	require.ErrorAs(t, err, &wrong)
	require.Len(t, wrong.Fields, 1)
	assert.Equal(t, "PIN", wrong.Fields[0].Name)
	assert.NotContains(t, err.Error(), "999111")
	assert.NotContains(t, err.Error(), accessToken)

	s.wait.Store(1 << 30)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = client.Sign(ctx, c, p, remote.Secrets{"PIN": pin}, "", time.Millisecond)
	require.Error(t, err, "the person never confirms")

	s.wait.Store(0)
	s.mistaken.Store(true)
	value, err := client.Sign(t.Context(), c, p, remote.Secrets{"PIN": pin}, "", time.Millisecond)
	require.NoError(t, err)
	_, err = p.Finish(value, nil)
	require.ErrorIs(t, err, cms.ErrMismatch, "a signature over something else is not taken")

	for name, answer := range map[string]http.HandlerFunc{
		"an error": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusBadGateway) },
		"a page":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"endless":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2<<20)) },
	} {
		server := httptest.NewServer(answer)
		t.Cleanup(server.Close)
		client.URL, client.Client = server.URL, server.Client()
		_, err = client.Credential(t.Context(), "huong")
		require.ErrorIs(t, err, remote.ErrAway, name)
	}
}
