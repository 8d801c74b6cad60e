package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres/internal/dbsqlc"
)

// LearnPeer keeps what the other end said of itself, as it was signed.
func (tx *Tx) LearnPeer(ctx context.Context, c exchange.Connection, changed bool, s exchange.SignedDirectory, said time.Time) error {
	step := int32(0)
	if changed {
		step = 1 // who works by the old settings notices
	}
	if err := tx.q.LearnPeer(ctx, dbsqlc.LearnPeerParams{PublicKey: bytesOf(c.Key), NextKey: bytesOf(c.NextKey), TakesBytes: c.TakesBytes, Changed: step, Text: s.Text,
		Key: bytesOf(s.Key), Signature: bytesOf(s.Signature), SaidAt: &said, ID: c.ID}); err != nil {
		return fmt.Errorf("keep the directory of a peer: %w", err)
	}
	return nil
}

// PeerDirectory gives what the other end said of itself last, and when.
func (tx *Tx) PeerDirectory(ctx context.Context, id org.ID) (exchange.SignedDirectory, time.Time, error) {
	r, err := tx.q.PeerDirectory(ctx, id)
	if err != nil {
		return exchange.SignedDirectory{}, time.Time{}, fmt.Errorf("read the directory of a peer: %w", translate(err))
	}
	return exchange.SignedDirectory{Text: r.DirectoryText, Key: r.DirectoryKey, Signature: r.DirectorySignature}, value(r.DirectorySaidAt), nil
}

// RequeueOfPeer puts dead letters of a connection back to be sent, and gives how
// many they are. The history of each document tells it.
func (tx *Tx) RequeueOfPeer(ctx context.Context, p Peer, by document.By, now time.Time, most int) (int, error) {
	rows, err := tx.q.RequeueOfPeer(ctx, dbsqlc.RequeueOfPeerParams{At: now, ExpiresAt: now.Add(exchange.UsualLife), PeerID: p.ID, Axis: p.Kind == exchange.PeerAxis, Most: int32(most)})
	if err != nil {
		return 0, fmt.Errorf("requeue the dead letters of a peer: %w", err)
	}
	jobs := make([]job.Dispatch, len(rows))
	for i, r := range rows {
		jobs[i] = job.Dispatch{AgencyID: r.AgencyID, DocumentID: r.DocumentID, DeliveryID: r.ID, Bytes: r.Bytes}
		if err := tx.q.AddToDeliveryCount(ctx, dbsqlc.AddToDeliveryCountParams{Refused: -1, At: now, AgencyID: r.AgencyID, DocumentID: r.DocumentID}); err != nil {
			return 0, fmt.Errorf("count delivery: %w", err)
		}
		event := document.Event{Verb: "delivery_requeued", Data: map[string]string{"recipient": r.Name}}
		if err := tx.Record(ctx, r.AgencyID, "document", r.DocumentID, event, by, now); err != nil {
			return 0, err
		}
	}
	return len(jobs), tx.EnqueueDispatches(ctx, jobs)
}
