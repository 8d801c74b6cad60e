package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// desk is a database with one issuing office and the use cases of documents.
type desk struct {
	*database
	office
	documents *outgoing.Service
	receivers []org.ID
}

func newDesk(ctx context.Context, b *bench, name string, receivers int) (*desk, error) {
	d, err := b.database(ctx, name)
	if err != nil {
		return nil, err
	}
	k := &desk{database: d}
	anything := func(context.Context, document.File) error { return nil }
	k.documents = outgoing.New(d.Store, nil, anything, time.Now)
	if k.office, err = d.office(ctx, "H59"); err != nil {
		return nil, err
	}
	k.receivers, err = d.agencies(ctx, receivers)
	return k, err
}

// approved gives n documents that wait for the clerk, each to the first so many receivers.
func (k *desk) approved(ctx context.Context, n, receivers int) ([]org.ID, document.Hash, error) {
	upload, h, err := k.upload(ctx, k.author.AccountID)
	if err != nil {
		return nil, h, err
	}
	first, err := k.approve(ctx, upload, h, receivers)
	if err != nil {
		return nil, h, err
	}
	ids, err := k.copies(ctx, first, n)
	return ids, h, err
}

// approve takes one document from its upload to the leader's approval.
func (k *desk) approve(ctx context.Context, upload org.ID, h document.Hash, receivers int) (org.ID, error) {
	kind, subject := "directive", "Về việc đẩy mạnh cải cách hành chính và chuyển đổi số trên địa bàn tỉnh"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: upload}}
	to := make([]outgoing.RecipientInput, receivers)
	for i := range to {
		to[i] = outgoing.RecipientInput{Type: document.ToAgency, AgencyID: k.receivers[i]}
	}
	id, err := k.documents.Draft(ctx, k.author, command(k.author), outgoing.Draft{Kind: &kind, Subject: &subject, Files: &files, Recipients: &to})
	if err != nil {
		return id, err
	}
	if err := k.documents.Submit(ctx, k.author, command(k.author), id, k.leader.Positions[0].ID, ""); err != nil {
		return id, err
	}
	return id, k.documents.Approve(ctx, k.leader, command(k.leader), id, h, "")
}

// command is repeatable, as every command that comes over the contract.
func command(who access.Person) access.Command {
	return access.Command{AccountID: who.AccountID, Key: postgres.NewID().String(), Operation: "bench"}
}

// measureIssue issues to one, a hundred and a thousand receivers on this
// installation, and does bare the same writing.
func measureIssue(ctx context.Context, b *bench) ([]Row, error) {
	k, err := newDesk(ctx, b, "bench_issue", 1000)
	if err != nil {
		return nil, err
	}
	defer k.close()
	var rows []Row
	var cost, bareCost []float64
	for _, size := range []struct{ receivers, times int }{{1, b.sized(100, 30)}, {100, b.sized(30, 10)}, {1000, b.sized(8, 4)}} {
		name := fmt.Sprintf("issue to %d", size.receivers)
		var o, base Series
		for round := range b.rounds() + 1 {
			ours, bare, err := k.issueByTurns(ctx, size.times, size.receivers)
			if err != nil {
				return rows, err
			}
			b.say("%s: round %d of %d: ours %.4g ms, baseline %.4g ms", name, round, b.rounds(), ours.median(), bare.median())
			if round > 0 {
				o, base = append(o, ours...), append(base, bare...)
			}
		}
		rows = append(rows, compare(name, "ms", o, base, atMost(2)))
		cost, bareCost = append(cost, o.median()), append(bareCost, base.median())
	}
	marginal := func(c []float64) (few, many float64) { return (c[1] - c[0]) / 99, (c[2] - c[1]) / 900 }
	few, many := marginal(cost)
	bareFew, bareMany := marginal(bareCost)
	rows = append(rows, judge(Row{Name: "issue, marginal cost", Unit: "ms", Ours: Series{many}, Baseline: Series{few}, Ratio: many / few, Target: atMost(1.25),
		Note: fmt.Sprintf("100→1,000 against 1→100; bare %.2g", bareMany/bareFew)}))
	return rows, nil
}

// issueByTurns issues documents one after another, each first by one side and then by the other.
func (k *desk) issueByTurns(ctx context.Context, times, receivers int) (ours, bare Series, err error) {
	ids, h, err := k.approved(ctx, 2*times, receivers)
	if err != nil {
		return nil, nil, err
	}
	if err := k.settle(ctx); err != nil {
		return nil, nil, err
	}
	for i, id := range ids {
		began := time.Now()
		if i%2 == 0 {
			err = k.documents.Issue(ctx, k.clerk, command(k.clerk), id, org.ID{}, h)
		} else {
			err = k.issueBare(ctx, id, receivers)
		}
		if err != nil {
			return nil, nil, err
		}
		took := float64(time.Since(began).Microseconds()) / 1000
		if i%2 == 0 {
			ours = append(ours, took)
		} else {
			bare = append(bare, took)
		}
	}
	return ours, bare, nil
}

