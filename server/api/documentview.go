package api

import (
	"context"
	"encoding/base64"
	"strconv"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/outgoing"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func documentView(v outgoing.View) gen.Document {
	d := v.Document
	out := gen.Document{Id: uuid.UUID(d.ID), AgencyId: uuid.UUID(d.AgencyID), AgencyName: v.Names.Agency, State: gen.DocumentState(d.State),
		Kind: d.Kind, Subject: d.Subject, Urgency: gen.Urgency(d.Urgency), Reference: d.Reference(), Number: d.WrittenNumber(), Symbol: d.Symbol,
		DocumentDate: optionalDate(d.Date), DueDate: optionalDate(d.DueDate), Note: d.Note, UnitId: optionalID(d.UnitID), UnitName: absent(v.Names.Unit),
		AuthorName: v.Names.Author, AuthorPositionId: uuid.UUID(d.AuthorPositionID), ApproverPositionId: optionalID(d.ApproverPositionID),
		ApproverName: absent(v.Names.Approver), SubmittedAt: optionalTime(d.SubmittedAt), ApprovedAt: optionalTime(d.ApprovedAt),
		ApprovedSha256: absent(d.ApprovedHash.String()), SignedSha256: absent(d.SignedHash.String()), SignedAt: optionalTime(d.SignedAt), SealedAt: optionalTime(d.SealedAt),
		SentBackReason: d.SentBackReason, SignerName: d.SignerName, SignerTitle: d.SignerTitle, Competence: gen.Competence(d.Competence),
		NumberedAt: optionalTime(d.NumberedAt), IssuedAt: optionalTime(d.IssuedAt), Files: files(d.Files), Recipients: recipients(v),
		RecipientCount: len(d.Recipients), Deliveries: counts(v.Counts), Version: d.Version, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
		Actions: make([]gen.DocumentAction, len(v.Acts))}
	if len(v.EarlierFiles) > 0 {
		earlier := files(v.EarlierFiles)
		out.EarlierFiles = &earlier
	}
	if len(d.SignerBlock) > 0 {
		out.SignerBlock = &d.SignerBlock
	}
	if o := v.CopyOf; o != nil {
		out.CopyOf = &gen.CopyOf{DocumentId: optionalID(o.DocumentID), ArrivalId: optionalID(o.ArrivalID), Reference: o.Reference, Sha256: o.Hash.String(), Electronic: o.Electronic}
	}
	for i, act := range v.Acts {
		out.Actions[i] = gen.DocumentAction(act)
	}
	return out
}

func files(list []document.File) []gen.File {
	out := make([]gen.File, len(list))
	for i, f := range list {
		out[i] = gen.File{Id: uuid.UUID(f.ID), Role: gen.FileRole(f.Role), Version: f.Version, Name: f.Name, Sha256: f.Hash.String(),
			Size: f.Size, MediaType: f.MediaType, AddedAt: optionalTime(f.AddedAt)}
	}
	return out
}

func recipients(v outgoing.View) []gen.Recipient {
	out := make([]gen.Recipient, len(v.Recipients))
	for i, r := range v.Recipients {
		out[i] = gen.Recipient{Type: gen.RecipientType(r.Type), Role: gen.RecipientRole(r.Role), AgencyId: optionalID(r.AgencyID),
			UnitId: optionalID(r.UnitID), PositionId: optionalID(r.PositionID), Name: r.Name, Channel: absent(gen.Channel(v.Channels[i]))}
	}
	return out
}

func counts(c outgoing.Counts) gen.DeliveryCounts {
	return gen.DeliveryCounts{Total: c.Total, Registered: c.Registered, Refused: c.Refused}
}

func documentSummaries(list []outgoing.Summary) []gen.DocumentSummary {
	out := make([]gen.DocumentSummary, len(list))
	for i, d := range list {
		ref := document.Document{Number: d.Number, NumberSuffix: d.NumberSuffix, Symbol: d.Symbol}.Reference()
		out[i] = gen.DocumentSummary{Id: uuid.UUID(d.ID), AgencyId: uuid.UUID(d.AgencyID), AgencyName: d.AgencyName, State: gen.DocumentState(d.State),
			Kind: d.Kind, Subject: d.Subject, Urgency: gen.Urgency(d.Urgency), Reference: ref, DocumentDate: optionalDate(d.Date),
			DueDate: optionalDate(d.DueDate), AuthorName: d.AuthorName, ApproverName: absent(d.ApproverName), SentBack: absent(d.SentBack),
			UpdatedAt: d.UpdatedAt, IssuedAt: optionalTime(d.IssuedAt), Deliveries: counts(d.Counts)}
	}
	return out
}

// ListDocuments gives a page of outgoing documents.
func (r documentRoom) ListDocuments(ctx context.Context, q gen.ListDocumentsRequestObject) (gen.ListDocumentsResponseObject, error) {
	p := q.Params
	f := outgoing.Filter{Query: present(p.Q), Kind: present(p.Kind), Urgency: document.Urgency(present(p.Urgency)), Mine: present(p.Mine)}
	for _, s := range present(p.State) {
		f.States = append(f.States, document.State(s))
	}
	var err error
	if f.RefusedSince, err = dayOf(p.RefusedSince); err != nil {
		return nil, err
	}
	if f.From, f.Until, f.After, f.Limit, err = page(p.From, p.Until, p.Cursor, p.Limit); err != nil {
		return nil, err
	}
	most := f.Limit
	f.Limit++
	list, err := r.documents.List(ctx, personOf(ctx), idOf(p.AgencyId), f)
	if err != nil {
		return nil, err
	}
	var next *string
	if len(list) > most {
		list = list[:most]
		next = absent(outgoing.Cursor{At: list[most-1].UpdatedAt, ID: list[most-1].ID}.String())
	}
	return gen.ListDocuments200JSONResponse{Items: documentSummaries(list), Next: next}, nil
}

