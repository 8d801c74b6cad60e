package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"congvan/server/domain/exchange"
	"congvan/server/job"
)

type sendStatus struct {
	river.WorkerDefaults[job.SendStatus]
	do func(context.Context, job.SendStatus) (time.Time, error)
}

// Timeout lets several statuses of one arrival be told.
func (w *sendStatus) Timeout(*river.Job[job.SendStatus]) time.Duration {
	return 2*exchange.SendTime(0) + sendSpare
}

// NextRetry keeps our own trouble from parking word for days.
func (w *sendStatus) NextRetry(j *river.Job[job.SendStatus]) time.Time {
	return time.Now().Add(time.Duration(min(j.Attempt, longestDispatch)) * dispatchGap)
}

// Work tells what waits.
func (w *sendStatus) Work(ctx context.Context, j *river.Job[job.SendStatus]) error {
	again, err := w.do(ctx, j.Args)
	if err != nil {
		return outcome(err)
	}
	if !again.IsZero() {
		return river.JobSnooze(max(time.Until(again), 0))
	}
	return nil
}

type pollAxis struct {
	river.WorkerDefaults[job.PollAxis]
	do func(context.Context) error
}

// pollEvery is how often the axis is asked what waits; pollTime is how long
// fetching may take.
const (
	pollEvery = 15 * time.Second
	pollTime  = 10 * time.Minute
)

// Timeout lets large packages be fetched.
func (w *pollAxis) Timeout(*river.Job[job.PollAxis]) time.Duration { return pollTime }

// Work fetches what waits.
func (w *pollAxis) Work(ctx context.Context, _ *river.Job[job.PollAxis]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}
