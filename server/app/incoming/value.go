package incoming

import "congvan/storage/postgres"

// The values that these use cases take and give, so that callers need not know
// where they are kept.
type (
	Filter  = postgres.ArrivalFilter
	Summary = postgres.ArrivalSummary
	Cursor  = postgres.Cursor
)
