package evidence_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"congvan/server/app/evidence"
	"congvan/server/domain/document"
	domain "congvan/server/domain/evidence"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
	"congvan/storage/secret"
	"congvan/storage/storagetest"
)

type desk struct {
	t       *testing.T
	db      *storagetest.Database
	service *evidence.Service
	one     org.ID
	other   org.ID
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db := storagetest.DB(t)
	key, err := secret.SigningKey(make([]byte, 32), "record")
	require.NoError(t, err)
	return &desk{t: t, db: db, service: evidence.New(db.Store, key, time.Now), one: db.Office(t, "H59.01", "Xã Một").ID, other: db.Office(t, "H59.02", "Xã Hai").ID}
}

func (d *desk) record(agency org.ID, verb string) {
	d.t.Helper()
	require.NoError(d.t, d.db.InTx(d.t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		return tx.Record(d.t.Context(), agency, "document", postgres.NewID(), document.Event{Verb: verb, Data: map[string]string{"note": "Nguyễn"}}, document.By{Name: "Văn thư"}, time.Now())
	}))
}

func (d *desk) exec(sql string, args ...any) {
	d.t.Helper()
	_, err := d.db.Admin(d.t).Exec(context.Background(), sql, args...)
	require.NoError(d.t, err)
}

func (d *desk) examine() (found []domain.Finding, lines int64) {
	d.t.Helper()
	require.NoError(d.t, d.service.Examine(d.t.Context(), func(x evidence.Examined) error {
		found, lines = append(found, x.Findings...), lines+x.Lines
		return nil
	}))
	return found, lines
}

// chain goes on until every event has its line: transactions of other tests
// on the same server hold it up as long as they run.
func (d *desk) chain() {
	d.t.Helper()
	require.Eventually(d.t, func() bool {
		require.NoError(d.t, d.service.Chain(d.t.Context()))
		return d.count(`select count(*) from event e where not exists (select 1 from event_line l where l.event_id = e.id)`) == 0
	}, 30*time.Second, 10*time.Millisecond)
}

func (d *desk) count(sql string, args ...any) (n int64) {
	d.t.Helper()
	require.NoError(d.t, d.db.Admin(d.t).QueryRow(context.Background(), sql, args...).Scan(&n))
	return n
}

func TestM4_EveryEventIsChainedOnceAlsoWhileOthersWrite(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const writers, each = 6, 40
	ctx, stop := context.WithCancel(t.Context())
	var chaining errgroup.Group
	for range 2 { // two processes: one does it, the other goes away
		chaining.Go(func() error {
			for ctx.Err() == nil {
				if err := d.service.Chain(t.Context()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for i := range each {
				d.record([]org.ID{d.one, d.other}[(w+i)%2], "issued")
			}
		})
	}
	writing.Wait()
	stop()
	require.NoError(t, chaining.Wait())
	d.chain()

	found, lines := d.examine()
	assert.Empty(t, found)
	assert.Equal(t, d.count(`select count(*) from event`), lines)
	assert.GreaterOrEqual(t, lines, int64(writers*each))
	late, err := d.service.Late(t.Context())
	require.NoError(t, err)
	assert.Empty(t, late)
}

// An event whose transaction began early and ends late must not be passed by.
func TestM4_AnEventOfASlowTransactionIsNotPassedBy(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	began, end := make(chan struct{}), make(chan struct{})
	var slow errgroup.Group
	slow.Go(func() error {
		return d.db.InTx(t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) error {
			err := tx.Record(t.Context(), d.one, "document", postgres.NewID(), document.Event{Verb: "slow"}, document.By{}, time.Now())
			close(began)
			<-end
			return err
		})
	})
	<-began
	d.record(d.one, "quick")
	require.NoError(t, d.service.Chain(t.Context()))
	assert.Zero(t, d.count(`select count(*) from event_line l join event e on e.id = l.event_id where e.verb = 'quick'`), "it waits for the earlier one")
	close(end)
	require.NoError(t, slow.Wait())
	d.chain()
	found, lines := d.examine()
	assert.Empty(t, found)
	assert.Equal(t, d.count(`select count(*) from event`), lines)
	assert.Equal(t, int64(1), d.count(`select count(*) from event_line a join event e on e.id = a.event_id, event_line b join event f on f.id = b.event_id
		where e.verb = 'slow' and f.verb = 'quick' and a.seq < b.seq`))
}

func TestM4_AfterARestoreNothingIsLeftOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.record(d.one, "before")
	d.chain()
	d.record(d.one, "not chained when it was saved")
	// In another database the count of transactions may be far behind.
	d.exec(`update event set txid = '9000000000000' where verb = 'not chained when it was saved'`)
	d.exec(`update event_progress set database = 'another', txid = '9000000000001'`)
	d.record(d.one, "after")
	d.chain()
	found, lines := d.examine()
	assert.Empty(t, found)
	assert.Equal(t, d.count(`select count(*) from event`), lines)
	d.record(d.one, "later")
	d.chain()
	_, lines = d.examine()
	assert.Equal(t, d.count(`select count(*) from event`), lines)
}

