package intake

import (
	"bytes"
	"context"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// SignedDirectory gives another installation what this one says of itself: the
// agencies that work here, its keys, and how much it takes from who asks.
func (s *Service) SignedDirectory(ctx context.Context, p postgres.Peer) (exchange.SignedDirectory, error) {
	if p.Kind != exchange.PeerInstallation {
		return exchange.SignedDirectory{}, errNoPeer
	}
	key, err := s.signer(ctx)
	if err != nil {
		return exchange.SignedDirectory{}, err
	}
	now := s.clock()
	d := exchange.Directory{Server: s.opts.Server, At: now, Until: now.Add(exchange.DirectoryLife), MostBytes: p.MostBytes, Key: publicOf(key)}
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		d.Agencies, d.NextKey = nil, nil
		keys, err := tx.ExchangeKeys(ctx)
		if err != nil {
			return err
		}
		if newest := keys[0].Public; !bytes.Equal(newest, d.Key) { // the newest stands first
			d.NextKey = newest
		}
		list, err := tx.AxisDirectory(ctx, true)
		for _, a := range list {
			d.Agencies = append(d.Agencies, exchange.DirectoryAgency{Code: a.Code, OldCode: a.OldCode, Validity: a.Validity, Name: a.Name, Email: a.Email})
		}
		return err
	})
	if err != nil {
		return exchange.SignedDirectory{}, err
	}
	return d.Sign(key), nil
}

// takeSigned takes in what another installation says of itself. It may add its
// agencies and change those that are there; what is here, on the axis or at
// somebody else is not its to say. What it leaves out stays.
func (s *Service) takeSigned(ctx context.Context, p postgres.Peer, calls AxisCalls) error {
	signed, err := calls.Signed(ctx)
	if err != nil {
		return err
	}
	d, err := signed.Read(p.Keys()...)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		held, err := tx.LockPeer(ctx, p.ID)
		if err != nil {
			return err
		}
		_, said, err := tx.PeerDirectory(ctx, p.ID)
		if err != nil || d.At.Before(said) {
			return err // an older one came late
		}
		after, changed := held.Connection.Learn(d, signed.Key)
		if err := tx.LearnPeer(ctx, after, changed, signed, d.At); err != nil {
			return err
		}
		for begin := 0; begin < len(d.Agencies); begin += directoryPage {
			if err := s.listPeerAgencies(ctx, tx, p.ID, d.Agencies[begin:min(begin+directoryPage, len(d.Agencies))]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) listPeerAgencies(ctx context.Context, tx *postgres.Tx, peer org.ID, page []exchange.DirectoryAgency) error {
	var codes []org.AgencyCode
	for _, a := range page {
		if codes = append(codes, a.Code); a.OldCode != "" {
			codes = append(codes, a.OldCode)
		}
	}
	known, err := tx.AgenciesByCode(ctx, codes)
	if err != nil {
		return err
	}
	for _, a := range page {
		if err := s.listPeerAgency(ctx, tx, peer, a, known); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) listPeerAgency(ctx context.Context, tx *postgres.Tx, peer org.ID, a exchange.DirectoryAgency, known []postgres.AxisAgency) error {
	name := document.CleanLine(a.Name)
	for _, k := range known {
		if !k.Names(a.Code) && (a.OldCode == "" || !k.Names(a.OldCode)) {
			continue
		}
		if k.PeerID != peer || k.Channel != org.Peer || k.Name == name && k.Email == a.Email && k.Validity.Until == a.Validity.Until {
			return nil
		}
		held, err := tx.LockAgency(ctx, k.ID)
		if err != nil {
			return err
		}
		held.Name, held.Email, held.Validity.Until = name, a.Email, a.Validity.Until
		return tx.SaveAgency(ctx, held)
	}
	if today := org.DayOf(s.clock()); !a.Validity.Until.IsZero() && a.Validity.Until.Before(today) {
		return nil
	}
	made := postgres.Agency{Code: string(a.Code), OldCode: string(a.OldCode), Agency: org.Agency{ID: postgres.NewID(), Name: name, ShortName: name, Level: org.Other,
		Email: a.Email, Channel: org.Peer, Validity: a.Validity}}
	if err := tx.AddAgency(ctx, made); err != nil {
		return err
	}
	return tx.PutPeerAgency(ctx, peer, made.ID)
}
