package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"congvan/server/domain/fault"
)

// The bounds of a workbook once unpacked. A sheet whose million lines were
// formatted by a click on a column's head is ordinary and stays below them;
// sheets are streamed, everything else is held in memory.
const (
	maxParts   = 24 << 20 // bytes of everything that is no sheet
	maxSheets  = 128 << 20
	maxEntries = 1_000
)

// checkSizes refuses an archive that would grow too large, before anything of
// it is unpacked. The sizes it declares bind: archive/zip gives no more.
func checkSizes(archive *zip.Reader) error {
	var parts, sheets uint64
	names := map[string]bool{}
	for _, entry := range archive.File {
		name := strings.ToLower(partName(entry.Name))
		if names[name] {
			return errUnreadable(fmt.Errorf("part %q stands twice", name))
		}
		names[name] = true
		size := min(entry.UncompressedSize64, maxSheets+1) // so that sums cannot overflow
		if strings.HasPrefix(name, "xl/worksheets/sheet") {
			sheets += size
		} else {
			parts += size
		}
	}
	if parts > maxParts || sheets > maxSheets || len(archive.File) > maxEntries {
		return fault.New(fault.TooLarge, "sheet_unpacks_too_large",
			"Tệp Excel quá lớn khi giải nén; hãy chép dữ liệu sang một tệp mới.",
			"The workbook is too large once unpacked; copy the data into a new file.")
	}
	return nil
}

// partName is how parts are named inside; some programs write backslashes.
func partName(name string) string {
	return strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/")
}

// book is what must be known of a workbook.
type book struct {
	sheet   string // the name of the first visible sheet
	part    string // the part of the archive that holds it
	serials epoch
}

var errNoSheet = errors.New("no visible sheet")

func openBook(archive *zip.Reader) (book, error) {
	roots, err := relations(archive, "")
	if err != nil {
		return book{}, err
	}
	var main string
	for _, r := range roots {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			main = r.target("")
		}
	}
	var workbook struct {
		Properties struct {
			Date1904 bool `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := decodePart(archive, main, &workbook); err != nil {
		return book{}, err
	}
	targets, err := relations(archive, main)
	if err != nil {
		return book{}, err
	}
	b := book{serials: from1900}
	if workbook.Properties.Date1904 {
		b.serials = from1904
	}
	for _, s := range workbook.Sheets {
		for _, attr := range s.Attrs {
			r := targets[attr.Value]
			if attr.Name.Local == "id" && strings.HasSuffix(attr.Name.Space, "/relationships") &&
				strings.HasSuffix(r.Type, "/worksheet") && (s.State == "" || s.State == "visible") {
				b.sheet, b.part = s.Name, r.target(main)
				return b, nil
			}
		}
	}
	return book{}, errNoSheet
}

// relation points from one part to another.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

func (r relation) target(from string) string {
	if strings.HasPrefix(r.Target, "/") {
		return partName(r.Target)
	}
	return path.Join(path.Dir(from), partName(r.Target))
}

// relations gives what a part points to, by identifier.
func relations(archive *zip.Reader, from string) (map[string]relation, error) {
	var list struct {
		Relations []relation `xml:"Relationship"`
	}
	if err := decodePart(archive, path.Join(path.Dir(from), "_rels", path.Base("/"+from)+".rels"), &list); err != nil {
		return nil, err
	}
	byID := make(map[string]relation, len(list.Relations))
	for _, r := range list.Relations {
		byID[r.ID] = r
	}
	return byID, nil
}

func openPart(archive *zip.Reader, name string) (io.ReadCloser, error) {
	for _, entry := range archive.File {
		if strings.EqualFold(partName(entry.Name), name) {
			return entry.Open()
		}
	}
	return nil, fmt.Errorf("part %q is missing", name)
}

func decodePart(archive *zip.Reader, name string, to any) (err error) {
	part, err := openPart(archive, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, part.Close()) }()
	return xml.NewDecoder(part).Decode(to)
}
