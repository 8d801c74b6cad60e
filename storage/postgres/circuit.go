package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Circuit gives the circuit of a document; found is false when it has none yet.
// Who changes it has locked the document.
func (tx *Tx) Circuit(ctx context.Context, agency, id org.ID) (c document.Circuit, found bool, err error) {
	row, err := tx.q.GetCircuit(ctx, agency, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return document.Circuit{Current: document.NoStep}, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("read circuit: %w", err)
	}
	c = document.Circuit{Round: int(row.Round), Current: int(row.CurrentStep), Told: row.Told}
	for _, r := range row.Returns {
		c.Returns = append(c.Returns, int(r))
	}
	steps, err := tx.q.ListCircuitSteps(ctx, agency, id)
	if err != nil {
		return c, false, fmt.Errorf("list steps: %w", err)
	}
	for _, s := range steps {
		c.Steps = append(c.Steps, document.CircuitStep{Kind: document.StepKind(s.Kind), People: s.People, Quorum: int(s.Quorum), Days: int(s.Days),
			DueOn: value(s.DueOn), Answered: s.Answered, Opened: s.Opened})
	}
	return c, true, nil
}

// SaveCircuit stores the circuit of a document as a whole.
func (tx *Tx) SaveCircuit(ctx context.Context, agency, id org.ID, c document.Circuit) error {
	returns := make([]int32, len(c.Returns))
	for i, r := range c.Returns {
		returns[i] = int32(r)
	}
	if err := tx.q.UpsertCircuit(ctx, dbsqlc.UpsertCircuitParams{AgencyID: agency, DocumentID: id, Round: int32(c.Round),
		CurrentStep: int32(c.Current), Returns: returns, Told: notNull(c.Told)}); err != nil {
		return fmt.Errorf("save circuit: %w", err)
	}
	if err := tx.q.DeleteCircuitSteps(ctx, agency, id); err != nil {
		return fmt.Errorf("remove steps: %w", err)
	}
	for i, s := range c.Steps {
		if err := tx.q.InsertCircuitStep(ctx, dbsqlc.InsertCircuitStepParams{AgencyID: agency, DocumentID: id, Ordinal: int32(i), Kind: string(s.Kind),
			People: s.People, Quorum: int32(s.Quorum), Days: int32(s.Days), DueOn: optional(s.DueOn), Answered: notNull(s.Answered), Opened: notNull(s.Opened)}); err != nil {
			return fmt.Errorf("add step: %w", err)
		}
	}
	return nil
}

// notNull gives an empty list for none: the tables know no null list.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// SaveStanding stores whom the document waits for and who is to see it, without
// making it another version: reading changes no document.
func (tx *Tx) SaveStanding(ctx context.Context, d document.Document) error {
	if err := tx.q.SetStanding(ctx, dbsqlc.SetStandingParams{AgencyID: d.AgencyID, ID: d.ID, Awaited: notNull(d.Awaited), Told: notNull(d.Told)}); err != nil {
		return fmt.Errorf("save standing: %w", err)
	}
	return nil
}

// AddAnswer keeps what was said in a circuit.
func (tx *Tx) AddAnswer(ctx context.Context, agency, id org.ID, a document.Answer) error {
	if err := tx.q.InsertCircuitAnswer(ctx, dbsqlc.InsertCircuitAnswerParams{AgencyID: agency, DocumentID: id, ID: NewID(), Round: int32(a.Round),
		Step: int32(a.Step), Kind: string(a.Kind), Verdict: string(a.Verdict), PositionID: a.By.Position.ID, AccountID: a.By.Position.AccountID,
		ActorName: a.By.Name, ActorTitle: a.By.Position.Title, OnBehalfOf: a.By.Position.Acting.Name(), Note: a.Note, Sha256: hashBytes(a.Hash),
		FileVersion: int32(a.FileVersion), At: a.At}); err != nil {
		return fmt.Errorf("add answer: %w", err)
	}
	return nil
}

