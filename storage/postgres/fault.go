package postgres

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"congvan/server/domain/fault"
)

var errBadURL = errors.New("it is not a valid postgres:// address")

var (
	errGone = fault.New(fault.Unavailable, "database_unavailable",
		"Hệ thống tạm thời chưa truy cập được dữ liệu. Xin thử lại sau ít phút.",
		"The data cannot be reached at the moment. Please try again shortly.")
	errBusy = fault.New(fault.Unavailable, "database_busy",
		"Hệ thống đang bận. Xin thử lại.",
		"The system is busy. Please try again.")
	errSame = fault.New(fault.Conflict, "already_exists",
		"Đã có một mục như vậy.",
		"There is one like this already.")
	errGoneReference = fault.New(fault.Invalid, "unknown_reference",
		"Một mục được chọn không còn tồn tại.",
		"Something that was chosen does not exist.")
)

// translate turns what Postgres says into faults that a use case can act on.
// What it does not know stays as it is, and is a defect of ours.
func translate(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.Missing().Because(err)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return errBusy.Because(err)
	}
	// Whatever the server says while it lets nobody in, it is away.
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return errGone.Because(err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return translateCode(pg, err)
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) {
		return errGone.Because(err)
	}
	if errors.Is(err, errConnClosed) || err.Error() == "conn closed" {
		return errGone.Because(err)
	}
	return err
}

var errConnClosed = errors.New("conn closed")

func translateCode(pg *pgconn.PgError, err error) error {
	switch pg.Code {
	case "23505": // unique_violation
		return errSame.Because(err)
	case "23503": // foreign_key_violation
		return errGoneReference.Because(err)
	case "40001", "40P01", "55P03", "57014", "53300": // lost against another, lock or statement time-out, too many connections
		return errBusy.Because(err)
	case "57P01", "57P02", "57P03", "08000", "08003", "08006", "53100", "53200": // server going, starting or out of room
		return errGone.Because(err)
	}
	return err
}

// violates tells whether err is a broken constraint of that name.
func violates(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == constraint
}

// IsMissing tells, inside a transaction, that there is no such row: faults are
// made of errors only at its end.
func IsMissing(err error) bool {
	return errors.Is(err, pgx.ErrNoRows) || fault.KindOf(err) == fault.NotFound
}
