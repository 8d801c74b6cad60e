package bench

import (
	"context"
	"errors"
	"time"

	"congvan/server/domain/org"
)

// measureCalendar reckons due dates of 1 to 30 working days from every day of
// ten years, against adding a day at a time and asking a map of holidays.
func measureCalendar(ctx context.Context, b *bench) ([]Row, error) {
	special, off, err := tenYears()
	if err != nil {
		return nil, err
	}
	calendar, err := org.NewCalendar(org.Weekend(), special)
	if err != nil {
		return nil, err
	}
	times := b.sized(20, 2)
	first := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	start, err := org.NewDay(2020, time.January, 1)
	if err != nil {
		return nil, err
	}
	const days = 3653
	var ours, bare [days]string // both must come to the same days
	o, base, err := b.byTurns(ctx, "calendar/due", func(context.Context, int) (float64, error) {
		began := time.Now()
		for t := range times {
			for i := range days {
				due := calendar.After(start.AddDays(i), 1+i%30)
				if t == 0 {
					ours[i] = due.String()
				}
			}
		}
		return float64(times*days) / time.Since(began).Seconds(), nil
	}, func(context.Context, int) (float64, error) {
		began := time.Now()
		for t := range times {
			for i := range days {
				day := first.AddDate(0, 0, i)
				for left := 1 + i%30; left > 0; {
					day = day.AddDate(0, 0, 1)
					if w := day.Weekday(); w != time.Saturday && w != time.Sunday && !off[day] {
						left--
					}
				}
				if t == 0 {
					bare[i] = day.Format(time.DateOnly)
				}
			}
		}
		return float64(times*days) / time.Since(began).Seconds(), nil
	})
	if err != nil {
		return nil, err
	}
	if ours != bare {
		return nil, errors.New("the two ways come to different days")
	}
	row := compare("calendar/due", "dates/s", o, base, atLeast(1))
	row.Note = "1 to 30 working days from every day of ten years, against AddDate and a map of holidays"
	return []Row{row}, nil
}

// tenYears gives the holidays of 2020 to 2030, Tết where it roughly falls.
func tenYears() ([]org.SpecialDay, map[time.Time]bool, error) {
	var special []org.SpecialDay
	off := map[time.Time]bool{}
	for year := 2020; year <= 2030; year++ {
		for _, h := range []struct {
			month     time.Month
			day, last int
		}{{time.January, 1, 1}, {time.February, 9, 15}, {time.April, 30, 30}, {time.May, 1, 1}, {time.September, 1, 2}} {
			for n := h.day; n <= h.last; n++ {
				day, err := org.NewDay(year, h.month, n)
				if err != nil {
					return nil, nil, err
				}
				special = append(special, org.SpecialDay{Day: day, Name: "holiday"})
				off[time.Date(year, h.month, n, 0, 0, 0, 0, time.UTC)] = true
			}
		}
	}
	return special, off, nil
}
