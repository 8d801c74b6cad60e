package edxml

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// aliases are names of the old variant, and misspellings put right.
var aliases = map[string]string{
	"OrganInCharge": "OrganizationInCharge", "Business": "Bussiness", "BusinessDocType": "BussinessDocType",
	"BusinessDocReason": "BussinessDocReason", "BusinessDocumentInfo": "BussinessDocumentInfo",
	"Manifest": "edXMLManifest", "DigitalSignature": "Signature",
}

// unitFields are trimmed by the official library too, so that blanks around
// them mean nothing to anybody.
var unitFields = map[string]bool{
	"OrganId": true, "OrganizationInCharge": true, "OrganName": true, "OrganAdd": true,
	"Email": true, "Telephone": true, "Fax": true, "Website": true, "StatusCode": true,
}

// reader understands the elements of an envelope. The first refusal is kept.
type reader struct {
	*warnings
	old bool
	err error
}

func (r *reader) refuse(refusal *fault.Error, element, found string) {
	if r.err == nil {
		r.err = refusal.With(fault.Field{Name: element, Code: refusal.Code, Text: refusal.Text}).Because(errUnread{element, found})
	}
}

// errUnread names the element and, shortened, what stands in it.
type errUnread struct{ element, found string }

func (e errUnread) Error() string {
	if len(e.found) > 40 {
		e.found = strings.ToValidUTF8(e.found[:40], "") + "…"
	}
	return e.element + " is " + strconv.Quote(e.found)
}

// fields hands the children of an element to what knows them by name. A single
// element that comes again replaces the first, as the official library reads it.
func (r *reader) fields(n *node, single map[string]func(*node), many map[string]func(*node)) {
	if n == nil {
		return
	}
	met := map[string]bool{}
	for _, i := range n.items {
		if i.node == nil {
			if strings.Trim(i.text, blanks) != "" {
				r.warn(TextMixed, n.name.Local, "")
			}
			continue
		}
		name := r.nameOf(i.node)
		take, one := single[name]
		if one && met[name] {
			r.warn(ElementRepeated, n.name.Local+"/"+name, "")
		}
		met[name] = true
		if !one {
			take = many[name]
		}
		if take == nil {
			r.warn(ElementUnknown, n.name.Local, name)
			continue
		}
		take(i.node)
	}
}

func (r *reader) nameOf(n *node) string {
	name := n.name.Local
	if proper, ok := aliases[name]; ok {
		r.warn(AliasRead, proper, name)
		name = proper
	}
	switch {
	case n.ns == Namespace || r.old:
	case name != "Signature":
		r.warn(NamespaceOther, name, "")
	}
	return name
}

// value gives the text of a leaf.
func (r *reader) value(n *node) string {
	raw := n.text()
	if len(n.children()) > 0 {
		r.warn(ElementUnknown, n.name.Local, n.children()[0].name.Local)
	}
	trimmed := strings.Trim(raw, blanks)
	if trimmed != raw && trimmed != "" && !unitFields[n.name.Local] {
		r.warn(BlanksTrimmed, n.name.Local, "")
	}
	return trimmed
}

func (r *reader) text(to *string) func(*node) { return func(n *node) { *to = r.value(n) } }

func (r *reader) list(to *[]string) func(*node) {
	return func(n *node) {
		if v := r.value(n); v != "" {
			*to = append(*to, v)
		}
	}
}

// number reads an integer that may be left out; one that is none is left out
// as well, where the official library would put a value of its own.
func (r *reader) number(to **int) func(*node) {
	return func(n *node) {
		*to = nil
		text := r.value(n)
		if text == "" {
			return
		}
		if v, ok := integer(text); ok && v >= 0 {
			*to = &v
		} else {
			r.warn(NumberUnreadable, n.name.Local, "")
		}
	}
}

