// Package secret seals the small secrets that the database keeps, the passwords
// of mailboxes above all, with the installation's key, and derives from it what
// the installation signs with. A sealed secret is bound
// to its row: copied into another it does not open. The package must not store
// anything, and never puts a secret into an error.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"congvan/server/domain/org"
)

// version is the first byte of what is sealed, so that the way can change.
const version = 1

// ErrSealed says that a secret does not open: another key, another row, or
// bytes that were changed.
var ErrSealed = errors.New("the secret cannot be opened with this installation's key")

// Box seals and opens with one key.
type Box struct{ aead cipher.AEAD }

// New makes a box of a key of 32 bytes.
func New(key []byte) (*Box, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	return &Box{aead: aead}, nil
}

// Seal closes a secret for the row with the identifier.
func (b *Box) Seal(row org.ID, plain string) []byte {
	return b.aead.Seal([]byte{version}, nil, []byte(plain), row[:]) //nolint:gosec // the cipher makes the nonce
}

// Open gives the secret that was sealed for the row.
func (b *Box) Open(row org.ID, sealed []byte) (string, error) {
	if len(sealed) == 0 || sealed[0] != version {
		return "", ErrSealed
	}
	plain, err := b.aead.Open(nil, nil, sealed[1:], row[:])
	if err != nil {
		return "", ErrSealed
	}
	return string(plain), nil
}

// SigningKey derives the key that the installation signs with for one purpose.
// It says nothing about the installation's key or about that of another purpose.
func SigningKey(key []byte, purpose string) (ed25519.PrivateKey, error) {
	seed, err := hkdf.Key(sha256.New, key, nil, "congvan signing "+purpose, ed25519.SeedSize)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// NewKey makes a key.
func NewKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	return key
}
