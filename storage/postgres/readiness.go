package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// Routed is a recipient with how it would be reached.
type Routed struct {
	document.Recipient

	Short string // name of its agency
	exchange.Route
}

// One statement for all recipients, a thousand like one.
const routes = `
select r.id, r.type, r.role, r.target_agency_id, r.target_unit_id, r.target_position_id, r.name, coalesce(a.short_name, ''), coalesce(a.channel, ''),
       case r.type
            when 'agency' then $3::date >= a.valid_from and (a.valid_until is null or $3 <= a.valid_until)
            when 'unit'   then $3 >= u.valid_from and (u.valid_until is null or $3 <= u.valid_until)
            when 'person' then $3 >= p.valid_from and (p.valid_until is null or $3 <= p.valid_until)
            else true end,
       coalesce(s.name, ''), coalesce(a.code, ''), coalesce(a.email, ''),
       case a.channel
            when 'axis' then exists (select from peer x where x.kind = 'axis' and x.enabled)
            when 'peer' then exists (select from peer_agency m join peer x on x.id = m.peer_id where m.agency_id = a.id and x.enabled)
            else true end,
       exists (select from agency f where f.id = $1 and f.email <> '')
  from recipient r
  left join agency a on a.id = r.target_agency_id
  left join agency s on s.id = a.successor_id
  left join unit u on u.agency_id = r.agency_id and u.id = r.target_unit_id
  left join position p on p.agency_id = r.agency_id and p.id = r.target_position_id
 where r.agency_id = $1 and r.document_id = $2
 order by r.ordinal`

// Routes gives how every recipient of a document would be reached on a day.
func (tx *Tx) Routes(ctx context.Context, agency, id org.ID, today org.Day) ([]Routed, error) {
	rows, err := tx.tx.Query(ctx, routes, agency, id, today)
	if err != nil {
		return nil, fmt.Errorf("list routes: %w", err)
	}
	defer rows.Close()
	list := []Routed{}
	for rows.Next() {
		var r Routed
		var to, unit, position *org.ID
		var kind, role, channel string
		if err := rows.Scan(&r.ID, &kind, &role, &to, &unit, &position, &r.Name, &r.Short, &channel, &r.Valid, &r.Successor, &r.Code, &r.Email,
			&r.Connection, &r.Outbox); err != nil {
			return nil, fmt.Errorf("list routes: %w", err)
		}
		r.Type, r.Role = document.RecipientType(kind), document.RecipientRole(role)
		r.AgencyID, r.UnitID, r.PositionID = value(to), value(unit), value(position)
		switch r.Type {
		case document.ToAgency:
			r.Channel = exchange.ChannelTo(org.Channel(channel))
		case document.ToName:
			r.Channel = exchange.Paper
		default:
			r.Channel = exchange.Inside
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list routes: %w", err)
	}
	return list, nil
}

// SealUntil gives the day on which the last of the agency's certificates ends;
// the zero day when it has none.
func (tx *Tx) SealUntil(ctx context.Context, agency org.ID) (org.Day, error) {
	var until *time.Time
	err := tx.tx.QueryRow(ctx, `select max(valid_until) from seal where agency_id = $1 and removed_at is null`, agency).Scan(&until)
	if err != nil {
		return org.Day{}, fmt.Errorf("read seals: %w", err)
	}
	if until == nil {
		return org.Day{}, nil
	}
	return org.DayOf(*until), nil
}