func TestM4_WhatWasDoneToTheRecordByHandIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sql   string
		wrong domain.Wrong
	}{
		"changed":  {`update event set actor_name = 'Người khác' where id = $1`, domain.Changed},
		"removed":  {`delete from event where id = $1`, domain.Removed},
		"unlinked": {`delete from event_line where event_id = $1`, domain.LineRemoved},
		"both":     {`with e as (delete from event where id = $1) delete from event_line where event_id = $1`, domain.LineRemoved},
		"altered":  {`update event_line set event_sha256 = sha256 where event_id = $1`, domain.LineAltered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			for _, verb := range []string{"drafted", "approved", "issued"} {
				d.record(d.one, verb)
			}
			d.chain()
			require.NoError(t, d.service.Checkpoint(t.Context()))
			var id uuid.UUID
			require.NoError(t, d.db.Admin(t).QueryRow(t.Context(), `select id from event where verb = 'approved'`).Scan(&id))
			d.exec(c.sql, id)
			found, _ := d.examine()
			require.NotEmpty(t, found)
			assert.Equal(t, c.wrong, found[0].Wrong)
		})
	}
}

// Whoever can write to the tables can make a chain that is whole in itself; the
// signature is what he cannot make.
func TestM4_ARewrittenOrShortenedChainIsFoundByItsCheckpoints(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.record(d.one, "drafted")
	d.record(d.one, "issued")
	d.chain()
	require.NoError(t, d.service.Checkpoint(t.Context()))
	require.NoError(t, d.service.Checkpoint(t.Context())) // nothing new: nothing is signed
	assert.Equal(t, int64(1), d.count(`select count(*) from event_checkpoint`))

	d.exec(`delete from event_line`)
	d.exec(`update event set verb = 'voided' where verb = 'issued'`)
	found, _ := d.examine()
	require.Len(t, found, 1)
	assert.Equal(t, domain.CutShort, found[0].Wrong)
	d.exec(`update event_progress set txid = '0'`)
	d.chain()
	found, _ = d.examine()
	require.Len(t, found, 1)
	assert.Equal(t, domain.Rewritten, found[0].Wrong)
	d.exec(`update event_checkpoint c set sha256 = l.sha256 from event_line l where l.agency_id = c.agency_id and l.seq = c.seq`)
	found, _ = d.examine()
	require.Len(t, found, 1)
	assert.Equal(t, domain.BadSignature, found[0].Wrong)
}

func TestM4_TheServersRoleCannotChangeOrRemoveWhatWasRecorded(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.record(d.one, "issued")
	d.chain()
	require.NoError(t, d.service.Checkpoint(t.Context()))
	for _, table := range []string{"event", "event_line", "event_checkpoint"} {
		for _, sql := range []string{"update " + table + " set agency_id = agency_id", "delete from " + table, "truncate " + table} {
			_, err := d.db.Pool().Exec(t.Context(), sql)
			require.ErrorContains(t, err, "permission denied", sql)
		}
	}
}
