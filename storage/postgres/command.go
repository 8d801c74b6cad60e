package postgres

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

var errKeyReused = fault.New(fault.Invalid, "idempotency_key_reused",
	"Mã lệnh này đã dùng cho một yêu cầu khác.",
	"The idempotency key was used for another request.")

// Once records the command in the transaction that carries it out. It gives
// false and the subject of the first time when the same command was carried
// out before. Two at the same moment: the second waits for the first.
func (tx *Tx) Once(ctx context.Context, c access.Command, subject org.ID, now time.Time) (first bool, earlier org.ID, err error) {
	if c.Key == "" {
		return true, subject, nil
	}
	n, err := tx.q.InsertCommand(ctx, dbsqlc.InsertCommandParams{AccountID: c.AccountID, Key: c.Key, Operation: c.Operation,
		RequestHash: c.Request[:], SubjectID: subject, At: now})
	if err != nil {
		return false, org.ID{}, fmt.Errorf("record command: %w", err)
	}
	if n == 1 {
		return true, subject, nil
	}
	earlier, err = tx.earlierCommand(ctx, c)
	return false, earlier, err
}

// earlierCommand gives what the command did when it was carried out before.
func (tx *Tx) earlierCommand(ctx context.Context, c access.Command) (subject org.ID, err error) {
	was, err := tx.q.GetCommand(ctx, c.AccountID, c.Key)
	if err != nil {
		return org.ID{}, fmt.Errorf("read command: %w", err)
	}
	if was.Operation != c.Operation || subtle.ConstantTimeCompare(was.RequestHash, c.Request[:]) != 1 {
		return org.ID{}, errKeyReused
	}
	return was.SubjectID, nil
}

// ForgetCommands removes commands older than the time after which nobody repeats one.
func (tx *Tx) ForgetCommands(ctx context.Context, before time.Time) (int64, error) {
	n, err := tx.q.DeleteCommands(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("forget commands: %w", err)
	}
	return n, nil
}
