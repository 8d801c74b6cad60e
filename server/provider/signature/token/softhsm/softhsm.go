//go:build cgo

// Package softhsm decides how a token of the tests is made: a device of
// SoftHSM2 in a folder, with a key that is born in it and never leaves it, and
// the certificate beside it, as an authority's program does. Nothing that is
// served may use it. The library reads SOFTHSM2_CONF of the process when it is
// initialised, so one process looks into one folder at a time.
package softhsm

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/miekg/pkcs11"
)

// Library is where Debian has it.
const Library = "/usr/lib/softhsm/libsofthsm2.so"

// Token is one device.
type Token struct{ Folder, Label, PIN string }

// Settings is the file that SOFTHSM2_CONF names.
func (t Token) Settings() string { return filepath.Join(t.Folder, "softhsm2.conf") }

// Make makes the device. SOFTHSM2_CONF names its settings by then.
func (t Token) Make(ctx context.Context) error {
	tokens := filepath.Join(t.Folder, "tokens")
	if err := os.MkdirAll(tokens, 0o700); err != nil {
		return fmt.Errorf("make a token: %w", err)
	}
	words := "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n"
	if err := os.WriteFile(t.Settings(), []byte(words), 0o600); err != nil {
		return fmt.Errorf("make a token: %w", err)
	}
	said, err := exec.CommandContext(ctx, "softhsm2-util", "--init-token", "--free", "--label", t.Label, "--so-pin", "87654321", "--pin", t.PIN).CombinedOutput()
	if err != nil {
		return fmt.Errorf("make a token: %w: %s", err, said)
	}
	return nil
}

// Draw takes the device out of the machine.
func (t Token) Draw() error { return t.move("tokens", "drawn") }

// PutBack undoes Draw.
func (t Token) PutBack() error { return t.move("drawn", "tokens") }

func (t Token) move(from, to string) error {
	if err := os.MkdirAll(filepath.Join(t.Folder, to), 0o700); err != nil {
		return fmt.Errorf("move a token: %w", err)
	}
	list, err := os.ReadDir(filepath.Join(t.Folder, from))
	if err != nil {
		return fmt.Errorf("move a token: %w", err)
	}
	for _, one := range list {
		if err := os.Rename(filepath.Join(t.Folder, from, one.Name()), filepath.Join(t.Folder, to, one.Name())); err != nil {
			return fmt.Errorf("move a token: %w", err)
		}
	}
	return nil
}

// bits is the length of RSA keys.
const bits = 2048

// Generate makes an RSA key in the device and puts the certificates beside it
// that certify gives for it, its own first.
func (t Token) Generate(id byte, certify func(crypto.PublicKey) ([]*x509.Certificate, error)) error {
	return t.open(func(ctx *pkcs11.Ctx, session pkcs11.SessionHandle) error {
		own := pkcs11.NewAttribute(pkcs11.CKA_ID, []byte{id})
		public, _, err := ctx.GenerateKeyPair(session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN, nil)},
			[]*pkcs11.Attribute{own, pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_VERIFY, true),
				pkcs11.NewAttribute(pkcs11.CKA_MODULUS_BITS, bits), pkcs11.NewAttribute(pkcs11.CKA_PUBLIC_EXPONENT, []byte{1, 0, 1})},
			[]*pkcs11.Attribute{own, pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_SIGN, true),
				pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true), pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false)})
		if err != nil {
			return err
		}
		values, err := ctx.GetAttributeValue(session, public, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_MODULUS, nil)})
		if err != nil {
			return err
		}
		certificates, err := certify(&rsa.PublicKey{N: new(big.Int).SetBytes(values[0].Value), E: 65537})
		if err != nil {
			return err
		}
		return bring(ctx, session, id, certificates)
	})
}

// Bring puts the certificates of a key that was imported beside it.
func (t Token) Bring(id byte, certificates ...*x509.Certificate) error {
	return t.open(func(ctx *pkcs11.Ctx, session pkcs11.SessionHandle) error {
		return bring(ctx, session, id, certificates)
	})
}

func bring(ctx *pkcs11.Ctx, session pkcs11.SessionHandle, id byte, certificates []*x509.Certificate) error {
	for i, c := range certificates {
		at := []byte{id}
		if i > 0 {
			at = []byte{0xff, id, byte(i)} // of issuers there is no key
		}
		_, err := ctx.CreateObject(session, []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE), pkcs11.NewAttribute(pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKC_X_509),
			pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_VALUE, c.Raw), pkcs11.NewAttribute(pkcs11.CKA_ID, at),
			pkcs11.NewAttribute(pkcs11.CKA_SUBJECT, c.RawSubject),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var errLibrary = errors.New("SoftHSM2 is not installed (softhsm2)")

// open does something in a session of the device, and leaves the library closed.
func (t Token) open(do func(*pkcs11.Ctx, pkcs11.SessionHandle) error) (err error) {
	ctx := pkcs11.New(Library)
	if ctx == nil {
		return errLibrary
	}
	defer ctx.Destroy()
	if err := ctx.Initialize(); err != nil {
		return fmt.Errorf("open a token: %w", err)
	}
	defer func() { err = errors.Join(err, ctx.Finalize()) }()
	slots, err := ctx.GetSlotList(true)
	if err != nil {
		return fmt.Errorf("open a token: %w", err)
	}
	for _, slot := range slots {
		if info, err := ctx.GetTokenInfo(slot); err != nil || info.Label != t.Label {
			continue
		}
		session, err := ctx.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
		if err != nil {
			return fmt.Errorf("open a token: %w", err)
		}
		if err := ctx.Login(session, pkcs11.CKU_USER, t.PIN); err != nil {
			return fmt.Errorf("open a token: %w", err)
		}
		if err := do(ctx, session); err != nil {
			return fmt.Errorf("fill a token: %w", err)
		}
		return nil
	}
	return fmt.Errorf("open a token: there is none with the label %s", t.Label)
}
