// Package job holds the arguments of background jobs: plain structs that a
// transaction enqueues and a worker decodes. It must not do any work.
package job

import (
	"time"

	"github.com/riverqueue/river"

	"congvan/server/domain/org"
)

// TellSender carries what became of a local arrival to the delivery of its
// sender, in the exchange's scope.
type TellSender struct {
	AgencyID      org.ID    `json:"agencyId"`
	DocumentID    org.ID    `json:"documentId"`
	DeliveryID    org.ID    `json:"deliveryId"`
	State         string    `json:"state"`
	At            time.Time `json:"at"`
	ByName        string    `json:"byName"`
	Reason        string    `json:"reason"`
	ReasonCode    string    `json:"reasonCode,omitempty"`
	ArrivalNumber int       `json:"arrivalNumber"`
}

// Kind names the job in the queue.
func (TellSender) Kind() string { return "tell_sender" }

// CloseAnswered asks to close the lines that an issued document answers.
type CloseAnswered struct {
	AgencyID   org.ID `json:"agencyId"`
	DocumentID org.ID `json:"documentId"`
	Reference  string `json:"reference"`
	ByName     string `json:"byName"`
}

// Kind names the job in the queue.
func (CloseAnswered) Kind() string { return "close_answered" }

// Alarm asks to tell people of due dates and of what stays unregistered.
type Alarm struct{}

// Kind names the job in the queue.
func (Alarm) Kind() string { return "alarm" }

// Digest asks to mail what is unread to those who want that.
type Digest struct{}

// Kind names the job in the queue.
func (Digest) Kind() string { return "digest" }

// DispatchQueue is apart from the others: a slow receiver holds up no receipt.
const DispatchQueue = "dispatch"

// Dispatch asks to send one delivery to its remote recipient. The same job goes
// on until the delivery no longer waits.
type Dispatch struct {
	AgencyID   org.ID `json:"agencyId"`
	DocumentID org.ID `json:"documentId"`
	DeliveryID org.ID `json:"deliveryId"`
	Bytes      int64  `json:"bytes"` // of the files: says how long a try may take
}

// Kind names the job in the queue.
func (Dispatch) Kind() string { return "dispatch" }

// InsertOpts lets the job outlive many failures of our own: how often the other
// side is tried is the delivery's own count.
func (Dispatch) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: DispatchQueue, MaxAttempts: 1000}
}

// DispatchDue asks to look for deliveries that wait and have no job: their
// channel was connected only now, or their job was lost.
type DispatchDue struct{}

// Kind names the job in the queue.
func (DispatchDue) Kind() string { return "dispatch_due" }

// TakeInMail asks to decide about the mails of one agency that the gateway
// committed together.
type TakeInMail struct {
	AgencyID    org.ID   `json:"agencyId"`
	MailItemIDs []org.ID `json:"mailItemIds"`
}

// Kind names the job in the queue.
func (TakeInMail) Kind() string { return "take_in_mail" }

// CheckSenders asks to check the signatures of mails that carry some; it asks
// name servers and takes its time.
type CheckSenders struct {
	AgencyID    org.ID   `json:"agencyId"`
	MailItemIDs []org.ID `json:"mailItemIds"`
}

// Kind names the job in the queue.
func (CheckSenders) Kind() string { return "check_senders" }

// WarnSender asks to tell the sender of an infected mail.
type WarnSender struct {
	AgencyID   org.ID `json:"agencyId"`
	MailItemID org.ID `json:"mailItemId"`
}

// Kind names the job in the queue.
func (WarnSender) Kind() string { return "warn_sender" }

// Sweep asks to remove what nobody refers to any more: blobs, expired uploads,
// old commands and sessions.
type Sweep struct{}

// Kind names the job in the queue.
func (Sweep) Kind() string { return "sweep" }

// Verify asks to read through the stored files that were longest not looked at.
type Verify struct{}

// Kind names the job in the queue.
func (Verify) Kind() string { return "verify" }

// Chain asks to bind what was recorded into the chains of events.
type Chain struct{}

// Kind names the job in the queue.
func (Chain) Kind() string { return "chain" }

// Checkpoint asks to sign the ends of the chains of events.
type Checkpoint struct{}

// Kind names the job in the queue.
func (Checkpoint) Kind() string { return "checkpoint" }

// SignQueue is apart from the others: keys are slow, and people wait for them.
const SignQueue = "sign"

// Sign asks to have a key that the server can reach sign one order.
type Sign struct {
	AgencyID org.ID `json:"agencyId"`
	OrderID  org.ID `json:"orderId"`
}

// Kind names the job in the queue.
func (Sign) Kind() string { return "sign" }

// InsertOpts bounds how often trouble of our own is tried again; what a key
// refuses is told to the person and not tried at all.
func (Sign) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: SignQueue, MaxAttempts: 5}
}

// ExpireOrders asks to end orders to sign that nobody answered.
type ExpireOrders struct{}

// Kind names the job in the queue.
func (ExpireOrders) Kind() string { return "expire_orders" }

// JudgeFiles asks to look at the signatures of stored PDFs that nobody has
// looked at.
type JudgeFiles struct{}

// Kind names the job in the queue.
func (JudgeFiles) Kind() string { return "judge_files" }
