package routing

import (
	"strings"
	"time"
	"unicode/utf8"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
)

// Gone tells whether the sender has the document out of this agency again: what
// is left is a stub that says what was there, when, and who opened it.
func (s State) Gone() bool { return s == TakenBack || s == Recalled }

// Hear gives what follows by itself from a word of the sender. What is not
// registered yet is taken out at once; what stands in a register waits for the
// clerk (QĐ 28/2018/QĐ-TTg; NĐ 30/2020, điều 18).
func (a *Arrival) Hear(kind document.RequestKind, now time.Time) document.Reply {
	to := TakenBack
	switch kind {
	case document.TakeBackRequest:
	case document.RecallRequest:
		to = Recalled
	default:
		return document.Told
	}
	switch a.State {
	case Registered:
		return document.Pending
	case Awaiting, Inside:
		a.leave(to, now)
	}
	return document.Withdrawn
}

// leave makes the arrival a stub. Whoever worked on it sees that it is over.
func (a *Arrival) leave(to State, now time.Time) {
	a.State = to
	for i, l := range a.Lines {
		if !l.State.Closed() {
			a.Lines[i].State, a.Lines[i].ClosedAt = LineReturned, now
		}
	}
}

// AnswerRequest is the clerk's answer to a request that waits. A recall can
// only be confirmed.
func (a *Arrival) AnswerRequest(kind document.RequestKind, standing document.Reply, agree bool, note string, now time.Time) (document.Reply, document.Event, error) {
	note = strings.TrimSpace(note)
	none := document.Event{}
	switch {
	case standing != document.Pending || a.State != Registered:
		return standing, none, fault.New(fault.Conflict, "out_of_order",
			"Yêu cầu này đã được trả lời.", "The request has been answered already.")
	case kind == document.RecallRequest && !agree:
		return standing, none, fault.New(fault.Conflict, "recall_cannot_be_refused",
			"Không thể từ chối thông báo thu hồi văn bản của cơ quan ban hành.", "A recall by the issuing agency cannot be refused.")
	case !agree && note == "":
		return standing, none, fault.InvalidField("note", "required", "Hãy ghi lý do từ chối.", "Give the reason for declining.")
	case utf8.RuneCountInString(note) > document.MaxReason:
		return standing, none, fault.InvalidField("note", "too_long", "Nội dung dài quá 1000 ký tự.", "The note is longer than 1,000 characters.")
	}
	answer := document.Declined
	switch {
	case kind == document.RecallRequest:
		answer = document.Confirmed
		a.leave(Recalled, now)
	case agree:
		answer = document.Agreed
		a.leave(TakenBack, now)
	}
	event := document.Event{Verb: "request_" + string(answer), Data: map[string]string{"request": string(kind)}}
	if note != "" {
		event.Data["note"] = note
	}
	return answer, event, nil
}
