package notice

import (
	"context"
	"slices"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// What the use cases give is what storage keeps.
type (
	Notice = postgres.Notice
	Choice = postgres.NoticeChoice
	Cursor = postgres.Cursor
)

// ParseCursor reads where a page begins.
func ParseCursor(text string) (Cursor, error) { return postgres.ParseCursor(text) }

// Today is the day by which work is late or not.
func (s *Service) Today() org.Day { return org.DayOf(s.clock()) }

// Notices gives a page of what the person was told, the newest first, and how
// much of all of it is unread.
func (s *Service) Notices(ctx context.Context, who access.Person, unread bool, after Cursor, most int) (list []Notice, waiting int, err error) {
	err = s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		if list, err = tx.Notices(ctx, who.Agencies(), who.AccountID, unread, after, most); err != nil {
			return err
		}
		waiting, err = tx.CountUnreadNotices(ctx, who.Agencies(), who.AccountID)
		return err
	})
	return list, waiting, err
}

// MarkRead notes that the person has read some notices, or with none named all.
func (s *Service) MarkRead(ctx context.Context, who access.Person, ids []org.ID) error {
	now := s.clock()
	return s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		for _, agency := range who.Agencies() {
			if err := tx.ActFor(ctx, agency); err != nil {
				return err
			}
			if err := tx.ReadNotices(ctx, agency, who.AccountID, ids, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// Choice gives how the person wants to be told.
func (s *Service) Choice(ctx context.Context, who access.Person) (c Choice, err error) {
	err = s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		c, err = tx.NoticeChoice(ctx, who.AccountID)
		return err
	})
	return c, err
}

// Choose stores how the person wants to be told.
func (s *Service) Choose(ctx context.Context, who access.Person, c Choice) error {
	for _, kind := range c.Muted {
		if !slices.Contains(Alarms(), routing.Alarm(kind)) {
			return fault.InvalidField("muted", "unknown_word", "Không có loại thông báo này.", "There is no such kind of notice.")
		}
	}
	slices.Sort(c.Muted)
	c.Muted = slices.Compact(c.Muted)
	return s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error { return tx.SaveNoticeChoice(ctx, who.AccountID, c) })
}

// Rule is when an agency is alarmed.
type Rule struct {
	routing.AlarmRule
	Version int
	MayEdit bool
}

// Rule gives when the agency is alarmed.
func (s *Service) Rule(ctx context.Context, who access.Person, agency org.ID) (Rule, error) {
	if err := who.SeeRoster(agency); err != nil {
		return Rule{}, err
	}
	r := Rule{MayEdit: who.KeepRoster(agency) == nil}
	err := s.store.InTx(ctx, postgres.PersonScope(append(who.Everywhere(), agency)), func(tx *postgres.Tx) (err error) {
		r.AlarmRule, r.Version, err = tx.AlarmRule(ctx, agency)
		return err
	})
	return r, err
}

// SetRule stores when the agency is alarmed.
func (s *Service) SetRule(ctx context.Context, who access.Person, agency org.ID, version int, rule routing.AlarmRule) (Rule, error) {
	if err := who.KeepRoster(agency); err != nil {
		return Rule{}, err
	}
	if err := rule.Check(); err != nil {
		return Rule{}, err
	}
	now := s.clock()
	err := s.store.InTx(ctx, postgres.PersonScope(append(who.Everywhere(), agency)), func(tx *postgres.Tx) error {
		if err := tx.ActFor(ctx, agency); err != nil {
			return err
		}
		if err := tx.SaveAlarmRule(ctx, agency, version, rule); err != nil {
			return err
		}
		// What the new rule says is told at once, not with the next round.
		if err := tx.Enqueue(ctx, job.Alarm{}); err != nil {
			return err
		}
		by := document.By{Position: who.PositionIn(agency), Name: who.FullName}
		return tx.Record(ctx, agency, "agency", agency, document.Event{Verb: "alarms_set"}, by, now)
	})
	if err != nil {
		return Rule{}, err
	}
	return s.Rule(ctx, who, agency)
}
