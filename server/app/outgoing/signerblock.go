package outgoing

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// SignerBlock is what stands above a signature (NĐ 30/2020, phụ lục I, ô 7a).
type SignerBlock struct {
	Competence document.Competence
	Lines      []string
}

// SignerBlock shows what would stand above the signature of the position, in
// the competence or, with none, in the one its post speaks of.
func (s *Service) SignerBlock(ctx context.Context, who access.Person, agency, position org.ID, c document.Competence) (SignerBlock, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return SignerBlock{}, err
	}
	if err := document.CheckCompetence(c); err != nil {
		return SignerBlock{}, err
	}
	if !who.Holds(agency, org.Clerk, org.Leader, org.UnitHead, org.Officer) {
		return SignerBlock{}, fault.Missing()
	}
	var b SignerBlock
	today := org.DayOf(s.clock())
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d := document.Document{AgencyID: agency, ApproverPositionID: position, Competence: c}
		people, err := tx.CircuitPeople(ctx, agency, []org.ID{position}, today)
		if err != nil {
			return err
		}
		if p, ok := people[position]; !ok || !p.Role.Signs() {
			return fault.Missing()
		}
		b.Competence, b.Lines, err = signerBlock(ctx, tx, d, people, today)
		return err
	})
	return b, err
}

// signerBlock builds what stands above the signature of the approver. What was
// approved keeps the block that it was approved with.
func signerBlock(ctx context.Context, tx *postgres.Tx, d document.Document, people map[org.ID]postgres.CircuitPerson, today org.Day) (document.Competence, []string, error) {
	signer, ok := people[d.ApproverPositionID]
	if !ok || len(d.SignerBlock) > 0 {
		return d.Competence, d.SignerBlock, nil
	}
	agency, head, err := headOf(ctx, tx, d, today)
	if err != nil {
		return "", nil, err
	}
	competence := d.Competence
	if competence == "" {
		competence = document.CompetenceOfPost(agency, signer.Role, signer.Title)
	}
	return competence, document.SignerBlock(competence, agency, head, signer.Title), nil
}

// headOf gives the agency's name and the title of its head.
func headOf(ctx context.Context, tx *postgres.Tx, d document.Document, today org.Day) (agency, head string, err error) {
	names, err := tx.DocumentNames(ctx, d)
	if err != nil {
		return "", "", err
	}
	office, err := tx.OfficeSeats(ctx, d.AgencyID, d.UnitID, today)
	if err != nil {
		return "", "", err
	}
	for _, o := range office {
		if o.Role == org.Leader && document.CompetenceOf(names.Agency, o.Title) != document.ForHead {
			return names.Agency, o.Title, nil
		}
	}
	return names.Agency, "", nil
}

// signed keeps the signer block of who approved. A substitute signs in a
// competence of their own: a leader as the own title speaks, anybody else by
// authorisation of who is away (NĐ 30/2020, điều 13).
func (t *turn) signed() error {
	agency, head, err := headOf(t.ctx, t.tx, *t.d, t.today)
	if err != nil {
		return err
	}
	pos := t.by.Position
	switch a := pos.Acting; {
	case a != nil && a.OwnTitle != "" && a.OwnRole == org.Leader:
		t.d.Competence, pos.Title = document.CompetenceOf(agency, a.OwnTitle), a.OwnTitle
	case a != nil && a.OwnTitle != "":
		head, t.d.Competence, pos.Title = pos.Title, document.ByAuthorisation, a.OwnTitle
	case t.d.Competence == "":
		t.d.Competence = document.CompetenceOfPost(agency, pos.Role, pos.Title)
	}
	t.d.SignerBlock = document.SignerBlock(t.d.Competence, agency, head, pos.Title)
	return nil
}
