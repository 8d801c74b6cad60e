package casefile

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"congvan/server/domain/access"
	rule "congvan/server/domain/casefile"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Form is one form that a list is carried away in: a workbook, printed pages.
type Form struct {
	Bind      func(out io.Writer, v numbering.Volume) error
	Extension string
	MediaType string
}

// Export is something on its way out; Write gives its bytes once.
type Export struct {
	Name      string
	MediaType string
	Write     func(ctx context.Context, out io.Writer) error
}

var errFormat = fault.InvalidField("format", "unknown", "Không có dạng tệp này.", "There is no such format.")

// whole is a case file with everything that an export of it says.
type whole struct {
	View
	items  []item
	events []postgres.Event
}

// item is a document of the file, outgoing or incoming, as its metadata tell of it.
type item struct {
	ordinal                                int
	direction                              string
	kind, number, symbol, issuer, subject  string
	date, dueDate, arrivalDay              org.Day
	arrivalNumber                          int
	urgency                                document.Urgency
	signerName, signerTitle, note, addedBy string
	files                                  []part
}

// part is one file of a document, and where it lies in the archive.
type part struct {
	name, mediaType, path string
	hash                  document.Hash
	size                  int64
}

// Export gives a whole file with its metadata (NĐ 30/2020, phụ lục VI, III.4):
// as PDF, as XML, or as an archive of both with the documents. It holds what the
// person may read, and it is in the file's history that they took it.
func (s *Service) Export(ctx context.Context, who access.Person, id org.ID, format string) (Export, error) {
	if format != "pdf" && format != "xml" && format != "zip" {
		return Export{}, errFormat
	}
	pages, known := s.forms["pdf"]
	if !known {
		return Export{}, fmt.Errorf("no form %q is wired", "pdf")
	}
	var w whole
	now := s.clock()
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		f, err := tx.CaseFile(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if err := who.ReadCaseFile(f); err != nil {
			return err
		}
		if w, err = gather(ctx, tx, who, f); err != nil {
			return err
		}
		if err := tx.ActFor(ctx, f.AgencyID); err != nil {
			return err
		}
		event := document.Event{Verb: "casefile_exported", Data: map[string]string{"format": format, "count": strconv.Itoa(len(w.items))}}
		return tx.Record(ctx, f.AgencyID, subject, f.ID, event, document.By{Position: who.PositionIn(f.AgencyID), Name: who.FullName}, now)
	})
	if err != nil {
		return Export{}, err
	}
	e := Export{Name: "Hồ sơ " + w.Code(w.Names.AgencyCode) + "." + format}
	switch format {
	case "pdf":
		e.MediaType = pages.MediaType
		e.Write = func(_ context.Context, out io.Writer) error { return pages.Bind(out, w.volume()) }
	case "xml":
		e.MediaType = "application/xml"
		e.Write = func(_ context.Context, out io.Writer) error { return w.writeXML(out) }
	case "zip":
		e.MediaType = "application/zip"
		e.Write = func(ctx context.Context, out io.Writer) error { return s.archive(ctx, out, w, pages) }
	}
	return e, nil
}

// mostEvents bounds the history that goes with a file.
const mostEvents = 2000

func gather(ctx context.Context, tx *postgres.Tx, who access.Person, f rule.File) (whole, error) {
	v, err := view(ctx, tx, who, f)
	if err != nil {
		return whole{}, err
	}
	w := whole{View: v}
	for _, l := range v.Contents {
		i, err := itemOf(ctx, tx, f.AgencyID, v.Names.Agency, l)
		if err != nil {
			return w, err
		}
		i.ordinal = len(w.items) + 1
		for n := range i.files {
			i.files[n].path = path.Join("van-ban", fmt.Sprintf("%03d", i.ordinal), fmt.Sprintf("%02d %s", n+1, document.CleanName(i.files[n].name)))
		}
		w.items = append(w.items, i)
	}
	w.events, err = tx.Events(ctx, f.AgencyID, f.ID, org.ID{}, mostEvents)
	return w, err
}

