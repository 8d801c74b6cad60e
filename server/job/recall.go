package job

import (
	"time"

	"congvan/server/domain/org"
)

// TellRecipients carries what an agency said of an issued document to its
// recipients, in the exchange's scope.
type TellRecipients struct {
	AgencyID  org.ID `json:"agencyId"`
	RequestID org.ID `json:"requestId"`
}

// Kind names the job in the queue.
func (TellRecipients) Kind() string { return "tell_recipients" }

// RequestAnswered carries a recipient's answer back to the sender.
type RequestAnswered struct {
	AgencyID   org.ID    `json:"agencyId"`
	DocumentID org.ID    `json:"documentId"`
	DeliveryID org.ID    `json:"deliveryId"`
	RequestID  org.ID    `json:"requestId"`
	Answer     string    `json:"answer"`
	At         time.Time `json:"at"`
	ByName     string    `json:"byName"`
	Note       string    `json:"note"`
}

// Kind names the job in the queue.
func (RequestAnswered) Kind() string { return "request_answered" }
