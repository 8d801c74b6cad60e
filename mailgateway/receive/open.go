package receive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode/utf8"

	"congvan/mailgateway/mime"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/blob"
)

// maxBody is how many bytes of a mail's text are shown beside the document.
const maxBody = 64 << 10

// Reopen reads a stored raw mail again and stores its parts. It fails only when
// something is away.
func (g *Gateway) Reopen(ctx context.Context, raw document.Hash) (exchange.OpenedMail, error) {
	return g.reopen(ctx, raw, g.opts.HardBytes)
}

func (g *Gateway) reopen(ctx context.Context, raw document.Hash, most int64) (exchange.OpenedMail, error) {
	content, err := g.blobs.Open(ctx, raw)
	if err != nil {
		return exchange.OpenedMail{}, err
	}
	defer content.Close()
	return g.open(ctx, content, most)
}

// storeFailure carries an error of the store through the parser, which hands
// on a sink's errors as they came.
type storeFailure struct{ error }

// Unwrap gives the store's own error.
func (f storeFailure) Unwrap() error { return f.error }

// open splits a message and stores its parts. A message that cannot be read is
// not an error: it is held back with what was understood.
func (g *Gateway) open(ctx context.Context, raw io.Reader, most int64) (opened exchange.OpenedMail, err error) {
	defer func() {
		// A message that breaks the parser is that message's trouble alone.
		if defect := recover(); defect != nil {
			g.log.ErrorContext(ctx, "a message broke the parser", slog.String("defect", fmt.Sprint(defect)))
			opened.Hold, err = exchange.HeldUnreadable, nil
		}
	}()
	stored := map[string]blob.Ref{}
	msg, err := mime.Split(raw, g.limits(most), func(p mime.Part, body io.Reader) error {
		ref, err := g.blobs.Put(ctx, body, blob.Hint{})
		if errors.Is(err, mime.ErrPartTooLarge) {
			return nil // a warning stands on it; the raw mail has it whole
		}
		if err != nil {
			return storeFailure{err}
		}
		stored[p.Path] = ref
		return nil
	})
	var away storeFailure
	if errors.As(err, &away) {
		return exchange.OpenedMail{}, away.error
	}
	opened = openedOf(msg, stored)
	switch {
	case errors.Is(err, mime.ErrNotMessage):
		opened.Hold = exchange.HeldUnreadable
	case errors.Is(err, mime.ErrTooLarge):
		opened.Hold = exchange.HeldTooLarge
	case err != nil:
		return exchange.OpenedMail{}, err // the stored bytes could not be read
	}
	return opened, nil
}

func openedOf(msg mime.Message, stored map[string]blob.Ref) exchange.OpenedMail {
	o := headersOf(msg.Headers)
	o.BodyText = cut(clean(msg.Body.Text), maxBody)
	o.Answer, o.Trust = answerOf(msg), trustOf(msg)
	for _, w := range msg.Warnings {
		o.Warnings = append(o.Warnings, exchange.MailWarning{Code: string(w.Code), Path: w.Path, Loses: w.Loses()})
		if w.Code == mime.TooManyParts {
			o.Hold = exchange.HeldTooManyParts
		}
	}
	for _, p := range msg.Parts {
		ref, ok := stored[p.Path]
		if !ok {
			continue // a nested message that was opened: its parts stand for it
		}
		o.Parts = append(o.Parts, exchange.MailPart{Path: p.Path, Name: clean(p.Name), DeclaredType: clean(p.DeclaredType),
			DetectedType: clean(p.DetectedType), Size: ref.Size, Hash: ref.Hash, Inline: p.Inline})
	}
	return o
}

// headersOf gives what a list shows of a message.
func headersOf(h mime.Headers) exchange.OpenedMail {
	o := exchange.OpenedMail{MessageID: cut(clean(h.MessageID), 500), Subject: document.CleanLine(cut(clean(h.Subject), 2000)), SentAt: h.Date}
	if len(h.From) > 0 {
		o.FromName, o.FromAddress = document.CleanLine(cut(clean(h.From[0].Name), 500)), cut(clean(h.From[0].Address), 320)
	}
	return o
}

// clean takes out what a table cannot hold.
func clean(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "") }

// cut gives at most so many bytes, and no broken character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

func agenciesOf(m exchange.Mail) []org.ID { return []org.ID{m.AgencyID} }
