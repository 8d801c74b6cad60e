// Package token decides how a key in a cryptographic device of the server is
// used: found by its certificate, opened with a PIN, asked for one signature
// after another. Devices speak PKCS#11, whose libraries are C; a binary built
// without cgo refuses them. The package must never put a PIN into an error.
package token

import (
	"congvan/server/domain/fault"
)

// The ways in which a device refuses.
var (
	ErrUnsupported = fault.New(fault.Unavailable, "token_unsupported",
		"Bản cài đặt này không hỗ trợ thiết bị khóa (PKCS#11).", "This build does not support key devices (PKCS#11).")
	ErrModule = fault.New(fault.Unavailable, "token_module",
		"Không mở được thư viện của thiết bị khóa.", "The library of the key device cannot be opened.")
	ErrPIN = fault.New(fault.Forbidden, "token_pin",
		"Mã PIN không đúng.", "The PIN is wrong.")
	ErrLocked = fault.New(fault.Forbidden, "token_locked",
		"Thiết bị khóa đã bị khóa vì nhập sai mã PIN quá nhiều lần.", "The key device is locked: the PIN was wrong too often.")
	ErrGone = fault.New(fault.Unavailable, "token_gone",
		"Thiết bị khóa không còn được cắm.", "The key device is no longer there.")
	ErrNoKey = fault.New(fault.NotFound, "token_no_key",
		"Thiết bị không có khóa của chứng thư này.", "The device has no key of this certificate.")
	ErrDevice = fault.New(fault.Unavailable, "token_device",
		"Thiết bị khóa không ký được.", "The key device could not sign.")
)
