package edxml

import "strings"

// document reads MessageHeader of a document.
func (r *reader) document(n *node) *Document {
	d := &Document{}
	r.fields(n, takes{
		"From":       r.agency(&d.From),
		"DocumentId": r.text(&d.DocumentID),
		"Code": r.group(takes{
			"CodeNumber": r.text(&d.Number), "CodeNotation": r.text(&d.Symbol),
		}),
		"PromulgationInfo": r.group(takes{
			"Place": r.text(&d.Place), "PromulgationDate": r.day(&d.Issued),
		}),
		"DocumentType": r.group(takes{
			"Type": r.number(&d.Type), "TypeDetail": r.number(&d.TypeDetail), "TypeName": r.text(&d.TypeName),
		}),
		"Subject": r.text(&d.Subject),
		"Content": r.text(&d.Content),
		"SignerInfo": r.group(takes{
			"Competence": r.text(&d.Signer.Competence), "Position": r.text(&d.Signer.Position), "FullName": r.text(&d.Signer.FullName),
		}),
		"DueDate":      r.day(&d.Due),
		"OtherInfo":    func(n *node) { d.Other = r.other(n) },
		"SteeringType": r.steering(&d.Steering),
		"ResponseForTask": func(n *node) {
			d.ResponseForTask = []string{}
			r.fields(n, nil, takes{"TaskCode": r.list(&d.ResponseForTask)})
		},
		"ApplicationType": r.text(&d.ApplicationType),
		"ToPlaces":        func(n *node) { d.ToPlaces = nil; r.fields(n, nil, takes{"Place": r.list(&d.ToPlaces)}) },
	}, takes{
		"To": func(n *node) {
			var a Agency
			if r.agency(&a)(n); a == (Agency{}) {
				r.warn(RecipientEmpty, "To", "")
				return
			}
			d.To = append(d.To, a)
		},
		"ResponseFor": func(n *node) {
			var e Earlier
			if r.earlier(&e)(n); e != (Earlier{}) {
				d.ResponseFor = append(d.ResponseFor, e)
			}
		},
		"Agency": func(n *node) { d.Executors = append(d.Executors, r.executor(n)) },
	})
	r.complain(d)
	return d
}

// complain names what is missing and what no list has.
func (r *reader) complain(d *Document) {
	if d.From == (Agency{}) {
		r.warn(SenderMissing, "From", "")
	}
	if len(d.To) == 0 {
		r.warn(RecipientMissing, "To", "")
	}
	met := map[string]bool{}
	for _, a := range d.To {
		if a.Code != "" && met[a.Code] {
			r.warn(RecipientRepeated, "To", "")
		}
		met[a.Code] = true
	}
	if d.DocumentID == "" {
		r.warn(DocumentIDMissing, "DocumentId", "")
	}
	if d.Other != nil && d.Other.Priority != nil && *d.Other.Priority > 4 {
		r.warn(ValueUnknown, "Priority", "")
	}
}

func (r *reader) group(single takes) func(*node) {
	return func(n *node) { r.fields(n, single, nil) }
}

func (r *reader) other(n *node) *OtherInfo {
	o := &OtherInfo{}
	r.fields(n, takes{
		"Priority": r.number(&o.Priority), "SphereOfPromulgation": r.text(&o.Sphere), "TyperNotation": r.text(&o.TyperNotation),
		"PromulgationAmount": r.number(&o.Copies), "PageAmount": r.number(&o.Pages), "ReplyFors": r.text(&o.ReplyFors),
		"Direction": r.flag(&o.Direction), "ReferenceCodes": r.text(&o.ReferenceCodes),
		"Appendixes": func(n *node) { o.Appendixes = nil; r.fields(n, nil, takes{"Appendix": r.list(&o.Appendixes)}) },
	}, nil)
	return o
}

func (r *reader) executor(n *node) Executor {
	var e Executor
	r.fields(n, takes{
		"OrganId": r.text(&e.AgencyCode), "OrganName": r.text(&e.Name), "DepartmentId": r.text(&e.UnitID), "DepartmentName": r.text(&e.UnitName),
		"ExecuteRole": r.number(&e.Role),
	}, nil)
	return e
}

