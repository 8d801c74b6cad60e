package worker

import (
	"context"

	"github.com/riverqueue/river"

	"congvan/server/job"
)

type closeAnswered struct {
	river.WorkerDefaults[job.CloseAnswered]
	do func(context.Context, job.CloseAnswered) error
}

// Work closes what a document answered.
func (w *closeAnswered) Work(ctx context.Context, j *river.Job[job.CloseAnswered]) error {
	if err := w.do(ctx, j.Args); err != nil {
		return outcome(err)
	}
	return nil
}
