package delivery

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Peer is a connection with what is known of its other end.
type Peer = postgres.Peer

// PeerAgency is an agency at the other end.
type PeerAgency = postgres.PeerAgency

// overlap is how long an old secret or key goes on beside the one that follows
// it, so that no message is lost while the other side changes (L4).
const overlap = 7 * 24 * time.Hour

// Peers gives all connections, to who runs the installation.
func (s *Service) Peers(ctx context.Context, who access.Person) (list []Peer, err error) {
	if err := who.Operate(); err != nil {
		return nil, err
	}
	// In the exchange's scope: what waits for them is of all agencies.
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		list, err = tx.Peers(ctx, s.clock())
		return err
	})
	return list, err
}

// AddPeer connects another system. The secret that it has to sign with is made
// here and given once.
func (s *Service) AddPeer(ctx context.Context, who access.Person, c access.Command, in exchange.Connection, ourSecret string) (made Peer, secret string, err error) {
	if err := who.Operate(); err != nil {
		return made, "", err
	}
	in = in.Filled()
	in.ID, in.Enabled = postgres.NewID(), true
	if err := in.Check(); err != nil {
		return made, "", err
	}
	if in.Calls() && ourSecret == "" {
		return made, "", fault.InvalidField("ourSecret", "required", "Hãy ghi khóa bí mật bên kia cấp cho ta.", "Enter the secret that the other side gave us.")
	}
	now := s.clock()
	err = s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		secret = ""
		first, id, err := tx.Once(ctx, c, in.ID, now)
		if err != nil {
			return err
		}
		if first {
			if err := tx.AddPeer(ctx, in, s.opts.Seal(in.ID, ourSecret), now); err != nil {
				return err
			}
			if in.Called() {
				if secret, err = s.newSecret(ctx, tx, in.ID, now); err != nil {
					return err
				}
			}
		}
		made, err = tx.Peer(ctx, id)
		return err
	})
	return made, secret, err
}

func (s *Service) newSecret(ctx context.Context, tx *postgres.Tx, peer org.ID, now time.Time) (string, error) {
	plain, row := rand.Text(), postgres.NewID()
	return plain, tx.AddPeerSecret(ctx, peer, postgres.SealedSecret{ID: row, Secret: s.opts.Seal(row, plain), ValidFrom: now}, now.Add(overlap))
}

// PeerChange is what an edit changes; what is nil stays as it is.
type PeerChange struct {
	Name, Endpoint, OurSystem, OurSecret *string
	Key, NextKey                         *[]byte
	MostBytes                            *int64
	PerMinute                            *int
	Reused, Enabled                      *bool
}

// EditPeer changes a connection. Who names another address must give the secret
// again: it goes only to the server that it was meant for.
func (s *Service) EditPeer(ctx context.Context, who access.Person, id org.ID, version int, change PeerChange) (saved Peer, err error) {
	if err := who.Operate(); err != nil {
		return saved, err
	}
	err = s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		p, err := tx.LockPeer(ctx, id)
		if err != nil {
			return err
		}
		p.Version = version
		before := p.Endpoint
		secret := p.OurSecret
		for _, f := range []struct{ to, from *string }{{&p.Name, change.Name}, {&p.Endpoint, change.Endpoint}, {&p.OurSystem, change.OurSystem}} {
			set(f.to, f.from)
		}
		set(&p.Key, change.Key)
		set(&p.NextKey, change.NextKey)
		set(&p.MostBytes, change.MostBytes)
		set(&p.PerMinute, change.PerMinute)
		set(&p.Reused, change.Reused)
		set(&p.Enabled, change.Enabled)
		if err := p.Filled().Check(); err != nil {
			return err
		}
		switch {
		case change.OurSecret != nil:
			secret = s.opts.Seal(p.ID, *change.OurSecret)
		case p.Endpoint != before:
			return fault.InvalidField("ourSecret", "required", "Đổi địa chỉ thì phải nhập lại khóa bí mật.", "Another address needs the secret again.")
		}
		if err := tx.SavePeer(ctx, p.Filled(), secret); err != nil {
			return err
		}
		saved, err = tx.Peer(ctx, id)
		return err
	})
	return saved, err
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

