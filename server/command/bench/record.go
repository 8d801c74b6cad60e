package bench

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"congvan/server/app/evidence"
	"congvan/storage/secret"
)

// eventBytes is about what the hash of an event of the benchmark runs over.
const eventBytes = 220

// measureRecord reads a long record through. The bare side hashes as many
// pieces of the same size and asks no database.
func measureRecord(ctx context.Context, b *bench) ([]Row, error) {
	d, err := b.database(ctx, "bench_record")
	if err != nil {
		return nil, err
	}
	defer d.close()
	o, err := d.office(ctx, "H59")
	if err != nil {
		return nil, err
	}
	events := b.sized(1_000_000, 20_000)
	b.say("record: writing %d events and chaining them", events)
	if err := d.exec(ctx, `insert into event (agency_id, id, at, subject_type, subject_id, verb, account_id, position_id, actor_name, actor_title, data)
		select $1, gen_random_uuid(), now(), 'document', gen_random_uuid(), 'registered', $2, $3, 'Nguyễn Thị Thu Hà', 'Văn thư', '{"number": "1234", "note": "Kính chuyển"}'
		  from generate_series(1, $4)`, o.id, o.clerk.AccountID, o.clerk.Positions[0].ID, events); err != nil {
		return nil, err
	}
	key, err := secret.SigningKey(secret.NewKey(), "record")
	if err != nil {
		return nil, err
	}
	record := evidence.New(d.Store, key, time.Now)
	if err := errors.Join(record.Chain(ctx), record.Checkpoint(ctx), d.settle(ctx)); err != nil {
		return nil, err
	}
	ours := func(ctx context.Context, _ int) (float64, error) { return readRecord(ctx, record, events) }
	bare := func(context.Context, int) (float64, error) {
		piece, began := randomBytes(eventBytes), time.Now()
		for range events {
			sum := sha256.Sum256(piece)
			copy(piece, sum[:])
		}
		return float64(events) / time.Since(began).Seconds(), nil
	}
	mine, base, err := b.byTurns(ctx, "record", ours, bare)
	return []Row{compare(fmt.Sprintf("reading %d events through", events), "/s", mine, base, atLeast(0.2))}, err
}

func readRecord(ctx context.Context, record *evidence.Service, events int) (float64, error) {
	began := time.Now()
	var lines int64
	err := record.Examine(ctx, func(x evidence.Examined) error {
		lines += x.Lines
		if len(x.Findings) > 0 {
			return errors.New("the record is not whole")
		}
		return nil
	})
	if err == nil && lines != int64(events) {
		err = fmt.Errorf("%d lines were read", lines)
	}
	return float64(lines) / time.Since(began).Seconds(), err
}
