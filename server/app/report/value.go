package report

import "congvan/storage/postgres"

// The values that these use cases give, so that callers need not know where
// they are kept.
type (
	Register = postgres.NamedRegister
	Entry    = postgres.Entry
)
