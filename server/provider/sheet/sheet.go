// Package sheet reads the tables that offices fill in, CSV or XLSX, into rows
// of named cells. It decides which column a header means, what a cell says as
// text, day, number or yes and no, and tells for each line what it could not
// read. It never computes a formula, never looks beyond the file it was given,
// and knows nothing of what the rows are for: whether an agency exists or a
// role may be held is asked by the import.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"congvan/server/domain/fault"
)

// The bounds of a file. They are far above what a province needs and far below
// what would harm the server.
const (
	maxFile    = 10 << 20 // bytes
	maxRows    = 20_000   // lines with something in them, the header apart
	maxColumns = 100
	maxCell    = 4_000 // characters
	maxHeader  = 10    // lines before the header: titles and notes
)

// Form is what a file is expected to hold.
type Form struct {
	Name    string
	Columns []Column
}

// Column is one column of a form.
type Column struct {
	Name     string   // as rows give it
	Headers  []string // what offices write over it; the first stands in messages
	Required bool     // every row must fill it
}

// Table is a file that was read.
type Table struct {
	Rows    []*Row
	Ignored []string // headers that the form does not know
}

// Problem is what is wrong with one line of a file, to be told to whoever
// filled it in.
type Problem struct {
	Line   int    // as a spreadsheet counts: the header is usually 1
	Column string // by its name in the form; empty when it is about the line
	Text   fault.Text
}

// line is a record before its columns have names.
type line struct {
	number int
	cells  []string
	// broken tells what is wrong with a cell, by its index, before anybody reads
	// it; wholeLine is about the line.
	broken map[int]fault.Text
}

const wholeLine = -1

func (l *line) breakCell(index int, text fault.Text) {
	if l.broken == nil {
		l.broken = map[int]fault.Text{}
	}
	l.broken[index] = text
}

// Read reads a file of the form. The error refuses the whole file; what is
// wrong with single lines is in Problems.
func Read(r io.Reader, form Form) (*Table, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read sheet: %w", err)
	}
	if len(content) > maxFile {
		return nil, fault.New(fault.TooLarge, "sheet_too_large",
			"Tệp lớn hơn 10 MB; hãy chia thành nhiều tệp.", "The file is larger than 10 MB; split it.")
	}
	var lines []line
	serials := none
	switch {
	case len(bytes.TrimSpace(content)) == 0:
		return nil, errEmpty()
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		lines, serials, err = readXLSX(content)
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, fault.New(fault.Unsupported, "sheet_old_or_locked",
			"Tệp Excel đời cũ (.xls) hoặc có mật khẩu; hãy lưu lại dưới dạng .xlsx không có mật khẩu.",
			"An old Excel file (.xls) or one with a password; save it as .xlsx without a password.")
	default:
		lines, err = readCSV(content, form)
	}
	if err != nil {
		return nil, err
	}
	return name(lines, form, serials)
}

// name gives the cells of every line the names of their columns.
func name(lines []line, form Form, serials epoch) (*Table, error) {
	at, head, err := findHeader(lines, form)
	if err != nil {
		return nil, err
	}
	t := &Table{Ignored: head.ignored}
	for _, l := range lines[at+1:] {
		if len(t.Rows) == maxRows {
			return nil, errTooManyRows()
		}
		t.Rows = append(t.Rows, newRow(l, form, head, serials))
	}
	if len(t.Rows) == 0 {
		return nil, errEmpty()
	}
	return t, nil
}

// Problems gives what is wrong with the file so far, in the order of its
// lines: what could not be read, and what the reader of the rows refused.
func (t *Table) Problems() []Problem {
	var all []Problem
	for _, r := range t.Rows {
		all = append(all, r.problems...)
	}
	return all
}

func errEmpty() *fault.Error {
	return fault.New(fault.Invalid, "sheet_empty",
		"Tệp không có dòng dữ liệu nào.", "The file has no rows.")
}

func errTooManyRows() *fault.Error {
	return fault.New(fault.TooLarge, "sheet_too_many_rows",
		"Tệp có hơn 20.000 dòng; hãy chia thành nhiều tệp.", "The file has more than 20,000 rows; split it.")
}

func errTooManyColumns() *fault.Error {
	return fault.New(fault.TooLarge, "sheet_too_many_columns",
		"Tệp có hơn 100 cột.", "The file has more than 100 columns.")
}

// errUnreadable refuses a file that claims a format and does not keep it.
func errUnreadable(cause error) error {
	var known *fault.Error
	if errors.As(cause, &known) {
		return known
	}
	return fault.New(fault.Unsupported, "sheet_unreadable",
		"Không đọc được tệp; hãy mở bằng Excel hoặc LibreOffice rồi lưu lại dưới dạng .xlsx hoặc CSV UTF-8.",
		"The file cannot be read; open it in Excel or LibreOffice and save it again as .xlsx or CSV UTF-8.").Because(cause)
}
