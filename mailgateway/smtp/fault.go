package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

// What keeps a mail from being sent. What only the operator can mend is of a
// kind that is tried again: the mails wait for it, and none is lost to it.
var (
	ErrNotConfigured = fault.New(fault.Invalid, "smtp_not_configured",
		"Chưa khai đủ máy chủ gửi thư (CONGVAN_SMTP_*).", "The server for outgoing mail is not wholly configured (CONGVAN_SMTP_*).")
	ErrPlain = fault.New(fault.Invalid, "smtp_plain",
		"Máy chủ gửi thư phải dùng đường truyền bảo mật (TLS).", "The server for outgoing mail has to use a protected line (TLS).")
	ErrPrivateHost = fault.New(fault.Unavailable, "smtp_host_private",
		"Máy chủ gửi thư nằm trong dải địa chỉ nội bộ; người quản trị hệ thống phải cho phép trước.",
		"The server for outgoing mail is on a private address range; the operator has to allow that first.")
	ErrUnreachable = fault.New(fault.Unavailable, "smtp_unreachable",
		"Không kết nối được tới máy chủ gửi thư.", "The server for outgoing mail cannot be reached.")
	ErrTLS = fault.New(fault.Unavailable, "smtp_tls",
		"Không thiết lập được đường truyền bảo mật với máy chủ gửi thư (TLS).", "No protected line to the server for outgoing mail could be made (TLS).")
	ErrLogin = fault.New(fault.Unavailable, "smtp_login",
		"Máy chủ gửi thư không nhận tên đăng nhập hoặc mật khẩu.", "The server for outgoing mail does not take the user name or the password.")
	ErrDropped = fault.New(fault.Unavailable, "smtp_dropped",
		"Đường truyền tới máy chủ gửi thư bị ngắt; chưa biết thư đã được nhận hay chưa.",
		"The line to the server for outgoing mail was dropped; whether the mail was taken is not known.")
	ErrDown = fault.New(fault.Unavailable, "smtp_down",
		"Máy chủ gửi thư đang ngừng nhận thư.", "The server for outgoing mail takes none at the moment.")
	ErrLater = fault.New(fault.Throttled, "smtp_later",
		"Máy chủ thư đề nghị gửi lại sau.", "The mail server asks to send it again later.")
	ErrRefused = fault.New(fault.Forbidden, "smtp_refused",
		"Máy chủ thư từ chối nhận thư này.", "The mail server refuses this mail.")
	ErrMailboxUnknown = fault.New(fault.NotFound, "smtp_mailbox_unknown",
		"Máy chủ thư cho biết địa chỉ thư của bên nhận không tồn tại.", "The mail server says that the recipient's address does not exist.")
	ErrNoAddress = fault.New(fault.Invalid, "smtp_no_address",
		"Bên nhận chưa có địa chỉ thư hợp lệ trong danh bạ.", "The recipient has no valid mail address in the directory.")
	ErrNoSender = fault.New(fault.Invalid, "smtp_no_sender",
		"Cơ quan gửi chưa có địa chỉ thư hợp lệ trong danh bạ.", "The sending agency has no valid mail address in the directory.")
	ErrAddress = fault.New(fault.Unsupported, "smtp_address",
		"Máy chủ gửi thư không hỗ trợ địa chỉ có ký tự ngoài ASCII.", "The server for outgoing mail does not support addresses with other than ASCII characters.")
)

// refusal is a fault with the words of the server that made it.
type refusal struct {
	fault *fault.Error
	words string
	wait  time.Duration // how long the server should be left alone
}

// greylisted is how long a server keeps whoever it does not know yet waiting;
// who comes back sooner waits anew with some.
const greylisted = 5 * time.Minute

// Error is for logs: the code, never the words, which may name people.
func (r *refusal) Error() string { return r.fault.Code }

// Unwrap gives the fault, which tells a person.
func (r *refusal) Unwrap() error { return r.fault }

func outcomeOf(err error) exchange.Outcome {
	var r *refusal
	if errors.As(err, &r) {
		return exchange.Outcome{Words: r.words, Wait: r.wait}
	}
	return exchange.Outcome{}
}

// translate tells what ended a session. What was ended from our side, by its
// context, is no fault of the server.
func (s *session) translate(ctx context.Context, err error) error {
	var known *fault.Error
	var told *smtp.SMTPError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &known):
		return err
	case errors.As(err, &told):
		return s.judge(told)
	case isTLS(err), s.stage == protecting && s.line.heard.Load() > 0:
		return ErrTLS.Because(err)
	case s.stage < naming:
		return ErrUnreachable.Because(err)
	}
	return ErrDropped.Because(err)
}

func isTLS(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert)
}

// judge says what an answer means at the stage where it came (RFC 5321, 4.2).
func (s *session) judge(e *smtp.SMTPError) error {
	r := &refusal{words: wordsOf(e)}
	class, subject, detail := e.EnhancedCode[0], e.EnhancedCode[1], e.EnhancedCode[2]
	// RFC 3463, 3.3 and 3.4: the mailbox or the server takes no mail of that size.
	large := subject == 2 && detail == 3 || subject == 3 && detail == 4
	switch {
	case s.stage == signingIn && e.Code >= 500, e.Code == 530, e.Code == 534, e.Code == 535, e.Code == 538:
		r.fault = ErrLogin
	case s.stage == protecting && e.Code != 421 && e.Code != 554:
		r.fault = ErrTLS
	case s.stage < naming, e.Code == 421:
		r.fault = ErrDown
	case e.Code < 500:
		r.fault = ErrLater
		if s.stage == address && (subject == 7 && detail == 1 || strings.Contains(strings.ToLower(e.Message), "greylist")) {
			r.wait = greylisted
		}
	case class == 5 && large, class == 0 && e.Code == 552:
		r.fault = exchange.ErrPackageTooLarge
	case s.stage == address && class == 5 && subject == 1 && detail <= 3:
		r.fault = ErrMailboxUnknown
	default:
		r.fault = ErrRefused
	}
	return r
}

func wordsOf(e *smtp.SMTPError) string {
	if c := e.EnhancedCode; c[0] != 0 {
		return fmt.Sprintf("%d %d.%d.%d %s", e.Code, c[0], c[1], c[2], e.Message)
	}
	return fmt.Sprintf("%d %s", e.Code, e.Message)
}
