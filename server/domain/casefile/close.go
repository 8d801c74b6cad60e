package casefile

import (
	"strconv"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Lying is a document in the file as the checks before closing look at it.
type Lying struct {
	Entry
	Final     bool          // issued, voided or registered: nothing more becomes of it
	Content   document.Hash // of the document itself
	Reference string        // as a person finds it in the list
}

// Close ends the work on a file after the checks of NĐ 30/2020, điều 29.2: there
// is something in it, no draft, nothing twice, and what it says of itself is
// complete. lying are its documents, each of them.
func (f *File) Close(end org.Day, lying []Lying, by document.By, now time.Time) (document.Event, error) {
	if err := f.changeable(); err != nil {
		return document.Event{}, err
	}
	if end.IsZero() {
		return document.Event{}, required("end")
	}
	if end.After(org.DayOf(now)) {
		return document.Event{}, fault.InvalidField("end", "future", "Ngày kết thúc không được ở tương lai.", "The last day must not lie in the future.")
	}
	f.End = end
	if err := f.Check(); err != nil {
		return document.Event{}, err
	}
	if problems := problemsOf(lying); len(problems) > 0 {
		return document.Event{}, fault.New(fault.Conflict, "casefile_not_ready",
			"Hồ sơ chưa đủ điều kiện kết thúc.", "The file cannot be closed yet.").With(problems...)
	}
	f.State, f.ClosedAt, f.ClosedBy = Closed, now, by.Name
	return document.Event{Verb: "casefile_closed", Data: map[string]string{"count": strconv.Itoa(len(f.Entries)), "day": end.String()}}, nil
}

func problemsOf(lying []Lying) []fault.Field {
	if len(lying) == 0 {
		return []fault.Field{{Name: "entries", Code: "empty", Text: fault.Text{VI: "Hồ sơ chưa có văn bản nào.", EN: "There is nothing in the file."}}}
	}
	var problems []fault.Field
	seen := map[document.Hash]string{}
	for _, l := range lying {
		if !l.Final {
			problems = append(problems, fault.Field{Name: "entries", Code: "draft", Text: fault.Text{
				VI: "Còn bản nháp hoặc văn bản chưa xong: " + l.Reference + ".", EN: "A draft, or not finished: " + l.Reference + "."}})
		}
		if l.Content.IsZero() {
			continue
		}
		if first, twice := seen[l.Content]; twice {
			problems = append(problems, fault.Field{Name: "entries", Code: "duplicate", Text: fault.Text{
				VI: "Bản trùng: " + l.Reference + " giống " + first + ".", EN: "A duplicate: " + l.Reference + " is the same as " + first + "."}})
			continue
		}
		seen[l.Content] = l.Reference
	}
	return problems
}

// Reopen lets work on a closed file go on, for a reason.
func (f *File) Reopen(reason string) (document.Event, error) {
	switch {
	case f.State == Destroyed:
		return document.Event{}, errDestroyed
	case f.Frozen:
		return document.Event{}, errFrozen
	case f.State != Closed:
		return document.Event{}, errNotClosed
	case strings.TrimSpace(reason) == "":
		return document.Event{}, required("reason")
	}
	f.State, f.ClosedAt, f.ClosedBy, f.End = Open, time.Time{}, "", org.Day{}
	return document.Event{Verb: "casefile_reopened", Data: map[string]string{"reason": strings.TrimSpace(reason)}}, nil
}

// HandOver gives the file to another keeper.
func (f *File) HandOver(to org.Position, note string) (document.Event, error) {
	switch {
	case f.State == Destroyed:
		return document.Event{}, errDestroyed
	case f.Frozen:
		return document.Event{}, errFrozen
	case to.AgencyID != f.AgencyID || to.Role == org.Admin:
		return document.Event{}, fault.InvalidField("keeperPositionId", "not_here", "Người nhận phải làm việc trong cơ quan.", "The receiver must work in the agency.")
	case to.ID == f.KeeperID:
		return document.Event{}, fault.InvalidField("keeperPositionId", "same", "Người này đang giữ hồ sơ.", "They keep the file already.")
	}
	before := f.KeeperID
	f.KeeperID = to.ID
	return document.Event{Verb: "casefile_handed_over", Data: map[string]string{"before": before.String(), "after": to.ID.String(), "note": strings.TrimSpace(note)}}, nil
}

// Freeze keeps the file as it is, whatever its state, until it is released.
func (f *File) Freeze(reason string) (document.Event, error) {
	switch {
	case f.State == Destroyed:
		return document.Event{}, errDestroyed
	case f.Frozen:
		return document.Event{}, errFrozen
	case strings.TrimSpace(reason) == "":
		return document.Event{}, required("reason")
	}
	f.Frozen, f.FrozenWhy = true, strings.TrimSpace(reason)
	return document.Event{Verb: "casefile_frozen", Data: map[string]string{"reason": f.FrozenWhy}}, nil
}

// Release ends the freezing.
func (f *File) Release(reason string) (document.Event, error) {
	if !f.Frozen {
		return document.Event{}, fault.New(fault.Conflict, "casefile_not_frozen", "Hồ sơ không bị niêm giữ.", "The file is not frozen.")
	}
	if strings.TrimSpace(reason) == "" {
		return document.Event{}, required("reason")
	}
	f.Frozen, f.FrozenWhy = false, ""
	return document.Event{Verb: "casefile_released", Data: map[string]string{"reason": strings.TrimSpace(reason)}}, nil
}

// KeptUntil gives the last day on which the file must be kept; no day is for
// ever, or while it is open.
func (f File) KeptUntil() org.Day {
	if f.Retention == Permanent || f.End.IsZero() {
		return org.Day{}
	}
	// The count begins with the year after the one in which the work ended.
	last, err := org.NewDay(f.End.Year()+int(f.Retention), time.December, 31)
	if err != nil {
		return org.Day{}
	}
	return last
}

// TransferDue gives the day by which the file goes to the agency's archive:
// within a year of the end of the work (NĐ 30/2020, điều 30); no day when it
// does not go there.
func (f File) TransferDue() org.Day {
	if f.End.IsZero() || f.State != Closed || f.Retention != Permanent && f.Retention < archived {
		return org.Day{}
	}
	due, err := org.NewDay(f.End.Year()+1, f.End.Month(), f.End.DayOfMonth())
	if err != nil { // 29 February
		due, err = org.NewDay(f.End.Year()+1, time.March, 1)
		if err != nil {
			return org.Day{}
		}
	}
	return due
}

// Destroy ends a file whose time has run out, by a decision. What stays is a
// stub: its code, title, days and how many documents there were.
func (f *File) Destroy(decision string, now time.Time) (document.Event, error) {
	decision = strings.Join(strings.Fields(decision), " ")
	kept := f.KeptUntil()
	switch {
	case f.State == Destroyed:
		return document.Event{}, errDestroyed
	case f.Frozen:
		return document.Event{}, errFrozen
	case f.State != Closed:
		return document.Event{}, errNotClosed
	case f.Retention == Permanent:
		return document.Event{}, fault.New(fault.Conflict, "casefile_permanent", "Hồ sơ bảo quản vĩnh viễn không được hủy.", "A file that is kept for ever is not destroyed.")
	case !org.DayOf(now).After(kept):
		return document.Event{}, fault.New(fault.Conflict, "casefile_kept",
			"Hồ sơ còn thời hạn bảo quản đến hết ngày "+kept.String()+".", "The file must be kept until "+kept.String()+".")
	case decision == "":
		return document.Event{}, required("decision")
	case len([]rune(decision)) > 200:
		return document.Event{}, tooLong("decision", 200)
	}
	f.State, f.DestroyedAt, f.Decision = Destroyed, now, decision
	count := len(f.Entries)
	f.Entries = nil
	return document.Event{Verb: "casefile_destroyed", Data: map[string]string{"decision": decision, "count": strconv.Itoa(count)}}, nil
}
