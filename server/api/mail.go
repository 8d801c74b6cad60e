package api

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/intake"
	"congvan/server/app/outgoing"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// mailRoom answers the operations on mailboxes and on mail held back.
type mailRoom struct {
	mail *intake.Service
}

// ListMailboxes gives the mailboxes that the person sees.
func (r mailRoom) ListMailboxes(ctx context.Context, _ gen.ListMailboxesRequestObject) (gen.ListMailboxesResponseObject, error) {
	list, err := r.mail.Mailboxes(ctx, personOf(ctx))
	if err != nil {
		return nil, err
	}
	items := make([]gen.Mailbox, len(list))
	for i, m := range list {
		items[i] = mailbox(m)
	}
	return gen.ListMailboxes200JSONResponse{Items: items}, nil
}

func mailbox(m intake.Mailbox) gen.Mailbox {
	purpose, auth, silent, trouble := gen.MailboxPurpose(m.Purpose), gen.MailboxAuth("password"), m.Silent(time.Now()), m.InTrouble(time.Now())
	if m.OAuth.Used() {
		auth = "oauth2"
	}
	rules := make([]gen.MailRule, len(m.Rules))
	for i, r := range m.Rules {
		rules[i] = gen.MailRule{Field: gen.MailRuleField(r.Field), Pattern: r.Pattern, Act: gen.MailRuleAct(r.Act), Note: absent(r.Note)}
	}
	return gen.Mailbox{Id: uuid.UUID(m.ID), AgencyId: uuid.UUID(m.AgencyID), AgencyName: m.AgencyName, Address: m.Address, Host: m.Host, Port: m.Port,
		Security: gen.MailSecurity(m.Security), Username: m.Username, Folder: m.Folder, AfterAction: gen.AfterAction(m.After), MoveTo: m.MoveTo,
		Enabled: m.Enabled, State: gen.MailboxState(m.State()), ConnectedAt: optionalTime(m.ConnectedAt), CheckedAt: optionalTime(m.CheckedAt),
		LastError: m.Trouble, LastErrorAt: optionalTime(m.TroubleAt), Quarantined: m.Quarantined, Version: m.Version,
		Purpose: &purpose, ReadFrom: optionalTime(m.ReadFrom), Older: &m.Older, Pending: &m.Pending, Undecided: &m.Undecided,
		LastMessageAt: optionalTime(m.LastMessage), Silent: &silent, InTrouble: &trouble, FailingSince: optionalTime(m.FailingSince), SilentDays: &m.SilentDays, AuthServer: &m.AuthServer, Auth: &auth,
		TokenUrl: absent(m.OAuth.TokenURL), ClientId: absent(m.OAuth.ClientID), Rules: &rules}
}

func mailboxAnswer(m intake.Mailbox) gen.MailboxJSONResponse {
	tag := etag(m.Version)
	return gen.MailboxJSONResponse{Body: mailbox(m), Headers: gen.MailboxResponseHeaders{ETag: &tag}}
}

// AddMailbox connects a mailbox to an agency.
func (r mailRoom) AddMailbox(ctx context.Context, q gen.AddMailboxRequestObject) (gen.AddMailboxResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, nil, q)
	if err != nil {
		return nil, err
	}
	b := q.Body
	m, err := r.mail.AddMailbox(ctx, personOf(ctx), c, exchange.OfficialMailbox{AgencyID: org.ID(b.AgencyId), Address: b.Address, Host: b.Host, Port: b.Port,
		Security: exchange.MailSecurity(b.Security), Username: b.Username, Folder: present(b.Folder), After: exchange.AfterAction(present(b.AfterAction)),
		MoveTo: present(b.MoveTo), MailPolicy: exchange.MailPolicy{Purpose: exchange.MailboxPurpose(present(b.Purpose)), Rules: rulesOf(present(b.Rules)), AuthServer: present(b.AuthServer)},
		ReadFrom: present(b.ReadFrom), SilentDays: present(b.SilentDays), OAuth: exchange.OAuth{TokenURL: present(b.TokenUrl), ClientID: present(b.ClientId)}},
		intake.MailboxSecret{Password: b.Password, ClientSecret: present(b.ClientSecret)})
	if err != nil {
		return nil, err
	}
	return gen.AddMailbox201JSONResponse{MailboxJSONResponse: mailboxAnswer(m)}, nil
}

