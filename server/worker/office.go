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

type alarm struct {
	river.WorkerDefaults[job.Alarm]
	do func(context.Context) error
}

// Work gives the alarms that are due.
func (w *alarm) Work(ctx context.Context, _ *river.Job[job.Alarm]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}

type digest struct {
	river.WorkerDefaults[job.Digest]
	do func(context.Context) error
}

// Work mails what is unread.
func (w *digest) Work(ctx context.Context, _ *river.Job[job.Digest]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}
