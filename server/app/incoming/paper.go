package incoming

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// PaperTools turn what a scanner gives into documents.
type PaperTools struct {
	// Join makes one PDF of images, in order.
	Join func(out io.Writer, images []io.Reader) error
	// ReadCode gives what a barcode on a scan says, or nothing.
	ReadCode func(scan io.ReadSeeker, mediaType string) string
	// DrawCode draws a barcode as PNG.
	DrawCode func(out io.Writer, code string) error
}

// Paper carries out what people do with arrivals on paper: they are registered
// first and scanned later (G5).
type Paper struct {
	*Service

	tools PaperTools
}

// NewPaper makes the use cases.
func NewPaper(s *Service, tools PaperTools) *Paper { return &Paper{Service: s, tools: tools} }

// RegisterPaper enters a document that lies on the clerk's desk under the next
// number of its register. A complaint or denunciation is restricted with the
// same act: there is no moment at which others see it.
func (p *Paper) RegisterPaper(ctx context.Context, who access.Person, c access.Command, agency org.ID, in Registration) (org.ID, error) {
	if err := who.Allowed(access.ScopeRegister); err != nil {
		return org.ID{}, err
	}
	if err := document.CheckSecrecy(in.Secrecy); err != nil {
		return org.ID{}, err
	}
	if err := who.SeeRoster(agency); err != nil {
		return org.ID{}, err
	}
	pos, err := who.Clerk(agency, c.Position)
	if err != nil {
		return org.ID{}, err
	}
	now, id := p.clock(), postgres.NewID()
	by := document.By{Position: pos, Name: who.FullName}
	err = p.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		first, earlier, err := tx.Once(ctx, c, id, now)
		if err != nil || !first {
			id = earlier
			return err
		}
		if err := tx.ActFor(ctx, agency); err != nil {
			return err
		}
		return p.enter(ctx, tx, id, agency, in, by, now)
	})
	return id, err
}

func (p *Paper) enter(ctx context.Context, tx *postgres.Tx, id, agency org.ID, in Registration, by document.By, now time.Time) error {
	today := org.DayOf(now)
	day := cmp.Or(in.Day, today)
	a := routing.Arrival{ID: id, AgencyID: agency, Source: routing.FromPaper, State: routing.Awaiting, Role: document.ForAction, ArrivedAt: now,
		Fields: routing.Fields{Urgency: document.Normal}, Lines: routing.Tree{routing.FirstLine(postgres.NewID(), now)}}
	fields := a.Fields
	in.Correct(&fields)
	if err := a.Receive(fields, document.Hash{}, day, today); err != nil {
		return err
	}
	if err := tx.AddArrival(ctx, a); err != nil {
		return err
	}
	a, err := tx.LockArrival(ctx, []org.ID{agency}, id)
	if err != nil {
		return err
	}
	a.Restricted = in.Restricted
	taken, err := takeNumber(ctx, tx, a, in, day, by, now)
	if err != nil {
		return err
	}
	event, err := a.Register(by, taken, now)
	if err != nil {
		return err
	}
	if err := tx.SaveArrival(ctx, a); err != nil {
		return err
	}
	return tx.Record(ctx, agency, subject, id, event, by, now)
}

// sheet is an upload on its way into an arrival.
type sheet struct {
	postgres.Upload
}

func (s sheet) image() bool { return s.MediaType == "image/jpeg" || s.MediaType == "image/png" }

// sheets gives the person's own uploads, whole.
func (p *Paper) sheets(ctx context.Context, who access.Person, ids []org.ID) ([]sheet, error) {
	if len(ids) == 0 || len(ids) > ScanMost {
		return nil, fault.InvalidField("uploadIds", "too_many", "Mỗi lần từ 1 đến 200 tệp.", "1 to 200 files at a time.")
	}
	list := make([]sheet, len(ids))
	err := p.store.InTx(ctx, postgres.PersonScope(nil), func(tx *postgres.Tx) error {
		var bytes int64
		for i, id := range ids {
			u, err := tx.Upload(ctx, who.AccountID, id)
			if err != nil {
				return err
			}
			if u.Hash.IsZero() || !u.ExpiresAt.After(p.clock()) {
				return fault.InvalidField("uploadIds", "upload_unfinished", "Tệp “"+u.Name+"” chưa tải lên xong.", "The upload of “"+u.Name+"” is not finished.")
			}
			list[i] = sheet{u}
			if list[i].image() {
				bytes += u.Size
			}
			if bytes > maxPictures {
				return errManyPictures
			}
			if !list[i].image() && u.MediaType != document.TypePDF {
				return fault.InvalidField("uploadIds", "scan_type", "Bản quét “"+u.Name+"” phải là PDF, JPEG hoặc PNG.", "The scan “"+u.Name+"” must be PDF, JPEG or PNG.")
			}
		}
		return nil
	})
	return list, err
}

