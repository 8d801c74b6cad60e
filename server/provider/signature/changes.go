package signature

import (
	"slices"

	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature/pdf"
)

// Change is one thing that a later revision did.
type Change struct {
	Kind     signing.Change
	Field    string     // the field it was done to, if any
	What     fault.Text // of an altered one: what was altered
	Revision int        // from 1
}

// The words for what was altered.
var (
	whatPage     = fault.Text{VI: "nội dung hoặc cách hiển thị của trang", EN: "the content or look of a page"}
	whatMark     = fault.Text{VI: "thêm hoặc sửa chú thích, trường trên trang", EN: "an annotation or field on a page added or altered"}
	whatField    = fault.Text{VI: "giá trị hoặc hiển thị của một trường", EN: "the value or look of a field"}
	whatDocument = fault.Text{VI: "cấu trúc tài liệu (danh mục trang, biểu mẫu, hành động)", EN: "the structure of the document (pages, form, actions)"}
	whatObject   = fault.Text{VI: "đối tượng đã có trong tệp", EN: "an object that the file had"}
	whatHidden   = fault.Text{VI: "nội dung được chuẩn bị trước và chỉ hiện ra sau khi ký", EN: "content prepared before and shown only after signing"}
	whatFalse    = fault.Text{VI: "chữ ký không có giá trị ở vị trí dành sẵn", EN: "a signature that does not hold, in a reserved place"}
	whatSkipped  = fault.Text{VI: "một lần lưu trước đó của tệp đã bị bỏ qua", EN: "an earlier revision of the file that is passed over"}
	whatLoose    = fault.Text{VI: "dữ liệu nằm sau phần cuối của tệp", EN: "data behind the end of the file"}
)

// view is one revision with what is needed to judge the next.
type view struct {
	file    *pdf.File
	catalog pdf.Dict
	acro    pdf.Dict
	fields  map[string]field
	byRef   map[int]string // fields and their widgets
	pages   map[int]page
	counts  map[int]int
}

func newView(f *pdf.File) (*view, error) {
	v := &view{file: f, fields: map[string]field{}, byRef: map[int]string{}, pages: map[int]page{}}
	var err error
	if v.catalog, err = f.Catalog(); err != nil {
		return nil, err
	}
	if v.acro, err = f.Dict(v.catalog["AcroForm"]); err != nil {
		return nil, err
	}
	fields, err := form(f)
	if err != nil {
		return nil, err
	}
	for _, one := range fields {
		v.fields[one.name] = one
		v.byRef[one.ref.Number] = one.name
		for _, w := range one.widgets {
			v.byRef[w.Number] = one.name
		}
	}
	all, err := pages(f, 0)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		v.pages[p.ref.Number] = p
	}
	return v, nil
}

// alone tells whether nothing else names the object: one that serves two ends
// must not be changed for one of them.
func (v *view) alone(number int) (bool, error) {
	if v.counts == nil {
		var err error
		if v.counts, err = v.file.References(); err != nil {
			return false, err
		}
	}
	return v.counts[number] == 1, nil
}

// judge names every change from one revision to the next.
func judge(before, after *view) ([]Change, error) {
	differences, err := pdf.Compare(before.file, after.file)
	if err != nil {
		return nil, err
	}
	j := judging{before: before, after: after}
	for _, d := range differences {
		if err := j.judge(d); err != nil {
			return nil, err
		}
	}
	return j.found, nil
}

type judging struct {
	before, after *view
	found         []Change
}

func (j *judging) altered(what fault.Text, field string) error {
	c := Change{Kind: signing.Altered, Field: field, What: what}
	if !slices.Contains(j.found, c) {
		j.found = append(j.found, c)
	}
	return nil
}

func (j *judging) note(kind signing.Change, field string) {
	c := Change{Kind: kind, Field: field}
	if !slices.Contains(j.found, c) {
		j.found = append(j.found, c)
	}
}

func (j *judging) judge(d pdf.Difference) error {
	before := j.before
	root, _ := before.file.Trailer["Root"].(pdf.Ref)
	switch {
	case d.Number == 0:
		return j.altered(whatDocument, "")
	case d.Before == nil:
		return j.altered(whatHidden, "")
	case d.Number == root.Number:
		return j.catalog(d)
	}
	if name, ok := before.byRef[d.Number]; ok {
		return j.field(d, before.fields[name])
	}
	if p, ok := before.pages[d.Number]; ok {
		return j.page(d, p)
	}
	if acro, ok := before.catalog["AcroForm"].(pdf.Ref); ok && acro.Number == d.Number {
		return j.form(d)
	}
	if list, ok := before.acro["Fields"].(pdf.Ref); ok && list.Number == d.Number {
		return j.listed(d, j.newField, whatDocument)
	}
	for _, p := range before.pages {
		if list, ok := p.dict["Annots"].(pdf.Ref); ok && list.Number == d.Number {
			return j.listed(d, j.newWidget, whatMark)
		}
	}
	if ok, err := before.isEvidence(d.Number); err != nil || ok {
		j.note(signing.AddedEvidence, "")
		return err
	}
	return j.altered(whatObject, "")
}

