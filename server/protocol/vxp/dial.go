package vxp

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

// What keeps a client from an answer, in the words of who looks after the
// connection. Causes are for the log.
var (
	ErrEndpoint = fault.New(fault.Invalid, "axis_endpoint",
		"Địa chỉ kết nối không hợp lệ: phải là http(s)://máy-chủ/đường-dẫn, không kèm mật khẩu hay tham số.",
		"The address is not valid: it has to be http(s)://host/path, without a password or parameters.")
	ErrPlain = fault.New(fault.Invalid, "axis_plain",
		"Kết nối phải dùng đường truyền bảo mật (https).", "The connection has to use a protected line (https).")
	ErrNotConfigured = fault.New(fault.Invalid, "axis_not_configured",
		"Chưa khai mã hệ thống hoặc khóa bí mật, hoặc mã hệ thống có ký tự ngoài ASCII.", "The system id or its secret is not set, or the id holds other than ASCII characters.")
	ErrPrivateHost = fault.New(fault.Invalid, "axis_host_private",
		"Máy chủ liên thông nằm trong dải địa chỉ nội bộ; người quản trị hệ thống phải cho phép trước.",
		"The server of the exchange is on a private address range; the operator has to allow that first.")
	ErrUnreachable = fault.New(fault.Unavailable, "axis_unreachable",
		"Không kết nối được tới máy chủ liên thông.", "The server of the exchange cannot be reached.")
	ErrTLS = fault.New(fault.Unavailable, "axis_tls",
		"Không thiết lập được đường truyền bảo mật với máy chủ liên thông (TLS).", "No protected line to the server of the exchange could be made (TLS).")
	ErrDropped = fault.New(fault.Unavailable, "axis_dropped",
		"Đường truyền tới máy chủ liên thông bị ngắt; chưa biết yêu cầu đã được nhận hay chưa.",
		"The line to the server of the exchange was dropped; whether the request was taken is not known.")
	ErrSilent = fault.New(fault.Unavailable, "axis_silent",
		"Máy chủ liên thông không phản hồi trong thời gian cho phép.", "The server of the exchange did not answer in time.")
	ErrRedirected = fault.New(fault.Unavailable, "axis_redirected",
		"Máy chủ liên thông chuyển hướng sang địa chỉ khác; hãy kiểm tra địa chỉ kết nối.",
		"The server of the exchange redirects elsewhere; check the address.")
	ErrNotAxis = fault.New(fault.Unavailable, "axis_answer",
		"Câu trả lời không phải của hệ thống liên thông (có thể là trang báo lỗi của máy chủ trung gian).",
		"The answer is not one of the exchange; it may be the error page of a proxy.")
	ErrIncomplete = fault.New(fault.Unavailable, "axis_incomplete",
		"Câu trả lời của hệ thống liên thông thiếu thông tin bắt buộc.", "The answer of the exchange lacks what it has to hold.")
	ErrAnswerTooLarge = fault.New(fault.Unavailable, "axis_answer_too_large",
		"Câu trả lời của hệ thống liên thông quá lớn.", "The answer of the exchange is too large.")
)

// onlyPublic judges the address when it is really dialled, so that no name can
// resolve to something else in between.
func onlyPublic(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrPrivateHost.Because(err)
	}
	if !exchange.PublicAddress(to.Addr().As16()) {
		return ErrPrivateHost
	}
	return nil
}

// translate tells what ended an exchange. What was ended from our side has the
// cause of its context, and is no fault of the line.
func translate(cause, err error) error {
	var known *fault.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(cause, errSilent):
		return ErrSilent.Because(err)
	case cause != nil:
		return cause
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert), errors.Is(err, http.ErrSchemeMismatch):
		return ErrTLS.Because(err)
	case isDial(err):
		return ErrUnreachable.Because(err)
	}
	return ErrDropped.Because(err)
}

func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}
