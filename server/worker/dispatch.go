package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"congvan/server/domain/exchange"
	"congvan/server/job"
)

type dispatch struct {
	river.WorkerDefaults[job.Dispatch]
	do func(context.Context, job.Dispatch) (time.Time, error)
}

// sendSpare is what a job has beyond the time of its try, to record how it ended.
const sendSpare = 30 * time.Second

// Timeout is also when a job of a process that was killed is taken over.
func (w *dispatch) Timeout(j *river.Job[job.Dispatch]) time.Duration {
	return exchange.SendTime(j.Args.Bytes) + sendSpare
}

// How soon a job comes back that failed by trouble of our own, or whose process
// died; trouble of the other side has its own gaps.
const (
	dispatchGap     = 5 * time.Second
	longestDispatch = 12 // gaps
)

// NextRetry keeps our own trouble from parking a message for days.
func (w *dispatch) NextRetry(j *river.Job[job.Dispatch]) time.Time {
	return time.Now().Add(time.Duration(min(j.Attempt, longestDispatch)) * dispatchGap)
}

// Work tries one delivery.
func (w *dispatch) Work(ctx context.Context, j *river.Job[job.Dispatch]) error {
	again, err := w.do(ctx, j.Args)
	if err != nil {
		return outcome(err)
	}
	if !again.IsZero() {
		return river.JobSnooze(max(time.Until(again), 0))
	}
	return nil
}

type dispatchDue struct {
	river.WorkerDefaults[job.DispatchDue]
	do func(context.Context) error
}

// Work looks for deliveries that nobody tries.
func (w *dispatchDue) Work(ctx context.Context, _ *river.Job[job.DispatchDue]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}
