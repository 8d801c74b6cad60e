package intake

import (
	"context"
	"slices"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// mayComeFrom refuses a sender that the system does not speak for. The axis
// speaks for everybody.
func mayComeFrom(ctx context.Context, tx *postgres.Tx, p postgres.Peer, code org.AgencyCode) error {
	if p.Kind == exchange.PeerAxis {
		return nil
	}
	list, err := tx.AgenciesByCode(ctx, []org.AgencyCode{code})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return exchange.ErrSenderUnknown
	}
	for _, a := range list {
		if a.PeerID == p.ID {
			return nil
		}
	}
	return exchange.ErrNotOnBehalf
}

// place is where a message to an agency goes.
type place struct {
	agency org.ID
	code   org.AgencyCode // as it was addressed
	peer   org.ID         // who is to fetch it; none: it arrives here
	note   string         // for the clerk: that it was addressed to a predecessor
}

// places finds where each recipient is. What is sent to an agency that ended
// reaches its successor, and the old name is shown; or is refused naming it.
func (s *Service) places(ctx context.Context, tx *postgres.Tx, to []org.AgencyCode) ([]place, error) {
	known, err := tx.AgenciesByCode(ctx, to)
	if err != nil {
		return nil, err
	}
	today := org.DayOf(s.clock())
	var list []place
	for _, code := range to {
		i := slices.IndexFunc(known, func(a postgres.AxisAgency) bool { return a.Names(code) })
		if i < 0 {
			return nil, exchange.ErrRecipientUnknown
		}
		p, err := s.placeOf(ctx, tx, known[i], code, today)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(list, func(other place) bool { return other.agency == p.agency }) {
			list = append(list, p)
		}
	}
	return list, nil
}

func (s *Service) placeOf(ctx context.Context, tx *postgres.Tx, a postgres.AxisAgency, code org.AgencyCode, today org.Day) (place, error) {
	if !a.Validity.Contains(today) {
		closed := exchange.ErrRecipientClosed
		if a.SuccessorID.IsZero() {
			return place{}, closed
		}
		if s.opts.RefuseRetired || a.SuccessorChannel != org.Local {
			return place{}, fault.New(closed.Kind, closed.Code, closed.Text.VI+" Cơ quan kế thừa: "+a.SuccessorName+" ("+string(a.SuccessorCode)+").",
				closed.Text.EN+" Its successor is "+a.SuccessorName+" ("+string(a.SuccessorCode)+").")
		}
		return place{agency: a.SuccessorID, code: code, note: "Gửi đến " + a.Name + " (" + string(code) + "), cơ quan đã kết thúc hoạt động."}, nil
	}
	switch {
	case a.Channel == org.Local:
		return place{agency: a.ID, code: code}, nil
	case !a.PeerID.IsZero():
		p, err := tx.Peer(ctx, a.PeerID)
		if err == nil && p.Kind == exchange.PeerSystem && p.Enabled {
			return place{agency: a.ID, code: code, peer: p.ID}, nil
		}
		if err != nil {
			return place{}, err
		}
	}
	return place{}, exchange.ErrRecipientUnknown // we carry nothing on to other servers
}
