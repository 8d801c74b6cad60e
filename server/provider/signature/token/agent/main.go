//go:build cgo

// Command agent stands in the browser tests for the signing program on an
// officer's own PC: it listens on localhost, fetches the file of an order with
// its ticket, has a token sign it (SoftHSM2), and sends it back. It also makes
// what the tests need: an authority for training, the officer's token, and a
// device for the server with a seal; and it is the signing service behind a SIM
// card, which asks for a PIN. It must never be shipped.
//
//	agent -folder DIR -listen 127.0.0.1:14407 -server http://localhost:8080 -person NAME -seal NAME
package main

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/token"
	"congvan/server/provider/signature/token/softhsm"
)

func main() {
	var o options
	flag.StringVar(&o.folder, "folder", "", "where tokens and certificates are made")
	flag.StringVar(&o.listen, "listen", "", "address on this machine")
	flag.StringVar(&o.server, "server", "", "address of congvan: the only one that may ask, and that files are fetched from")
	flag.StringVar(&o.person, "person", "", "who the officer's certificate is for")
	flag.StringVar(&o.seal, "seal", "", "which agency the seal is for")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "agent:", err)
		os.Exit(1)
	}
}

type options struct{ folder, listen, server, person, seal string }

// The tokens of the tests.
const (
	personLabel, personPIN = "lanh-dao", "123456"
	sealLabel, sealPIN     = "con-dau", "654321"
	keyID                  = 0xa1
)

func run(ctx context.Context, o options) error {
	authority, err := democa.New("CA TẬP HUẤN của các phép thử", time.Now())
	if err != nil {
		return err
	}
	if err := writeCertificate(filepath.Join(o.folder, "authority.pem"), authority.Certificate); err != nil {
		return err
	}
	seal := softhsm.Token{Folder: filepath.Join(o.folder, "server"), Label: sealLabel, PIN: sealPIN}
	if _, err := fill(ctx, authority, seal, o.seal, filepath.Join(o.folder, "seal.pem")); err != nil {
		return err
	}
	own := softhsm.Token{Folder: filepath.Join(o.folder, "person"), Label: personLabel, PIN: personPIN}
	certificate, err := fill(ctx, authority, own, o.person, filepath.Join(o.folder, "person.pem"))
	if err != nil {
		return err
	}
	behind, err := authority.Issue(democa.Subject{Name: o.person, From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(1, 0, 0)})
	if err != nil {
		return err
	}
	module, err := token.Open(softhsm.Library)
	if err != nil {
		return err
	}
	defer module.Close()
	return serve(ctx, o.listen, &program{module: module, signer: sha256.Sum256(certificate.Raw), name: o.person, server: o.server,
		remote: &service{key: behind, left: serviceTries}})
}

// fill makes a token with a key and its certificate.
func fill(ctx context.Context, authority *democa.Authority, t softhsm.Token, name, path string) (own *x509.Certificate, err error) {
	if err := os.Setenv("SOFTHSM2_CONF", t.Settings()); err != nil {
		return nil, err
	}
	if err := t.Make(ctx); err != nil {
		return nil, err
	}
	err = t.Generate(keyID, func(public crypto.PublicKey) ([]*x509.Certificate, error) {
		own, err = authority.Certify(public, democa.Subject{Name: name, From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(1, 0, 0)})
		return []*x509.Certificate{own, authority.Certificate}, err
	})
	if err != nil {
		return nil, err
	}
	return own, writeCertificate(path, own, authority.Certificate)
}

func writeCertificate(path string, list ...*x509.Certificate) error {
	var text []byte
	for _, c := range list {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return os.WriteFile(path, text, 0o600)
}

func serve(ctx context.Context, address string, p *program) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: p.handler(), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	fmt.Println("listening at", listener.Addr())
	if err := server.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}
