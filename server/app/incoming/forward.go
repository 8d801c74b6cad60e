package incoming

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
)

const maxWords = 2000

// Forwarding is how a line is given out: to whom, with which words; typed by a
// clerk, the scan of what the leader wrote.
type Forwarding struct {
	Words  string
	Shares []routing.Share
	ScanID org.ID // an upload
	Inform bool   // for information only: nobody leads, it closes at once
}

// Forward gives a line out below itself: to a leader for a direction, to the
// office for a proposal, to a lead with those who coordinate and are informed,
// or, for information only, to those who are to know. Who has not taken the
// line in yet takes it in with the same act.
func (s *Service) Forward(ctx context.Context, who access.Person, c access.Command, line org.ID, in Forwarding) error {
	act := access.ForwardLine
	if in.Inform {
		act = access.InformLine
	}
	return s.onLine(ctx, who, c, line, act, func(b bench) (routing.Tree, document.Event, error) {
		words, err := wordsOf("words", in.Words, false)
		if err != nil {
			return nil, document.Event{}, err
		}
		shares := withIDs(in.Shares)
		if err := holdersThere(ctx, b.tx, b.arrival.AgencyID, shares, b.today()); err != nil {
			return nil, document.Event{}, err
		}
		if err := dueOnWorkingDays(ctx, b.tx, b.arrival.AgencyID, shares, b.today()); err != nil {
			return nil, document.Event{}, err
		}
		d, err := b.direction(ctx, words, in.ScanID)
		if err != nil {
			return nil, document.Event{}, err
		}
		tree, err := b.took()
		if err != nil {
			return nil, document.Event{}, err
		}
		giving := routing.Giving{Shares: shares, DirectionID: d.ID, Now: b.now, Today: b.today()}
		verb, give := verbOf(b.line, shares), tree.Forward
		if in.Inform {
			verb, give = "informed", tree.Inform
		}
		after, err := give(line, giving)
		if err != nil {
			return nil, document.Event{}, err
		}
		return after, document.Event{Verb: verb, Data: b.about(map[string]string{"words": words, "forName": forName(d)})}, b.tx.AddDirection(ctx, d)
	})
}

// verbOf is the word of the history for a giving.
func verbOf(l routing.Line, shares []routing.Share) string {
	for _, s := range shares {
		switch {
		case s.Asks == routing.ForProposal:
			return "proposal_asked"
		case s.Asks == routing.ForDirection && l.Asks == routing.ForDirection:
			return "referred" // kính chuyển
		case s.Asks == routing.ForDirection:
			return "direction_asked"
		}
	}
	switch {
	case l.Asks == routing.ForDirection:
		return "directed"
	case l.AgencyLine():
		return "forwarded"
	}
	return "split"
}

func forName(d postgres.Direction) string {
	if d.TypedName == "" {
		return ""
	}
	return d.Name
}

// direction is the word of who has the line. Typed by a clerk for a leader, it
// is the leader's and names the clerk too.
func (b bench) direction(ctx context.Context, words string, scan org.ID) (postgres.Direction, error) {
	file, err := b.upload(ctx, scan)
	if err != nil {
		return postgres.Direction{}, err
	}
	d := postgres.Direction{AgencyID: b.arrival.AgencyID, ID: postgres.NewID(), ArrivalID: b.arrival.ID, LineID: b.line.ID, Words: words,
		PositionID: b.by.Position.ID, Name: b.by.Name, Title: b.by.Position.SignatureTitle(), Scan: file, At: b.now}
	if b.line.PositionID.IsZero() || b.line.PositionID == b.by.Position.ID {
		return d, nil
	}
	pos, name, err := b.tx.PositionNamed(ctx, b.arrival.AgencyID, b.line.PositionID)
	if err != nil {
		return d, err
	}
	d.TypedPositionID, d.TypedName = b.by.Position.ID, b.by.Name
	d.PositionID, d.Name, d.Title = pos.ID, name, pos.Title
	return d, nil
}

