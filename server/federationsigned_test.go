package server_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/protocol/edxml"
	"congvan/server/protocol/vxp"
	"congvan/storage/postgres"
)

// packageKey makes the key that packages are signed with, as a file.
func packageKey(t *testing.T) (path string, signer *edxml.Signer) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "congvan.travinh.example"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "package.pem")
	text := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: sealed}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return path, &edxml.Signer{Key: key, Certificate: certificate}
}

// With a key the package is signed as a whole; who takes it in sees by whom, and
// is warned of one that was changed after signing (L3, case 14).
func TestL3_PackagesAreSignedAndTheSignatureIsShown(t *testing.T) {
	t.Parallel()
	path, signer := packageKey(t)
	a, b := newSite(t, "H59", "UBND tỉnh Trà Vinh", "CONGVAN_PACKAGE_KEY_FILE="+path), newSite(t, "H41", "UBND tỉnh Nghệ An")
	there := a.knows(b, b.addr, "bi-mat")
	b.knows(a, a.addr, "bi-mat")
	a.start()
	b.start()
	a.issue("Có ký", []byte("%PDF-1.7 một"), there)
	a.settles(1)
	if n := b.count(`select count(*) from event where verb = 'arrived' and data->>'packageSignature' = 'valid' and data->>'packageSigner' = 'CN=congvan.travinh.example'`); n != 1 {
		t.Error("the signature is not shown")
	}
	text := "%PDF-1.7 hai"
	file := exchange.FileRef{Hash: hashed(text), Size: int64(len(text)), Name: "Chỉ thị.pdf"}
	e := exchange.Envelope{Content: exchange.DocumentContent, Act: exchange.ActNew, From: exchange.Party{Code: "H59", Name: "UBND tỉnh"}, To: exchange.Party{Code: "H41"},
		DocumentID: postgres.NewID(), Subject: "Nâng lương", Files: []exchange.FileRef{file}, CreatedAt: time.Now()}
	var raw bytes.Buffer
	if err := vxp.Write(t.Context(), &raw, e, opening(text), signer); err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(raw.Bytes(), []byte("Nâng lương"), []byte("Giảm lương"), 1)
	if _, err := b.peerClient(a, "bi-mat").Send(t.Context(), sent(changed, postgres.NewID(), "H59", "H41"), bytes.NewReader(changed)); err != nil {
		t.Fatal(err)
	}
	if n := b.count(`select count(*) from arrival where subject = 'Giảm lương' and note like '%Chữ ký XML của gói tin không đúng%'`); n != 1 {
		t.Error("the clerk is not warned")
	}
}
