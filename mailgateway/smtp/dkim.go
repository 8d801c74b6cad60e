package smtp

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emersion/go-msgauth/dkim"

	"congvan/server/domain/fault"
)

// DKIM is the key that a domain signs its mail with (RFC 6376).
type DKIM struct {
	Domain   string
	Selector string
	Key      crypto.Signer // RSA or Ed25519
}

// ErrDKIM says that the key cannot be used.
var ErrDKIM = fault.New(fault.Invalid, "smtp_dkim",
	"Không đọc được khóa DKIM: phải là khóa RSA hoặc Ed25519 ở dạng PEM (PKCS#8 hoặc PKCS#1).",
	"The DKIM key cannot be read: it has to be an RSA or Ed25519 key in PEM (PKCS#8 or PKCS#1).")

// ParseKey reads a private key as openssl writes it.
func ParseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, ErrDKIM
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, ErrDKIM.Because(errors.New("neither PKCS#8 nor PKCS#1")) // a parser's error can quote the key
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, ErrDKIM
	}
	return signer, nil
}

// signedFields are what makes the mail what it is.
var signedFields = []string{"From", "Reply-To", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}

// sign reads the mail through once and puts the signature before it. The files
// are read a second time when it is sent: memory stays flat.
func (c *Channel) sign(ctx context.Context, m *message, open opener) error {
	d := c.settings.DKIM
	if d == nil {
		return nil
	}
	signer, err := dkim.NewSigner(&dkim.SignOptions{Domain: d.Domain, Selector: d.Selector, Signer: d.Key, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed, HeaderKeys: signedFields})
	if err != nil {
		return ErrDKIM.Because(err)
	}
	if err := m.write(ctx, signer, open); err != nil {
		_ = signer.Close() // what was written is no mail
		return err
	}
	if err := signer.Close(); err != nil {
		return fmt.Errorf("sign the mail: %w", err)
	}
	m.signed = []byte(signer.Signature())
	return nil
}
