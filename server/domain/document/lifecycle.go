package document

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"congvan/server/domain/fault"
)

// Act is something a person does to a document.
type Act string

// The acts.
const (
	Edit        Act = "edit"
	Plan        Act = "plan" // give the circuit other steps
	Discard     Act = "discard"
	Submit      Act = "submit"
	Withdraw    Act = "withdraw"
	Review      Act = "review"
	Initial     Act = "initial"
	CheckLayout Act = "check_layout"
	GiveOpinion Act = "give_opinion"
	Reassign    Act = "reassign" // put somebody else into a step
	Return      Act = "return"   // to the person before
	Approve     Act = "approve"
	SendBack    Act = "send_back" // to the author
	Reopen      Act = "reopen"
	Sign        Act = "sign"
	Number      Act = "number"
	Seal        Act = "seal"
	Issue       Act = "issue"

	Void     Act = "void"
	TakeBack Act = "take_back"
	Recall   Act = "recall"
	Replace  Act = "replace"
	Update   Act = "update"
)

// Step is one row of the life cycle.
type Step struct {
	Act  Act
	From State
	To   State
	Verb string // of the event it leaves
}

// lifeCycle is the whole life of an outgoing document. What is not here is
// refused. Numbering follows the signature (NĐ 30/2020, điều 15).
var lifeCycle = [...]Step{
	{Edit, Draft, Draft, "edited"},
	{Plan, Draft, Draft, "planned"},
	{Plan, Submitted, Submitted, "planned"},
	{Discard, Draft, Discarded, "discarded"},
	{Submit, Draft, Submitted, "submitted"},
	{Withdraw, Submitted, Draft, "withdrawn"},
	{Review, Submitted, Submitted, "reviewed"},
	{Initial, Submitted, Submitted, "initialled"},
	{CheckLayout, Submitted, Submitted, "layout_checked"},
	{GiveOpinion, Submitted, Submitted, "opinion_given"},
	{Reassign, Submitted, Submitted, "reassigned"},
	{Return, Submitted, Submitted, "returned"},
	{Approve, Submitted, Approved, "approved"},
	{SendBack, Submitted, Draft, "sent_back"},
	{SendBack, Approved, Draft, "sent_back"},
	{SendBack, Signed, Draft, "sent_back"},
	{Reopen, Approved, Draft, "reopened"},
	{Sign, Approved, Signed, "signed"},
	{Number, Approved, Numbered, "numbered"},
	{Number, Signed, Numbered, "numbered"},
	{Seal, Numbered, Numbered, "sealed"},
	{Issue, Approved, Issued, "issued"},
	{Issue, Signed, Issued, "issued"},
	{Issue, Numbered, Issued, "issued"},
	{Void, Numbered, Voided, "voided"},
	{Void, Issued, Voided, "voided"},
	{TakeBack, Issued, Issued, "take_back_asked"},
	{Recall, Issued, Recalled, "recalled"},
	{Replace, Issued, Issued, "replaced"},
	{Update, Issued, Issued, "updated"},
}

// LifeCycle gives the table.
func LifeCycle() []Step { return slices.Clone(lifeCycle[:]) }

// Acts gives every act once, in the order of the life cycle.
func Acts() []Act {
	var acts []Act
	for _, s := range lifeCycle {
		if !slices.Contains(acts, s.Act) {
			acts = append(acts, s.Act)
		}
	}
	return acts
}

// Allows tells whether the life cycle has the act from the state.
func (s State) Allows(act Act) bool {
	_, ok := step(act, s)
	return ok
}

func step(act Act, from State) (Step, bool) {
	for _, s := range lifeCycle {
		if s.Act == act && s.From == from {
			return s, true
		}
	}
	return Step{}, false
}

// ErrOutOfOrder is the fault of an act that the life cycle does not have.
var ErrOutOfOrder = fault.New(fault.Conflict, "out_of_order",
	"Văn bản không ở trạng thái cho phép thao tác này.",
	"The document is not in a state that allows this.")

// next gives the step that the act would take. The document itself changes only
// in take, after every rule was heard: a refused act leaves it as it was.
func (d *Document) next(act Act) (Step, error) {
	s, ok := step(act, d.State)
	if !ok {
		return Step{}, ErrOutOfOrder
	}
	return s, nil
}

// take goes the step.
func (d *Document) take(s Step, now time.Time) Event {
	d.State, d.UpdatedAt = s.To, now
	return Event{Verb: s.Verb, Data: map[string]string{}}
}

// noting adds what the actor remarked, if anything.
func (e Event) noting(note string) Event {
	if note = strings.TrimSpace(note); note != "" {
		e.Data["note"] = note
	}
	return e
}

// Describe prints the life cycle as a Markdown table and a Mermaid diagram; a
// test keeps the end of docs/life-of-a-document.md equal to it.
func Describe() string {
	var b strings.Builder
	b.WriteString("| act | from | to | event |\n|---|---|---|---|\n")
	for _, s := range lifeCycle {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", s.Act, s.From, s.To, s.Verb)
	}
	b.WriteString("\n```mermaid\nstateDiagram-v2\n    [*] --> draft\n")
	for _, s := range lifeCycle {
		if s.From != s.To {
			fmt.Fprintf(&b, "    %s --> %s: %s\n", s.From, s.To, s.Act)
		}
	}
	b.WriteString("    issued --> [*]\n    voided --> [*]\n    recalled --> [*]\n    discarded --> [*]\n```\n")
	return b.String()
}
