package access

import "congvan/server/domain/org"

// Command is what makes a request repeatable: who sent it, under which key,
// and what it was. One without a key is carried out each time it comes.
type Command struct {
	AccountID org.ID
	Key       string
	Operation string
	Request   [32]byte // SHA-256 of the whole request
	Position  org.ID   // the position chosen for the act; none lets the policy choose
	Seen      int      // the version that the person read before deciding; 0 when not said
}
