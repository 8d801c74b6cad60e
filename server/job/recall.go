package job

import (
	"time"

	"github.com/riverqueue/river"

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

// SendRequest asks to tell one recipient beyond this installation what an agency
// says of a document.
type SendRequest struct {
	AgencyID   org.ID `json:"agencyId"`
	RequestID  org.ID `json:"requestId"`
	DocumentID org.ID `json:"documentId"`
	DeliveryID org.ID `json:"deliveryId"`
}

// Kind names the job in the queue.
func (SendRequest) Kind() string { return "send_request" }

// InsertOpts lets the job outlive many failures: how often the other side is
// tried is the request's own count.
func (SendRequest) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: DispatchQueue, MaxAttempts: 1000}
}

// HearRequest lets an arrival hear what its sender beyond this installation says.
type HearRequest struct {
	AgencyID    org.ID    `json:"agencyId"`
	ArrivalID   org.ID    `json:"arrivalId"`
	RequestID   org.ID    `json:"requestId"` // of the message that said it
	Request     string    `json:"request"`
	Reason      string    `json:"reason"`
	ByReference string    `json:"byReference"`
	ByCode      string    `json:"byCode"`
	ByArrivalID org.ID    `json:"byArrivalId"`
	SenderName  string    `json:"senderName"`
	At          time.Time `json:"at"`
}

// Kind names the job in the queue.
func (HearRequest) Kind() string { return "hear_request" }
