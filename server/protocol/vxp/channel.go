package vxp

import (
	"context"
	"errors"
	"fmt"
	"io"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// Channel sends messages over an axis or to a peer.
type Channel struct {
	Client *Client
	// Most is the largest package that the other side takes; zero when it is not
	// known. What cannot be below it is refused before anything is opened.
	Most int64
	// Package gives an envelope's package where the envelope has none: written
	// once, and the same at every try.
	Package func(ctx context.Context, e exchange.Envelope, open Opener) (exchange.FileRef, error)
	// Keys are those that the other side signs its receipts with. Without any no
	// receipt is asked for.
	Keys [][]byte
}

// Send sends one message. That the package itself could not be opened is told
// apart: it says nothing of the other side.
func (c Channel) Send(ctx context.Context, e exchange.Envelope, open func(context.Context, exchange.FileRef) (io.ReadCloser, error)) (exchange.Outcome, error) {
	if err := c.fits(e); err != nil {
		return exchange.Outcome{}, err
	}
	if e.Package.Hash.IsZero() {
		made, err := c.Package(ctx, e, open)
		if err != nil {
			return exchange.Outcome{}, err
		}
		e.Package = made
	}
	if c.Most > 0 && e.Package.Size > c.Most {
		return exchange.Outcome{}, exchange.ErrPackageTooLarge
	}
	file, err := open(ctx, e.Package)
	if err != nil {
		return exchange.Outcome{}, ownTrouble(ctx, err)
	}
	defer file.Close()
	answer, err := c.Client.Send(ctx, outgoingOf(e), file)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return exchange.Outcome{Wait: refusal.Wait, Words: refusal.Words}, err
	}
	if err != nil {
		return exchange.Outcome{}, fmt.Errorf("send over the axis: %w", err)
	}
	return c.judge(e, answer)
}

// fits refuses what is too large before anything is read: a package is never
// smaller than a third of what it carries, and in base64 nearly always larger.
func (c Channel) fits(e exchange.Envelope) error {
	var size int64
	for _, f := range e.Files {
		size += f.Size
	}
	if c.Most > 0 && e.Package.Hash.IsZero() && size > c.Most {
		return exchange.ErrPackageTooLarge
	}
	return nil
}

func outgoingOf(e exchange.Envelope) Outgoing {
	o := Outgoing{ID: e.ID, Expires: e.ExpiresAt, Message: Document, From: e.From.Code, Hash: e.Package.Hash, Size: e.Package.Size}
	if e.Content == exchange.StatusContent {
		o.Message = Status
	}
	if e.To.Code != "" {
		o.To = []org.AgencyCode{e.To.Code}
	}
	return o
}

// judge takes an answer for what it proves. A receipt that proves nothing is
// worse than none: the other side is asked again.
func (c Channel) judge(e exchange.Envelope, a Accepted) (exchange.Outcome, error) {
	o := exchange.Outcome{State: exchange.Sent, RemoteID: a.ID, At: c.Client.settings.Now()}
	if len(c.Keys) == 0 || e.Content != exchange.DocumentContent {
		return o, nil
	}
	proof, err := a.Receipt.Read(c.Keys...)
	if err == nil {
		err = proof.Proves(e)
	}
	if err != nil {
		return exchange.Outcome{}, ErrBadReceipt.Because(err)
	}
	o.State, o.At, o.Receipt = exchange.Arrived, proof.At, a.Receipt
	return o, nil
}
