package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"congvan/server/app/incoming"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
	"congvan/storage/secret"
)

var errNotArrived = errors.New("a document did not arrive")

// measureBacklog lets deliveries pile up while the other side is away, and
// measures how fast they go once it is back, against the rate of the same
// process when nothing is in its way.
func measureBacklog(ctx context.Context, b *bench) ([]Row, error) {
	f, err := newFederation(ctx, b, "backlog")
	if err != nil {
		return nil, err
	}
	defer f.close()
	if err := f.start(ctx, b); err != nil {
		return nil, err
	}
	few, many := b.sized(1000, 60), b.sized(10_000, 200)
	sender, url, err := b.process(ctx, f.from, f.fromCfg, f.fromKey, "api,worker", "CONGVAN_ALLOW_PRIVATE_PEERS=true", "CONGVAN_ALLOW_PLAIN_PEERS=true")
	if err != nil {
		return nil, err
	}
	defer stop(sender)
	if err := awaitReady(ctx, url); err != nil {
		return nil, err
	}
	steady, err := f.drained(ctx, few, func() error { return nil })
	if err != nil {
		return nil, err
	}
	before := residentOf(sender)
	stop(f.process)
	f.process = nil
	drained, err := f.drained(ctx, many, func() error {
		if err := f.receive(ctx, b); err != nil {
			return err
		}
		if err := f.from.exec(ctx, `update peer set endpoint = $1, version = version + 1`, f.url+"/axis"); err != nil {
			return err
		}
		// The rest of the breaker is not what is measured.
		return f.from.exec(ctx, `update river_job set scheduled_at = now() where state in ('scheduled', 'retryable') and kind = 'dispatch'`)
	})
	if err != nil {
		return nil, err
	}
	row := compare("backlog drained", "docs/s", Series{drained}, Series{steady}, atLeast(0.5))
	row.Note = fmt.Sprintf("%d deliveries; memory %.0f → %.0f MiB", many, before, residentOf(sender))
	return []Row{row}, nil
}

// drained gives the rate from the first of the deliveries that arrives to the
// last. open lets them go.
func (f *federation) drained(ctx context.Context, n int, open func() error) (float64, error) {
	jobs, err := f.issued(ctx, n)
	if err != nil {
		return 0, err
	}
	// Nobody tries them yet: the round that looks for such gives each its job.
	if err := f.from.exec(ctx, `update delivery set next_attempt_at = now() - interval '2 hours' where id = any($1)`, deliveriesOf(jobs)); err != nil {
		return 0, err
	}
	if err := f.service.DispatchDue(ctx); err != nil {
		return 0, err
	}
	if err := open(); err != nil {
		return 0, err
	}
	ids := plain([]any{deliveriesOf(jobs)})
	var first time.Time
	begin := 0
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		var arrived int
		if err := f.from.admin.QueryRow(ctx, `select count(*) from delivery where state = 'arrived' and id = any($1)`, ids...).Scan(&arrived); err != nil {
			return 0, fmt.Errorf("count: %w", err)
		}
		if arrived > 0 && first.IsZero() {
			first, begin = time.Now(), arrived
		}
		if arrived == n {
			return float64(n-begin) / max(time.Since(first).Seconds(), 0.001), nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

func residentOf(c *exec.Cmd) float64 {
	mib, err := (&serving{process: c}).resident()
	if err != nil {
		return 0
	}
	return mib
}

// measurePolling asks for a thousand agencies with system ids of their own what
// waits, when nothing does, and gives the share of one core that it takes.
func measurePolling(ctx context.Context, b *bench) ([]Row, error) {
	f, err := newFederation(ctx, b, "polling")
	if err != nil {
		return nil, err
	}
	defer f.close()
	if err := f.receive(ctx, b); err != nil {
		return nil, err
	}
	agencies := b.sized(1000, 1000)
	if err := f.systems(ctx, agencies); err != nil {
		return nil, err
	}
	poller, url, err := b.process(ctx, f.from, f.fromCfg, f.fromKey, "api,worker", "CONGVAN_ALLOW_PRIVATE_PEERS=true", "CONGVAN_ALLOW_PLAIN_PEERS=true")
	if err != nil {
		return nil, err
	}
	defer stop(poller)
	if err := awaitReady(ctx, url); err != nil {
		return nil, err
	}
	window := time.Duration(b.sized(150, 35)) * time.Second
	began, used := time.Now(), cpuOf(poller)
	timer := time.NewTimer(window)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	share := (cpuOf(poller) - used) / time.Since(began).Seconds()
	var asked int
	if err := f.from.admin.QueryRow(ctx, `select count(*) from peer where polled_at is not null`).Scan(&asked); err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	return []Row{judge(Row{Name: "polling, 1,000 agencies", Unit: "cores", Ours: Series{share}, Baseline: Series{1}, Ratio: share, Target: atMost(0.05),
		Note: fmt.Sprintf("whole process; %d asked in %.0f s", asked, window.Seconds())})}, nil
}

// systems makes so many agencies here, each with a connection of its own.
func (f *federation) systems(ctx context.Context, n int) error {
	here, err := secret.New(f.fromKey)
	if err != nil {
		return err
	}
	there, err := secret.New(f.toKey)
	if err != nil {
		return err
	}
	for i := range n {
		name := fmt.Sprintf("system-%d", i)
		ours, theirs, row := postgres.NewID(), postgres.NewID(), postgres.NewID()
		if err := f.from.exec(ctx, `insert into peer (id, kind, name, endpoint, our_system, our_secret, most_bytes, per_minute, created_at, directory_at)
			values ($1, 'axis', $2, $3, $2, $4, 1000000, 1000, now(), now() + interval '1 day')`, ours, name, f.url+"/axis", here.Seal(ours, federationSecret)); err != nil {
			return err
		}
		if err := f.to.exec(ctx, `insert into peer (id, kind, name, system, most_bytes, per_minute, created_at) values ($1, 'system', $2, $2, 1000000, 1000, now())`, theirs, name); err != nil {
			return err
		}
		if err := f.to.exec(ctx, `insert into peer_secret (peer_id, id, secret, valid_from) values ($1, $2, $3, now() - interval '1 day')`, theirs, row, there.Seal(row, federationSecret)); err != nil {
			return err
		}
	}
	return nil
}

// ticks are what the system counts the time of processes in, to the second.
const ticks = 100

// cpuOf is how many seconds of a core the process has used.
func cpuOf(c *exec.Cmd) float64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		return 0
	}
	return float64(user+system) / ticks
}

