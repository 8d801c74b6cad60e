package delivery

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"congvan/server/domain/exchange"
	"congvan/storage/postgres"
)

// Write writes the package of a message. The same message makes the same bytes.
type Write = func(ctx context.Context, w io.Writer, e exchange.Envelope, open Open) error

// Keep stores what r gives.
type Keep = func(ctx context.Context, r io.Reader) (exchange.FileRef, error)

// pack gives the package of a message: written and stored once, before anything
// is sent, so that every try sends the same bytes and their hash is known.
func (s *Service) pack(ctx context.Context, e exchange.Envelope, open Open) (exchange.FileRef, error) {
	if e.Content == exchange.StatusContent || e.Act != exchange.ActNew { // the stored package is of the document itself
		return s.write(ctx, e, open)
	}
	var kept exchange.FileRef
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		code := exchange.DocumentCode(e.From.Code, e.Letter.Date, e.Letter.Number, e.Letter.Symbol)
		if err := tx.NameDocument(ctx, e.AgencyID, e.DocumentID, code); err != nil {
			return err
		}
		e.Letter.Code, kept, err = tx.DocumentPackage(ctx, e.AgencyID, e.DocumentID)
		return err
	})
	if err != nil || !kept.Hash.IsZero() {
		return kept, err
	}
	made, err := s.write(ctx, e, open)
	if err != nil {
		return made, err
	}
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		made, err = tx.KeepPackage(ctx, e.AgencyID, e.DocumentID, made)
		return err
	})
	return made, err
}

// write lets the package flow into the store; an attachment is never in memory.
func (s *Service) write(ctx context.Context, e exchange.Envelope, open Open) (exchange.FileRef, error) {
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := s.opts.Write(ctx, w, e, open)
		ended <- err              // before the store hears of it
		_ = w.CloseWithError(err) // it never fails
	}()
	file, err := s.opts.Keep(ctx, r)
	select {
	case wrong := <-ended:
		if wrong != nil {
			return file, wrong
		}
	default: // the store gave up first: what the writer says of that is no reason
		_ = r.CloseWithError(cmp.Or(err, io.ErrClosedPipe))
		err = cmp.Or(err, <-ended, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return file, fmt.Errorf("store the package: %w", exchange.ErrFileAway.Because(err))
	}
	return file, nil
}
