package org

import (
	"slices"
	"sort"
	"strings"
	"time"

	"congvan/server/domain/fault"
)

// SpecialDay is a day that is not as its weekday says: a holiday, or a
// Saturday on which the office works for a Monday that it took off.
type SpecialDay struct {
	Day     Day
	Working bool
	Name    string
}

// Calendar knows which days are working days, for one province. It is a value:
// who edits it makes another. The zero Calendar works from Monday to Friday.
type Calendar struct {
	weekend  [7]bool // by time.Weekday; read only where set is true
	set      bool
	ordinals []int // of the days that differ from their weekday, ascending
	sums     []int // how many working days they add or take away, up to and with each
	perWeek  int
	special  []SpecialDay
}

// Weekend is the usual one.
func Weekend() []time.Weekday { return []time.Weekday{time.Saturday, time.Sunday} }

// NewCalendar makes a calendar of special days and the days of rest of a week.
func NewCalendar(weekend []time.Weekday, special []SpecialDay) (Calendar, error) {
	c := Calendar{set: true, perWeek: 7, special: slices.Clone(special)}
	for _, w := range weekend {
		if w < time.Sunday || w > time.Saturday || c.weekend[w] {
			return Calendar{}, fault.InvalidField("weekend", "unknown_word", "Ngày nghỉ hằng tuần không hợp lệ hoặc bị lặp.", "A day of rest is unknown or named twice.")
		}
		c.weekend[w] = true
		c.perWeek--
	}
	if c.perWeek < 1 {
		return Calendar{}, fault.InvalidField("weekend", "no_working_day", "Mỗi tuần phải có ít nhất một ngày làm việc.", "A week needs a working day.")
	}
	slices.SortFunc(c.special, func(a, b SpecialDay) int { return a.Day.Compare(b.Day) })
	sum := 0
	for i, s := range c.special {
		if i > 0 && c.special[i-1].Day == s.Day {
			return Calendar{}, dayTwice(s.Day)
		}
		if err := s.Check(); err != nil {
			return Calendar{}, err
		}
		if s.Working == !c.weekend[s.Day.Weekday()] {
			continue // as its weekday says anyway
		}
		if s.Working {
			sum++
		} else {
			sum--
		}
		c.ordinals, c.sums = append(c.ordinals, s.Day.ordinal()), append(c.sums, sum)
	}
	return c, nil
}

// Check refuses a day that no calendar holds.
func (s SpecialDay) Check() error {
	switch {
	case s.Day.IsZero():
		return required("day")
	case s.Day.Year() < 1990 || s.Day.Year() > 2200:
		return fault.InvalidField("day", "out_of_range", "Năm phải từ 1990 đến 2200.", "The year must lie from 1990 to 2200.")
	case strings.TrimSpace(s.Name) == "":
		return required("name")
	case len([]rune(s.Name)) > 100 || strings.ContainsAny(s.Name, "\r\n"):
		return fault.InvalidField("name", "too_long", "Tên tối đa 100 ký tự, trên một dòng.", "A name has at most 100 characters on one line.")
	}
	return nil
}

func dayTwice(d Day) error {
	return fault.InvalidField("day", "twice", "Ngày "+d.String()+" bị lặp.", d.String()+" stands there twice.")
}

// SpecialDays gives the special days, in order.
func (c Calendar) SpecialDays() []SpecialDay { return slices.Clone(c.special) }

// Working tells whether the office works on the day.
func (c Calendar) Working(d Day) bool {
	n := d.ordinal()
	i := sort.SearchInts(c.ordinals, n)
	if i < len(c.ordinals) && c.ordinals[i] == n {
		return c.rests(d.Weekday())
	}
	return !c.rests(d.Weekday())
}

func (c Calendar) rests(w time.Weekday) bool {
	if !c.set {
		return w == time.Saturday || w == time.Sunday
	}
	return c.weekend[w]
}

func (c Calendar) workingPerWeek() int {
	if !c.set {
		return 5
	}
	return c.perWeek
}

// counted gives the number of working days up to and with an ordinal, from a
// Sunday in the distant past on.
func (c Calendar) counted(n int) int {
	weeks, rest := n/7, n%7
	count := weeks * c.workingPerWeek()
	for w := range rest + 1 {
		if !c.rests(time.Weekday(w)) {
			count++
		}
	}
	if i := sort.SearchInts(c.ordinals, n+1); i > 0 {
		count += c.sums[i-1]
	}
	return count
}

// nth gives the working day at which counted reaches a number, looking from a
// day whose count is below it.
func (c Calendar) nth(from, count int) Day {
	missing := count - c.counted(from)
	hi := from + missing*7/c.workingPerWeek() + 7
	for c.counted(hi) < count {
		hi += 7 + len(c.ordinals)
	}
	lo := from + 1
	return dayAt(lo + sort.Search(hi-lo, func(i int) bool { return c.counted(lo+i) >= count }))
}

