package report_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"congvan/server/app/incoming"
	"congvan/server/app/outgoing"
	"congvan/server/app/report"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/provider/printing"
	"congvan/server/provider/workbook"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

// shelf is an installation with an office that has issued and received.
type shelf struct {
	*storagetest.Database
	books          *report.Service
	sender, target storagetest.Office
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	db := storagetest.DB(t)
	s := &shelf{Database: db, sender: db.Office(t, "H59", "Ủy ban nhân dân tỉnh Trà Vinh"), target: db.Office(t, "H59.01", "Sở Nội vụ")}
	s.books = report.New(db.Store, time.Now, map[string]report.Binder{
		"xlsx": {Bind: workbook.Bind, Extension: "xlsx", MediaType: "x"},
		"pdf":  {Bind: printing.Bind, Extension: "pdf", MediaType: "application/pdf", Printed: true},
	})
	return s
}

// issue sends a document with the subject to the other agency and a name on paper.
func (s *shelf) issue(t *testing.T, subj string) org.ID {
	t.Helper()
	readable := func(context.Context, document.File) error { return nil }
	out := outgoing.New(s.Store, nil, readable, time.Now)
	upload, h := s.Upload(t, s.sender.Officer.AccountID, "chi-thi.pdf")
	kind := "directive"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: upload}}
	to := []outgoing.RecipientInput{{Type: document.ToAgency, AgencyID: s.target.ID}, {Type: document.ToName, Name: "Hội Người cao tuổi"}}
	id, err := out.Draft(t.Context(), s.sender.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subj, Files: &files, Recipients: &to})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		out.Submit(t.Context(), s.sender.Officer, access.Command{}, id, s.sender.LeaderPosition, ""),
		out.Approve(t.Context(), s.sender.Leader, access.Command{}, id, h, ""),
		out.Issue(t.Context(), s.sender.Clerk, access.Command{}, id, org.ID{}, h),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// take registers everything that waits at the other agency.
