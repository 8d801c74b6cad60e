package edxml

import "encoding/xml"

// The order of everything here is that of the official library.

func (e *emitter) agency(local string, a Agency) {
	e.within(local, a != Agency{}, func() {
		e.put("OrganId", a.Code)
		e.put("OrganizationInCharge", a.InCharge)
		e.put("OrganName", a.Name)
		e.put("OrganAdd", a.Address)
		e.put("Email", a.Email)
		e.put("Telephone", a.Telephone)
		e.put("Fax", a.Fax)
		e.put("Website", a.Website)
	})
}

func (e *emitter) earlier(r Earlier) {
	e.within("ResponseFor", r != Earlier{}, func() {
		e.put("OrganId", r.AgencyCode)
		e.put("Code", r.Code)
		e.put("DocumentId", r.DocumentID)
		e.put("PromulgationDate", formatDay(r.Issued))
	})
}

func (e *emitter) staff(s Staff) {
	e.within("StaffInfo", s != Staff{}, func() {
		e.put("Department", s.Unit)
		e.put("DepartmentId", s.UnitID)
		e.put("Staff", s.Name)
		e.put("StaffId", s.ID)
		e.put("Email", s.Email)
		e.put("Mobile", s.Mobile)
	})
}

func (e *emitter) list(local, each string, values []string) {
	e.within(local, values != nil, func() {
		for _, v := range values {
			e.put(each, v)
		}
	})
}

func (e *emitter) document(d *Document) {
	e.agency("From", d.From)
	for _, a := range d.To {
		if (a == Agency{}) {
			e.refuse("To", "a recipient that names nobody")
		}
		e.agency("To", a)
	}
	e.put("DocumentId", d.DocumentID)
	e.within("Code", d.Number != "" || d.Symbol != "", func() {
		e.put("CodeNumber", d.Number)
		e.put("CodeNotation", d.Symbol)
	})
	e.within("PromulgationInfo", d.Place != "" || !d.Issued.IsZero(), func() {
		e.put("Place", d.Place)
		e.put("PromulgationDate", formatDay(d.Issued))
	})
	e.within("DocumentType", d.Type != nil || d.TypeDetail != nil || d.TypeName != "", func() {
		e.number("Type", d.Type)
		e.number("TypeDetail", d.TypeDetail)
		e.put("TypeName", d.TypeName)
	})
	e.put("Subject", d.Subject)
	e.put("Content", d.Content)
	e.within("SignerInfo", d.Signer != Signatory{}, func() {
		e.put("Competence", d.Signer.Competence)
		e.put("Position", d.Signer.Position)
		e.put("FullName", d.Signer.FullName)
	})
	e.put("DueDate", formatDay(d.Due))
	if d.Other != nil {
		e.other(d.Other)
	}
	for _, r := range d.ResponseFor {
		e.earlier(r)
	}
	e.number("SteeringType", d.Steering)
	e.list("ResponseForTask", "TaskCode", d.ResponseForTask)
	e.put("ApplicationType", d.ApplicationType)
	e.within("ToPlaces", len(d.ToPlaces) > 0, func() {
		for _, p := range d.ToPlaces {
			e.put("Place", p)
		}
	})
	for _, x := range d.Executors {
		e.group(prefixed("Agency"), func() {
			e.put("OrganId", x.AgencyCode)
			e.put("OrganName", x.Name)
			e.put("DepartmentId", x.UnitID)
			e.put("DepartmentName", x.UnitName)
			e.number("ExecuteRole", x.Role)
		})
	}
}

func (e *emitter) other(o *OtherInfo) {
	e.group(prefixed("OtherInfo"), func() {
		e.number("Priority", o.Priority)
		e.put("SphereOfPromulgation", o.Sphere)
		e.put("TyperNotation", o.TyperNotation)
		e.number("PromulgationAmount", o.Copies)
		e.number("PageAmount", o.Pages)
		e.put("ReplyFors", o.ReplyFors)
		direction := "false"
		if o.Direction {
			direction = "true"
		}
		e.put("Direction", direction)
		e.put("ReferenceCodes", o.ReferenceCodes)
		e.within("Appendixes", len(o.Appendixes) > 0, func() {
			for _, a := range o.Appendixes {
				e.put("Appendix", a)
			}
		})
	})
}

func (e *emitter) trace(t *Trace) {
	var attrs []xml.Attr
	for _, a := range []xml.Attr{attr(bare("id"), t.ID), attr(bare("version"), t.Version)} {
		if a.Value != "" {
			attrs = append(attrs, a)
		}
		if !writable(a.Value) {
			e.refuse("TraceHeaderList", "characters that XML does not allow")
		}
	}
	e.group(prefixed("TraceHeaderList"), func() {
		e.put("Paper", t.Paper)
		if t.Act != nil {
			e.act(t.Act)
		}
		for _, h := range t.Hops {
			e.group(prefixed("TraceHeader"), func() {
				e.put("OrganId", h.AgencyCode)
				e.put("Timestamp", formatTime(h.At))
			})
		}
	}, attrs...)
}

func (e *emitter) act(a *Act) {
	e.group(prefixed("Bussiness"), func() {
		e.put("DocumentId", a.DocumentID)
		e.put("BussinessDocType", string(a.Kind))
		e.put("BussinessDocReason", a.Reason)
		e.put("Paper", a.Paper)
		for _, c := range a.Changes {
			e.change(c)
		}
		e.within("ReplacementInfoList", len(a.Replaced) > 0, func() {
			for _, r := range a.Replaced {
				e.group(prefixed("ReplacementInfo"), func() {
					e.put("DocumentId", r.DocumentID)
					e.within("OrganIdList", len(r.AgencyCodes) > 0, func() {
						for _, code := range r.AgencyCodes {
							e.put("OrganId", code)
						}
					})
				})
			}
		})
		for _, s := range a.Staff {
			e.staff(s)
		}
	})
}

func (e *emitter) change(c Change) {
	e.group(prefixed("BussinessDocumentInfo"), func() {
		e.put("DocumentInfo", c.Document)
		e.put("DocumentReceiver", c.Recipients)
		e.within("ReceiverList", len(c.Receivers) > 0, func() {
			for _, r := range c.Receivers {
				e.group(prefixed("Receiver"), func() {
					e.put("OrganId", r.AgencyCode)
					e.put("ReceiverType", r.Type)
				})
			}
		})
	})
}

func (e *emitter) status(s *Status) {
	e.agency("From", s.From)
	e.earlier(s.ResponseFor)
	e.staff(s.Staff)
	e.put("StatusCode", string(s.Code))
	e.put("Description", s.Description)
	e.put("Timestamp", formatTime(s.At))
}
