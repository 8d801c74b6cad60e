package worker

import (
	"context"
	"time"

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

// digestTime is what mails to everybody may take.
const digestTime = 10 * time.Minute

// Timeout lets them all be sent.
func (w *digest) Timeout(*river.Job[job.Digest]) time.Duration { return digestTime }

// Work mails what is unread.
func (w *digest) Work(ctx context.Context, _ *river.Job[job.Digest]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}
