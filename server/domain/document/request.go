package document

import (
	"strings"
	"time"
	"unicode/utf8"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// RequestKind is what an agency says of a document that it has issued, to those
// who have it.
type RequestKind string

// The kinds. Taking back (lấy lại) is between clerks, for a wrong address or
// file, and may be refused once the document is registered (QĐ 28/2018, code
// 13). A recall (thu hồi) is a legal act by another document: the recipient
// cancels and confirms, and cannot refuse (NĐ 30/2020, điều 18). The others
// tell, and ask for nothing.
const (
	VoidNotice      RequestKind = "void"
	TakeBackRequest RequestKind = "take_back"
	RecallRequest   RequestKind = "recall"
	ReplaceNotice   RequestKind = "replace"
	UpdateNotice    RequestKind = "update"
)

// Reply is what became of a request at one recipient.
type Reply string

// The answers.
const (
	Untold    Reply = ""          // on its way
	Told      Reply = "told"      // a notice, and the recipient has it
	Pending   Reply = "pending"   // waits for the recipient's clerk
	Withdrawn Reply = "withdrawn" // taken out by itself: it was not registered yet
	Agreed    Reply = "agreed"    // 15
	Declined  Reply = "declined"  // 16
	Confirmed Reply = "confirmed" // a recall was carried out
)

// Final tells whether nothing more is waited for.
func (a Reply) Final() bool { return a != Untold && a != Pending }

// Request is one such act.
type Request struct {
	ID           org.ID
	AgencyID     org.ID
	DocumentID   org.ID
	Kind         RequestKind
	Reason       string
	ByDocumentID org.ID // the document by which it is done, when it is one of this agency here
	ByReference  string
	At           time.Time
	By           string
}

// MaxReason is how long the words for a request may be.
const MaxReason = 1000

// Verb gives the word for it in the history of both sides.
func (k RequestKind) Verb() string {
	for _, s := range lifeCycle {
		if s.Act == k.act() {
			return s.Verb
		}
	}
	return ""
}

// act gives the step of the life cycle that the request is.
func (k RequestKind) act() Act {
	switch k {
	case VoidNotice:
		return Void
	case TakeBackRequest:
		return TakeBack
	case RecallRequest:
		return Recall
	case ReplaceNotice:
		return Replace
	default:
		return Update
	}
}

// Act gives the step of the life cycle that the request is.
func (k RequestKind) Act() Act { return k.act() }

// Ask takes the step that the request is. by is the document by which it is
// done; none where there is no such document here.
func (d *Document) Ask(r Request, by *Document, now time.Time) (Request, Event, error) {
	s, err := d.next(r.Kind.act())
	if err != nil {
		return r, Event{}, err
	}
	r.AgencyID, r.DocumentID, r.At = d.AgencyID, d.ID, now
	r.Reason, r.ByReference = strings.TrimSpace(r.Reason), CleanLine(r.ByReference)
	if by != nil {
		r.ByDocumentID, r.ByReference = by.ID, by.Reference()
	}
	if err := r.check(*d, by); err != nil {
		return r, Event{}, err
	}
	e := d.take(s, now)
	for name, value := range map[string]string{"reason": r.Reason, "byReference": r.ByReference} {
		if value != "" {
			e.Data[name] = value
		}
	}
	return r, e, nil
}

func (r Request) check(d Document, by *Document) error {
	tooLong := utf8.RuneCountInString(r.Reason) > MaxReason
	switch {
	case tooLong:
		return fault.InvalidField("reason", "too_long", "Lý do dài quá 1000 ký tự.", "The reason is longer than 1,000 characters.")
	case r.Reason == "" && r.Kind != ReplaceNotice && r.Kind != UpdateNotice:
		return fault.InvalidField("reason", "required", "Hãy ghi lý do.", "Give the reason.")
	case utf8.RuneCountInString(r.ByReference) > maxName:
		return fault.InvalidField("byReference", "too_long", "Số, ký hiệu dài quá 200 ký tự.", "The reference is longer than 200 characters.")
	case r.Kind == RecallRequest && r.ByReference == "":
		return fault.InvalidField("byReference", "required", "Thu hồi phải bằng một văn bản; hãy chọn hoặc ghi số, ký hiệu văn bản thu hồi.",
			"A recall is made by a document; choose it or enter its reference.")
	case (r.Kind == ReplaceNotice || r.Kind == UpdateNotice) && by == nil:
		return fault.InvalidField("byDocumentId", "required", "Hãy chọn văn bản thay thế hoặc cập nhật.", "Choose the document that replaces or updates it.")
	case by == nil:
		return nil
	case by.ID == d.ID:
		return fault.InvalidField("byDocumentId", "itself", "Văn bản không thể thay thế hoặc thu hồi chính nó.", "A document cannot replace or recall itself.")
	case by.AgencyID != d.AgencyID || by.State != Issued:
		return fault.InvalidField("byDocumentId", "not_issued", "Văn bản được chọn chưa được cơ quan này ban hành.", "The chosen document was not issued by this agency.")
	}
	return nil
}
