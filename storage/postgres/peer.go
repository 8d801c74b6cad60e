package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Peer is a connection with what is known of its other end.
type Peer struct {
	exchange.Connection
	exchange.Health
	OurSecret   []byte    // sealed
	DirectoryAt time.Time // when its directory was taken in
}

func peerOf(r dbsqlc.Peer) Peer {
	return Peer{Connection: exchange.Connection{ID: r.ID, Kind: exchange.PeerKind(r.Kind), Name: r.Name, System: value(r.System), Endpoint: r.Endpoint,
		OurSystem: r.OurSystem, Key: r.PublicKey, NextKey: r.NextKey, MostBytes: r.MostBytes, TakesBytes: r.TakesBytes, PerMinute: int(r.PerMinute), Reused: r.Reused,
		Enabled: r.Enabled, Version: int(r.Version)}, OurSecret: r.OurSecret, DirectoryAt: value(r.DirectoryAt),
		Health: exchange.Health{UpSince: value(r.UpSince), DownSince: value(r.DownSince), HeardAt: value(r.HeardAt), ErrorCode: r.ErrorCode,
			ErrorAt: value(r.ErrorAt), PolledAt: value(r.PolledAt), Directory: value(r.DirectoryAt)}}
}

// Peers gives all connections with their traffic of the last hour.
func (tx *Tx) Peers(ctx context.Context, now time.Time) ([]Peer, error) {
	rows, err := tx.q.ListPeers(ctx)
	if err != nil {
		return nil, fmt.Errorf("list peers: %w", err)
	}
	traffic, err := tx.q.PeerTraffic(ctx, now.Add(-time.Hour))
	if err != nil {
		return nil, fmt.Errorf("count the traffic of peers: %w", err)
	}
	list := make([]Peer, len(rows))
	for i, r := range rows {
		list[i] = peerOf(r)
		for _, t := range traffic {
			if t.ID == r.ID {
				list[i].Agencies, list[i].LastHour, list[i].Waiting, list[i].Oldest = int(t.Agencies), int(t.Came+t.Went), int(t.Waiting), t.Oldest
				list[i].Failed = int(t.Failed)
				if t.Waiting == 0 {
					list[i].Oldest = time.Time{}
				}
			}
		}
	}
	return list, nil
}

// Peer gives one connection.
func (tx *Tx) Peer(ctx context.Context, id org.ID) (Peer, error) {
	return onePeer(tx.q.GetPeer(ctx, id))
}

// LockPeer gives it and keeps others from changing it.
func (tx *Tx) LockPeer(ctx context.Context, id org.ID) (Peer, error) {
	return onePeer(tx.q.LockPeer(ctx, id))
}

// PeerBySystem gives the connection that a caller signs as.
func (tx *Tx) PeerBySystem(ctx context.Context, system string) (Peer, error) {
	return onePeer(tx.q.PeerBySystem(ctx, &system))
}

// PeerOfAgency gives the connection that an agency is reached through.
func (tx *Tx) PeerOfAgency(ctx context.Context, agency org.ID) (Peer, error) {
	return onePeer(tx.q.PeerOfAgency(ctx, agency))
}

// AxisOf gives the connection to the axis that an agency of ours sends by.
func (tx *Tx) AxisOf(ctx context.Context, agency org.ID) (Peer, error) {
	return onePeer(tx.q.AxisOf(ctx, agency))
}

func onePeer(r dbsqlc.Peer, err error) (Peer, error) {
	if err != nil {
		return Peer{}, fmt.Errorf("read peer: %w", translate(err))
	}
	return peerOf(r), nil
}

// AddPeer writes a new connection; secret is sealed.
func (tx *Tx) AddPeer(ctx context.Context, c exchange.Connection, secret []byte, now time.Time) error {
	if err := tx.q.InsertPeer(ctx, dbsqlc.InsertPeerParams{ID: c.ID, Kind: string(c.Kind), Name: c.Name, System: c.System, Endpoint: c.Endpoint,
		OurSystem: c.OurSystem, OurSecret: bytesOf(secret), PublicKey: bytesOf(c.Key), NextKey: bytesOf(c.NextKey), MostBytes: c.MostBytes,
		PerMinute: int32(c.PerMinute), Reused: c.Reused, CreatedAt: now}); err != nil {
		return fmt.Errorf("add peer: %w", err)
	}
	return nil
}

