package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"congvan/server/worker"
	"congvan/storage/storagetest"
)

// What fails in one round, however often, puts no later round off.
func TestARoundThatFailsStandsInNobodysWay(t *testing.T) {
	t.Parallel()
	db := storagetest.DB(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	fine := func(context.Context) error { return nil }
	work := worker.Work{Alarm: func(context.Context) error { return errors.New("one of many is broken") }, DispatchDue: fine, Chain: fine}
	go func() { ended <- worker.Run(ctx, db.Pool(), work, slog.New(slog.DiscardHandler)) }()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	over, tries := false, 0
	for !over && tries < 2 {
		select {
		case <-tick.C:
			err := db.Admin(t).QueryRow(ctx, `select coalesce(bool_and(state = 'discarded'), false), coalesce(max(attempt), 0) from river_job where kind = 'alarm'`).Scan(&over, &tries)
			if err != nil {
				t.Fatal(err)
			}
		case <-ctx.Done():
			t.Fatal("nobody gives alarms")
		}
	}
	if !over {
		t.Error("the round is tried again and again, with growing gaps, and no other is begun meanwhile")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
