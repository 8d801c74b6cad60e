package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"congvan/server/app/intake"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/protocol/vxp"
)

// axisDoor is where systems come in that speak the protocol of the national
// axis. It is no part of the contract: its paths, signatures and answers are
// the axis's own, and a client written for the axis finds here what it knows.
type axisDoor struct {
	mail *intake.Service
	wire *vxp.Server
	log  *slog.Logger

	mu    sync.Mutex
	rates map[org.ID]*rate.Limiter
}

// besideAxis answers the calls of the axis, and leaves everything else to next.
// It stands before the router, which would redirect the double slash of a path,
// and before the gate, which asks for people.
func (g *gate) besideAxis(next http.Handler) http.Handler {
	if g.opts.AxisBase == "" {
		return next
	}
	d := &axisDoor{mail: g.opts.Mail, log: g.opts.Log, rates: map[org.ID]*rate.Limiter{}}
	d.wire = vxp.NewServer(vxp.ServerOptions{Base: g.opts.AxisBase, Now: g.opts.Mail.Now, Systems: d.system, Remember: d.remember,
		Limits: vxp.Limits{Package: g.opts.MaxUpload}})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ours := d.wire.Call(r.URL.Path); ours {
			d.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// system gives what the wire needs to know of who signs.
func (d *axisDoor) system(ctx context.Context, id string) (vxp.System, error) {
	p, secrets, err := d.mail.Axis(ctx, id)
	if err != nil {
		return vxp.System{}, err
	}
	return vxp.System{ID: p.System, Secrets: secrets, Window: windowOf(p)}, nil
}

func windowOf(p intake.Peer) vxp.Window {
	if p.Reused {
		return vxp.Window{Reused: true}
	}
	return vxp.Window{}
}

func (d *axisDoor) remember(ctx context.Context, signature vxp.Signature, use string, until time.Time) (string, error) {
	return d.mail.RememberSignature(ctx, signature[:], use, until)
}

// ServeHTTP answers one call.
func (d *axisDoor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	call, _ := d.wire.Call(r.URL.Path)
	answer := &counted{ResponseWriter: w}
	defer func() { //nolint:contextcheck // the request has its own
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // it is compared as net/http does
				panic(p)
			}
			d.log.ErrorContext(r.Context(), "a call of the axis panicked", slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			d.wire.Refuse(answer, r, exchange.ErrDisturbed)
		}
	}()
	request, err := d.wire.Read(answer, r)
	if err == nil {
		err = d.do(answer, r, request)
	}
	level, code := slog.LevelDebug, ""
	if err != nil {
		level, code = slog.LevelInfo, exchange.CodeOf(err)
		if fault.KindOf(err) == fault.Internal {
			level = slog.LevelError
		}
		if answer.begun {
			// The answer is cut: nobody takes a part for the whole.
			d.log.LogAttrs(r.Context(), level, "an answer of the axis broke off", slog.String("call", string(call)), slog.Any("error", err))
			panic(http.ErrAbortHandler)
		}
		d.wire.Refuse(answer, r, err)
	}
	attrs := []slog.Attr{slog.String("call", string(call)), slog.String("code", code), slog.Duration("took", time.Since(begun))}
	if level == slog.LevelError {
		attrs = append(attrs, slog.Any("error", err))
	}
	d.log.LogAttrs(r.Context(), level, "a call of the axis", attrs...)
}

// counted knows whether an answer was begun.
type counted struct {
	http.ResponseWriter
	begun bool
}

// Write begins the answer.
func (c *counted) Write(b []byte) (int, error) {
	c.begun = true
	return c.ResponseWriter.Write(b)
}

// WriteHeader begins the answer.
func (c *counted) WriteHeader(status int) {
	c.begun = true
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap lets deadlines be set on the line.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// do carries out what a verified request asks.
func (d *axisDoor) do(w http.ResponseWriter, r *http.Request, request vxp.Request) error {
	ctx := r.Context()
	p, _, err := d.mail.Axis(ctx, vxp.SystemOf(request))
	if err != nil {
		return err
	}
	if !d.limiter(p).Allow() {
		return exchange.ErrOverloaded
	}
	if err := d.mail.HeardFrom(ctx, p); err != nil {
		return err
	}
	switch q := request.(type) {
	case vxp.ListAgencies:
		return d.listAgencies(ctx, w, q)
	case vxp.Synchronise:
		return d.synchronise(ctx, w, q)
	case vxp.Register:
		return answered(d.register(ctx, p, q.Agency), func() error { return q.Answer(w) })
	case vxp.Delete:
		return answered(d.mail.DeleteAgency(ctx, p, q.Code), func() error { return q.Answer(w) })
	case *vxp.Send:
		return d.send(ctx, w, p, q)
	case vxp.ListReceived:
		return d.listReceived(ctx, w, p, q)
	case vxp.Get:
		return d.open(ctx, p, q.ID, func(got vxp.Package) error { return q.Answer(w, got) })
	case vxp.Download:
		return d.open(ctx, p, q.ID, func(got vxp.Package) error { return q.Answer(w, got) })
	case vxp.UpdateStatus:
		return answered(d.mail.Fetched(ctx, p, q.ID, string(q.Status)), func() error { return q.Answer(w) })
	case vxp.ListSent:
		return d.listSent(ctx, w, p, q)
	case vxp.AskDirectory:
		signed, err := d.mail.SignedDirectory(ctx, p)
		return answered(err, func() error { return q.Answer(w, signed) })
	case vxp.Count:
		n, err := d.mail.CountWaiting(ctx, p, carriedBy(q.Message))
		return answered(err, func() error { return q.Answer(w, n) })
	}
	return vxp.ErrUnknownCall
}

func answered(err error, answer func() error) error {
	if err != nil {
		return err
	}
	return answer()
}

// limiter gives the pace that a system is held to, by this process.
func (d *axisDoor) limiter(p intake.Peer) *rate.Limiter {
	d.mu.Lock()
	defer d.mu.Unlock()
	pace := rate.Limit(float64(p.PerMinute) / time.Minute.Seconds())
	known := d.rates[p.ID]
	if known == nil || known.Limit() != pace {
		known = rate.NewLimiter(pace, p.PerMinute)
		d.rates[p.ID] = known
	}
	return known
}

func carriedBy(m vxp.Message) exchange.Content {
	if m == vxp.Status {
		return exchange.StatusContent
	}
	return exchange.DocumentContent
}

func (d *axisDoor) send(ctx context.Context, w http.ResponseWriter, p intake.Peer, q *vxp.Send) error {
	m := intake.AxisMessage{Peer: p, Content: carriedBy(q.Message), From: q.From, To: q.To, Size: q.Length}
	if p.Kind == exchange.PeerInstallation {
		m.ID, m.ExpiresAt = q.ID, q.Expires
	}
	if err := d.mail.AdmitMessage(ctx, m); err != nil {
		return err
	}
	taken, err := d.mail.TakeMessage(ctx, m, q.Package)
	if err != nil {
		return err
	}
	return q.Answer(w, taken.ID, taken.Receipt)
}

func (d *axisDoor) open(ctx context.Context, p intake.Peer, id org.ID, answer func(vxp.Package) error) error {
	size, content, err := d.mail.OpenMessage(ctx, p, id)
	if err != nil {
		return err
	}
	return errors.Join(answer(vxp.Package{Size: size, Body: content}), closed(content))
}

func closed(c io.Closer) error { return c.Close() }

func (d *axisDoor) listReceived(ctx context.Context, w http.ResponseWriter, p intake.Peer, q vxp.ListReceived) error {
	list, err := d.mail.Waiting(ctx, p, carriedBy(q.Message), q.PageSize, q.PageIndex)
	if err != nil {
		return err
	}
	rows := make([]vxp.Received, len(list))
	for i, m := range list {
		state := vxp.Transport(m.State)
		rows[i] = vxp.Received{DocID: m.ID.String(), ServiceType: vxp.Service, MessageType: q.Message, CreatedTime: vxp.FormatTime(m.CreatedAt),
			UpdatedTime: vxp.FormatTime(m.StateAt), From: m.From, To: vxp.Recipients{m.To}, Status: state, StatusDesc: state.Label().VI}
	}
	return q.Answer(w, rows)
}

func (d *axisDoor) listSent(ctx context.Context, w http.ResponseWriter, p intake.Peer, q vxp.ListSent) error {
	list, err := d.mail.Sent(ctx, p, q.ID)
	if err != nil {
		return err
	}
	rows := make([]vxp.Sent, len(list))
	for i, m := range list {
		state := vxp.Transport(m.State)
		if m.ArrivalState != "" {
			state = vxp.TransportOf(deliveryState(m.ArrivalState))
		}
		rows[i] = vxp.Sent{ServiceType: vxp.Service, MessageType: q.Message, SenderDocID: m.ID.String(), ReceiverDocID: m.ID.String(), FromCode: m.From, ToCode: m.To,
			Notation: m.Reference, Title: m.Subject, SentTime: vxp.FormatTime(m.CreatedAt), SendStatus: vxp.Done, SendStatusDesc: vxp.Done.Label().VI,
			ReceiveStatus: state, ReceiveStatusDesc: state.Label().VI}
		if !m.ArrivedAt.IsZero() {
			rows[i].ReceivedTime = vxp.FormatTime(m.ArrivedAt)
		}
	}
	return q.Answer(w, rows)
}

// deliveryState is how a sender sees an arrival.
func deliveryState(arrival string) exchange.State {
	switch arrival {
	case "registered":
		return exchange.Registered
	case "refused":
		return exchange.Refused
	}
	return exchange.Arrived
}

func (d *axisDoor) listAgencies(ctx context.Context, w http.ResponseWriter, q vxp.ListAgencies) error {
	list, err := d.mail.Directory(ctx)
	if err != nil {
		return err
	}
	today := org.DayOf(d.mail.Now())
	rows := make([]vxp.Agency, 0, len(list))
	for _, a := range list {
		if !a.Validity.Contains(today) {
			continue
		}
		row := vxp.Agency{ID: a.ID.String(), Code: string(a.Code), Name: a.Name, Mail: a.Email}
		if q.Form == org.NewForm {
			row.Code102 = string(a.OldCode)
		} else {
			row.ParentID = idText(a.ParentID)
			if a.OldCode != "" { // by old codes, for systems that know no others
				row.Code, row.OldCode = string(a.OldCode), string(a.Code)
			}
		}
		rows = append(rows, row)
	}
	return q.Answer(w, rows)
}

func idText(id org.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

func (d *axisDoor) synchronise(ctx context.Context, w http.ResponseWriter, q vxp.Synchronise) error {
	list, err := d.mail.Directory(ctx)
	if err != nil {
		return err
	}
	today := org.DayOf(d.mail.Now())
	rows := make([]vxp.Unit, len(list))
	for i, a := range list {
		rows[i] = vxp.Unit{ID: a.ID.String(), ParentID: idText(a.ParentID), Code: string(a.Code), Name: a.Name, Mail: a.Email, Version: 1,
			Deleted: !a.Validity.Contains(today), ModifyDate: a.Validity.From.String(), IsAgency: true}
		if rows[i].Deleted && !a.Validity.Until.IsZero() {
			rows[i].ModifyDate = a.Validity.Until.String()
		}
	}
	return q.Answer(w, rows)
}

func (d *axisDoor) register(ctx context.Context, p intake.Peer, a vxp.Registration) error {
	return d.mail.RegisterAgency(ctx, p, intake.RegisteredAgency{Code: org.AgencyCode(a.Code), Parent: org.AgencyCode(a.ParentCode), Name: a.Name, Email: a.Mail})
}
