package command

import (
	"crypto"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/config"
	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/trust"
)

// serviceOf is a signing service that holds one key, as one behind a SIM does:
// the person's phone has confirmed by the time it answers.
func serviceOf(t *testing.T, key signature.Key) *httptest.Server {
	t.Helper()
	var mu sync.Mutex
	var allowed [][]byte
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }
	mux.HandleFunc("/csc/v2/credentials/info", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"key": map[string]any{"status": "enabled", "algo": []string{"1.2.840.113549.1.1.11"}},
			"cert": map[string]any{"status": "valid", "certificates": [][]byte{key.Certificate.Raw, key.Chain[0].Raw}}, "auth": map[string]any{"mode": "implicit"}})
	})
	mux.HandleFunc("/csc/v2/credentials/authorize", func(w http.ResponseWriter, r *http.Request) {
		var q struct{ Hashes [][]byte }
		if json.NewDecoder(r.Body).Decode(&q) != nil {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		mu.Lock()
		allowed = q.Hashes
		mu.Unlock()
		say(w, map[string]any{"SAD": "duoc-ky"})
	})
	mux.HandleFunc("/csc/v2/signatures/signHash", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		digest := allowed[0]
		mu.Unlock()
		value, err := key.Signer.Sign(rand.Reader, digest, crypto.SHA256)
		if err != nil {
			http.Error(w, "{}", http.StatusInternalServerError)
			return
		}
		say(w, map[string]any{"signatures": [][]byte{value}})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func TestC4b_APersonsKeyAtAServiceSignsAsTheServerIsWired(t *testing.T) {
	t.Parallel()
	authority, err := democa.New("CA thử", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	issue := func(name string) signature.Key {
		key, err := authority.Issue(democa.Subject{Name: name, From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(1, 0, 0)})
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	own, another := issue("Người ký"), issue("Người khác")
	k := &keyring{cfg: config.Config{RemoteSigningURL: serviceOf(t, own).URL + "/csc/v2"}, policy: signature.StampNever,
		anchors: trust.NewAnchors(authority.Certificate), stampers: trust.NewAnchors(authority.Certificate)}
	place := signing.Place{Kind: signing.Signature, Ordinal: 1}
	file, err := signature.Prepare([]byte(emptyPage), []signature.Reservation{{Place: place, Page: 1, Box: signing.Box{Left: 100, Bottom: 100, Right: 200, Top: 150}}})
	if err != nil {
		t.Fatal(err)
	}
	task := func(key signature.Key) outgoing.SignTask {
		return outgoing.SignTask{File: file, Place: place, Name: "Người ký", Certificate: signing.Certificate{Provider: signing.Remote, Reference: "sim",
			Chain: [][]byte{key.Certificate.Raw, key.Chain[0].Raw}}}
	}
	signed, err := k.sign(t.Context(), task(own))
	if err != nil || !strings.HasPrefix(string(signed), string(file)) {
		t.Fatal(err)
	}
	r, _, err := k.judged(t.Context(), signed)
	if err != nil || len(r.Signatures) != 1 || !r.Signatures[0].Valid() || r.Signatures[0].Kind != signing.Signature {
		t.Errorf("%+v %v", r, err)
	}
	var f *fault.Error
	if _, err := k.sign(t.Context(), task(another)); !errors.As(err, &f) || f.Code != "remote_credential" {
		t.Errorf("the key of somebody else: %v", err)
	}
	k.cfg.RemoteSigningURL = ""
	if _, err := k.sign(t.Context(), task(own)); !errors.As(err, &f) || f.Code != "no_remote_service" {
		t.Errorf("without a service: %v", err)
	}
}
