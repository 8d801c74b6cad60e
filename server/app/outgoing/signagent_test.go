//go:build cgo

package outgoing_test

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"io"
	"testing"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/token"
	"congvan/server/provider/signature/token/softhsm"
	"congvan/storage/postgres"
)

const (
	tokenPIN   = "123456"
	tokenLabel = "lanh-dao"
)

// plugIn makes a token of the leader's, with a key that never leaves it.
func plugIn(t *testing.T, d *signingDesk) (softhsm.Token, *token.Module, signing.Certificate) {
	t.Helper()
	device := softhsm.Token{Folder: t.TempDir(), Label: tokenLabel, PIN: tokenPIN}
	t.Setenv("SOFTHSM2_CONF", device.Settings())
	if err := device.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	var c *x509.Certificate
	err := device.Generate(0xa1, func(public crypto.PublicKey) ([]*x509.Certificate, error) {
		var err error
		c, err = d.ca.Certify(public, democa.Subject{Name: d.sender.Leader.FullName, Agency: "UBND tỉnh", From: d.now.Add(-time.Hour), Until: d.now.AddDate(1, 0, 0)})
		return []*x509.Certificate{c}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	module, err := token.Open(softhsm.Library)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := module.Close(); err != nil {
			t.Error(err)
		}
	})
	return device, module, signing.Certificate{ID: postgres.NewID(), AccountID: d.sender.Leader.AccountID, Provider: signing.Local, Fingerprint: sha256.Sum256(c.Raw),
		Subject: d.sender.Leader.FullName, Issuer: "CA", Serial: "1", ValidFrom: c.NotBefore, ValidUntil: c.NotAfter, Chain: [][]byte{c.Raw}, AddedAt: d.now}
}

// agent is the program on the leader's PC: with the ticket it fetches the file,
// has the token sign it, and sends it back.
type agent struct {
	d      *signingDesk
	module *token.Module
}

func (a agent) sign(t *testing.T, o outgoing.Ordered, pin string) error {
	t.Helper()
	_, content, err := a.d.out.FetchOrder(t.Context(), o.Order.ID, o.Ticket)
	if err != nil {
		return err
	}
	defer content.Close()
	file, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	session, err := a.module.Key(tokenLabel, pin, o.Order.Order.Signer)
	if err != nil {
		return err
	}
	defer session.Close()
	out, err := session.Sign(t.Context(), file, signature.Request{Place: o.Order.Place, Name: "Người ký", At: a.d.now,
		Appearance: signature.Appearance{Lines: []string{"Người ký"}}}, a.d.stamp, signature.StampRequired)
	if err != nil {
		return err
	}
	_, err = a.d.out.ReturnSigned(t.Context(), o.Order.ID, o.Ticket, bytes.NewReader(out.File))
	return err
}

// The library of tokens reads the process's environment, so this is one test.
func TestC4b_AProgramOnThePCSignsWithAToken(t *testing.T) {
	d := newSigningDesk(t)
	device, module, cert := plugIn(t, d)
	d.keep(t, cert)
	one := d.approvedPDF(t, directive("1"), d.anyone(t))
	order := d.order(t, d.sender.Leader, document.Sign, cert.ID, one)[0]
	if order.Refused != nil {
		t.Fatal(order.Refused)
	}
	a := agent{d: d, module: module}
	wrong := order
	wrong.Ticket = signing.Ticket{1}
	wantCode(t, a.sign(t, wrong, tokenPIN), "ticket")
	wantCode(t, a.sign(t, order, "000000"), "token_pin") // the order goes on waiting
	if err := device.Draw(); err != nil {
		t.Fatal(err)
	}
	wantCode(t, a.sign(t, order, tokenPIN), "token_gone")
	if err := device.PutBack(); err != nil {
		t.Fatal(err)
	}
	if err := a.sign(t, order, tokenPIN); err != nil {
		t.Fatal(err)
	}
	v, signed := d.read(t, one.DocumentID)
	if v.State != document.Signed {
		t.Fatalf("it is %s", v.State)
	}
	// The answer comes twice, as from a program that heard no answer to it.
	if _, err := d.out.ReturnSigned(t.Context(), order.Order.ID, order.Ticket, bytes.NewReader(d.bytes(t, signed.Seen))); err != nil {
		t.Error(err)
	}
	if err := d.out.Number(t.Context(), d.sender.Clerk, commandless, one.DocumentID, org.ID{}); err != nil {
		t.Fatal(err)
	}
}
