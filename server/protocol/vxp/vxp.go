// Package vxp is the wire of the national axis (VXP), from both ends: how a
// request is signed and verified, what each call carries, how its answer is
// written and read, byte for byte as the official client has it. Packages are
// opaque streams here. It must not store anything, decide about documents, or
// mount itself: server/api does the first with use cases and the last with its
// router, and a Client is handed to whoever sends.
package vxp

import (
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Call is one operation of the axis: the last part of its path.
type Call string

// The calls. Downloading alone is a GET, all others are POST.
const (
	CallAgencies       Call = "getAgenciesList"
	CallAgenciesQD20   Call = "getAgenciesListQD20"
	CallSynchronise    Call = "getSynchronizeUnit"
	CallRegister       Call = "registerAgency"
	CallDelete         Call = "deleteAgency"
	CallSend           Call = "sendEdoc"
	CallReceived       Call = "getReceivedEdocList"
	CallGet            Call = "getEdoc"
	CallDownload       Call = "downloadEdoc"
	CallUpdateStatus   Call = "updateStatus"
	CallSent           Call = "getSentEdocList"
	CallCountDocuments Call = "countReceiveEdoc"
	CallCountStatuses  Call = "countReceiveStatus"
	// CallDirectory is between installations of ours alone.
	CallDirectory Call = "getDirectory"
)

// Calls gives all of them.
func Calls() []Call {
	return []Call{
		CallAgencies, CallAgenciesQD20, CallSynchronise, CallRegister, CallDelete, CallSend, CallReceived,
		CallGet, CallDownload, CallUpdateStatus, CallSent, CallCountDocuments, CallCountStatuses, CallDirectory,
	}
}

// method is the HTTP method of the call.
func (c Call) method() string {
	if c == CallDownload {
		return "GET"
	}
	return "POST"
}

// mediaType is the media type that the call signs.
func (c Call) mediaType() string {
	if c == CallSend {
		return typeBytes
	}
	return typeJSON
}

const (
	typeJSON  = "application/json"
	typeBytes = "application/octet-stream"
)

// Message is what a package is: a document, or word of one.
type Message string

// The messages.
const (
	Document Message = "edoc"
	Status   Message = "status"
)

func (m Message) known() bool { return m == Document || m == Status }

// Service is the only service there is.
const Service = "eDoc"

const service = Service

// Transport is how far a package has come on the axis. It says nothing of the
// document's handling, which travels in status packages.
type Transport string

// The transport states that clients are known to use.
const (
	Initial      Transport = "initial"
	Processing   Transport = "processing"
	Done         Transport = "done"
	Fail         Transport = "fail"
	Inbox        Transport = "inbox"
	Acceptance   Transport = "acceptance"
	Rejection    Transport = "rejection"
	Assignment   Transport = "assignment"
	Cancellation Transport = "cancellation"
)

// Label gives the words for a state; what is not known has none.
func (t Transport) Label() fault.Text {
	switch t {
	case Initial:
		return fault.Text{VI: "Khởi tạo", EN: "Created"}
	case Processing:
		return fault.Text{VI: "Đang xử lý", EN: "In work"}
	case Done:
		return fault.Text{VI: "Thành công", EN: "Done"}
	case Fail:
		return fault.Text{VI: "Lỗi", EN: "Failed"}
	case Inbox:
		return fault.Text{VI: "Đã đến", EN: "Arrived"}
	case Acceptance:
		return fault.Text{VI: "Đã tiếp nhận", EN: "Registered"}
	case Rejection:
		return fault.Text{VI: "Từ chối tiếp nhận", EN: "Refused"}
	case Assignment:
		return fault.Text{VI: "Phân công", EN: "Assigned"}
	case Cancellation:
		return fault.Text{VI: "Lấy lại", EN: "Taken back"}
	}
	return fault.Text{}
}

// TransportOf tells a delivery's state in the words of the axis, for those who
// ask what became of a message.
func TransportOf(s exchange.State) Transport {
	switch s {
	case exchange.Waiting:
		return Initial
	case exchange.Sent, exchange.InWork:
		return Processing
	case exchange.Arrived:
		return Inbox
	case exchange.Registered:
		return Acceptance
	case exchange.Assigned:
		return Assignment
	case exchange.Refused:
		return Rejection
	case exchange.Done:
		return Done
	case exchange.Failed, exchange.Expired:
		return Fail
	}
	return ""
}

// FormatTime writes a time as rows carry it: local to Viet Nam, of no zone.
func FormatTime(t time.Time) string { return t.In(org.Zone()).Format(time.DateTime) }