// The bare side knows what it writes and asks nobody: no lock but the
// register's, no permission, no rule, no news for screens. It is one
// transaction in one round trip, with the same rows in the same tables.
const (
	bareNumber = `
with taken as (
    update register set next_number = next_number + 1, version = version + 1 where agency_id = $1 and id = $2 returning next_number - 1 as number, year),
entered as (
    insert into register_entry (agency_id, register_id, year, number, symbol, day, subject_type, subject_id, taken_by, taken_at)
    select $1, $2, year, number, 'CT-UBND', $4::date, 'document', $3, $5, $6 from taken)
update document set state = 'issued', register_id = $2, number = t.number, symbol = 'CT-UBND', document_date = $4::date,
       numbered_at = $6, issued_at = $6, updated_at = $6, version = version + 1
  from taken t where agency_id = $1 and id = $3`

	bareDeliveries = `
insert into delivery (agency_id, document_id, id, ordinal, recipient_type, role, channel, target_agency_id, name, state, state_at, arrival_id)
select r.agency_id, r.document_id, n.delivery, r.ordinal, 'agency', r.role, 'local', r.target_agency_id, r.name, 'arrived', $5, n.arrival
  from recipient r join unnest($3::uuid[], $4::uuid[]) with ordinality n (delivery, arrival, ordinal) on n.ordinal = r.ordinal
 where r.agency_id = $1 and r.document_id = $2`

	bareCount = `insert into delivery_count (agency_id, document_id, total) values ($1, $2, $3)`

	bareArrivals = `
insert into arrival (agency_id, id, source, state, origin_agency_id, origin_document_id, origin_delivery_id, role, kind, issuer_name, issuer_code,
                     number, symbol, document_date, subject, urgency, due_date, signer_name, signer_title, main_sha256, arrived_at)
select d.target_agency_id, d.arrival_id, 'local', 'awaiting', o.agency_id, o.id, d.id, d.role, o.kind, a.name, a.code,
       o.number::text, o.symbol, o.document_date, o.subject, o.urgency, o.due_date, o.signer_name, o.signer_title, o.approved_sha256, $3
  from document o join agency a on a.id = o.agency_id join delivery d on d.agency_id = o.agency_id and d.document_id = o.id
 where o.agency_id = $1 and o.id = $2`

	bareFileRows = `
insert into arrival_file (agency_id, arrival_id, ordinal, role, name, sha256, size, media_type)
select d.target_agency_id, d.arrival_id, f.ordinal, f.role, f.name, f.sha256, f.size, f.media_type
  from delivery d join document_file f on f.agency_id = d.agency_id and f.document_id = d.document_id
 where d.agency_id = $1 and d.document_id = $2`

	bareLines = `
insert into line (agency_id, id, arrival_id, role, state, created_at)
select d.target_agency_id, n.line, d.arrival_id, 'lead', 'awaiting', $5
  from delivery d join unnest($3::uuid[], $4::uuid[]) n (delivery, line) on n.delivery = d.id
 where d.agency_id = $1 and d.document_id = $2`

	bareEvents = `
insert into event (agency_id, id, at, subject_type, subject_id, verb, account_id)
select d.target_agency_id, n.event, $5::timestamptz, 'arrival', d.arrival_id, 'arrived', null::uuid
  from delivery d join unnest($3::uuid[], $4::uuid[]) n (delivery, event) on n.delivery = d.id
 where d.agency_id = $1 and d.document_id = $2
union all
select $1, $6::uuid, $5, 'document', $2, 'issued', $7::uuid`
)

func (k *desk) issueBare(ctx context.Context, id org.ID, receivers int) error {
	now := time.Now()
	deliveries, arrivals, lines, events := newIDs(receivers), newIDs(receivers), newIDs(receivers), newIDs(receivers)
	var b pgx.Batch
	queue := func(sql string, args ...any) { b.Queue(sql, plain(args)...) }
	queue("begin")
	queue(bareNumber, k.office.id, k.outgoing, id, now, k.clerk.AccountID, now)
	queue(bareDeliveries, k.office.id, id, deliveries, arrivals, now)
	queue(bareCount, k.office.id, id, receivers)
	queue(bareArrivals, k.office.id, id, now)
	queue(bareFileRows, k.office.id, id)
	queue(bareLines, k.office.id, id, deliveries, lines, now)
	queue(bareEvents, k.office.id, id, deliveries, events, now, postgres.NewID(), k.clerk.AccountID)
	queue("commit")
	if err := k.admin.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("issue bare: %w", err)
	}
	return nil
}
