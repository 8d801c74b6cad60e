package exchange

import (
	"strings"
	"time"

	"congvan/server/domain/fault"
)

// StatusCode is the code of a status package (QCVN 102:2016, StatusCode).
type StatusCode string

// The codes.
const (
	CodeArrived    StatusCode = "01"
	CodeRefused    StatusCode = "02"
	CodeRegistered StatusCode = "03"
	CodeAssigned   StatusCode = "04"
	CodeInWork     StatusCode = "05"
	CodeDone       StatusCode = "06"
	CodeTakeBack   StatusCode = "13" // the sender asks to take the document back
	CodeAgreed     StatusCode = "15" // the recipient agrees to take-back or update
	CodeDeclined   StatusCode = "16" // the recipient declines it
)

// meaning is one row of the table of codes.
type meaning struct {
	code        StatusCode
	state       State // of the delivery; none where the code is about an act on it
	bySender    bool
	automatic   bool // sent by the system itself; all others are a person's word
	needsReason bool
	label       fault.Text
}

// codes is the table of QCVN 102:2016 with the duties of QĐ 28/2018/QĐ-TTg and
// NĐ 30/2020, điều 21: only the arrival is told by the system itself (G2b), and
// who refuses or takes back says why.
var codes = [...]meaning{
	{code: CodeArrived, state: Arrived, automatic: true, label: fault.Text{VI: "Đã đến", EN: "Arrived"}},
	{code: CodeRefused, state: Refused, needsReason: true, label: fault.Text{VI: "Từ chối tiếp nhận", EN: "Refused"}},
	{code: CodeRegistered, state: Registered, label: fault.Text{VI: "Đã tiếp nhận", EN: "Registered"}},
	{code: CodeAssigned, state: Assigned, label: fault.Text{VI: "Phân công", EN: "Assigned"}},
	{code: CodeInWork, state: InWork, label: fault.Text{VI: "Đang xử lý", EN: "In work"}},
	{code: CodeDone, state: Done, label: fault.Text{VI: "Hoàn thành", EN: "Done"}},
	{code: CodeTakeBack, bySender: true, needsReason: true, label: fault.Text{VI: "Lấy lại", EN: "Take back"}},
	{code: CodeAgreed, label: fault.Text{VI: "Đồng ý lấy lại hoặc cập nhật", EN: "Take-back or update agreed"}},
	{code: CodeDeclined, label: fault.Text{VI: "Từ chối lấy lại hoặc cập nhật", EN: "Take-back or update declined"}},
}

// StatusCodes gives all codes in their order.
func StatusCodes() []StatusCode {
	list := make([]StatusCode, len(codes))
	for i, m := range codes {
		list[i] = m.code
	}
	return list
}

// ReadStatusCode reads the code of a package. An unknown one is kept as it came
// and is no error: a new code must not stop the import.
func ReadStatusCode(text string) (code StatusCode, known bool) {
	code = StatusCode(strings.TrimSpace(text))
	_, known = code.meaning()
	return code, known
}

func (c StatusCode) meaning() (meaning, bool) {
	for _, m := range codes {
		if m.code == c {
			return m, true
		}
	}
	return meaning{}, false
}

// State gives the delivery state that a code reports. The codes about taking
// back report none.
func (c StatusCode) State() (State, bool) {
	m, _ := c.meaning()
	return m.state, m.state != ""
}

// Label gives the office's word for the code.
func (c StatusCode) Label() fault.Text {
	m, _ := c.meaning()
	return m.label
}

// Automatic tells whether the system sends the code by itself.
func (c StatusCode) Automatic() bool {
	m, _ := c.meaning()
	return m.automatic
}

// BySender tells whether the sender of the document says it; all others are
// the recipient's word.
func (c StatusCode) BySender() bool {
	m, _ := c.meaning()
	return m.bySender
}

// NeedsReason tells whether the code may not be sent without a reason.
func (c StatusCode) NeedsReason() bool {
	m, _ := c.meaning()
	return m.needsReason
}

// StatusCode gives the code by which a recipient reports the state; states that
// only the sender knows have none.
func (s State) StatusCode() (StatusCode, bool) {
	for _, m := range codes {
		if m.state == s && s != "" {
			return m.code, true
		}
	}
	return "", false
}

// Status is the word of one status package.
type Status struct {
	Code   StatusCode
	At     time.Time
	ByName string
	Reason string
}

// Receipt gives what the status means for the delivery it answers; codes that
// report no state mean nothing to it.
func (s Status) Receipt() (Receipt, bool) {
	state, ok := s.Code.State()
	return Receipt{State: state, At: s.At, ByName: s.ByName, Reason: s.Reason}, ok
}
