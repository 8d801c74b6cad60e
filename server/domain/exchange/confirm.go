package exchange

import (
	"strings"
	"time"

	"congvan/server/domain/fault"
)

var errNotConfirmable = fault.New(fault.Conflict, "not_confirmable",
	"Chỉ xác nhận được văn bản đã gửi bằng thư điện tử hoặc bản giấy mà bên nhận chưa đăng ký.",
	"Only what was sent by mail or on paper, and is not registered yet, can be confirmed.")

// Confirm notes what a clerk knows from the recipient, by telephone or letter:
// that it was registered, under which number, or that it was refused. By mail
// nobody but a person says that.
func (d Delivery) Confirm(r Receipt) (Delivery, error) {
	r.Reason = strings.TrimSpace(r.Reason)
	switch {
	case d.Channel != Mailbox && d.Channel != Paper:
		return d, errNotConfirmable
	case r.State != Registered && r.State != Refused && r.State != Arrived:
		return d, fault.InvalidField("state", "unknown", "Trạng thái không hợp lệ.", "The state is not valid.")
	case r.State == Refused && r.Reason == "":
		return d, fault.InvalidField("reason", "required", "Hãy ghi lý do.", "Give a reason.")
	}
	after, changed := d.Apply(r)
	if !changed || after.State != r.State {
		return d, errNotConfirmable
	}
	after.NextAttemptAt = time.Time{}
	return after, nil
}