// sameBut tells whether two dictionaries differ in these keys only.
func sameBut(a, b pdf.Dict, keys ...pdf.Name) bool {
	for key, v := range a {
		if other, has := b[key]; !slices.Contains(keys, key) && (!has || !pdf.Equal(v, other)) {
			return false
		}
	}
	for key := range b {
		if _, had := a[key]; !had && !slices.Contains(keys, key) {
			return false
		}
	}
	return true
}

func (j *judging) catalog(d pdf.Difference) error {
	a, okA := d.Before.(pdf.Dict)
	b, okB := d.After.(pdf.Dict)
	if !okA || !okB || !sameBut(a, b, "AcroForm", "DSS", "Extensions", "Perms") || !j.certifies(a["Perms"], b["Perms"]) {
		return j.altered(whatDocument, "")
	}
	if !pdf.Equal(a["DSS"], b["DSS"]) {
		if b["DSS"] == nil {
			return j.altered(whatDocument, "")
		}
		j.note(signing.AddedEvidence, "")
	}
	if pdf.Equal(a["AcroForm"], b["AcroForm"]) {
		return nil // an object of its own is judged as such
	}
	return j.acro(j.before.acro, j.after.acro)
}

// certifies accepts that a signature which is new in this revision limits what
// may come after it.
func (j *judging) certifies(a, b any) bool {
	if a != nil || b == nil {
		return pdf.Equal(a, b)
	}
	perms, ok := b.(pdf.Dict)
	if !ok || len(perms) != 1 {
		return false
	}
	for name, f := range j.after.fields {
		if f.kind == "Sig" && pdf.Equal(f.value, perms["DocMDP"]) && perms["DocMDP"] != nil {
			old, had := j.before.fields[name]
			return !had || old.empty()
		}
	}
	return false
}

func (j *judging) form(d pdf.Difference) error {
	if ok, err := j.before.alone(d.Number); err != nil || !ok {
		return firstOf(err, j.altered(whatDocument, ""))
	}
	b, _ := d.After.(pdf.Dict)
	return j.acro(j.before.acro, b)
}

// acro judges the form itself. One that is new may not do more than hold fields.
func (j *judging) acro(a, b pdf.Dict) error {
	if b == nil || a == nil && !sameBut(pdf.Dict{}, b, "Fields", "SigFlags", "DR", "DA") || a != nil && !sameBut(a, b, "Fields", "SigFlags") {
		return j.altered(whatDocument, "")
	}
	if pdf.Equal(a["Fields"], b["Fields"]) {
		return nil
	}
	before, err := j.before.file.Array(a["Fields"])
	if err != nil {
		return err
	}
	after, err := j.after.file.Array(b["Fields"])
	if err != nil {
		return err
	}
	return j.grown(before, after, j.newField, whatDocument)
}

// listed judges a list that is an object of its own.
func (j *judging) listed(d pdf.Difference, accept func(pdf.Ref) (bool, error), what fault.Text) error {
	a, okA := d.Before.(pdf.Array)
	b, okB := d.After.(pdf.Array)
	if ok, err := j.before.alone(d.Number); err != nil || !ok || !okA || !okB {
		return firstOf(err, j.altered(what, ""))
	}
	return j.grown(a, b, accept, what)
}

// grown accepts a list that begins as before and goes on with what is accepted.
func (j *judging) grown(a, b pdf.Array, accept func(pdf.Ref) (bool, error), what fault.Text) error {
	if len(b) < len(a) || !pdf.Equal(a, b[:len(a)]) {
		return j.altered(what, "")
	}
	for _, v := range b[len(a):] {
		ref, ok := v.(pdf.Ref)
		if !ok {
			return j.altered(what, "")
		}
		if ok, err := accept(ref); err != nil || !ok {
			return firstOf(err, j.altered(what, j.after.byRef[ref.Number]))
		}
	}
	return nil
}

