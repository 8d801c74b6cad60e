package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"congvan/server/job"
)

type sign struct {
	river.WorkerDefaults[job.Sign]
	do func(context.Context, job.Sign) error
}

// signTime is how long a person may take to confirm at a signing service.
const signTime = 10 * time.Minute

// Timeout is also when a job of a process that was killed is taken over.
func (w *sign) Timeout(*river.Job[job.Sign]) time.Duration { return signTime }

// Work has a key sign one order.
func (w *sign) Work(ctx context.Context, j *river.Job[job.Sign]) error {
	if err := w.do(ctx, j.Args); err != nil {
		return outcome(err)
	}
	return nil
}

type expireOrders struct {
	river.WorkerDefaults[job.ExpireOrders]
	do func(context.Context) error
}

// Work ends orders that nobody answered.
func (w *expireOrders) Work(ctx context.Context, _ *river.Job[job.ExpireOrders]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}

type judgeFiles struct {
	river.WorkerDefaults[job.JudgeFiles]
	do func(context.Context) error
}

// judgeTime is what one round of large files may take.
const judgeTime = 10 * time.Minute

// Timeout lets it judge many.
func (w *judgeFiles) Timeout(*river.Job[job.JudgeFiles]) time.Duration { return judgeTime }

// Work judges the signatures of files that have arrived.
func (w *judgeFiles) Work(ctx context.Context, _ *river.Job[job.JudgeFiles]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}
