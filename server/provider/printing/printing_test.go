package printing_test

import (
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/numbering"
	"congvan/server/provider/printing"
)

func bound(t rapid.TB, columns []numbering.Column, rows ...[]string) []byte {
	v := numbering.Volume{Columns: columns, Cover: numbering.Cover{Agency: "Sở Nội vụ", Title: "Sổ"}, Rows: func(yield func([]string, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}}
	var out bytes.Buffer
	if err := printing.Bind(&out, v); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(t *testing.T, pdf []byte) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestB4_EveryPageHasItsNumberAndTheHead(t *testing.T) {
	t.Parallel()
	rows := make([][]string, 100)
	for i := range rows {
		rows[i] = []string{strconv.Itoa(i + 1), "Về việc nghỉ Tết Nguyên đán của người lao động", "", "", "", ""}
	}
	pages := strings.Split(strings.TrimSuffix(read(t, bound(t, numbering.PostalBook.Columns(), rows...)), "\f"), "\f")
	if len(pages) < 3 || strings.Contains(pages[0], "Trang") {
		t.Fatalf("%d pages, the cover reads %q", len(pages), pages[0])
	}
	for i, page := range pages[1:] {
		if !strings.Contains(page, "Trang "+strconv.Itoa(i+1)) || !strings.Contains(page, "Nơi nhận văn bản") || !strings.Contains(page, "(6)") {
			t.Errorf("page %d lacks its number or the head:\n%s", i+1, page)
		}
	}
	if last := pages[len(pages)-1]; !strings.Contains(last, "100") {
		t.Errorf("the last line is missing:\n%s", last)
	}
}

func TestB4_ALineHigherThanAPageGoesOn(t *testing.T) {
	t.Parallel()
	words := strings.Repeat("nghị quyết ", 400)
	text := read(t, bound(t, numbering.OutgoingBook.Columns(), []string{"01", "", words, "", "", "", "", "", "", ""}))
	if got := strings.Count(text, "nghị"); got != 400 {
		t.Errorf("%d of 400 words are printed", got)
	}
}

func TestB4_AnyWordsCanBePrinted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		columns := []numbering.Column{{Title: rapid.String().Draw(t, "title"), Share: 1}, {Title: "x", Share: 12}}
		bound(t, columns, rapid.SliceOfN(rapid.String(), 2, 2).Draw(t, "cells"))
	})
}