// newField accepts a signature that shows nothing.
func (j *judging) newField(ref pdf.Ref) (bool, error) {
	name, ok := j.after.byRef[ref.Number]
	one := j.after.fields[name]
	if !ok || one.ref != ref {
		return false, nil
	}
	if hidden, err := j.after.hidden(one); err != nil || !hidden {
		return false, err
	}
	d, err := j.after.file.Dict(one.value)
	if err != nil {
		return false, err
	}
	if kindOf(one, d) == signing.Stamp {
		j.note(signing.AddedStamp, name)
	} else {
		j.note(signing.AddedHidden, name)
	}
	return true, nil
}

// newWidget accepts the widget of such a signature.
func (j *judging) newWidget(ref pdf.Ref) (bool, error) {
	name, ok := j.after.byRef[ref.Number]
	if _, old := j.before.fields[name]; !ok || old {
		return false, nil
	}
	return j.after.hidden(j.after.fields[name])
}

// hidden tells whether a field is a signature of which no page shows anything.
func (v *view) hidden(f field) (bool, error) {
	if f.kind != "Sig" || f.empty() || len(f.widgets) == 0 {
		return false, nil
	}
	for _, w := range f.widgets {
		d, err := v.file.Dict(w)
		if err != nil {
			return false, err
		}
		rect, err := v.file.Numbers(d["Rect"])
		if err != nil {
			return false, err
		}
		if len(rect) != 4 || rect[0] != rect[2] || rect[1] != rect[3] {
			return false, nil
		}
	}
	return true, nil
}

func (j *judging) page(d pdf.Difference, _ page) error {
	a, okA := d.Before.(pdf.Dict)
	b, okB := d.After.(pdf.Dict)
	if !okA || !okB || !sameBut(a, b, "Annots") {
		return j.altered(whatPage, "")
	}
	before, err := j.before.file.Array(a["Annots"])
	if err != nil {
		return err
	}
	after, err := j.after.file.Array(b["Annots"])
	if err != nil {
		return err
	}
	return j.grown(before, after, j.newWidget, whatMark)
}

// field judges what was done to a field that was there: only an empty one may
// be filled, and nothing of it but its value and what shows it.
func (j *judging) field(d pdf.Difference, f field) error {
	a, okA := d.Before.(pdf.Dict)
	b, okB := d.After.(pdf.Dict)
	filled := j.after.fields[f.name]
	if !okA || !okB || !f.empty() || filled.empty() || !sameBut(a, b, "V", "AP") || !plainLook(b["AP"]) {
		return j.altered(whatField, f.name)
	}
	if small, err := j.before.small(f); err != nil || !small {
		return firstOf(err, j.altered(whatField, f.name))
	}
	p, ours := f.place()
	switch {
	case f.kind == "Sig" && filled.kind == "Sig":
		if _, ok := filled.value.(pdf.Ref); !ok {
			return j.altered(whatField, f.name)
		}
		kind := signing.Foreign
		if ours {
			kind = p.Kind
		}
		j.note(signing.Filling(kind), f.name)
		return nil
	case f.kind == "Tx" && ours && !p.Kind.Signed() && f.embedded:
		if _, ok := b["V"].(pdf.String); !ok {
			return j.altered(whatField, f.name)
		}
		j.note(signing.Filling(p.Kind), f.name)
		return nil
	}
	return j.altered(whatField, f.name)
}

// small tells whether no widget of the field is larger than a place may be.
func (v *view) small(f field) (bool, error) {
	for _, w := range f.widgets {
		d, err := v.file.Dict(w)
		if err != nil {
			return false, err
		}
		rect, err := v.file.Numbers(d["Rect"])
		if err != nil || len(rect) != 4 || !(signing.Box{Left: rect[0], Bottom: rect[1], Right: rect[2], Top: rect[3]}).Fits() {
			return false, err
		}
	}
	return true, nil
}

// plainLook takes a normal appearance and none for the mouse.
func plainLook(v any) bool {
	if v == nil {
		return true
	}
	d, ok := v.(pdf.Dict)
	if !ok {
		return false
	}
	_, normal := d["N"].(pdf.Ref)
	return normal && len(d) == 1
}

// isEvidence tells whether the object is part of what helps later validation
// and of nothing else.
func (v *view) isEvidence(number int) (bool, error) {
	dss, err := v.file.Dict(v.catalog["DSS"])
	if err != nil || dss == nil {
		return false, err
	}
	candidates := []any{v.catalog["DSS"], dss["Certs"], dss["OCSPs"], dss["CRLs"], dss["VRI"]}
	vri, err := v.file.Dict(dss["VRI"])
	if err != nil {
		return false, err
	}
	for _, entry := range vri {
		candidates = append(candidates, entry)
	}
	for _, c := range candidates {
		if ref, ok := c.(pdf.Ref); ok && ref.Number == number {
			return v.alone(number)
		}
	}
	return false, nil
}
