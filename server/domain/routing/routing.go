// Package routing decides what becomes of a document that arrived: whether it
// is registered or refused, and along which lines the office works on it. One
// document has many lines; role, state, due date and read mark belong to a
// line, never to the document. The package must not know who may act
// (domain/access) or where arrivals are kept.
package routing

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// State is where an arrival stands at the agency it arrived at.
type State string

// The states of an arrival. Inside ones come from the agency itself and are not registered.
const (
	Awaiting   State = "awaiting"
	Registered State = "registered"
	Refused    State = "refused"
	Inside     State = "inside"
	TakenBack  State = "taken_back" // the sender has it back; a stub is left
	Recalled   State = "recalled"   // cancelled because its issuer recalled it; a stub is left
)

// Source is the road an arrival came.
type Source string

// The sources.
const (
	FromLocal  Source = "local"
	FromInside Source = "inside"
	FromMail   Source = "mail"
	FromPaper  Source = "paper"
	FromAxis   Source = "axis"
	FromPeer   Source = "peer"
)

// Arrival is an incoming document as one agency has it.
type Arrival struct {
	ID               org.ID
	AgencyID         org.ID
	Source           Source
	State            State
	OriginAgencyID   org.ID
	OriginDocumentID org.ID
	OriginDeliveryID org.ID
	Role             document.RecipientRole
	Restricted       bool // seen only by who holds a line of it
	MailItemID       org.ID
	Fields
	ArrivedAt     time.Time
	RegisterID    org.ID
	ArrivalNumber int
	ArrivalDay    org.Day
	RegisteredAt  time.Time
	RegisteredBy  string
	RefusedAt     time.Time
	RefusedBy     string
	RefusedReason RefusalReason
	RefusedNote   string
	Version       int
	Files         []File
	Lines         Tree
}

// Fields are what the clerk sees pre-filled and may correct while registering.
type Fields struct {
	Kind         string
	IssuerName   string
	IssuerCode   string
	Number       string
	Symbol       string
	DocumentDate org.Day
	Subject      string
	Urgency      document.Urgency
	DueDate      org.Day
	SignerName   string
	SignerTitle  string
	Note         string
	MainHash     document.Hash
}

// File is one file of an arrival; its bytes never change.
type File struct {
	Role      document.FileRole
	Name      string
	Hash      document.Hash
	Size      int64
	MediaType string
}

// Taken is the arrival number the register gave.
type Taken struct {
	RegisterID org.ID
	Number     int
	Day        org.Day
}

var errDecided = fault.New(fault.Conflict, "out_of_order",
	"Văn bản này đã được xử lý tiếp nhận.",
	"This arrival has already been decided.")

// Receive checks that the arrival can still be registered with what the clerk
// saw and corrected. The number is taken only after it.
func (a *Arrival) Receive(f Fields, seen document.Hash, day, today org.Day) error {
	if a.State != Awaiting {
		return errDecided
	}
	if seen != a.MainHash {
		return fault.New(fault.Stale, "stale",
			"Tệp văn bản không phải tệp bạn đã xem. Hãy mở lại.",
			"The file is not the one you saw. Open it again.")
	}
	if err := a.checkFields(f, day, today); err != nil {
		return err
	}
	f.IssuerCode = a.IssuerCode // told by the exchange, not by the clerk
	if a.Source == FromMail && strings.TrimSpace(f.IssuerName) != a.IssuerName {
		f.IssuerCode = "" // taken from an address that proves nothing, and the clerk knows better
	}
	f.Subject, f.IssuerName = strings.TrimSpace(f.Subject), strings.TrimSpace(f.IssuerName)
	if f.MainHash.IsZero() {
		f.MainHash = a.MainHash
	}
	a.Fields = f
	a.MarkMain()
	return nil
}

