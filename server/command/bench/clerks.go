package bench

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

const clerksAtOnce = 16

// measureClerks lets clerks issue from one register at the same moment. The
// bare side only takes numbers, in one statement each.
func measureClerks(ctx context.Context, b *bench) ([]Row, error) {
	k, err := newDesk(ctx, b, "bench_clerks", 1)
	if err != nil {
		return nil, err
	}
	defer k.close()
	clerks := make([]access.Person, clerksAtOnce)
	for i := range clerks {
		if clerks[i], err = k.person(ctx, k.office.id, org.ID{}, org.Clerk); err != nil {
			return nil, err
		}
	}
	bareRegister := postgres.NewID()
	if err := k.exec(ctx, `insert into register (agency_id, id, code, direction, year, name, next_number) values ($1, $2, 'tran', 'outgoing', $3, 'Sổ để so', 1)`,
		k.office.id, bareRegister, org.DayOf(time.Now()).Year()); err != nil {
		return nil, err
	}
	times := b.sized(40, 15)
	ours := func(ctx context.Context, _ int) (float64, error) {
		ids, h, err := k.approved(ctx, clerksAtOnce*times, 1)
		if err != nil {
			return 0, err
		}
		if err := k.settle(ctx); err != nil {
			return 0, err
		}
		return together(ctx, times, func(ctx context.Context, clerk, i int) error {
			who := clerks[clerk]
			return k.documents.Issue(ctx, who, command(who), ids[i], k.outgoing, h)
		})
	}
	baseline := func(ctx context.Context, _ int) (float64, error) {
		if err := k.settle(ctx); err != nil {
			return 0, err
		}
		return together(ctx, times, func(ctx context.Context, clerk, _ int) error {
			return k.exec(ctx, bareTake, k.office.id, bareRegister, postgres.NewID(), clerks[clerk].AccountID, time.Now())
		})
	}
	o, base, err := b.byTurns(ctx, "clerks", ours, baseline)
	if err != nil {
		return nil, err
	}
	row := compare("16 clerks, one register", "/s", o, base, atLeast(0.5))
	taken, err := k.withoutGaps(ctx)
	row.Note = fmt.Sprintf("%d numbers, no gap", taken)
	if err != nil {
		row.Verdict, row.Note = "short", "gaps"
	}
	return []Row{row}, err
}

const bareTake = `
with taken as (
    update register set next_number = next_number + 1, version = version + 1 where agency_id = $1 and id = $2 returning next_number - 1 as number, year)
insert into register_entry (agency_id, register_id, year, number, symbol, day, subject_type, subject_id, taken_by, taken_at)
select $1, $2, year, number, 'CT-UBND', $5::timestamptz::date, 'document', $3, $4, $5 from taken`

// together lets the clerks work side by side, each so many times, and gives
// how many they did in a second.
func together(ctx context.Context, times int, do func(ctx context.Context, clerk, i int) error) (float64, error) {
	var next atomic.Int64
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for clerk := range clerksAtOnce {
		group.Go(func() error {
			for i := int(next.Add(1)) - 1; i < clerksAtOnce*times; i = int(next.Add(1)) - 1 {
				if err := do(ctx, clerk, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	return float64(clerksAtOnce*times) / time.Since(began).Seconds(), nil
}

// withoutGaps tells how many numbers were taken, each by one issued document.
func (k *desk) withoutGaps(ctx context.Context) (int, error) {
	var taken, highest, issued, next int
	err := k.admin.QueryRow(ctx, `
		select count(distinct number), max(number), (select count(*) from document where state = 'issued' and number is not null),
		       (select next_number from register where id = $1)
		  from register_entry where register_id = $1`, plain([]any{k.outgoing})...).Scan(&taken, &highest, &issued, &next)
	if err != nil {
		return 0, fmt.Errorf("look for gaps: %w", err)
	}
	if taken != highest || taken != issued || next != highest+1 {
		return taken, errors.New("the register has gaps")
	}
	return taken, nil
}
