package exchange

import "congvan/server/domain/document"

// ActOf gives the act by which a word of the sender travels. Taking back is a
// status (13), and none of the others has a code of its own.
func ActOf(k document.RequestKind) (Act, bool) {
	switch k {
	case document.RecallRequest:
		return ActRecall, true
	case document.ReplaceNotice:
		return ActReplace, true
	case document.UpdateNotice:
		return ActUpdate, true
	}
	return "", false
}

// ActTakeBack marks, among messages that are kept, the status by which a sender
// takes back. No package has its number.
const ActTakeBack Act = "take_back"

// Request gives what a sender says by the act of a document that it sent before.
func (a Act) Request() (document.RequestKind, bool) {
	switch a {
	case ActRecall:
		return document.RecallRequest, true
	case ActReplace:
		return document.ReplaceNotice, true
	case ActUpdate:
		return document.UpdateNotice, true
	case ActTakeBack:
		return document.TakeBackRequest, true
	}
	return "", false
}

// Travels tells whether the word can be told to recipients by the channel. That
// a document is void has no code on the wire, and mail and paper have none at all.
func (c Channel) Travels(k document.RequestKind) bool {
	_, act := ActOf(k)
	return (c == Axis || c == Peer) && (act || k == document.TakeBackRequest)
}

// Answer gives what a recipient's status means for a word of the sender that
// waits. Agreeing settles whatever was asked; a recall cannot be declined. What
// nobody has signed for was taken out by itself, before its registration.
func (s Status) Answer(k document.RequestKind, d Delivery) (document.Reply, bool) {
	itself := s.ByName == "" && d.State.rank() < Registered.rank()
	switch {
	case s.Code != CodeAgreed && s.Code != CodeDeclined:
	case k == document.ReplaceNotice || k == document.UpdateNotice:
		return document.Told, true
	case s.Code == CodeDeclined && k == document.TakeBackRequest:
		return document.Declined, true
	case s.Code == CodeDeclined || k == document.VoidNotice:
	case itself:
		return document.Withdrawn, true
	case k == document.RecallRequest:
		return document.Confirmed, true
	default:
		return document.Agreed, true
	}
	return "", false
}

// AnswerCode gives the code by which a recipient's answer travels.
func AnswerCode(a document.Reply) (StatusCode, bool) {
	switch a {
	case document.Agreed, document.Confirmed, document.Withdrawn:
		return CodeAgreed, true
	case document.Declined:
		return CodeDeclined, true
	}
	return "", false
}

// Note gives what a person wrote, where the status holds more than the name of
// its code.
func (s Status) Note() string {
	if s.Reason == s.Code.Label().VI {
		return ""
	}
	return s.Reason
}
