package bench

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// measureRegisters takes the book of a large register out of the server as a
// workbook while the server's memory is looked at.
func measureRegisters(ctx context.Context, b *bench) ([]Row, error) {
	k, err := newDesk(ctx, b, "bench_registers", 20)
	if err != nil {
		return nil, err
	}
	defer k.close()
	entries := b.sized(100_000, 10_000)
	b.say("registers: filling a register with %d entries", entries)
	if err := k.fillRegister(ctx, entries); err != nil {
		return nil, err
	}
	cfg, err := b.objects(ctx, "bench-registers")
	if err != nil {
		return nil, err
	}
	s, err := b.serve(ctx, k, cfg)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	if err := s.asClerk(ctx); err != nil {
		return nil, err
	}
	before, err := s.resident()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	peak, stop := s.watchMemory(ctx)
	size, err := s.book(ctx)
	stop()
	most := <-peak
	return []Row{judge(Row{Name: "registers/xlsx", Unit: "MiB", Ours: Series{most}, Baseline: Series{before}, Ratio: most, Target: atMost(256),
		Note: fmt.Sprintf("the ratio is the memory of the server; %d entries, %.1f MiB in %.1f s", entries, float64(size)/(1<<20), time.Since(began).Seconds())})}, err
}

// fillRegister enters issued documents, each to twenty recipients.
func (k *desk) fillRegister(ctx context.Context, entries int) error {
	ids, _, err := k.approved(ctx, 1, len(k.receivers))
	if err != nil {
		return err
	}
	made, err := k.copies(ctx, ids[0], entries)
	if err != nil {
		return err
	}
	return k.exec(ctx, `
with n as (select id, ordinality::int as number from unnest($3::uuid[]) with ordinality m (id, ordinality)), entered as (
    insert into register_entry (agency_id, register_id, year, number, symbol, day, subject_type, subject_id, taken_by, taken_at)
    select $1, $2, $4, number, 'CT-UBND', make_date($4::int, 1, 1) + number % 360, 'document', id, $5, now() from n)
update document d set state = 'issued', register_id = $2, number = n.number, symbol = 'CT-UBND', numbered_at = now(), issued_at = now(),
       document_date = make_date($4::int, 1, 1) + n.number % 360
  from n where d.agency_id = $1 and d.id = n.id`, k.id, k.outgoing, made, org.DayOf(time.Now()).Year(), k.clerk.AccountID)
}

// asClerk goes on with a token of the clerk, who may see registers.
func (s *serving) asClerk(ctx context.Context) error {
	s.token = "cv_" + rand.Text() + rand.Text()
	hash := sha256.Sum256([]byte(s.token))
	return s.exec(ctx, `insert into token (id, id_hash, account_id, name, scopes, created_at, expires_at) values ($1, $2, $3, 'bench', '{read}', now(), now() + interval '1 day')`,
		postgres.NewID(), hash[:], s.clerk.AccountID)
}

// book takes the book out and gives its size.
func (s *serving) book(ctx context.Context) (int64, error) {
	answer, err := s.send(ctx, "GET", "/api/registers/"+s.outgoing.String()+"/book?book=outgoing&format=xlsx", nil, 0)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err != nil {
		return n, fmt.Errorf("read the book: %w", err)
	}
	return n, nil
}
