package blob

import (
	"context"
	"time"
)

// SweepBlobs sweeps contents alone, by a clock of the test's.
func (s *Store) SweepBlobs(ctx context.Context, now time.Time, window time.Duration) (Swept, error) {
	var done Swept
	err := s.sweepBlobs(ctx, now, window, &done)
	return done, err
}

// Errors that tests compare with.
var (
	ErrUnavailable = errUnavailable
	ErrDamaged     = errDamaged
	ErrTooLarge    = errTooLarge
	ErrTruncated   = errTruncated
	ErrOffset      = errOffset
	ErrIncomplete  = errIncomplete
)
