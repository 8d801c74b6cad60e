package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Direction is the word by which lines were given out.
type Direction struct {
	AgencyID, ID, ArrivalID, LineID org.ID
	Words                           string
	PositionID                      org.ID
	Name, Title                     string // whose word it is
	TypedPositionID                 org.ID
	TypedName                       string // who typed it for them
	Scan                            StoredFile
	At                              time.Time
}

// AddDirection keeps the words before the lines that refer to them.
func (tx *Tx) AddDirection(ctx context.Context, d Direction) error {
	if err := tx.q.InsertDirection(ctx, dbsqlc.InsertDirectionParams{AgencyID: d.AgencyID, ID: d.ID, ArrivalID: d.ArrivalID, LineID: d.LineID,
		Words: d.Words, PositionID: d.PositionID, Name: d.Name, Title: d.Title, TypedPositionID: optional(d.TypedPositionID), TypedName: d.TypedName,
		ScanSha256: hashBytes(d.Scan.Hash), ScanName: d.Scan.Name, ScanSize: d.Scan.Size, ScanType: d.Scan.MediaType, At: d.At}); err != nil {
		return fmt.Errorf("add direction: %w", err)
	}
	return nil
}

// AddDirections keeps the same words on many arrivals, in one statement. They
// are the giver's own, without a scan.
func (tx *Tx) AddDirections(ctx context.Context, ds []Direction) error {
	n := len(ds)
	ids, arrivals, lines := make([]org.ID, n), make([]org.ID, n), make([]org.ID, n)
	for i, d := range ds {
		ids[i], arrivals[i], lines[i] = d.ID, d.ArrivalID, d.LineID
	}
	d := ds[0]
	_, err := tx.tx.Exec(ctx, `
insert into direction (agency_id, id, arrival_id, line_id, words, position_id, name, title, at)
select $1, d.id, d.arrival, d.line, $2, $3, $4, $5, $6 from unnest($7::uuid[], $8::uuid[], $9::uuid[]) d (id, arrival, line)`,
		d.AgencyID, d.Words, d.PositionID, d.Name, d.Title, d.At, ids, arrivals, lines)
	if err != nil {
		return fmt.Errorf("add directions: %w", err)
	}
	return nil
}

// Directions gives all words on an arrival, oldest first.
func (tx *Tx) Directions(ctx context.Context, agency, arrival org.ID) ([]Direction, error) {
	rows, err := tx.q.ListDirections(ctx, agency, arrival)
	if err != nil {
		return nil, fmt.Errorf("list directions: %w", err)
	}
	list := make([]Direction, len(rows))
	for i, r := range rows {
		list[i] = Direction{AgencyID: r.AgencyID, ID: r.ID, ArrivalID: r.ArrivalID, LineID: r.LineID, Words: r.Words, PositionID: r.PositionID,
			Name: r.Name, Title: r.Title, TypedPositionID: value(r.TypedPositionID), TypedName: r.TypedName, At: r.At,
			Scan: StoredFile{Name: r.ScanName, Hash: hashOf(r.ScanSha256), Size: r.ScanSize, MediaType: r.ScanType}}
	}
	return list, nil
}

// LineNote is something noted on a line: progress, a result, a reminder, a
// request for more time.
type LineNote struct {
	AgencyID, ID, ArrivalID, LineID org.ID
	Kind                            string
	Words                           string
	PositionID                      org.ID
	Name, Title                     string
	At                              time.Time
	DueDate                         org.Day // asked for
	Decision                        string
	DecidedBy                       string
	DecidedAt                       time.Time
	File                            StoredFile
}

// AddLineNote adds a note.
func (tx *Tx) AddLineNote(ctx context.Context, n LineNote) error {
	if err := tx.q.InsertLineNote(ctx, dbsqlc.InsertLineNoteParams{AgencyID: n.AgencyID, ID: n.ID, ArrivalID: n.ArrivalID, LineID: n.LineID,
		Kind: n.Kind, Words: n.Words, PositionID: optional(n.PositionID), Name: n.Name, Title: n.Title, At: n.At, DueDate: optional(n.DueDate),
		Decision: n.Decision, FileSha256: hashBytes(n.File.Hash), FileName: n.File.Name, FileSize: n.File.Size, FileType: n.File.MediaType}); err != nil {
		return fmt.Errorf("add note: %w", err)
	}
	return nil
}

