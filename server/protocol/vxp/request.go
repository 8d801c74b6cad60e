package vxp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// Caller is who signed a request, and when.
type Caller struct {
	System string
	At     time.Time
}

func (c Caller) caller() Caller { return c }

// Request is one verified call. Each type has its own Answer.
type Request interface{ caller() Caller }

// The requests without a body of their own.
type (
	// ListAgencies asks for the directory, by old or by new codes.
	ListAgencies struct {
		Caller
		Form  org.CodeForm
		Level string // of new codes: as it came, nobody published its values
	}
	// Synchronise asks for the directory with what changed and what ended.
	Synchronise struct{ Caller }
	// Register brings an agency in.
	Register struct {
		Caller
		Agency Registration
	}
	// Delete takes an agency out.
	Delete struct {
		Caller
		Code org.AgencyCode
	}
	// ListReceived asks what waits for the agencies of the system. Its page is
	// as it came; 0 when it was not asked for.
	ListReceived struct {
		Caller
		Message             Message
		PageSize, PageIndex int
	}
	// Get asks for a package within JSON.
	Get struct {
		Caller
		ID      org.ID
		silence time.Duration
	}
	// Download asks for a package as it is.
	Download struct {
		Caller
		ID      org.ID
		silence time.Duration
	}
	// UpdateStatus tells how far the system has brought a package it received.
	UpdateStatus struct {
		Caller
		ID     org.ID
		Status Transport
	}
	// ListSent asks what became of a message, one row for each recipient.
	ListSent struct {
		Caller
		Message Message
		ID      org.ID
	}
	// AskDirectory asks for what an installation says of itself, signed.
	AskDirectory struct{ Caller }
	// Count asks how many messages wait.
	Count struct {
		Caller
		Message Message
	}
)

// Send brings a package. Its bytes are read through Package, which gives an
// error instead of an end when they are not what was stated.
type Send struct {
	Caller
	ID      org.ID    // as a peer names the message; none from other clients
	Expires time.Time // of a peer's message
	Message Message
	From    org.AgencyCode   // as which agency; empty when only the system is named, or nobody
	To      []org.AgencyCode // empty: the package itself says
	Stated  string           // hash of the package in the axis's form, already signed
	Length  int64            // of the package; -1 when it was not said
	Package *Parcel
}

// Repeat names what makes two sends the same: a client that lost the answer
// sends all of it again.
func (s *Send) Repeat(file document.Hash) string {
	to, _ := json.Marshal(s.To) // texts always marshal
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %s %s %s %q %s", s.System, formatStamp(s.At), s.Stated, file, string(s.From), to))
	return hex.EncodeToString(sum[:])
}

// SystemOf tells who signed a request.
func SystemOf(q Request) string { return q.caller().System }
