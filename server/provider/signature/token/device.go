//go:build cgo

package token

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"slices"
	"sync"

	"github.com/miekg/pkcs11"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
)

// Module is a library of devices. A process opens each library once.
type Module struct {
	ctx   *pkcs11.Ctx
	mutex sync.Mutex
	open  int // sessions
}

// Open loads the library.
func Open(path string) (*Module, error) {
	ctx := pkcs11.New(path)
	if ctx == nil {
		return nil, ErrModule
	}
	if err := initialize(ctx); err != nil {
		ctx.Destroy()
		return nil, err
	}
	return &Module{ctx: ctx}, nil
}

func initialize(ctx *pkcs11.Ctx) error {
	err := ctx.Initialize()
	if code := pkcs11.Error(0); errors.As(err, &code) && code == pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED {
		err = nil
	}
	if err != nil {
		return ErrModule.Because(err)
	}
	return nil
}

// Close unloads the library.
func (m *Module) Close() error {
	err := m.ctx.Finalize()
	m.ctx.Destroy()
	return err
}

// Session is an open device with the key that was looked for.
type Session struct {
	signature.Key
	module *Module
	device *device
}

// Close leaves the device.
func (s *Session) Close() error {
	s.module.mutex.Lock()
	s.module.open--
	s.module.mutex.Unlock()
	s.device.mutex.Lock()
	defer s.device.mutex.Unlock()
	return told(s.device.ctx.CloseSession(s.device.session))
}

// device signs one thing at a time.
type device struct {
	ctx     *pkcs11.Ctx
	session pkcs11.SessionHandle
	private pkcs11.ObjectHandle
	public  crypto.PublicKey
	mutex   sync.Mutex
}

// maxObjects bounds what is looked at in a device.
const maxObjects = 200

// Key opens the device with the label and looks for the key of a certificate.
// A device that another session of this process has opened asks for no PIN
// again (PKCS#11, 5.6.8), so the PIN proves nothing about a person here.
func (m *Module) Key(label, pin string, certificate signing.Fingerprint) (*Session, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	slot, err := m.find(label)
	if err != nil {
		return nil, err
	}
	handle, err := m.ctx.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return nil, told(err)
	}
	d := &device{ctx: m.ctx, session: handle}
	s, err := d.find(pin, certificate)
	if err != nil {
		_ = m.ctx.CloseSession(handle) // the first error tells more
		return nil, err
	}
	m.open++
	s.module = m
	return s, nil
}

// find looks for a device once more after the library was started anew: many
// libraries do not notice that one was drawn and put back. Nobody may be at
// work in it then, as that ends every session.
func (m *Module) find(label string) (uint, error) {
	slot, err := m.slot(label)
	if err == nil || m.open > 0 {
		return slot, err
	}
	_ = m.ctx.Finalize() // what is wrong with it, initialize tells
	if err := initialize(m.ctx); err != nil {
		return 0, err
	}
	return m.slot(label)
}

func (m *Module) slot(label string) (uint, error) {
	slots, err := m.ctx.GetSlotList(true)
	if err != nil {
		return 0, told(err)
	}
	for _, slot := range slots {
		info, err := m.ctx.GetTokenInfo(slot)
		if err == nil && info.Label == label {
			return slot, nil
		}
	}
	return 0, ErrGone
}

func (d *device) find(pin string, wanted signing.Fingerprint) (*Session, error) {
	err := d.ctx.Login(d.session, pkcs11.CKU_USER, pin)
	if code := pkcs11.Error(0); err != nil && (!errors.As(err, &code) || code != pkcs11.CKR_USER_ALREADY_LOGGED_IN) {
		return nil, told(err)
	}
	handles, err := d.objects(pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE))
	if err != nil {
		return nil, err
	}
	var own *x509.Certificate
	var identifier []byte
	var others []*x509.Certificate
	for _, h := range handles {
		values, err := d.ctx.GetAttributeValue(d.session, h, []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil), pkcs11.NewAttribute(pkcs11.CKA_ID, nil)})
		if err != nil {
			return nil, told(err)
		}
		c, err := x509.ParseCertificate(values[0].Value)
		if err != nil {
			continue // devices hold what others put there
		}
		if sha256.Sum256(c.Raw) == wanted {
			own, identifier = c, values[1].Value
		} else {
			others = append(others, c)
		}
	}
	if own == nil {
		return nil, ErrNoKey
	}
	keys, err := d.objects(pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY), pkcs11.NewAttribute(pkcs11.CKA_ID, identifier))
	if err != nil {
		return nil, err
	}
	if len(keys) != 1 {
		return nil, ErrNoKey
	}
	d.private, d.public = keys[0], own.PublicKey
	return &Session{Key: signature.Key{Signer: d, Certificate: own, Chain: issuers(own, others)}, device: d}, nil
}

func (d *device) objects(template ...*pkcs11.Attribute) ([]pkcs11.ObjectHandle, error) {
	if err := d.ctx.FindObjectsInit(d.session, template); err != nil {
		return nil, told(err)
	}
	handles, _, err := d.ctx.FindObjects(d.session, maxObjects)
	return handles, errors.Join(told(err), told(d.ctx.FindObjectsFinal(d.session)))
}

// issuers orders those of the device's certificates that lead from the signer
// to its authority.
func issuers(c *x509.Certificate, others []*x509.Certificate) (chain []*x509.Certificate) {
	for range others {
		at := slices.IndexFunc(others, func(o *x509.Certificate) bool {
			return bytes.Equal(o.RawSubject, c.RawIssuer) && !o.Equal(c) && c.CheckSignatureFrom(o) == nil
		})
		if at < 0 {
			break
		}
		c = others[at]
		chain = append(chain, c)
	}
	return chain
}

// Public gives the key that the certificate is about.
func (d *device) Public() crypto.PublicKey { return d.public }

var errHash = errors.New("token: only digests by SHA-256 are signed")

// sha256Info goes before a digest that RSA signs (RFC 8017, 9.2).
var sha256Info = []byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}

// Sign lets the device sign a digest.
func (d *device) Sign(_ io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	if options.HashFunc() != crypto.SHA256 || len(digest) != sha256.Size {
		return nil, errHash
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	switch d.public.(type) {
	case *rsa.PublicKey:
		return d.sign(pkcs11.CKM_RSA_PKCS, slices.Concat(sha256Info, digest))
	case *ecdsa.PublicKey:
		raw, err := d.sign(pkcs11.CKM_ECDSA, digest)
		if err != nil {
			return nil, err
		}
		half := len(raw) / 2
		return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
	}
	return nil, ErrNoKey
}

func (d *device) sign(mechanism uint, content []byte) ([]byte, error) {
	if err := d.ctx.SignInit(d.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, nil)}, d.private); err != nil {
		return nil, told(err)
	}
	value, err := d.ctx.Sign(d.session, content)
	return value, told(err)
}

// told turns a device's code into what a person can do about it.
func told(err error) error {
	if err == nil {
		return nil
	}
	code := pkcs11.Error(0)
	if !errors.As(err, &code) {
		return ErrDevice.Because(err)
	}
	switch code {
	case pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LEN_RANGE, pkcs11.CKR_PIN_EXPIRED:
		return ErrPIN.Because(err)
	case pkcs11.CKR_PIN_LOCKED:
		return ErrLocked.Because(err)
	case pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_TOKEN_NOT_PRESENT, pkcs11.CKR_TOKEN_NOT_RECOGNIZED, pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_SESSION_CLOSED:
		return ErrGone.Because(err)
	}
	return ErrDevice.Because(err)
}
