package edxml

import (
	"fmt"

	"congvan/server/domain/fault"
)

// The refusals of Read. Their codes are part of the contract; what exactly was
// met is in the cause.
var (
	ErrMalformed = fault.New(fault.Unsupported, "edxml_malformed",
		"Gói tin không phải XML đúng cú pháp.", "The package is not well-formed XML.")
	ErrDoctype = fault.New(fault.Unsupported, "edxml_doctype",
		"Gói tin có khai báo DTD hoặc thực thể, không được phép.", "The package declares a document type or entities, which is not allowed.")
	ErrNotPackage = fault.New(fault.Unsupported, "edxml_not_package",
		"Tệp không phải gói tin edXML.", "The file is not an edXML package.")
	ErrLimit = fault.New(fault.TooLarge, "edxml_limit",
		"Gói tin vượt quá giới hạn cho phép.", "The package goes beyond what is allowed.")
	ErrDate = fault.New(fault.Unsupported, "edxml_date",
		"Ngày, giờ trong gói tin không đúng định dạng.", "A date or time in the package is not of the prescribed form.")
	ErrNumber = fault.New(fault.Unsupported, "edxml_number",
		"Số trong gói tin không đúng định dạng.", "A number in the package is none.")
	ErrAttachment = fault.New(fault.Unsupported, "edxml_attachment",
		"Tệp đính kèm trong gói tin thiếu hoặc hỏng.", "An attachment of the package is missing or damaged.")
	// ErrOrder is told of a package whose attachment says what it is only after
	// its content, when the reader it comes from cannot go back.
	ErrOrder = fault.New(fault.Unsupported, "edxml_order",
		"Gói tin mô tả tệp đính kèm sau nội dung nên chỉ đọc được từ tệp đã lưu.",
		"The package describes an attachment after its content and can only be read from a stored file.")
)

// ErrUnwritable is told of what cannot be put into a package.
var ErrUnwritable = fault.New(fault.Invalid, "edxml_unwritable",
	"Không lập được gói tin edXML từ dữ liệu này.", "No edXML package can be made of this.")

// because refuses with what exactly was met.
func because(refusal *fault.Error, format string, values ...any) error {
	return refusal.Because(fmt.Errorf(format, values...))
}
