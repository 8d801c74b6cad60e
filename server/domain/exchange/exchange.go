// Package exchange decides how far a delivery has come: the states a sender
// sees for each recipient, and what a receipt, however late, repeated or out
// of order, does to them. It must not send anything or know any protocol.
package exchange

import (
	"cmp"
	"slices"
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

// road lists the states in the order of what they prove. Giving up (failed,
// expired) yields to any word from the other side: what arrived had not failed.
// A refusal yields to a registration, since a recipient says one or the other
// (QCVN 102:2016: 02 or 03) and what stands in a register cannot be taken out.
var road = [...]State{Waiting, Sent, Failed, Expired, Arrived, Refused, Registered, Assigned, InWork, Done}

// rank gives the place on the road, and -1 for what is none of ours.
func (s State) rank() int { return slices.Index(road[:], s) }

// Final tells whether nothing more is waited for. Only word of being further
// along still changes it, and done nothing at all.
func (s State) Final() bool { return s == Done || s == Refused || s == Failed || s == Expired }

// Known tells whether the state is one of ours.
func (s State) Known() bool { return s.rank() >= 0 }

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
	Reason         string // in the words of a person or of the other side
	ReasonCode     string // what a program found or a refusing person picked; screens have the words to it
	ArrivalID      org.ID
	ArrivalNumber  int
	RemoteID       string    // the other side's name for it
	Attempts       int       // tries so far, counted anew when a person requeues
	NextAttemptAt  time.Time // zero when none is planned
	ExpiresAt      time.Time // zero: it lives until it is given up
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
	Reason        string // in the words of a person
	ReasonCode    string // the reason picked from the list; screens have the words to it
	ArrivalNumber int
}

// Apply gives the delivery after the receipt, and whether the receipt changed
// anything. The delivery keeps the furthest receipt there ever was, so order
// and repetition make no difference. An arrival number is kept whenever it
// comes, even after word of a later state; of two the one taken later counts.
func (d Delivery) Apply(r Receipt) (Delivery, bool) {
	if !r.State.Known() {
		return d, false
	}
	after := d
	if r.State.rank() >= Registered.rank() {
		after.ArrivalNumber = max(d.ArrivalNumber, r.ArrivalNumber)
	}
	if r.compare(Receipt{State: d.State, At: d.StateAt, ByName: d.ByName, Reason: d.Reason, ReasonCode: d.ReasonCode}) > 0 {
		after.State, after.StateAt, after.ByName, after.Reason, after.ReasonCode = r.State, r.At, r.ByName, r.Reason, r.ReasonCode
	}
	return after, after != d
}

// compare is positive when r counts rather than other: the one further along;
// of two that say the same the first; and of two at one moment either, but
// always the same one.
func (r Receipt) compare(other Receipt) int {
	return cmp.Or(cmp.Compare(r.State.rank(), other.State.rank()), other.At.Compare(r.At),
		cmp.Compare(r.ByName, other.ByName), cmp.Compare(r.Reason, other.Reason), cmp.Compare(r.ReasonCode, other.ReasonCode))
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
