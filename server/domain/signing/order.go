package signing

import (
	"fmt"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// State is where an order to sign stands.
type State string

// The states.
const (
	Waiting   State = "waiting" // nobody has fetched the file yet
	Started   State = "started" // the file is with the key; this may take minutes
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
	Expired   State = "expired"
)

// Act is something that happens to an order.
type Act string

// The acts.
const (
	Start    Act = "start"
	Complete Act = "complete"
	Fail     Act = "fail"
	Cancel   Act = "cancel"
	Expire   Act = "expire"
	Repeat   Act = "repeat"
)

// orderLife is the whole life of an order. Programs on a person's own machine
// ask twice and answer twice, so starting again is no error.
var orderLife = [...]struct {
	act      Act
	from, to State
}{
	{Start, Waiting, Started},
	{Start, Started, Started},
	{Complete, Started, Done},
	{Complete, Waiting, Done}, // downloaded, signed and uploaded by hand
	{Fail, Waiting, Failed},
	{Fail, Started, Failed},
	{Cancel, Waiting, Cancelled},
	{Cancel, Started, Cancelled},
	{Expire, Waiting, Expired},
	{Expire, Started, Expired},
	{Repeat, Failed, Waiting},
	{Repeat, Expired, Waiting},
	{Repeat, Cancelled, Waiting},
}

// Allows tells whether the act may happen in the state.
func (s State) Allows(act Act) bool {
	_, ok := s.after(act)
	return ok
}

func (s State) after(act Act) (State, bool) {
	for _, step := range orderLife {
		if step.act == act && step.from == s {
			return step.to, true
		}
	}
	return "", false
}

// Known tells whether the state is one of these.
func (s State) Known() bool {
	switch s {
	case Waiting, Started, Done, Failed, Cancelled, Expired:
		return true
	}
	return false
}

// lasts is how long an order waits; maxAttempts how often it is tried.
const (
	lasts       = 30 * time.Minute
	maxAttempts = 20
)

// Order asks one person for one signature on one version of one file.
type Order struct {
	ID         org.ID
	DocumentID org.ID
	SignerID   org.ID // account
	Place      Place
	FileHash   document.Hash // of the bytes that are to be signed
	Signer     Fingerprint   // the certificate expected
	TicketKept document.Hash
	State      State
	Attempts   int
	CreatedAt  time.Time
	ExpiresAt  time.Time
	SignedHash document.Hash // of the file that came back
	Failure    string        // code of what went wrong last
}

// Request is what a new order is for.
type Request struct {
	ID         org.ID
	DocumentID org.ID
	SignerID   org.ID
	Place      Place
	FileHash   document.Hash
	Signer     Fingerprint
	Ticket     Ticket
}

// The faults of orders.
var (
	ErrPresence = fault.New(fault.Forbidden, "presence_needed",
		"Hãy xác nhận lại chính bạn đang ký (khóa đăng nhập hoặc mã một lần).", "Prove again that it is you who signs (passkey or one-time code).")
	ErrOrderState = fault.New(fault.Conflict, "order_state",
		"Yêu cầu ký không còn ở trạng thái cho phép thao tác này.", "The signing order is not in a state that allows this.")
	ErrTicket = fault.New(fault.Forbidden, "ticket",
		"Vé ký không đúng hoặc đã hết hạn.", "The signing ticket is wrong or has expired.")
	ErrAttempts = fault.New(fault.Throttled, "attempts",
		"Yêu cầu ký đã bị thử lại quá nhiều lần; hãy tạo yêu cầu mới.", "The signing order was tried too often; make a new one.")
	ErrAnsweredTwice = fault.New(fault.Conflict, "answered_twice",
		"Yêu cầu này đã có tệp ký khác.", "This order already has another signed file.")
)

// NewOrder makes an order. Without a fresh proof of presence there is none.
func NewOrder(r Request, p Presence, now time.Time) (Order, error) {
	if !p.Proves(r.SignerID, now) {
		return Order{}, ErrPresence
	}
	if err := r.Place.Check(); err != nil {
		return Order{}, err
	}
	if !r.Place.Kind.Signed() || r.FileHash.IsZero() || r.Signer.IsZero() {
		return Order{}, fault.InvalidField("order", "incomplete", "Yêu cầu ký thiếu tệp, chứng thư hoặc vị trí ký.", "The order lacks the file, the certificate or the place.")
	}
	return Order{
		ID: r.ID, DocumentID: r.DocumentID, SignerID: r.SignerID, Place: r.Place, FileHash: r.FileHash, Signer: r.Signer,
		TicketKept: r.Ticket.Keep(), State: Waiting, CreatedAt: now, ExpiresAt: now.Add(lasts),
	}, nil
}

// Due tells whether the order has waited long enough.
func (o Order) Due(now time.Time) bool { return o.State.Allows(Expire) && !now.Before(o.ExpiresAt) }

// Open checks a ticket. A wrong one, one of a closed order and one too late
// look the same.
func (o Order) Open(t Ticket, now time.Time) error {
	if !t.opens(o.TicketKept) || !o.State.Allows(Start) && o.State != Done || !now.Before(o.ExpiresAt) {
		return ErrTicket
	}
	return nil
}

// Start notes that the file goes to the key. It may be fetched again.
func (o *Order) Start(now time.Time) (document.Event, error) {
	if o.Due(now) {
		return document.Event{}, ErrOrderState
	}
	if o.Attempts >= maxAttempts {
		return document.Event{}, ErrAttempts
	}
	event, err := o.take(Start)
	if err == nil {
		o.Attempts++
	}
	return event, err
}

// Cancel ends an order that is no longer wanted.
func (o *Order) Cancel() (document.Event, error) { return o.take(Cancel) }

// Expire ends an order that nobody answered.
func (o *Order) Expire(now time.Time) (document.Event, error) {
	if !o.Due(now) {
		return document.Event{}, ErrOrderState
	}
	return o.take(Expire)
}

// Fail notes that the key did not sign: a wrong PIN, a token drawn, a service away.
func (o *Order) Fail(code string) (document.Event, error) {
	event, err := o.take(Fail)
	if err == nil {
		o.Failure = code
		event.Data["reason"] = code
	}
	return event, err
}

// Repeat opens an order again, with another ticket and another proof.
func (o *Order) Repeat(t Ticket, p Presence, now time.Time) (document.Event, error) {
	if !p.Proves(o.SignerID, now) {
		return document.Event{}, ErrPresence
	}
	event, err := o.take(Repeat)
	if err == nil {
		o.TicketKept, o.ExpiresAt, o.Failure, o.Attempts = t.Keep(), now.Add(lasts), "", 0
	}
	return event, err
}

func (o *Order) take(act Act) (document.Event, error) {
	to, ok := o.State.after(act)
	if !ok {
		return document.Event{}, ErrOrderState
	}
	o.State = to
	return document.Event{Verb: "signing_" + string(act), Data: map[string]string{"place": o.Place.Name()}}, nil
}

// DescribeOrders prints the life of an order as a table.
func DescribeOrders() string {
	var b strings.Builder
	b.WriteString("| act | from | to |\n|---|---|---|\n")
	for _, s := range orderLife {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.act, s.from, s.to)
	}
	return b.String()
}
