package blob

import (
	"context"
	"errors"
	"fmt"

	"congvan/server/domain/fault"
)

var (
	errUnavailable = fault.New(fault.Unavailable, "storage_unavailable",
		"Kho tệp tạm thời không truy cập được. Xin thử lại sau ít phút.",
		"The file store cannot be reached at the moment. Please try again shortly.")
	errDamaged = fault.New(fault.Unavailable, "object_damaged",
		"Tệp lưu trữ bị hỏng nên không được mở. Quản trị hệ thống đã được báo để khôi phục.",
		"The stored file is damaged and is not served. It has to be restored by the administrators.")
	errTooLarge = fault.New(fault.TooLarge, "file_too_large",
		"Tệp vượt quá dung lượng cho phép.",
		"The file is larger than allowed.")
	errTruncated = fault.New(fault.Invalid, "file_size_differs",
		"Tệp nhận được không đủ hoặc dài hơn dung lượng đã báo. Xin gửi lại.",
		"What was received is shorter or longer than announced. Please send it again.")
	errIncomplete = fault.New(fault.Conflict, "upload_incomplete",
		"Tệp chưa được gửi lên đầy đủ.",
		"The upload is not complete.")
	errOffset = fault.New(fault.Conflict, "upload_offset",
		"Phần tệp gửi lên không nối tiếp phần đã nhận. Xin hỏi lại vị trí rồi gửi tiếp.",
		"What was sent does not continue what has been received. Ask for the offset and go on from there.")
)

// unavailable tells that the store failed. Whoever asked and went away is not
// told so, and neither is the log.
func unavailable(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return fmt.Errorf("use object store: %w", err)
	}
	return errUnavailable.Because(err)
}
