// Package casefile decides what a case file (hồ sơ công việc) is and what may
// become of it: how it is opened, coded and titled, which documents it takes
// and when, what must be right before it is closed, for how long it is kept,
// and that a frozen file stays as it is. It must not know who may act
// (domain/access) or where files are kept.
package casefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// State is where a file stands.
type State string

// The states.
const (
	Open      State = "open"
	Closed    State = "closed"
	Destroyed State = "destroyed" // a stub: what it was, when and by which decision it ended
)

// Rights say who may see a file (chế độ sử dụng). State secrets never enter.
type Rights string

// The rights.
const (
	Public     Rights = "public"     // everybody in the agency
	Restricted Rights = "restricted" // its keeper, the unit, clerks and leaders
)

// Retention is for how many years a file is kept; Permanent is for ever.
type Retention int

// Permanent is vĩnh viễn.
const Permanent Retention = 0

// longest is the longest retention that is not for ever (TT 05/2025, mã 02).
const longest Retention = 70

// archived is from which retention on a file goes to the agency's archive
// (Luật Lưu trữ; NĐ 30/2020, điều 30).
const archived Retention = 5

// String gives the retention as it stands on a list.
func (r Retention) String() string {
	if r == Permanent {
		return "Vĩnh viễn"
	}
	return strconv.Itoa(int(r)) + " năm"
}

// Code gives the code of TT 05/2025 for the retention.
func (r Retention) Code() string {
	switch r {
	case Permanent:
		return "01"
	case 70:
		return "02"
	case 50:
		return "03"
	case 30:
		return "04"
	case 20:
		return "05"
	case 10:
		return "06"
	}
	return "07"
}

func (r Retention) check() error {
	if r < Permanent || r > longest {
		return fault.InvalidField("retention", "out_of_range", "Thời hạn bảo quản là vĩnh viễn hoặc từ 1 đến 70 năm.", "Retention is permanent or from 1 to 70 years.")
	}
	return nil
}

// Heading is what a file and a line of the yearly list have in common.
type Heading struct {
	Year      int
	Notation  string // số và ký hiệu: 01.TCCB
	Title     string
	Retention Retention
	UnitID    org.ID // none for the agency's own
}

// Bounds of texts (NĐ 30/2020, phụ lục VI, phần II).
const (
	maxNotation    = 20
	maxTitle       = 500
	maxDescription = 500
)

// Check refuses a heading without a title, or whose notation is none.
func (h *Heading) Check() error {
	h.Notation, h.Title = strings.ToUpper(strings.TrimSpace(h.Notation)), strings.Join(strings.Fields(h.Title), " ")
	switch {
	case h.Year < 1945 || h.Year > 9999:
		return fault.InvalidField("year", "out_of_range", "Năm không hợp lệ.", "The year is not valid.")
	case h.Title == "":
		return required("title")
	case len([]rune(h.Title)) > maxTitle:
		return tooLong("title", maxTitle)
	}
	if err := checkNotation(h.Notation); err != nil {
		return err
	}
	return h.Retention.check()
}

// checkNotation refuses what is not a number and a symbol of the yearly list:
// 01.TCCB (NĐ 30/2020, phụ lục V).
func checkNotation(n string) error {
	number, symbol, both := strings.Cut(n, ".")
	digits := len(number) >= 1 && len(number) <= 5 && strings.Trim(number, "0123456789") == "" && strings.Trim(number, "0") != ""
	letters := symbol != "" && !strings.ContainsFunc(symbol, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-'
	})
	if !both || !digits || !letters || len([]rune(n)) > maxNotation {
		return fault.InvalidField("notation", "invalid_notation",
			"Số và ký hiệu hồ sơ gồm số thứ tự, dấu chấm và chữ viết tắt, ví dụ 01.TCCB.", "A notation is a number, a full stop and an abbreviation, for instance 01.TCCB.")
	}
	return nil
}

// OpenFrom refuses to open a file from a line of the yearly list that the head
// of the agency has not approved (NĐ 30/2020, điều 28).
func OpenFrom(approved bool) error {
	if approved {
		return nil
	}
	return fault.New(fault.Conflict, "catalogue_not_approved",
		"Danh mục hồ sơ chưa được phê duyệt.", "The yearly list of files is not approved yet.")
}

// Entry is one document in a file. A document lies in many files without being
// copied; an entry is where it does.
type Entry struct {
	DocumentID org.ID // one of the two
	ArrivalID  org.ID
	Day        org.Day // of the document: the order in the file
	AddedAt    time.Time
	AddedBy    string
}

func (e Entry) same(o Entry) bool { return e.DocumentID == o.DocumentID && e.ArrivalID == o.ArrivalID }

// MostEntries bounds a file; NĐ 30 gives the ordinal three digits.
const MostEntries = 999