func (s *shelf) take(t *testing.T) {
	t.Helper()
	in := incoming.New(s.Store, nil, time.Now)
	list, err := in.List(t.Context(), s.target.Clerk, org.ID{}, incoming.Filter{State: routing.Awaiting, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range slices.Backward(list) {
		v, err := in.Read(t.Context(), s.target.Clerk, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := in.Register(t.Context(), s.target.Clerk, access.Command{}, a.ID, incoming.Registration{Seen: v.MainHash, Correct: func(*routing.Fields) {}}); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *shelf) bind(t *testing.T, who access.Person, register org.ID, q report.BookRequest) []byte {
	t.Helper()
	b, err := s.books.Book(t.Context(), who, register, q)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	content, err := io.ReadAll(b)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("CONGVAN_SHOW_BOOKS"); dir != "" { // to look at what was bound
		if err := os.WriteFile(filepath.Join(dir, string(q.Book)+"."+q.Format), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return content
}

func sheetOf(t *testing.T, content []byte, name string) [][]string {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := file.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestB4_BooksHoldEveryColumnOfTheDecree(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.issue(t, "Đẩy mạnh cải cách hành chính năm 2026")
	s.issue(t, "=HYPERLINK(\"http://example.org\")")
	s.take(t)
	today := org.DayOf(time.Now()).Written()
	for _, c := range []struct {
		book     numbering.Book
		office   storagetest.Office
		register org.ID
		columns  int
		row      []string // of the first line; "" is not looked at
	}{
		{numbering.OutgoingBook, s.sender, s.sender.OutgoingRegister, 10,
			[]string{"01/CT-UBND", today, "Chỉ thị Đẩy mạnh cải cách hành chính năm 2026", "", "Sở Nội vụ; Hội Người cao tuổi", "VT, VP", "1 bản giấy", today}},
		{numbering.IncomingBook, s.target, s.target.Incoming, 10,
			[]string{today, "01", "Ủy ban nhân dân tỉnh Trà Vinh", "01/CT-UBND", today, "Chỉ thị Đẩy mạnh cải cách hành chính năm 2026"}},
		{numbering.FollowUpBook, s.target, s.target.Incoming, 7,
			[]string{"01", "Chỉ thị, 01/CT-UBND, " + today + ", Ủy ban nhân dân tỉnh Trà Vinh", "", "", "Đang giải quyết"}},
		{numbering.PostalBook, s.sender, s.sender.OutgoingRegister, 6,
			[]string{today, "01/CT-UBND", "Hội Người cao tuổi", "1"}},
	} {
		content := s.bind(t, c.office.Clerk, c.register, report.BookRequest{Book: c.book, Format: "xlsx", Volume: 2})
		rows := sheetOf(t, content, "Sổ")
		if len(rows) != 4 || len(rows[0]) != c.columns {
			t.Fatalf("%s: %d lines, head %q", c.book, len(rows), rows[0])
		}
		for i, column := range c.book.Columns() {
			if rows[0][i] != column.Title {
				t.Errorf("%s: column %d is %q, want %q", c.book, i+1, rows[0][i], column.Title)
			}
		}
		for i, want := range c.row {
			if want != "" && rows[2][i] != want {
				t.Errorf("%s: %s is %q, want %q", c.book, rows[0][i], rows[2][i], want)
			}
		}
		cover := ""
		for _, row := range sheetOf(t, content, "Bìa") {
			cover += strings.Join(row, "") + "\n"
		}
		for _, want := range []string{strings.ToUpper(c.office.Name), strings.ToUpper(c.book.Title()), "Từ số 01 đến số 02", "Quyển số: 2", "Từ ngày 01/01/"} {
			if !strings.Contains(cover, want) {
				t.Errorf("%s: the cover lacks %q:\n%s", c.book, want, cover)
			}
		}
		if pdf := s.bind(t, c.office.Leader, c.register, report.BookRequest{Book: c.book, Format: "pdf"}); !strings.Contains(textOf(t, pdf), "cải cách") && c.book != numbering.PostalBook && c.book != numbering.FollowUpBook {
			t.Errorf("%s: the printed book does not read right", c.book)
		}
	}
}

// textOf gives the words of a PDF as another program reads them.
func textOf(t *testing.T, pdf []byte) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestB4_ABookIsForClerksAndLeadersOfTheAgency(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for _, who := range []access.Person{s.sender.Officer, s.sender.Head, s.target.Clerk} {
		_, err := s.books.Book(t.Context(), who, s.sender.OutgoingRegister, report.BookRequest{Book: numbering.OutgoingBook, Format: "xlsx"})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", who.FullName, err)
		}
	}
	for _, q := range []report.BookRequest{
		{Book: numbering.IncomingBook, Format: "xlsx"}, {Book: numbering.OutgoingBook, Format: "docx"}, {Format: "xlsx"},
		{Book: numbering.OutgoingBook, Format: "pdf", From: org.DayOf(time.Now()), Until: org.DayOf(time.Now()).AddDays(-1)},
	} {
		if _, err := s.books.Book(t.Context(), s.sender.Clerk, s.sender.OutgoingRegister, q); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestB4_APeriodHoldsItsDaysOnly(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	today := org.DayOf(time.Now())
	for n := 1; n <= 30; n++ {
		if err := s.enter(t, n, today.AddDays(n-30)); err != nil {
			t.Fatal(err)
		}
	}
	q := report.BookRequest{Book: numbering.OutgoingBook, Format: "xlsx", From: today.AddDays(-9), Until: today.AddDays(-5)}
	if q.From.Year() != today.Year() {
		q.Until = today
	}
	rows := sheetOf(t, s.bind(t, s.sender.Clerk, s.sender.OutgoingRegister, q), "Sổ")
	if got := rows[2][0]; got != "21" || len(rows) < 7 {
		t.Errorf("the first of %d lines is %q", len(rows)-2, got)
	}
}

// enter puts a reserved number into the sender's register.
func (s *shelf) enter(t *testing.T, n int, day org.Day) error {
	t.Helper()
	return s.InTx(t.Context(), postgres.PersonScope(s.sender.Clerk.Agencies()), func(tx *postgres.Tx) error {
		if err := tx.ActFor(t.Context(), s.sender.ID); err != nil {
			return err
		}
		r, err := tx.LockRegister(t.Context(), s.sender.ID, s.sender.OutgoingRegister)
		if err != nil {
			return err
		}
		r.Next = n + 1
		return tx.TakeNumber(t.Context(), postgres.Taking{Register: r, Number: numbering.Number{Value: n}, Day: day, SubjectType: "reserved",
			SubjectID: postgres.NewID(), By: s.sender.Clerk.AccountID, At: time.Now()})
	})
}

var errLine = errors.New("the line broke")

func TestB4_WhatCannotBeReadIsNotBound(t *testing.T) {
	t.Parallel()
	for name, bind := range map[string]report.Bind{"xlsx": workbook.Bind, "pdf": printing.Bind} {
		v := numbering.Volume{Columns: numbering.PostalBook.Columns(), Rows: func(yield func([]string, error) bool) { yield(nil, errLine) }}
		if err := bind(io.Discard, v); !errors.Is(err, errLine) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestB4_F3_TheRegisterSaysWhatCameInADocumentsPlace(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	old, fresh := s.issue(t, "Quy chế cũ"), s.issue(t, "Quy chế mới")
	out := outgoing.New(s.Store, nil, func(context.Context, document.File) error { return nil }, time.Now)
	if err := out.Ask(t.Context(), s.sender.Clerk, access.Command{}, old, outgoing.AfterIssue{Kind: document.ReplaceNotice, ByDocumentID: fresh}); err != nil {
		t.Fatal(err)
	}
	rows := sheetOf(t, s.bind(t, s.sender.Clerk, s.sender.OutgoingRegister, report.BookRequest{Book: numbering.OutgoingBook, Format: "xlsx"}), "Sổ")
	if len(rows) != 4 || len(rows[2]) != 10 || rows[2][9] != "Được thay thế bằng 02/CT-UBND" || len(rows[3]) > 9 && rows[3][9] != "" {
		t.Errorf("the register reads %q", rows)
	}
}
