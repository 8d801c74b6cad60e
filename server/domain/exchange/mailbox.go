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
	Version  int
	MailboxHealth
}

// MailboxHealth is what the gateway last found.
type MailboxHealth struct {
	ConnectedAt time.Time
	CheckedAt   time.Time
	Trouble     string // the code of the last failure, empty when all is well
	TroubleAt   time.Time
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
	if len(bad) > 0 {
		return fault.New(fault.Invalid, "invalid_request", "Thông tin hộp thư chưa đúng.", "The mailbox is not valid.").With(bad...)
	}
	return nil
}

// breaksLine finds what would end a command line of a mail protocol.
func breaksLine(r rune) bool { return r < ' ' || r == 0x7f }
