package document

import (
	"time"

	"congvan/server/domain/fault"
)

// ErrNotPDF is the fault of a document that cannot be signed as it is.
var ErrNotPDF = fault.New(fault.Conflict, "main_not_pdf",
	"Chỉ ký số được văn bản chính ở dạng PDF.", "Only a main file in PDF can be signed.")

// CheckSign refuses an act of signing that cannot end well, before a key is asked.
func (d Document) CheckSign(act Act, seen Hash) error {
	if _, err := d.next(act); err != nil {
		return err
	}
	if act == Seal && (d.SignedHash.IsZero() || !d.SealedAt.IsZero()) {
		return ErrOutOfOrder
	}
	if err := d.unchanged(); err != nil {
		return err
	}
	if main, _ := d.Main(); main.MediaType != TypePDF {
		return ErrNotPDF
	}
	return d.checkSeen(seen)
}

// TakeSigned puts the file with one more signature in the place of the main
// file. Whoever calls it has found the present bytes at its beginning, so it
// is no new version: what was approved is still what is there.
func (d *Document) TakeSigned(act Act, file File, now time.Time) (Event, error) {
	main, _ := d.Main()
	if err := d.CheckSign(act, main.Hash); err != nil {
		return Event{}, err
	}
	s, err := d.next(act)
	if err != nil {
		return Event{}, err
	}
	file.Role, file.Version, file.Name, file.MediaType, file.AddedAt = main.Role, main.Version, main.Name, main.MediaType, now
	files := make([]File, len(d.Files))
	for i, f := range d.Files {
		if f.ID == main.ID {
			f = file
		}
		files[i] = f
	}
	d.Files, d.SignedHash = files, file.Hash
	if act == Sign {
		d.SignedAt = now
	} else {
		d.SealedAt = now
	}
	e := d.take(s, now)
	e.Data["sha256"] = file.Hash.String()
	return e, nil
}
