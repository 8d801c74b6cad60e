package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/xuri/excelize/v2"

	"congvan/server/domain/fault"
)

// spill is the size from which a part of a workbook is read from a temporary
// file and not from memory.
const spill = 1 << 20

// readXLSX reads the first visible sheet of a workbook. Values come from
// excelize, as the file keeps them: the result of a formula is taken as the
// program that saved it left it, and nothing is computed. What excelize passes
// over is looked at before (see inspect).
func readXLSX(content []byte) (lines []line, serials epoch, err error) {
	defer func() {
		// The parser is not ours and the file is anybody's.
		if p := recover(); p != nil {
			lines, err = nil, errUnreadable(fmt.Errorf("excelize panicked: %v", p))
		}
	}()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, none, errUnreadable(err)
	}
	if err := checkSizes(archive); err != nil {
		return nil, none, err
	}
	book, err := openBook(archive)
	if err != nil {
		return nil, none, errUnreadable(err)
	}
	marks, err := inspect(archive, book.part)
	if err != nil {
		return nil, none, errUnreadable(err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxSheets + maxParts, UnzipXMLSizeLimit: spill,
	})
	if file != nil {
		defer func() { err = errors.Join(err, file.Close()) }()
	}
	if err != nil {
		return nil, none, errUnreadable(err)
	}
	lines, err = readRows(file, book.sheet, marks)
	if err != nil {
		return nil, none, errUnreadable(err)
	}
	marks.fill(lines)
	return lines, book.serials, nil
}

func readRows(file *excelize.File, sheet string, marks marks) (lines []line, err error) {
	rows, err := file.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for number := 1; number <= marks.last && rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) > maxColumns {
			return nil, errTooManyColumns()
		}
		l := line{number: number, cells: cells}
		for _, column := range marks.uncomputed[number] {
			l.breakCell(column, fault.Text{
				VI: "Ô là công thức chưa có kết quả; hãy mở tệp bằng Excel rồi lưu lại.",
				EN: "The cell is a formula without a result; open the file in Excel and save it again.",
			})
		}
		if len(cells) == 0 && l.broken == nil {
			continue
		}
		if lines = append(lines, l); len(lines) > maxRows+maxHeader+1 {
			return nil, errTooManyRows()
		}
	}
	return lines, rows.Error()
}

// fill gives the lines of a cell that was merged downwards its value, as the
// person who merged it means. A cell merged across columns says nothing for
// certain about the second one.
func (m marks) fill(lines []line) {
	for _, span := range m.merged {
		first := sort.Search(len(lines), func(i int) bool { return lines[i].number >= span.top })
		value := ""
		for i := first; i < len(lines) && lines[i].number <= span.bottom; i++ {
			l := &lines[i]
			if span.left != span.right {
				l.breakCell(wholeLine, fault.Text{
					VI: "Dòng có ô gộp qua nhiều cột; hãy bỏ gộp ô.",
					EN: "The line has a cell merged across columns; unmerge it.",
				})
				continue
			}
			if l.number == span.top && span.left < len(l.cells) {
				value = l.cells[span.left]
			}
			if l.number == span.top || value == "" || span.left >= maxColumns {
				continue
			}
			if missing := span.left + 1 - len(l.cells); missing > 0 {
				l.cells = append(l.cells, make([]string, missing)...)
			}
			l.cells[span.left] = value
		}
	}
}
