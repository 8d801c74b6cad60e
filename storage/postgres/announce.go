package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/org"
)

// channelName is the Postgres channel of live changes.
const channelName = "congvan_change"

// noticeBytes keeps each notice under the 8,000 bytes that Postgres allows.
const noticeBytes = 7600

// Postgres delivers notices at commit, or never.
const notifyStatement = "select pg_notify($1, n) from unnest($2::text[]) n"

// takeNotices gives the changes of the transaction as few notices as possible,
// each under the limit.
func (tx *Tx) takeNotices() []string {
	var notices []string
	var b strings.Builder
	for _, c := range tx.touched {
		if b.Len() > noticeBytes {
			notices = append(notices, b.String())
			b.Reset()
		}
		fmt.Fprintf(&b, "%s %s %s %s\n", c.AgencyID, c.SubjectType, c.SubjectID, c.EventID)
	}
	tx.touched = nil
	if b.Len() > 0 {
		notices = append(notices, b.String())
	}
	return notices
}

func parseNotice(payload string) []Change {
	var changes []Change
	for line := range strings.Lines(payload) {
		words := strings.Fields(line)
		if len(words) != 4 {
			continue
		}
		agency, err1 := org.ParseID(words[0])
		subject, err2 := org.ParseID(words[2])
		event, err3 := org.ParseID(words[3])
		if errors.Join(err1, err2, err3) == nil {
			changes = append(changes, Change{AgencyID: agency, SubjectType: words[1], SubjectID: subject, EventID: event})
		}
	}
	return changes
}

// Listen calls heard with the changes of every commit until ctx ends. When the
// line is lost it connects again, with growing gaps, and calls lost once it
// listens again: whoever depends on changes must then read afresh.
func (s *Store) Listen(ctx context.Context, heard func([]Change), lost func()) error {
	gap := 100 * time.Millisecond
	for first := true; ; first = false {
		err := s.listenOnce(ctx, func() {
			gap = 100 * time.Millisecond
			if !first {
				lost()
			}
		}, heard)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end was asked for
		}
		if err == nil {
			continue
		}
		timer := time.NewTimer(gap)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		gap = min(gap*2, 5*time.Second)
	}
}

func (s *Store) listenOnce(ctx context.Context, listening func(), heard func([]Change)) error {
	// A connection of its own: it would hold one of the pool's for ever.
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer func() {
		bg, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(bg)
	}()
	if _, err := conn.Exec(ctx, "listen "+channelName); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	listening()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait for changes: %w", err)
		}
		if changes := parseNotice(n.Payload); len(changes) > 0 {
			heard(changes)
		}
	}
}
