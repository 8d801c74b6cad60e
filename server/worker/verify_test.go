package worker_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"congvan/server/job"
	"congvan/server/worker"
	"congvan/storage/storagetest"
)

func TestVerifyJobIsWorkedOff(t *testing.T) {
	t.Parallel()
	pool := storagetest.DB(t).Pool()
	queue, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := queue.Insert(t.Context(), job.Verify{}, nil); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{}, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	work := worker.Work{
		Verify:      func(context.Context) error { done <- struct{}{}; return nil },
		DispatchDue: func(context.Context) error { return nil },
		Chain:       func(context.Context) error { return nil },
	}
	go func() { ended <- worker.Run(ctx, pool, work, slog.New(slog.DiscardHandler)) }()
	select {
	case <-done:
	case <-ctx.Done():
		t.Error("nobody verifies")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
