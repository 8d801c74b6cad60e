package report

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Bind writes a volume in one form: a workbook, printed pages.
type Bind func(out io.Writer, v numbering.Volume) error

// Binder is one form that books come in.
type Binder struct {
	Bind      Bind
	Extension string
	MediaType string
	Printed   bool // held to numbering.MaxPrinted
}

// BookRequest is which book of a register somebody wants.
type BookRequest struct {
	Book   numbering.Book
	Format string
	From   org.Day // none is the beginning of the register's year
	Until  org.Day
	Volume int
}

// BoundBook is a book that is ready to be carried away. Close throws it away.
type BoundBook struct {
	*os.File

	Name      string
	MediaType string
	SHA256    string
}

// atOnce is how many books are bound at a time: each takes memory.
const atOnce = 2

// Book binds a book of a register for some days (NĐ 30/2020, phụ lục IV; B4).
// It is put together in a temporary file, so that nobody's slow line holds the
// transaction.
func (s *Service) Book(ctx context.Context, who access.Person, id org.ID, q BookRequest) (b BoundBook, err error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return b, err
	}
	binder, known := s.binders[q.Format]
	if !known {
		return b, fault.InvalidField("format", "unknown", "Không có dạng tệp này.", "There is no such format.")
	}
	select {
	case s.binding <- struct{}{}:
		defer func() { <-s.binding }()
	case <-ctx.Done():
		return b, ctx.Err()
	}
	file, err := os.CreateTemp("", "congvan-book-*")
	if err != nil {
		return b, fmt.Errorf("make a temporary file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	// The file has no name from here on: it is gone with the last who reads it.
	if err := os.Remove(file.Name()); err != nil {
		return b, fmt.Errorf("unlink the temporary file: %w", err)
	}
	var name string
	err = s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		r, err := tx.Register(ctx, readable(who, org.ID{}), id)
		if err != nil {
			return err
		}
		volume, err := s.volume(ctx, tx, r, q, binder)
		if err != nil {
			return err
		}
		name = fmt.Sprintf("%s %s %s.%s", volume.Title, r.Code, volume.Period.From.String()+"_"+volume.Period.Until.String(), binder.Extension)
		return rewrite(file, func() error { return binder.Bind(file, volume) })
	})
	if err != nil {
		return b, err
	}
	return finish(file, name, binder.MediaType)
}

