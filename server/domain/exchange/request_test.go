package exchange_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
)

var kinds = []document.RequestKind{document.VoidNotice, document.TakeBackRequest, document.RecallRequest, document.ReplaceNotice, document.UpdateNotice}

// What a sender says by an act is what the recipient hears by it, and every
// answer that travels comes back as a final one (F1, F2, F3).
func TestF1_WhatIsSaidIsWhatIsHeard(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		act, ok := exchange.ActOf(kind)
		if back, heard := act.Request(); ok && (!heard || back != kind) {
			t.Errorf("%s is heard as %s", kind, back)
		}
		if exchange.Mailbox.Travels(kind) || exchange.Paper.Travels(kind) || exchange.Peer.Travels(kind) != (kind != document.VoidNotice) {
			t.Errorf("%s travels otherwise", kind)
		}
	}
	if kind, ok := exchange.ActTakeBack.Request(); !ok || kind != document.TakeBackRequest {
		t.Error("taking back is not heard")
	}
	if _, ok := exchange.ActNew.Request(); ok {
		t.Error("a new document says something of another")
	}
}

func TestF2_ARecallCannotBeDeclinedByAnyStatus(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := exchange.Status{Code: rapid.SampledFrom(exchange.StatusCodes()).Draw(t, "code"), At: time.Now(), ByName: rapid.SampledFrom([]string{"", "Văn thư"}).Draw(t, "by")}
		d := exchange.Delivery{State: rapid.SampledFrom([]exchange.State{exchange.Sent, exchange.Arrived, exchange.Registered, exchange.Done}).Draw(t, "state")}
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		answer, ok := s.Answer(kind, d)
		if ok && !answer.Final() {
			t.Fatalf("%s to %s is no answer: %s", s.Code, kind, answer)
		}
		if kind == document.RecallRequest && answer == document.Declined {
			t.Fatal("a recall was declined")
		}
		if ok && s.Code != exchange.CodeAgreed && s.Code != exchange.CodeDeclined {
			t.Fatalf("%s answers %s", s.Code, kind)
		}
		if ok && answer == document.Withdrawn && (s.ByName != "" || d.State != exchange.Sent && d.State != exchange.Arrived) {
			t.Fatal("what a person agreed to was no withdrawal by itself")
		}
	})
	for answer, want := range map[document.Reply]exchange.StatusCode{document.Agreed: "15", document.Confirmed: "15", document.Withdrawn: "15", document.Declined: "16", document.Told: ""} {
		if code, _ := exchange.AnswerCode(answer); code != want {
			t.Errorf("%s travels as %q", answer, code)
		}
	}
}
