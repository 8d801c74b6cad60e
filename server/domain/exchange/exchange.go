// Package exchange decides how far a delivery has come: the states a sender
// sees for each recipient, and what a receipt, however late, repeated or out
// of order, does to them. It must not send anything or know any protocol.
package exchange

import (
	"time"

	"congvan/server/domain/org"
)

// State is how far a delivery has come.
type State string

// The states of a delivery. The codes are those of QCVN 102:2016.
const (
	Waiting    State = "waiting"    // not sent yet
	Sent       State = "sent"       // handed to the channel
	Arrived    State = "arrived"    // 01: the receiving system has it
	Registered State = "registered" // 03: the clerk has registered it
	Assigned   State = "assigned"   // 04
	InWork     State = "in_work"    // 05
	Done       State = "done"       // 06
	Refused    State = "refused"    // 02: returned with a reason
	Failed     State = "failed"     // no way to the recipient was left
	Expired    State = "expired"    // its life time passed
)

// rank orders the states of the ordinary road; a receipt never leads back.
func (s State) rank() int {
	for i, known := range [...]State{Waiting, Sent, Arrived, Registered, Assigned, InWork, Done} {
		if s == known {
			return i
		}
	}
	return -1
}

// Final tells whether nothing more can come of the delivery.
func (s State) Final() bool { return s == Done || s == Refused || s == Failed || s == Expired }

// Known tells whether the state is one of ours.
func (s State) Known() bool {
	return s.rank() >= 0 || s == Refused || s == Failed || s == Expired
}

// Delivery is one recipient's share of an issued document, as its sender sees it.
type Delivery struct {
	AgencyID       org.ID
	DocumentID     org.ID
	ID             org.ID
	Ordinal        int
	RecipientType  string
	Role           string
	Channel        Channel
	TargetAgencyID org.ID
	Name           string
	State          State
	StateAt        time.Time
	ByName         string
	Reason         string
	ArrivalID      org.ID
	ArrivalNumber  int
}

// Channel is the road a delivery takes.
type Channel string

// The channels. Inside is the agency itself; paper is printed and carried.
const (
	Local   Channel = "local"
	Inside  Channel = "inside"
	Axis    Channel = "axis"
	Peer    Channel = "peer"
	Mailbox Channel = "mailbox"
	Paper   Channel = "paper"
)

// Receipt is what the other side says of a delivery.
type Receipt struct {
	State         State
	At            time.Time
	ByName        string
	Reason        string
	ArrivalNumber int
}

// Apply gives the delivery after the receipt, and whether the receipt changed
// anything. It is indifferent to order and repetition: a state is only ever
// replaced by one further along, a final one never.
func (d Delivery) Apply(r Receipt) (Delivery, bool) {
	if !r.State.Known() || d.State.Final() || d.State == r.State {
		return d, false
	}
	if r.State.rank() >= 0 && r.State.rank() < d.State.rank() {
		return d, false
	}
	// What was registered can no longer be refused (QCVN 102:2016: 02 or 03).
	if r.State == Refused && d.State.rank() >= Registered.rank() {
		return d, false
	}
	if (r.State == Failed || r.State == Expired) && d.State.rank() >= Arrived.rank() {
		return d, false
	}
	d.State, d.StateAt, d.ByName, d.Reason = r.State, r.At, r.ByName, r.Reason
	if r.ArrivalNumber > 0 {
		d.ArrivalNumber = r.ArrivalNumber
	}
	return d, true
}

// ChannelTo finds the road to an agency from its capability (D3).
func ChannelTo(c org.Channel) Channel { return Channel(c) }

// FirstState is where a delivery begins: what stays on this installation
// arrives in the issuing transaction itself.
func FirstState(c Channel) State {
	if c == Local || c == Inside {
		return Arrived
	}
	return Waiting
}
