package signature

import (
	"fmt"
	"slices"
	"strings"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/pdf"
)

// Reservation is a place to be reserved on a page.
type Reservation struct {
	Place  signing.Place
	Page   int // from 1
	Box    signing.Box
	Size   float64 // of the words of a number or date; 0 for 13, as the decree has it
	Align  Align
	Italic bool // dates are in italics (NĐ 30/2020, phụ lục I)
}

const numberSize = 13

// Prepare reserves places in a PDF that nobody has signed. It comes before the
// first signature: what was not reserved then shows as a change later.
func Prepare(file []byte, places []Reservation) ([]byte, error) {
	f, err := pdf.Open(file)
	if err != nil {
		return nil, err
	}
	fields, err := form(f)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(fields, func(f field) bool { return f.kind == "Sig" && !f.empty() }) {
		return nil, ErrAlreadySigned
	}
	if alive, err := active(f); err != nil || alive {
		return nil, firstOf(err, ErrActive)
	}
	if err := checkReservations(fields, places); err != nil {
		return nil, err
	}
	u, err := pdf.NewUpdate(f)
	if err != nil {
		return nil, err
	}
	all, err := pages(f, 0)
	if err != nil {
		return nil, err
	}
	lock := lockOf(places)
	var added []pdf.Ref
	perPage := map[int][]pdf.Ref{}
	for _, r := range places {
		if r.Page < 1 || r.Page > len(all) || !inside(r.Box, all[r.Page-1].box) {
			return nil, ErrOutside
		}
		ref := u.Add(r.field(all[r.Page-1].ref, lock))
		added, perPage[r.Page-1] = append(added, ref), append(perPage[r.Page-1], ref)
	}
	for i, refs := range perPage {
		if err := addAnnotations(f, u, all[i], refs); err != nil {
			return nil, err
		}
	}
	if err := addFields(f, u, added, true, nil); err != nil {
		return nil, err
	}
	return u.Bytes()
}

