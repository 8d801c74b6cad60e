package vxp

import (
	"errors"
	"net/http"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

// What this end refuses by itself.
var (
	ErrUnknownCall = fault.New(fault.NotFound, "axis_unknown_call",
		"Không có lời gọi này.", "There is no such call.")
	ErrClock = fault.New(fault.Unauthenticated, "axis_clock",
		"Thời điểm ký của yêu cầu lệch quá mức cho phép; hãy kiểm tra đồng hồ và múi giờ của máy gửi.",
		"The request's timestamp is too far off; check the clock and the time zone of the sending machine.")
	ErrReplayed = fault.New(fault.Unauthenticated, "axis_replayed",
		"Chữ ký của yêu cầu đã được dùng cho một lời gọi khác.", "The signature of the request was used for another call already.")
	ErrRequestTooLarge = fault.New(fault.TooLarge, "axis_request_too_large",
		"Yêu cầu quá lớn.", "The request is too large.")
	ErrBadReceipt = fault.New(fault.Unavailable, "axis_bad_receipt",
		"Bên nhận trả lời bằng biên nhận không hợp lệ.", "The other side answered with a receipt that proves nothing.")
	errMalformed = fault.New(fault.Invalid, "axis_malformed",
		"Yêu cầu thiếu thông tin hoặc có thông tin không đúng dạng.", "The request lacks something, or something in it has a wrong form.")
	errUnfinished = fault.New(fault.Invalid, "axis_unfinished",
		"Dữ liệu gửi đến bị ngắt giữa chừng.", "The data sent ended half-way.")
)

// malformed names the parameter that is wrong.
func malformed(key string) *fault.Error {
	return fault.New(errMalformed.Kind, errMalformed.Code,
		"Tham số "+key+" thiếu hoặc không đúng dạng.", "The parameter "+key+" is missing or has a wrong form.")
}

// codes is the table of error codes, for writing and for reading; of two rows
// with one code the first is read. The numbers below 100 are those of a
// published provincial guide, the rest are ours and speak like HTTP.
var codes = []struct {
	refusal *fault.Error
	code    string
}{
	{exchange.ErrBadCredentials, "15"},
	{ErrClock, "15"},
	{ErrReplayed, "15"},
	{exchange.ErrRecipientUnknown, "18"},
	{exchange.ErrSenderUnknown, "19"},
	{exchange.ErrNotOnBehalf, "19"},
	{exchange.ErrDisturbed, "20"},
	{exchange.ErrPackageAltered, "21"},
	{exchange.ErrPackageInvalid, "22"},
	{exchange.ErrPackageInvalid, "10"},
	{exchange.ErrRecipientClosed, "23"},
	{exchange.ErrMessageUnknown, "404"},
	{exchange.ErrContentDiffers, "409"},
	{exchange.ErrMessageExpired, "410"},
	{exchange.ErrPackageTooLarge, "413"},
	{ErrRequestTooLarge, "413"},
	{exchange.ErrOverloaded, "429"},
}

// byKind is how a refusal without a code of its own is told.
var byKind = map[fault.Kind]struct {
	status int
	code   string
}{
	fault.Invalid:         {http.StatusBadRequest, "400"},
	fault.Unauthenticated: {http.StatusUnauthorized, "15"},
	fault.Forbidden:       {http.StatusForbidden, "403"},
	fault.NotFound:        {http.StatusNotFound, "404"},
	fault.Conflict:        {http.StatusConflict, "409"},
	fault.Stale:           {http.StatusConflict, "409"},
	fault.TooLarge:        {http.StatusRequestEntityTooLarge, "413"},
	fault.Unsupported:     {http.StatusUnprocessableEntity, "22"},
	fault.Throttled:       {http.StatusTooManyRequests, "429"},
	fault.Unavailable:     {http.StatusServiceUnavailable, "20"},
	fault.Internal:        {http.StatusInternalServerError, "20"},
}

// retryAfter tells a client how many seconds to wait.
var retryAfter = map[fault.Kind]string{fault.Throttled: "60", fault.Unavailable: "5"}

// told is a refusal as it goes out.
type told struct {
	status int
	code   string
	text   string
	wait   string
}

// tell finds how an error is told. What is no fault is a defect of ours: its
// text stays inside.
func tell(err error) told {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind == fault.Internal {
		f = fault.New(fault.Internal, "", exchange.ErrDisturbed.Text.VI, exchange.ErrDisturbed.Text.EN)
	}
	row := byKind[f.Kind]
	t := told{status: row.status, code: row.code, text: f.Text.VI + " / " + f.Text.EN, wait: retryAfter[f.Kind]}
	for _, c := range codes {
		if errors.Is(f, c.refusal) {
			t.code = c.code
			break
		}
	}
	return t
}