func withIDs(shares []routing.Share) []routing.Share {
	out := make([]routing.Share, len(shares))
	for i, s := range shares {
		s.ID = postgres.NewID()
		if s.Asks == "" {
			s.Asks = routing.ForWork
		}
		out[i] = s
	}
	return out
}

// holdersThere refuses units that nobody takes in for, people who have left,
// and those of other agencies.
func holdersThere(ctx context.Context, tx *postgres.Tx, agency org.ID, shares []routing.Share, day org.Day) error {
	holders := make([]routing.Holder, len(shares))
	for i, s := range shares {
		holders[i] = s.Holder
	}
	there, err := tx.HoldersThere(ctx, agency, holders, day)
	if err != nil {
		return err
	}
	for _, h := range holders {
		if !there[h] {
			return errNobodyThere
		}
	}
	return nil
}

// dueOnWorkingDays refuses a due date in the past or on a day of rest, by the
// calendar that the agency goes by, and names the next working day (H4).
func dueOnWorkingDays(ctx context.Context, tx *postgres.Tx, agency org.ID, shares []routing.Share, today org.Day) error {
	if !slices.ContainsFunc(shares, func(s routing.Share) bool { return s.Role != routing.Inform && !s.DueDate.IsZero() }) {
		return nil
	}
	calendar, err := tx.Calendar(ctx, agency)
	if err != nil {
		return err
	}
	for _, s := range shares {
		if s.Role == routing.Inform || s.DueDate.IsZero() {
			continue
		}
		if err := calendar.CheckDue("dueDate", s.DueDate, today); err != nil {
			return err
		}
	}
	return nil
}

var errNobodyThere = fault.InvalidField("shares", "nobody_there",
	"Có nơi nhận không còn hoạt động hoặc đơn vị chưa có người tiếp nhận văn bản.",
	"Somebody named has left, or a unit has nobody who takes documents in.")

// wordsOf reads what a person wrote.
func wordsOf(name, words string, needed bool) (string, error) {
	words = strings.TrimSpace(words)
	switch {
	case needed && words == "":
		return "", fault.InvalidField(name, "required", "Hãy ghi nội dung.", "Say it in words.")
	case utf8.RuneCountInString(words) > maxWords:
		return "", fault.InvalidField(name, "too_long", "Nội dung dài quá 2000 ký tự.", "The text is longer than 2,000 characters.")
	}
	return words, nil
}

// ForwardMost is how many arrivals are forwarded in one act.
const ForwardMost = 500

// Forwarded tells what became of one arrival of many.
type Forwarded struct {
	ArrivalID org.ID
	Refused   error // nil when it was forwarded
}

// eachOnce gives the documents in their order; one that is named twice is
// forwarded once.
func eachOnce(ids []org.ID) []org.ID {
	seen := make(map[org.ID]bool, len(ids))
	once := make([]org.ID, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			once = append(once, id)
		}
	}
	return once
}

// ForwardMany gives the agency's own lines of many arrivals to the same
// holders with the same words. What cannot be forwarded is told one by one and
// does not stop the rest; what can is written in one statement each for
// directions, lines and events.
func (s *Service) ForwardMany(ctx context.Context, who access.Person, c access.Command, ids []org.ID, in Forwarding) ([]Forwarded, error) {
	if err := who.Allowed(access.ScopeRegister); err != nil {
		return nil, err
	}
	if len(ids) == 0 || len(ids) > ForwardMost {
		return nil, fault.InvalidField("ids", "too_many", "Mỗi lần chuyển từ 1 đến 500 văn bản.", "Forward 1 to 500 documents at a time.")
	}
	ids = eachOnce(ids)
	words, err := wordsOf("words", in.Words, false)
	if err != nil {
		return nil, err
	}
	var told []Forwarded
	now := s.clock()
	err = s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		told = nil
		many, err := tx.LockArrivals(ctx, who.Agencies(), ids)
		if err != nil {
			return err
		}
		if first, _, err := tx.Once(ctx, c, ids[0], now); err != nil || !first {
			told = forwardedBefore(ids, many)
			return err
		}
		m := forwardMany{tx: tx, who: who, chosen: c.Position, words: words, in: in, now: now}
		for _, id := range ids {
			err := m.one(ctx, id, many)
			if err != nil && fault.KindOf(err) == fault.Internal {
				return err
			}
			told = append(told, Forwarded{ArrivalID: id, Refused: err})
		}
		if len(m.grown) == 0 {
			return told[0].Refused // nothing was done: that is a refusal
		}
		return m.save(ctx)
	})
	return told, err
}