// CircuitAnswers gives everything said in the circuit of a document, oldest first.
func (tx *Tx) CircuitAnswers(ctx context.Context, agency, id org.ID) ([]document.Answer, error) {
	rows, err := tx.q.ListCircuitAnswers(ctx, agency, id)
	if err != nil {
		return nil, fmt.Errorf("list answers: %w", err)
	}
	list := make([]document.Answer, len(rows))
	for i, r := range rows {
		list[i] = document.Answer{Round: int(r.Round), Step: int(r.Step), Kind: document.StepKind(r.Kind), Verdict: document.Verdict(r.Verdict),
			By:   document.By{Position: org.Position{ID: r.PositionID, AccountID: r.AccountID, AgencyID: agency, Title: r.ActorTitle}, Name: r.ActorName},
			Note: r.Note, Hash: hashOf(r.Sha256), FileVersion: int(r.FileVersion), At: r.At}
		if r.OnBehalfOf != "" {
			list[i].By.Position.Acting = &org.Acting{FullName: r.OnBehalfOf}
		}
	}
	return list, nil
}

// CircuitPerson is a position in a circuit with what its page shows.
type CircuitPerson struct {
	ID       org.ID
	Role     org.Role
	FullName string
	Title    string
	UnitName string
	Present  bool // holds the position today and has not left
}

// CircuitPeople gives the positions of the agency as they are on the day.
func (tx *Tx) CircuitPeople(ctx context.Context, agency org.ID, ids []org.ID, today org.Day) (map[org.ID]CircuitPerson, error) {
	found := make(map[org.ID]CircuitPerson, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := tx.q.CircuitPeople(ctx, dbsqlc.CircuitPeopleParams{AgencyID: agency, Ids: ids, Today: today})
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	for _, r := range rows {
		found[r.ID] = CircuitPerson{ID: r.ID, Role: org.Role(r.Role), FullName: r.FullName, Title: r.Title, UnitName: r.UnitName, Present: r.Present}
	}
	return found, nil
}

// OfficeSeat is a clerk, leader or unit head who is there on a day.
type OfficeSeat struct {
	CircuitPerson
	InUnit bool // in the unit asked about
}

// OfficeSeats gives the clerks, leaders and unit heads of the agency on the day.
func (tx *Tx) OfficeSeats(ctx context.Context, agency, unit org.ID, today org.Day) ([]OfficeSeat, error) {
	rows, err := tx.q.OfficeSeats(ctx, dbsqlc.OfficeSeatsParams{AgencyID: agency, UnitID: optional(unit), Today: today})
	if err != nil {
		return nil, fmt.Errorf("read office: %w", err)
	}
	list := make([]OfficeSeat, len(rows))
	for i, r := range rows {
		list[i] = OfficeSeat{InUnit: r.InUnit, CircuitPerson: CircuitPerson{ID: r.ID, Role: org.Role(r.Role), FullName: r.FullName, Title: r.Title, Present: true}}
	}
	return list, nil
}

// Comment is what somebody said about one version of a document's file.
type Comment struct {
	ID          org.ID
	Hash        document.Hash
	FileVersion int
	By          document.By
	Text        string
	At          time.Time
}

// AddComment keeps a comment.
func (tx *Tx) AddComment(ctx context.Context, agency, id org.ID, c Comment) error {
	if err := tx.q.InsertDocumentComment(ctx, dbsqlc.InsertDocumentCommentParams{AgencyID: agency, DocumentID: id, ID: c.ID, Sha256: c.Hash[:],
		FileVersion: int32(c.FileVersion), PositionID: c.By.Position.ID, AccountID: c.By.Position.AccountID, ActorName: c.By.Name,
		ActorTitle: c.By.Position.Title, Text: c.Text, At: c.At}); err != nil {
		return fmt.Errorf("add comment: %w", err)
	}
	return nil
}

// Comments gives what was said about a document's files, oldest first.
func (tx *Tx) Comments(ctx context.Context, agency, id org.ID) ([]Comment, error) {
	rows, err := tx.q.ListDocumentComments(ctx, agency, id)
	if err != nil {
		return nil, fmt.Errorf("list comments: %w", err)
	}
	list := make([]Comment, len(rows))
	for i, r := range rows {
		list[i] = Comment{ID: r.ID, Hash: hashOf(r.Sha256), FileVersion: int(r.FileVersion), Text: r.Text, At: r.At,
			By: document.By{Position: org.Position{ID: r.PositionID, AccountID: r.AccountID, AgencyID: agency, Title: r.ActorTitle}, Name: r.ActorName}}
	}
	return list, nil
}
