package routing

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
)

// Scan is one scanned file before anybody knows what it is of: its name, and
// what a barcode on it says.
type Scan struct {
	Name string
	Code string
}

// Bundle is the scans of one entry of the register, in order. Number 0 is of
// none: nobody can tell what they are.
type Bundle struct {
	Number int
	Year   int // 0 where only the name tells, which knows no year
	Items  []int
}

// ScanCode is what a barcode sheet carries: the arrival number and its year.
func ScanCode(year, number int) string {
	return "DEN" + strconv.Itoa(year) + "-" + strconv.Itoa(number)
}

var (
	scanCode = regexp.MustCompile(`^DEN(\d{4})-(\d{1,6})$`)
	scanName = regexp.MustCompile(`(?i)^(?:vb|so|den|vbden|so-den|d)?[-_ .]*0*(\d{1,6})(?:$|[-_ .(].*$)`)
)

// Sort finds for each scan the entry that it belongs to (G5): a barcode begins
// an entry and what follows without a number belongs to it, as it leaves the
// scanner; otherwise the name begins with the number.
func Sort(scans []Scan) []Bundle {
	var list []Bundle
	at := map[[2]int]int{}
	open := -1 // the bundle that a barcode sheet began
	into := func(year, number, item int) int {
		key := [2]int{year, number}
		i, ok := at[key]
		if !ok || number == 0 {
			i = len(list)
			at[key] = i
			list = append(list, Bundle{Number: number, Year: year})
		}
		list[i].Items = append(list[i].Items, item)
		return i
	}
	for n, s := range scans {
		if m := scanCode.FindStringSubmatch(s.Code); m != nil {
			open = into(atoi(m[1]), atoi(m[2]), n)
			continue
		}
		if number := numberIn(s.Name); number > 0 {
			open = -1
			into(0, number, n)
			continue
		}
		if open >= 0 {
			list[open].Items = append(list[open].Items, n)
			continue
		}
		into(0, 0, n)
	}
	return list
}

// numberIn gives the number that a file's name begins with, or 0.
func numberIn(name string) int {
	m := scanName.FindStringSubmatch(strings.TrimSuffix(name, path.Ext(name)))
	if len(m) != 2 {
		return 0
	}
	return atoi(m[1])
}

func atoi(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// maxScans bounds the files of an arrival.
const maxScans = 100

// ErrScanned is the fault of a scan that the arrival has already.
var ErrScanned = fault.New(fault.Conflict, "scanned_already", "Bản quét này đã có.", "This scan is there already.")

// AddScans puts scans to a paper arrival that stands in the register. The first
// becomes the document itself where there was none; nothing gets a number.
func (a *Arrival) AddScans(scans []File) (document.Event, error) {
	switch {
	case a.Source != FromPaper:
		return document.Event{}, fault.New(fault.Conflict, "not_on_paper",
			"Chỉ gắn bản quét cho văn bản đến bằng giấy.", "Only what came on paper is scanned.")
	case a.State != Registered:
		return document.Event{}, errNotInRegister
	case len(scans) == 0:
		return document.Event{}, fault.InvalidField("uploadIds", "required", "Hãy chọn tệp quét.", "Choose the scanned files.")
	case len(a.Files)+len(scans) > maxScans:
		return document.Event{}, fault.InvalidField("uploadIds", "too_many", "Một văn bản có tối đa 100 tệp.", "An arrival has at most 100 files.")
	}
	for _, s := range scans {
		if a.has(s.Hash) {
			return document.Event{}, ErrScanned
		}
		s.Role = document.Annex
		if a.MainHash.IsZero() {
			a.MainHash, s.Role = s.Hash, document.MainFile
		}
		a.Files = append(a.Files, s)
	}
	return document.Event{Verb: "scanned", Data: map[string]string{"files": strconv.Itoa(len(scans))}}, nil
}

// PaperCopy notes that paper came for what stands in the register already: it
// joins that, and gets no number (QĐ 28/2018/QĐ-TTg, điều 5).
func (a *Arrival) PaperCopy(note string) (document.Event, error) {
	if a.State != Registered {
		return document.Event{}, errNotInRegister
	}
	return document.Event{Verb: "paper_copy", Data: map[string]string{"note": strings.TrimSpace(note)}}, nil
}

var errNotInRegister = fault.New(fault.Conflict, "not_registered",
	"Văn bản chưa được vào sổ.", "The document is not registered yet.")