// measureSustained issues a province's day, 10,000 documents to 50 agencies each,
// in ten minutes, while clerks register and lists are read, and tells how the
// tables grow by it.
func measureSustained(ctx context.Context, b *bench) ([]Row, error) {
	const recipients, clerks = 50, 4
	documents, period := b.sized(10_000, 150), time.Duration(b.sized(600, 9))*time.Second
	k, err := newDesk(ctx, b, "bench_sustained", recipients)
	if err != nil {
		return nil, err
	}
	defer k.close()
	arrivals := incoming.New(k.Store, nil, time.Now)
	receiver, err := k.office2(ctx)
	if err != nil {
		return nil, err
	}
	ids, h, err := k.approved(ctx, documents, recipients)
	if err != nil {
		return nil, err
	}
	if err := k.settle(ctx); err != nil {
		return nil, err
	}
	before, err := k.sizes(ctx)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(clerks)
	for i, id := range ids {
		due := began.Add(period * time.Duration(i) / time.Duration(documents))
		group.Go(func() error {
			timer := time.NewTimer(time.Until(due))
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-gctx.Done():
				return gctx.Err()
			}
			if err := k.documents.Issue(gctx, k.clerk, command(k.clerk), id, org.ID{}, h); err != nil {
				return err
			}
			return k.receive(gctx, arrivals, receiver, h)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	took := time.Since(began)
	after, err := k.sizes(ctx)
	if err != nil {
		return nil, err
	}
	wanted := float64(documents) / period.Seconds()
	row := compare("sustained load", "docs/s", Series{float64(documents) / took.Seconds()}, Series{wanted}, atLeast(0.95))
	row.Note = growth(before, after, documents)
	return []Row{row}, nil
}

// office2 gives the first receiver a clerk and a register.
func (k *desk) office2(ctx context.Context) (office, error) {
	o := office{id: k.receivers[0], incoming: postgres.NewID()}
	if err := k.exec(ctx, `insert into register (agency_id, id, code, direction, year, name, next_number) values ($1, $2, 'den', 'incoming', $3, 'Sổ văn bản đến', 1)`,
		o.id, o.incoming, org.DayOf(time.Now()).Year()); err != nil {
		return o, err
	}
	var err error
	o.clerk, err = k.person(ctx, o.id, org.ID{}, org.Clerk)
	return o, err
}

// receive reads the list of what waits at one receiver, and registers the first.
func (k *desk) receive(ctx context.Context, arrivals *incoming.Service, at office, seen document.Hash) error {
	list, err := arrivals.List(ctx, at.clerk, at.id, incoming.Filter{State: routing.Awaiting, Limit: 50})
	if err != nil || len(list) == 0 {
		return err
	}
	err = arrivals.Register(ctx, at.clerk, command(at.clerk), list[0].ID, incoming.Registration{Seen: seen, Correct: func(*routing.Fields) {}})
	if err != nil && strings.Contains(err.Error(), "out_of_order") {
		return nil // another was faster
	}
	return err
}

// sizes gives the bytes of each table with its indexes.
func (d *database) sizes(ctx context.Context) (map[string]int64, error) {
	rows, err := d.admin.Query(ctx, `select relname::text, pg_total_relation_size(oid) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`)
	if err != nil {
		return nil, fmt.Errorf("measure the tables: %w", err)
	}
	defer rows.Close()
	sizes := map[string]int64{}
	for rows.Next() {
		var name string
		var size int64
		if err := rows.Scan(&name, &size); err != nil {
			return nil, fmt.Errorf("measure the tables: %w", err)
		}
		sizes[name] = size
	}
	return sizes, rows.Err()
}

// growth tells what one document costs, and which tables bear it.
func growth(before, after map[string]int64, documents int) string {
	type table struct {
		name string
		more int64
	}
	var tables []table
	var all int64
	for name, size := range after {
		tables = append(tables, table{name, size - before[name]})
		all += size - before[name]
	}
	slices.SortFunc(tables, func(a, b table) int { return int(b.more - a.more) })
	var shares []string
	for _, t := range tables[:min(5, len(tables))] {
		shares = append(shares, fmt.Sprintf("%s %.0f %%", t.name, 100*float64(t.more)/float64(max(all, 1))))
	}
	return fmt.Sprintf("%.0f KiB a document: %s", float64(all)/float64(documents)/1024, strings.Join(shares, ", "))
}
