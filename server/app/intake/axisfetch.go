package intake

import (
	"context"
	"io"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// The values that the other end is told in.
type (
	// AxisWaiting is a message that waits to be fetched.
	AxisWaiting = postgres.AxisWaiting
	// AxisSent is what became of a message at one recipient.
	AxisSent = postgres.AxisSent
	// AxisAgency is an agency of the directory.
	AxisAgency = postgres.AxisAgency
)

// maxWaiting bounds one list; what is fetched makes room.
const maxWaiting = 1000

// Waiting gives what waits to be fetched, a page of it where one is asked for.
func (s *Service) Waiting(ctx context.Context, p postgres.Peer, content exchange.Content, size, page int) (list []AxisWaiting, err error) {
	if size <= 0 || size > maxWaiting {
		size = maxWaiting
	}
	skip := min(size*max(page-1, 0), 1<<30) // pages count from one; zero is the first too
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		list, err = tx.AxisWaiting(ctx, p.ID, content, skip, size)
		return err
	})
	return list, err
}

// CountWaiting counts it.
func (s *Service) CountWaiting(ctx context.Context, p postgres.Peer, content exchange.Content) (n int, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		n, err = tx.CountAxisWaiting(ctx, p.ID, content)
		return err
	})
	return n, err
}

// OpenMessage opens a package that the other end brought or may fetch.
func (s *Service) OpenMessage(ctx context.Context, p postgres.Peer, id org.ID) (size int64, content io.ReadCloser, err error) {
	var file exchange.FileRef
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		file, err = tx.AxisPackage(ctx, p.ID, id)
		return err
	})
	if err != nil {
		return 0, nil, unknownMessage(err)
	}
	opened, err := s.blobs.Open(ctx, file.Hash)
	if err != nil {
		return 0, nil, err
	}
	return file.Size, opened, nil
}

func unknownMessage(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return exchange.ErrMessageUnknown
	}
	return err
}

// Fetched notes how far the other end brought a message that waited for it.
func (s *Service) Fetched(ctx context.Context, p postgres.Peer, id org.ID, state string) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		known, err := tx.SetAxisState(ctx, p.ID, id, state, s.clock())
		if err == nil && !known {
			return exchange.ErrMessageUnknown
		}
		return err
	})
}

// Sent gives what became of a message that the other end brought.
func (s *Service) Sent(ctx context.Context, p postgres.Peer, id org.ID) (list []AxisSent, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		list, err = tx.AxisSent(ctx, p.ID, id)
		return err
	})
	if err == nil && len(list) == 0 {
		return nil, exchange.ErrMessageUnknown
	}
	return list, err
}

// Directory gives the agencies that other systems may write to.
func (s *Service) Directory(ctx context.Context) (list []AxisAgency, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		list, err = tx.AxisDirectory(ctx, false)
		return err
	})
	return list, err
}

// RegisteredAgency is an agency as a system registers it.
type RegisteredAgency struct {
	Code   org.AgencyCode
	Parent org.AgencyCode
	Name   string
	Email  string
}

// errTaken is told of an agency that is somebody else's.
var errTaken = fault.New(fault.Forbidden, "agency_not_yours",
	"Cơ quan này không thuộc hệ thống gọi đến.", "The agency does not belong to the calling system.")

// errNoPeer is told of a question that only another installation may ask.
var errNoPeer = fault.New(fault.Forbidden, "not_an_installation",
	"Chỉ hệ thống cùng loại mới hỏi được danh bạ có ký.", "Only another installation may ask for the signed directory.")

// RegisterAgency brings an agency in that the system speaks for. An agency that
// is somebody else's stays theirs.
func (s *Service) RegisterAgency(ctx context.Context, p postgres.Peer, in RegisteredAgency) error {
	return s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		known, err := tx.AgenciesByCode(ctx, []org.AgencyCode{in.Code, in.Parent})
		if err != nil {
			return err
		}
		var parent org.ID
		for _, a := range known {
			switch {
			case a.Names(in.Code):
				if a.PeerID != p.ID {
					return errTaken
				}
				return renameAgency(ctx, tx, a.ID, in)
			case in.Parent != "" && a.Names(in.Parent):
				parent = a.ID
			}
		}
		a := postgres.Agency{Code: string(in.Code), Agency: org.Agency{ID: postgres.NewID(), Name: in.Name, ShortName: in.Name, ParentID: parent, Level: org.Other,
			Email: in.Email, Channel: org.Peer, Validity: org.Validity{From: org.DayOf(s.clock())}}}
		if err := a.Agency.Check(); err != nil {
			return err
		}
		if err := tx.AddAgency(ctx, a); err != nil {
			return err
		}
		return tx.PutPeerAgency(ctx, p.ID, a.ID)
	})
}

func renameAgency(ctx context.Context, tx *postgres.Tx, id org.ID, in RegisteredAgency) error {
	a, err := tx.LockAgency(ctx, id)
	if err != nil {
		return err
	}
	a.Name, a.Email, a.Validity.Until = in.Name, in.Email, org.Day{}
	return tx.SaveAgency(ctx, a)
}

// DeleteAgency ends an agency that the system speaks for. Documents of its time
// keep its name.
func (s *Service) DeleteAgency(ctx context.Context, p postgres.Peer, code org.AgencyCode) error {
	return s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		known, err := tx.AgenciesByCode(ctx, []org.AgencyCode{code})
		if err != nil {
			return err
		}
		switch {
		case len(known) == 0:
			return exchange.ErrRecipientUnknown
		case known[0].PeerID != p.ID:
			return errTaken
		}
		a, err := tx.LockAgency(ctx, known[0].ID)
		if err != nil {
			return err
		}
		a.Validity.Until = org.DayOf(s.clock().AddDate(0, 0, -1))
		if a.Validity.Until.Before(a.Validity.From) {
			a.Validity.Until = a.Validity.From
		}
		return tx.SaveAgency(ctx, a)
	})
}
