package worker

import (
	"context"

	"github.com/riverqueue/river"

	"congvan/server/job"
)

type tellRecipients struct {
	river.WorkerDefaults[job.TellRecipients]
	do func(context.Context, job.TellRecipients) error
}

// Work tells recipients what became of a document.
func (w *tellRecipients) Work(ctx context.Context, j *river.Job[job.TellRecipients]) error {
	if err := w.do(ctx, j.Args); err != nil {
		return outcome(err)
	}
	return nil
}

type requestAnswered struct {
	river.WorkerDefaults[job.RequestAnswered]
	do func(context.Context, job.RequestAnswered) error
}

// Work carries one answer to its sender.
func (w *requestAnswered) Work(ctx context.Context, j *river.Job[job.RequestAnswered]) error {
	if err := w.do(ctx, j.Args); err != nil {
		return outcome(err)
	}
	return nil
}
