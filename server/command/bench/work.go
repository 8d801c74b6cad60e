package bench

import (
	"context"
	"fmt"
	"time"

	"congvan/server/app/incoming"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

const (
	officePeople = 500
	lateLines    = 300
	openLines    = 1000
)

// deskwork is an agency of 500 people with so many arrivals behind it.
type deskwork struct {
	name   string
	rows   int
	office office
	people []org.ID // positions
	one    access.Person
}

// measureWork opens "my work" and "late by unit and person" in agencies of
// growing size, and compares each with the smallest; then it forwards 500
// arrivals at once against bare inserts of the same rows.
func measureWork(ctx context.Context, b *bench) ([]Row, error) {
	d, err := b.database(ctx, "bench_work")
	if err != nil {
		return nil, err
	}
	defer d.close()
	desks := []*deskwork{{name: "1k", rows: 1000}, {name: "100k", rows: b.sized(100_000, 10_000)}}
	if !b.Quick {
		desks = append(desks, &deskwork{name: "1M", rows: 1_000_000})
	}
	for _, k := range desks {
		b.say("work: filling an agency with %d arrivals", k.rows)
		if err := d.fillWork(ctx, k); err != nil {
			return nil, err
		}
	}
	if err := d.settle(ctx); err != nil {
		return nil, err
	}
	in := incoming.New(d.Store, nil, time.Now)
	rows, err := workByTurns(ctx, b, in, desks)
	if err != nil {
		return rows, err
	}
	row, err := forwardMany(ctx, b, d, in, desks[0])
	return append(rows, row), err
}

// fillWork gives every arrival a lead; the first thousand are open and three
// hundred of them late, as in every agency; one in fifty of the rest is open
// too. Whose work is opened has a full page of it in each: a longer list is not
// what is compared.
func (d *database) fillWork(ctx context.Context, k *deskwork) (err error) {
	if k.office, err = d.office(ctx, "H59.W"+k.name); err != nil {
		return err
	}
	k.people = newIDs(officePeople)
	if k.one, err = d.person(ctx, k.office.id, k.office.unit, org.Officer); err != nil {
		return err
	}
	k.people[0] = k.one.Positions[0].ID
	if err := d.exec(ctx, `insert into position (agency_id, id, account_id, unit_id, role, title, valid_from)
		select $1, p.id, $2, $3, 'officer', 'Chuyên viên', '2000-01-01' from unnest($4::uuid[]) p (id)`,
		k.office.id, k.one.AccountID, k.office.unit, k.people[1:]); err != nil {
		return err
	}
	for from := 0; from < k.rows; from += fillStep {
		if err := d.fillArrivals(ctx, []org.ID{k.office.id}, from, min(fillStep, k.rows-from)); err != nil {
			return err
		}
	}
	if err := d.exec(ctx, `insert into line (agency_id, id, arrival_id, role, state, created_at)
		select agency_id, gen_random_uuid(), id, 'lead', 'forwarded', arrived_at from arrival where agency_id = $1`, k.office.id); err != nil {
		return err
	}
	return d.exec(ctx, `
insert into line (agency_id, id, arrival_id, parent_id, position_id, role, state, due_date, created_at, closed_at)
select l.agency_id, gen_random_uuid(), l.arrival_id, l.id, ($2::uuid[])[case when l.n <= $6 then 1 else 1 + l.n % $3 end], 'lead',
       case when l.n <= $4 or l.n % 50 = 0 then 'open' else 'done' end,
       current_date + case when l.n <= $5 then -1 - (l.n % 30)::int else 1 + (l.n % 60)::int end, l.created_at,
       case when l.n <= $4 or l.n % 50 = 0 then null else now() end
  from (select *, row_number() over (order by id) as n from line where agency_id = $1) l`,
		k.office.id, k.people, officePeople, openLines, lateLines, pageSize+1)
}

// workByTurns opens each view in each agency by turns.
func workByTurns(ctx context.Context, b *bench, in *incoming.Service, desks []*deskwork) ([]Row, error) {
	views := []struct {
		name string
		look func(k *deskwork) error
	}{
		{"work/mine", func(k *deskwork) error {
			list, err := in.Lines(ctx, k.one, org.ID{}, incoming.LineFilter{View: postgres.LinesMine, Limit: pageSize + 1})
			if err == nil && len(list) == 0 {
				return fmt.Errorf("work in %s: nothing is listed", k.name)
			}
			return err
		}},
		{"work/late", func(k *deskwork) error {
			list, err := in.LateCounts(ctx, k.office.leader, org.ID{})
			if err == nil && len(list) == 0 {
				return fmt.Errorf("late in %s: nothing is counted", k.name)
			}
			return err
		}},
	}
	var rows []Row
	for _, v := range views {
		taken := make([]Series, len(desks))
		for n := range b.sized(400, 100) + 20 {
			for i := range desks {
				at := (i + n) % len(desks)
				began := time.Now()
				if err := v.look(desks[at]); err != nil {
					return rows, err
				}
				if n >= 20 { // the first ones warm up
					taken[at] = append(taken[at], float64(time.Since(began).Microseconds())/1000)
				}
			}
		}
		for i, k := range desks[1:] {
			rows = append(rows, judge(Row{Name: v.name + ", " + k.name, Unit: "ms", Ours: taken[i+1], Baseline: taken[0],
				Ratio: taken[i+1].at(0.99) / taken[0].at(0.99), Target: atMost(1.3),
				Note: fmt.Sprintf("p99 %.3g against %.3g ms; %d people", taken[i+1].at(0.99), taken[0].at(0.99), officePeople)}))
		}
	}
	return rows, nil
}

const forwardAtOnce = 500

// forwardMany forwards 500 registered arrivals in one act; the bare side writes
// the same rows.
func forwardMany(ctx context.Context, b *bench, d *database, in *incoming.Service, k *deskwork) (Row, error) {
	fresh := func() ([]org.ID, error) {
		ids := newIDs(forwardAtOnce)
		err := d.exec(ctx, `insert into arrival (agency_id, id, source, state, subject, arrived_at, registered_at)
			select $1, a.id, 'paper', 'registered', 'Giấy mời họp', now(), now() from unnest($2::uuid[]) a (id)`, k.office.id, ids)
		if err == nil {
			err = d.exec(ctx, `insert into line (agency_id, id, arrival_id, role, state, created_at)
				select $1, a.id, a.id, 'lead', 'open', now() from unnest($2::uuid[]) a (id)`, k.office.id, ids)
		}
		return ids, err
	}
	shares := []routing.Share{{Holder: routing.Holder{PositionID: k.people[1]}, Role: routing.Lead}, {Holder: routing.Holder{PositionID: k.people[2]}, Role: routing.Inform}}
	ours := func(ctx context.Context, _ int) (float64, error) {
		ids, err := fresh()
		if err != nil {
			return 0, err
		}
		began := time.Now()
		list, err := in.ForwardMany(ctx, k.office.clerk, command(k.office.clerk), ids, incoming.Forwarding{Words: "Chuyển xử lý", Shares: shares})
		took := time.Since(began)
		for _, f := range list {
			if f.Refused != nil {
				return 0, fmt.Errorf("forward one of many: %w", f.Refused)
			}
		}
		return float64(took.Microseconds()) / 1000, err
	}
	baseline := func(ctx context.Context, _ int) (float64, error) {
		ids, err := fresh()
		if err != nil {
			return 0, err
		}
		began := time.Now()
		err = d.exec(ctx, bareForward, k.office.id, ids, newIDs(forwardAtOnce), newIDs(forwardAtOnce), k.people[1], k.people[2], k.office.clerk.Positions[0].ID)
		return float64(time.Since(began).Microseconds()) / 1000, err
	}
	o, base, err := b.byTurns(ctx, "forward/500", ours, baseline)
	return compare("forward/500", "ms", o, base, atMost(3)), err
}

// bareForward writes in one statement what forwarding 500 arrivals writes.
const bareForward = `
with a as (select * from unnest($2::uuid[], $3::uuid[], $4::uuid[]) a (id, direction, event)),
     d as (insert into direction (agency_id, id, arrival_id, line_id, words, position_id, name, at)
           select $1, a.direction, a.id, a.id, 'Chuyển xử lý', $7, 'Văn thư', now() from a),
     l as (insert into line (agency_id, id, arrival_id, parent_id, position_id, role, state, direction_id, giver_position_id, created_at)
           select $1, gen_random_uuid(), a.id, a.id, p.id, p.role, 'open', a.direction, $7, now()
             from a cross join (values ($5::uuid, 'lead'), ($6::uuid, 'inform')) p (id, role)),
     e as (insert into event (agency_id, id, at, subject_type, subject_id, verb, actor_name)
           select $1, a.event, now(), 'arrival', a.id, 'forwarded', 'Văn thư' from a)
update line set state = 'forwarded', version = version + 1 where agency_id = $1 and id = any($2::uuid[])`
