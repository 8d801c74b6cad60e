package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"congvan/server/domain/fault"
	"congvan/server/provider/sheet"
)

// form is a small one that has every kind of column.
var form = sheet.Form{Name: "people", Columns: []sheet.Column{
	{Name: "code", Required: true, Headers: []string{"Mã định danh"}},
	{Name: "full_name", Required: true, Headers: []string{"Họ và tên", "Họ tên"}},
	{Name: "valid_from", Headers: []string{"Từ ngày"}},
	{Name: "operator", Headers: []string{"Vận hành"}},
	{Name: "number", Headers: []string{"Số"}},
}}

func read(t *testing.T, content string) *sheet.Table {
	t.Helper()
	table, err := sheet.Read(strings.NewReader(content), form)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// refusal gives the code of the fault that refuses a whole file.
func refusal(t *testing.T, content string) string {
	t.Helper()
	table, err := sheet.Read(strings.NewReader(content), form)
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("read %v, %v; want a fault", table, err)
	}
	if f.Text.VI == "" || f.Text.EN == "" {
		t.Errorf("%s has no text in both languages", f.Code)
	}
	return f.Code
}

func TestCSV_IsReadInEveryShapeThatOfficesSave(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"plain":              "code,full_name,valid_from\nH59.08,Thạch Thị Sa Phia,01/07/2025\n",
		"byte order mark":    "\ufeffcode,full_name,valid_from\nH59.08,Thạch Thị Sa Phia,2025-07-01\n",
		"semicolons, CRLF":   "code;full_name;valid_from\r\nH59.08;Thạch Thị Sa Phia;1/7/2025\r\n",
		"tabs":               "code\tfull_name\tvalid_from\nH59.08\tThạch Thị Sa Phia\t01-07-2025\n",
		"Vietnamese headers": "Mã định danh;Họ tên;Từ ngày\nH59.08;Thạch Thị Sa Phia;01.07.2025\n",
		"shouted, marked":    "MÃ ĐỊNH DANH (*);HỌ VÀ TÊN *:;Từ  ngày (dd/mm/yyyy)\nH59.08;Thạch Thị Sa Phia;01/07/2025\n",
		"decomposed":         norm.NFD.String("Mã định danh;Họ tên;Từ ngày\nH59.08;Thạch Thị Sa Phia;01/07/2025\n"),
		"blanks everywhere":  " code , full name ,valid from\n  H59.08 ,\u00a0Thạch\u200b  Thị Sa\u00a0Phia , 01/07/2025 \n",
		"quotes and breaks":  "code,full_name,valid_from\n\"H59.08\",\"Thạch Thị\nSa Phia\",\"01/07/2025\"\n",
		"another order":      "valid_from;code;full_name\n01/07/2025;H59.08;Thạch Thị Sa Phia\n",
		"titles above":       "SỞ NỘI VỤ;;\nDANH SÁCH, tháng 7\n;;\nMã định danh;Họ tên;Từ ngày\nH59.08;Thạch Thị Sa Phia;01/07/2025\n",
		"empty tail":         "code,full_name,valid_from,,\nH59.08,Thạch Thị Sa Phia,01/07/2025,,\n,,,,\n,,,,\n",
		"no last line break": "code,full_name,valid_from\nH59.08,Thạch Thị Sa Phia,01/07/2025",
	} {
		table := read(t, content)
		if problems := table.Problems(); len(problems) > 0 || len(table.Rows) != 1 || len(table.Ignored) > 0 {
			t.Errorf("%s: %d rows, ignored %q, %v", name, len(table.Rows), table.Ignored, problems)
			continue
		}
		r := table.Rows[0]
		if r.Text("code") != "H59.08" || r.Text("full_name") != "Thạch Thị Sa Phia" || r.Day("valid_from").String() != "2025-07-01" {
			t.Errorf("%s: %q, %q, %s", name, r.Text("code"), r.Text("full_name"), r.Day("valid_from"))
		}
	}
}

