package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"congvan/server/domain/exchange"
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

type hearRequest struct {
	river.WorkerDefaults[job.HearRequest]
	do func(context.Context, job.HearRequest) error
}

// Work lets one arrival hear its sender.
func (w *hearRequest) Work(ctx context.Context, j *river.Job[job.HearRequest]) error {
	if err := w.do(ctx, j.Args); err != nil {
		return outcome(err)
	}
	return nil
}

type sendRequest struct {
	river.WorkerDefaults[job.SendRequest]
	do func(context.Context, job.SendRequest) (time.Time, error)
}

// Timeout lets one try come to its end.
func (w *sendRequest) Timeout(*river.Job[job.SendRequest]) time.Duration {
	return exchange.SendTime(0) + sendSpare
}

// NextRetry keeps our own trouble from parking word for days.
func (w *sendRequest) NextRetry(j *river.Job[job.SendRequest]) time.Time {
	return time.Now().Add(time.Duration(min(j.Attempt, longestDispatch)) * dispatchGap)
}

// Work tells one recipient.
func (w *sendRequest) Work(ctx context.Context, j *river.Job[job.SendRequest]) error {
	again, err := w.do(ctx, j.Args)
	if err != nil {
		return outcome(err)
	}
	if !again.IsZero() {
		return river.JobSnooze(max(time.Until(again), 0))
	}
	return nil
}
