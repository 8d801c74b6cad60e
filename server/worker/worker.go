// Package worker works off background jobs: it decodes each, calls one use
// case and maps its error to "try again" or "give up". It must not hold rules
// or SQL.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"congvan/server/domain/fault"
	"congvan/server/job"
)

// Work is what the jobs call, one use case each.
type Work struct {
	TellSender func(ctx context.Context, j job.TellSender) error
	TakeInMail func(ctx context.Context, j job.TakeInMail) error
	Answered   func(ctx context.Context, j job.CloseAnswered) error
	// CheckSenders and WarnSender are about who sent a mail.
	CheckSenders func(ctx context.Context, j job.CheckSenders) error
	WarnSender   func(ctx context.Context, j job.WarnSender) error
	// TellRecipients and RequestAnswered go between sender and recipients after the issue.
	TellRecipients  func(ctx context.Context, j job.TellRecipients) error
	RequestAnswered func(ctx context.Context, j job.RequestAnswered) error
	// SendRequest and HearRequest do so with those beyond this installation.
	SendRequest func(ctx context.Context, j job.SendRequest) (again time.Time, err error)
	HearRequest func(ctx context.Context, j job.HearRequest) error
	// Dispatch gives when the job is to come back; zero ends it.
	Dispatch    func(ctx context.Context, j job.Dispatch) (again time.Time, err error)
	DispatchDue func(ctx context.Context) error
	Sweep       func(ctx context.Context) error
	Verify      func(ctx context.Context) error
	Chain       func(ctx context.Context) error
	Checkpoint  func(ctx context.Context) error
	// SendStatus gives when the job is to come back; zero ends it.
	SendStatus   func(ctx context.Context, j job.SendStatus) (again time.Time, err error)
	PollAxis     func(ctx context.Context) error
	Sign         func(ctx context.Context, j job.Sign) error
	ExpireOrders func(ctx context.Context) error
	JudgeFiles   func(ctx context.Context) error
	// Alarm and Digest tell people what the clock says.
	Alarm  func(ctx context.Context) error
	Digest func(ctx context.Context) error
}

// The pace of the workers.
const (
	parallel    = 8
	sending     = 16 // messages on their way at a time
	signing     = 8  // keys asked at a time; some wait for a person
	polling     = 4  // axes asked at a time
	expireEvery = time.Minute
	judgeEvery  = 20 * time.Second
	alarmEvery  = 10 * time.Minute
	dueEvery    = 5 * time.Minute
	sweepEvery  = time.Hour
	verifyEvery = time.Hour
	chainEvery  = 5 * time.Second
	signEvery   = time.Hour
	jobTime     = time.Minute
	sweepTime   = 30 * time.Minute
	verifyTime  = 45 * time.Minute // less than its gap: rounds do not pile up
	// takeOver is after what time a job of a process that was killed is worked
	// on by another. Jobs that take longer say so themselves.
	takeOver      = 90 * time.Second
	softStopGrace = 10 * time.Second
)

// onceAtATime keeps rounds from piling up behind a long one. One that failed is
// over: trying it again, with gaps that grow to days, would keep the next away.
var onceAtATime = &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: []rivertype.JobState{rivertype.JobStateAvailable,
	rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled}}}

