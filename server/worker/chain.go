package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"congvan/server/job"
)

// chainTime lets the first round after a restore read a long record.
const chainTime = 30 * time.Minute

type chain struct {
	river.WorkerDefaults[job.Chain]
	do func(context.Context) error
}

// Timeout lets it catch up.
func (w *chain) Timeout(*river.Job[job.Chain]) time.Duration { return chainTime }

// Work binds events into their chains.
func (w *chain) Work(ctx context.Context, _ *river.Job[job.Chain]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}

type checkpoint struct {
	river.WorkerDefaults[job.Checkpoint]
	do func(context.Context) error
}

// Work signs the ends of the chains.
func (w *checkpoint) Work(ctx context.Context, _ *river.Job[job.Checkpoint]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}
