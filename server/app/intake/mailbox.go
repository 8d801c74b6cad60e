package intake

import (
	"context"
	"fmt"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Mailbox is an official mailbox as its page shows it.
type Mailbox = postgres.Mailbox

// Mailboxes gives the mailboxes that the person sees.
func (s *Service) Mailboxes(ctx context.Context, who access.Person) ([]Mailbox, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	agencies, everybodys, err := who.SeeMailboxes()
	if err != nil {
		return nil, err
	}
	var list []Mailbox
	err = s.store.InTx(ctx, scopeOf(who), func(tx *postgres.Tx) (err error) {
		list, err = tx.Mailboxes(ctx, agencies, everybodys)
		return err
	})
	return list, err
}

// scopeOf is that of an act of administration: an operator's reaches every
// agency, anybody else's the agencies of their positions.
func scopeOf(who access.Person) postgres.Scope {
	if who.Operator {
		return postgres.AdministrationScope()
	}
	return postgres.PersonScope(who.Everywhere())
}

// AddMailbox connects a mailbox to an agency.
func (s *Service) AddMailbox(ctx context.Context, who access.Person, c access.Command, m exchange.OfficialMailbox, key MailboxSecret) (Mailbox, error) {
	var made Mailbox
	if err := who.Administer(m.AgencyID); err != nil {
		return made, err
	}
	m = m.Filled()
	if err := m.Check(s.opts.AllowPlain); err != nil {
		return made, err
	}
	if key.Password == "" {
		return made, fault.InvalidField("password", "required", "Hãy ghi mật khẩu.", "Enter the password.")
	}
	m.ID, m.Enabled = postgres.NewID(), true
	err := s.store.InTx(ctx, scopeOf(who), func(tx *postgres.Tx) error {
		if _, err := tx.Agency(ctx, m.AgencyID); err != nil {
			return err
		}
		if err := actIn(ctx, tx, who, m.AgencyID); err != nil {
			return err
		}
		first, id, err := tx.Once(ctx, c, m.ID, s.clock())
		if err != nil {
			return err
		}
		if first {
			if err := tx.AddMailbox(ctx, m, s.secrets.Seal(m.ID, key.text(m))); err != nil {
				return err
			}
			if err := s.record(ctx, tx, who, m, "mailbox_added"); err != nil {
				return err
			}
		}
		made, _, err = tx.Mailbox(ctx, id)
		return err
	})
	if err != nil {
		return Mailbox{}, fmt.Errorf("add mailbox: %w", err)
	}
	return made, nil
}

// MailboxSecret is what a mailbox is opened with; with OAuth the password is
// the refresh token.
type MailboxSecret struct{ Password, ClientSecret string }

func (k MailboxSecret) text(m exchange.OfficialMailbox) string {
	if m.OAuth.Used() {
		return exchange.OAuthSecret{RefreshToken: k.Password, ClientSecret: k.ClientSecret}.Text()
	}
	return k.Password
}

// MailboxChange is what an edit changes; what is nil stays as it is.
type MailboxChange struct {
	Host, Username, Password, Folder, MoveTo *string
	Port                                     *int
	Security                                 *exchange.MailSecurity
	After                                    *exchange.AfterAction
	Enabled                                  *bool
	Purpose                                  *exchange.MailboxPurpose
	Rules                                    *[]exchange.MailRule
	AuthServer, TokenURL, ClientID           *string
	SilentDays                               *int
	ClientSecret                             string
}

func (c MailboxChange) apply(m *exchange.OfficialMailbox) {
	set(&m.Host, c.Host)
	set(&m.Username, c.Username)
	set(&m.Folder, c.Folder)
	set(&m.MoveTo, c.MoveTo)
	set(&m.Port, c.Port)
	set(&m.Security, c.Security)
	set(&m.After, c.After)
	set(&m.Enabled, c.Enabled)
	set(&m.Purpose, c.Purpose)
	set(&m.Rules, c.Rules)
	set(&m.AuthServer, c.AuthServer)
	set(&m.OAuth.TokenURL, c.TokenURL)
	set(&m.OAuth.ClientID, c.ClientID)
	set(&m.SilentDays, c.SilentDays)
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

// EditMailbox changes how a mailbox is read. Who sends another host must send
// the password again: the stored one goes only to the server it was meant for.
func (s *Service) EditMailbox(ctx context.Context, who access.Person, id org.ID, version int, change MailboxChange) (Mailbox, error) {
	var saved Mailbox
	err := s.onMailbox(ctx, who, id, func(tx *postgres.Tx, m Mailbox, sealed []byte) error {
		box := m.OfficialMailbox
		host, security, oauth := box.Host, box.Security, box.OAuth
		change.apply(&box)
		box = box.Filled()
		box.Version = version
		if err := box.Check(s.opts.AllowPlain); err != nil {
			return err
		}
		if change.Password != nil {
			sealed = s.secrets.Seal(id, MailboxSecret{*change.Password, change.ClientSecret}.text(box))
		} else if box.Host != host || box.OAuth != oauth || box.Security == exchange.MailPlain && security != exchange.MailPlain {
			return fault.InvalidField("password", "required", "Đổi máy chủ thư thì phải nhập lại mật khẩu.", "For another server the password has to be entered again.")
		}
		if err := tx.SaveMailbox(ctx, box, sealed); err != nil {
			return err
		}
		if err := s.record(ctx, tx, who, box, "mailbox_changed"); err != nil {
			return err
		}
		var err error
		saved, _, err = tx.Mailbox(ctx, id)
		return err
	})
	return saved, err
}

// AskMailbox asks the gateway to connect now.
func (s *Service) AskMailbox(ctx context.Context, who access.Person, id org.ID) error {
	return s.onMailbox(ctx, who, id, func(tx *postgres.Tx, m Mailbox, _ []byte) error {
		return tx.AskMailbox(ctx, m.AgencyID, id, s.clock())
	})
}

func (s *Service) onMailbox(ctx context.Context, who access.Person, id org.ID, do func(*postgres.Tx, Mailbox, []byte) error) error {
	return s.store.InTx(ctx, scopeOf(who), func(tx *postgres.Tx) error {
		m, sealed, err := tx.Mailbox(ctx, id)
		if err != nil {
			return err
		}
		if err := who.Administer(m.AgencyID); err != nil {
			return err
		}
		if err := actIn(ctx, tx, who, m.AgencyID); err != nil {
			return err
		}
		return do(tx, m, sealed)
	})
}

func actIn(ctx context.Context, tx *postgres.Tx, who access.Person, agency org.ID) error {
	if who.Operator {
		return nil
	}
	return tx.ActFor(ctx, agency)
}

func (s *Service) record(ctx context.Context, tx *postgres.Tx, who access.Person, m exchange.OfficialMailbox, verb string) error {
	by := document.By{Name: who.FullName, Position: org.Position{AccountID: who.AccountID}}
	for _, p := range who.Positions {
		if p.AgencyID == m.AgencyID && p.Role == org.Admin {
			by.Position = p
		}
	}
	return tx.Record(ctx, m.AgencyID, subjectMailbox, m.ID, document.Event{Verb: verb}, by, s.clock())
}

// Discover gives the settings that the domain of an address publishes, for who
// may connect a mailbox.
func (s *Service) Discover(ctx context.Context, who access.Person, address string) (exchange.OfficialMailbox, bool, error) {
	if err := who.ManageMailboxes(); err != nil {
		return exchange.OfficialMailbox{}, false, err
	}
	if s.opts.Discover == nil {
		return exchange.OfficialMailbox{}, false, nil
	}
	found, ok := s.opts.Discover(ctx, address)
	return found, ok, nil
}
