package incoming

import "congvan/storage/postgres"

// The values that these use cases take and give, so that callers need not know
// where they are kept.
type (
	Filter      = postgres.ArrivalFilter
	Summary     = postgres.ArrivalSummary
	Cursor      = postgres.Cursor
	LineFilter  = postgres.LineFilter
	LineView    = postgres.LineView
	LineSummary = postgres.LineSummary
	Phrase      = postgres.Phrase
	StoredFile  = postgres.StoredFile
	Heard       = postgres.HeardRequest
)

// ParseCursor reads the place in a list.
func ParseCursor(s string) (Cursor, error) { return postgres.ParseCursor(s) }
