package receive

import (
	"congvan/mailgateway/mime"
	"congvan/server/domain/exchange"
)

// answerOf classifies a message, in the form that a table can hold.
func answerOf(msg mime.Message) exchange.Answer {
	a := mime.Classify(msg)
	if a.Kind == exchange.NoAnswer {
		return exchange.Answer{Unanswerable: a.Unanswerable}
	}
	a.Recipient, a.Status, a.Words = cut(clean(a.Recipient), 320), cut(clean(a.Status), 20), clean(a.Words)
	for i := range a.About {
		a.About[i] = cut(clean(a.About[i]), 320)
	}
	return a
}

// trustOf gives what the message itself says of its sender; what needs the
// network is found out later.
func trustOf(msg mime.Message) exchange.Trust {
	t := exchange.Trust{Signed: msg.Fields.Get("DKIM-Signature") != ""}
	t.Server, t.Findings = mime.AuthResults(msg.Fields)
	for i, s := range msg.Signatures {
		if i == 0 || s.State == mime.SignatureInvalid {
			t.SMIME, t.Signer = string(s.State), cut(clean(s.Name+" <"+s.Email+">"), 320)
		}
	}
	return t
}