// LineNotes gives all notes on an arrival, oldest first.
func (tx *Tx) LineNotes(ctx context.Context, agency, arrival org.ID) ([]LineNote, error) {
	rows, err := tx.q.ListLineNotes(ctx, agency, arrival)
	if err != nil {
		return nil, fmt.Errorf("list notes: %w", err)
	}
	list := make([]LineNote, len(rows))
	for i, r := range rows {
		list[i] = LineNote{AgencyID: r.AgencyID, ID: r.ID, ArrivalID: r.ArrivalID, LineID: r.LineID, Kind: r.Kind, Words: r.Words,
			PositionID: value(r.PositionID), Name: r.Name, Title: r.Title, At: r.At, DueDate: value(r.DueDate), Decision: r.Decision,
			DecidedBy: r.DecidedBy, DecidedAt: value(r.DecidedAt),
			File: StoredFile{Name: r.FileName, Hash: hashOf(r.FileSha256), Size: r.FileSize, MediaType: r.FileType}}
	}
	return list, nil
}

// DecideMoreTime answers a request for more time, unless somebody has already.
func (tx *Tx) DecideMoreTime(ctx context.Context, agency, line, note org.ID, decision, by string, now time.Time) error {
	n, err := tx.q.DecideMoreTime(ctx, dbsqlc.DecideMoreTimeParams{Decision: decision, DecidedBy: by, DecidedAt: &now, AgencyID: agency, LineID: line, ID: note})
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	if n == 0 {
		return errStale
	}
	return nil
}

// FileBesideArrival gives a scan of a direction or the file of a note by its content.
func (tx *Tx) FileBesideArrival(ctx context.Context, agency, arrival org.ID, h document.Hash) (StoredFile, bool, error) {
	rows, err := tx.q.FileBesideArrival(ctx, dbsqlc.FileBesideArrivalParams{AgencyID: agency, ArrivalID: arrival, Sha256: h[:]})
	if err != nil || len(rows) == 0 {
		return StoredFile{}, false, err
	}
	return StoredFile{Name: rows[0].Name, Hash: h, Size: rows[0].Size, MediaType: rows[0].MediaType}, true, nil
}

// Answer is an outgoing document that answers a line.
type Answer struct {
	LineID, DocumentID, ArrivalID org.ID
	Subject                       string
	State                         document.State
	Reference                     string
	ClosedAt                      time.Time
}

// LinkAnswer lets the document answer the line.
func (tx *Tx) LinkAnswer(ctx context.Context, agency org.ID, a Answer, by string, now time.Time) error {
	if err := tx.q.LinkAnswer(ctx, dbsqlc.LinkAnswerParams{AgencyID: agency, DocumentID: a.DocumentID, LineID: a.LineID, ArrivalID: a.ArrivalID,
		LinkedBy: by, LinkedAt: now}); err != nil {
		return fmt.Errorf("link answer: %w", err)
	}
	return nil
}

// Answers gives what answers an arrival.
func (tx *Tx) Answers(ctx context.Context, agency, arrival org.ID) ([]Answer, error) {
	rows, err := tx.q.ListAnswers(ctx, agency, arrival)
	if err != nil {
		return nil, fmt.Errorf("list answers: %w", err)
	}
	list := make([]Answer, len(rows))
	for i, r := range rows {
		list[i] = Answer{LineID: r.LineID, DocumentID: r.DocumentID, ArrivalID: arrival, Subject: r.Subject, State: document.State(r.State), ClosedAt: value(r.ClosedAt)}
		if r.Number != nil {
			d := document.Document{Number: int(*r.Number), NumberSuffix: r.NumberSuffix, Symbol: r.Symbol}
			list[i].Reference = d.Reference()
		}
	}
	return list, nil
}

// OpenAnswers gives the lines that issuing a document closes.
func (tx *Tx) OpenAnswers(ctx context.Context, agency, document org.ID) ([]Answer, error) {
	rows, err := tx.q.OpenAnswers(ctx, agency, document)
	if err != nil {
		return nil, fmt.Errorf("list open answers: %w", err)
	}
	list := make([]Answer, len(rows))
	for i, r := range rows {
		list[i] = Answer{LineID: r.LineID, DocumentID: document, ArrivalID: r.ArrivalID}
	}
	return list, nil
}

// Answering tells whether issuing the document closes something.
func (tx *Tx) Answering(ctx context.Context, agency, document org.ID) (bool, error) {
	yes, err := tx.q.Answering(ctx, agency, document)
	if err != nil {
		return false, fmt.Errorf("look for what is answered: %w", err)
	}
	return yes, nil
}