// trace reads TraceHeaderList.
func (r *reader) trace(n *node) *Trace {
	t := &Trace{ID: attribute(n, "id"), Version: attribute(n, "version")}
	r.fields(n, takes{
		"Paper":     r.text(&t.Paper),
		"Bussiness": func(n *node) { t.Act = r.act(n) },
	}, takes{
		"TraceHeader": func(n *node) {
			var h Hop
			r.fields(n, takes{"OrganId": r.text(&h.AgencyCode), "Timestamp": r.moment(&h.At)}, nil)
			t.Hops = append(t.Hops, h)
		},
	})
	return t
}

func (r *reader) act(n *node) *Act {
	a := &Act{}
	var kind string
	r.fields(n, takes{
		"DocumentId": r.text(&a.DocumentID), "BussinessDocType": r.text(&kind), "BussinessDocReason": r.text(&a.Reason), "Paper": r.text(&a.Paper),
	}, takes{
		"BussinessDocumentInfo": func(n *node) { a.Changes = append(a.Changes, r.change(n)) },
		"ReplacementInfoList": func(n *node) {
			r.fields(n, nil, takes{"ReplacementInfo": func(n *node) { a.Replaced = append(a.Replaced, r.replaced(n)) }})
		},
		"StaffInfo": func(n *node) {
			var s Staff
			r.staff(&s)(n)
			a.Staff = append(a.Staff, s)
		},
	})
	if a.Kind = ActKind(kind); !a.Kind.Known() {
		r.warn(ValueUnknown, "BussinessDocType", "")
	}
	return a
}

func (r *reader) change(n *node) Change {
	var c Change
	receivers := func(n *node) {
		r.fields(n, nil, takes{"Receiver": func(n *node) {
			var one Receiver
			r.fields(n, takes{"OrganId": r.text(&one.AgencyCode), "ReceiverType": r.text(&one.Type)}, nil)
			c.Receivers = append(c.Receivers, one)
		}})
	}
	r.fields(n, takes{"DocumentInfo": r.text(&c.Document), "DocumentReceiver": r.text(&c.Recipients)}, takes{"ReceiverList": receivers})
	return c
}

func (r *reader) replaced(n *node) Replaced {
	var one Replaced
	r.fields(n, takes{
		"DocumentId":  r.text(&one.DocumentID),
		"OrganIdList": func(n *node) { r.fields(n, nil, takes{"OrganId": r.list(&one.AgencyCodes)}) },
	}, nil)
	return one
}

// status reads MessageHeader of a status.
func (r *reader) status(n *node) *Status {
	s := &Status{}
	var code string
	r.fields(n, takes{
		"From": r.agency(&s.From), "ResponseFor": r.earlier(&s.ResponseFor), "StaffInfo": r.staff(&s.Staff),
		"StatusCode": r.text(&code), "Description": r.text(&s.Description), "Timestamp": r.moment(&s.At),
	}, nil)
	if s.Code = StatusCode(code); !s.Code.Known() {
		r.warn(ValueUnknown, "StatusCode", "")
	}
	if s.From == (Agency{}) {
		r.warn(SenderMissing, "From", "")
	}
	return s
}

// manifest reads the list of attachments in the body.
func (r *reader) manifest(n *node) Manifest {
	m := Manifest{Version: attribute(n, "version")}
	r.fields(n, nil, takes{"Reference": func(n *node) {
		var one Reference
		r.fields(n, takes{
			"ContentId": r.text(&one.ContentID), "ContentType": r.text(&one.ContentType),
			"Description": r.text(&one.Description), "AttachmentName": r.text(&one.Name),
		}, nil)
		m.References = append(m.References, one)
	}})
	return m
}

// ContentKey is what two content identifiers are compared by: the official
// library doubles the prefix when it writes again what it has read.
func ContentKey(id string) string {
	id = strings.Trim(id, blanks)
	for strings.HasPrefix(id, "cid:") {
		id = id[len("cid:"):]
	}
	return id
}
