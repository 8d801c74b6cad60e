// Package signing decides how a document comes to be signed: the order to sign
// and its states, the places that are reserved in a PDF, which changes may
// follow which signature, and when a signed file that comes back is the one
// that was asked for. It must not know how a PDF is written, where a key lives
// or who may sign (domain/access).
package signing

import (
	"crypto/sha256"
	"crypto/subtle"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// MaxBatch is how many documents are signed in one action.
const MaxBatch = 50

// CheckBatch refuses a batch that is empty or too large.
func CheckBatch(count int) error {
	if count < 1 || count > MaxBatch {
		return fault.InvalidField("documents", "batch_size", "Mỗi lần ký từ 1 đến 50 văn bản.", "Sign 1 to 50 documents at a time.")
	}
	return nil
}

// Presence is the proof that the signer is there in person.
type Presence struct {
	AccountID org.ID
	At        time.Time
}

// presenceLasts covers a batch of 50 on a slow token.
const presenceLasts = 5 * time.Minute

// Proves tells whether the proof is the signer's and still fresh.
func (p Presence) Proves(signer org.ID, now time.Time) bool {
	age := now.Sub(p.At)
	return !signer.IsZero() && p.AccountID == signer && age >= 0 && age <= presenceLasts
}

// Fingerprint is the SHA-256 of a certificate.
type Fingerprint [32]byte

// IsZero tells whether no certificate is named.
func (f Fingerprint) IsZero() bool { return f == Fingerprint{} }

// Ticket opens one order, once, for a program that has no session of its own.
type Ticket [32]byte

// Keep gives what is stored of a ticket; the ticket itself is only handed out.
func (t Ticket) Keep() document.Hash { return sha256.Sum256(t[:]) }

func (t Ticket) opens(kept document.Hash) bool {
	sum := t.Keep()
	return !kept.IsZero() && subtle.ConstantTimeCompare(sum[:], kept[:]) == 1
}