// bytesOf keeps none from becoming null.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// SavePeer writes a connection, unless it was changed since it was read.
func (tx *Tx) SavePeer(ctx context.Context, c exchange.Connection, secret []byte) error {
	n, err := tx.q.UpdatePeer(ctx, dbsqlc.UpdatePeerParams{Name: c.Name, Endpoint: c.Endpoint, OurSystem: c.OurSystem, OurSecret: bytesOf(secret),
		PublicKey: bytesOf(c.Key), NextKey: bytesOf(c.NextKey), MostBytes: c.MostBytes, PerMinute: int32(c.PerMinute), Reused: c.Reused,
		Enabled: c.Enabled, ID: c.ID, Version: int32(c.Version)})
	if err != nil {
		return fmt.Errorf("save peer: %w", err)
	}
	if n == 0 {
		return errStale
	}
	return nil
}

// SealedSecret is a secret that the other end signs with.
type SealedSecret struct {
	ID         org.ID
	Secret     []byte
	ValidFrom  time.Time
	ValidUntil time.Time
}

// PeerSecrets gives the secrets that are valid now, the newest first.
func (tx *Tx) PeerSecrets(ctx context.Context, peer org.ID, now time.Time) ([]SealedSecret, error) {
	rows, err := tx.q.PeerSecrets(ctx, peer, now)
	if err != nil {
		return nil, fmt.Errorf("read the secrets of a peer: %w", err)
	}
	list := make([]SealedSecret, len(rows))
	for i, r := range rows {
		list[i] = SealedSecret{ID: r.ID, Secret: r.Secret, ValidFrom: r.ValidFrom, ValidUntil: value(r.ValidUntil)}
	}
	return list, nil
}

// AddPeerSecret writes a secret; those before it end when it says.
func (tx *Tx) AddPeerSecret(ctx context.Context, peer org.ID, s SealedSecret, others time.Time) error {
	if err := tx.q.InsertPeerSecret(ctx, dbsqlc.InsertPeerSecretParams{PeerID: peer, ID: s.ID, Secret: s.Secret, ValidFrom: s.ValidFrom}); err != nil {
		return fmt.Errorf("add a secret: %w", err)
	}
	if err := tx.q.EndPeerSecrets(ctx, dbsqlc.EndPeerSecretsParams{Until: others, PeerID: peer, Kept: s.ID}); err != nil {
		return fmt.Errorf("end the secrets before: %w", err)
	}
	return nil
}

// PutPeerAgency says that an agency is at the other end.
func (tx *Tx) PutPeerAgency(ctx context.Context, peer, agency org.ID) error {
	if err := tx.q.PutPeerAgency(ctx, agency, peer); err != nil {
		return fmt.Errorf("put agency to peer: %w", err)
	}
	return nil
}

// RemovePeerAgency says that it is there no more, and whether it was.
func (tx *Tx) RemovePeerAgency(ctx context.Context, peer, agency org.ID) (bool, error) {
	n, err := tx.q.RemovePeerAgency(ctx, agency, peer)
	if err != nil {
		return false, fmt.Errorf("take agency from peer: %w", err)
	}
	return n > 0, nil
}

// PeerAgency is an agency at the other end.
type PeerAgency struct {
	ID   org.ID
	Code string
	Name string
}

// PeerAgencies gives the agencies at the other end.
func (tx *Tx) PeerAgencies(ctx context.Context, peer org.ID) ([]PeerAgency, error) {
	rows, err := tx.q.PeerAgencies(ctx, peer)
	if err != nil {
		return nil, fmt.Errorf("list the agencies of a peer: %w", err)
	}
	list := make([]PeerAgency, len(rows))
	for i, r := range rows {
		list[i] = PeerAgency(r)
	}
	return list, nil
}

// PeerHeard notes that the other end answered or asked.
func (tx *Tx) PeerHeard(ctx context.Context, id org.ID, now time.Time) error {
	if err := tx.q.PeerHeard(ctx, &now, id); err != nil {
		return fmt.Errorf("note a peer that is up: %w", err)
	}
	return nil
}