func itemOf(ctx context.Context, tx *postgres.Tx, agency org.ID, agencyName string, l Lying) (item, error) {
	if l.Document != nil {
		d, err := tx.Document(ctx, []org.ID{agency}, l.Document.ID)
		if err != nil {
			return item{}, err
		}
		i := item{direction: "outgoing", kind: kindName(d.Kind), symbol: d.Symbol, issuer: agencyName, subject: d.Subject, date: l.Day, dueDate: d.DueDate,
			urgency: d.Urgency, signerName: d.SignerName, signerTitle: d.SignerTitle, note: d.Note, addedBy: l.AddedBy}
		if d.Number > 0 {
			i.number = numbering.Number{Value: d.Number, Suffix: d.NumberSuffix}.String()
		}
		for _, f := range d.Files {
			i.files = append(i.files, part{name: f.Name, mediaType: f.MediaType, hash: f.Hash, size: f.Size})
		}
		return i, nil
	}
	a, err := tx.Arrival(ctx, []org.ID{agency}, l.Arrival.ID)
	if err != nil {
		return item{}, err
	}
	i := item{direction: "incoming", kind: kindName(a.Kind), number: a.Number, symbol: a.Symbol, issuer: a.IssuerName, subject: a.Subject, date: l.Day,
		dueDate: a.DueDate, arrivalDay: a.ArrivalDay, arrivalNumber: a.ArrivalNumber, urgency: a.Urgency, signerName: a.SignerName,
		signerTitle: a.SignerTitle, note: a.Note, addedBy: l.AddedBy}
	if a.State.Gone() {
		return i, nil // the sender has it out again: its description stays
	}
	for _, f := range a.Files {
		i.files = append(i.files, part{name: f.Name, mediaType: f.MediaType, hash: f.Hash, size: f.Size})
	}
	return i, nil
}

func kindName(code string) string {
	k, _ := document.KindByCode(code)
	return k.Name.VI
}

// volume sets the file as printed pages: what it says of itself, then the list
// of what lies in it (mục lục văn bản).
func (w whole) volume() numbering.Volume {
	f := w.File
	said := []string{"Mã hồ sơ: " + f.Code(w.Names.AgencyCode), "Thời hạn bảo quản: " + f.Retention.String(),
		"Chế độ sử dụng: " + rightsWord(f.Rights), "Người lập: " + f.CreatorName, "Người giữ: " + w.Names.Keeper,
		"Bắt đầu: " + f.Start.Written(), "Kết thúc: " + f.End.Written(), fmt.Sprintf("Số văn bản: %d", len(w.items))}
	if f.End.IsZero() {
		said[6] = "Chưa kết thúc"
	}
	if f.Description != "" {
		said = append(said, f.Description)
	}
	rows := make([][]string, len(w.items))
	for n, i := range w.items {
		from := i.issuer
		if i.arrivalNumber > 0 {
			from += fmt.Sprintf(" (số đến %d, %s)", i.arrivalNumber, i.arrivalDay.Written())
		}
		names := make([]string, len(i.files))
		for k, p := range i.files {
			names[k] = p.name
		}
		rows[n] = []string{strconv.Itoa(i.ordinal), reference(i.number, i.symbol), i.date.Written(), strings.TrimSpace(i.kind + " " + i.subject), from,
			strings.Join(names, "; "), i.note}
	}
	return numbering.Volume{Columns: []numbering.Column{{Title: "STT", Share: 5}, {Title: "Số, ký hiệu", Share: 13}, {Title: "Ngày tháng", Share: 9},
		{Title: "Tên loại và trích yếu nội dung", Share: 34}, {Title: "Tác giả", Share: 18}, {Title: "Tệp", Share: 14}, {Title: "Ghi chú", Share: 10}},
		Cover: numbering.Cover{Agency: w.Names.Agency, Title: f.Title, Said: said}, Rows: rowsOf(rows)}
}

func rightsWord(r rule.Rights) string {
	if r == rule.Public {
		return "Công khai trong cơ quan"
	}
	return "Hạn chế"
}

func reference(number, symbol string) string {
	if number == "" || symbol == "" {
		return number + symbol
	}
	return number + "/" + symbol
}

func rowsOf(rows [][]string) func(yield func([]string, error) bool) {
	return func(yield func([]string, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// archive writes the metadata and then the documents, one after the other: how
// large they are makes no difference to the memory it takes.
func (s *Service) archive(ctx context.Context, out io.Writer, w whole, pages Form) error {
	z := zip.NewWriter(out)
	parts := []struct {
		name  string
		write func(io.Writer) error
	}{{"ho-so.xml", w.writeXML}, {"ho-so.pdf", func(out io.Writer) error { return pages.Bind(out, w.volume()) }}}
	for _, p := range parts {
		entry, err := z.Create(p.name)
		if err != nil {
			return fmt.Errorf("begin %s: %w", p.name, err)
		}
		if err := p.write(entry); err != nil {
			return err
		}
	}
	for _, i := range w.items {
		for _, p := range i.files {
			if err := s.pack(ctx, z, p); err != nil {
				return err
			}
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("end the archive: %w", err)
	}
	return nil
}

func (s *Service) pack(ctx context.Context, z *zip.Writer, p part) (err error) {
	content, err := s.blobs.Open(ctx, p.hash)
	if err != nil {
		return fmt.Errorf("open a file of the case file: %w", err)
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	// PDF and office files are packed already.
	entry, err := z.CreateHeader(&zip.FileHeader{Name: p.path, Method: zip.Store})
	if err != nil {
		return fmt.Errorf("begin a file of the archive: %w", err)
	}
	if _, err := io.Copy(entry, content); err != nil {
		return fmt.Errorf("pack a file: %w", err)
	}
	return nil
}
