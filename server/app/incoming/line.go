package incoming

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// bench is what an act on a line has on its table: the arrival under lock, the
// line, and who acts under which position.
type bench struct {
	tx      *postgres.Tx
	arrival routing.Arrival
	line    routing.Line
	by      document.By
	now     time.Time
}

func (b bench) today() org.Day { return org.DayOf(b.now) }

// onLine does one act on a line in one transaction: lock, once, permit, rule,
// save, record, tell. The arrival's lock makes acts on its lines follow one
// another: of two people who close at once the second is told.
func (s *Service) onLine(ctx context.Context, who access.Person, c access.Command, line org.ID, act access.LineAct,
	rule func(b bench) (routing.Tree, document.Event, error)) error {
	if err := who.Allowed(access.ScopeRegister); err != nil {
		return err
	}
	now := s.clock()
	return s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		id, err := tx.ArrivalOfLine(ctx, who.Agencies(), line)
		if err != nil {
			return err
		}
		a, err := tx.LockArrival(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		pos, err := who.OnLine(act, access.ArrivalFactsOf(a), line, c.Position)
		if err != nil {
			return err
		}
		if a.State == routing.Awaiting || a.State == routing.Refused {
			return errNotRegistered
		}
		if err := tx.ActFor(ctx, a.AgencyID); err != nil {
			return err
		}
		l, _ := a.Lines.Line(line)
		b := bench{tx: tx, arrival: a, line: l, by: document.By{Position: pos, Name: who.FullName}, now: now}
		after, event, err := rule(b)
		if err != nil {
			return err
		}
		if err := tx.SaveLines(ctx, a.AgencyID, pos.ID, now, postgres.Grown{ArrivalID: a.ID, Before: a.Lines, After: after}); err != nil {
			return err
		}
		if err := b.enterInUnit(ctx, after); err != nil {
			return err
		}
		if err := tx.Record(ctx, a.AgencyID, subject, a.ID, event, b.by, now); err != nil {
			return err
		}
		return tellStage(ctx, tx, a, after, b.by.Name, now)
	})
}

var errNotRegistered = fault.New(fault.Conflict, "not_registered",
	"Văn bản chưa được vào sổ.", "The document is not registered yet.")

// stages are what the sender is told of (codes 04, 05, 06 of QCVN 102:2016).
var stages = map[routing.Stage]exchange.State{routing.IsAssigned: exchange.Assigned, routing.IsInWork: exchange.InWork, routing.IsDone: exchange.Done}

// tellStage tells the sender when the office has come further.
func tellStage(ctx context.Context, tx *postgres.Tx, a routing.Arrival, after routing.Tree, by string, now time.Time) error {
	if r, ok := further(a, after, by, now); ok {
		return tellSender(ctx, tx, a, r)
	}
	return nil
}

// further is what the sender is to be told, if the office has come further.
func further(a routing.Arrival, after routing.Tree, by string, now time.Time) (exchange.Receipt, bool) {
	stage := after.Stage()
	return exchange.Receipt{State: stages[stage], At: now, ByName: by}, stage > a.Lines.Stage()
}

// took is the tree with the line taken in first, when its unit's clerk does
// something with it before saying so.
func (b bench) took() (routing.Tree, error) {
	if b.line.State == routing.LineAwaiting && !b.line.AgencyLine() {
		return b.arrival.Lines.TakeIn(b.line.ID)
	}
	return b.arrival.Lines, nil
}

// about is the data every event about a line carries.
func (b bench) about(more map[string]string) map[string]string {
	data := map[string]string{"line": b.line.ID.String()}
	for k, v := range more {
		if v != "" {
			data[k] = v
		}
	}
	return data
}

// note adds something said about the line.
func (b bench) note(ctx context.Context, kind, words string) error {
	return b.tx.AddLineNote(ctx, b.noteOf(kind, words))
}

func (b bench) noteOf(kind, words string) postgres.LineNote {
	return postgres.LineNote{AgencyID: b.arrival.AgencyID, ID: postgres.NewID(), ArrivalID: b.arrival.ID, LineID: b.line.ID, Kind: kind, Words: words,
		PositionID: b.by.Position.ID, Name: b.by.Name, Title: b.by.Position.SignatureTitle(), At: b.now}
}

// upload gives the file of one of the person's own uploads.
func (b bench) upload(ctx context.Context, id org.ID) (postgres.StoredFile, error) {
	if id.IsZero() {
		return postgres.StoredFile{}, nil
	}
	u, err := b.tx.Upload(ctx, b.by.Position.AccountID, id)
	if err != nil {
		return postgres.StoredFile{}, err
	}
	if u.Hash.IsZero() || !u.ExpiresAt.After(b.now) {
		return postgres.StoredFile{}, fault.InvalidField("uploadId", "upload_unfinished", "Tệp chưa tải lên xong.", "The upload is not finished.")
	}
	return postgres.StoredFile{Name: u.Name, Hash: u.Hash, Size: u.Size, MediaType: u.MediaType}, nil
}
