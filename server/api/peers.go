package api

import (
	"context"
	"encoding/base64"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/delivery"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// peerRoom answers those who connect the installation to other systems.
type peerRoom struct{ deliveries *delivery.Service }

// ListPeers gives all connections with how they are.
func (r peerRoom) ListPeers(ctx context.Context, _ gen.ListPeersRequestObject) (gen.ListPeersResponseObject, error) {
	list, err := r.deliveries.Peers(ctx, personOf(ctx))
	if err != nil {
		return nil, err
	}
	items := make([]gen.Peer, len(list))
	for i, p := range list {
		items[i] = peerView(p)
	}
	return gen.ListPeers200JSONResponse{Items: items}, nil
}

func peerView(p delivery.Peer) gen.Peer {
	v := gen.Peer{Id: uuid.UUID(p.ID), Kind: gen.PeerKind(p.Kind), Name: p.Name, System: p.System, Endpoint: p.Endpoint, OurSystem: p.OurSystem,
		PublicKey: base64.StdEncoding.EncodeToString(p.Key), NextKey: base64.StdEncoding.EncodeToString(p.NextKey), MostMiB: int(p.MostBytes >> 20), PerMinute: p.PerMinute,
		Reused: p.Reused, Enabled: p.Enabled, Up: "unknown", HeardAt: optionalTime(p.HeardAt), ErrorCode: p.ErrorCode, ErrorAt: optionalTime(p.ErrorAt),
		Waiting: p.Waiting, Failed: p.Failed, Oldest: optionalTime(p.Oldest), LastHour: p.LastHour, Agencies: p.Agencies, DirectoryAt: optionalTime(p.Directory), Version: p.Version}
	if p.TakesBytes > 0 {
		takes := int(p.TakesBytes >> 20)
		v.TakesMiB = &takes
	}
	switch {
	case !p.DownSince.IsZero():
		v.Up, v.Since = "down", optionalTime(p.DownSince)
	case !p.UpSince.IsZero():
		v.Up, v.Since = "up", optionalTime(p.UpSince)
	}
	return v
}

// publicKey reads a key as people paste it.
func publicKey(field string, text *string) (*[]byte, error) {
	if text == nil {
		return nil, nil
	}
	key, err := base64.StdEncoding.DecodeString(*text)
	if err != nil || len(key) != 0 && len(key) != 32 {
		return nil, fault.InvalidField(field, "format", "Khóa công khai phải là 32 byte viết ở dạng base64.", "The public key has to be 32 bytes in base64.")
	}
	return &key, nil
}

// AddPeer connects another system.
func (r peerRoom) AddPeer(ctx context.Context, q gen.AddPeerRequestObject) (gen.AddPeerResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, nil, q)
	if err != nil {
		return nil, err
	}
	b := q.Body
	key, err := publicKey("publicKey", b.PublicKey)
	if err != nil {
		return nil, err
	}
	in := exchange.Connection{Kind: exchange.PeerKind(b.Kind), Name: b.Name, System: present(b.System), Endpoint: present(b.Endpoint), OurSystem: present(b.OurSystem),
		Key: present(key), MostBytes: int64(present(b.MostMiB)) << 20, PerMinute: present(b.PerMinute), Reused: present(b.Reused)}
	p, secret, err := r.deliveries.AddPeer(ctx, personOf(ctx), c, in, present(b.OurSecret))
	if err != nil {
		return nil, err
	}
	return gen.AddPeer201JSONResponse{Peer: peerView(p), Secret: secret}, nil
}

