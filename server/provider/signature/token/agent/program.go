//go:build cgo

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/signature/token"
)

// program answers the browser. It signs for one server only: any page that a
// person has open could ask.
type program struct {
	module *token.Module
	signer signing.Fingerprint
	name   string
	server string
	remote *service
}

// order is what the browser hands over.
type order struct {
	File   string `json:"file"`
	Ticket string `json:"ticket"`
	Place  string `json:"place"`
}

func (p *program) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sign", p.onOrder)
	mux.HandleFunc("POST /file", p.onFile)
	p.remote.handle(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if origin != "" && origin != p.server {
			http.Error(w, "not for this page", http.StatusForbidden)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", p.server)
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
			w.Header().Set("Access-Control-Allow-Private-Network", "true")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// onOrder fetches, signs and sends back.
func (p *program) onOrder(w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<12)).Decode(&o); err != nil || !strings.HasPrefix(o.File, p.server+"/") {
		tell(w, http.StatusBadRequest, "Yêu cầu ký không hợp lệ.")
		return
	}
	if err := p.carryOut(r.Context(), o); err != nil {
		tell(w, http.StatusConflict, words(err))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// onFile signs a file that was fetched by hand.
func (p *program) onFile(w http.ResponseWriter, r *http.Request) {
	file, err := io.ReadAll(io.LimitReader(r.Body, pdf.MaxFile))
	if err == nil {
		file, err = p.sign(r.Context(), file, signing.Signature)
	}
	if err != nil {
		tell(w, http.StatusConflict, words(err))
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	_, _ = w.Write(file)
}

// tell answers in words that the browser shows.
func tell(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"title": text})
}

func words(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Text.VI
	}
	return err.Error()
}

func (p *program) carryOut(ctx context.Context, o order) error {
	file, err := exchange(ctx, http.MethodGet, o, nil)
	if err != nil {
		return err
	}
	kind := signing.Signature
	if o.Place == "initial" {
		kind = signing.Initial
	}
	signed, err := p.sign(ctx, file, kind)
	if err != nil {
		return err
	}
	_, err = exchange(ctx, http.MethodPut, o, signed)
	return err
}

func exchange(ctx context.Context, method string, o order, content []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, o.File, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Congvan-Ticket", o.Ticket)
	r.Header.Set("Content-Type", "application/octet-stream")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, pdf.MaxFile))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %d", method, answer.StatusCode)
	}
	return said, err
}

// sign has the token sign the first empty place of a kind.
func (p *program) sign(ctx context.Context, file []byte, kind signing.PlaceKind) ([]byte, error) {
	at, err := signature.Free(file, kind)
	if err != nil {
		return nil, err
	}
	session, err := p.module.Key(personLabel, personPIN, p.signer)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	now := time.Now()
	out, err := session.Sign(ctx, file, signature.Request{Place: at, Name: p.name, At: now,
		Appearance: signature.Appearance{Lines: []string{p.name, signing.WrittenTime(now)}, Align: signature.Centre}}, nil, signature.StampNever)
	return out.File, err
}
