package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// grace is for how long what is urgent may stay unregistered: at once (NĐ
// 30/2020, điều 21), and a clerk is a person.
const grace = 30 * time.Minute

// Alarm tells people what their agencies' rules say that they are told of by
// now: due dates before and after, above them, and what stays unregistered. It
// may be asked at any time and as often as one likes: each is told once.
func (s *Service) Alarm(ctx context.Context) error {
	now := s.clock()
	var agencies []org.ID
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		agencies, err = tx.AlarmedAgencies(ctx)
		return err
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, agency := range agencies {
		// What is wrong in one agency keeps no other from being told.
		failed = append(failed, s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error { return alarm(ctx, tx, agency, now) }))
	}
	return errors.Join(failed...)
}

func alarm(ctx context.Context, tx *postgres.Tx, agency org.ID, now time.Time) error {
	rule, _, err := tx.AlarmRule(ctx, agency)
	if err != nil {
		return err
	}
	calendar, err := tx.Calendar(ctx, agency)
	if err != nil {
		return err
	}
	told, today := 0, org.DayOf(now)
	for _, w := range rule.Windows(calendar.Calendar, today) {
		n, err := tx.AlarmLines(ctx, agency, w, today, now)
		if err != nil {
			return err
		}
		told += n
	}
	waiting, err := tx.AlarmUnregistered(ctx, agency, rule.UnregisteredBefore(calendar.Calendar, now), now.Add(-grace), now)
	if err != nil {
		return err
	}
	if len(waiting) > 0 {
		if err := tx.RecordMany(ctx, agency, "arrival", waiting, document.Event{Verb: "unregistered_late"}, document.By{}, now); err != nil {
			return err
		}
	}
	if told+len(waiting) > 0 {
		tx.TouchNotices(agency)
	}
	return nil
}

// digestFrom is the hour from which on digests are sent on a working day.
const digestFrom = 7

// Digest sends a mail a day of what they have not read to who wants one. It
// says how much waits and nothing of what it is: mail is not the office.
func (s *Service) Digest(ctx context.Context, send func(context.Context, exchange.MailNotice) error, address string) error {
	now := s.clock()
	today := org.DayOf(now)
	from := today.Start().Add(digestFrom * time.Hour)
	if now.Before(from) || !(org.Calendar{}).Working(today) {
		return nil
	}
	var due []postgres.Digest
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		due, err = tx.DigestsDue(ctx, from)
		return err
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, d := range due {
		if ctx.Err() != nil {
			return errors.Join(append(failed, ctx.Err())...)
		}
		if err := send(ctx, digestOf(d, today, address)); err != nil {
			failed = append(failed, fmt.Errorf("send a digest: %w", err))
			continue
		}
		failed = append(failed, s.digested(ctx, d, now))
	}
	return errors.Join(failed...)
}

// digestedTime bounds how long it is tried to write down that a digest went out.
const digestedTime = 10 * time.Second

// digested notes that a digest went out, also when the round is being ended.
func (s *Service) digested(ctx context.Context, d postgres.Digest, now time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), digestedTime)
	defer cancel()
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error { return tx.MarkDigested(ctx, d.AccountID, now) })
}

func digestOf(d postgres.Digest, today org.Day, address string) exchange.MailNotice {
	return exchange.MailNotice{From: exchange.Party{Name: "congvan"}, To: d.Email, Key: "digest." + d.AccountID.String() + "." + today.String(),
		Subject: fmt.Sprintf("%d việc đang chờ ngày %s", d.Waiting, today.Written()),
		Text: fmt.Sprintf("Có %d thông báo chưa đọc, trong đó %d việc quá hạn. Xem tại %s/notices\n"+
			"Thư tự động; đổi cách nhận thông báo ở trang Thông báo.\n\n"+
			"%d notices are unread, %d of them of late work. See %s/notices\n"+
			"This is an automatic message; choose how you are told on the page of notices.\n", d.Waiting, d.Late, address, d.Waiting, d.Late, address)}
}

// Alarms gives all kinds of notices, in the order a screen shows them.
func Alarms() []routing.Alarm {
	return []routing.Alarm{routing.Reminded, routing.Soon, routing.Near, routing.Late, routing.LateHead, routing.LateLeader, routing.Unregistered}
}
