package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Notice is one thing that a person is told of, with what of the arrival a list shows.
type Notice struct {
	ID, AgencyID, ArrivalID             org.ID
	Kind                                routing.Alarm
	Day                                 org.Day
	At, ReadAt                          time.Time
	Subject, Number, Symbol, IssuerName string
	ArrivalNumber                       int
}

// Cursor gives the place of the notice in the list.
func (n Notice) Cursor() Cursor { return Cursor{At: n.At, ID: n.ID} }

// AlarmedAgencies gives the agencies that somebody works in.
func (tx *Tx) AlarmedAgencies(ctx context.Context) ([]org.ID, error) {
	list, err := tx.q.AlarmedAgencies(ctx)
	if err != nil {
		return nil, fmt.Errorf("list agencies: %w", err)
	}
	return list, nil
}

// AlarmRule gives when the agency is alarmed, and the version of the rule; the
// usual rule has none.
func (tx *Tx) AlarmRule(ctx context.Context, agency org.ID) (routing.AlarmRule, int, error) {
	r, err := tx.q.GetAlarmRule(ctx, agency)
	switch err := translate(err); {
	case errors.Is(err, fault.Missing()):
		return routing.UsualAlarms(), 1, nil
	case err != nil:
		return routing.AlarmRule{}, 0, fmt.Errorf("read the rule of alarms: %w", err)
	}
	return routing.AlarmRule{First: int(r.FirstDays), Second: int(r.SecondDays), HeadAfter: int(r.HeadAfter), LeaderAfter: int(r.LeaderAfter),
		RegisterBy: int(r.RegisterBy)}, int(r.Version), nil
}

// SaveAlarmRule stores the rule, unless somebody else did since version.
func (tx *Tx) SaveAlarmRule(ctx context.Context, agency org.ID, version int, r routing.AlarmRule) error {
	if version == 1 {
		n, err := tx.q.InsertAlarmRule(ctx, dbsqlc.InsertAlarmRuleParams{AgencyID: agency, FirstDays: int32(r.First), SecondDays: int32(r.Second),
			HeadAfter: int32(r.HeadAfter), LeaderAfter: int32(r.LeaderAfter), RegisterBy: int32(r.RegisterBy)})
		if err != nil {
			return fmt.Errorf("add the rule of alarms: %w", err)
		}
		if n == 1 {
			return nil
		}
	}
	n, err := tx.q.UpdateAlarmRule(ctx, dbsqlc.UpdateAlarmRuleParams{FirstDays: int32(r.First), SecondDays: int32(r.Second), HeadAfter: int32(r.HeadAfter),
		LeaderAfter: int32(r.LeaderAfter), RegisterBy: int32(r.RegisterBy), AgencyID: agency, Version: int32(version)})
	if err != nil {
		return fmt.Errorf("save the rule of alarms: %w", err)
	}
	return changed(n)
}

// AlarmLines tells of the due dates in the window who was not told yet.
func (tx *Tx) AlarmLines(ctx context.Context, agency org.ID, w routing.Window, today org.Day, now time.Time) (int, error) {
	since := w.From
	if since.IsZero() {
		since = firstDay
	}
	n, err := tx.q.AlarmLines(ctx, dbsqlc.AlarmLinesParams{Kind: string(w.Alarm), At: now, Today: today, AgencyID: agency, Until: w.Until, Since: since})
	if err != nil {
		return 0, fmt.Errorf("give an alarm: %w", err)
	}
	return int(n), nil
}

// firstDay is before every due date.
var firstDay = org.DayOf(time.Date(1900, 1, 2, 0, 0, 0, 0, time.UTC))

// AlarmUnregistered tells of what should be registered by now, and gives the arrivals.
func (tx *Tx) AlarmUnregistered(ctx context.Context, agency org.ID, before, urgentBefore, now time.Time) ([]org.ID, error) {
	list, err := tx.q.AlarmUnregistered(ctx, dbsqlc.AlarmUnregisteredParams{At: now, Today: org.DayOf(now), AgencyID: agency, Before: before, UrgentBefore: urgentBefore})
	if err != nil {
		return nil, fmt.Errorf("give an alarm: %w", err)
	}
	return list, nil
}

// NoticeLine tells who holds the line that they are waited for.
func (tx *Tx) NoticeLine(ctx context.Context, agency, line org.ID, now time.Time) error {
	if _, err := tx.q.NoticeLine(ctx, dbsqlc.NoticeLineParams{At: now, AgencyID: agency, LineID: line, Today: org.DayOf(now)}); err != nil {
		return fmt.Errorf("give a notice: %w", err)
	}
	tx.TouchNotices(agency)
	return nil
}