// forwardedBefore answers a request that was carried out already.
func forwardedBefore(ids []org.ID, many map[org.ID]routing.Arrival) []Forwarded {
	told := make([]Forwarded, len(ids))
	for i, id := range ids {
		told[i].ArrivalID = id
		if a, ok := many[id]; !ok || a.Lines.Root().State != routing.LineForwarded {
			told[i].Refused = fault.Missing()
		}
	}
	return told
}

type forwardMany struct {
	tx         *postgres.Tx
	who        access.Person
	chosen     org.ID
	words      string
	in         Forwarding
	now        time.Time
	agency     org.ID
	by         document.By
	grown      []postgres.Grown
	directions []postgres.Direction
	jobs       []job.TellSender
	taken      map[org.ID]bool
}

// one decides about one arrival; all must be of one agency, as the holders are.
func (m *forwardMany) one(ctx context.Context, id org.ID, many map[org.ID]routing.Arrival) error {
	a, ok := many[id]
	if !ok || m.taken[id] {
		return fault.Missing()
	}
	root := a.Lines.Root()
	pos, err := m.who.OnLine(access.ForwardLine, access.ArrivalFactsOf(a), root.ID, m.chosen)
	if err != nil {
		return err
	}
	if a.State != routing.Registered {
		return errNotRegistered
	}
	if m.agency.IsZero() {
		if err := holdersThere(ctx, m.tx, a.AgencyID, m.in.Shares, org.DayOf(m.now)); err != nil {
			return err
		}
		if err := dueOnWorkingDays(ctx, m.tx, a.AgencyID, m.in.Shares, org.DayOf(m.now)); err != nil {
			return err
		}
		m.agency, m.by, m.taken = a.AgencyID, document.By{Position: pos, Name: m.who.FullName}, map[org.ID]bool{}
		if err := m.tx.ActFor(ctx, m.agency); err != nil {
			return err
		}
	}
	if a.AgencyID != m.agency {
		return fault.Missing()
	}
	d := postgres.Direction{AgencyID: m.agency, ID: postgres.NewID(), ArrivalID: id, LineID: root.ID, Words: m.words,
		PositionID: m.by.Position.ID, Name: m.by.Name, Title: m.by.Position.SignatureTitle(), At: m.now}
	after, err := a.Lines.Forward(root.ID, routing.Giving{Shares: withIDs(m.in.Shares), DirectionID: d.ID, Now: m.now, Today: org.DayOf(m.now)})
	if err != nil {
		return err
	}
	m.taken[id] = true
	m.grown = append(m.grown, postgres.Grown{ArrivalID: id, Before: a.Lines, After: after})
	m.directions = append(m.directions, d)
	r, ok := further(a, after, m.by.Name, m.now)
	if !ok {
		return nil
	}
	if told, local := localTold(a, r); local {
		m.jobs = append(m.jobs, told)
		return nil
	}
	return tellSender(ctx, m.tx, a, r)
}

func (m *forwardMany) save(ctx context.Context) error {
	if err := m.tx.AddDirections(ctx, m.directions); err != nil {
		return err
	}
	if err := m.tx.SaveLines(ctx, m.agency, m.by.Position.ID, m.now, m.grown...); err != nil {
		return err
	}
	ids := make([]org.ID, len(m.grown))
	for i, g := range m.grown {
		ids[i] = g.ArrivalID
	}
	event := document.Event{Verb: verbOf(routing.Line{}, m.in.Shares), Data: map[string]string{"words": m.words}}
	if err := m.tx.EnqueueTellings(ctx, m.jobs); err != nil {
		return err
	}
	return m.tx.RecordMany(ctx, m.agency, subject, ids, event, m.by, m.now)
}
