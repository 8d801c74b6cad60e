//go:build cgo

package outgoing_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/miekg/pkcs11"

	"congvan/server/app/outgoing"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/token"
	"congvan/storage/postgres"
)

const (
	tokenLibrary = "/usr/lib/softhsm/libsofthsm2.so"
	tokenPIN     = "123456"
	tokenLabel   = "lanh-dao"
)

// plugIn makes a token of the leader's, with a key that never leaves it.
func plugIn(t *testing.T, d *signingDesk) (*token.Module, signing.Certificate) {
	t.Helper()
	folder := t.TempDir()
	settings := filepath.Join(folder, "softhsm2.conf")
	if err := os.WriteFile(settings, []byte("directories.tokendir = "+folder+"\nobjectstore.backend = file\nlog.level = ERROR\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", settings)
	run := func(args ...string) {
		t.Helper()
		if said, err := exec.CommandContext(t.Context(), "softhsm2-util", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
	}
	run("--init-token", "--free", "--label", tokenLabel, "--so-pin", "87654321", "--pin", tokenPIN)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.ca.Certify(key.Public(), democa.Subject{Name: d.sender.Leader.FullName, Agency: "UBND tỉnh", From: d.now.Add(-time.Hour), Until: d.now.AddDate(1, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	run("--import", file, "--token", tokenLabel, "--label", "khoa", "--id", "a1", "--pin", tokenPIN)
	bringIn(t, c)
	module, err := token.Open(tokenLibrary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := module.Close(); err != nil {
			t.Error(err)
		}
	})
	return module, signing.Certificate{ID: postgres.NewID(), AccountID: d.sender.Leader.AccountID, Provider: signing.Local, Fingerprint: sha256.Sum256(c.Raw),
		Subject: d.sender.Leader.FullName, Issuer: "CA", Serial: "1", ValidFrom: c.NotBefore, ValidUntil: c.NotAfter, Chain: [][]byte{c.Raw}, AddedAt: d.now}
}

// bringIn puts a certificate beside its key.
func bringIn(t *testing.T, c *x509.Certificate) {
	t.Helper()
	library := pkcs11.New(tokenLibrary)
	if library == nil {
		t.Fatal("no library of tokens")
	}
	defer library.Destroy()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(library.Initialize())
	defer library.Finalize()
	slots, err := library.GetSlotList(true)
	must(err)
	session, err := library.OpenSession(slots[0], pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	must(err)
	must(library.Login(session, pkcs11.CKU_USER, tokenPIN))
	_, err = library.CreateObject(session, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE), pkcs11.NewAttribute(pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKC_X_509),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_VALUE, c.Raw), pkcs11.NewAttribute(pkcs11.CKA_ID, []byte{0xa1}),
		pkcs11.NewAttribute(pkcs11.CKA_SUBJECT, c.RawSubject),
	})
	must(err)
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
	module, cert := plugIn(t, d)
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
