package outgoing

import "congvan/storage/postgres"

// The values that these use cases take and give, so that callers need not know
// where they are kept.
type (
	Filter  = postgres.DocumentFilter
	Summary = postgres.DocumentSummary
	Counts  = postgres.DeliveryCounts
	Event   = postgres.Event
	Cursor  = postgres.Cursor
	Upload  = postgres.Upload
)

// ParseCursor reads the cursor of a list; nothing is its beginning.
func ParseCursor(s string) (Cursor, error) { return postgres.ParseCursor(s) }

// Template is an agency's own template of a kind.
type Template = postgres.Template
