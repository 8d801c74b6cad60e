package api

// What the tests of the whole server look at inside.
var (
	Scopes       = scopes
	BeforeChange = beforeChange
)
