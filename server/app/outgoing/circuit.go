package outgoing

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/storage/postgres"
)

// Answer gives what a step before the approval asks for.
func (s *Service) Answer(ctx context.Context, who access.Person, c access.Command, id org.ID, act document.Act, seen document.Hash, note string) error {
	return s.carryOut(ctx, who, c, id, onCircuit(act, func(t *turn) (document.Event, error) {
		if act == document.Initial {
			if err := t.checkInitial(); err != nil {
				return document.Event{}, err
			}
		}
		event, err := t.d.Answer(act, seen, note, t.now)
		if err != nil {
			return event, err
		}
		t.said = said{document.VerdictAgreed, note}
		return event, t.c.Answer(t.seat(), t.today)
	}))
}

// checkInitial refuses initials given as a word where the agency wants them
// signed and the file can be: not from who has signed it already.
func (t *turn) checkInitial() error {
	rule, err := t.tx.SigningRule(t.ctx, t.d.AgencyID)
	if main, _ := t.d.Main(); err != nil || !rule.Initials || main.MediaType != document.TypePDF {
		return err
	}
	done, err := t.tx.HasInitialled(t.ctx, *t.d, t.seat())
	if err == nil && !done {
		err = signing.ErrInitialUnsigned
	}
	return err
}

// Return gives the document back to the step before, with a reason.
func (s *Service) Return(ctx context.Context, who access.Person, c access.Command, id org.ID, reason string, seen document.Hash) error {
	return s.carryOut(ctx, who, c, id, onCircuit(document.Return, func(t *turn) (document.Event, error) {
		event, err := t.d.Return(reason, seen, t.now)
		if err != nil {
			return event, err
		}
		t.said = said{document.VerdictReturned, reason}
		return event, t.c.SendBack(t.seat(), document.ToPrevious, t.today)
	}))
}

// Reopen takes an approved document back to its author, who has a new file; the
// approval ends and the circuit begins anew.
func (s *Service) Reopen(ctx context.Context, who access.Person, c access.Command, id org.ID, reason string) error {
	return s.carryOut(ctx, who, c, id, onCircuit(document.Reopen, func(t *turn) (document.Event, error) {
		event, err := t.d.Reopen(reason, t.now)
		if err != nil {
			return event, err
		}
		t.said, t.place = said{document.VerdictReopened, reason}, document.NoStep
		t.c.Restart()
		return event, t.unsign(event)
	}))
}

// Reassignment puts somebody else into a step of a circuit.
type Reassignment struct {
	Step     int
	From, To org.ID
	Reason   string
}

// Reassign puts somebody into the place of a person who has left or cannot act.
// On the last step it changes the signer, and the signer block with it.
func (s *Service) Reassign(ctx context.Context, who access.Person, c access.Command, id org.ID, r Reassignment) error {
	return s.carryOut(ctx, who, c, id, onCircuit(document.Reassign, func(t *turn) (document.Event, error) {
		event, err := t.d.Arrange(document.Reassign, t.now)
		if err != nil {
			return event, err
		}
		if err := t.c.Reassign(r.Step, r.From, r.To, t.today); err != nil {
			return event, err
		}
		if err := t.present([]document.CircuitStep{{People: []org.ID{r.To}}}); err != nil {
			return event, err
		}
		people, err := t.tx.CircuitPeople(t.ctx, t.d.AgencyID, []org.ID{r.From, r.To}, t.today)
		if err != nil {
			return event, err
		}
		if t.c.Steps[r.Step].Kind == document.ApproveStep {
			if err := t.signer(r.To, nil); err != nil {
				return event, err
			}
		}
		event.Data["step"], event.Data["from"], event.Data["to"] = string(t.c.Steps[r.Step].Kind), people[r.From].FullName, people[r.To].FullName
		if r.Reason != "" {
			event.Data["reason"] = r.Reason
		}
		t.said, t.place = said{document.VerdictReassigned, people[r.From].FullName + " → " + people[r.To].FullName}, r.Step
		return event, nil
	}))
}

// signer makes the position the one that approves and signs. Without a
// competence said, the title speaks for itself.
func (t *turn) signer(position org.ID, competence *document.Competence) error {
	pos, err := approver(t.ctx, t.tx, t.d.AgencyID, position)
	if err != nil {
		return err
	}
	t.d.ApproverPositionID = pos.ID
	if competence != nil {
		t.d.Competence = *competence
		return document.CheckCompetence(*competence)
	}
	names, err := t.tx.DocumentNames(t.ctx, *t.d)
	t.d.Competence = document.CompetenceOfPost(names.Agency, pos.Role, pos.Title)
	return err
}

// Plan is what the steps of a document's circuit are to be.
type Plan struct {
	Steps      []document.CircuitStep
	Competence *document.Competence // nil lets the signer's title say it
}

// PlanCircuit gives the document's circuit other steps, on the version that was read.
func (s *Service) PlanCircuit(ctx context.Context, who access.Person, position, id org.ID, version int, p Plan) error {
	c := access.Command{AccountID: who.AccountID, Position: position, Seen: version}
	return s.carryOut(ctx, who, c, id, onCircuit(document.Plan, func(t *turn) (document.Event, error) {
		event, err := t.d.Arrange(document.Plan, t.now)
		if err != nil {
			return event, err
		}
		if err := t.c.Plan(p.Steps); err != nil {
			return event, err
		}
		if err := t.present(t.c.Steps[max(t.c.Current+1, 0):]); err != nil {
			return event, err
		}
		last := t.c.Steps[len(t.c.Steps)-1].People[0]
		if last != t.d.ApproverPositionID || p.Competence != nil || t.d.Competence == "" {
			return event, t.signer(last, p.Competence)
		}
		return event, nil
	}))
}

// Opened notes that the person has read what waits for them (A6): from then on
// its author cannot withdraw it unseen. Without anything to note it does nothing.
func (s *Service) Opened(ctx context.Context, who access.Person, id org.ID) error {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return err
	}
	now := s.clock()
	return s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.LockDocument(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if err := who.ReadDocument(access.FactsOf(d)); err != nil {
			return err
		}
		c, found, err := tx.Circuit(ctx, d.AgencyID, d.ID)
		if err != nil || !found {
			return err
		}
		var by document.By
		for _, pos := range who.Positions {
			if pos.AgencyID == d.AgencyID && c.Open(pos.ID) {
				by = document.By{Position: pos, Name: who.FullName}
			}
		}
		if by.Name == "" {
			return nil
		}
		if err := tx.ActFor(ctx, d.AgencyID); err != nil {
			return err
		}
		d.Follow(c)
		if err := tx.SaveCircuit(ctx, d.AgencyID, d.ID, c); err != nil {
			return err
		}
		if err := tx.SaveStanding(ctx, d); err != nil {
			return err
		}
		return tx.Record(ctx, d.AgencyID, subject, d.ID, document.Event{Verb: "opened"}, by, now)
	})
}