// CloseAnswer notes that the document was issued and its line dealt with.
func (tx *Tx) CloseAnswer(ctx context.Context, agency org.ID, a Answer, now time.Time) error {
	if err := tx.q.CloseAnswer(ctx, dbsqlc.CloseAnswerParams{ClosedAt: &now, AgencyID: agency, DocumentID: a.DocumentID, LineID: a.LineID}); err != nil {
		return fmt.Errorf("close answer: %w", err)
	}
	return nil
}

// View is one person's reading of an arrival.
type View struct {
	AccountID       org.ID
	Name, Title     string
	FirstAt, LastAt time.Time
	Times           int
}

// RecordView notes that the person opened the arrival (M5).
func (tx *Tx) RecordView(ctx context.Context, agency, arrival org.ID, by document.By, now time.Time) error {
	if err := tx.q.RecordView(ctx, dbsqlc.RecordViewParams{AgencyID: agency, ArrivalID: arrival, AccountID: by.Position.AccountID,
		Name: by.Name, Title: by.Position.Title, At: now}); err != nil {
		return fmt.Errorf("record view: %w", err)
	}
	return nil
}

// Views gives who opened an arrival, the latest first.
func (tx *Tx) Views(ctx context.Context, agency, arrival org.ID) ([]View, error) {
	rows, err := tx.q.ListViews(ctx, agency, arrival)
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	list := make([]View, len(rows))
	for i, r := range rows {
		list[i] = View{AccountID: r.AccountID, Name: r.Name, Title: r.Title, FirstAt: r.FirstAt, LastAt: r.LastAt, Times: int(r.Times)}
	}
	return list, nil
}

// Follow begins or ends following an arrival.
func (tx *Tx) Follow(ctx context.Context, agency, account, arrival org.ID, follow bool, now time.Time) error {
	var err error
	if follow {
		err = tx.q.Follow(ctx, dbsqlc.FollowParams{AgencyID: agency, AccountID: account, ArrivalID: arrival, At: now})
	} else {
		err = tx.q.Unfollow(ctx, dbsqlc.UnfollowParams{AgencyID: agency, AccountID: account, ArrivalID: arrival})
	}
	if err != nil {
		return fmt.Errorf("follow: %w", err)
	}
	return nil
}

// Follows tells whether the account follows the arrival.
func (tx *Tx) Follows(ctx context.Context, agency, account, arrival org.ID) (bool, error) {
	yes, err := tx.q.Follows(ctx, dbsqlc.FollowsParams{AgencyID: agency, AccountID: account, ArrivalID: arrival})
	if err != nil {
		return false, fmt.Errorf("read following: %w", err)
	}
	return yes, nil
}

// Phrase is a phrase of direction: the agency's, or a person's own.
type Phrase struct {
	AgencyID, ID, AccountID org.ID
	Words                   string
}

// Phrases gives the agencies' phrases and the account's own, its own first.
func (tx *Tx) Phrases(ctx context.Context, agencies []org.ID, account org.ID) ([]Phrase, error) {
	rows, err := tx.q.ListPhrases(ctx, agencies, &account)
	if err != nil {
		return nil, fmt.Errorf("list phrases: %w", err)
	}
	list := make([]Phrase, len(rows))
	for i, r := range rows {
		list[i] = Phrase{ID: r.ID, AccountID: value(r.AccountID), Words: r.Words}
	}
	return list, nil
}

// AddPhrase keeps a phrase.
func (tx *Tx) AddPhrase(ctx context.Context, p Phrase, now time.Time) error {
	if err := tx.q.InsertPhrase(ctx, dbsqlc.InsertPhraseParams{AgencyID: p.AgencyID, ID: p.ID, AccountID: optional(p.AccountID), Words: p.Words, CreatedAt: now}); err != nil {
		return fmt.Errorf("add phrase: %w", err)
	}
	return nil
}

// Phrase gives whose a phrase is.
func (tx *Tx) Phrase(ctx context.Context, agencies []org.ID, id org.ID) (Phrase, error) {
	r, err := tx.q.GetPhrase(ctx, agencies, id)
	if err != nil {
		return Phrase{}, fmt.Errorf("read phrase: %w", err)
	}
	return Phrase{AgencyID: r.AgencyID, ID: id, AccountID: value(r.AccountID)}, nil
}

// RemovePhrase removes a phrase.
func (tx *Tx) RemovePhrase(ctx context.Context, p Phrase) error {
	if err := tx.q.DeletePhrase(ctx, p.AgencyID, p.ID); err != nil {
		return fmt.Errorf("remove phrase: %w", err)
	}
	return nil
}
