package notice

import "congvan/storage/postgres"

// Change is news of one object.
type Change = postgres.Change