// EditPeer changes a connection.
func (r peerRoom) EditPeer(ctx context.Context, q gen.EditPeerRequestObject) (gen.EditPeerResponseObject, error) {
	version, err := ifMatch(q.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	b := q.Body
	change := delivery.PeerChange{Name: b.Name, Endpoint: b.Endpoint, OurSystem: b.OurSystem, OurSecret: b.OurSecret,
		PerMinute: b.PerMinute, Reused: b.Reused, Enabled: b.Enabled}
	if b.MostMiB != nil {
		most := int64(*b.MostMiB) << 20
		change.MostBytes = &most
	}
	if change.Key, err = publicKey("publicKey", b.PublicKey); err != nil {
		return nil, err
	}
	if change.NextKey, err = publicKey("nextKey", b.NextKey); err != nil {
		return nil, err
	}
	p, err := r.deliveries.EditPeer(ctx, personOf(ctx), org.ID(q.Id), version, change)
	if err != nil {
		return nil, err
	}
	tag := etag(p.Version)
	return gen.EditPeer200JSONResponse{Body: peerView(p), Headers: gen.EditPeer200ResponseHeaders{ETag: &tag}}, nil
}

// RequeuePeer puts what could not be sent back to be sent.
func (r peerRoom) RequeuePeer(ctx context.Context, q gen.RequeuePeerRequestObject) (gen.RequeuePeerResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, nil, q)
	if err != nil {
		return nil, err
	}
	n, err := r.deliveries.RequeuePeer(ctx, personOf(ctx), c, org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.RequeuePeer200JSONResponse{Count: n}, nil
}

// RenewPeerSecret gives the other end a new secret.
func (r peerRoom) RenewPeerSecret(ctx context.Context, q gen.RenewPeerSecretRequestObject) (gen.RenewPeerSecretResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, nil, q)
	if err != nil {
		return nil, err
	}
	secret, err := r.deliveries.RenewPeerSecret(ctx, personOf(ctx), c, org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.RenewPeerSecret200JSONResponse{Secret: secret}, nil
}

// ListPeerAgencies gives the agencies at the other end.
func (r peerRoom) ListPeerAgencies(ctx context.Context, q gen.ListPeerAgenciesRequestObject) (gen.ListPeerAgenciesResponseObject, error) {
	list, err := r.deliveries.PeerAgencies(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	items := make([]gen.PeerAgency, len(list))
	for i, a := range list {
		items[i] = gen.PeerAgency{Id: uuid.UUID(a.ID), Code: a.Code, Name: a.Name}
	}
	return gen.ListPeerAgencies200JSONResponse{Items: items}, nil
}

// PutPeerAgency says that an agency is at the other end.
func (r peerRoom) PutPeerAgency(ctx context.Context, q gen.PutPeerAgencyRequestObject) (gen.PutPeerAgencyResponseObject, error) {
	return gen.PutPeerAgency204Response{}, r.deliveries.PutPeerAgency(ctx, personOf(ctx), org.ID(q.Id), org.ID(q.AgencyId))
}

// RemovePeerAgency says that it is there no more.
func (r peerRoom) RemovePeerAgency(ctx context.Context, q gen.RemovePeerAgencyRequestObject) (gen.RemovePeerAgencyResponseObject, error) {
	return gen.RemovePeerAgency204Response{}, r.deliveries.RemovePeerAgency(ctx, personOf(ctx), org.ID(q.Id), org.ID(q.AgencyId))
}

// ListExchangeKeys gives the public keys of this installation.
func (r peerRoom) ListExchangeKeys(ctx context.Context, _ gen.ListExchangeKeysRequestObject) (gen.ListExchangeKeysResponseObject, error) {
	list, err := r.deliveries.OurKeys(ctx, personOf(ctx))
	if err != nil {
		return nil, err
	}
	return gen.ListExchangeKeys200JSONResponse{Items: keysView(list)}, nil
}

func keysView(list []delivery.OurKey) []gen.ExchangeKey {
	items := make([]gen.ExchangeKey, len(list))
	for i, k := range list {
		items[i] = gen.ExchangeKey{PublicKey: base64.StdEncoding.EncodeToString(k.Public), Name: exchange.KeyName(k.Public), CreatedAt: k.CreatedAt, RetiredAt: optionalTime(k.RetiredAt)}
	}
	return items
}

// AddExchangeKey makes the key that follows the present one.
func (r peerRoom) AddExchangeKey(ctx context.Context, q gen.AddExchangeKeyRequestObject) (gen.AddExchangeKeyResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, nil, q)
	if err != nil {
		return nil, err
	}
	list, err := r.deliveries.AddOurKey(ctx, personOf(ctx), c)
	if err != nil {
		return nil, err
	}
	return gen.AddExchangeKey201JSONResponse{Items: keysView(list)}, nil
}

// ReadDeliveryReceipt gives what the recipient's server signed.
func (r peerRoom) ReadDeliveryReceipt(ctx context.Context, q gen.ReadDeliveryReceiptRequestObject) (gen.ReadDeliveryReceiptResponseObject, error) {
	receipt, err := r.deliveries.Receipt(ctx, personOf(ctx), org.ID(q.Id), org.ID(q.DeliveryId))
	if err != nil {
		return nil, err
	}
	return gen.ReadDeliveryReceipt200JSONResponse{Text: receipt.Text, Key: base64.StdEncoding.EncodeToString(receipt.Key),
		Signature: base64.StdEncoding.EncodeToString(receipt.Signature)}, nil
}
