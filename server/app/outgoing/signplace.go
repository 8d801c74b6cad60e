package outgoing

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/storage/postgres"
)

// Places is where the signatures of a document's main file stand or will stand.
type Places struct {
	signing.Proposal
	Hash  document.Hash // of the file
	Moved bool          // somebody has put them elsewhere than proposed
}

// Places gives them. Nothing is reserved in the file yet.
func (s *Service) Places(ctx context.Context, who access.Person, id org.ID) (Places, error) {
	if s.signing == nil {
		return Places{}, errNoSigning
	}
	var main document.File
	var w signing.Wanted
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) (err error) {
		if main, _ = d.Main(); main.MediaType != document.TypePDF {
			return document.ErrNotPDF
		}
		w, err = wanted(ctx, tx, d)
		return err
	})
	if err != nil {
		return Places{}, err
	}
	p, err := s.propose(ctx, main.Hash, w)
	if err != nil {
		return Places{}, err
	}
	out := Places{Hash: main.Hash, Moved: len(w.Moved) > 0 && !p.Fixed}
	out.Proposal, err = p, nil
	if out.Moved {
		out.Proposal, err = p.Move(w.Moved)
	}
	return out, err
}

func (s *Service) propose(ctx context.Context, h document.Hash, w signing.Wanted) (signing.Proposal, error) {
	file, err := s.bytesOf(ctx, h)
	if err != nil {
		return signing.Proposal{}, err
	}
	return s.signing.Propose(ctx, file, w)
}

// MovePlaces keeps where the places of the file that was seen are to be; none
// puts them back where they are proposed.
func (s *Service) MovePlaces(ctx context.Context, who access.Person, position, id org.ID, seen document.Hash, moved []signing.Moved) error {
	if err := who.Allowed(access.ScopeDraft); err != nil {
		return err
	}
	if s.signing == nil {
		return errNoSigning
	}
	var w signing.Wanted
	check := func(d document.Document) (document.By, error) {
		pos, err := who.ArrangePlaces(access.FactsOf(d), position)
		if err != nil {
			return document.By{}, err
		}
		if main, _ := d.Main(); main.Hash != seen {
			return document.By{}, document.ErrChanged
		}
		return document.By{Position: pos, Name: who.FullName}, nil
	}
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) (err error) {
		if _, err = check(d); err != nil {
			return err
		}
		w, err = wanted(ctx, tx, d)
		return err
	})
	if err != nil {
		return err
	}
	p, err := s.propose(ctx, seen, w)
	if err != nil {
		return err
	}
	if p.Fixed {
		return signing.ErrFixed
	}
	if _, err := p.Move(moved); err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.LockDocument(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		by, err := check(d)
		if err != nil {
			return err
		}
		if err := tx.ActFor(ctx, d.AgencyID); err != nil {
			return err
		}
		if err := tx.ReplaceMovedPlaces(ctx, d.AgencyID, d.ID, seen, moved); err != nil {
			return err
		}
		return tx.Record(ctx, d.AgencyID, subject, d.ID, document.Event{Verb: "places_moved"}, by, s.clock())
	})
}
