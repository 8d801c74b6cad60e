package evidence

import (
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Wrong is what may be wrong with a record.
type Wrong string

// What may be wrong.
const (
	Changed      Wrong = "changed"       // the event says something else than when it was chained
	Removed      Wrong = "removed"       // the event is gone
	LineRemoved  Wrong = "line_removed"  // lines of the chain are gone
	LineAltered  Wrong = "line_altered"  // a line does not follow from those before it
	Rewritten    Wrong = "rewritten"     // the chain is whole, but not the one that was signed
	CutShort     Wrong = "cut_short"     // the chain ends before a signed line
	BadSignature Wrong = "bad_signature" // a checkpoint that this installation did not sign
	Unchained    Wrong = "unchained"     // an event that should long have been chained
)

// Text tells it in words.
func (w Wrong) Text() fault.Text {
	switch w {
	case Changed:
		return fault.Text{VI: "sự kiện đã bị sửa", EN: "the event was changed"}
	case Removed:
		return fault.Text{VI: "sự kiện đã bị xóa", EN: "the event was removed"}
	case LineRemoved:
		return fault.Text{VI: "có dòng trong chuỗi đã bị xóa", EN: "lines of the chain were removed"}
	case LineAltered:
		return fault.Text{VI: "dòng không nối tiếp các dòng trước (bị chèn hoặc bị sửa)", EN: "the line does not follow from those before it (inserted or altered)"}
	case Rewritten:
		return fault.Text{VI: "chuỗi khác với chuỗi đã ký tại mốc này", EN: "the chain is not the one that was signed at this checkpoint"}
	case CutShort:
		return fault.Text{VI: "chuỗi kết thúc trước dòng đã ký", EN: "the chain ends before a line that was signed"}
	case BadSignature:
		return fault.Text{VI: "mốc không phải do hệ thống này ký", EN: "the checkpoint was not signed by this installation"}
	case Unchained:
		return fault.Text{VI: "sự kiện chưa được đưa vào chuỗi", EN: "the event was not chained"}
	}
	return fault.Text{VI: string(w), EN: string(w)}
}

// Finding names one thing that is wrong and where.
type Finding struct {
	AgencyID org.ID
	Seq      int64 // zero: not in the chain
	EventID  org.ID
	Wrong    Wrong
}

// Examiner reads the chain of one agency from its beginning, line by line.
type Examiner struct {
	last  Line
	Lines int64
}

// Take looks at the next line with its event; nil says that the event is gone.
func (x *Examiner) Take(l Line, e *Event) []Finding {
	var found []Finding
	say := func(w Wrong) {
		found = append(found, Finding{AgencyID: l.AgencyID, Seq: l.Seq, EventID: l.EventID, Wrong: w})
	}
	switch {
	case l.Seq != x.last.Seq+1:
		say(LineRemoved)
	case l.link(x.last.Hash) != l.Hash:
		say(LineAltered)
	}
	switch {
	case e == nil:
		say(Removed)
	case e.Hash() != l.EventHash:
		say(Changed)
	}
	// One bad line is told once: the next is held to the hash that stands there.
	x.last = l
	x.Lines++
	return found
}

// Last gives the last line that was taken.
func (x *Examiner) Last() Line { return x.last }

// CheckAgainst compares a checkpoint with the line that stands at its place;
// the zero hash says that there is none.
func (c Checkpoint) CheckAgainst(stands document.Hash) (Wrong, bool) {
	switch {
	case stands.IsZero():
		return CutShort, false
	case stands != c.Hash:
		return Rewritten, false
	}
	return "", true
}