// maxPictures bounds the pictures of one act: they are held in memory while they
// are joined. Two hundred pages at 300 dpi in colour stay below it.
const maxPictures = 256 << 20

var errManyPictures = fault.New(fault.TooLarge, "scans_too_large",
	"Các ảnh quét lớn quá 256 MiB; hãy gửi làm nhiều lần hoặc quét thành PDF.",
	"The scanned pictures are larger than 256 MiB; send them in parts, or scan to PDF.")

// ScanMost is how many files are scanned in one act.
const ScanMost = 200

// documents makes files of the sheets: PDFs stay as they are, images that follow
// one another become one PDF. It is done before the transaction.
func (p *Paper) documents(ctx context.Context, sheets []sheet) ([]routing.File, error) {
	var files []routing.File
	for i := 0; i < len(sheets); {
		if !sheets[i].image() {
			files = append(files, routing.File{Name: sheets[i].Name, Hash: sheets[i].Hash, Size: sheets[i].Size, MediaType: sheets[i].MediaType})
			i++
			continue
		}
		until := i
		for until < len(sheets) && sheets[until].image() {
			until++
		}
		f, err := p.join(ctx, sheets[i:until])
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		i = until
	}
	return files, nil
}

func (p *Paper) join(ctx context.Context, images []sheet) (_ routing.File, err error) {
	var contents []*blob.File
	defer func() {
		for _, c := range contents {
			err = errors.Join(err, c.Close())
		}
	}()
	readers := make([]io.Reader, len(images))
	for i, s := range images {
		content, err := p.blobs.Open(ctx, s.Hash)
		if err != nil {
			return routing.File{}, err
		}
		contents, readers[i] = append(contents, content), content
	}
	out, in := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		in.CloseWithError(p.tools.Join(in, readers))
	}()
	ref, err := p.blobs.Put(ctx, out, blob.Hint{})
	err = errors.Join(err, out.Close())
	<-ended // it reads what is closed below
	if err != nil {
		return routing.File{}, fmt.Errorf("join the scans: %w", err)
	}
	stem := strings.TrimSuffix(images[0].Name, path.Ext(images[0].Name))
	return routing.File{Name: document.CleanName(stem + ".pdf"), Hash: ref.Hash, Size: ref.Size, MediaType: ref.MediaType}, nil
}

// Scan puts scans to an arrival on paper.
func (p *Paper) Scan(ctx context.Context, who access.Person, c access.Command, id org.ID, uploads []org.ID) error {
	if err := p.reading(ctx, who, id, func(*postgres.Tx, routing.Arrival) error { return nil }); err != nil {
		return err
	}
	sheets, err := p.sheets(ctx, who, uploads)
	if err != nil {
		return err
	}
	return p.attach(ctx, who, c, id, sheets)
}

// attach puts to the arrival what it does not have yet. What it has already is
// refused only where nothing new came with it: a batch may be sent again.
func (p *Paper) attach(ctx context.Context, who access.Person, c access.Command, id org.ID, sheets []sheet) error {
	fresh, err := p.fresh(ctx, who, id, sheets)
	if err != nil {
		return err
	}
	files, err := p.documents(ctx, fresh)
	if err != nil {
		return err
	}
	return p.decide(ctx, who, c, id, access.ScanArrival,
		func(tx *postgres.Tx, a *routing.Arrival, _ document.By, _ time.Time) (document.Event, exchange.Receipt, error) {
			known, err := tx.ScannedAlready(ctx, a.AgencyID, a.ID)
			if err != nil {
				return document.Event{}, exchange.Receipt{}, err
			}
			sources := make([]document.Hash, len(fresh))
			for i, s := range fresh {
				if sources[i] = s.Hash; known[s.Hash] { // another request of the same batch came first
					return document.Event{}, exchange.Receipt{}, routing.ErrScanned
				}
			}
			before := len(a.Files)
			event, err := a.AddScans(files)
			if err != nil {
				return event, exchange.Receipt{}, err
			}
			if err := tx.AddArrivalFiles(ctx, *a, before); err != nil {
				return event, exchange.Receipt{}, err
			}
			return event, exchange.Receipt{}, tx.RememberScans(ctx, a.AgencyID, a.ID, sources)
		})
}

