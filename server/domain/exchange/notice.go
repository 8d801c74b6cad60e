package exchange

import (
	"fmt"
	"io"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// MailNotice is a short mail of the system itself.
type MailNotice struct {
	From      Party
	To        string
	Subject   string
	Text      string
	InReplyTo string
	Key       string // the same for the same notice: whoever gets it twice can tell
}

// InfectionNotice tells the sender of a mail that it was not taken in (K14).
func InfectionNotice(m Mail, agency, mailbox string) MailNotice {
	subject := document.CleanLine(m.Subject)
	return MailNotice{From: Party{AgencyID: m.AgencyID, Name: agency, Email: mailbox}, To: m.FromAddress, InReplyTo: m.MessageID, Key: m.ID.String(),
		Subject: "Thư của Quý cơ quan chưa được tiếp nhận vì có mã độc",
		Text: fmt.Sprintf("Thư \"%s\" gửi tới %s chưa được tiếp nhận: chương trình quét phát hiện mã độc trong tệp đính kèm.\n"+
			"Đề nghị kiểm tra máy tính và gửi lại tệp sạch. Đây là thư tự động, xin không trả lời.\n\n"+
			"Your mail \"%s\" to %s was not taken in: a virus was found in it. Please check your computer and send a clean file.\n"+
			"This is an automatic message; please do not reply.\n", subject, mailbox, subject, mailbox)}
}

// MailSheet is a mail as it is printed to be filed.
type MailSheet struct {
	Subject, From string
	SentAt        time.Time
	Text          string
}

// Sheet gives what is printed of a mail; text is its whole text.
func (m OpenedMail) Sheet(text string) MailSheet {
	return MailSheet{Subject: document.CleanLine(m.Subject), From: document.CleanLine(strings.TrimSpace(m.FromName + " <" + m.FromAddress + ">")), SentAt: m.SentAt, Text: text}
}

// Facts are the lines above the text.
func (s MailSheet) Facts() []string {
	facts := []string{"Người gửi: " + s.From}
	if !s.SentAt.IsZero() {
		facts = append(facts, "Gửi lúc: "+s.SentAt.In(org.Zone()).Format("15:04 02/01/2006"))
	}
	return append(facts, "Bản in nội dung thư điện tử do hệ thống lập; thư gốc được lưu kèm.")
}

// TextDocument is the text of a mail as a file of its own, with where it came from.
func (m OpenedMail) TextDocument() io.Reader {
	var b strings.Builder
	b.WriteString("\ufeff") // for programs that would guess another alphabet
	fmt.Fprintf(&b, "Người gửi: %s <%s>\r\nTiêu đề: %s\r\n", m.FromName, m.FromAddress, m.Subject)
	if !m.SentAt.IsZero() {
		fmt.Fprintf(&b, "Gửi lúc: %s\r\n", m.SentAt.UTC().Format(time.RFC3339))
	}
	b.WriteString("\r\n" + strings.ReplaceAll(strings.ReplaceAll(m.BodyText, "\r\n", "\n"), "\n", "\r\n"))
	return strings.NewReader(b.String())
}