func TestCSV_LinesAreThoseOfTheFile(t *testing.T) {
	t.Parallel()
	table := read(t, "Danh sách\n\ncode,full_name\n\nH59,A\n\"H59.01\",\"B\nB\"\n\nH59.02,\n")
	var lines []int
	for _, r := range table.Rows {
		lines = append(lines, r.Line)
	}
	problems := table.Problems()
	if !slices.Equal(lines, []int{5, 6, 9}) || len(problems) != 1 || problems[0].Line != 9 || problems[0].Column != "full_name" {
		t.Errorf("lines %v, problems %v", lines, problems)
	}
}

func TestHeader_MissingAndDoubledColumnsRefuseTheFile(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"code,valid_from\nH59,01/07/2025\n":                         "sheet_columns_missing",
		"một,hai\n1,2\n":                                            "sheet_columns_missing",
		"code,full_name,Họ tên\nH59,A,B\n":                          "sheet_column_twice",
		strings.Repeat("ghi chú\n", 11) + "code,full_name\nH59,A\n": "sheet_columns_missing",
		"code,full_name\n":                                          "sheet_empty",
		"":                                                          "sheet_empty",
		" \n\t\n":                                                   "sheet_empty",
		"\ufeff":                                                    "sheet_columns_missing",
		"code,full_name\nH59,\"A\nH60,B\n":                          "sheet_quotes",
		"code,full_name\nH59,A \"B\" C\n":                           "sheet_quotes",
		"code,full_name\nH59,Th\xb9ch\n":                            "sheet_not_utf8",
		"code,full_name\nH59,A\x00B\n":                              "sheet_not_utf8",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("x", 600): "sheet_old_or_locked",
		"code,full_name" + strings.Repeat(",x", 100) + "\nH59,A\n":    "sheet_too_many_columns",
		"code,full_name\n" + strings.Repeat("H59,A\n", 20_001):        "sheet_too_many_rows",
		"code,full_name\n" + strings.Repeat("H59,A\n", 2_000_000):     "sheet_too_large",
	} {
		if got := refusal(t, content); got != want {
			t.Errorf("%.40q is refused with %s, want %s", content, got, want)
		}
	}
	table := read(t, "code,full_name,Ghi  chú,Điện thoại\nH59,A,x,y\n")
	if !slices.Equal(table.Ignored, []string{"Ghi chú", "Điện thoại"}) {
		t.Errorf("ignored %q", table.Ignored)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("code,full_name\nH59,A\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := refusal(t, utf16); got != "sheet_not_utf8" {
		t.Errorf("UTF-16 is refused with %s", got)
	}
	if rows := len(read(t, "code,full_name\n"+strings.Repeat("H59,A\n", 20_000)).Rows); rows != 20_000 {
		t.Errorf("%d rows of 20,000", rows)
	}
}

func TestRow_TellsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for cell, broken := range map[string]map[string]bool{
		"valid_from": {
			"": false, "01/07/2025": false, "1/7/2025": false, "2025-07-01": false, "2025-07-01T00:00:00": false, "01/07/2025 00:00:00": false,
			"31/04/2025": true, "07/13/2025": true, "01/07/25": true, "2017": true, "45839": true, "hôm nay": true, "2025-07-01T12:00:00": true,
			"1/7": true, "-1/7/2025": false, "+1/7/2025": true, "01/07/02025": true,
		},
		"operator": {"": false, "có": false, "CÓ": false, "x": false, "không": false, "1": false, "0": false, "maybe": true, "co": true},
		"number":   {"": false, "5": false, "5.0": false, "1371": false, "-1": true, "5,0": true, "1.371": true, "năm": true, "99999999999999999999": true},
		"full_name": {
			"Sơn Thị Nga": false, "=1+1": false, "<b>A</b>": false, "../A": false, "": true, "  ": true, "A\u202eB": true, "A\u0007B": true,
			"A\ufffdB": true, "#REF!": true, "#1": false, strings.Repeat("ă", 4_000): false, strings.Repeat("ă", 4_001): true,
		},
	} {
		for text, want := range broken {
			columns := []string{"code", "full_name"}
			cells := []string{"H59", "A"}
			if cell == "full_name" {
				cells[1] = text
			} else {
				columns, cells = append(columns, cell), append(cells, text)
			}
			table := read(t, strings.Join(columns, ";")+"\n\""+strings.Join(cells, `";"`)+"\"\n")
			r := table.Rows[0]
			r.Day("valid_from")
			r.YesNo("operator")
			r.Number("number")
			problems := table.Problems()
			if (len(problems) > 0) != want || want && (problems[0].Column != cell || problems[0].Line != 2) {
				t.Errorf("%s %.30q: %v", cell, text, problems)
			}
		}
	}
}

