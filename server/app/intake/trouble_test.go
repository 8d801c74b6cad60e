package intake_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/app/notice"
	"congvan/server/domain/access"
	"congvan/storage/postgres"
)

func TestK_AMailboxInTroubleStandsAmongTheWorkOfItsClerk(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	other := d.db.Office(t, "H59.02", "Xã Hòa Thuận")
	count := func(who access.Person) int {
		t.Helper()
		groups, err := notice.New(d.db.Store, time.Now).Work(t.Context(), who)
		require.NoError(t, err)
		for _, g := range groups {
			if g.Expected == "mailboxes" {
				return g.Count
			}
		}
		return 0
	}
	box, err := d.service.Mailboxes(t.Context(), d.office.Clerk)
	require.NoError(t, err)
	fail := func(code string, at time.Time) {
		t.Helper()
		require.NoError(t, d.db.InTx(t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) error {
			return tx.MailboxFailed(t.Context(), box[0].OfficialMailbox, code, at)
		}))
	}
	now := time.Now()
	fail("mail_line_dropped", now)
	assert.Zero(t, count(d.office.Clerk), "a line drops now and then")
	_, err = d.db.Admin(t).Exec(t.Context(), `update mailbox set failing_since = now() - interval '11 minutes' where id = $1`, uuid.UUID(box[0].ID))
	require.NoError(t, err)
	fail("mail_line_dropped", now)
	assert.Equal(t, 1, count(d.office.Clerk), "the first failure counts")
	assert.Zero(t, count(d.office.Officer))
	assert.Zero(t, count(other.Clerk))
	require.NoError(t, d.db.InTx(t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		return tx.MailboxConnected(t.Context(), box[0].OfficialMailbox, now)
	}))
	assert.Zero(t, count(d.office.Clerk))
}
