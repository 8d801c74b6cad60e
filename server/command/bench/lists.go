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

const pageSize = 50

// shelf is an agency with so many arrivals, and who looks at them.
type shelf struct {
	name    string
	rows    int
	office  office
	twofold access.Person // clerk here and in the small agency
	deep    postgres.Cursor
}

// look is one way to look at the list.
type look struct {
	name   string
	person func(s *shelf) access.Person
	filter func(s *shelf) incoming.Filter
}

var looks = []look{
	{"list", clerkOf, func(*shelf) incoming.Filter { return incoming.Filter{} }},
	{"list, filtered", clerkOf, func(*shelf) incoming.Filter {
		return incoming.Filter{State: routing.Registered, Kind: "report"}
	}},
	{"list, searched", clerkOf, func(*shelf) incoming.Filter { return incoming.Filter{Query: "bao cao so 77"} }},
	{"list, page 1000", clerkOf, func(s *shelf) incoming.Filter { return incoming.Filter{After: s.deep} }},
	{"list, two agencies", func(s *shelf) access.Person { return s.twofold }, func(*shelf) incoming.Filter { return incoming.Filter{} }},
}

func clerkOf(s *shelf) access.Person { return s.office.clerk }

// measureLists opens the first page of incoming documents in agencies of
// growing size among many foreign rows, and compares each with the smallest.
func measureLists(ctx context.Context, b *bench) ([]Row, error) {
	d, err := b.database(ctx, "bench_lists")
	if err != nil {
		return nil, err
	}
	defer d.close()
	shelves := []*shelf{{name: "1k", rows: 1000}, {name: "100k", rows: b.sized(100_000, 10_000)}, {name: "1M", rows: b.sized(1_000_000, 30_000)}}
	foreign := b.sized(1_000_000, 30_000)
	for _, s := range shelves {
		b.say("lists: filling an agency with %d arrivals", s.rows)
		if err := d.stack(ctx, s, "H59."+s.name); err != nil {
			return nil, err
		}
	}
	b.say("lists: filling other agencies with %d arrivals", foreign)
	if err := d.strangers(ctx, foreign); err != nil {
		return nil, err
	}
	for _, s := range shelves {
		s.twofold = s.office.clerk
		if err := d.holds(ctx, &s.twofold, shelves[0].office.id, org.ID{}, org.Clerk); err != nil {
			return nil, err
		}
		s.office.clerk.Positions = s.twofold.Positions[:1]
	}
	if err := d.settle(ctx); err != nil {
		return nil, err
	}
	arrivals := incoming.New(d.Store, nil, time.Now)
	var rows []Row
	for _, l := range looks {
		times, err := lookByTurns(ctx, arrivals, shelves, l, b.sized(400, 100))
		if err != nil {
			return rows, err
		}
		for i, s := range shelves[1:] {
			row := judge(Row{Name: fmt.Sprintf("%s, %s", l.name, s.name), Unit: "ms", Ours: times[i+1], Baseline: times[0],
				Ratio: times[i+1].at(0.99) / times[0].at(0.99), Target: atMost(1.3),
				Note: fmt.Sprintf("p99 %.3g against %.3g ms; %d foreign rows", times[i+1].at(0.99), times[0].at(0.99), foreign)})
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// lookByTurns opens the page in each agency by turns, some times, and gives
// what each time took.
func lookByTurns(ctx context.Context, arrivals *incoming.Service, shelves []*shelf, l look, times int) ([]Series, error) {
	taken := make([]Series, len(shelves))
	for n := range times + 20 {
		for i := range shelves {
			at := (i + n) % len(shelves)
			s := shelves[at]
			f := l.filter(s)
			f.Limit = pageSize + 1
			began := time.Now()
			list, err := arrivals.List(ctx, l.person(s), org.ID{}, f)
			if err != nil {
				return nil, err
			}
			if len(list) == 0 {
				return nil, fmt.Errorf("%s in %s: nothing is listed", l.name, s.name)
			}
			if n >= 20 { // the first ones warm up
				taken[at] = append(taken[at], float64(time.Since(began).Microseconds())/1000)
			}
		}
	}
	return taken, nil
}

// stack makes an agency and its arrivals, each with its line.
func (d *database) stack(ctx context.Context, s *shelf, code string) (err error) {
	if s.office, err = d.office(ctx, code); err != nil {
		return err
	}
	for from := 0; from < s.rows; from += fillStep {
		if err := d.fillArrivals(ctx, []org.ID{s.office.id}, from, min(fillStep, s.rows-from)); err != nil {
			return err
		}
	}
	if err := d.exec(ctx, `insert into line (agency_id, id, arrival_id, role, state, created_at) select agency_id, gen_random_uuid(), id, 'lead', 'awaiting', arrived_at from arrival where agency_id = $1`,
		s.office.id); err != nil {
		return err
	}
	// A thousand pages down, or as far as the small one goes.
	deep := min(1000*pageSize, s.rows-pageSize)
	var id [16]byte
	if err := d.admin.QueryRow(ctx, `select arrived_at, id from arrival where agency_id = $1 order by arrived_at desc, id desc offset $2 limit 1`,
		plain([]any{s.office.id})[0], deep).Scan(&s.deep.At, &id); err != nil {
		return fmt.Errorf("find a page: %w", err)
	}
	s.deep.ID = id
	return nil
}

// strangers fills other agencies.
func (d *database) strangers(ctx context.Context, rows int) error {
	others, err := d.agencies(ctx, 50)
	if err != nil {
		return err
	}
	for from := 0; from < rows; from += fillStep {
		if err := d.fillArrivals(ctx, others, from, min(fillStep, rows-from)); err != nil {
			return err
		}
	}
	return nil
}

const fillStep = 50_000

// fillArrivals adds rows with the variety of a real register, one every 150
// seconds back from now.
func (d *database) fillArrivals(ctx context.Context, agencies []org.ID, from, n int) error {
	return d.exec(ctx, `
insert into arrival (agency_id, id, source, state, kind, issuer_name, number, symbol, document_date, subject, main_sha256, arrived_at, registered_at)
select ($1::uuid[])[1 + i % cardinality($1::uuid[])], gen_random_uuid(), (array['local','mail','axis'])[1 + i % 3],
       case when i % 10 = 0 then 'awaiting' else 'registered' end,
       (array['official_letter','plan','report','decision'])[1 + (i / 10) % 4], 'Sở số ' || i % 40, (i % 3000)::text, 'BC-S' || i % 40,
       current_date - i % 2000, 'Báo cáo số ' || i % 997 || ' về tình hình kinh tế xã hội quý ' || i % 4, null,
       now() - i * interval '150 seconds', case when i % 10 = 0 then null else now() - i * interval '150 seconds' end
  from generate_series($2::int, $2::int + $3::int - 1) i`, agencies, from, n)
}