// RenewPeerSecret gives the other end a new secret, once; the one before goes on
// for a week.
func (s *Service) RenewPeerSecret(ctx context.Context, who access.Person, c access.Command, id org.ID) (secret string, err error) {
	if err := who.Operate(); err != nil {
		return "", err
	}
	err = s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		secret = ""
		if _, err := tx.LockPeer(ctx, id); err != nil {
			return err
		}
		now := s.clock()
		first, _, err := tx.Once(ctx, c, id, now)
		if err != nil || !first {
			return err
		}
		secret, err = s.newSecret(ctx, tx, id, now)
		return err
	})
	return secret, err
}

// PeerAgencies gives the agencies at the other end.
func (s *Service) PeerAgencies(ctx context.Context, who access.Person, id org.ID) (list []PeerAgency, err error) {
	if err := who.Operate(); err != nil {
		return nil, err
	}
	err = s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		if _, err := tx.Peer(ctx, id); err != nil {
			return err
		}
		list, err = tx.PeerAgencies(ctx, id)
		return err
	})
	return list, err
}

// errLocalAgency keeps an agency with its registers here.
var errLocalAgency = fault.New(fault.Conflict, "agency_is_local",
	"Cơ quan này đang dùng chính hệ thống này nên không thể ở hệ thống khác.", "The agency works on this installation and cannot be at another.")

// PutPeerAgency says that an agency is at the other end: it is reached there from
// now on, and the other end speaks for it.
func (s *Service) PutPeerAgency(ctx context.Context, who access.Person, id, agency org.ID) error {
	if err := who.Operate(); err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		p, err := tx.LockPeer(ctx, id)
		if err != nil {
			return err
		}
		a, err := tx.LockAgency(ctx, agency)
		if err != nil {
			return err
		}
		if p.Kind == exchange.PeerAxis { // one of ours, that sends by this connection
			return tx.PutPeerAgency(ctx, id, agency)
		}
		if a.Channel == org.Local {
			return errLocalAgency
		}
		if a.Channel != org.Peer {
			a.Channel = org.Peer
			if err := tx.SaveAgency(ctx, a); err != nil {
				return err
			}
		}
		return tx.PutPeerAgency(ctx, id, agency)
	})
}

// RemovePeerAgency says that it is there no more.
func (s *Service) RemovePeerAgency(ctx context.Context, who access.Person, id, agency org.ID) error {
	if err := who.Operate(); err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		there, err := tx.RemovePeerAgency(ctx, id, agency)
		if err == nil && !there {
			return fault.Missing()
		}
		return err
	})
}

// OurKey is a key that this installation signs receipts with.
type OurKey struct {
	Public    []byte
	CreatedAt time.Time
	RetiredAt time.Time // when another follows it
}

// OurKeys gives the public keys of this installation, the newest first.
func (s *Service) OurKeys(ctx context.Context, who access.Person) (list []OurKey, err error) {
	if err := who.Operate(); err != nil {
		return nil, err
	}
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		keys, err := tx.ExchangeKeys(ctx)
		list = nil
		for _, k := range keys {
			list = append(list, OurKey{Public: k.Public, CreatedAt: k.CreatedAt, RetiredAt: k.RetiredAt})
		}
		return err
	})
	return list, err
}

// AddOurKey makes the key that follows the present one in a week: until then
// other installations are told of it.
func (s *Service) AddOurKey(ctx context.Context, who access.Person, c access.Command) ([]OurKey, error) {
	if err := who.Operate(); err != nil {
		return nil, err
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	id := postgres.NewID()
	err = s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		now := s.clock()
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		if err := tx.AddExchangeKey(ctx, postgres.SealedKey{ID: id, Public: public, Secret: s.opts.Seal(id, string(private.Seed())), CreatedAt: now}); err != nil {
			return err
		}
		return tx.RetireExchangeKeys(ctx, id, now.Add(overlap))
	})
	if err != nil {
		return nil, err
	}
	return s.OurKeys(ctx, who)
}

// Receipt gives what the recipient's server signed for a delivery, to whoever
// may read the document.
func (s *Service) Receipt(ctx context.Context, who access.Person, documentID, id org.ID) (r exchange.SignedReceipt, err error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return r, err
	}
	err = s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		doc, err := tx.Document(ctx, who.Agencies(), documentID)
		if err != nil {
			return err
		}
		if err := who.ReadDocument(access.FactsOf(doc)); err != nil {
			return err
		}
		r, err = tx.DeliveryReceipt(ctx, []org.ID{doc.AgencyID}, documentID, id)
		return err
	})
	return r, err
}
