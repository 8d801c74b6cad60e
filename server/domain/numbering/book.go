package numbering

import (
	"cmp"
	"iter"
	"strconv"
	"strings"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Book is one of the books that an office keeps of its registers (NĐ 30/2020,
// phụ lục IV): what it is called and which columns stand in it.
type Book string

// The books.
const (
	OutgoingBook Book = "outgoing"  // sổ đăng ký văn bản đi
	IncomingBook Book = "incoming"  // sổ đăng ký văn bản đến
	FollowUpBook Book = "follow_up" // sổ theo dõi giải quyết văn bản đến
	PostalBook   Book = "postal"    // sổ gửi văn bản đi bưu điện
)

// Column is one column of a book. Its width is a share of the page's.
type Column struct {
	Title string
	Share float64
}

// bookForm is what the decree says of one book.
type bookForm struct {
	title   string
	of      Direction
	columns []Column
}

// The forms are printed in Vietnamese whoever prints them: they are the
// decree's own.
func (b Book) form() (bookForm, bool) {
	switch b {
	case OutgoingBook:
		return bookForm{"Sổ đăng ký văn bản đi", Outgoing, []Column{
			{"Số, ký hiệu văn bản", 11}, {"Ngày tháng văn bản", 9}, {"Tên loại và trích yếu nội dung văn bản", 24}, {"Người ký", 11},
			{"Nơi nhận văn bản", 17}, {"Đơn vị, người nhận bản lưu", 9}, {"Số lượng bản", 7}, {"Ngày chuyển", 9}, {"Ký nhận", 7}, {"Ghi chú", 11}}}, true
	case IncomingBook:
		return bookForm{"Sổ đăng ký văn bản đến", Incoming, []Column{
			{"Ngày đến", 9}, {"Số đến", 6}, {"Tác giả", 15}, {"Số, ký hiệu văn bản", 12}, {"Ngày tháng văn bản", 9},
			{"Tên loại và trích yếu nội dung văn bản", 25}, {"Đơn vị hoặc người nhận", 13}, {"Ngày chuyển", 9}, {"Ký nhận", 7}, {"Ghi chú", 10}}}, true
	case FollowUpBook:
		return bookForm{"Sổ theo dõi giải quyết văn bản đến", Incoming, []Column{
			{"Số đến", 6}, {"Tên loại, số và ký hiệu, ngày tháng và tác giả văn bản", 36}, {"Đơn vị hoặc người nhận", 18},
			{"Thời hạn giải quyết", 10}, {"Tiến độ giải quyết", 15}, {"Số, ký hiệu văn bản trả lời", 14}, {"Ghi chú", 12}}}, true
	case PostalBook:
		return bookForm{"Sổ gửi văn bản đi bưu điện", Outgoing, []Column{
			{"Ngày chuyển", 11}, {"Số, ký hiệu văn bản", 16}, {"Nơi nhận văn bản", 36}, {"Số lượng bì", 9},
			{"Ký nhận và dấu bưu điện", 20}, {"Ghi chú", 16}}}, true
	}
	return bookForm{}, false
}

// Title is what stands on the cover.
func (b Book) Title() string {
	form, _ := b.form()
	return form.title
}

// Columns gives the columns in the order of the decree.
func (b Book) Columns() []Column {
	form, _ := b.form()
	return form.columns
}

// Fits refuses a book that is not kept of such a register.
func (b Book) Fits(r Register) error {
	if form, ok := b.form(); !ok || form.of != r.Direction {
		return fault.InvalidField("book", "book_not_fitting",
			"Loại sổ này không lập từ sổ đăng ký đã chọn.", "Such a book is not kept of this register.")
	}
	return nil
}

// Period is the days that a volume holds, both included.
type Period struct{ From, Until org.Day }

// PeriodOf completes what was asked for: no day means the end of the register's year.
func PeriodOf(r Register, from, until org.Day) (Period, error) {
	first, err := org.NewDay(r.Year, time.January, 1)
	if err != nil {
		return Period{}, err
	}
	last, err := org.NewDay(r.Year, time.December, 31)
	if err != nil {
		return Period{}, err
	}
	p := Period{From: cmp.Or(from, first), Until: cmp.Or(until, last)}
	if p.Until.Before(p.From) {
		return p, fault.InvalidField("until", "before_from", "Ngày cuối phải từ ngày đầu trở đi.", "The last day must not come before the first.")
	}
	return p, nil
}

// Cover is what stands on the first page of a volume.
type Cover struct {
	Superior string // cơ quan chủ quản
	Agency   string
	Title    string
	Register string
	Year     int
	Period   Period
	First    string // numbers as they are written; none in an empty volume
	Last     string
	Volume   int      // quyển số; 0 leaves it to be written by hand
	Said     []string // what a list that is of no register says below its title
}

// Volume is a book of some days, ready to be bound: printed or put into a
// workbook. The rows are read once, in order.
type Volume struct {
	Cover

	Columns []Column
	Rows    iter.Seq2[[]string, error]
}

// MaxPrinted is how many lines are printed at once; a longer book is bound in
// volumes (quyển), each of some days.
const MaxPrinted = 20_000

// ErrTooLong is the fault of a volume that nobody could carry.
var ErrTooLong = fault.InvalidField("until", "volume_too_long",
	"Sổ có quá nhiều số để in một quyển (tối đa 20.000); hãy chọn khoảng ngày ngắn hơn hoặc xuất XLSX.",
	"There are too many numbers for one printed volume (20,000 at most); choose fewer days or a workbook.")

// Some gives the first names of a list and how many there are besides: a cell
// is not the place for five thousand.
func Some(names []string, total int) string {
	text := strings.Join(names, "; ")
	if more := total - len(names); more > 0 {
		text += "; và " + strconv.Itoa(more) + " nơi nhận khác"
	}
	return text
}

// CoverLine is one line of a cover.
type CoverLine struct {
	Text    string
	Heading bool
}

// Lines gives what the cover says, from top to bottom (NĐ 30/2020, phụ lục IV:
// cơ quan chủ quản, cơ quan, tên sổ, năm, từ ngày đến ngày, từ số đến số, quyển số).
func (c Cover) Lines() []CoverLine {
	if len(c.Said) > 0 {
		return c.said()
	}
	volume := "……"
	if c.Volume > 0 {
		volume = strconv.Itoa(c.Volume)
	}
	numbers := "Chưa có số nào"
	if c.First != "" {
		numbers = "Từ số " + c.First + " đến số " + c.Last
	}
	lines := []CoverLine{{Text: strings.ToUpper(c.Superior)}, {Text: strings.ToUpper(c.Agency), Heading: true}, {Text: strings.ToUpper(c.Title), Heading: true},
		{Text: c.Register}, {Text: "Năm: " + strconv.Itoa(c.Year)},
		{Text: "Từ ngày " + c.Period.From.Written() + " đến ngày " + c.Period.Until.Written()}, {Text: numbers}, {Text: "Quyển số: " + volume}}
	if c.Superior == "" {
		return lines[1:]
	}
	return lines
}

// said is the cover of a list that is of no register.
func (c Cover) said() []CoverLine {
	var lines []CoverLine
	if c.Superior != "" {
		lines = append(lines, CoverLine{Text: strings.ToUpper(c.Superior)})
	}
	lines = append(lines, CoverLine{Text: strings.ToUpper(c.Agency), Heading: true}, CoverLine{Text: strings.ToUpper(c.Title), Heading: true})
	for _, text := range c.Said {
		lines = append(lines, CoverLine{Text: text})
	}
	return lines
}
