package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Arrival gives an incoming document of one of the agencies with files and lines.
func (tx *Tx) Arrival(ctx context.Context, agencies []org.ID, id org.ID) (routing.Arrival, error) {
	row, err := tx.q.GetArrival(ctx, agencies, id)
	if err != nil {
		return routing.Arrival{}, fmt.Errorf("read arrival: %w", err)
	}
	return tx.whole(ctx, row)
}

// LockArrival gives it as Arrival does and keeps everybody else from changing it.
func (tx *Tx) LockArrival(ctx context.Context, agencies []org.ID, id org.ID) (routing.Arrival, error) {
	row, err := tx.q.LockArrival(ctx, agencies, id)
	if err != nil {
		return routing.Arrival{}, fmt.Errorf("lock arrival: %w", err)
	}
	return tx.whole(ctx, row)
}

// LockArrivals locks many arrivals in one fixed order and gives them with their
// lines, without files. What the agencies do not have is left out.
func (tx *Tx) LockArrivals(ctx context.Context, agencies, ids []org.ID) (map[org.ID]routing.Arrival, error) {
	rows, err := tx.q.LockArrivals(ctx, agencies, ids)
	if err != nil {
		return nil, fmt.Errorf("lock arrivals: %w", err)
	}
	lines, err := tx.q.LinesOfMany(ctx, agencies, ids)
	if err != nil {
		return nil, fmt.Errorf("list lines: %w", err)
	}
	trees := map[org.ID]routing.Tree{}
	for _, l := range lines {
		trees[l.ArrivalID] = append(trees[l.ArrivalID], treeLine(l))
	}
	many := make(map[org.ID]routing.Arrival, len(rows))
	for _, r := range rows {
		a := arrivalOf(r)
		a.Lines = trees[a.ID]
		many[a.ID] = a
	}
	return many, nil
}

func (tx *Tx) whole(ctx context.Context, row dbsqlc.Arrival) (routing.Arrival, error) {
	a := arrivalOf(row)
	files, err := tx.q.ListArrivalFiles(ctx, row.AgencyID, row.ID)
	if err != nil {
		return a, fmt.Errorf("list files: %w", err)
	}
	for _, f := range files {
		a.Files = append(a.Files, routing.File{Name: f.Name, Hash: hashOf(f.Sha256), Size: f.Size, MediaType: f.MediaType})
	}
	a.MarkMain()
	lines, err := tx.q.ListLines(ctx, row.AgencyID, row.ID)
	if err != nil {
		return a, fmt.Errorf("list lines: %w", err)
	}
	for _, l := range lines {
		a.Lines = append(a.Lines, treeLine(l))
	}
	return a, nil
}

func arrivalOf(r dbsqlc.Arrival) routing.Arrival {
	return routing.Arrival{ID: r.ID, AgencyID: r.AgencyID, Source: routing.Source(r.Source), State: routing.State(r.State),
		OriginAgencyID: value(r.OriginAgencyID), OriginDocumentID: value(r.OriginDocumentID), OriginDeliveryID: value(r.OriginDeliveryID),
		Role: document.RecipientRole(r.Role), Restricted: r.Restricted, MailItemID: value(r.MailItemID),
		Fields: routing.Fields{Kind: r.Kind, IssuerName: r.IssuerName, IssuerCode: r.IssuerCode, Number: r.Number, Symbol: r.Symbol,
			DocumentDate: value(r.DocumentDate), Subject: r.Subject, Urgency: document.Urgency(r.Urgency), DueDate: value(r.DueDate),
			SignerName: r.SignerName, SignerTitle: r.SignerTitle, Note: r.Note, MainHash: hashOf(r.MainSha256)},
		ArrivedAt: r.ArrivedAt, RegisterID: value(r.RegisterID), ArrivalNumber: int(value(r.ArrivalNumber)), ArrivalDay: value(r.ArrivalDay),
		RegisteredAt: value(r.RegisteredAt), RegisteredBy: r.RegisteredBy, RefusedAt: value(r.RefusedAt), RefusedBy: r.RefusedBy,
		RefusedReason: routing.RefusalReason(r.RefusedReason), RefusedNote: r.RefusedNote, Version: int(r.Version)}
}