// TouchNotices lets those who look at their notices read them again.
func (tx *Tx) TouchNotices(agency org.ID) { tx.Touch(Change{AgencyID: agency, SubjectType: "notice"}) }

// Notices gives a page of what the account was told, the newest first.
func (tx *Tx) Notices(ctx context.Context, agencies []org.ID, account org.ID, unread bool, after Cursor, most int) ([]Notice, error) {
	if after.At.IsZero() {
		after = Cursor{At: never, ID: org.ID{}}
	}
	rows, err := tx.q.ListNotices(ctx, dbsqlc.ListNoticesParams{Agencies: agencies, AccountID: account, Unread: unread, Before: after.At, BeforeID: after.ID, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("list notices: %w", err)
	}
	list := make([]Notice, len(rows))
	for i, r := range rows {
		list[i] = Notice{ID: r.ID, AgencyID: r.AgencyID, ArrivalID: r.ArrivalID, Kind: routing.Alarm(r.Kind), Day: value(r.Day), At: r.At, ReadAt: value(r.ReadAt),
			Subject: r.Subject, Number: r.Number, Symbol: r.Symbol, IssuerName: r.IssuerName, ArrivalNumber: int(r.ArrivalNumber)}
	}
	return list, nil
}

// CountUnreadNotices counts, up to a thousand, what the account has not read.
func (tx *Tx) CountUnreadNotices(ctx context.Context, agencies []org.ID, account org.ID) (int, error) {
	n, err := tx.q.CountUnreadNotices(ctx, agencies, account)
	if err != nil {
		return 0, fmt.Errorf("count notices: %w", err)
	}
	return int(n), nil
}

// ReadNotices notes that the account has read some notices, or with none named all.
func (tx *Tx) ReadNotices(ctx context.Context, agency, account org.ID, ids []org.ID, now time.Time) error {
	if _, err := tx.q.ReadNotices(ctx, dbsqlc.ReadNoticesParams{At: now, AgencyID: agency, AccountID: account, Ids: notNull(ids)}); err != nil {
		return fmt.Errorf("read notices: %w", err)
	}
	return nil
}

// NoticeChoice is how a person wants to be told.
type NoticeChoice struct {
	Muted  []string
	Digest bool
}

// NoticeChoice gives it.
func (tx *Tx) NoticeChoice(ctx context.Context, account org.ID) (NoticeChoice, error) {
	r, err := tx.q.GetNoticeChoice(ctx, account)
	switch err := translate(err); {
	case errors.Is(err, fault.Missing()):
		return NoticeChoice{Muted: []string{}}, nil
	case err != nil:
		return NoticeChoice{}, fmt.Errorf("read the choice of notices: %w", err)
	}
	return NoticeChoice{Muted: r.Muted, Digest: r.Digest}, nil
}

// SaveNoticeChoice stores it.
func (tx *Tx) SaveNoticeChoice(ctx context.Context, account org.ID, c NoticeChoice) error {
	if err := tx.q.SaveNoticeChoice(ctx, dbsqlc.SaveNoticeChoiceParams{AccountID: account, Muted: c.Muted, Digest: c.Digest}); err != nil {
		return fmt.Errorf("save the choice of notices: %w", err)
	}
	return nil
}

// Digest is what waits for a person who wants a mail of it.
type Digest struct {
	AccountID org.ID
	Email     string
	Waiting   int
	Late      int
}

// DigestsDue gives whom no digest was sent since a moment and what waits for them.
func (tx *Tx) DigestsDue(ctx context.Context, before time.Time) ([]Digest, error) {
	rows, err := tx.q.DigestsDue(ctx, before)
	if err != nil {
		return nil, fmt.Errorf("list digests: %w", err)
	}
	var list []Digest
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].AccountID != r.ID {
			list = append(list, Digest{AccountID: r.ID, Email: r.Email})
		}
		d := &list[len(list)-1]
		d.Waiting, d.Late = d.Waiting+int(r.Waiting), d.Late+int(r.Late)
	}
	return list, nil
}

// MarkDigested notes that the digest is on its way.
func (tx *Tx) MarkDigested(ctx context.Context, account org.ID, now time.Time) error {
	if err := tx.q.MarkDigested(ctx, now, account); err != nil {
		return fmt.Errorf("mark the digest: %w", err)
	}
	if err := tx.q.MarkMailed(ctx, now, account); err != nil {
		return fmt.Errorf("mark what was mailed: %w", err)
	}
	return nil
}