// Run works off jobs until ctx ends, and lets those under way come to an end.
func Run(ctx context.Context, pool *pgxpool.Pool, work Work, log *slog.Logger) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &tellSender{do: work.TellSender})
	river.AddWorker(workers, &tellRecipients{do: work.TellRecipients})
	river.AddWorker(workers, &requestAnswered{do: work.RequestAnswered})
	river.AddWorker(workers, &sendRequest{do: work.SendRequest})
	river.AddWorker(workers, &hearRequest{do: work.HearRequest})
	river.AddWorker(workers, &takeInMail{do: work.TakeInMail})
	river.AddWorker(workers, &closeAnswered{do: work.Answered})
	river.AddWorker(workers, &checkSenders{do: work.CheckSenders})
	river.AddWorker(workers, &warnSender{do: work.WarnSender})
	river.AddWorker(workers, &dispatch{do: work.Dispatch})
	river.AddWorker(workers, &dispatchDue{do: work.DispatchDue})
	river.AddWorker(workers, &sendStatus{do: work.SendStatus})
	river.AddWorker(workers, &pollAxis{do: work.PollAxis})
	river.AddWorker(workers, &sweep{do: work.Sweep})
	river.AddWorker(workers, &verify{do: work.Verify})
	river.AddWorker(workers, &chain{do: work.Chain})
	river.AddWorker(workers, &checkpoint{do: work.Checkpoint})
	river.AddWorker(workers, &sign{do: work.Sign})
	river.AddWorker(workers, &expireOrders{do: work.ExpireOrders})
	river.AddWorker(workers, &judgeFiles{do: work.JudgeFiles})
	river.AddWorker(workers, &alarm{do: work.Alarm})
	river.AddWorker(workers, &digest{do: work.Digest})
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: parallel}, job.DispatchQueue: {MaxWorkers: sending},
			job.SignQueue: {MaxWorkers: signing}, job.PollQueue: {MaxWorkers: polling}},
		Workers:    workers,
		JobTimeout: jobTime,
		Logger:     log,

		RescueStuckJobsAfter: takeOver,
		PeriodicJobs: []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(sweepEvery), func() (river.JobArgs, *river.InsertOpts) { return job.Sweep{}, nil }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(verifyEvery), func() (river.JobArgs, *river.InsertOpts) { return job.Verify{}, nil }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(chainEvery), func() (river.JobArgs, *river.InsertOpts) { return job.Chain{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(signEvery), func() (river.JobArgs, *river.InsertOpts) { return job.Checkpoint{}, nil }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(pollEvery), func() (river.JobArgs, *river.InsertOpts) { return job.PollAxis{}, nil }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(expireEvery), func() (river.JobArgs, *river.InsertOpts) { return job.ExpireOrders{}, nil }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(alarmEvery), func() (river.JobArgs, *river.InsertOpts) { return job.Alarm{}, onceAtATime },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(alarmEvery), func() (river.JobArgs, *river.InsertOpts) { return job.Digest{}, onceAtATime }, nil),
			// Files come by many roads, and all of them end in the store.
			river.NewPeriodicJob(river.PeriodicInterval(judgeEvery), func() (river.JobArgs, *river.InsertOpts) { return job.JudgeFiles{}, onceAtATime }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(dueEvery), func() (river.JobArgs, *river.InsertOpts) { return job.DispatchDue{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}), // a channel may have been connected just now
		},
	})
	if err != nil {
		return fmt.Errorf("make the workers: %w", err)
	}
	// Not ctx: it would cut off jobs in the middle. Stop below ends them softly.
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	<-ctx.Done()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), softStopGrace)
	defer cancel()
	if err := client.Stop(stopping); err != nil {
		return client.StopAndCancel(context.WithoutCancel(ctx))
	}
	return nil
}

// outcome says what the queue is to do after an error: what can come right by
// itself is tried again with growing gaps, what cannot is given up at once and
// stays visible.
func outcome(err error) error {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Forbidden, fault.NotFound, fault.Unsupported, fault.TooLarge:
		return river.JobCancel(err)
	}
	return err
}

type tellSender struct {
	river.WorkerDefaults[job.TellSender]
	do func(context.Context, job.TellSender) error
}

// Work carries one receipt to its sender.
func (w *tellSender) Work(ctx context.Context, j *river.Job[job.TellSender]) error {
	if err := w.do(ctx, j.Args); err != nil {
		return outcome(err)
	}
	return nil
}

type takeInMail struct {
	river.WorkerDefaults[job.TakeInMail]
	do func(context.Context, job.TakeInMail) error
}

// scanAgain is when mail that waits for the scanner is looked at again.
const scanAgain = 30 * time.Second

// Work decides about mails. What waits for a scanner that is away does not use
// up its tries: it waits for as long as that takes (K14).
func (w *takeInMail) Work(ctx context.Context, j *river.Job[job.TakeInMail]) error {
	err := w.do(ctx, j.Args)
	var known *fault.Error
	if errors.As(err, &known) && known.Code == "scan_away" {
		return river.JobSnooze(scanAgain)
	}
	if err != nil {
		return outcome(err)
	}
	return nil
}

type checkSenders struct {
	river.WorkerDefaults[job.CheckSenders]
	do func(context.Context, job.CheckSenders) error
}

// Work checks signatures of mails.
func (w *checkSenders) Work(ctx context.Context, j *river.Job[job.CheckSenders]) error {
	if err := w.do(ctx, j.Args); err != nil {
		return outcome(err)
	}
	return nil
}

type warnSender struct {
	river.WorkerDefaults[job.WarnSender]
	do func(context.Context, job.WarnSender) error
}

// Work tells one sender.
func (w *warnSender) Work(ctx context.Context, j *river.Job[job.WarnSender]) error {
	if err := w.do(ctx, j.Args); err != nil {
		return outcome(err)
	}
	return nil
}

type sweep struct {
	river.WorkerDefaults[job.Sweep]
	do func(context.Context) error
}

// Timeout lets it look through a large store.
func (w *sweep) Timeout(*river.Job[job.Sweep]) time.Duration { return sweepTime }

// Work removes what nobody refers to any more.
func (w *sweep) Work(ctx context.Context, _ *river.Job[job.Sweep]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}

type verify struct {
	river.WorkerDefaults[job.Verify]
	do func(context.Context) error
}

// Timeout lets it read much from a slow store.
func (w *verify) Timeout(*river.Job[job.Verify]) time.Duration { return verifyTime }

// Work reads stored files through.
func (w *verify) Work(ctx context.Context, _ *river.Job[job.Verify]) error {
	if err := w.do(ctx); err != nil {
		return outcome(err)
	}
	return nil
}