// MarkMain makes the first file with the main hash the document itself and
// every other one an annex, also where a mail holds the same bytes twice.
func (a *Arrival) MarkMain() {
	found := false
	for i := range a.Files {
		a.Files[i].Role = document.Annex
		if !found && a.Files[i].Hash == a.MainHash {
			a.Files[i].Role, found = document.MainFile, true
		}
	}
}

func (a *Arrival) checkFields(f Fields, day, today org.Day) error {
	var bad []fault.Field
	refuse := func(wrong bool, name, code, vi, en string) {
		if wrong {
			bad = append(bad, fault.Field{Name: name, Code: code, Text: fault.Text{VI: vi, EN: en}})
		}
	}
	refuse(strings.TrimSpace(f.Subject) == "", "subject", "required", "Hãy ghi trích yếu.", "Enter the subject.")
	refuse(utf8.RuneCountInString(f.Subject) > document.MaxSubject, "subject", "too_long", "Trích yếu dài quá 2000 ký tự.", "The subject is longer than 2,000 characters.")
	refuse(strings.TrimSpace(f.IssuerName) == "", "issuerName", "required", "Hãy ghi cơ quan ban hành.", "Enter the issuer.")
	refuse(day.After(today), "arrivalDay", "future", "Ngày đến không được sau hôm nay.", "The day of arrival must not lie in the future.")
	refuse(!f.DocumentDate.IsZero() && f.DocumentDate.After(day), "documentDate", "after_arrival", "Ngày văn bản phải trước hoặc bằng ngày đến.", "The document's date must not come after its arrival.")
	refuse(!f.DueDate.IsZero() && f.DueDate.Before(day), "dueDate", "past", "Hạn xử lý phải từ ngày đến trở đi.", "The due date must not come before the arrival.")
	refuse(!f.MainHash.IsZero() && !a.has(f.MainHash), "mainSha256", "unknown_file", "Tệp được chọn không thuộc văn bản này.", "The chosen file does not belong to this arrival.")
	refuse(!f.Urgency.Known(), "urgency", "unknown_urgency", "Độ khẩn không hợp lệ.", "The urgency is not known.")
	if f.Kind != "" {
		_, known := document.KindByCode(f.Kind)
		refuse(!known, "kind", "unknown_kind", "Loại văn bản không có trong danh mục.", "The kind is not known.")
	}
	if len(bad) > 0 {
		return fault.New(fault.Invalid, "invalid_request", "Thông tin đăng ký chưa đúng.", "The registration is not valid.").With(bad...)
	}
	return nil
}

func (a *Arrival) has(h document.Hash) bool {
	for _, f := range a.Files {
		if f.Hash == h {
			return true
		}
	}
	return false
}

// errNoNumber is a defect of ours, not a refusal: a register always gives a number.
var errNoNumber = errors.New("registering an arrival without a number of a register")

// Register enters the arrival under the number taken for it
// (NĐ 30/2020, điều 22: one consecutive series in order of arrival).
func (a *Arrival) Register(by document.By, n Taken, now time.Time) (document.Event, error) {
	if a.State != Awaiting {
		return document.Event{}, errDecided
	}
	if n.Number < 1 || n.RegisterID.IsZero() || n.Day.IsZero() {
		return document.Event{}, errNoNumber
	}
	a.State = Registered
	a.RegisterID, a.ArrivalNumber, a.ArrivalDay = n.RegisterID, n.Number, n.Day
	a.RegisteredAt, a.RegisteredBy = now, by.Name
	for i, l := range a.Lines {
		if l.AgencyLine() && l.State == LineAwaiting {
			a.Lines[i].State = LineOpen
			a.Lines[i].DueDate = a.DueDate
		}
	}
	return document.Event{Verb: "registered", Data: map[string]string{"arrivalNumber": strconv.Itoa(n.Number), "day": n.Day.String()}}, nil
}

// RefusalReason is why an agency does not take a document in
// (NĐ 30/2020, điều 21: not authentic, not whole, wrong addressee).
type RefusalReason string