// ListDeliveries gives a page of where the document went.
func (r documentRoom) ListDeliveries(ctx context.Context, q gen.ListDeliveriesRequestObject) (gen.ListDeliveriesResponseObject, error) {
	after, err := ordinal(present(q.Params.Cursor))
	if err != nil {
		return nil, err
	}
	most := limitOf(q.Params.Limit)
	list, total, err := r.documents.Deliveries(ctx, personOf(ctx), org.ID(q.Id), exchange.State(present(q.Params.State)), after, most+1)
	if err != nil {
		return nil, err
	}
	var next *string
	if len(list) > most {
		list = list[:most]
		next = absent(strconv.Itoa(list[most-1].Ordinal))
	}
	out := make([]gen.Delivery, len(list))
	for i, d := range list {
		out[i] = deliveryView(d)
	}
	return gen.ListDeliveries200JSONResponse{Items: out, Counts: counts(total), Next: next}, nil
}

// ListDocumentEvents gives a page of the document's history.
func (r documentRoom) ListDocumentEvents(ctx context.Context, q gen.ListDocumentEventsRequestObject) (gen.ListDocumentEventsResponseObject, error) {
	after, most, err := eventPage(q.Params.Cursor, q.Params.Limit)
	if err != nil {
		return nil, err
	}
	list, err := r.documents.Events(ctx, personOf(ctx), org.ID(q.Id), after, most+1)
	if err != nil {
		return nil, err
	}
	return gen.ListDocumentEvents200JSONResponse(events(list, most)), nil
}

func eventPage(cursor *string, limit *int) (after org.ID, most int, err error) {
	if text := present(cursor); text != "" {
		if after, err = org.ParseID(text); err != nil {
			return after, 0, errCursor
		}
	}
	return after, limitOf(limit), nil
}

func events(list []outgoing.Event, most int) gen.EventPage {
	var next *string
	if len(list) > most {
		list = list[:most]
		next = absent(list[most-1].ID.String())
	}
	out := make([]gen.Event, len(list))
	for i, e := range list {
		data := e.Data
		if data == nil {
			data = map[string]string{}
		}
		out[i] = gen.Event{Id: uuid.UUID(e.ID), At: e.At, Verb: e.Verb, ActorName: e.ActorName, ActorTitle: e.ActorTitle, OnBehalfOf: absent(e.ForName), Data: data}
	}
	return gen.EventPage{Items: out, Next: next}
}

const (
	usualLimit = 50
	mostLimit  = 200
)

var errCursor = fault.InvalidField("cursor", "invalid_cursor", "Vị trí trang không hợp lệ.", "The cursor is not valid.")

func limitOf(p *int) int {
	if p == nil {
		return usualLimit
	}
	return min(max(*p, 1), mostLimit)
}

// ordinal reads a cursor that is a place in a numbered list.
func ordinal(cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(cursor)
	if err != nil || n < 0 || n > 1<<30 {
		return 0, errCursor
	}
	return n, nil
}

// opaque keeps clients from making cursors of their own.
func opaque(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func unopaque(cursor string) (string, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", errCursor
	}
	return string(text), nil
}

func deliveryView(d exchange.Delivery) gen.Delivery {
	return gen.Delivery{Id: uuid.UUID(d.ID), Type: gen.RecipientType(d.RecipientType), Role: gen.RecipientRole(d.Role), Channel: gen.Channel(d.Channel),
		AgencyId: optionalID(d.TargetAgencyID), Name: d.Name, State: gen.DeliveryState(d.State), StateAt: d.StateAt, ByName: d.ByName,
		Reason: d.Reason, ReasonCode: absent(d.ReasonCode), ArrivalNumber: absent(d.ArrivalNumber), Attempts: d.Attempts, NextAttemptAt: optionalTime(d.NextAttemptAt)}
}

// ConfirmDelivery notes what the clerk knows from a recipient.
func (r documentRoom) ConfirmDelivery(ctx context.Context, q gen.ConfirmDeliveryRequestObject) (gen.ConfirmDeliveryResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	said := exchange.Receipt{State: exchange.State(q.Body.State), ArrivalNumber: present(q.Body.ArrivalNumber), Reason: document.CleanLine(present(q.Body.Reason))}
	d, err := r.deliveries.Confirm(ctx, personOf(ctx), c, org.ID(q.Id), org.ID(q.DeliveryId), said)
	if err != nil {
		return nil, err
	}
	return gen.ConfirmDelivery200JSONResponse(deliveryView(d)), nil
}

// RequeueDelivery puts a delivery that failed back to be sent.
func (r documentRoom) RequeueDelivery(ctx context.Context, q gen.RequeueDeliveryRequestObject) (gen.RequeueDeliveryResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	d, err := r.deliveries.Requeue(ctx, personOf(ctx), c, org.ID(q.Id), org.ID(q.DeliveryId))
	if err != nil {
		return nil, err
	}
	return gen.RequeueDelivery200JSONResponse(deliveryView(d)), nil
}