func TestRow_ReadsYesNumbersAndLists(t *testing.T) {
	t.Parallel()
	r := read(t, "code,full_name,operator,number\nH59; H60 ;;H61,A,Có,007\n").Rows[0]
	if !r.YesNo("operator") || r.Number("number") != 7 || !slices.Equal(r.List("code"), []string{"H59", "H60", "H61"}) || r.List("valid_from") != nil {
		t.Errorf("%v %d %q", r.YesNo("operator"), r.Number("number"), r.List("code"))
	}
	if r := read(t, "code,full_name,operator\nH59,A,không\n").Rows[0]; r.YesNo("operator") || r.Number("number") != 0 || !r.Day("valid_from").IsZero() {
		t.Error("no and nothing must read as nothing")
	}
}

func TestRow_TakesWhatARuleRefuses(t *testing.T) {
	t.Parallel()
	table := read(t, "code,full_name\nH59,A\nH60,B\n")
	rule := fault.New(fault.Invalid, "unknown", "Không có cơ quan này.", "No such agency.")
	if err := table.Rows[1].Refuse("code", rule); err != nil {
		t.Error(err)
	}
	if err := table.Rows[0].Refuse("full_name", fmt.Errorf("check: %w", fault.InvalidField("x", "required", "Bắt buộc nhập.", "Required."))); err != nil {
		t.Error(err)
	}
	if err := table.Rows[0].Refuse("code", nil); err != nil {
		t.Error(err)
	}
	broken := errors.New("database gone")
	if err := table.Rows[0].Refuse("code", broken); !errors.Is(err, broken) {
		t.Errorf("an error that is nobody's fault was swallowed: %v", err)
	}
	want := []sheet.Problem{
		{Line: 2, Column: "full_name", Text: fault.Text{VI: "Bắt buộc nhập.", EN: "Required."}},
		{Line: 3, Column: "code", Text: rule.Text},
	}
	if got := table.Problems(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The files of the demo province are read by the forms of the import, under
// the columns' names and under the office's headers alike.
func TestForms_ReadTheDemoProvince(t *testing.T) {
	t.Parallel()
	for _, f := range []sheet.Form{
		sheet.Agencies(), sheet.Units(), sheet.People(), sheet.Positions(), sheet.Groups(), sheet.GroupMembers(), sheet.Registers(),
	} {
		content, err := os.ReadFile(filepath.Join("..", "..", "..", "migrations", "demo", f.Name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := bytes.Cut(content, []byte("\n"))
		var headers []string
		for _, c := range f.Columns {
			headers = append(headers, `"`+c.Headers[0]+`"`)
		}
		office := append([]byte(strings.Join(headers, ",")+"\n"), body...)
		for _, text := range [][]byte{content, office} {
			table, err := sheet.Read(bytes.NewReader(text), f)
			if err != nil {
				t.Errorf("%s: %v", f.Name, err)
				continue
			}
			for _, r := range table.Rows {
				r.Day("valid_from")
				r.Day("valid_until")
				for _, column := range []string{"operator", "shared", "normative", "council"} {
					r.YesNo(column)
				}
				r.Number("opening_number")
				r.Number("year")
			}
			if problems := table.Problems(); len(problems) > 0 || len(table.Ignored) > 0 || len(table.Rows) != bytes.Count(body, []byte("\n")) {
				t.Errorf("%s: %d rows, ignored %q, %v", f.Name, len(table.Rows), table.Ignored, problems)
			}
		}
	}
}

func TestForms_NoHeaderMeansTwoColumns(t *testing.T) {
	t.Parallel()
	for _, f := range []sheet.Form{
		sheet.Agencies(), sheet.Units(), sheet.People(), sheet.Positions(), sheet.Groups(), sheet.GroupMembers(), sheet.Registers(),
	} {
		owner := map[string]string{}
		for _, c := range f.Columns {
			for _, header := range append([]string{c.Name}, c.Headers...) {
				word := strings.ToLower(strings.ReplaceAll(header, "_", " "))
				if other, taken := owner[word]; taken || !norm.NFC.IsNormalString(header) {
					t.Errorf("%s: %q means %s and %s, or is not in NFC", f.Name, header, c.Name, other)
				}
				owner[word] = c.Name
			}
		}
	}
}

// cells draws a table that both formats can hold: what goes in comes out.
func cells() *rapid.Generator[[][2]string] {
	text := rapid.StringMatching(`[A-Za-zĐđƠơạằệữ0-9;,"'=<>./-]([A-Za-zĐđƠơạằệữ0-9;,"'=<>./ -]{0,10}[a-zạ0-9;,"'])?`)
	single := rapid.Custom(func(t *rapid.T) string { return strings.Join(strings.Fields(text.Draw(t, "text")), " ") })
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [2]string { return [2]string{single.Draw(t, "code"), single.Draw(t, "name")} }), 1, 20)
}

func TestRead_CSVAndXLSXGiveTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := cells().Draw(t, "rows")
		separator := rapid.SampledFrom([]string{",", ";", "\t"}).Draw(t, "separator")
		text := strings.Join([]string{"Mã định danh", "Họ tên"}, separator) + "\r\n"
		book := newBook()
		book.row(0, "Mã định danh", "Họ tên")
		for i, row := range rows {
			quoted := []string{`"` + strings.ReplaceAll(row[0], `"`, `""`) + `"`, `"` + strings.ReplaceAll(row[1], `"`, `""`) + `"`}
			text += strings.Join(quoted, separator) + "\r\n"
			book.row(i+1, row[0], row[1])
		}
		for _, r := range []io.Reader{strings.NewReader(text), bytes.NewReader(book.bytes(t))} {
			table, err := sheet.Read(r, form)
			if err != nil {
				t.Fatal(err)
			}
			if len(table.Rows) != len(rows) || len(table.Problems()) > 0 {
				t.Fatalf("%d rows of %d, %v", len(table.Rows), len(rows), table.Problems())
			}
			for i, row := range table.Rows {
				if row.Text("code") != rows[i][0] || row.Text("full_name") != rows[i][1] || row.Line != i+2 {
					t.Fatalf("line %d: %q, %q; want %q", row.Line, row.Text("code"), row.Text("full_name"), rows[i])
				}
			}
		}
	})
}

// Whatever comes in, the answer is a table or a fault that can be told.
func FuzzRead(f *testing.F) {
	book := newBook()
	book.row(0, "code", "full_name", "valid_from")
	book.row(1, "H59", "A", 45839)
	f.Add(book.bytes(f))
	f.Add([]byte("code;full_name\nH59;A\n"))
	f.Add([]byte("\ufeffcode\tfull_name\n\"H59\"\tA\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := sheet.Read(bytes.NewReader(content), form)
		var known *fault.Error
		if err != nil && !errors.As(err, &known) {
			t.Fatalf("%v", err)
		}
		if err == nil {
			for _, r := range table.Rows {
				r.Day("valid_from")
			}
			table.Problems()
		}
	})
}
