package imap

import (
	"context"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Since gives the number of the first message that came on the day of from or
// later, and how many came before. first is 0 when none came since. The day is
// the server's; whoever takes messages looks at their moment again.
func (c *Client) Since(ctx context.Context, from time.Time) (first uint32, older int, err error) {
	done := c.guard(ctx)
	found, err := c.c.UIDSearch(&imap.SearchCriteria{Since: from.Add(-24 * time.Hour)}, nil).Wait()
	if err := done(err); err != nil {
		return 0, 0, err
	}
	uids := found.AllUIDs()
	older = max(int(c.box.Messages)-len(uids), 0)
	if len(uids) == 0 {
		return 0, older, nil
	}
	return uint32(slices.Min(uids)), older, nil
}
