package postgres

import (
	"context"
	"fmt"

	"congvan/server/domain/org"
)

// CountQuarantined counts the mails held back at the agencies, up to CountCap.
func (tx *Tx) CountQuarantined(ctx context.Context, agencies []org.ID) (int, bool, error) {
	n, err := tx.q.CountQuarantined(ctx, agencies, CountCap+1)
	if err != nil {
		return 0, false, fmt.Errorf("count quarantine: %w", err)
	}
	return min(int(n), CountCap), n > CountCap, nil
}
