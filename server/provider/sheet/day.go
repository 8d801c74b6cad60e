package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"congvan/server/domain/org"
)

// epoch is the day from which a spreadsheet counts its dates.
type epoch int

const (
	none     epoch = iota // text files keep no serial days
	from1900              // Excel's usual one
	from1904              // old Macintosh workbooks
)

// The serial days taken: 1945 to 2199. A year typed alone into a column of
// dates (2017) would otherwise pass for a day of 1905.
const (
	firstSerial = 16_438
	lastSerial  = 109_938
)

// day reads a serial day of the spreadsheet.
func (e epoch) day(text string) (org.Day, bool) {
	if e == none {
		return org.Day{}, false
	}
	serial, err := strconv.ParseFloat(text, 64)
	if err != nil || !(serial >= firstSerial && serial < lastSerial+1) {
		return org.Day{}, false
	}
	at, err := excelize.ExcelDateToTime(math.Floor(serial), e == from1904)
	if err != nil {
		return org.Day{}, false
	}
	day, err := org.NewDay(at.Year(), at.Month(), at.Day())
	return day, err == nil
}

// writtenDay reads dd/mm/yyyy, also with hyphens or full stops, and
// yyyy-mm-dd, with or without the midnight that programs add.
func writtenDay(text string) (org.Day, bool) {
	text = strings.TrimSuffix(text, ".000")
	for _, midnight := range []string{" 00:00:00", "T00:00:00", " 00:00"} {
		text = strings.TrimSuffix(text, midnight)
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	if len(parts) != 3 {
		return org.Day{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	if len(parts[0]) > 2 || len(parts[1]) > 2 || len(parts[2]) != 4 {
		return org.Day{}, false
	}
	var numbers [3]int
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return org.Day{}, false
		}
		numbers[i] = int(n)
	}
	day, err := org.NewDay(numbers[2], time.Month(numbers[1]), numbers[0])
	return day, err == nil
}