func firstOf(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func checkReservations(fields []field, places []Reservation) error {
	taken := map[string]bool{}
	for _, f := range fields {
		taken[f.name] = true
	}
	for _, r := range places {
		if err := r.Place.Check(); err != nil {
			return err
		}
		if taken[r.Place.Name()] {
			return ErrPlaceTaken
		}
		taken[r.Place.Name()] = true
	}
	return nil
}

func inside(box, page signing.Box) bool {
	return box.Width() > 1 && box.Height() > 1 && box.Fits() &&
		box.Left >= page.Left && box.Bottom >= page.Bottom && box.Right <= page.Right && box.Top <= page.Top
}

// lockOf lets a seal lock number and date for other readers too (12.7.4.5).
func lockOf(places []Reservation) pdf.Dict {
	names := pdf.Array{}
	for _, r := range places {
		if !r.Place.Kind.Signed() {
			names = append(names, pdf.String(r.Place.Name()))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("Include"), "Fields": names}
}

const (
	printed  = int64(1 << 2)
	locked   = int64(1 << 7)
	readOnly = int64(1)
)

// field makes the field and its widget, which are one object.
func (r Reservation) field(page pdf.Ref, lock pdf.Dict) pdf.Dict {
	d := pdf.Dict{
		"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "F": printed | locked, "P": page,
		"T": pdf.String(r.Place.Name()), "Rect": pdf.Array{r.Box.Left, r.Box.Bottom, r.Box.Right, r.Box.Top},
	}
	if r.Place.Kind.Signed() {
		d["FT"] = pdf.Name("Sig")
		if r.Place.Kind == signing.Seal && lock != nil {
			d["Lock"] = lock
		}
		return d
	}
	size, font := r.Size, "TiRo"
	if size <= 0 {
		size = numberSize
	}
	if r.Italic {
		font = "TiIt"
	}
	d["FT"], d["Ff"], d["Q"] = pdf.Name("Tx"), readOnly, int64(r.Align)
	d["DA"] = pdf.String(fmt.Sprintf("/%s %s Tf 0 g", font, num(size)))
	return d
}

// addAnnotations puts widgets on a page.
func addAnnotations(f *pdf.File, u *pdf.Update, p page, refs []pdf.Ref) error {
	list, err := f.Array(p.dict["Annots"])
	if err != nil {
		return err
	}
	list = slices.Clone(list)
	for _, ref := range refs {
		list = append(list, ref)
	}
	if at, ok := p.dict["Annots"].(pdf.Ref); ok {
		u.Set(at, list)
		return nil
	}
	dict, err := u.Dict(p.ref)
	if err != nil {
		return err
	}
	dict["Annots"] = list
	u.Set(p.ref, dict)
	return nil
}

// addFields puts fields into the form, and changes the catalog as told. What the
// form itself says may change only while nobody has signed.
func addFields(f *pdf.File, u *pdf.Update, refs []pdf.Ref, unsigned bool, change func(catalog pdf.Dict)) error {
	root, ok := f.Trailer["Root"].(pdf.Ref)
	if !ok {
		return pdf.ErrDamaged
	}
	catalog, err := u.Dict(root)
	if err != nil {
		return err
	}
	acro, err := f.Dict(catalog["AcroForm"])
	if err != nil {
		return err
	}
	grown := pdf.Dict{"SigFlags": int64(3), "Fields": pdf.Array{}}
	for key, v := range acro {
		if key != "SigFlags" {
			grown[key] = v
		}
	}
	if unsigned {
		delete(grown, "NeedAppearances") // a reader must not draw anew what will be signed
	}
	if unsigned && grown["DR"] == nil {
		grown["DR"] = pdf.Dict{"Font": pdf.Dict{"TiRo": standard("Times-Roman"), "TiIt": standard("Times-Italic")}}
	}
	list, err := f.Array(acro["Fields"])
	if err != nil {
		return err
	}
	list = slices.Clone(list)
	for _, ref := range refs {
		list = append(list, ref)
	}
	if at, ok := acro["Fields"].(pdf.Ref); ok {
		u.Set(at, list)
	} else {
		grown["Fields"] = list
	}
	if change != nil {
		change(catalog)
	}
	if at, ok := catalog["AcroForm"].(pdf.Ref); ok {
		u.Set(at, grown)
	} else {
		catalog["AcroForm"] = grown
	}
	u.Set(root, catalog)
	return nil
}

func standard(font string) pdf.Dict {
	return pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name(font)}
}

// Value fills a number or a date.
type Value struct {
	Place signing.Place
	Words string
}

const maxWords = 200

// Fill writes number and date into their reserved and empty places, if every
// signature that is there still allows it.
func Fill(file []byte, values []Value) ([]byte, error) {
	f, err := pdf.Open(file)
	if err != nil {
		return nil, err
	}
	fields, err := form(f)
	if err != nil {
		return nil, err
	}
	u, err := pdf.NewUpdate(f)
	if err != nil {
		return nil, err
	}
	for _, v := range values {
		if err := fill(f, u, fields, v); err != nil {
			return nil, err
		}
	}
	return u.Bytes()
}

func fill(f *pdf.File, u *pdf.Update, fields []field, v Value) error {
	target, err := findPlace(f, fields, v.Place)
	if err != nil {
		return err
	}
	if target.kind != "Tx" || v.Place.Kind.Signed() {
		return ErrNoPlace
	}
	words := strings.TrimSpace(v.Words)
	if words == "" || len(words) > maxWords {
		return ErrOutside
	}
	rect, err := f.Numbers(target.dict["Rect"])
	if err != nil || len(rect) != 4 {
		return firstOf(err, ErrOutside)
	}
	look := Appearance{Lines: []string{words}, Size: numberSize}
	if da, ok := target.dict["DA"].(pdf.String); ok {
		var font string
		if _, err := fmt.Sscanf(string(da), "/%s %f Tf", &font, &look.Size); err != nil {
			look.Size = numberSize
		}
		look.Italic = font == "TiIt"
	}
	if q, ok := target.dict["Q"].(int64); ok && q >= 0 && q <= 2 {
		look.Align = Align(q)
	}
	shown, err := draw(u, look, Black, rect[2]-rect[0], rect[3]-rect[1])
	if err != nil {
		return err
	}
	dict, err := u.Dict(target.ref)
	if err != nil {
		return err
	}
	dict["V"], dict["AP"] = encodeText(words), pdf.Dict{"N": shown}
	u.Set(target.ref, dict)
	return nil
}

// findPlace finds a reserved place that is empty and still open.
func findPlace(f *pdf.File, fields []field, p signing.Place) (field, error) {
	at := slices.IndexFunc(fields, func(f field) bool { return f.name == p.Name() })
	if at < 0 || !fields[at].embedded {
		return field{}, ErrNoPlace
	}
	if !fields[at].empty() {
		return field{}, ErrPlaceTaken
	}
	return fields[at], mayFollow(f, fields, signing.Filling(p.Kind))
}

// mayFollow holds a change against every signature that is there.
func mayFollow(f *pdf.File, fields []field, c signing.Change) error {
	for _, signed := range fields {
		if signed.kind != "Sig" || signed.empty() {
			continue
		}
		d, err := f.Dict(signed.value)
		if err != nil {
			return err
		}
		if locks, err := lockedBy(f, d); err != nil || locks {
			return firstOf(err, ErrCertified)
		}
		if !signing.May(kindOf(signed, d), c) {
			return ErrTooLate
		}
	}
	return nil
}

// kindOf tells what a signature stands for: by its place, and where that is
// none of ours by whether it is a time stamp.
func kindOf(f field, d pdf.Dict) signing.PlaceKind {
	if d["SubFilter"] == pdf.Name("ETSI.RFC3161") {
		return signing.Stamp
	}
	if p, ok := f.place(); ok {
		return p.Kind
	}
	return signing.Foreign
}

// lockedBy tells whether the signature certifies the file against any change
// (12.8.2.2: P is 1).
func lockedBy(f *pdf.File, d pdf.Dict) (bool, error) {
	references, err := f.Array(d["Reference"])
	if err != nil {
		return false, err
	}
	for _, v := range references {
		reference, err := f.Dict(v)
		if err != nil {
			return false, err
		}
		params, err := f.Dict(reference["TransformParams"])
		if err != nil {
			return false, err
		}
		if reference["TransformMethod"] == pdf.Name("DocMDP") && params["P"] == int64(1) {
			return true, nil
		}
	}
	return false, nil
}