// EditMailbox changes how a mailbox is read.
func (r mailRoom) EditMailbox(ctx context.Context, q gen.EditMailboxRequestObject) (gen.EditMailboxResponseObject, error) {
	version, err := ifMatch(q.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	b := q.Body
	var rules *[]exchange.MailRule
	if b.Rules != nil {
		list := rulesOf(*b.Rules)
		rules = &list
	}
	m, err := r.mail.EditMailbox(ctx, personOf(ctx), org.ID(q.Id), version, intake.MailboxChange{Host: b.Host, Port: b.Port, Username: b.Username,
		Password: b.Password, Folder: b.Folder, MoveTo: b.MoveTo, Security: (*exchange.MailSecurity)(b.Security),
		After: (*exchange.AfterAction)(b.AfterAction), Enabled: b.Enabled, Purpose: (*exchange.MailboxPurpose)(b.Purpose), Rules: rules,
		AuthServer: b.AuthServer, SilentDays: b.SilentDays, TokenURL: b.TokenUrl, ClientID: b.ClientId, ClientSecret: present(b.ClientSecret)})
	if err != nil {
		return nil, err
	}
	return gen.EditMailbox200JSONResponse{MailboxJSONResponse: mailboxAnswer(m)}, nil
}

// TestMailbox asks the gateway to connect now.
func (r mailRoom) TestMailbox(ctx context.Context, q gen.TestMailboxRequestObject) (gen.TestMailboxResponseObject, error) {
	return gen.TestMailbox202Response{}, r.mail.AskMailbox(ctx, personOf(ctx), org.ID(q.Id))
}

// ListQuarantine gives a page of the mails held back.
func (r mailRoom) ListQuarantine(ctx context.Context, q gen.ListQuarantineRequestObject) (gen.ListQuarantineResponseObject, error) {
	after, err := outgoing.ParseCursor(present(q.Params.Cursor))
	if err != nil {
		return nil, err
	}
	most := limitOf(q.Params.Limit)
	list, err := r.mail.Quarantine(ctx, personOf(ctx), idOf(q.Params.AgencyId), after, most+1)
	if err != nil {
		return nil, err
	}
	var next *string
	if len(list) > most {
		list = list[:most]
		next = absent(outgoing.Cursor{At: list[most-1].ReceivedAt, ID: list[most-1].ID}.String())
	}
	items := make([]gen.MailItem, len(list))
	for i, m := range list {
		items[i] = mailItem(m)
	}
	return gen.ListQuarantine200JSONResponse{Items: items, Next: next}, nil
}

func mailItem(m intake.Mail) gen.MailItem {
	parts := make([]gen.MailPart, len(m.Parts))
	for i := range m.Parts {
		p := &m.Parts[i]
		parts[i] = gen.MailPart{Path: p.Path, Name: p.Name, DeclaredType: p.DeclaredType, DetectedType: p.DetectedType, Size: p.Size, Inline: &p.Inline}
	}
	return gen.MailItem{Trust: senderTrust(m.Trust, m.FromAddress), Id: uuid.UUID(m.ID), AgencyId: uuid.UUID(m.AgencyID), AgencyName: m.AgencyName, Mailbox: m.Mailbox, State: gen.MailItemState(m.State),
		Reason: string(m.Reason), Detail: m.Detail, FromName: m.FromName, FromAddress: m.FromAddress, Subject: m.Subject, SentAt: optionalTime(m.SentAt),
		ReceivedAt: m.ReceivedAt, Size: m.Size, HasRaw: !m.Raw.IsZero(), Parts: parts, ArrivalId: optionalID(m.ArrivalID), Attempts: m.Attempts, Version: m.Version}
}

func mailAnswer(m intake.Mail) gen.MailItemJSONResponse {
	tag := etag(m.Version)
	item := mailItem(m)
	item.BodyText = absent(m.BodyText)
	return gen.MailItemJSONResponse{Body: item, Headers: gen.MailItemResponseHeaders{ETag: &tag}}
}

// ReadQuarantined gives one mail with its parts.
func (r mailRoom) ReadQuarantined(ctx context.Context, q gen.ReadQuarantinedRequestObject) (gen.ReadQuarantinedResponseObject, error) {
	m, err := r.mail.ReadMail(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.ReadQuarantined200JSONResponse{MailItemJSONResponse: mailAnswer(m)}, nil
}

// ReadQuarantinedRaw gives the mail as it came, always as a download.
func (r mailRoom) ReadQuarantinedRaw(ctx context.Context, q gen.ReadQuarantinedRawRequestObject) (gen.ReadQuarantinedRawResponseObject, error) {
	m, content, err := r.mail.OpenRaw(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return sendFile(ctx, download{Name: m.ID.String() + ".eml", MediaType: "message/rfc822", SHA256: m.Raw.String(), Content: content}, true)
}

// RetryQuarantined makes a held mail be decided again.
func (r mailRoom) RetryQuarantined(ctx context.Context, q gen.RetryQuarantinedRequestObject) (gen.RetryQuarantinedResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, nil, q)
	if err != nil {
		return nil, err
	}
	m, err := r.mail.Retry(ctx, personOf(ctx), c, org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.RetryQuarantined200JSONResponse{MailItemJSONResponse: mailAnswer(m)}, nil
}

// PreviewQuarantined shows the text of a mail, made harmless.
func (r mailRoom) PreviewQuarantined(ctx context.Context, q gen.PreviewQuarantinedRequestObject) (gen.PreviewQuarantinedResponseObject, error) {
	p, err := r.mail.PreviewMail(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.PreviewQuarantined200JSONResponse{Text: p.Text, Html: p.HTML}, nil
}

// ReleaseQuarantined takes a held mail in by a clerk's word.
func (r mailRoom) ReleaseQuarantined(ctx context.Context, q gen.ReleaseQuarantinedRequestObject) (gen.ReleaseQuarantinedResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, nil, q)
	if err != nil {
		return nil, err
	}
	m, err := r.mail.Release(ctx, personOf(ctx), c, org.ID(q.Id), q.Body.Paths, present(q.Body.Body))
	if err != nil {
		return nil, err
	}
	return gen.ReleaseQuarantined200JSONResponse{MailItemJSONResponse: mailAnswer(m)}, nil
}

// DiscoverMailbox looks up what a domain publishes about its mail server.
func (r mailRoom) DiscoverMailbox(ctx context.Context, q gen.DiscoverMailboxRequestObject) (gen.DiscoverMailboxResponseObject, error) {
	found, ok, err := r.mail.Discover(ctx, personOf(ctx), q.Body.Address)
	if err != nil {
		return nil, err
	}
	if !ok {
		return gen.DiscoverMailbox200JSONResponse{}, nil
	}
	security := gen.MailSecurity(found.Security)
	return gen.DiscoverMailbox200JSONResponse{Found: true, Host: &found.Host, Port: &found.Port, Security: &security, Username: &found.Username}, nil
}

func rulesOf(list []gen.MailRule) []exchange.MailRule {
	rules := make([]exchange.MailRule, len(list))
	for i, r := range list {
		rules[i] = exchange.MailRule{Field: exchange.RuleField(r.Field), Pattern: r.Pattern, Act: exchange.RuleAct(r.Act), Note: present(r.Note)}
	}
	return rules
}

// DiscardQuarantined puts a held mail aside for good.
func (r mailRoom) DiscardQuarantined(ctx context.Context, q gen.DiscardQuarantinedRequestObject) (gen.DiscardQuarantinedResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, nil, q)
	if err != nil {
		return nil, err
	}
	m, err := r.mail.Discard(ctx, personOf(ctx), c, org.ID(q.Id), q.Body.Reason)
	if err != nil {
		return nil, err
	}
	return gen.DiscardQuarantined200JSONResponse{MailItemJSONResponse: mailAnswer(m)}, nil
}

// senderTrust shows what is known of who sent a mail.
func senderTrust(t exchange.Trust, from string) *gen.SenderTrust {
	out := &gen.SenderTrust{Degree: gen.SenderTrustDegree(t.Degree(from)), SignedBy: []string{}, Server: t.Server, Findings: []string{},
		Certificate: t.SMIME, Signer: t.Signer}
	var broken []string
	for _, p := range t.DKIM {
		switch p.Result {
		case "pass":
			out.SignedBy = append(out.SignedBy, p.Domain)
		case "fail":
			broken = append(broken, p.Domain)
		}
	}
	if broken != nil {
		out.Broken = &broken
	}
	if t.Signed && !t.Checked {
		pending := true
		out.Pending = &pending
	}
	for _, f := range t.Findings {
		out.Findings = append(out.Findings, strings.TrimSpace(f.Method+"="+f.Result+" "+f.About))
	}
	return out
}
