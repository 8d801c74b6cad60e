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
type Channel struct{ Client *Client }

// Send sends one message. That the package itself could not be opened is told
// apart: it says nothing of the other side.
func (c Channel) Send(ctx context.Context, e exchange.Envelope, open func(context.Context, exchange.FileRef) (io.ReadCloser, error)) (exchange.Outcome, error) {
	file, err := open(ctx, e.Package)
	if err != nil {
		return exchange.Outcome{}, exchange.ErrFileAway.Because(err)
	}
	defer file.Close()
	o := Outgoing{Message: Document, From: e.From.Code, Hash: e.Package.Hash, Size: e.Package.Size}
	if e.Content == exchange.StatusContent {
		o.Message = Status
	}
	if e.To.Code != "" {
		o.To = []org.AgencyCode{e.To.Code}
	}
	id, err := c.Client.Send(ctx, o, file)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return exchange.Outcome{Wait: refusal.Wait}, err
	}
	if err != nil {
		return exchange.Outcome{}, fmt.Errorf("send over the axis: %w", err)
	}
	return exchange.Outcome{State: exchange.Sent, RemoteID: id, At: c.Client.settings.Now()}, nil
}
