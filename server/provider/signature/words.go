package signature

import (
	"congvan/server/domain/fault"
	"congvan/server/provider/signature/trust"
)

// Text says how the signature stands.
func (i Integrity) Text() fault.Text {
	switch i {
	case Whole:
		return fault.Text{VI: "toàn vẹn", EN: "whole"}
	case Changed:
		return fault.Text{VI: "chữ ký đúng, nhưng tệp đã bị thay đổi sau khi ký", EN: "intact, but the file was changed after it was signed"}
	case Broken:
		return fault.Text{VI: "không hợp lệ: chữ ký không khớp với nội dung tệp", EN: "broken: it does not fit the content of the file"}
	case Weak:
		return fault.Text{VI: "dùng thuật toán đã lỗi thời, không còn giá trị chứng minh", EN: "made with outdated algorithms that prove nothing any more"}
	}
	return fault.Text{VI: "loại chữ ký không đọc được", EN: "of a kind that cannot be read"}
}

// RevocationText says what is known of the certificate being revoked.
func RevocationText(r trust.Revocation) fault.Text {
	switch r {
	case trust.NotRevoked:
		return fault.Text{VI: "không bị thu hồi", EN: "not revoked"}
	case trust.WasRevoked:
		return fault.Text{VI: "đã bị thu hồi", EN: "revoked"}
	}
	return fault.Text{VI: "chưa có dữ liệu để biết có bị thu hồi hay không", EN: "nothing is known of a revocation"}
}