// The reasons.
const (
	WrongAddressee  RefusalReason = "wrong_addressee"
	NotAuthentic    RefusalReason = "not_authentic"
	Incomplete      RefusalReason = "incomplete"
	WrongCompetence RefusalReason = "wrong_competence"
	Duplicate       RefusalReason = "duplicate"
	Unreadable      RefusalReason = "unreadable"
	Secret          RefusalReason = "secret"
	NotOfficial     RefusalReason = "not_official" // a mail or a paper that is no document of an office; nobody is told
	OtherReason     RefusalReason = "other"
)

// Label gives the reason in words.
func (r RefusalReason) Label() fault.Text {
	switch r {
	case WrongAddressee:
		return fault.Text{VI: "Gửi nhầm nơi nhận", EN: "Wrong addressee"}
	case NotAuthentic:
		return fault.Text{VI: "Không bảo đảm tính xác thực", EN: "Not authentic"}
	case Incomplete:
		return fault.Text{VI: "Thiếu trang hoặc phụ lục", EN: "Pages or annexes missing"}
	case WrongCompetence:
		return fault.Text{VI: "Không đúng thẩm quyền", EN: "Not within our competence"}
	case Duplicate:
		return fault.Text{VI: "Trùng văn bản đã nhận", EN: "Already received"}
	case Unreadable:
		return fault.Text{VI: "Tệp không đọc được", EN: "The file cannot be read"}
	case Secret:
		return fault.Text{VI: "Có nội dung bí mật nhà nước", EN: "Holds a state secret"}
	case NotOfficial:
		return fault.Text{VI: "Không phải văn bản", EN: "Not an official document"}
	case OtherReason:
		return fault.Text{VI: "Lý do khác", EN: "Another reason"}
	}
	return fault.Text{}
}

// Refuse returns the arrival to its sender with a reason. The other reason needs words.
func (a *Arrival) Refuse(by document.By, reason RefusalReason, note string, now time.Time) (document.Event, error) {
	if a.State != Awaiting {
		return document.Event{}, errDecided
	}
	note = strings.TrimSpace(note)
	if (reason.Label() == fault.Text{}) {
		return document.Event{}, fault.InvalidField("reason", "unknown_reason", "Lý do từ chối không hợp lệ.", "The reason is not known.")
	}
	if reason == NotOfficial && a.Source != FromMail && a.Source != FromPaper {
		return document.Event{}, fault.InvalidField("reason", "unknown_reason", "Văn bản gửi qua hệ thống phải được trả lại với lý do.",
			"What came through a system has to be returned with a reason.")
	}
	if reason == OtherReason && note == "" {
		return document.Event{}, fault.InvalidField("note", "required", "Hãy ghi rõ lý do.", "Give the reason in words.")
	}
	a.State = Refused
	a.RefusedAt, a.RefusedBy, a.RefusedReason, a.RefusedNote = now, by.Name, reason, note
	for i, l := range a.Lines {
		if !l.State.Closed() {
			a.Lines[i].State, a.Lines[i].ClosedAt = LineReturned, now
		}
	}
	return document.Event{Verb: "refused", Data: map[string]string{"reason": string(reason), "note": note}}, nil
}

// Restrict lets only those see the arrival who hold a line of it, or ends that:
// personal complaints and denunciations are nobody else's business.
func (a *Arrival) Restrict(restricted bool, reason string) (document.Event, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return document.Event{}, fault.InvalidField("reason", "required", "Hãy ghi lý do.", "Give the reason.")
	}
	verb := "restricted"
	if !restricted {
		verb = "unrestricted"
	}
	if a.Restricted == restricted {
		return document.Event{}, fault.New(fault.Conflict, "unchanged", "Văn bản đã ở chế độ này.", "It is so already.")
	}
	a.Restricted = restricted
	return document.Event{Verb: verb, Data: map[string]string{"reason": reason}}, nil
}