// fresh leaves out the sheets that the arrival has, by the bytes that came from
// the scanner.
func (p *Paper) fresh(ctx context.Context, who access.Person, id org.ID, sheets []sheet) ([]sheet, error) {
	var list []sheet
	err := p.reading(ctx, who, id, func(tx *postgres.Tx, a routing.Arrival) error {
		known, err := tx.ScannedAlready(ctx, a.AgencyID, a.ID)
		if err != nil {
			return err
		}
		for _, f := range a.Files {
			known[f.Hash] = true
		}
		list = slices.DeleteFunc(slices.Clone(sheets), func(s sheet) bool { return known[s.Hash] })
		return nil
	})
	if err == nil && len(list) == 0 && len(sheets) > 0 {
		return nil, routing.ErrScanned
	}
	return list, err
}

// PaperCopy notes that paper came for a registered arrival.
func (p *Paper) PaperCopy(ctx context.Context, who access.Person, c access.Command, id org.ID, note string) error {
	return p.decide(ctx, who, c, id, access.ScanArrival,
		func(_ *postgres.Tx, a *routing.Arrival, _ document.By, _ time.Time) (document.Event, exchange.Receipt, error) {
			event, err := a.PaperCopy(note)
			return event, exchange.Receipt{}, err
		})
}

// Sorted tells what became of some scans of a batch.
type Sorted struct {
	Number    int
	Names     []string
	ArrivalID org.ID
	Refused   error // nil when they were put to the arrival
}

var errNoEntry = fault.New(fault.NotFound, "no_entry",
	"Không tìm thấy văn bản giấy có số đến này.", "There is no arrival on paper with that number.")

// ScanMany puts a batch of scans to the arrivals of a year that they are of,
// found by the number in their names or on a barcode sheet. What finds no entry
// is told and does not stop the rest.
func (p *Paper) ScanMany(ctx context.Context, who access.Person, c access.Command, agency org.ID, year int, uploads []org.ID) ([]Sorted, error) {
	if err := who.SeeRoster(agency); err != nil {
		return nil, err
	}
	if _, err := who.Clerk(agency, c.Position); err != nil {
		return nil, err
	}
	sheets, err := p.sheets(ctx, who, uploads)
	if err != nil {
		return nil, err
	}
	scans := make([]routing.Scan, len(sheets))
	for i, s := range sheets {
		scans[i] = routing.Scan{Name: s.Name, Code: p.code(ctx, s)}
	}
	var told []Sorted
	for _, b := range routing.Sort(scans) {
		t := Sorted{Number: b.Number}
		of := make([]sheet, len(b.Items))
		for i, n := range b.Items {
			of[i] = sheets[n]
			t.Names = append(t.Names, sheets[n].Name)
		}
		t.ArrivalID, t.Refused = p.scanOne(ctx, who, c, agency, cmp.Or(b.Year, year), b.Number, of)
		if t.Refused != nil && fault.KindOf(t.Refused) == fault.Internal {
			return told, t.Refused
		}
		told = append(told, t)
	}
	return told, nil
}

func (p *Paper) scanOne(ctx context.Context, who access.Person, c access.Command, agency org.ID, year, number int, of []sheet) (id org.ID, err error) {
	if number == 0 {
		return id, errNoEntry
	}
	err = p.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		id, err = tx.PaperByNumber(ctx, agency, year, number)
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return id, errNoEntry
	}
	if err != nil {
		return id, err
	}
	// Each arrival is an act of its own: the key of the whole names the batch.
	c.Key = ""
	err = p.attach(ctx, who, c, id, of)
	if errors.Is(err, routing.ErrScanned) {
		return id, nil // the batch was sent again; it is there
	}
	return id, err
}

// Barcode draws what leads scans to a registered arrival on paper.
func (p *Paper) Barcode(ctx context.Context, who access.Person, id org.ID) (Drawing, error) {
	var code string
	err := p.reading(ctx, who, id, func(_ *postgres.Tx, a routing.Arrival) error {
		if a.Source != routing.FromPaper || a.ArrivalNumber == 0 {
			return fault.Missing()
		}
		code = routing.ScanCode(a.ArrivalDay.Year(), a.ArrivalNumber)
		return nil
	})
	return Drawing{Name: code + ".png", Write: func(out io.Writer) error { return p.tools.DrawCode(out, code) }}, err
}

// Drawing is a picture on its way out.
type Drawing struct {
	Name  string
	Write func(out io.Writer) error
}

// code reads the barcode of a scan; a scan that cannot be read has none.
func (p *Paper) code(ctx context.Context, s sheet) string {
	content, err := p.blobs.Open(ctx, s.Hash)
	if err != nil {
		return ""
	}
	defer content.Close()
	return p.tools.ReadCode(content, s.MediaType)
}