// AddArrival stores one arrival with its files and lines: what the mail
// gateway, paper and other protocols bring. Local deliveries come by Issue.
func (tx *Tx) AddArrival(ctx context.Context, a routing.Arrival) error {
	if err := tx.q.InsertArrival(ctx, dbsqlc.InsertArrivalParams{AgencyID: a.AgencyID, ID: a.ID, Source: string(a.Source), State: string(a.State),
		OriginAgencyID: optional(a.OriginAgencyID), OriginDocumentID: optional(a.OriginDocumentID), OriginDeliveryID: optional(a.OriginDeliveryID),
		Role: string(a.Role), Kind: a.Kind, IssuerName: a.IssuerName, IssuerCode: a.IssuerCode, Number: a.Number, Symbol: a.Symbol,
		DocumentDate: optional(a.DocumentDate), Subject: a.Subject, Urgency: string(a.Urgency), DueDate: optional(a.DueDate),
		SignerName: a.SignerName, SignerTitle: a.SignerTitle, Note: a.Note, MailItemID: optional(a.MailItemID),
		MainSha256: hashBytes(a.MainHash), ArrivedAt: a.ArrivedAt}); err != nil {
		return fmt.Errorf("add arrival: %w", err)
	}
	if err := tx.AddArrivalFiles(ctx, a, 0); err != nil {
		return err
	}
	for _, l := range a.Lines {
		if err := tx.q.InsertLine(ctx, dbsqlc.InsertLineParams{AgencyID: a.AgencyID, ID: l.ID, ArrivalID: a.ID, ParentID: optional(l.ParentID),
			UnitID: optional(l.UnitID), PositionID: optional(l.PositionID), Role: string(l.Role), State: string(l.State),
			Asks: string(l.Asks), DueDate: optional(l.DueDate), CreatedAt: l.CreatedAt}); err != nil {
			return fmt.Errorf("add line: %w", err)
		}
	}
	return nil
}

// AddArrivalFiles stores the files of an arrival from one on; those before it are there.
func (tx *Tx) AddArrivalFiles(ctx context.Context, a routing.Arrival, from int) error {
	for i, f := range a.Files[from:] {
		if err := tx.q.InsertArrivalFile(ctx, dbsqlc.InsertArrivalFileParams{AgencyID: a.AgencyID, ArrivalID: a.ID, Ordinal: int32(from + i), Role: string(f.Role),
			Name: f.Name, Sha256: f.Hash[:], Size: f.Size, MediaType: f.MediaType}); err != nil {
			return fmt.Errorf("add file: %w", err)
		}
	}
	return nil
}

// ScannedAlready gives what was put to the arrival as it came from the scanner.
func (tx *Tx) ScannedAlready(ctx context.Context, agency, arrival org.ID) (map[document.Hash]bool, error) {
	rows, err := tx.q.ScannedAlready(ctx, agency, arrival)
	if err != nil {
		return nil, fmt.Errorf("list scans: %w", err)
	}
	known := make(map[document.Hash]bool, len(rows))
	for _, h := range rows {
		known[hashOf(h)] = true
	}
	return known, nil
}

// RememberScans keeps what came from the scanner, so that it is known again.
func (tx *Tx) RememberScans(ctx context.Context, agency, arrival org.ID, scans []document.Hash) error {
	hashes := make([][]byte, len(scans))
	for i := range scans {
		hashes[i] = scans[i][:]
	}
	if err := tx.q.InsertScanned(ctx, dbsqlc.InsertScannedParams{AgencyID: agency, ArrivalID: arrival, Hashes: hashes}); err != nil {
		return fmt.Errorf("remember scans: %w", err)
	}
	return nil
}

// PaperByNumber gives the arrival on paper that has the number of a year.
func (tx *Tx) PaperByNumber(ctx context.Context, agency org.ID, year, number int) (org.ID, error) {
	id, err := tx.q.PaperByNumber(ctx, dbsqlc.PaperByNumberParams{AgencyID: agency, Number: int32(number), Year: int32(year)})
	if err != nil {
		return org.ID{}, fmt.Errorf("find the arrival on paper: %w", translate(err))
	}
	return id, nil
}

