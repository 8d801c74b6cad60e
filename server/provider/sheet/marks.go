package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"congvan/server/domain/fault"
)

// The bounds of a sheet: merged cells and formulas without a result, and
// elements of any sort. A million lines with four formatted cells each stay
// below; what is made to keep the reader busy does not.
const (
	maxMarks    = 10_000
	maxElements = 6_000_000
	maxAcross   = 16_384    // cells of one line, Excel's own bound
	maxToken    = 512 << 10 // bytes of one text or one tag: Excel's longest cell, every letter of it escaped
)

// tokenReader gives no more than maxToken bytes for each token: the decoder
// would collect a text of any length before anybody can look at it.
type tokenReader struct {
	io.Reader
	left int
}

func (r *tokenReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errCellTooLong()
	}
	n, err := r.Reader.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

func errCellTooLong() error {
	return fault.New(fault.TooLarge, "sheet_cell_too_long",
		"Trang tính có ô dài bất thường; hãy chép dữ liệu sang một tệp mới.",
		"The sheet has a cell of extraordinary length; copy the data into a new file.")
}

// marks are what excelize's stream of rows does not tell.
type marks struct {
	merged     []span
	uncomputed map[int][]int // columns of formulas that were saved without a result, by line
	last       int           // the last line that holds anything
	count      int
}

// span is a merged cell: lines from 1, columns from 0.
type span struct{ top, bottom, left, right int }

// inspect reads the sheet once to its end. Besides collecting marks it is the
// check that the sheet is whole: excelize takes one that breaks off in the
// middle, or whose checksum is wrong, for one that ends there.
func inspect(archive *zip.Reader, name string) (m marks, err error) {
	part, err := openPart(archive, name)
	if err != nil {
		return marks{}, err
	}
	defer func() { err = errors.Join(err, part.Close()) }()
	m.uncomputed = map[int][]int{}
	var c cell
	elements := 0
	source := &tokenReader{Reader: part}
	for decoder := xml.NewDecoder(source); ; {
		source.left = maxToken
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return marks{}, fmt.Errorf("sheet: %w", err)
		}
		switch element := token.(type) {
		case xml.StartElement:
			elements++
			if element.Name.Local == "mergeCell" {
				err = m.merge(attribute(element, "ref"))
			} else {
				err = c.start(element)
			}
		case xml.CharData:
			c.value = c.value || c.inValue && len(element) > 0
		case xml.EndElement:
			c.inValue = false
			if element.Name.Local == "c" {
				m.note(c)
			}
		}
		if err != nil {
			return marks{}, err
		}
		if m.count > maxMarks || elements > maxElements || c.across > maxAcross {
			return marks{}, fault.New(fault.TooLarge, "sheet_too_many_cells",
				"Trang tính có quá nhiều ô, ô gộp hoặc công thức chưa có kết quả; hãy chép dữ liệu sang một tệp mới.",
				"The sheet has too many cells, merged cells or formulas without a result; copy the data into a new file.")
		}
	}
}

func (m *marks) note(c cell) {
	if c.value || c.formula {
		m.last = max(m.last, c.line)
	}
	if c.formula && !c.value && !c.text {
		m.count++
		m.uncomputed[c.line] = append(m.uncomputed[c.line], c.column)
	}
}

// cell follows the sheet from cell to cell. Line and column may be left out of
// the file; then they count on.
type cell struct {
	line, column  int
	across        int  // cells of the line so far
	formula, text bool // text: the result of the formula is text, which may be empty
	value         bool
	inValue       bool
}

func (c *cell) start(element xml.StartElement) (err error) {
	switch element.Name.Local {
	case "row":
		c.line, c.column, c.across = c.line+1, -1, 0
		if r := attribute(element, "r"); r != "" {
			c.line, err = strconv.Atoi(r)
		}
	case "c":
		*c = cell{line: c.line, column: c.column + 1, across: c.across + 1, text: attribute(element, "t") == "str"}
		if r := attribute(element, "r"); r != "" {
			var column int
			column, _, err = excelize.CellNameToCoordinates(r)
			c.column = column - 1
		}
	case "f":
		c.formula = true
	case "v", "t":
		c.inValue = true
	}
	return err
}

func (m *marks) merge(ref string) error {
	from, to, two := strings.Cut(ref, ":")
	if !two {
		to = from
	}
	left, top, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return err
	}
	right, bottom, err := excelize.CellNameToCoordinates(to)
	if err != nil {
		return err
	}
	m.count++
	m.merged = append(m.merged, span{top: top, bottom: bottom, left: left - 1, right: right - 1})
	return nil
}

func attribute(element xml.StartElement, name string) string {
	for _, a := range element.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}
