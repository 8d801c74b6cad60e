package command

import (
	"context"
	"strings"
	"time"

	"congvan/mailgateway/imap"
	"congvan/mailgateway/receive"
	"congvan/server/app/accounts"
	"congvan/server/app/intake"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/secret"
)

// staleMailbox is how long the gateway may not have looked; where a server
// announces new mail it looks at least twice an hour.
const staleMailbox = time.Hour

// checkMailboxes tells of each mailbox that should be read whether it is. It
// asks what the gateway wrote down: a second reader would disturb the first.
func (d *doctor) checkMailboxes(ctx context.Context, store *postgres.Store, blobs *blob.Store) {
	list, err := d.mailboxes(ctx, store, blobs)
	if err != nil {
		d.add("mailbox", stateWrong, both("Không đọc được danh sách hộp thư: %s", "The mailboxes cannot be listed: %s", innermost(err)), fault.Text{})
		return
	}
	enabled := 0
	for _, m := range list {
		if m.Enabled {
			enabled++
			d.judgeMailbox(m)
		}
	}
	if enabled == 0 {
		d.add("mailbox", stateOK, both("Không có hộp thư nào đang bật", "No mailbox is switched on"), fault.Text{})
	}
}

func (d *doctor) mailboxes(ctx context.Context, store *postgres.Store, blobs *blob.Store) ([]intake.Mailbox, error) {
	key, err := d.cfg.Key()
	if err != nil {
		return nil, err
	}
	box, err := secret.New(key)
	if err != nil {
		return nil, err
	}
	return intake.New(store, blobs, box, d.clock, intake.Options{}).Mailboxes(ctx, accounts.System())
}

func (d *doctor) judgeMailbox(m intake.Mailbox) {
	now, looked := d.clock(), moment(m.CheckedAt)
	tell := func(state findingState, found, advice fault.Text) {
		d.add("mailbox", state, fault.Text{VI: m.Address + ": " + found.VI, EN: m.Address + ": " + found.EN}, advice)
	}
	switch {
	case m.State() == exchange.MailboxFailing:
		why, since := troubleOf(m.Trouble), moment(m.TroubleAt)
		tell(stateWrong, fault.Text{VI: why.VI + " (từ " + since.VI + ")", EN: why.EN + " (since " + since.EN + ")"}, cureOf(m.Trouble))
	case m.HeldUntil.Before(now):
		tell(stateWarning, fault.Text{VI: "không có tiến trình nào đang đọc, xem lần cuối: " + looked.VI, EN: "no process reads it, last looked at: " + looked.EN},
			both("Chạy congvan serve với vai trò mail.", "Run congvan serve with the role mail."))
	case m.State() == exchange.MailboxConnecting:
		tell(stateWarning, both("đang kết nối", "is being connected"), both("Xem lại sau một phút.", "Look again in a minute."))
	case now.Sub(m.CheckedAt) > staleMailbox:
		tell(stateWarning, fault.Text{VI: "đã lâu không được xem, lần cuối: " + looked.VI, EN: "not looked at for long, last: " + looked.EN},
			both("Khởi động lại tiến trình có vai trò mail và xem nhật ký.", "Restart the process with the role mail, and see its log."))
	default:
		since := moment(m.ConnectedAt)
		tell(stateOK, fault.Text{VI: "kết nối từ " + since.VI + ", xem lần cuối: " + looked.VI, EN: "connected since " + since.EN + ", last looked at: " + looked.EN}, fault.Text{})
	}
}

// moment writes a time as the office's clock shows it.
func moment(at time.Time) fault.Text {
	if at.IsZero() {
		return both("chưa lần nào", "never")
	}
	at = at.In(org.Zone())
	return fault.Text{VI: at.Format("15:04 02/01/2006"), EN: at.Format("2006-01-02 15:04")}
}

// troubles are what a gateway can have written down, by code.
var troubles = []*fault.Error{imap.ErrPrivateHost, imap.ErrUnreachable, imap.ErrTLS, imap.ErrPlain, imap.ErrLogin, imap.ErrFolder,
	imap.ErrLineDropped, imap.ErrProtocol, imap.ErrBusy, imap.ErrGone, imap.ErrCannotMove, receive.ErrSealed}

func troubleOf(code string) fault.Text {
	for _, t := range troubles {
		if t.Code == code {
			return fault.Text{VI: strings.TrimSuffix(t.Text.VI, "."), EN: strings.TrimSuffix(t.Text.EN, ".")}
		}
	}
	return both("Lỗi %s", "Error %s", code)
}

// cureOf says what to do about a trouble.
func cureOf(code string) fault.Text {
	switch code {
	case imap.ErrLogin.Code, receive.ErrSealed.Code:
		return both("Nhập lại tên và mật khẩu ở Quản trị → Hộp thư.", "Enter name and password again under Administration → Mailboxes.")
	case imap.ErrPrivateHost.Code:
		return both("Nếu máy chủ thư là của cơ quan, đặt CONGVAN_ALLOW_PRIVATE_MAIL_HOSTS=true.", "If the mail server is your own, set CONGVAN_ALLOW_PRIVATE_MAIL_HOSTS=true.")
	case imap.ErrPlain.Code, imap.ErrTLS.Code:
		return both("Chọn đúng kiểu bảo mật và cổng ở Quản trị → Hộp thư, và xem chứng thư của máy chủ thư.", "Choose the right protection and port under Administration → Mailboxes, and see the mail server's certificate.")
	case imap.ErrFolder.Code, imap.ErrCannotMove.Code:
		return both("Sửa thư mục hoặc việc làm sau khi nhận ở Quản trị → Hộp thư.", "Correct the folder, or what happens to read mail, under Administration → Mailboxes.")
	case imap.ErrUnreachable.Code, imap.ErrLineDropped.Code:
		return both("Kiểm tra máy chủ, cổng, DNS và tường lửa.", "Check host, port, DNS and firewall.")
	}
	return both("Xem nhật ký của tiến trình có vai trò mail.", "See the log of the process with the role mail.")
}
