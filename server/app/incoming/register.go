package incoming

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// Registration is what the clerk saw, corrected and chose.
type Registration struct {
	Seen           document.Hash
	RegisterID     org.ID
	ExpectedNumber int     // refused when another number would be taken; 0 takes any
	Day            org.Day // none is today
	Secrecy        string
	Restricted     bool                  // a complaint or denunciation: seen from the first second only by who holds a line
	Correct        func(*routing.Fields) // changes what the clerk changed
}

// Register enters an arrival under the next number of its register. Only this
// tells the sender that it was registered (03); arriving was told by itself (01).
func (s *Service) Register(ctx context.Context, who access.Person, c access.Command, id org.ID, in Registration) error {
	if err := document.CheckSecrecy(in.Secrecy); err != nil {
		return err
	}
	return s.decide(ctx, who, c, id, access.RegisterArrival,
		func(tx *postgres.Tx, a *routing.Arrival, by document.By, now time.Time) (document.Event, exchange.Receipt, error) {
			today := org.DayOf(now)
			day := in.Day
			if day.IsZero() {
				day = today
			}
			fields := a.Fields
			in.Correct(&fields)
			a.Restricted = a.Restricted || in.Restricted
			if err := a.Receive(fields, in.Seen, day, today); err != nil {
				return document.Event{}, exchange.Receipt{}, err
			}
			taken, err := takeNumber(ctx, tx, *a, in, day, by, now)
			if err != nil {
				return document.Event{}, exchange.Receipt{}, err
			}
			event, err := a.Register(by, taken, now)
			return event, exchange.Receipt{State: exchange.Registered, At: now, ByName: by.Name, ArrivalNumber: taken.Number}, err
		})
}

func takeNumber(ctx context.Context, tx *postgres.Tx, a routing.Arrival, in Registration, day org.Day, by document.By, now time.Time) (routing.Taken, error) {
	chosen, err := chooseRegister(ctx, tx, a, in.RegisterID, day)
	if err != nil {
		return routing.Taken{}, err
	}
	register, err := tx.LockRegister(ctx, a.AgencyID, chosen.ID)
	if err != nil {
		return routing.Taken{}, err
	}
	number, after, err := register.Take(day)
	if err != nil {
		return routing.Taken{}, err
	}
	if in.ExpectedNumber > 0 && in.ExpectedNumber != number.Value {
		return routing.Taken{}, fault.New(fault.Stale, "number_taken",
			"Số đến này vừa được cấp cho văn bản khác; số tiếp theo là "+number.String()+".",
			"That number has just been taken; the next one is "+number.String()+".")
	}
	err = tx.TakeNumber(ctx, postgres.Taking{Register: after, Number: number, Day: day, SubjectType: subject, SubjectID: a.ID,
		By: by.Position.AccountID, At: now})
	return routing.Taken{RegisterID: register.ID, Number: number.Value, Day: day}, err
}

// chooseRegister gives the register asked for or the one the rules choose. An
// arrival whose kind is not known goes where a công văn would.
func chooseRegister(ctx context.Context, tx *postgres.Tx, a routing.Arrival, asked org.ID, day org.Day) (numbering.Register, error) {
	registers, err := tx.Registers(ctx, a.AgencyID, numbering.Incoming, day.Year())
	if err != nil {
		return numbering.Register{}, err
	}
	if asked.IsZero() {
		return numbering.Choose(registers, a.AgencyID, numbering.Incoming, kindOf(a), day)
	}
	for _, r := range numbering.OfAgency(registers) {
		if r.ID == asked {
			return r, nil
		}
	}
	return numbering.Register{}, fault.InvalidField("registerId", "register_not_fitting",
		"Sổ được chọn không phải sổ văn bản đến của năm này.", "The register is not one of this year's incoming registers.")
}

func kindOf(a routing.Arrival) document.Kind {
	if kind, ok := document.KindByCode(a.Kind); ok {
		return kind
	}
	letter, _ := document.KindByCode(document.OfficialLetter)
	return letter
}

// NumberPreview is a register that may take an arrival and its next number.
type NumberPreview struct {
	RegisterID org.ID
	Name       string
	Next       string
	Suggested  bool
}

// PreviewNumber shows the next number of each register. Nothing is taken.
func (s *Service) PreviewNumber(ctx context.Context, who access.Person, id org.ID) ([]NumberPreview, error) {
	list := []NumberPreview{}
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, a routing.Arrival) error {
		if !who.Holds(a.AgencyID, org.Clerk) || a.State != routing.Awaiting {
			return nil
		}
		if err := tx.ActFor(ctx, a.AgencyID); err != nil {
			return err
		}
		day := org.DayOf(s.clock())
		registers, err := tx.Registers(ctx, a.AgencyID, numbering.Incoming, day.Year())
		if err != nil {
			return err
		}
		chosen, chooseErr := numbering.Choose(registers, a.AgencyID, numbering.Incoming, kindOf(a), day)
		for _, r := range numbering.OfAgency(registers) {
			if number, _, err := r.Take(day); err == nil {
				list = append(list, NumberPreview{RegisterID: r.ID, Name: r.Name, Next: number.String(), Suggested: chooseErr == nil && r.ID == chosen.ID})
			}
		}
		return nil
	})
	return list, err
}

// Refuse returns an arrival to its sender with a reason.
func (s *Service) Refuse(ctx context.Context, who access.Person, c access.Command, id org.ID, reason routing.RefusalReason, note string) error {
	return s.decide(ctx, who, c, id, access.RefuseArrival,
		func(_ *postgres.Tx, a *routing.Arrival, by document.By, now time.Time) (document.Event, exchange.Receipt, error) {
			event, err := a.Refuse(by, reason, note, now)
			return event, exchange.Receipt{State: exchange.Refused, At: now, ByName: by.Name, ReasonCode: string(reason), Reason: a.RefusedNote}, err
		})
}

// Restrict lets only who holds a line see the arrival, or ends that.
func (s *Service) Restrict(ctx context.Context, who access.Person, c access.Command, id org.ID, restricted bool, reason string) error {
	return s.decide(ctx, who, c, id, access.RestrictArrival,
		func(_ *postgres.Tx, a *routing.Arrival, _ document.By, _ time.Time) (document.Event, exchange.Receipt, error) {
			event, err := a.Restrict(restricted, reason)
			return event, exchange.Receipt{}, err
		})
}
