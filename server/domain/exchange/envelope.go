package exchange

import (
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// Content is what a message carries.
type Content string

// The contents.
const (
	DocumentContent Content = "document"
	StatusContent   Content = "status"
)

// Act is what a message does to the document it is about.
type Act string

// The acts, each with its number in a package (QCVN 102:2016, BussinessDocType).
const (
	ActNew     Act = "new"
	ActRecall  Act = "recall"
	ActUpdate  Act = "update"
	ActReplace Act = "replace"
)

// acts stand at the place of their number.
var acts = [...]Act{ActNew, ActRecall, ActUpdate, ActReplace}

// Number gives the act as a package writes it; what is unknown has none.
func (a Act) Number() (int, bool) {
	for n, act := range acts {
		if act == a {
			return n, true
		}
	}
	return 0, false
}

// ActNumbered gives the act that a package means.
func ActNumbered(n int) (Act, bool) {
	if n < 0 || n >= len(acts) {
		return "", false
	}
	return acts[n], true
}

// Party is one end of a message.
type Party struct {
	AgencyID org.ID
	Code     org.AgencyCode
	Name     string
	Email    string // of the official mailbox, where it goes by mail
}

// FileRef names a file that is kept by its content.
type FileRef struct {
	Hash      document.Hash
	Size      int64
	Name      string
	MediaType string
}

// Envelope is one message to one recipient. It is the same at every try: that
// is what makes a repeat known as one.
type Envelope struct {
	ID         org.ID // of the message, UUIDv7
	AgencyID   org.ID // whose message it is
	DocumentID org.ID
	DeliveryID org.ID
	Content    Content
	Act        Act
	From       Party
	To         Party
	Symbol     string // number and symbol as the document carries them
	Subject    string
	Letter     Letter    // what the package says, for channels with packages
	Status     Status    // instead of a letter, where the content is a status
	About      Named     // what the status is of
	Package    FileRef   // the edXML package
	Files      []FileRef // the document's own files, for channels without packages
	Link       string    // to a page with the files, which are then not sent: they are too large for mail
	LinkUntil  time.Time
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero: it lives until it is given up
}

// Expired tells whether the life time of the message has passed (E6).
func (e Envelope) Expired(now time.Time) bool {
	return !e.ExpiresAt.IsZero() && !now.Before(e.ExpiresAt)
}

// Outcome is what a channel learned by sending.
type Outcome struct {
	State    State  // how far the message is known to be: sent, or arrived when the other side said so
	RemoteID string // the other side's name for it
	At       time.Time
	Wait     time.Duration // after a failure: how long the other side asked to be left alone
	Words    string        // after a failure: what the other side said, in its own words
	Receipt  SignedReceipt // where the other side gives one
}
