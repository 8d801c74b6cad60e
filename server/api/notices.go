package api

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/notice"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// ListNotices gives a page of what the person was told of.
func (r workRoom) ListNotices(ctx context.Context, q gen.ListNoticesRequestObject) (gen.ListNoticesResponseObject, error) {
	after, err := notice.ParseCursor(present(q.Params.Cursor))
	if err != nil {
		return nil, err
	}
	most := limitOf(q.Params.Limit)
	list, unread, err := r.notices.Notices(ctx, personOf(ctx), present(q.Params.Unread), after, most+1)
	if err != nil {
		return nil, err
	}
	page := gen.NoticePage{Items: []gen.Notice{}, Unread: unread}
	if len(list) > most {
		list = list[:most]
		page.Next = absent(list[most-1].Cursor().String())
	}
	for _, n := range list {
		page.Items = append(page.Items, gen.Notice{Id: uuid.UUID(n.ID), Kind: gen.NoticeKind(n.Kind), At: n.At, AgencyId: uuid.UUID(n.AgencyID),
			ArrivalId: uuid.UUID(n.ArrivalID), ArrivalNumber: absent(n.ArrivalNumber), Subject: n.Subject, Reference: reference(n.Number, n.Symbol),
			IssuerName: n.IssuerName, Day: optionalDate(n.Day), Read: !n.ReadAt.IsZero()})
	}
	return gen.ListNotices200JSONResponse(page), nil
}

// MarkNoticesRead notes what was read.
func (r workRoom) MarkNoticesRead(ctx context.Context, q gen.MarkNoticesReadRequestObject) (gen.MarkNoticesReadResponseObject, error) {
	var ids []org.ID
	for _, id := range present(q.Body.Ids) {
		ids = append(ids, org.ID(id))
	}
	if err := r.notices.MarkRead(ctx, personOf(ctx), ids); err != nil {
		return nil, err
	}
	return gen.MarkNoticesRead204Response{}, nil
}

// ReadNoticeChoice gives how the person wants to be told.
func (r workRoom) ReadNoticeChoice(ctx context.Context, _ gen.ReadNoticeChoiceRequestObject) (gen.ReadNoticeChoiceResponseObject, error) {
	c, err := r.notices.Choice(ctx, personOf(ctx))
	if err != nil {
		return nil, err
	}
	return gen.ReadNoticeChoice200JSONResponse(choiceAnswer(c)), nil
}

func choiceAnswer(c notice.Choice) gen.NoticeChoice {
	out := gen.NoticeChoice{Muted: []gen.NoticeKind{}, Digest: c.Digest}
	for _, kind := range c.Muted {
		out.Muted = append(out.Muted, gen.NoticeKind(kind))
	}
	return out
}

// SetNoticeChoice stores how the person wants to be told.
func (r workRoom) SetNoticeChoice(ctx context.Context, q gen.SetNoticeChoiceRequestObject) (gen.SetNoticeChoiceResponseObject, error) {
	c := notice.Choice{Muted: []string{}, Digest: q.Body.Digest}
	for _, kind := range q.Body.Muted {
		c.Muted = append(c.Muted, string(kind))
	}
	if err := r.notices.Choose(ctx, personOf(ctx), c); err != nil {
		return nil, err
	}
	return gen.SetNoticeChoice200JSONResponse(*q.Body), nil
}

// ReadAlarms gives when an agency is alarmed.
func (r workRoom) ReadAlarms(ctx context.Context, q gen.ReadAlarmsRequestObject) (gen.ReadAlarmsResponseObject, error) {
	rule, err := r.notices.Rule(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.ReadAlarms200JSONResponse{AlarmsJSONResponse: alarmsAnswer(rule)}, nil
}

func alarmsAnswer(r notice.Rule) gen.AlarmsJSONResponse {
	tag := etag(r.Version)
	return gen.AlarmsJSONResponse{Headers: gen.AlarmsResponseHeaders{ETag: &tag}, Body: gen.Alarms{MayEdit: r.MayEdit, Version: r.Version,
		Rule: gen.AlarmRule{FirstDays: r.First, SecondDays: r.Second, HeadAfter: r.HeadAfter, LeaderAfter: r.LeaderAfter,
			RegisterBy: fmt.Sprintf("%02d:%02d", r.RegisterBy/60, r.RegisterBy%60)}}}
}

// SetAlarms stores when an agency is alarmed.
func (r workRoom) SetAlarms(ctx context.Context, q gen.SetAlarmsRequestObject) (gen.SetAlarmsResponseObject, error) {
	version, err := ifMatch(q.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	var hour, minute int
	if _, err := fmt.Sscanf(q.Body.RegisterBy, "%d:%d", &hour, &minute); err != nil {
		return nil, errInvalid // the contract has the form
	}
	b := q.Body
	rule, err := r.notices.SetRule(ctx, personOf(ctx), org.ID(q.Id), version, routing.AlarmRule{First: b.FirstDays, Second: b.SecondDays,
		HeadAfter: b.HeadAfter, LeaderAfter: b.LeaderAfter, RegisterBy: hour*60 + minute})
	if err != nil {
		return nil, err
	}
	return gen.SetAlarms200JSONResponse{AlarmsJSONResponse: alarmsAnswer(rule)}, nil
}
