package exchange

import (
	"strings"
	"unicode/utf8"

	"congvan/server/domain/fault"
)

// MailboxPurpose says what comes into a mailbox.
type MailboxPurpose string

// The purposes. A scanner's mails are paper: each PDF is an arrival of its own,
// and nobody is ever answered.
const (
	ForOffice  MailboxPurpose = "office"
	ForScanner MailboxPurpose = "scanner"
)

// RuleField is what of a mail a rule looks at.
type RuleField string

// RuleAct is what a rule does with a mail that it fits.
type RuleAct string

// The fields and the acts.
const (
	RuleSender  RuleField = "sender"  // the address; "@domain" fits everybody there
	RuleSubject RuleField = "subject" // a part of it, whatever the case

	RuleIgnore RuleAct = "ignore" // nobody need look
	RuleHold   RuleAct = "hold"   // a clerk looks first
	RuleAllow  RuleAct = "allow"  // may send; once there is one, others are held
	RuleNote   RuleAct = "note"   // taken in with a word for the clerk: where it goes
)

// MailRule is one rule of a mailbox.
type MailRule struct {
	Field   RuleField
	Pattern string
	Act     RuleAct
	Note    string // of RuleNote
}

// The bounds of rules.
const (
	maxRules       = 100
	maxRulePattern = 200
	maxRuleNote    = 500
)

// CheckRules refuses rules that mean nothing.
func CheckRules(rules []MailRule) error {
	if len(rules) > maxRules {
		return fault.InvalidField("rules", "too_many", "Có quá nhiều quy tắc.", "There are too many rules.")
	}
	for _, r := range rules {
		switch {
		case r.Field != RuleSender && r.Field != RuleSubject, r.Act != RuleIgnore && r.Act != RuleHold && r.Act != RuleAllow && r.Act != RuleNote:
			return fault.InvalidField("rules", "unknown", "Quy tắc không hợp lệ.", "The rule is not valid.")
		case strings.TrimSpace(r.Pattern) == "" || utf8.RuneCountInString(r.Pattern) > maxRulePattern || utf8.RuneCountInString(r.Note) > maxRuleNote:
			return fault.InvalidField("rules", "required", "Hãy ghi điều kiện của quy tắc.", "Say what the rule fits.")
		case r.Act == RuleNote && strings.TrimSpace(r.Note) == "":
			return fault.InvalidField("rules", "required", "Hãy ghi lời chuyển cho văn thư.", "Say what the clerk should read.")
		}
	}
	return nil
}

func (r MailRule) fits(m OpenedMail) bool {
	pattern := strings.ToLower(strings.TrimSpace(r.Pattern))
	if r.Field == RuleSubject {
		return strings.Contains(strings.ToLower(m.Subject), pattern)
	}
	from := strings.ToLower(m.FromAddress)
	if strings.HasPrefix(pattern, "@") {
		return strings.HasSuffix(from, pattern) || strings.HasSuffix(domainOf(from), "."+pattern[1:])
	}
	return from == pattern
}

// MailPolicy is how the mails of one mailbox are to be taken.
type MailPolicy struct {
	Purpose    MailboxPurpose
	Rules      []MailRule
	AuthServer string
}

// Judge gives what the rules say of a mail: the first that fits decides, notes
// apart, which all count. Where senders are allowed by name all others are held.
func (p MailPolicy) Judge(m OpenedMail) (act RuleAct, note string) {
	var notes []string
	listed, allowed := false, false
	for _, r := range p.Rules {
		fits := r.fits(m)
		listed = listed || r.Act == RuleAllow
		allowed = allowed || r.Act == RuleAllow && fits
		switch {
		case !fits:
		case r.Act == RuleNote:
			notes = append(notes, strings.TrimSpace(r.Note))
		case act == "":
			act = r.Act
		}
	}
	if listed && !allowed && act == "" {
		act = RuleHold
	}
	return act, strings.Join(notes, " ")
}

// Believes tells whether what a server wrote of a sender counts here.
func (p MailPolicy) Believes(server string) bool {
	return p.AuthServer != "" && strings.EqualFold(p.AuthServer, server)
}
