package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/document"
	"congvan/server/domain/evidence"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Chaining is where the chaining stands, seen by the one who holds its lock.
type Chaining struct {
	foreign  bool  // the database was restored, or nothing was chained yet
	from     int64 // events of transactions below this are chained
	finished int64 // every transaction below this has come to its end
	here     string
}

// LockEvidence gives where the chaining stands, and false when another process
// is at it.
func (tx *Tx) LockEvidence(ctx context.Context) (Chaining, bool, error) {
	r, err := tx.q.LockEvidence(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return Chaining{}, false, nil
	}
	if err != nil {
		return Chaining{}, false, fmt.Errorf("lock the chaining: %w", err)
	}
	return Chaining{foreign: r.Database != r.Here, from: r.Txid, finished: r.Finished, here: r.Here}, true, nil
}

// Unchained gives events that are to be chained, in the order of their
// transactions. None of a transaction that may still be running is among them,
// nor of a later one: what is given now can never be preceded by something
// that shows only afterwards.
func (tx *Tx) Unchained(ctx context.Context, c Chaining, most int) ([]evidence.Event, error) {
	var rows []dbsqlc.UnchainedEventsRow
	var err error
	if c.foreign {
		// Transactions of another database count otherwise; what is visible of them is finished.
		var foreign []dbsqlc.ForeignEventsRow
		foreign, err = tx.q.ForeignEvents(ctx, c.finished, int32(most))
		for _, r := range foreign {
			rows = append(rows, dbsqlc.UnchainedEventsRow(r))
		}
	} else {
		rows, err = tx.q.UnchainedEvents(ctx, dbsqlc.UnchainedEventsParams{FromTxid: c.from, BelowTxid: c.finished, Most: int32(most)})
	}
	if err != nil {
		return nil, fmt.Errorf("list unchained events: %w", err)
	}
	events := make([]evidence.Event, len(rows))
	for i, r := range rows {
		if events[i], err = eventOf(r); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// ChainedAll records that nothing that Unchained could give is left.
func (tx *Tx) ChainedAll(ctx context.Context, c Chaining) error {
	if err := tx.q.MoveEvidence(ctx, c.here, c.finished); err != nil {
		return fmt.Errorf("move the chaining on: %w", err)
	}
	return nil
}

func eventOf(r dbsqlc.UnchainedEventsRow) (evidence.Event, error) {
	e := evidence.Event{AgencyID: r.AgencyID, ID: r.ID, At: r.At, SubjectType: r.SubjectType, SubjectID: r.SubjectID, Verb: r.Verb,
		AccountID: value(r.AccountID), PositionID: value(r.PositionID), ActorName: r.ActorName, ActorTitle: r.ActorTitle}
	if err := json.Unmarshal(r.Data, &e.Data); err != nil {
		return e, fmt.Errorf("decode event: %w", err)
	}
	return e, nil
}

// LastLines gives the last line of each agency that has one.
func (tx *Tx) LastLines(ctx context.Context, agencies []org.ID) (map[org.ID]evidence.Line, error) {
	rows, err := tx.q.LastEventLines(ctx, agencies)
	if err != nil {
		return nil, fmt.Errorf("read the ends of chains: %w", err)
	}
	last := make(map[org.ID]evidence.Line, len(rows))
	for _, r := range rows {
		last[r.AgencyID] = lineOf(r)
	}
	return last, nil
}

func lineOf(r dbsqlc.LastEventLinesRow) evidence.Line {
	return evidence.Line{AgencyID: r.AgencyID, Seq: r.Seq, EventID: r.EventID, EventHash: hashOf(r.EventSha256), Hash: hashOf(r.Sha256)}
}

// AddLines appends lines to their chains.
func (tx *Tx) AddLines(ctx context.Context, lines []evidence.Line, now time.Time) error {
	p := dbsqlc.InsertEventLinesParams{At: now}
	for _, l := range lines {
		p.Agencies, p.Seqs, p.Events = append(p.Agencies, l.AgencyID), append(p.Seqs, l.Seq), append(p.Events, l.EventID)
		p.EventHashes, p.Hashes = append(p.EventHashes, l.EventHash[:]), append(p.Hashes, l.Hash[:])
	}
	if err := tx.q.InsertEventLines(ctx, p); err != nil {
		return fmt.Errorf("add to the chains: %w", err)
	}
	return nil
}

// LineOfRecord is a line with the event that it binds; nil when that is gone.
type LineOfRecord struct {
	Line  evidence.Line
	Event *evidence.Event
}

// LinesOfRecord gives the lines of an agency's chain after a place, in order.
func (tx *Tx) LinesOfRecord(ctx context.Context, agency org.ID, after int64, most int) ([]LineOfRecord, error) {
	rows, err := tx.q.ListEventLines(ctx, dbsqlc.ListEventLinesParams{AgencyID: agency, After: after, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read the chain: %w", err)
	}
	list := make([]LineOfRecord, len(rows))
	for i, r := range rows {
		list[i].Line = lineOf(dbsqlc.LastEventLinesRow{AgencyID: r.AgencyID, Seq: r.Seq, EventID: r.EventID, EventSha256: r.EventSha256, Sha256: r.Sha256})
		if r.At == nil {
			continue
		}
		e, err := eventOf(dbsqlc.UnchainedEventsRow{AgencyID: r.AgencyID, ID: r.EventID, At: *r.At, SubjectType: value(r.SubjectType), SubjectID: value(r.SubjectID),
			Verb: value(r.Verb), AccountID: r.AccountID, PositionID: r.PositionID, ActorName: value(r.ActorName), ActorTitle: value(r.ActorTitle), Data: r.Data})
		if err != nil {
			e = evidence.Event{} // it was altered into something that is no event; its hash tells
		}
		list[i].Event = &e
	}
	return list, nil
}

// LineHash gives the hash of one line, zero when there is none.
func (tx *Tx) LineHash(ctx context.Context, agency org.ID, seq int64) (document.Hash, error) {
	b, err := tx.q.EventLineHash(ctx, agency, seq)
	if errors.Is(err, pgx.ErrNoRows) {
		return document.Hash{}, nil
	}
	if err != nil {
		return document.Hash{}, fmt.Errorf("read a line: %w", err)
	}
	return hashOf(b), nil
}

// UncheckedHeads gives the ends of the chains that grew since their last checkpoint.
func (tx *Tx) UncheckedHeads(ctx context.Context) ([]evidence.Line, error) {
	rows, err := tx.q.UncheckedHeads(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the ends of chains: %w", err)
	}
	heads := make([]evidence.Line, len(rows))
	for i, r := range rows {
		heads[i] = lineOf(dbsqlc.LastEventLinesRow(r))
	}
	return heads, nil
}

// AddCheckpoint stores a signed checkpoint; the first one of a line stays.
func (tx *Tx) AddCheckpoint(ctx context.Context, c evidence.Checkpoint) error {
	if err := tx.q.InsertCheckpoint(ctx, dbsqlc.InsertCheckpointParams{AgencyID: c.AgencyID, Seq: c.Seq, Sha256: c.Hash[:], At: c.At, Signature: c.Signature}); err != nil {
		return fmt.Errorf("add checkpoint: %w", err)
	}
	return nil
}

// Checkpoints gives the checkpoints of an agency, oldest first.
func (tx *Tx) Checkpoints(ctx context.Context, agency org.ID) ([]evidence.Checkpoint, error) {
	rows, err := tx.q.ListCheckpoints(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("list checkpoints: %w", err)
	}
	list := make([]evidence.Checkpoint, len(rows))
	for i, r := range rows {
		list[i] = evidence.Checkpoint{AgencyID: r.AgencyID, Seq: r.Seq, Hash: hashOf(r.Sha256), At: r.At, Signature: r.Signature}
	}
	return list, nil
}

// ChainedAgency is an agency that has a record.
type ChainedAgency struct {
	ID   org.ID
	Name string
}

// ChainedAgencies lists the agencies that have a chain.
func (tx *Tx) ChainedAgencies(ctx context.Context) ([]ChainedAgency, error) {
	rows, err := tx.q.ChainedAgencies(ctx)
	if err != nil {
		return nil, fmt.Errorf("list chains: %w", err)
	}
	list := make([]ChainedAgency, len(rows))
	for i, r := range rows {
		list[i] = ChainedAgency{r.ID, r.Name}
	}
	return list, nil
}

// LateEvents gives events from before a time that are not chained though they could be.
func (tx *Tx) LateEvents(ctx context.Context, before time.Time, most int) ([]evidence.Finding, error) {
	rows, err := tx.q.LateEvents(ctx, before, int32(most))
	if err != nil {
		return nil, fmt.Errorf("list unchained events: %w", err)
	}
	list := make([]evidence.Finding, len(rows))
	for i, r := range rows {
		list[i] = evidence.Finding{AgencyID: r.AgencyID, EventID: r.ID, Wrong: evidence.Unchained}
	}
	return list, nil
}
