package accounts

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

const subjectCalendar = "calendar"

// Calendar is one year of the calendar that an agency goes by.
type Calendar struct {
	postgres.Calendar
	ProvinceName string
	Year         int
	Days         []org.SpecialDay
	MayEdit      bool
}

// Calendar gives a year of the calendar that the agency goes by.
func (s *Service) Calendar(ctx context.Context, who access.Person, agency org.ID, year int) (Calendar, error) {
	if err := who.SeeCalendar(agency); err != nil {
		return Calendar{}, err
	}
	var c Calendar
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) (err error) {
		c, err = calendarYear(ctx, tx, who, agency, year)
		return err
	})
	if err != nil {
		return Calendar{}, fmt.Errorf("read calendar: %w", err)
	}
	return c, nil
}

func calendarYear(ctx context.Context, tx *postgres.Tx, who access.Person, agency org.ID, year int) (Calendar, error) {
	kept, err := tx.Calendar(ctx, agency)
	if err != nil {
		return Calendar{}, err
	}
	province, err := tx.Agency(ctx, kept.ProvinceID)
	if err != nil {
		return Calendar{}, err
	}
	c := Calendar{Calendar: kept, ProvinceName: province.Name, Year: year, MayEdit: who.EditCalendar(kept.ProvinceID) == nil}
	for _, d := range kept.SpecialDays() {
		if d.Day.Year() == year {
			c.Days = append(c.Days, d)
		}
	}
	return c, nil
}

// CalendarYear is a year of a calendar to be stored.
type CalendarYear struct {
	Year    int
	Weekend []time.Weekday
	Days    []org.SpecialDay
	Version int
	DryRun  bool // checks, and changes nothing
}

// SetCalendar replaces a year of the province's calendar, after checking it.
func (s *Service) SetCalendar(ctx context.Context, who access.Person, agency org.ID, in CalendarYear) (Calendar, error) {
	if err := who.SeeCalendar(agency); err != nil {
		return Calendar{}, err
	}
	for i := range in.Days {
		in.Days[i].Name = strings.TrimSpace(in.Days[i].Name)
	}
	now := s.now()
	var c Calendar
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		province, err := tx.ProvinceOf(ctx, agency)
		if err != nil {
			return err
		}
		if err := who.EditCalendar(province); err != nil {
			if who.Holds(province, org.Roles()...) {
				return err
			}
			return errOfProvince
		}
		if err := org.CheckYear(in.Year, in.Weekend, in.Days); err != nil {
			return err
		}
		if !in.DryRun {
			if err := tx.SaveCalendarYear(ctx, province, in.Version, in.Year, in.Weekend, in.Days); err != nil {
				return err
			}
			if err := record(ctx, tx, who, province, subjectCalendar, province, document.Event{Verb: "calendar_set",
				Data: map[string]string{"year": strconv.Itoa(in.Year), "count": strconv.Itoa(len(in.Days))}}, now); err != nil {
				return err
			}
		}
		c, err = calendarYear(ctx, tx, who, agency, in.Year)
		return err
	})
	if err != nil {
		return Calendar{}, fmt.Errorf("set calendar: %w", err)
	}
	return c, nil
}

var errOfProvince = fault.New(fault.Forbidden, "calendar_of_province",
	"Lịch làm việc dùng chung cho cả tỉnh; quản trị của UBND tỉnh sửa.", "The calendar is the province's; its administrator edits it.")

// mostWorkingDays bounds what is reckoned: ten years.
const mostWorkingDays = 2600

// DueDate gives the day so many working days after another.
func (s *Service) DueDate(ctx context.Context, who access.Person, agency org.ID, from org.Day, workingDays int) (org.Day, error) {
	if err := who.SeeCalendar(agency); err != nil {
		return org.Day{}, err
	}
	if workingDays < 0 || workingDays > mostWorkingDays {
		return org.Day{}, fault.InvalidField("workingDays", "out_of_range", "Từ 0 đến 2600 ngày làm việc.", "From 0 to 2600 working days.")
	}
	if from.IsZero() {
		from = org.DayOf(s.now())
	}
	var due org.Day
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		c, err := tx.Calendar(ctx, agency)
		due = c.After(from, workingDays)
		return err
	})
	if err != nil {
		return org.Day{}, fmt.Errorf("reckon due date: %w", err)
	}
	return due, nil
}
