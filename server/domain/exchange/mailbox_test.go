package exchange_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"congvan/server/domain/exchange"
)

func TestK_APersonIsToldOfAMailboxThatNeedsThem(t *testing.T) {
	t.Parallel()
	now := time.Now()
	failing := func(code string, since time.Duration) exchange.OfficialMailbox {
		return exchange.OfficialMailbox{Enabled: true, MailboxHealth: exchange.MailboxHealth{Trouble: code, FailingSince: now.Add(-since)}}
	}
	quiet := func(days int, last time.Duration) exchange.OfficialMailbox {
		return exchange.OfficialMailbox{Enabled: true, SilentDays: days, MailboxHealth: exchange.MailboxHealth{ConnectedAt: now, LastMessage: now.Add(-last)}}
	}
	paused := failing("mail_login", time.Hour)
	paused.Enabled = false
	const day = 24 * time.Hour
	for want, list := range map[bool][]exchange.OfficialMailbox{
		true:  {failing("mail_login", 0), failing("mail_secret", 0), failing("mail_line_dropped", 10*time.Minute), quiet(3, 4*day)},
		false: {failing("mail_line_dropped", 9*time.Minute), quiet(3, 2*day), quiet(0, 400*day), paused, {Enabled: true}},
	} {
		for _, m := range list {
			assert.Equal(t, want, m.InTrouble(now), "%+v", m.MailboxHealth)
		}
	}
}
