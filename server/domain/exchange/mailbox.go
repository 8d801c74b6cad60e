package exchange

import (
	"strings"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// MailSecurity says how the line to a mail server is protected.
type MailSecurity string

// The ways.
const (
	MailTLS      MailSecurity = "tls"
	MailStartTLS MailSecurity = "starttls"
	MailPlain    MailSecurity = "none"
)

// AfterAction is what happens in the mailbox to a message that was taken in.
// People read the same box, so it is never marked as read.
type AfterAction string

// The ways.
const (
	AfterKeyword AfterAction = "keyword"
	AfterFlag    AfterAction = "flag"
	AfterMove    AfterAction = "move"
	AfterNothing AfterAction = "nothing"
)

// OfficialMailbox is an official mailbox of an agency (hộp thư công vụ) and how to
// reach it. The password is kept apart, sealed.
type OfficialMailbox struct {
	AgencyID org.ID
	ID       org.ID
	Address  string
	Host     string
	Port     int
	Security MailSecurity
	Username string
	Folder   string
	After    AfterAction
	MoveTo   string
	Enabled  bool
	AskedAt  time.Time // when a person last asked to connect at once
	MailPolicy
	ReadFrom   time.Time // older mail is only counted; zero reads all
	SilentDays int       // after how many days without mail somebody should look; 0 never
	OAuth      OAuth     // signs in by a token instead of the password
	Version    int
	MailboxHealth
}

// MailboxHealth is what the gateway last found.
type MailboxHealth struct {
	ConnectedAt  time.Time
	CheckedAt    time.Time
	Trouble      string // the code of the last failure, empty when all is well
	TroubleAt    time.Time
	FailingSince time.Time // the first failure since it was last connected
	LastMessage  time.Time // the youngest that was taken in
	Older        int       // only counted
	Pending      int       // on the server, not taken in yet
}

// OAuth is how a mailbox is signed in to by a token (RFC 6749); the refresh
// token is kept where a password would be.
type OAuth struct {
	TokenURL string
	ClientID string
}

// Used tells whether tokens are used at all.
func (o OAuth) Used() bool { return o.TokenURL != "" }

// OAuthSecret is what is kept sealed where there is no password.
type OAuthSecret struct{ RefreshToken, ClientSecret string }

// Text gives it in the form that is sealed.
func (s OAuthSecret) Text() string { return s.RefreshToken + "\n" + s.ClientSecret }

// ReadOAuthSecret reads what Text wrote.
func ReadOAuthSecret(text string) OAuthSecret {
	token, secret, _ := strings.Cut(text, "\n")
	return OAuthSecret{RefreshToken: token, ClientSecret: secret}
}

// Silent tells whether a mailbox that is read well has been without mail for
// longer than it should.
func (m OfficialMailbox) Silent(now time.Time) bool {
	return m.SilentDays > 0 && m.State() == MailboxConnected && !m.LastMessage.IsZero() &&
		now.Sub(m.LastMessage) > time.Duration(m.SilentDays)*24*time.Hour
}

// passing is how long a failure may last before a person should look; servers
// are restarted, and lines drop.
const passing = 10 * time.Minute

// InTrouble tells whether a person should look at the mailbox: what only a person
// can mend, what stays away, and a silence that is not usual.
func (m OfficialMailbox) InTrouble(now time.Time) bool {
	if m.State() != MailboxFailing {
		return m.Silent(now)
	}
	switch m.Trouble {
	case "mail_login", "mail_folder", "mail_secret", "mail_plain", "mail_host_private", "mail_token":
		return true
	}
	return !m.FailingSince.IsZero() && now.Sub(m.FailingSince) >= passing
}

// MailboxState is how a mailbox stands, in one word.
type MailboxState string

// The states.
const (
	MailboxConnected  MailboxState = "connected"
	MailboxConnecting MailboxState = "connecting"
	MailboxFailing    MailboxState = "failing"
	MailboxPaused     MailboxState = "paused"
)

// State tells how the mailbox stands.
func (m OfficialMailbox) State() MailboxState {
	switch {
	case !m.Enabled:
		return MailboxPaused
	case m.Trouble != "":
		return MailboxFailing
	case m.ConnectedAt.IsZero():
		return MailboxConnecting
	}
	return MailboxConnected
}

// Filled gives the mailbox with the usual choices where none were made.
func (m OfficialMailbox) Filled() OfficialMailbox {
	m.Address, m.Host, m.Folder = strings.TrimSpace(m.Address), strings.TrimSpace(m.Host), strings.TrimSpace(m.Folder)
	m.MoveTo = strings.TrimSpace(m.MoveTo)
	if m.Folder == "" {
		m.Folder = "INBOX"
	}
	if m.After == "" {
		m.After = AfterKeyword
	}
	if m.Purpose == "" {
		m.Purpose = ForOffice
	}
	m.AuthServer, m.OAuth.TokenURL, m.OAuth.ClientID = strings.TrimSpace(m.AuthServer), strings.TrimSpace(m.OAuth.TokenURL), strings.TrimSpace(m.OAuth.ClientID)
	if m.After != AfterMove {
		m.MoveTo = ""
	}
	return m
}

// Check refuses settings that cannot work. plain says whether the installation
// lets passwords go over a line without TLS.
func (m OfficialMailbox) Check(plain bool) error {
	var bad []fault.Field
	refuse := func(wrong bool, name, code, vi, en string) {
		if wrong {
			bad = append(bad, fault.Field{Name: name, Code: code, Text: fault.Text{VI: vi, EN: en}})
		}
	}
	local, domain, at := strings.Cut(m.Address, "@")
	refuse(!at || local == "" || domain == "" || strings.ContainsFunc(m.Address, breaksLine), "address", "format",
		"Hãy ghi đầy đủ địa chỉ thư.", "Enter the whole mail address.")
	refuse(m.Host == "" || strings.ContainsAny(m.Host, "/:@ ") || strings.ContainsFunc(m.Host, breaksLine), "host", "format",
		"Hãy ghi tên máy chủ thư, không kèm cổng.", "Enter the name of the mail server, without a port.")
	refuse(m.Port < 1 || m.Port > 65535, "port", "format", "Cổng không hợp lệ.", "The port is not valid.")
	refuse(m.Security == MailPlain && !plain, "security", "mail_plain",
		"Hộp thư phải dùng đường truyền bảo mật (TLS).", "The mailbox has to use a protected line (TLS).")
	refuse(m.Username == "" || strings.ContainsFunc(m.Username, breaksLine), "username", "required",
		"Hãy ghi tên đăng nhập.", "Enter the user name.")
	refuse(strings.ContainsFunc(m.Folder, breaksLine), "folder", "format", "Tên thư mục không hợp lệ.", "The folder is not valid.")
	refuse(m.After == AfterMove && (m.MoveTo == "" || m.MoveTo == m.Folder || strings.ContainsFunc(m.MoveTo, breaksLine)), "moveTo", "required",
		"Hãy ghi thư mục khác để chuyển thư đã nhận.", "Enter another folder that taken mail is moved to.")
	refuse(m.Purpose != ForOffice && m.Purpose != ForScanner, "purpose", "unknown", "Loại hộp thư không hợp lệ.", "The purpose is not valid.")
	refuse(m.SilentDays < 0 || m.SilentDays > 366, "silentDays", "format", "Số ngày từ 0 đến 366.", "From 0 to 366 days.")
	refuse(strings.ContainsFunc(m.AuthServer, breaksLine), "authServer", "format", "Tên máy chủ không hợp lệ.", "The name of the server is not valid.")
	refuse(m.OAuth.Used() && !strings.HasPrefix(m.OAuth.TokenURL, "https://"), "tokenUrl", "format",
		"Địa chỉ lấy mã truy cập phải bắt đầu bằng https://.", "The token address has to begin with https://.")
	refuse(m.OAuth.Used() && (m.OAuth.ClientID == "" || strings.ContainsFunc(m.OAuth.ClientID, breaksLine)), "clientId", "required",
		"Hãy ghi mã ứng dụng (client id).", "Enter the client id.")
	if err := CheckRules(m.Rules); err != nil {
		return err
	}
	if len(bad) > 0 {
		return fault.New(fault.Invalid, "invalid_request", "Thông tin hộp thư chưa đúng.", "The mailbox is not valid.").With(bad...)
	}
	return nil
}

// breaksLine finds what would end a command line of a mail protocol.
func breaksLine(r rune) bool { return r < ' ' || r == 0x7f }
