package job

import (
	"github.com/riverqueue/river"

	"congvan/server/domain/org"
)

// SendStatus asks to tell the sender of an arrival beyond this installation
// what became of it: all that waits, in order.
type SendStatus struct {
	AgencyID  org.ID `json:"agencyId"`
	ArrivalID org.ID `json:"arrivalId"`
}

// Kind names the job in the queue.
func (SendStatus) Kind() string { return "send_status" }

// InsertOpts lets the job outlive many failures: how often the other side is
// tried is the status's own count.
func (SendStatus) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: DispatchQueue, MaxAttempts: 1000}
}

// PollAxis asks to fetch what waits for us on the axis, and to look for statuses
// that nobody sends.
type PollAxis struct{}

// Kind names the job in the queue.
func (PollAxis) Kind() string { return "poll_axis" }

// PollQueue is apart from the others: an axis that is slow holds up nothing else.
const PollQueue = "poll"

// InsertOpts lets the next round try what this one could not.
func (PollAxis) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: PollQueue, MaxAttempts: 1}
}
