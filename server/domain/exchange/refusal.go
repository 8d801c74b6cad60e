package exchange

import (
	"errors"

	"congvan/server/domain/fault"
)

// What one side of an exchange tells the other. Both sides use the same
// values: who refuses makes them, each protocol writes them in its own codes,
// and who was refused gets them back.
var (
	ErrBadCredentials = fault.New(fault.Unauthenticated, "exchange_credentials",
		"Mã hệ thống hoặc khóa bí mật kết nối không đúng.", "The system id or its secret is not right.")
	ErrRecipientUnknown = fault.New(fault.NotFound, "recipient_unknown",
		"Bên nhận không có trong danh bạ liên thông.", "The recipient is not in the directory of the exchange.")
	ErrRecipientClosed = fault.New(fault.Forbidden, "recipient_closed",
		"Bên nhận đã ngừng hoạt động hoặc bị khóa trên hệ thống liên thông.", "The recipient is closed or locked in the exchange.")
	ErrSenderUnknown = fault.New(fault.Forbidden, "sender_unknown",
		"Bên gửi chưa đăng ký trên hệ thống liên thông.", "The sender is not registered in the exchange.")
	ErrNotOnBehalf = fault.New(fault.Forbidden, "not_on_behalf",
		"Hệ thống gửi không được phép gửi thay cơ quan này.", "The sending system may not send on behalf of this agency.")
	ErrPackageInvalid = fault.New(fault.Unsupported, "package_invalid",
		"Gói tin không đúng định dạng edXML.", "The package is not valid edXML.")
	ErrPackageAltered = fault.New(fault.Invalid, "package_altered",
		"Nội dung gói tin không khớp với mã băm đã khai: gói tin bị hỏng hoặc bị sửa trên đường truyền.",
		"The package does not match its stated hash: it was damaged or changed on the way.")
	ErrPackageTooLarge = fault.New(fault.TooLarge, "package_too_large",
		"Gói tin vượt quá dung lượng bên nhận cho phép.", "The package is larger than the recipient takes.")
	ErrContentDiffers = fault.New(fault.Conflict, "content_differs",
		"Bên nhận đã có một gói tin khác nội dung mang cùng mã này.", "The recipient already has another content under the same message id.")
	ErrMessageExpired = fault.New(fault.Conflict, "message_expired",
		"Gói tin đã quá thời hạn gửi.", "The life time of the message has passed.")
	ErrMessageUnknown = fault.New(fault.NotFound, "message_unknown",
		"Không có gói tin mang mã này.", "There is no message with this id.")
	ErrOverloaded = fault.New(fault.Throttled, "exchange_throttled",
		"Gửi quá nhiều yêu cầu trong thời gian ngắn.", "Too many requests in a short time.")
	ErrDisturbed = fault.New(fault.Unavailable, "exchange_disturbed",
		"Hệ thống liên thông đang gặp sự cố.", "The exchange has trouble of its own.")
)

// ErrFileAway is our own trouble: the file to be sent cannot be opened now. It
// says nothing of the other side.
var ErrFileAway = fault.New(fault.Unavailable, "exchange_file_away",
	"Chưa mở được tệp cần gửi từ kho lưu trữ.", "The file to be sent cannot be opened from the store now.")

// ErrFileDamaged is our own trouble too, and an alarm: the file in the store is
// not the one that was meant to be sent. It is tried again, since a store can be
// mended from a copy; the bytes that are wrong never leave.
var ErrFileDamaged = fault.New(fault.Internal, "exchange_file_damaged",
	"Tệp cần gửi trong kho lưu trữ không còn đúng như khi được lưu.", "The file to be sent is not what it was when it was stored.")

// Verdict is what a failed try means for the next one.
type Verdict string

// The verdicts.
const (
	Retry        Verdict = "retry"        // it may succeed later
	GiveUp       Verdict = "give_up"      // the same message will be refused again
	Contradicted Verdict = "contradicted" // the other side holds something else: a person has to look
)

// VerdictOn judges a failed try. Retried is only what may succeed; an error of
// no known kind may, since a defect is mended without the message changing.
func VerdictOn(err error) Verdict {
	if errors.Is(err, ErrMessageExpired) {
		return GiveUp
	}
	switch fault.KindOf(err) {
	case fault.Unavailable, fault.Throttled, fault.Internal:
		return Retry
	case fault.Conflict, fault.Stale:
		return Contradicted
	}
	return GiveUp
}
