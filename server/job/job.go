// Package job holds the arguments of background jobs: plain structs that a
// transaction enqueues and a worker decodes. It must not do any work.
package job

import (
	"time"

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
	ArrivalNumber int       `json:"arrivalNumber"`
}

// Kind names the job in the queue.
func (TellSender) Kind() string { return "tell_sender" }

// TakeInMail asks to decide about the mails of one agency that the gateway
// committed together.
type TakeInMail struct {
	AgencyID    org.ID   `json:"agencyId"`
	MailItemIDs []org.ID `json:"mailItemIds"`
}

// Kind names the job in the queue.
func (TakeInMail) Kind() string { return "take_in_mail" }

// Sweep asks to remove what nobody refers to any more: blobs, expired uploads,
// old commands and sessions.
type Sweep struct{}

// Kind names the job in the queue.
func (Sweep) Kind() string { return "sweep" }
