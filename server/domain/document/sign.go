package document

import (
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// ErrNotPDF is the fault of a document that cannot be signed as it is.
var ErrNotPDF = fault.New(fault.Conflict, "main_not_pdf",
	"Chỉ ký số được văn bản chính ở dạng PDF.", "Only a main file in PDF can be signed.")

// CheckSign refuses an act of signing that cannot end well, before a key is asked.
func (d Document) CheckSign(act Act, seen Hash) error {
	if _, err := d.next(act); err != nil {
		return err
	}
	if act == Seal && (d.SignedHash.IsZero() && !d.IsCopy() || !d.SealedAt.IsZero()) {
		return ErrOutOfOrder
	}
	if act == Sign && d.IsCopy() {
		return errCopySigned
	}
	if act == Initial && d.Stage != InitialStep {
		return ErrOutOfOrder
	}
	// An initial stands before the approval: there is nothing yet to be unchanged.
	if act != Initial {
		if err := d.unchanged(); err != nil {
			return err
		}
	}
	if main, _ := d.Main(); main.MediaType != TypePDF {
		return ErrNotPDF
	}
	return d.checkSeen(seen)
}

var errCopySigned = fault.New(fault.Conflict, "copy_signed",
	"Bản sao điện tử chỉ mang chữ ký số của cơ quan: cấp số rồi đóng dấu số.",
	"An electronic copy bears the agency's signature alone: number it, then seal it.")

// IsCopy tells whether it is a certified copy. An electronic one bears the
// agency's signature alone (NĐ 30/2020, phụ lục I, phần II).
func (d Document) IsCopy() bool {
	kind, ok := KindByCode(d.Kind)
	return ok && kind.Copy
}

// UnsealedAnnexes gives the annexes in PDF that the agency has not signed yet.
// Each file of its own is signed (NĐ 30/2020, phụ lục I, phần I, mục II, điểm 8).
func (d Document) UnsealedAnnexes() []File {
	var list []File
	for _, f := range d.Files {
		if f.Role == Annex && f.MediaType == TypePDF && f.Unsigned.IsZero() {
			list = append(list, f)
		}
	}
	return list
}

func (d Document) unsealedAnnex(h Hash) (File, error) {
	if d.State != Numbered || d.SignedHash.IsZero() && !d.IsCopy() {
		return File{}, ErrOutOfOrder
	}
	for _, f := range d.UnsealedAnnexes() {
		if f.Hash == h {
			return f, nil
		}
	}
	return File{}, ErrChanged
}

// CheckSealAnnex refuses to sign an annex that is not there or is signed already.
func (d Document) CheckSealAnnex(h Hash) error {
	_, err := d.unsealedAnnex(h)
	return err
}

// TakeSealedAnnex puts the annex with the agency's signature in the place of
// the one that it was made of.
func (d *Document) TakeSealedAnnex(of Hash, file File, now time.Time) (Event, error) {
	annex, err := d.unsealedAnnex(of)
	if err != nil {
		return Event{}, err
	}
	d.putSigned(annex, file, now)
	d.UpdatedAt = now
	return Event{Verb: "annex_sealed", Data: map[string]string{"file": annex.Name, "sha256": file.Hash.String()}}, nil
}

// CheckSigner refuses a signature by anybody else than who approved: the paper
// bears that name over its signature.
func (d Document) CheckSigner(name string) error {
	if d.SignerName == name {
		return nil
	}
	return fault.New(fault.Conflict, "approved_by_another",
		"Văn bản do "+d.SignerName+" duyệt nên chỉ người đó ký được. Muốn đổi người ký, hãy trả lại để trình lại.",
		"It was approved by "+d.SignerName+", who alone can sign it. For another signer, send it back to be submitted anew.")
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
	d.putSigned(main, file, now)
	switch act {
	case Sign:
		d.SignedHash, d.SignedAt = file.Hash, now
	case Seal:
		d.SignedHash, d.SealedAt = file.Hash, now
	}
	e := d.take(s, now)
	e.Data["sha256"] = file.Hash.String()
	return e, nil
}

// putSigned puts a file in the place of the one that it is a signed copy of.
func (d *Document) putSigned(of, signed File, now time.Time) {
	signed.Role, signed.Version, signed.Name, signed.MediaType, signed.AddedAt = of.Role, of.Version, of.Name, of.MediaType, now
	if signed.Unsigned = of.Unsigned; signed.Unsigned.IsZero() {
		signed.Unsigned = of.Hash
	}
	d.swap(of.ID, signed)
}

func (d *Document) swap(id org.ID, file File) {
	files := make([]File, len(d.Files))
	for i, f := range d.Files {
		if f.ID == id {
			f = file
		}
		files[i] = f
	}
	d.Files = files
}

// Unsign puts the main file as it was before anybody signed it back in its
// place, when it goes back to its author: signatures on a text that is to be
// changed hold no more. The signed bytes stay in the history (earlier). It
// tells whether there was anything to put back.
func (d *Document) Unsign(earlier []File, id org.ID, now time.Time) bool {
	main, ok := d.Main()
	if !ok || main.Unsigned.IsZero() {
		return false
	}
	for _, f := range earlier {
		if f.Role == MainFile && f.Hash == main.Unsigned {
			f.ID, f.Version, f.AddedAt = id, main.Version, now
			d.swap(main.ID, f)
			return true
		}
	}
	return false
}
