package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// ArrivalNames are the names that an arrival's page shows for its identifiers.
type ArrivalNames struct {
	Agency, Register string
	Units, People    map[org.ID]string // by line
	Titles           map[org.ID]string // of the people
}

// ArrivalNames gives the names behind the arrival's identifiers.
func (tx *Tx) ArrivalNames(ctx context.Context, a routing.Arrival) (ArrivalNames, error) {
	r, err := tx.q.ArrivalNames(ctx, a.RegisterID, a.AgencyID)
	if err != nil {
		return ArrivalNames{}, fmt.Errorf("read names: %w", err)
	}
	names := ArrivalNames{Agency: r.AgencyName, Register: r.RegisterName, Units: map[org.ID]string{}, People: map[org.ID]string{}, Titles: map[org.ID]string{}}
	lines, err := tx.q.LineNames(ctx, a.AgencyID, a.ID)
	if err != nil {
		return ArrivalNames{}, fmt.Errorf("read names of lines: %w", err)
	}
	for _, l := range lines {
		names.Units[l.ID], names.People[l.ID], names.Titles[l.ID] = l.UnitName, l.PersonName, l.Title
	}
	return names, nil
}

// ArrivalMail is what a mail said of itself when it brought an arrival.
type ArrivalMail struct {
	Mailbox, FromName, FromAddress, Subject, BodyText string
	SentAt                                            time.Time
	Trust                                             exchange.Trust
	Answers                                           org.ID // a document of the same agency
}

// ArrivalMail gives the mail that brought the arrival, or nothing when it came another way.
func (tx *Tx) ArrivalMail(ctx context.Context, a routing.Arrival) (*ArrivalMail, error) {
	if a.MailItemID.IsZero() {
		return nil, nil
	}
	r, err := tx.q.ArrivalMail(ctx, a.AgencyID, a.MailItemID)
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	m := &ArrivalMail{Mailbox: r.Address, FromName: r.FromName, FromAddress: r.FromAddress, Subject: r.Subject, BodyText: r.BodyText, SentAt: value(r.SentAt)}
	if value(r.AboutAgencyID) == a.AgencyID {
		m.Answers = value(r.AboutDocumentID)
	}
	if err := json.Unmarshal(r.Trust, &m.Trust); err != nil {
		return nil, fmt.Errorf("decode trust: %w", err)
	}
	return m, nil
}
