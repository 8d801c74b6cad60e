//go:build !cgo

package token

import (
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
)

// Module is a library of devices; without cgo there is none.
type Module struct{}

// Open refuses.
func Open(string) (*Module, error) { return nil, ErrUnsupported }

// Close does nothing.
func (*Module) Close() error { return nil }

// Session is an open device; without cgo there is none.
type Session struct{ signature.Key }

// Close does nothing.
func (*Session) Close() error { return nil }

// Key refuses.
func (*Module) Key(string, string, signing.Fingerprint) (*Session, error) { return nil, ErrUnsupported }