// After gives the nth working day after a day; with 0 the day itself, or the
// next working day when it is none (Bộ luật Dân sự 2015, điều 147, 148: the
// count begins with the next day, and an end on a day of rest moves on).
func (c Calendar) After(d Day, n int) Day {
	o := d.ordinal()
	if n <= 0 {
		if c.Working(d) {
			return d
		}
		n = 1
	}
	return c.nth(o, c.counted(o)+n)
}

// Before gives the nth working day before a day, n at least 1.
func (c Calendar) Before(d Day, n int) Day {
	o := d.ordinal() - 1
	target := c.counted(o) - max(n, 1) + 1
	from := o - max(n, 1)*7/c.workingPerWeek() - 7
	for c.counted(from) >= target {
		from -= 7 + len(c.ordinals)
	}
	return c.nth(from, target)
}

// Between gives how many working days lie after one day, up to and with
// another; negative when the other comes first.
func (c Calendar) Between(from, until Day) int {
	return c.counted(until.ordinal()) - c.counted(from.ordinal())
}

// Limit is a time limit of the law (NĐ 30/2020, điều 14, 18, 21, 22).
type Limit string

// The limits. What is urgent is done at once, whatever the limit.
const (
	SameDay        Limit = "same_day"         // acknowledge receipt
	NextWorkingDay Limit = "next_working_day" // register, submit, issue: the same day, at latest the next working day
)

// Ends gives the moment at which something that began at a moment is late.
// What comes on a day of rest counts from the next working day.
func (c Calendar) Ends(l Limit, urgent bool, began time.Time) time.Time {
	if urgent {
		return began
	}
	first := c.After(DayOf(began), 0)
	if l == NextWorkingDay {
		first = c.After(first, 1)
	}
	return first.AddDays(1).Start()
}

// CheckDue refuses a due date in the past or on a day of rest, and says which
// working day comes next.
func (c Calendar) CheckDue(field string, due, today Day) error {
	switch {
	case due.Before(today):
		return fault.InvalidField(field, "past", "Hạn xử lý không được ở trong quá khứ.", "A due date must not lie in the past.")
	case !c.Working(due):
		next := c.After(due, 0).String()
		return fault.InvalidField(field, "day_of_rest",
			"Hạn xử lý rơi vào ngày nghỉ; ngày làm việc kế tiếp là "+next+".", "The due date is a day of rest; the next working day is "+next+".")
	}
	return nil
}

// The bounds of what a year's list can be.
const (
	mostHolidays = 30 // on days that would be worked
	leastTet     = 5  // days in a row (Bộ luật Lao động 2019, điều 112)
)

// CheckYear refuses a year's list that was imported wrong: days of another
// year, a swapped working day that is one anyway, a statutory holiday left out
// (Bộ luật Lao động 2019, điều 112), no Tết, or so many holidays that weekends
// were listed or columns were mixed up.
func CheckYear(year int, weekend []time.Weekday, special []SpecialDay) error {
	c, err := NewCalendar(weekend, special)
	if err != nil {
		return err
	}
	rested := 0
	for _, s := range special {
		switch {
		case s.Day.Year() != year:
			return fault.InvalidField("items", "other_year", "Ngày "+s.Day.String()+" không thuộc năm này.", s.Day.String()+" is not of this year.")
		case s.Working && !c.weekend[s.Day.Weekday()]:
			return fault.InvalidField("items", "working_anyway",
				"Ngày "+s.Day.String()+" vốn là ngày làm việc, không phải ngày làm bù.", s.Day.String()+" is a working day anyway.")
		case !s.Working && !c.weekend[s.Day.Weekday()]:
			rested++
		}
	}
	if rested > mostHolidays {
		return fault.InvalidField("items", "too_many", "Quá nhiều ngày nghỉ trong một năm; hãy kiểm tra lại tệp.", "Too many days of rest for one year; check the list.")
	}
	for _, fixed := range []struct {
		month time.Month
		day   int
	}{{time.January, 1}, {time.April, 30}, {time.May, 1}, {time.September, 2}} {
		if d := (Day{year, fixed.month, fixed.day}); c.Working(d) {
			return fault.InvalidField("items", "holiday_missing", "Thiếu ngày lễ "+d.String()+".", "The holiday "+d.String()+" is missing.")
		}
	}
	if c.longestRest(Day{year, time.January, 15}, Day{year, time.February, 28}) < leastTet {
		return fault.InvalidField("items", "no_tet", "Không thấy kỳ nghỉ Tết Nguyên đán.", "There is no Tết holiday.")
	}
	return nil
}

// longestRest gives the most days of rest in a row.
func (c Calendar) longestRest(from, until Day) int {
	longest, row := 0, 0
	for d := from; !d.After(until); d = d.AddDays(1) {
		row++
		if c.Working(d) {
			row = 0
		}
		longest = max(longest, row)
	}
	return longest
}

// The ordinals count days from a Sunday, so that their remainder is the weekday.
var firstOrdinal = time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC)

func (d Day) ordinal() int { return int((d.utc().Unix() - firstOrdinal.Unix()) / 86400) }

func dayAt(n int) Day {
	year, month, day := firstOrdinal.AddDate(0, 0, n).Date()
	return Day{year, month, day}
}