// File is a case file with what lies in it.
type File struct {
	ID       org.ID
	AgencyID org.ID
	Heading
	CatalogueID org.ID // the line of the yearly list it was opened from; none for one opened besides
	Rights      Rights
	Description string
	KeeperID    org.ID // the position of who keeps it
	CreatorName string
	State       State
	Start, End  org.Day
	Frozen      bool
	FrozenWhy   string
	ClosedAt    time.Time
	ClosedBy    string
	DestroyedAt time.Time
	Decision    string // by which it was destroyed
	Version     int
	Entries     []Entry
}

// Code gives the code on display: OrganId.Year.Notation.
func (f File) Code(agencyCode string) string {
	return fmt.Sprintf("%s.%d.%s", agencyCode, f.Year, f.Notation)
}

// Check refuses a file that could not be opened.
func (f *File) Check() error {
	if err := f.Heading.Check(); err != nil {
		return err
	}
	f.Description = strings.TrimSpace(f.Description)
	switch {
	case f.Rights != Public && f.Rights != Restricted:
		return fault.InvalidField("rights", "unknown_word", "Chế độ sử dụng không có trong danh sách.", "Not one of the rights.")
	case f.Start.IsZero():
		return required("start")
	case !f.End.IsZero() && f.End.Before(f.Start):
		return fault.InvalidField("end", "ends_before_it_begins", "Ngày kết thúc phải sau hoặc trùng ngày bắt đầu.", "The last day must not come before the first.")
	case len([]rune(f.Description)) > maxDescription:
		return tooLong("description", maxDescription)
	}
	return nil
}

var (
	errFrozen = fault.New(fault.Conflict, "casefile_frozen",
		"Hồ sơ đang được niêm giữ, không thể thay đổi.", "The file is frozen and cannot be changed.")
	errClosed = fault.New(fault.Conflict, "casefile_closed",
		"Hồ sơ đã kết thúc. Hãy mở lại trước khi thay đổi.", "The file is closed. Reopen it first.")
	errNotClosed = fault.New(fault.Conflict, "casefile_open", "Hồ sơ chưa kết thúc.", "The file is not closed.")
	errDestroyed = fault.New(fault.Conflict, "casefile_destroyed", "Hồ sơ đã hủy.", "The file was destroyed.")
)

func (f File) changeable() error {
	switch {
	case f.State == Destroyed:
		return errDestroyed
	case f.Frozen:
		return errFrozen
	case f.State == Closed:
		return errClosed
	}
	return nil
}

// Edit replaces what a file says of itself.
func (f *File) Edit(change func(*File)) (document.Event, error) {
	if err := f.changeable(); err != nil {
		return document.Event{}, err
	}
	change(f)
	return document.Event{Verb: "casefile_edited"}, f.Check()
}

// Add puts a document into the file, once.
func (f *File) Add(e Entry) (document.Event, error) {
	if err := f.changeable(); err != nil {
		return document.Event{}, err
	}
	if slices.ContainsFunc(f.Entries, e.same) {
		return document.Event{}, fault.New(fault.Conflict, "in_the_file_already", "Văn bản đã có trong hồ sơ.", "The document is in the file already.")
	}
	if len(f.Entries) >= MostEntries {
		return document.Event{}, fault.New(fault.Conflict, "casefile_full", "Hồ sơ đã có 999 văn bản; hãy lập tập tiếp theo.", "The file has 999 documents; open a further one.")
	}
	f.Entries = append(f.Entries, e)
	return entryEvent("casefile_added", e), nil
}

// Remove takes a document out of the file; the document itself stays.
func (f *File) Remove(e Entry, reason string) (document.Event, error) {
	if err := f.changeable(); err != nil {
		return document.Event{}, err
	}
	at := slices.IndexFunc(f.Entries, e.same)
	if at < 0 {
		return document.Event{}, fault.Missing()
	}
	if strings.TrimSpace(reason) == "" {
		return document.Event{}, required("reason")
	}
	f.Entries = slices.Delete(f.Entries, at, at+1)
	event := entryEvent("casefile_removed", e)
	event.Data["reason"] = strings.TrimSpace(reason)
	return event, nil
}

func entryEvent(verb string, e Entry) document.Event {
	id := e.DocumentID
	if id.IsZero() {
		id = e.ArrivalID
	}
	return document.Event{Verb: verb, Data: map[string]string{"document": id.String()}}
}

// InOrder gives the entries in the order of time.
func (f File) InOrder() []Entry {
	list := slices.Clone(f.Entries)
	slices.SortStableFunc(list, func(a, b Entry) int {
		if c := a.Day.Compare(b.Day); c != 0 {
			return c
		}
		return a.AddedAt.Compare(b.AddedAt)
	})
	return list
}

func required(field string) *fault.Error {
	return fault.InvalidField(field, "required", "Bắt buộc nhập.", "Required.")
}

func tooLong(field string, most int) *fault.Error {
	return fault.InvalidField(field, "too_long", fmt.Sprintf("Tối đa %d ký tự.", most), fmt.Sprintf("At most %d characters.", most))
}
