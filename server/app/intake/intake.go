// Package intake carries out what becomes of mail, and of messages that other
// systems bring: the decision about each mail that the gateway stored, what
// clerks do with those held back, the mailboxes themselves; and that a package
// arrives exactly once. It must not speak IMAP, read MIME or edXML: the gateway
// and the protocols do, and hand over rows (mailgateway/receive) or are handed
// in as functions.
package intake

import (
	"context"
	"crypto/ed25519"
	"io"
	"log/slog"
	"sync"
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

	Ask           Ask    // the axis what waits; nobody is asked without it
	Unpack        Unpack // of packages that other systems bring
	Server        string // by which receipts name this installation
	Log           *slog.Logger
	RefuseRetired bool // what is sent to an agency that ended is refused naming its successor
	Scan          Scan // nil where no scanner is configured
	Prove         Prove
	ReadBody      ReadBody
	CleanHTML     func(html string) string
	// Discover finds the settings of a mail server that a domain publishes.
	Discover func(ctx context.Context, address string) (exchange.OfficialMailbox, bool)
	// Print sets a mail's text on pages; without it the text is kept as text.
	Print func(out io.Writer, m exchange.MailSheet) error
	// Notify sends a short mail of the system; nil where nothing is sent.
	Notify func(ctx context.Context, n exchange.MailNotice) error
}

// Service holds what the use cases need.
type Service struct {
	store   *postgres.Store
	blobs   *blob.Store
	secrets *secret.Box
	clock   func() time.Time
	opts    Options

	keyMu sync.Mutex
	key   ed25519.PrivateKey // that receipts are signed with
	keyAt time.Time
}

// New makes the use cases over the stores; clock gives the present moment.
func New(store *postgres.Store, blobs *blob.Store, secrets *secret.Box, clock func() time.Time, opts Options) *Service {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
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
