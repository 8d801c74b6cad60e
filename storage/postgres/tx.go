package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"

	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Tx is one transaction. Its methods, one file per aggregate, are the only way
// to the tables.
type Tx struct {
	tx      pgx.Tx
	q       *dbsqlc.Queries
	jobs    *river.Client[pgx.Tx]
	scope   Scope
	touched []Change
	issued  local     // what Deliver began and Issue ends
	last    pgx.Batch // statements that need no answer, sent along with the commit
}

// maxTries is how often a transaction that lost against another is done again.
const maxTries = 4

// InTx runs fn in one transaction of the scope. It commits when fn gives nil
// and rolls everything back otherwise. fn may run more than once (a deadlock or
// a serialization failure is tried again), so it must do nothing outside the
// transaction, above all no network and no object store.
func (s *Store) InTx(ctx context.Context, scope Scope, fn func(tx *Tx) error) error {
	for try := 1; ; try++ {
		err := s.once(ctx, scope, fn)
		if err == nil {
			return nil
		}
		if try == maxTries || !lost(err) || ctx.Err() != nil {
			return translate(err)
		}
	}
}

func (s *Store) once(ctx context.Context, scope Scope, fn func(tx *Tx) error) (err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	ptx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: scope.begin()})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if committed {
			return
		}
		// The caller's context may be gone; the connection must still be freed.
		bg, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if rerr := ptx.Rollback(bg); rerr != nil && !errors.Is(rerr, pgx.ErrTxClosed) && err != nil {
			err = errors.Join(err, fmt.Errorf("roll back: %w", rerr))
		}
	}()
	tx := &Tx{tx: ptx, q: dbsqlc.New(ptx), jobs: s.jobs, scope: scope}
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.commit(ctx); err != nil {
		return err
	}
	committed = true
	return nil
}

// commit sends what was left for the end, the news and the commit itself in
// one round trip: others wait for the rows that this transaction holds.
func (tx *Tx) commit(ctx context.Context) error {
	if notices := tx.takeNotices(); len(notices) > 0 {
		tx.last.Queue(notifyStatement, channelName, notices)
	}
	if tx.last.Len() == 0 {
		if err := tx.tx.Commit(ctx); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		return nil
	}
	tx.last.Queue("commit")
	answers := tx.tx.SendBatch(ctx, &tx.last)
	for range tx.last.Len() - 1 {
		if _, err := answers.Exec(); err != nil {
			_ = answers.Close() // it would tell the same again
			return fmt.Errorf("write at the end: %w", err)
		}
	}
	done, err := answers.Exec()
	if end := answers.Close(); err == nil {
		err = end
	}
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	// A transaction that failed before answers its commit so, without an error.
	if done.String() != "COMMIT" {
		return pgx.ErrTxCommitRollback
	}
	return nil
}

// lost tells whether the transaction failed only because of another one.
func lost(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// Loosely lets the commit not wait for the disk. It is for what costs nothing
// when a machine that dies in the next half second forgets it: a claim that is
// made again, a peer's health.
func (tx *Tx) Loosely(ctx context.Context) error {
	if _, err := tx.tx.Exec(ctx, "set local synchronous_commit = off"); err != nil {
		return fmt.Errorf("loosen the commit: %w", err)
	}
	return nil
}

// Enqueue adds jobs that are worked on only after the commit, and never without it.
func (tx *Tx) Enqueue(ctx context.Context, jobs ...river.JobArgs) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		params[i] = river.InsertManyParams{Args: j}
	}
	if _, err := tx.jobs.InsertManyFastTx(ctx, tx.tx, params); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

// Change is news of one object, told to live screens after the commit.
type Change struct {
	AgencyID    org.ID
	SubjectType string
	SubjectID   org.ID
	EventID     org.ID
}

// Touch announces a change when the transaction commits.
func (tx *Tx) Touch(changes ...Change) { tx.touched = append(tx.touched, changes...) }
