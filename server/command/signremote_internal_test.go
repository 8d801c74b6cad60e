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
func serviceOf(t *testing.T, key signature.Key, auth map[string]any) *httptest.Server {
	t.Helper()
	var mu sync.Mutex
	var allowed [][]byte
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }
	mux.HandleFunc("/csc/v2/credentials/info", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"key": map[string]any{"status": "enabled", "algo": []string{"1.2.840.113549.1.1.11"}},
			"cert": map[string]any{"status": "valid", "certificates": [][]byte{key.Certificate.Raw, key.Chain[0].Raw}}, "auth": auth, "multisign": 2})
	})
	mux.HandleFunc("/csc/v2/credentials/authorize", func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Hashes   [][]byte
			AuthData []struct{ ID, Value string }
		}
		if json.NewDecoder(r.Body).Decode(&q) != nil {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		if auth["mode"] == "explicit" && (len(q.AuthData) != 1 || q.AuthData[0].Value != servicePIN) {
			http.Error(w, `{"error":"invalid_pin","remainingAttempts":`+q.AuthData[0].Value[:1]+`}`, http.StatusBadRequest)
			return
		}
		mu.Lock()
		allowed = q.Hashes
		mu.Unlock()
		say(w, map[string]any{"SAD": "duoc-ky"})
	})
	mux.HandleFunc("/csc/v2/signatures/signHash", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		digests := allowed
		mu.Unlock()
		var values [][]byte
		for _, digest := range digests {
			value, err := key.Signer.Sign(rand.Reader, digest, crypto.SHA256)
			if err != nil {
				http.Error(w, "{}", http.StatusInternalServerError)
				return
			}
			values = append(values, value)
		}
		say(w, map[string]any{"signatures": values})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

const servicePIN = "482913"

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
	k := &keyring{cfg: config.Config{RemoteSigningURL: serviceOf(t, own, map[string]any{"mode": "implicit"}).URL + "/csc/v2"}, policy: signature.StampNever,
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

func TestC4b_AServiceThatAsksGetsWhatWasTypedForAWholeBatch(t *testing.T) {
	t.Parallel()
	authority, err := democa.New("CA thử", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key, err := authority.Issue(democa.Subject{Name: "Người ký", From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(1, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	asks := map[string]any{"mode": "explicit", "objects": []map[string]any{{"type": "Password", "id": "PIN", "format": "N"}}}
	k := &keyring{cfg: config.Config{RemoteSigningURL: serviceOf(t, key, asks).URL + "/csc/v2"}, policy: signature.StampNever,
		anchors: trust.NewAnchors(authority.Certificate), stampers: trust.NewAnchors(authority.Certificate)}
	added, err := k.keys().Remote(t.Context(), "sim")
	if err != nil || len(added.Asks) != 1 || added.Asks[0] != "PIN" {
		t.Fatalf("%v %v", added.Asks, err)
	}
	place := signing.Place{Kind: signing.Signature, Ordinal: 1}
	file, err := signature.Prepare([]byte(emptyPage), []signature.Reservation{{Place: place, Page: 1, Box: signing.Box{Left: 100, Bottom: 100, Right: 200, Top: 150}}})
	if err != nil {
		t.Fatal(err)
	}
	one := outgoing.SignTask{File: file, Place: place, Name: "Người ký", Certificate: signing.Certificate{Provider: signing.Remote, Reference: "sim",
		Chain: [][]byte{key.Certificate.Raw, key.Chain[0].Raw}}}
	var f *fault.Error
	if _, err := k.sign(t.Context(), one); !errors.As(err, &f) || f.Code != "remote_asks" {
		t.Errorf("without having been asked: %v", err)
	}
	for typed, want := range map[string]string{"211111": "Mã PIN không đúng; còn 2 lần thử.", "011111": "Dịch vụ ký từ xa đã khóa khóa này vì nhập sai quá nhiều lần."} {
		files, err := k.signAsked(t.Context(), []outgoing.SignTask{one, one}, map[string]string{"PIN": typed})
		if !errors.As(err, &f) || len(files) != 0 || strings.Contains(err.Error(), typed) {
			t.Fatalf("%d files: %v", len(files), err)
		}
		said := f.Text.VI
		if len(f.Fields) == 1 {
			said = f.Fields[0].Text.VI
		}
		if said != want {
			t.Errorf("it says %q, want %q", said, want)
		}
	}
	files, err := k.signAsked(t.Context(), []outgoing.SignTask{one, one, one}, map[string]string{"PIN": servicePIN})
	if err != nil || len(files) != 3 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, signed := range files {
		if r, _, err := k.judged(t.Context(), signed); err != nil || len(r.Signatures) != 1 || !r.Signatures[0].Valid() {
			t.Errorf("%+v %v", r, err)
		}
	}
}
