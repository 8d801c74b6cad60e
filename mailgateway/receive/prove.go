package receive

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"congvan/mailgateway/mime"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

const (
	maxSignatures = 5
	lookupTime    = 10 * time.Second
)

// errNames says that the keys of the signatures cannot be had now.
var errNames = fault.New(fault.Unavailable, "mail_names_away",
	"Chưa tra được khóa DKIM của người gửi.", "The sender's DKIM key cannot be looked up now.")

// Prove checks the DKIM signatures of a stored mail against the keys that
// their domains publish. A key that cannot be had now is tried again.
func (g *Gateway) Prove(ctx context.Context, raw document.Hash) ([]exchange.DomainProof, error) {
	content, err := g.blobs.Open(ctx, raw)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return prove(content, func(name string) ([]string, error) {
		ctx, cancel := context.WithTimeout(ctx, lookupTime)
		defer cancel()
		if g.opts.LookupTXT != nil {
			return g.opts.LookupTXT(ctx, name)
		}
		return net.DefaultResolver.LookupTXT(ctx, name)
	})
}

// noting keeps the failure of a reader, which a parser takes for the mail's.
type noting struct {
	io.Reader
	failed error
}

func (n *noting) Read(p []byte) (int, error) {
	read, err := n.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		n.failed = err
	}
	return read, err
}

func prove(raw io.Reader, lookup func(string) ([]string, error)) ([]exchange.DomainProof, error) {
	var away error
	asked := func(name string) ([]string, error) {
		keys, err := lookup(name)
		var known *net.DNSError
		if err != nil && (!errors.As(err, &known) || !known.IsNotFound) {
			away = err
		}
		return keys, err
	}
	source := &noting{Reader: raw}
	found, err := dkim.VerifyWithOptions(source, &dkim.VerifyOptions{MaxVerifications: maxSignatures, LookupTXT: asked})
	if away != nil {
		return nil, errNames.Because(away)
	}
	if source.failed != nil { // of the store: the mail may be signed all the same
		return nil, source.failed
	}
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return nil, nil // what cannot be read as signed is not signed
	}
	var proofs []exchange.DomainProof
	for _, v := range found {
		p := exchange.DomainProof{Domain: cut(clean(v.Domain), 255), Result: "pass"}
		switch {
		case dkim.IsPermFail(v.Err):
			p.Result = "error"
		case v.Err != nil:
			p.Result = "fail"
		}
		proofs = append(proofs, p)
	}
	return proofs, nil
}

// ReadBody reads the text of a stored mail, as a stranger wrote it.
func (g *Gateway) ReadBody(ctx context.Context, raw document.Hash) (text, html string, err error) {
	content, err := g.blobs.Open(ctx, raw)
	if err != nil {
		return "", "", err
	}
	defer content.Close()
	msg, err := mime.Split(content, g.limits(g.opts.HardBytes), nil)
	if err != nil && !errors.Is(err, mime.ErrNotMessage) && !errors.Is(err, mime.ErrTooLarge) {
		return "", "", err
	}
	return msg.Body.Text, msg.Body.HTML, nil
}
