package outgoing

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// View is a document as its page shows it.
type View struct {
	document.Document
	Names        postgres.DocumentNames
	EarlierFiles []document.File
	Channels     []exchange.Channel // of each recipient
	Counts       postgres.DeliveryCounts
	CopyOf       *document.Original // nil: no certified copy made here
	Acts         []document.Act     // what the person may do now
}

// Read gives a document with everything its page shows.
func (s *Service) Read(ctx context.Context, who access.Person, id org.ID) (View, error) {
	var v View
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) (err error) {
		v.Document, v.Acts = d, who.DocumentActs(access.FactsOf(d))
		if v.EarlierFiles, err = tx.EarlierFiles(ctx, d.AgencyID, d.ID); err != nil {
			return err
		}
		var addresses []postgres.Address
		if v.Recipients, addresses, err = tx.Recipients(ctx, d.AgencyID, d.ID); err != nil {
			return err
		}
		for _, a := range addresses {
			v.Channels = append(v.Channels, a.Channel)
		}
		if v.Counts, err = tx.DeliveryCounts(ctx, d.AgencyID, d.ID); err != nil {
			return err
		}
		if d.IsCopy() {
			o, found, err := tx.Original(ctx, d.AgencyID, d.ID)
			if err != nil {
				return err
			}
			if found {
				v.CopyOf = &o
			}
		}
		v.Names, err = tx.DocumentNames(ctx, d)
		return err
	})
	return v, err
}

// reading runs fn with a document that the person may see.
func (s *Service) reading(ctx context.Context, who access.Person, id org.ID, fn func(tx *postgres.Tx, d document.Document) error) error {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.Document(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if err := who.ReadDocument(access.FactsOf(d)); err != nil {
			return err
		}
		return fn(tx, d)
	})
}

// File gives a file of a document that the person may see. Knowing a hash is
// not a permission: the file must belong to the document.
func (s *Service) File(ctx context.Context, who access.Person, id org.ID, h document.Hash) (postgres.StoredFile, error) {
	var f postgres.StoredFile
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) (err error) {
		f, err = tx.DocumentFile(ctx, d.AgencyID, d.ID, h)
		return err
	})
	return f, err
}

// Deliveries gives a page of where the document went, and the counts over all of it.
func (s *Service) Deliveries(ctx context.Context, who access.Person, id org.ID, state exchange.State, after, most int) ([]exchange.Delivery, postgres.DeliveryCounts, error) {
	var list []exchange.Delivery
	var counts postgres.DeliveryCounts
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) (err error) {
		if counts, err = tx.DeliveryCounts(ctx, d.AgencyID, d.ID); err != nil {
			return err
		}
		list, err = tx.Deliveries(ctx, d.AgencyID, d.ID, state, after, most)
		return err
	})
	return list, counts, err
}

// Events gives a page of the document's history, oldest first.
func (s *Service) Events(ctx context.Context, who access.Person, id, after org.ID, most int) ([]postgres.Event, error) {
	var list []postgres.Event
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) (err error) {
		list, err = tx.Events(ctx, d.AgencyID, d.ID, after, most)
		return err
	})
	return list, err
}

// List gives a page of the outgoing documents that the person may see.
func (s *Service) List(ctx context.Context, who access.Person, agency org.ID, f postgres.DocumentFilter) ([]postgres.DocumentSummary, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	var list []postgres.DocumentSummary
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) (err error) {
		list, err = tx.Documents(ctx, postgres.DocumentReachOf(who, agency), f)
		return err
	})
	return list, err
}
