package vxp

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"strconv"
	"sync"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// Outgoing is a package to be sent.
type Outgoing struct {
	ID      org.ID    // told to a peer, which makes one message of all tries
	Expires time.Time // told to a peer: a late copy is refused
	Message Message
	From    org.AgencyCode
	To      []org.AgencyCode // empty: the package itself says
	Hash    document.Hash
	Size    int64
}

// Agencies gives the directory by old codes.
func (c *Client) Agencies(ctx context.Context) ([]Agency, error) {
	return listFrom[Agency](ctx, c, CallAgencies)
}

// AgenciesQD20 gives the directory by new codes.
func (c *Client) AgenciesQD20(ctx context.Context, level string) ([]Agency, error) {
	return listFrom[Agency](ctx, c, CallAgenciesQD20, pair{"level", level})
}

// Synchronise gives the directory with what changed and what ended.
func (c *Client) Synchronise(ctx context.Context) ([]Unit, error) {
	return listFrom[Unit](ctx, c, CallSynchronise)
}

// Received gives what waits for the agencies of the system.
func (c *Client) Received(ctx context.Context, message Message) ([]Received, error) {
	return listFrom[Received](ctx, c, CallReceived, pair{"servicetype", service}, pair{"messagetype", string(message)})
}

// Sent gives what became of a message at each recipient.
func (c *Client) Sent(ctx context.Context, message Message, id string) ([]Sent, error) {
	return listFrom[Sent](ctx, c, CallSent, pair{"servicetype", service}, pair{"messagetype", string(message)}, pair{"docId", id})
}

func listFrom[T any](ctx context.Context, c *Client, call Call, parameters ...pair) ([]T, error) {
	a, err := c.ask(ctx, call, "", parameters...)
	if err != nil {
		return nil, err
	}
	return list[T](a, c)
}

// Directory gives what another installation says of itself. It proves nothing
// yet: who knows its keys reads it.
func (c *Client) Directory(ctx context.Context) (exchange.SignedDirectory, error) {
	a, err := c.ask(ctx, CallDirectory, "")
	if err != nil {
		return exchange.SignedDirectory{}, err
	}
	var got written
	if err := c.read(a, members{"Directory": func(dec *json.Decoder) error { return dec.Decode(&got) }}); err != nil {
		return exchange.SignedDirectory{}, err
	}
	if got.Text == "" {
		return exchange.SignedDirectory{}, ErrIncomplete.Because(errors.New("no directory"))
	}
	return exchange.SignedDirectory(got), nil
}

const nothing = "{}"

// Register brings an agency in.
func (c *Client) Register(ctx context.Context, agency Registration) error {
	body, err := json.Marshal(agency)
	if err != nil {
		return err
	}
	return c.tell(ctx, CallRegister, string(body))
}

// Delete takes an agency out.
func (c *Client) Delete(ctx context.Context, code org.AgencyCode) error {
	return c.tell(ctx, CallDelete, nothing, pair{"AgencyCode", string(code)})
}

// UpdateStatus tells how far a received package was brought.
func (c *Client) UpdateStatus(ctx context.Context, id string, status Transport) error {
	return c.tell(ctx, CallUpdateStatus, nothing, pair{"docId", id}, pair{"status", string(status)})
}

func (c *Client) tell(ctx context.Context, call Call, body string, parameters ...pair) error {
	a, err := c.ask(ctx, call, body, parameters...)
	if err != nil {
		return err
	}
	return c.read(a, nil)
}

// CountReceived gives how many messages wait.
func (c *Client) CountReceived(ctx context.Context, message Message) (int, error) {
	call := CallCountDocuments
	if message == Status {
		call = CallCountStatuses
	}
	a, err := c.ask(ctx, call, nothing)
	if err != nil {
		return 0, err
	}
	var count string
	if err := c.read(a, members{"count": member(&count)}); err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 {
		return 0, ErrIncomplete.Because(errors.New("no count"))
	}
	return n, nil
}

// member reads a scalar as text.
func member(to *string) func(*json.Decoder) error {
	return func(dec *json.Decoder) error {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		text, err := scalar(raw)
		*to = text
		return err
	}
}

// Accepted is what the other side says of a package that it took.
type Accepted struct {
	ID      string                 // its own name for it; may be empty
	Receipt exchange.SignedReceipt // a peer's
}

// Send sends a package and gives what the axis says of it.
// The bytes are hashed on their way: what is not the file that was meant is
// never sent to its end. After an error it is not known whether the axis has
// the package, unless the error is a Refusal; the same package again is a repeat.
func (c *Client) Send(ctx context.Context, o Outgoing, file io.Reader) (accepted Accepted, err error) {
	watch, ctx := newWatch(ctx, c.settings)
	parameters := []pair{{"servicetype", service}, {"messagetype", string(o.Message)}, {keyFile, fileHash(o.Hash)}, {"from", string(o.From)}}
	if len(o.To) > 0 {
		to, err := json.Marshal(o.To)
		if err != nil {
			watch.end()
			return Accepted{}, err
		}
		parameters = append(parameters, pair{"to", string(to)})
	}
	if c.settings.Peer && !o.ID.IsZero() {
		parameters = append(parameters, pair{keyMessage, o.ID.String()})
		if !o.Expires.IsZero() {
			parameters = append(parameters, pair{keyExpires, o.Expires.UTC().Format(time.RFC3339)})
		}
	}
	r, err := c.request(ctx, CallSend, nil, parameters...)
	if err != nil {
		watch.end()
		return Accepted{}, err
	}
	body := &departing{Outgoing: o, src: file, hash: sha256.New(), watch: watch, closed: make(chan struct{})}
	defer func() { <-body.closed }() // the file is the caller's again only when nobody reads it any more
	r.Body, r.ContentLength = body, o.Size+int64(len(lineEnd))
	if c.settings.Peer {
		r.Header.Set("Expect", "100-continue")
	}
	a, err := c.do(r, watch)
	if err != nil {
		return Accepted{}, err
	}
	if err := c.read(a, members{"DocId": member(&accepted.ID), "Receipt": receipt(&accepted.Receipt)}); err != nil {
		return Accepted{}, err
	}
	return accepted, nil
}

// departing is a package on its way out. The line end behind it is given only
// when all before it was right: without it the other side has an unfinished
// request, and takes nothing.
type departing struct {
	Outgoing
	src    io.Reader
	hash   hash.Hash
	sent   int64
	watch  *watch
	tail   []byte
	over   bool
	once   sync.Once
	closed chan struct{}
}

// Close is called by the library when it reads no more.
func (d *departing) Close() error {
	d.once.Do(func() { close(d.closed) })
	return nil
}

func (d *departing) Read(b []byte) (int, error) {
	d.watch.allow(d.watch.silence)
	if d.over {
		n := copy(b, d.tail)
		if d.tail = d.tail[n:]; len(d.tail) == 0 {
			d.watch.allow(d.watch.answer)
			return n, io.EOF
		}
		return n, nil
	}
	n, err := d.src.Read(b)
	d.sent += int64(n)
	d.hash.Write(b[:n]) // never fails
	switch {
	case d.sent > d.Size:
		return 0, exchange.ErrFileDamaged
	case errors.Is(err, io.EOF):
		if d.sent != d.Size || document.Hash(d.hash.Sum(nil)) != d.Hash {
			return 0, exchange.ErrFileDamaged
		}
		d.over, d.tail = true, lineEnd
		return n, nil
	case err != nil:
		return 0, exchange.ErrFileAway.Because(err)
	}
	return n, nil
}