// rewrite lets write fill the file from its beginning: a transaction may run twice.
func rewrite(file *os.File, write func() error) error {
	if err := file.Truncate(0); err != nil {
		return fmt.Errorf("empty the temporary file: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("rewind the temporary file: %w", err)
	}
	return write()
}

func finish(file *os.File, name, mediaType string) (BoundBook, error) {
	sum := sha256.New()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return BoundBook{}, fmt.Errorf("rewind the book: %w", err)
	}
	if _, err := io.Copy(sum, file); err != nil {
		return BoundBook{}, fmt.Errorf("read the book: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return BoundBook{}, fmt.Errorf("rewind the book: %w", err)
	}
	return BoundBook{File: file, Name: name, MediaType: mediaType, SHA256: document.Hash(sum.Sum(nil)).String()}, nil
}

// volume puts cover and rows together.
func (s *Service) volume(ctx context.Context, tx *postgres.Tx, r numbering.Register, q BookRequest, binder Binder) (numbering.Volume, error) {
	v := numbering.Volume{}
	if err := q.Book.Fits(r); err != nil {
		return v, err
	}
	period, err := numbering.PeriodOf(r, q.From, q.Until)
	if err != nil {
		return v, err
	}
	held, err := tx.BookRange(ctx, r, period)
	if err != nil {
		return v, err
	}
	if binder.Printed && held.Count > numbering.MaxPrinted {
		return v, numbering.ErrTooLong
	}
	owner, err := tx.BookOwner(ctx, r.AgencyID)
	if err != nil {
		return v, err
	}
	v = numbering.Volume{Columns: q.Book.Columns(), Cover: numbering.Cover{Superior: owner.Superior, Agency: owner.Agency, Title: q.Book.Title(),
		Register: r.Name, Year: r.Year, Period: period, Volume: q.Volume}}
	if held.Count > 0 {
		v.First, v.Last = held.First.String(), held.Last.String()
	}
	today := org.DayOf(s.clock())
	v.Rows = func(yield func([]string, error) bool) {
		row := func(cells []string) error {
			if !yield(cells, nil) {
				return errEnough
			}
			return nil
		}
		if err := s.rows(ctx, tx, r, q.Book, period, today, row); err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
	return v, nil
}

// errEnough ends the rows when whoever binds them wants no more.
var errEnough = errors.New("no more rows are wanted")

func (s *Service) rows(ctx context.Context, tx *postgres.Tx, r numbering.Register, book numbering.Book, p numbering.Period, today org.Day, row func([]string) error) error {
	switch book {
	case numbering.OutgoingBook:
		return tx.BookEntries(ctx, r, p, func(e postgres.Entry) error { return row(outgoingRow(e)) })
	case numbering.IncomingBook:
		return tx.BookEntries(ctx, r, p, func(e postgres.Entry) error { return row(incomingRow(e)) })
	case numbering.FollowUpBook:
		return tx.BookEntries(ctx, r, p, func(e postgres.Entry) error { return row(followUpRow(e, today)) })
	case numbering.PostalBook:
		return tx.PostedEntries(ctx, r, p, func(e postgres.Posted) error { return row(postalRow(e)) })
	}
	return fmt.Errorf("no rows for the book %q", book)
}

// The rows below follow numbering.Book.Columns column by column.

func outgoingRow(e postgres.Entry) []string {
	copies := ""
	switch {
	case e.Copies > 0 && e.Reached > 0:
		copies = fmt.Sprintf("%d bản giấy", e.Copies)
	case !e.IssuedAt.IsZero():
		copies = "Điện tử"
	}
	kept := ""
	if e.SubjectType == "document" {
		kept = "VT"
		if e.Unit != "" {
			kept += ", " + e.Unit
		}
	}
	return []string{reference(e.Number.String(), e.Symbol), e.Day.Written(), named(e.Kind, e.Subject), e.SignedBy(),
		numbering.Some(e.Recipients, e.Reached), kept, copies, writtenAt(e.IssuedAt), "", remark(e)}
}

func incomingRow(e postgres.Entry) []string {
	return []string{e.Day.Written(), e.Number.String(), e.IssuerName, reference(e.OriginNumber, e.OriginSymbol), e.DocumentDate.Written(),
		named(e.Kind, e.Subject), numbering.Some(e.Holders, len(e.Holders)), writtenAt(e.HandedAt), "", remark(e)}
}

func followUpRow(e postgres.Entry, today org.Day) []string {
	what := joined(named(e.Kind, ""), reference(e.OriginNumber, e.OriginSymbol), e.DocumentDate.Written(), e.IssuerName)
	return []string{e.Number.String(), what, numbering.Some(e.Holders, len(e.Holders)), e.DueDate.Written(), progress(e, today), "", remark(e)}
}

func postalRow(e postgres.Posted) []string {
	return []string{writtenAt(e.SentAt), reference(e.Number.String(), e.Symbol), e.Recipient, "1", "", stands(e.Note)}
}

// joined puts the parts that there are behind each other.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}

// progress tells how far the work is that a registered document asks for.
func progress(e postgres.Entry, today org.Day) string {
	switch {
	case e.SubjectType != "arrival" || e.State == "cancelled":
		return ""
	case e.OpenLines == 0 && !e.ClosedAt.IsZero():
		return "Đã giải quyết " + writtenAt(e.ClosedAt)
	case !e.DueDate.IsZero() && e.DueDate.Before(today):
		return "Đang giải quyết, quá hạn"
	}
	return "Đang giải quyết"
}

// remark is the last column: what became of the number, and the note.
func remark(e postgres.Entry) string {
	return joined(append([]string{stands(e.ObjectState), entryStands(e), e.Note}, followed(e)...)...)
}

// followed tells what came in the document's place, or changed it (F3).
func followed(e postgres.Entry) []string {
	said := make([]string, len(e.FollowedBy))
	for i, by := range e.FollowedBy {
		kind, reference, _ := strings.Cut(by, " ")
		said[i] = "Được cập nhật bằng " + reference
		if document.RequestKind(kind) == document.ReplaceNotice {
			said[i] = "Được thay thế bằng " + reference
		}
	}
	return said
}

// entryStands tells how the number came about, if it did out of the usual way,
// by whom and why (B3).
func entryStands(e postgres.Entry) string {
	text := ""
	switch {
	case e.State == "cancelled":
		text = "Hủy số"
	case e.SubjectType == "reserved":
		text = "Giữ số"
	case e.Number.Suffix != "":
		text = "Chèn số"
	case e.BackDated():
		text = "Lùi ngày, cấp ngày " + e.TakenOn.Written()
	}
	if text != "" && e.TakenBy != "" {
		text += " (" + e.TakenBy + ")"
	}
	if e.Reason != "" {
		if text != "" {
			text += ": "
		}
		text += e.Reason
	}
	return text
}

// stands tells of a document or arrival that is not any more what it was.
func stands(state string) string {
	switch state {
	case "voided":
		return "Văn bản đã hủy"
	case "recalled":
		return "Văn bản đã thu hồi"
	case "numbered":
		return "Chưa phát hành"
	case "taken_back":
		return "Bên gửi đã lấy lại"
	}
	return ""
}

func named(kind, subject string) string {
	k, ok := document.KindByCode(kind)
	if !ok {
		return subject
	}
	if subject == "" {
		return k.Name.VI
	}
	return k.Name.VI + " " + subject
}

func reference(number, symbol string) string {
	if number == "" || symbol == "" {
		return number + symbol
	}
	return number + "/" + symbol
}

func writtenAt(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return org.DayOf(t).Written()
}
