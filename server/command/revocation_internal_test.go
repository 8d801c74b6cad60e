package command

import (
	"bytes"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"congvan/server/config"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/trust"
)

// asked is an authority that is asked over the network.
type asked struct {
	*democa.Authority
	server  *httptest.Server
	revoked []democa.Revoked // set before anybody asks
}

func newAsked(t *testing.T) *asked {
	t.Helper()
	authority, err := democa.New("CA thử", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	a := &asked{Authority: authority}
	mux := http.NewServeMux()
	mux.HandleFunc("/ocsp", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		query, err := ocsp.ParseRequest(body)
		if err != nil {
			http.Error(w, "no question", http.StatusBadRequest)
			return
		}
		answer, err := authority.OCSP(time.Now(), &x509.Certificate{SerialNumber: query.SerialNumber}, a.revoked...)
		if err == nil {
			_, _ = w.Write(answer)
		}
	})
	a.server = httptest.NewServer(mux)
	t.Cleanup(a.server.Close)
	return a
}

// emptyPage is a PDF of one page with nothing on it.
const emptyPage = "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n" +
	"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n \n" +
	"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n169\n%%EOF\n"

// signed gives a PDF signed with a new key of the authority.
func (a *asked) signed(t *testing.T) ([]byte, signature.Key) {
	t.Helper()
	key, err := a.Issue(democa.Subject{Name: "Người ký", From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(1, 0, 0),
		Where: democa.Where{OCSP: a.server.URL + "/ocsp"}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := key.Sign(t.Context(), []byte(emptyPage), signature.Request{Name: "Người ký", At: time.Now()}, nil, signature.StampNever)
	if err != nil {
		t.Fatal(err)
	}
	return out.File, key
}

func TestC4_WhatAnAuthorityOnceSaidIsKnownWithoutTheInternet(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	file, _ := a.signed(t)
	spoiled, bad := a.signed(t)
	a.revoked = []democa.Revoked{{Certificate: bad.Certificate, At: time.Now().Add(-time.Minute)}}
	k := &keyring{cfg: config.Config{CollectEvidence: true}, anchors: trust.NewAnchors(a.Certificate), stampers: trust.NewAnchors(a.Certificate),
		known: trust.Cache{Dir: t.TempDir()}, asking: a.server.Client()}
	offline := *k
	offline.cfg.CollectEvidence = false
	look := func(k *keyring, file []byte) trust.Judgement {
		t.Helper()
		r, _, err := k.judged(t.Context(), file)
		if err != nil || len(r.Signatures) != 1 {
			t.Fatalf("%+v %v", r, err)
		}
		return r.Signatures[0].Judgement
	}
	if j := look(&offline, file); j.Validity != signing.Trusted || j.Revocation != trust.Unproved {
		t.Fatalf("before anybody was asked: %+v", j)
	}
	if j := look(k, file); j.Revocation != trust.NotRevoked {
		t.Fatalf("asked: %+v", j)
	}
	if j := look(k, spoiled); j.Validity != signing.Revoked {
		t.Fatalf("asked about a revoked one: %+v", j)
	}
	a.server.Close() // the Internet is gone
	if j := look(&offline, file); j.Revocation != trust.NotRevoked {
		t.Errorf("without the Internet: %+v", j)
	}
	if j := look(k, spoiled); j.Validity != signing.Revoked {
		t.Errorf("a revoked one without the Internet: %+v", j)
	}
	// Another's word is not believed: nothing is known of who is not trusted.
	stranger := newAsked(t)
	other, _ := stranger.signed(t)
	if j := look(k, other); j.Validity != signing.Unknown {
		t.Errorf("of an unknown authority: %+v", j)
	}
}

// The command knows what the installation was once told, and whom it trusts.
func TestC8_TheCommandJudgesAsThePageDoes(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	good, _ := a.signed(t)
	spoiled, bad := a.signed(t)
	a.revoked = []democa.Revoked{{Certificate: bad.Certificate, At: time.Now().Add(-time.Minute)}}
	data := t.TempDir()
	anchor := filepath.Join(data, "ca.pem")
	if err := writeAnchor(anchor, a.Certificate); err != nil {
		t.Fatal(err)
	}
	installed := config.Config{Data: data, TrustAnchors: anchor}
	asks := installed
	asks.CollectEvidence = true
	page := &keyring{cfg: asks, known: knownRevocations(asks), asking: a.server.Client()}
	if err := page.trust(); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"good": good, "revoked": spoiled} {
		path := filepath.Join(t.TempDir(), name+".pdf")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := page.judge(t.Context(), file) // which the answer is kept of
		if err != nil || len(said.Signatures) != 1 {
			t.Fatalf("%+v %v", said, err)
		}
		var out bytes.Buffer
		err = verify(t.Context(), path, verifyOptions{installed: installed, language: "vi"}, &out)
		if valid := err == nil; valid != said.Valid() || valid != (name == "good") {
			t.Errorf("%s: the command says %v, the page %v", name, err, said.Valid())
		}
		if !strings.Contains(out.String(), said.Signatures[0].Revocation.VI) || !strings.Contains(out.String(), said.Signatures[0].Standing.VI) {
			t.Errorf("%s: the page says %+v, the command\n%s", name, said.Signatures[0], out.String())
		}
	}
	// A demonstration's authority is trusted where its data lies.
	if err := writeAnchor(filepath.Join(data, demoAnchor), a.Certificate); err != nil {
		t.Fatal(err)
	}
	installed.TrustAnchors = ""
	path := filepath.Join(t.TempDir(), "demo.pdf")
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := verify(t.Context(), path, verifyOptions{installed: installed, language: "en"}, io.Discard); err != nil {
		t.Error(err)
	}
}
