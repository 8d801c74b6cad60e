package postgres

import (
	"context"
	"fmt"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// WholeUpload is an upload that has arrived completely.
type WholeUpload struct {
	Name      string
	Hash      document.Hash
	Size      int64
	MediaType string
}

// WholeUploads gives those of the account's uploads that are complete.
func (tx *Tx) WholeUploads(ctx context.Context, account org.ID, ids []org.ID) (map[org.ID]WholeUpload, error) {
	found := make(map[org.ID]WholeUpload, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := tx.q.WholeUploads(ctx, account, ids)
	if err != nil {
		return nil, fmt.Errorf("read uploads: %w", err)
	}
	for _, r := range rows {
		found[r.ID] = WholeUpload{Name: r.Name, Hash: hashOf(r.Sha256), Size: r.Size, MediaType: r.MediaType}
	}
	return found, nil
}

// AddressedAgency is an agency as a recipient.
type AddressedAgency struct {
	ID            org.ID
	Name          string
	Channel       org.Channel
	Validity      org.Validity
	SuccessorName string
}

// AgenciesAddressed gives the agencies by identifier.
func (tx *Tx) AgenciesAddressed(ctx context.Context, ids []org.ID) (map[org.ID]AddressedAgency, error) {
	found := make(map[org.ID]AddressedAgency, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := tx.q.AgenciesAddressed(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read agencies: %w", err)
	}
	for _, r := range rows {
		found[r.ID] = AddressedAgency{ID: r.ID, Name: r.Name, Channel: org.Channel(r.Channel),
			Validity: org.Validity{From: r.ValidFrom, Until: value(r.ValidUntil)}, SuccessorName: r.SuccessorName}
	}
	return found, nil
}

// UnitsAddressed gives the units of the agency by identifier.
func (tx *Tx) UnitsAddressed(ctx context.Context, agency org.ID, ids []org.ID) (map[org.ID]org.Unit, error) {
	found := make(map[org.ID]org.Unit, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := tx.q.UnitsAddressed(ctx, agency, ids)
	if err != nil {
		return nil, fmt.Errorf("read units: %w", err)
	}
	for _, r := range rows {
		found[r.ID] = org.Unit{ID: r.ID, AgencyID: agency, Name: r.Name, Validity: org.Validity{From: r.ValidFrom, Until: value(r.ValidUntil)}}
	}
	return found, nil
}

// AddressedPosition is a position with the name of who holds it.
type AddressedPosition struct {
	org.Position
	FullName string
}

// PositionsAddressed gives the positions of the agency by identifier.
func (tx *Tx) PositionsAddressed(ctx context.Context, agency org.ID, ids []org.ID) (map[org.ID]AddressedPosition, error) {
	found := make(map[org.ID]AddressedPosition, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := tx.q.PositionsAddressed(ctx, agency, ids)
	if err != nil {
		return nil, fmt.Errorf("read positions: %w", err)
	}
	for _, r := range rows {
		found[r.ID] = AddressedPosition{FullName: r.FullName, Position: org.Position{ID: r.ID, AccountID: r.AccountID, AgencyID: agency,
			UnitID: value(r.UnitID), Role: org.Role(r.Role), Title: r.Title, Validity: org.Validity{From: r.ValidFrom, Until: value(r.ValidUntil)}}}
	}
	return found, nil
}
