package numbering

import (
	"cmp"
	"fmt"
	"strconv"

	"congvan/server/domain/fault"
)

// maxNumber is the last number of a register: six digits fit every symbol,
// every form and every partner's field.
const maxNumber = 999_999

// Number is a number in a register. A suffix marks one that was inserted after
// the fact: 12a follows 12.
type Number struct {
	Value  int
	Suffix string
}

// ParseNumber reads a number as it is written: 05, 12a.
func ParseNumber(s string) (Number, error) {
	digits := 0
	for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' {
		digits++
	}
	if digits == 0 || digits > 6 {
		return Number{}, invalidNumber()
	}
	value, err := strconv.Atoi(s[:digits])
	if err != nil {
		return Number{}, invalidNumber().Because(err)
	}
	n := Number{Value: value, Suffix: s[digits:]}
	return n, n.Check()
}

// Check refuses what could not stand in a register.
func (n Number) Check() error {
	if n.Value < 1 || n.Value > maxNumber || len(n.Suffix) > 1 {
		return invalidNumber()
	}
	if n.Suffix != "" && !isLetter(n.Suffix[0]) {
		return invalidNumber()
	}
	return nil
}

// String writes the number as documents carry it: with a leading zero below
// ten (NĐ 30/2020, phụ lục I, phần II, mục 3).
func (n Number) String() string { return fmt.Sprintf("%02d%s", n.Value, n.Suffix) }

// Compare orders as the register lists: 12, 12a, 12b, 13.
func (n Number) Compare(other Number) int {
	return cmp.Or(cmp.Compare(n.Value, other.Value), cmp.Compare(n.Suffix, other.Suffix))
}

func isLetter(b byte) bool { return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' }

func invalidNumber() *fault.Error {
	return fault.InvalidField("number", "invalid_number",
		"Số gồm 1 đến 6 chữ số, có thể thêm một chữ cái (ví dụ 05, 12a).",
		"A number has 1 to 6 digits and may end with one letter (for example 05, 12a).")
}