// PeerFailed notes what went wrong with the other end, and whether it is down.
func (tx *Tx) PeerFailed(ctx context.Context, id org.ID, code string, down bool, now time.Time) error {
	if err := tx.q.PeerFailed(ctx, dbsqlc.PeerFailedParams{ID: id, Code: code, Down: down, At: &now}); err != nil {
		return fmt.Errorf("note a peer's failure: %w", err)
	}
	return nil
}

// PollPace is how often an axis and another installation are asked, and for how
// long one process may take over it.
type PollPace struct{ Lease, Axis, Peer time.Duration }

// HoldPoll takes on the connections that are to be asked now.
func (tx *Tx) HoldPoll(ctx context.Context, owner org.ID, p PollPace, most int) ([]Peer, error) {
	rows, err := tx.q.HoldPoll(ctx, dbsqlc.HoldPollParams{Owner: owner, Seconds: int32(p.Lease.Seconds()), Gap: int32(p.Axis.Seconds()), PeerGap: int32(p.Peer.Seconds()), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("hold polling: %w", err)
	}
	list := make([]Peer, len(rows))
	for i, r := range rows {
		list[i] = peerOf(r)
	}
	return list, nil
}

// EndPoll gives a connection back.
func (tx *Tx) EndPoll(ctx context.Context, owner, id org.ID) error {
	if err := tx.q.EndPoll(ctx, id, owner); err != nil {
		return fmt.Errorf("end polling: %w", err)
	}
	return nil
}

// DirectoryTaken notes that the other end's directory was taken in.
func (tx *Tx) DirectoryTaken(ctx context.Context, id org.ID) error {
	if err := tx.q.SetDirectoryAt(ctx, id); err != nil {
		return fmt.Errorf("note the directory: %w", err)
	}
	return nil
}

// RememberSignature notes what a signature is used for, and gives what it was
// used for first.
func (tx *Tx) RememberSignature(ctx context.Context, signature []byte, use string, until time.Time) (string, error) {
	first, err := tx.q.RememberSignature(ctx, dbsqlc.RememberSignatureParams{Signature: signature, Use: use, Until: until})
	if err != nil {
		return "", fmt.Errorf("remember a signature: %w", err)
	}
	return first, nil
}

// ForgetSignatures drops those that are too old to be taken anyway.
func (tx *Tx) ForgetSignatures(ctx context.Context, before time.Time) error {
	if err := tx.q.ForgetSignatures(ctx, before); err != nil {
		return fmt.Errorf("forget signatures: %w", err)
	}
	return nil
}

// SealedKey is a key that this installation signs with.
type SealedKey struct {
	ID        org.ID
	Public    []byte
	Secret    []byte
	CreatedAt time.Time
	RetiredAt time.Time
}

// ExchangeKeys gives the keys of this installation, the newest first.
func (tx *Tx) ExchangeKeys(ctx context.Context) ([]SealedKey, error) {
	rows, err := tx.q.ExchangeKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	list := make([]SealedKey, len(rows))
	for i, r := range rows {
		list[i] = SealedKey{ID: r.ID, Public: r.PublicKey, Secret: r.Secret, CreatedAt: r.CreatedAt, RetiredAt: value(r.RetiredAt)}
	}
	return list, nil
}

// LockExchangeKeys keeps others from adding a key until the end of the
// transaction. What they added before is read only by a query after it.
func (tx *Tx) LockExchangeKeys(ctx context.Context) error {
	if _, err := tx.tx.Exec(ctx, "select pg_advisory_xact_lock(hashtext('exchange_key'))"); err != nil {
		return fmt.Errorf("lock the keys: %w", err)
	}
	return nil
}

// AddExchangeKey writes a new key.
func (tx *Tx) AddExchangeKey(ctx context.Context, k SealedKey) error {
	if err := tx.q.InsertExchangeKey(ctx, dbsqlc.InsertExchangeKeyParams{ID: k.ID, PublicKey: k.Public, Secret: k.Secret, CreatedAt: k.CreatedAt}); err != nil {
		return fmt.Errorf("add a key: %w", err)
	}
	return nil
}

// RetireExchangeKeys ends all keys but one.
func (tx *Tx) RetireExchangeKeys(ctx context.Context, kept org.ID, now time.Time) error {
	if err := tx.q.RetireExchangeKeys(ctx, &now, kept); err != nil {
		return fmt.Errorf("retire keys: %w", err)
	}
	return nil
}

// found tells a row that is not there from one that could not be read.
func found(err error) (bool, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
