package document

import "congvan/server/domain/fault"

// Change is what became of a piece of a text.
type Change string

// The changes. Left out is what stayed the same and is too long to be shown.
const (
	Same    Change = "same"
	Added   Change = "added"
	Removed Change = "removed"
	LeftOut Change = "left_out"
)

// Piece is some words of two texts that share a fate.
type Piece struct {
	Change Change
	Text   string
	Words  int
}

// ErrNoWords is the fault of a file whose text cannot be read: a scan, or a
// type that has none.
var ErrNoWords = fault.New(fault.Unsupported, "no_words",
	"Tệp không có chữ đọc được (bản quét ảnh hoặc loại tệp khác), nên không so sánh được.",
	"The file has no text that can be read (a scan, or another type), so it cannot be compared.")