// steering is the one number that the official library refuses to guess.
func (r *reader) steering(to **int) func(*node) {
	return func(n *node) {
		v, ok := integer(n.text())
		if !ok {
			r.refuse(ErrNumber, n.name.Local, n.text())
			return
		}
		if *to = &v; v < 0 {
			*to = nil
			r.warn(NumberUnreadable, n.name.Local, "")
		}
	}
}

func integer(text string) (int, bool) {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || len(digits) > 9 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	v, err := strconv.Atoi(text)
	return v, err == nil
}

func (r *reader) flag(to *bool) func(*node) {
	return func(n *node) {
		text := r.value(n)
		*to = strings.EqualFold(text, "true")
		if !*to && text != "" && !strings.EqualFold(text, "false") {
			r.warn(ValueUnknown, n.name.Local, "")
		}
	}
}

func (r *reader) day(to *org.Day) func(*node) {
	return func(n *node) {
		*to = org.Day{}
		text := n.text()
		if strings.Trim(text, blanks) == "" {
			return
		}
		day, ok := parseDay(text, dayForm)
		if !ok && r.old {
			if day, ok = parseDay(text, oldDayForm); ok {
				r.warn(DateOldForm, n.name.Local, "")
			}
		}
		if !ok {
			r.refuse(ErrDate, n.name.Local, text)
		}
		*to = day
	}
}

func (r *reader) moment(to *time.Time) func(*node) {
	return func(n *node) {
		*to = time.Time{}
		text := n.text()
		if strings.Trim(text, blanks) == "" {
			return
		}
		at, ok := parseTime(text, timeForm)
		if !ok && r.old {
			if at, ok = parseTime(text, oldTimeForm); ok {
				r.warn(DateOldForm, n.name.Local, "")
			}
		}
		if !ok {
			r.refuse(ErrDate, n.name.Local, text)
		}
		*to = at
	}
}

// takes is a table of what to do with which element.
type takes = map[string]func(*node)

func (r *reader) agency(to *Agency) func(*node) {
	return func(n *node) {
		*to = Agency{}
		r.fields(n, takes{
			"OrganId": r.text(&to.Code), "OrganizationInCharge": r.text(&to.InCharge), "OrganName": r.text(&to.Name), "OrganAdd": r.text(&to.Address),
			"Email": r.text(&to.Email), "Telephone": r.text(&to.Telephone), "Fax": r.text(&to.Fax), "Website": r.text(&to.Website),
		}, nil)
	}
}

func (r *reader) staff(to *Staff) func(*node) {
	return func(n *node) {
		*to = Staff{}
		r.fields(n, takes{
			"Department": r.text(&to.Unit), "DepartmentId": r.text(&to.UnitID), "Staff": r.text(&to.Name), "StaffId": r.text(&to.ID),
			"Email": r.text(&to.Email), "Mobile": r.text(&to.Mobile),
		}, nil)
	}
}

func (r *reader) earlier(to *Earlier) func(*node) {
	return func(n *node) {
		*to = Earlier{}
		r.fields(n, takes{
			"OrganId": r.text(&to.AgencyCode), "DocumentId": r.text(&to.DocumentID), "PromulgationDate": r.day(&to.Issued),
			"Code": func(n *node) { to.Code = r.code(n) },
		}, nil)
	}
}

// code reads number and symbol as one text; some write them as the header does.
func (r *reader) code(n *node) string {
	if len(n.children()) == 0 {
		return r.value(n)
	}
	var number, symbol string
	r.fields(n, takes{"CodeNumber": r.text(&number), "CodeNotation": r.text(&symbol)}, nil)
	r.warn(AliasRead, "ResponseFor/Code", "in two parts")
	return strings.Trim(number+"/"+symbol, "/")
}

// unsafeName tells whether a name cannot be used as it is. NFD is no danger.
func unsafeName(name string) bool {
	return document.CleanName(name) != name || strings.ContainsFunc(name, func(r rune) bool {
		return unicode.Is(unicode.Cf, r)
	})
}
