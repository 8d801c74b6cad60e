package numbering

import (
	"slices"
	"strings"
	"unicode/utf8"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// MaxReserved is how many numbers may be reserved at once.
const MaxReserved = 20

// maxReason is how long the words for a number out of the usual way may be.
const maxReason = 500

// Reservable refuses the registers whose numbers nobody keeps for later.
func (r Register) Reservable() error {
	if r.Direction != Outgoing {
		return fault.InvalidField("id", "outgoing_only", "Chỉ giữ hoặc hủy số trong sổ văn bản đi.", "Numbers are reserved and cancelled in outgoing registers only.")
	}
	return nil
}

// Reserve gives the next numbers and the register after them: they are taken
// like any other, so that nothing is left out, and wait for their documents.
func (r Register) Reserve(count int, day org.Day) ([]Number, Register, error) {
	if count < 1 || count > MaxReserved {
		return nil, r, fault.InvalidField("count", "invalid_number", "Mỗi lần giữ từ 1 đến 20 số.", "1 to 20 numbers can be reserved at once.")
	}
	numbers := make([]Number, count)
	after := r
	for i := range numbers {
		var err error
		if numbers[i], after, err = after.Take(day); err != nil {
			return nil, r, err
		}
	}
	return numbers, after, nil
}

// Insert gives a number behind one that was taken (12a behind 12); suffixes are
// those that stand there already. The series itself does not move.
func (r Register) Insert(behind int, suffixes []string, day org.Day) (Number, error) {
	if day.Year() != r.Year {
		_, _, err := r.Take(day)
		return Number{}, err
	}
	if r.Closed {
		return Number{}, errClosed()
	}
	if behind < r.Opening || behind >= r.Next {
		return Number{}, fault.InvalidField("insertBehind", "not_taken", "Chỉ chèn được sau một số đã cấp.", "A number can be inserted only behind one that was taken.")
	}
	for letter := 'a'; letter <= 'z'; letter++ {
		if !slices.Contains(suffixes, string(letter)) {
			return Number{Value: behind, Suffix: string(letter)}, nil
		}
	}
	return Number{}, fault.New(fault.Conflict, "suffixes_used", "Sau số này đã chèn đến chữ z.", "All letters behind this number are used.")
}

// CheckSpecial holds what every number out of the usual way needs: a reason,
// and a day that lies neither ahead nor before the signature. A document that
// was signed on 31 December takes its number of that year on 2 January.
func CheckSpecial(reason string, day, signed, today org.Day) error {
	if err := CheckReason(reason); err != nil {
		return err
	}
	if day.After(today) {
		return fault.InvalidField("day", "future", "Ngày văn bản không được sau hôm nay.", "The day must not lie in the future.")
	}
	if !signed.IsZero() && day.Before(signed) {
		return fault.InvalidField("day", "before_signature", "Ngày văn bản không được trước ngày ký duyệt.", "The day must not come before the signature.")
	}
	return nil
}

// CheckReason refuses what says nothing or too much.
func CheckReason(reason string) error {
	switch reason = strings.TrimSpace(reason); {
	case reason == "":
		return fault.InvalidField("reason", "required", "Hãy ghi lý do.", "Give the reason.")
	case utf8.RuneCountInString(reason) > maxReason:
		return fault.InvalidField("reason", "too_long", "Lý do dài quá 500 ký tự.", "The reason is longer than 500 characters.")
	}
	return nil
}

// ErrNotReserved is the fault of a number that does not wait for a document.
var ErrNotReserved = fault.New(fault.Conflict, "not_reserved",
	"Số này không phải số đang giữ.", "The number is not one that is reserved.")
