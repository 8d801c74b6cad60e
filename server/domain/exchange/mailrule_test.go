package exchange_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"congvan/server/domain/exchange"
)

func TestK_RulesOfAMailboxAreJudgedOnOurSide(t *testing.T) {
	t.Parallel()
	p := exchange.MailPolicy{Rules: []exchange.MailRule{
		{Field: exchange.RuleSubject, Pattern: "QUẢNG CÁO", Act: exchange.RuleIgnore},
		{Field: exchange.RuleSender, Pattern: "lạ@sở.gov.vn", Act: exchange.RuleHold},
		{Field: exchange.RuleSender, Pattern: "@sở.gov.vn", Act: exchange.RuleAllow},
		{Field: exchange.RuleSubject, Pattern: "nội vụ", Act: exchange.RuleNote, Note: "Chuyển phòng Nội vụ."},
	}}
	for _, c := range []struct {
		from, subject string
		act           exchange.RuleAct
		note          string
	}{
		{"vt@sở.gov.vn", "Kế hoạch", exchange.RuleAllow, ""},
		{"vt@phòng.sở.gov.vn", "Công tác Nội vụ", exchange.RuleAllow, "Chuyển phòng Nội vụ."},
		{"vt@giảsở.gov.vn", "Kế hoạch", exchange.RuleHold, ""},
		{"VT@SỞ.gov.vn", "Quảng cáo", exchange.RuleIgnore, ""},
		{"lạ@sở.gov.vn", "Kế hoạch", exchange.RuleHold, ""},
	} {
		act, note := p.Judge(exchange.OpenedMail{FromAddress: c.from, Subject: c.subject})
		assert.Equal(t, c.act, act, c)
		assert.Equal(t, c.note, note, c)
	}
	act, _ := exchange.MailPolicy{}.Judge(exchange.OpenedMail{})
	assert.Empty(t, act)
	assert.NoError(t, exchange.CheckRules(p.Rules))
	assert.Error(t, exchange.CheckRules([]exchange.MailRule{{Field: "body", Pattern: "x", Act: exchange.RuleHold}}))
	assert.Error(t, exchange.CheckRules([]exchange.MailRule{{Field: exchange.RuleSender, Pattern: " ", Act: exchange.RuleHold}}))
	assert.Error(t, exchange.CheckRules(make([]exchange.MailRule, 101)))
}
