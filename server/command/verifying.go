package command

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"congvan/storage/blob"
)

// verifyAge is after what time a stored file is read through again.
const verifyAge = 30 * 24 * time.Hour

// verifyRound is what one round reads: some 7 TB in the time above.
var verifyRound = blob.Round{Objects: 10_000, Bytes: 10 << 30}

// countPatience is how long the metrics wait for the count.
const countPatience = 2 * time.Second

// watchBlobs tells the metrics how many stored files are damaged, whoever found
// it. The count is asked when it is wanted: several processes may do the rounds.
func (in *installation) watchBlobs() error {
	gauge := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "congvan_blobs_damaged",
		Help: "Stored files that are missing or differ from their hash."}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), countPatience)
		defer cancel()
		n, err := in.blobs.Damaged(ctx)
		if err != nil {
			return math.NaN() // not zero, which would end an alarm
		}
		return float64(n)
	})
	if err := in.metrics.Register(gauge); err != nil {
		return fmt.Errorf("register metrics of stored files: %w", err)
	}
	return nil
}

// verify reads through the stored files that were longest not looked at.
func (in *installation) verify(ctx context.Context) error {
	return in.verifyBefore(ctx, time.Now().Add(-verifyAge))
}

func (in *installation) verifyBefore(ctx context.Context, before time.Time) error {
	checked, damaged, err := in.blobs.VerifyOldest(ctx, before, verifyRound)
	if len(damaged) > 0 { // even when the round broke off
		hashes := make([]string, len(damaged))
		for i, h := range damaged {
			hashes[i] = h.String()
		}
		in.log.ErrorContext(ctx, "stored files are damaged: restore their objects from a backup", slog.Any("hashes", hashes))
	}
	if err != nil {
		return err
	}
	in.log.InfoContext(ctx, "verified stored files", slog.Int("checked", checked), slog.Int("damaged", len(damaged)))
	return nil
}
