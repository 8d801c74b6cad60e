package routing

import (
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Alarm is one thing that people are told of by the clock.
type Alarm string

// The alarms: two before a due date, one after it, and then those above (H4).
const (
	Soon         Alarm = "soon"
	Near         Alarm = "near"
	Late         Alarm = "late"
	LateHead     Alarm = "late_head"    // to the head of the unit
	LateLeader   Alarm = "late_leader"  // to the leaders who directed it
	Unregistered Alarm = "unregistered" // to the clerks and who is on duty (G2b)
)

// Reminded is what somebody tells by hand, and no alarm.
const Reminded Alarm = "reminded"

// AlarmRule says when an agency is alarmed, in working days.
type AlarmRule struct {
	First, Second          int // before the due date
	HeadAfter, LeaderAfter int // after it
	RegisterBy             int // minutes after midnight: what is not registered by then alarms
}

// UsualAlarms is the rule of an agency that has set none.
func UsualAlarms() AlarmRule {
	return AlarmRule{First: 3, Second: 1, HeadAfter: 1, LeaderAfter: 3, RegisterBy: 16 * 60}
}

// Check refuses a rule that would alarm in a wrong order.
func (r AlarmRule) Check() error {
	bad := func(field, vi, en string) error { return fault.InvalidField(field, "out_of_range", vi, en) }
	switch {
	case r.First < 0 || r.First > 60:
		return bad("firstDays", "Từ 0 đến 60 ngày làm việc.", "From 0 to 60 working days.")
	case r.Second < 0 || r.Second > r.First:
		return bad("secondDays", "Lần báo thứ hai phải gần hạn hơn lần đầu.", "The second alarm must not come before the first.")
	case r.HeadAfter < 1 || r.HeadAfter > 60:
		return bad("headAfter", "Từ 1 đến 60 ngày làm việc sau hạn.", "From 1 to 60 working days after the date.")
	case r.LeaderAfter < r.HeadAfter || r.LeaderAfter > 60:
		return bad("leaderAfter", "Báo lãnh đạo không sớm hơn báo trưởng đơn vị.", "Leaders are not told before the head of the unit.")
	case r.RegisterBy < 0 || r.RegisterBy > 1439:
		return bad("registerBy", "Giờ không hợp lệ.", "Not a time of day.")
	}
	return nil
}

// Window is the due dates for which an alarm is to be given: From is no day
// where all earlier ones are meant.
type Window struct {
	Alarm       Alarm
	From, Until org.Day
}

// Windows gives for a day the due dates of each alarm. What an earlier round
// has missed is in them too; whoever was told already is not told again.
func (r AlarmRule) Windows(c org.Calendar, today org.Day) []Window {
	dayBefore := func(n int) org.Day { return c.Before(today.AddDays(1), n).AddDays(-1) }
	return []Window{
		{Soon, today, c.After(today, r.First)},
		{Near, today, c.After(today, r.Second)},
		{Late, org.Day{}, today.AddDays(-1)},
		{LateHead, org.Day{}, dayBefore(r.HeadAfter)},
		{LateLeader, org.Day{}, dayBefore(r.LeaderAfter)},
	}
}

// UnregisteredBefore gives the moment before which everything that arrived
// should be registered by now: the set hour of today, or of the working day
// before while today's has not come or the office is closed.
func (r AlarmRule) UnregisteredBefore(c org.Calendar, now time.Time) time.Time {
	at := func(d org.Day) time.Time { return d.Start().Add(time.Duration(r.RegisterBy) * time.Minute) }
	today := org.DayOf(now)
	if c.Working(today) && !now.Before(at(today)) {
		return at(today)
	}
	return at(c.Before(today, 1))
}
