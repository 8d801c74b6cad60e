//go:build cgo

package main

import (
	"crypto"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"sync"

	"congvan/server/provider/signature"
)

// service is a signing service (Cloud Signature Consortium, version 2) that
// holds one key and asks for a PIN before each leave.
type service struct {
	key     signature.Key
	mutex   sync.Mutex
	left    int
	allowed [][]byte
}

const (
	servicePIN   = "482913"
	serviceTries = 3
	leave        = "duoc-ky"
)

func (s *service) handle(mux *http.ServeMux) {
	mux.HandleFunc("POST /csc/v2/credentials/info", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{
			"key":       map[string]any{"status": "enabled"},
			"cert":      map[string]any{"status": "valid", "certificates": [][]byte{s.key.Certificate.Raw, s.key.Chain[0].Raw}},
			"auth":      map[string]any{"mode": "explicit", "expression": "PIN", "objects": []map[string]any{{"type": "Password", "id": "PIN", "format": "N"}}},
			"multisign": 10,
		})
	})
	mux.HandleFunc("POST /csc/v2/credentials/authorize", s.authorize)
	mux.HandleFunc("POST /csc/v2/signatures/signHash", s.signHash)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (s *service) authorize(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Hashes   [][]byte
		AuthData []struct{ ID, Value string }
	}
	_ = json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&q)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if len(q.AuthData) != 1 || q.AuthData[0].ID != "PIN" || q.AuthData[0].Value != servicePIN {
		s.left--
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]any{"error": "invalid_pin", "remainingAttempts": s.left})
		return
	}
	s.left, s.allowed = serviceTries, q.Hashes
	answer(w, map[string]any{"SAD": leave})
}

func (s *service) signHash(w http.ResponseWriter, r *http.Request) {
	var q struct{ SAD string }
	_ = json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&q)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var values [][]byte
	for _, digest := range s.allowed {
		value, err := s.key.Signer.Sign(rand.Reader, digest, crypto.SHA256)
		if err != nil || q.SAD != leave {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		values = append(values, value)
	}
	s.allowed = nil
	answer(w, map[string]any{"signatures": values})
}
