// Package intake carries out what becomes of mail: the decision about each mail
// that the gateway stored, what clerks do with those held back, and the
// mailboxes themselves. It must not speak IMAP or read MIME: the gateway does,
// and hands over rows (mailgateway/receive) or is handed in as a function.
package intake

import (
	"context"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/secret"
)

// Reopen reads a stored raw mail again and stores its parts. It is the
// gateway's, and fails only when something is away.
type Reopen func(ctx context.Context, raw document.Hash) (exchange.OpenedMail, error)

// Options are the settings of an installation.
type Options struct {
	AllowPlain bool // mailboxes may be read over a line without TLS
	Reopen     Reopen
}

// Service holds what the use cases need.
type Service struct {
	store   *postgres.Store
	blobs   *blob.Store
	secrets *secret.Box
	clock   func() time.Time
	opts    Options
}

// New makes the use cases over the stores; clock gives the present moment.
func New(store *postgres.Store, blobs *blob.Store, secrets *secret.Box, clock func() time.Time, opts Options) *Service {
	return &Service{store: store, blobs: blobs, secrets: secrets, clock: clock, opts: opts}
}

// The kinds of objects whose history is kept here.
const (
	subjectMail    = "mail_item"
	subjectMailbox = "mailbox"
	subjectArrival = "arrival"
)

// one is the list that queries take where there is one agency.
func one(agency org.ID) []org.ID { return []org.ID{agency} }
