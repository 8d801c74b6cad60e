// Package receive hands mail over from mailboxes to the office: it stores what
// a mailbox holds, commits, and only then tells the mailbox. It keeps every
// enabled mailbox read by exactly one gateway, and one bad message or mailbox
// from stopping the others. It must not decide what a mail is worth: that is a
// job of the same transaction (app/intake).
//
// The order for each message (life of a mailed attachment): the raw bytes go to
// the blob store first, so that the evidence is safe; then its parts; then one
// transaction writes the mail, its parts, the cursor and the job; last the
// mailbox is told. Killed anywhere, the next reader goes on from the cursor and
// finds nothing lost, and the unique number of the message keeps it from being
// stored twice.
package receive

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"congvan/mailgateway/imap"
	"congvan/mailgateway/mime"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/secret"
)

// Options are the settings of an installation. Zero times mean their defaults.
type Options struct {
	MaxBytes     int64 // of a mail that is taken in by itself; larger ones wait in quarantine
	HardBytes    int64 // of a mail that a person asked for
	AllowPrivate bool  // mail servers on private and local addresses
	AllowPlain   bool  // lines without TLS
	RootCAs      *x509.CertPool
	LookupTXT    func(ctx context.Context, name string) ([]string, error) // the system's name servers when nil
	Mailboxes    int                                                      // read by one gateway at most: 500
	Round        time.Duration                                            // between two looks at which mailboxes there are: 15 s
	Poll         time.Duration                                            // where a server does not announce new mail: 1 min
	Patience     time.Duration                                            // the first gap after a failure, which grows: 5 s
}

func (o Options) filled() Options {
	if o.Mailboxes <= 0 {
		o.Mailboxes = 500
	}
	if o.HardBytes < o.MaxBytes {
		o.HardBytes = o.MaxBytes
	}
	fill := func(d *time.Duration, otherwise time.Duration) {
		if *d <= 0 {
			*d = otherwise
		}
	}
	fill(&o.Round, 15*time.Second)
	fill(&o.Poll, time.Minute)
	fill(&o.Patience, 5*time.Second)
	return o
}

// Gateway reads mailboxes.
type Gateway struct {
	store   *postgres.Store
	blobs   *blob.Store
	secrets *secret.Box
	log     *slog.Logger
	opts    Options
	owner   org.ID // of the leases: this very process
	clock   func() time.Time
	meter   *meter
	slots   chan struct{} // one for each message that is being stored and opened
}

// abreast is how many messages one gateway stores and opens at once; each small
// one is in memory meanwhile.
const abreast = 16

// New makes a gateway over the stores. metrics may be nil.
func New(store *postgres.Store, blobs *blob.Store, secrets *secret.Box, log *slog.Logger, metrics prometheus.Registerer, opts Options) (*Gateway, error) {
	m, err := newMeter(metrics)
	if err != nil {
		return nil, err
	}
	return &Gateway{store: store, blobs: blobs, secrets: secrets, log: log, opts: opts.filled(), owner: postgres.NewID(), clock: time.Now, meter: m,
		slots: make(chan struct{}, abreast)}, nil
}

// inTx runs fn as the exchange, the only road into another agency's rows.
func (g *Gateway) inTx(ctx context.Context, fn func(tx *postgres.Tx) error) error {
	return g.store.InTx(ctx, postgres.ExchangeScope(), fn)
}

// settings gives how to reach a mailbox, with its password opened or a fresh token.
func (r *reader) settings(ctx context.Context) (imap.Settings, error) {
	g, m := r.g, r.box
	password, err := g.secrets.Open(m.ID, m.Secret)
	if err != nil {
		return imap.Settings{}, ErrSealed.Because(err)
	}
	token := ""
	if m.OAuth.Used() {
		if token, err = r.accessToken(ctx, password); err != nil {
			return imap.Settings{}, err
		}
		password = ""
	}
	return imap.Settings{Token: token, Host: m.Host, Port: m.Port, Security: imap.Security(m.Security), Username: m.Username, Password: password,
		Folder: m.Folder, After: imap.After(m.After), MoveTo: m.MoveTo, AllowPrivate: g.opts.AllowPrivate, AllowPlain: g.opts.AllowPlain,
		RootCAs: g.opts.RootCAs, Poll: g.opts.Poll}, nil
}

func (g *Gateway) tlsConfig() *tls.Config {
	return &tls.Config{RootCAs: g.opts.RootCAs, MinVersion: tls.VersionTLS12}
}

func (g *Gateway) limits(total int64) mime.Limits { return mime.Limits{TotalBytes: total} }
