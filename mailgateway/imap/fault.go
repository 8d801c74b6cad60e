package imap

import (
	"errors"
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"

	"congvan/server/domain/fault"
)

// The refusals, in the words of who looks after the mailbox. The causes stay
// in the log: they are the server's own words.
var (
	ErrPrivateHost = fault.New(fault.Invalid, "mail_host_private",
		"Máy chủ thư nằm trong dải địa chỉ nội bộ; người quản trị hệ thống phải cho phép trước.",
		"The mail server is on a private address range; the operator has to allow that first.")
	ErrUnreachable = fault.New(fault.Unavailable, "mail_unreachable",
		"Không kết nối được tới máy chủ thư.", "The mail server cannot be reached.")
	ErrTLS = fault.New(fault.Unavailable, "mail_tls",
		"Không thiết lập được đường truyền bảo mật với máy chủ thư (TLS).", "No protected line to the mail server could be made (TLS).")
	ErrPlain = fault.New(fault.Invalid, "mail_plain",
		"Hộp thư phải dùng đường truyền bảo mật (TLS).", "The mailbox has to use a protected line (TLS).")
	ErrLogin = fault.New(fault.Invalid, "mail_login",
		"Máy chủ thư không nhận tên đăng nhập hoặc mật khẩu.", "The mail server does not take the user name or the password.")
	ErrFolder = fault.New(fault.Invalid, "mail_folder",
		"Không mở được thư mục của hộp thư.", "The folder of the mailbox cannot be opened.")
	ErrLineDropped = fault.New(fault.Unavailable, "mail_line_dropped",
		"Đường truyền tới máy chủ thư bị ngắt.", "The line to the mail server was dropped.")
	ErrProtocol = fault.New(fault.Unavailable, "mail_protocol",
		"Máy chủ thư trả lời không đúng chuẩn IMAP.", "The mail server answers against the IMAP standard.")
	ErrBusy = fault.New(fault.Unavailable, "mail_busy",
		"Máy chủ thư đang bận hoặc tạm từ chối.", "The mail server is busy or refuses for now.")
	ErrGone = fault.New(fault.NotFound, "mail_gone",
		"Thư không còn trong hộp thư.", "The message is no longer in the mailbox.")
	ErrCannotMove = fault.New(fault.Conflict, "mail_cannot_move",
		"Máy chủ thư không cho chuyển riêng một thư sang thư mục khác.", "The mail server cannot move a single message to another folder.")
)

// ValidityChanged says that the server gave the folder new numbers: no UID of
// before means anything now (RFC 9051, 2.3.1.1).
type ValidityChanged struct{ Old, New uint32 }

// Error gives both numbers; they are not secret.
func (v *ValidityChanged) Error() string {
	return fmt.Sprintf("imap: UIDVALIDITY changed from %d to %d", v.Old, v.New)
}

func isNo(err error) bool {
	var e *imap.Error
	return errors.As(err, &e) && (e.Type == imap.StatusResponseTypeNo || e.Type == imap.StatusResponseTypeBad)
}

func isTemporary(err error) bool {
	var e *imap.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug, imap.ResponseCodeCorruption:
		return true
	}
	return e.Type == imap.StatusResponseTypeBye
}

// translate tells a dropped line from a server that answers nonsense and from
// one that says no. The library turns both of the first into text, so the line
// itself remembers.
func (c *Client) translate(err error) error {
	var known *fault.Error
	var changed *ValidityChanged
	if errors.As(err, &known) || errors.As(err, &changed) {
		return err
	}
	if dropped := c.line.failure(); dropped != nil {
		if errors.Is(dropped, errTooMuch) {
			return ErrProtocol.Because(dropped)
		}
		return ErrLineDropped.Because(dropped)
	}
	if isNo(err) || isTemporary(err) {
		return ErrBusy.Because(err)
	}
	return ErrProtocol.Because(err)
}

func newPlain(user, password string) sasl.Client { return sasl.NewPlainClient("", user, password) }
