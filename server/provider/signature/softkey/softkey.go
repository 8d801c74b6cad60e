// Package softkey decides how a key in software is read and kept: as PKCS#12,
// which is also how it comes from an authority. It is for demonstration, for
// training and for agencies without a token. It must never put a key or a
// password into an error.
package softkey

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"errors"

	"software.sslmate.com/src/go-pkcs12"

	"congvan/server/domain/fault"
	"congvan/server/provider/signature"
)

// Limits of a file that somebody brings.
const (
	maxFile       = 1 << 20
	maxIterations = 5_000_000 // more is no protection, but a way to keep the server busy
	maxDepth      = 20
	leastRSA      = 2048
)

// The reasons for which a key is not taken.
var (
	ErrFile = fault.New(fault.Invalid, "key_file",
		"Tệp khóa (.p12, .pfx) không đọc được.", "The key file (.p12, .pfx) cannot be read.")
	ErrPassword = fault.New(fault.Invalid, "key_password",
		"Mật khẩu của tệp khóa không đúng.", "The password of the key file is wrong.")
	ErrKey = fault.New(fault.Invalid, "key_unfit",
		"Khóa không dùng được để ký: cần RSA từ 2048 bit hoặc ECDSA, khớp với chứng thư.",
		"The key cannot sign here: RSA of 2048 bits or more, or ECDSA, that fits its certificate.")
)

// Open reads a key with its certificates.
func Open(file []byte, password string) (signature.Key, error) {
	if len(file) > maxFile || !bounded(file, 0) {
		return signature.Key{}, ErrFile
	}
	private, certificate, chain, err := pkcs12.DecodeChain(file, password)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return signature.Key{}, ErrPassword
	case err != nil:
		return signature.Key{}, ErrFile // its text may quote what it read
	}
	signer, ok := private.(crypto.Signer)
	if !ok || !fits(signer, certificate.PublicKey) {
		return signature.Key{}, ErrKey
	}
	return signature.Key{Signer: signer, Certificate: certificate, Chain: chain}, nil
}

func fits(signer crypto.Signer, public crypto.PublicKey) bool {
	switch own := signer.Public().(type) {
	case *rsa.PublicKey:
		return own.N.BitLen() >= leastRSA && own.Equal(public)
	case *ecdsa.PublicKey:
		return own.Equal(public)
	}
	return false
}

// bounded looks for a number of rounds that would take too long, in what can be
// read without the password.
func bounded(der []byte, depth int) bool {
	for len(der) > 0 && depth < maxDepth {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			return depth > 0 // inside, it was no structure but bytes
		}
		inner := v.IsCompound || v.Class == asn1.ClassUniversal && v.Tag == asn1.TagOctetString && len(v.Bytes) > 0 && v.Bytes[0] == 0x30
		if inner && !bounded(v.Bytes, depth+1) {
			return false
		}
		var n int64
		if v.Class == asn1.ClassUniversal && v.Tag == asn1.TagInteger && len(v.Bytes) <= 8 {
			if _, err := asn1.Unmarshal(v.FullBytes, &n); err == nil && n > maxIterations {
				return false
			}
		}
		der = rest
	}
	return true
}

// Lock writes a key as it may be kept: PKCS#12 under a secret of the caller's,
// the installation's key for instance. Unlock reads it back.
func Lock(k signature.Key, secret []byte) ([]byte, error) {
	if len(secret) < 16 {
		return nil, errors.New("softkey: the secret is too short to keep a key with")
	}
	return pkcs12.Modern2023.Encode(k.Signer, k.Certificate, k.Chain, word(secret))
}

// Unlock reads what Lock wrote.
func Unlock(kept, secret []byte) (signature.Key, error) { return Open(kept, word(secret)) }

func word(secret []byte) string { return base64.RawStdEncoding.EncodeToString(secret) }