// SaveArrival writes the arrival's own fields and its lines, unless another
// transaction changed it since it was read.
func (tx *Tx) SaveArrival(ctx context.Context, a routing.Arrival) error {
	n, err := tx.q.UpdateArrival(ctx, dbsqlc.UpdateArrivalParams{State: string(a.State), Kind: a.Kind, IssuerName: a.IssuerName, Number: a.Number,
		Symbol: a.Symbol, DocumentDate: optional(a.DocumentDate), Subject: a.Subject, Urgency: string(a.Urgency), DueDate: optional(a.DueDate),
		SignerName: a.SignerName, SignerTitle: a.SignerTitle, Note: a.Note, MainSha256: hashBytes(a.MainHash), RegisterID: optional(a.RegisterID),
		ArrivalNumber: optional(int32(a.ArrivalNumber)), ArrivalDay: optional(a.ArrivalDay), RegisteredAt: optional(a.RegisteredAt),
		RegisteredBy: a.RegisteredBy, RefusedAt: optional(a.RefusedAt), RefusedBy: a.RefusedBy, RefusedReason: string(a.RefusedReason),
		RefusedNote: a.RefusedNote, Restricted: a.Restricted, AgencyID: a.AgencyID, ID: a.ID, Version: int32(a.Version)})
	if err != nil {
		return fmt.Errorf("save arrival: %w", err)
	}
	if n == 0 {
		return errStale
	}
	for _, l := range a.Lines {
		if err := tx.q.UpdateLine(ctx, dbsqlc.UpdateLineParams{State: string(l.State), DueDate: optional(l.DueDate), ClosedAt: optional(l.ClosedAt), AgencyID: a.AgencyID, ID: l.ID}); err != nil {
			return fmt.Errorf("save line: %w", err)
		}
	}
	return nil
}

// MarkRead notes that the lines were opened; a line read before keeps its time.
func (tx *Tx) MarkRead(ctx context.Context, agency org.ID, lines []org.ID, now time.Time) (int64, error) {
	n, err := tx.q.MarkLinesRead(ctx, dbsqlc.MarkLinesReadParams{ReadAt: &now, AgencyID: agency, Ids: lines})
	if err != nil {
		return 0, fmt.Errorf("mark read: %w", err)
	}
	return n, nil
}

// ArrivalFile gives a file of the arrival by its content.
func (tx *Tx) ArrivalFile(ctx context.Context, agency, id org.ID, h document.Hash) (StoredFile, error) {
	r, err := tx.q.GetArrivalFile(ctx, dbsqlc.GetArrivalFileParams{AgencyID: agency, ArrivalID: id, Sha256: h[:]})
	if err != nil {
		return StoredFile{}, fmt.Errorf("read file: %w", err)
	}
	return StoredFile{Name: r.Name, Hash: hashOf(r.Sha256), Size: r.Size, MediaType: r.MediaType}, nil
}

// LookAlike is a registered arrival that may be the same document (G3).
type LookAlike struct {
	ID            org.ID
	Why           string
	Subject       string
	Number        string
	Symbol        string
	ArrivalNumber int
}

// LookAlikes gives at most ten registered arrivals that may be the same document:
// by its identifier, by content, by issuer, number, symbol and date.
func (tx *Tx) LookAlikes(ctx context.Context, a routing.Arrival) ([]LookAlike, error) {
	rows, err := tx.q.LookAlikes(ctx, dbsqlc.LookAlikesParams{AgencyID: a.AgencyID, ID: a.ID, OriginDocumentID: optional(a.OriginDocumentID),
		MainSha256: hashBytes(a.MainHash), Number: a.Number, Symbol: a.Symbol, DocumentDate: optional(a.DocumentDate), IssuerName: a.IssuerName})
	if err != nil {
		return nil, fmt.Errorf("look for duplicates: %w", err)
	}
	list := []LookAlike{}
	seen := map[org.ID]bool{}
	for _, r := range rows {
		if !seen[r.ID] {
			seen[r.ID] = true
			list = append(list, LookAlike{ID: r.ID, Why: r.Why, Subject: r.Subject, Number: r.Number, Symbol: r.Symbol, ArrivalNumber: int(value(r.ArrivalNumber))})
		}
	}
	return list, nil
}
