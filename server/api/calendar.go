package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
	"congvan/server/domain/org"
)

// calendarRoom answers which days are working days.
type calendarRoom struct{ accounts *accounts.Service }

// ReadCalendar gives a year of the calendar that an agency goes by.
func (r calendarRoom) ReadCalendar(ctx context.Context, in gen.ReadCalendarRequestObject) (gen.ReadCalendarResponseObject, error) {
	c, err := r.accounts.Calendar(ctx, personOf(ctx), org.ID(in.Id), in.Params.Year)
	if err != nil {
		return nil, err
	}
	return gen.ReadCalendar200JSONResponse{CalendarJSONResponse: calendarAnswer(c)}, nil
}

func calendarAnswer(c accounts.Calendar) gen.CalendarJSONResponse {
	tag := etag(c.Version)
	body := gen.Calendar{ProvinceId: uuid.UUID(c.ProvinceID), ProvinceName: c.ProvinceName, Year: c.Year, Version: c.Version, MayEdit: c.MayEdit,
		Weekend: make([]int, len(c.Weekend)), Items: make([]gen.SpecialDay, len(c.Days))}
	for i, w := range c.Weekend {
		body.Weekend[i] = int(w)
	}
	for i, d := range c.Days {
		body.Items[i] = gen.SpecialDay{Day: date(d.Day), Working: d.Working, Name: d.Name}
	}
	return gen.CalendarJSONResponse{Body: body, Headers: gen.CalendarResponseHeaders{ETag: &tag}}
}

// SetCalendar replaces a year, or only checks it.
func (r calendarRoom) SetCalendar(ctx context.Context, in gen.SetCalendarRequestObject) (gen.SetCalendarResponseObject, error) {
	version, err := ifMatch(in.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	year := accounts.CalendarYear{Year: in.Params.Year, Version: version, DryRun: present(in.Params.DryRun)}
	for _, w := range in.Body.Weekend {
		year.Weekend = append(year.Weekend, time.Weekday(w))
	}
	for _, d := range in.Body.Items {
		day, err := dayOf(&d.Day)
		if err != nil {
			return nil, err
		}
		year.Days = append(year.Days, org.SpecialDay{Day: day, Working: d.Working, Name: d.Name})
	}
	c, err := r.accounts.SetCalendar(ctx, personOf(ctx), org.ID(in.Id), year)
	if err != nil {
		return nil, err
	}
	return gen.SetCalendar200JSONResponse{CalendarJSONResponse: calendarAnswer(c)}, nil
}

// ReckonDueDate gives the day so many working days later.
func (r calendarRoom) ReckonDueDate(ctx context.Context, in gen.ReckonDueDateRequestObject) (gen.ReckonDueDateResponseObject, error) {
	from, err := dayOf(in.Params.From)
	if err != nil {
		return nil, err
	}
	due, err := r.accounts.DueDate(ctx, personOf(ctx), org.ID(in.Id), from, in.Params.WorkingDays)
	if err != nil {
		return nil, err
	}
	return gen.ReckonDueDate200JSONResponse{Day: date(due)}, nil
}
