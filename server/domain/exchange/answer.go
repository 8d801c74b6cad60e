package exchange

import (
	"slices"
	"strings"
	"time"

	"congvan/server/domain/org"
)

// AnswerKind is what kind of answer a mail is to one that was sent before.
type AnswerKind string

// The kinds. None of them proves that anybody registered anything: that only a
// status package or a clerk says (G2b).
const (
	NoAnswer        AnswerKind = ""
	AnswerBounce    AnswerKind = "bounce"    // it was not delivered and will not be
	AnswerDelayed   AnswerKind = "delayed"   // not yet; the server goes on trying
	AnswerRelayed   AnswerKind = "relayed"   // handed to a server that tells no more
	AnswerDelivered AnswerKind = "delivered" // it stands in the mailbox (RFC 3464)
	AnswerRead      AnswerKind = "read"      // somebody opened it (RFC 8098)
	AnswerDeleted   AnswerKind = "deleted"   // it came, and was deleted unread
	AnswerAutomatic AnswerKind = "automatic" // out of office and the like (RFC 3834)
	AnswerReply     AnswerKind = "reply"     // a person wrote back
)

// Report tells whether a mail server or a mail program speaks, and nobody else:
// such a mail never is a document, whatever it returns.
func (k AnswerKind) Report() bool {
	switch k {
	case AnswerBounce, AnswerDelayed, AnswerRelayed, AnswerDelivered, AnswerRead, AnswerDeleted:
		return true
	}
	return false
}

// Answer is what a mail says about one that was sent before.
type Answer struct {
	Kind AnswerKind
	// About are the identifiers that it names: of mails, without brackets, and
	// of deliveries.
	About     []string
	Recipient string // the address that a report is about
	Status    string // RFC 3463, where one was given
	Words     string // of the other server, or the beginning of a person's
	// Unanswerable is set when a program wrote it: nothing of ours may answer it
	// by itself, or two programs write to each other for ever.
	Unanswerable bool
}

// maxAbout bounds how many deliveries one mail may name.
const maxAbout = 20

// Deliveries gives what may be deliveries of ours among the identifiers: a mail
// of ours is named after its delivery.
func (a Answer) Deliveries() []org.ID {
	var ids []org.ID
	for _, name := range a.About {
		local, _, _ := strings.Cut(name, "@")
		id, err := org.ParseID(local)
		if err != nil || slices.Contains(ids, id) {
			continue
		}
		if ids = append(ids, id); len(ids) == maxAbout {
			break
		}
	}
	return ids
}

// The codes of what a report found; screens have the words to them.
const (
	ReasonBounced    = "mail_bounced"
	ReasonDelayed    = "mail_delayed"
	ReasonSuppressed = "mail_suppressed"
)

// Receipt gives what the answer means for the delivery that it is about; the
// others mean nothing to it.
func (a Answer) Receipt(at time.Time) (Receipt, bool) {
	switch a.Kind {
	case AnswerBounce:
		return Receipt{State: Failed, At: at, Reason: a.Words, ReasonCode: ReasonBounced}, true
	case AnswerDelivered, AnswerRead, AnswerDeleted, AnswerReply:
		return Receipt{State: Arrived, At: at}, true
	}
	return Receipt{}, false
}

// Hard tells whether the address itself is wrong, so that nothing more should
// be sent to it before a person looked (RFC 3463, 3.2 and 3.3).
func (a Answer) Hard() bool {
	if a.Kind != AnswerBounce || a.Recipient == "" {
		return false
	}
	switch a.Status {
	case "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4":
		return true
	}
	return false
}

// NoteDelay keeps that a server has not yet delivered what was sent.
func (d Delivery) NoteDelay(words string) (Delivery, bool) {
	if d.State != Sent {
		return d, false
	}
	after := d
	after.ReasonCode, after.Reason = ReasonDelayed, words
	return after, after != d
}
