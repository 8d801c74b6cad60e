package intake

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// Mail is a mail as its page shows it.
type Mail = postgres.MailView

// Quarantine gives a page of the mails held back, newest first.
func (s *Service) Quarantine(ctx context.Context, who access.Person, agency org.ID, after postgres.Cursor, most int) ([]Mail, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	agencies, err := who.ReadQuarantine(agency)
	if err != nil {
		return nil, err
	}
	var list []Mail
	err = s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) (err error) {
		list, err = tx.Quarantine(ctx, agencies, after, most)
		return err
	})
	return list, err
}

// ReadMail gives one mail with its parts. Only a clerk of its agency sees it.
func (s *Service) ReadMail(ctx context.Context, who access.Person, id org.ID) (Mail, error) {
	var m Mail
	if err := who.Allowed(access.ScopeRead); err != nil {
		return m, err
	}
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) (err error) {
		m, err = tx.Mail(ctx, who.ClerkAgencies(), id)
		return err
	})
	return m, err
}

// OpenRaw gives the bytes of a mail as they came.
func (s *Service) OpenRaw(ctx context.Context, who access.Person, id org.ID) (Mail, *blob.File, error) {
	m, err := s.ReadMail(ctx, who, id)
	if err != nil {
		return m, nil, err
	}
	if m.Infected() {
		return m, nil, errInfected
	}
	if m.Raw.IsZero() {
		return m, nil, fault.New(fault.NotFound, "raw_missing", "Thư gốc chưa được tải về.", "The raw mail was not fetched.")
	}
	content, err := s.blobs.Open(ctx, m.Raw)
	return m, content, err
}

var errMailChanged = fault.New(fault.Stale, "stale",
	"Thư đã thay đổi từ khi bạn mở. Hãy xem lại rồi quyết định.",
	"The mail has changed since you opened it. Read it again before deciding.")

// Retry decides about a held mail again: its raw bytes are opened anew, and one
// that was too large is fetched by the gateway.
func (s *Service) Retry(ctx context.Context, who access.Person, c access.Command, id org.ID) (Mail, error) {
	seen, err := s.ReadMail(ctx, who, id)
	if err != nil {
		return seen, err
	}
	var opened exchange.OpenedMail
	var found finding
	var looked document.Hash // whose bytes were opened
	if seen.State == exchange.MailQuarantined && !seen.Raw.IsZero() {
		// Outside the transaction: the object store is asked.
		if opened, err = s.opts.Reopen(ctx, seen.Raw); err != nil {
			return seen, err
		}
		if found, err = s.look(ctx, seen.Raw, opened.Parts); err != nil {
			return seen, err
		}
		looked = seen.Raw
	}
	return s.act(ctx, who, c, id, func(tx *postgres.Tx, m exchange.Mail, by document.By) error {
		event, err := m.Retry()
		if err != nil {
			return err
		}
		if m.Raw != looked {
			return errMailChanged // it was fetched meanwhile: what was opened is not what is there
		}
		now := s.clock()
		if err := tx.Record(ctx, m.AgencyID, subjectMail, m.ID, event, by, now); err != nil {
			return err
		}
		if m.Raw.IsZero() {
			if err := tx.SaveMail(ctx, m, false); err != nil {
				return err
			}
			return tx.AskMailbox(ctx, m.AgencyID, m.MailboxID, now)
		}
		trust := m.Trust
		m.OpenedMail = opened
		m.Trust.Checked, m.Trust.DKIM = trust.Checked, trust.DKIM
		policy, err := tx.MailPolicy(ctx, m.AgencyID, m.MailboxID)
		if err != nil {
			return err
		}
		return decide(ctx, tx, m, handling{policy: policy, finding: found, asked: true, by: by, now: now, opened: true})
	})
}

// Discard puts a held mail aside for good, with a reason. Nothing is sent.
func (s *Service) Discard(ctx context.Context, who access.Person, c access.Command, id org.ID, reason string) (Mail, error) {
	return s.act(ctx, who, c, id, func(tx *postgres.Tx, m exchange.Mail, by document.By) error {
		event, err := m.Discard(reason)
		if err != nil {
			return err
		}
		if err := tx.SaveMail(ctx, m, false); err != nil {
			return err
		}
		return tx.Record(ctx, m.AgencyID, subjectMail, m.ID, event, by, s.clock())
	})
}

// act does one act of a clerk to a mail, once, and gives the mail as it is then.
func (s *Service) act(ctx context.Context, who access.Person, c access.Command, id org.ID,
	do func(tx *postgres.Tx, m exchange.Mail, by document.By) error) (Mail, error) {
	var after Mail
	if err := who.Allowed(access.ScopeRegister); err != nil {
		return after, err
	}
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		m, err := tx.LockMail(ctx, who.ClerkAgencies(), id)
		if err != nil {
			return err
		}
		pos, err := who.Clerk(m.AgencyID, c.Position)
		if err != nil {
			return err
		}
		first, _, err := tx.Once(ctx, c, id, s.clock())
		if err != nil {
			return err
		}
		if first {
			if err := tx.ActFor(ctx, m.AgencyID); err != nil {
				return err
			}
			if err := do(tx, m, document.By{Position: pos, Name: who.FullName}); err != nil {
				return err
			}
		}
		after, err = tx.Mail(ctx, one(m.AgencyID), id)
		return err
	})
	return after, err
}
