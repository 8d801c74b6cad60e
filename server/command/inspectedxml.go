package command

import (
	"context"
	"encoding/hex"
	"io"
	"os"
	"strings"
	"time"

	"congvan/server/domain/org"
	"congvan/server/protocol/edxml"
)

// What `congvan inspect` prints of an edXML package. The names are those under
// which the official library's reading of a package is known.
type (
	inspectedPackage struct {
		Accepted       bool                `json:"accepted"`
		Kind           string              `json:"kind"`
		Size           int64               `json:"size"`
		SHA256         string              `json:"sha256"`
		OldVariant     bool                `json:"oldVariant,omitempty"`
		MessageHeader  any                 `json:"messageHeader"`
		Trace          *inspectedTrace     `json:"trace"`
		Signature      *inspectedSignature `json:"signature"`
		SignatureCheck *inspectedCheck     `json:"signatureCheck,omitempty"`
		*inspectedFiles
		Warnings []inspectedWarning `json:"warnings"`
	}
	inspectedFiles struct {
		Manifest    inspectedManifest     `json:"manifest"`
		Attachments []inspectedAttachment `json:"attachments"`
	}
	inspectedAgency struct {
		Code      *string `json:"organId"`
		InCharge  *string `json:"organizationInCharge"`
		Name      *string `json:"organName"`
		Address   *string `json:"organAdd"`
		Email     *string `json:"email"`
		Telephone *string `json:"telephone"`
		Fax       *string `json:"fax"`
		Website   *string `json:"website"`
	}
	inspectedDocument struct {
		From       *inspectedAgency       `json:"from"`
		To         []*inspectedAgency     `json:"to"`
		DocumentID *string                `json:"documentId"`
		Invented   bool                   `json:"documentIdInvented"` // never, here
		Code       *inspectedCode         `json:"code"`
		Issued     *inspectedPromulgation `json:"promulgation"`
		Type       *inspectedType         `json:"documentType"`
		Subject    *string                `json:"subject"`
		Content    *string                `json:"content"`
		Signer     *packagedSigner        `json:"signer"`
		Due        *string                `json:"dueDate"`
		ToPlaces   []string               `json:"toPlaces"`
		Other      *inspectedOther        `json:"otherInfo"`
		Response   []inspectedEarlier     `json:"responseFor"`
		Steering   *int                   `json:"steeringType"`
		Task       []string               `json:"responseForTask"`
		App        *string                `json:"applicationType"`
		Executors  []inspectedExecutor    `json:"agencies,omitempty"`
	}
	inspectedCode struct {
		Number   *string `json:"number"`
		Notation *string `json:"notation"`
	}
	inspectedPromulgation struct {
		Place *string `json:"place"`
		Date  *string `json:"date"`
	}
	inspectedType struct {
		Type   *int    `json:"type"`
		Detail *int    `json:"typeDetail"`
		Name   *string `json:"typeName"`
	}
	packagedSigner struct {
		Competence *string `json:"competence"`
		Position   *string `json:"position"`
		FullName   *string `json:"fullName"`
	}
	inspectedOther struct {
		Priority   *int     `json:"priority"`
		Sphere     *string  `json:"sphereOfPromulgation"`
		Typer      *string  `json:"typerNotation"`
		Copies     *int     `json:"promulgationAmount"`
		Pages      *int     `json:"pageAmount"`
		ReplyFors  *string  `json:"replyFors"`
		Direction  bool     `json:"direction"`
		References *string  `json:"referenceCodes"`
		Appendixes []string `json:"appendixes"`
	}
	inspectedEarlier struct {
		Agency     *string `json:"organId"`
		Code       *string `json:"code"`
		DocumentID *string `json:"documentId"`
		Issued     *string `json:"promulgationDate"`
	}
	inspectedExecutor struct {
		Agency   *string `json:"organId"`
		Name     *string `json:"organName"`
		UnitID   *string `json:"departmentId"`
		UnitName *string `json:"departmentName"`
		Role     *int    `json:"executeRole"`
	}
	inspectedStaff struct {
		Unit   *string `json:"department"`
		UnitID *string `json:"departmentId"`
		Name   *string `json:"staff"`
		ID     *string `json:"staffId"`
		Email  *string `json:"email"`
		Mobile *string `json:"mobile"`
	}
	inspectedStatus struct {
		From        *inspectedAgency  `json:"from"`
		ResponseFor *inspectedEarlier `json:"responseFor"`
		Staff       *inspectedStaff   `json:"staff"`
		Code        *string           `json:"statusCode"`
		Description *string           `json:"description"`
		Timestamp   *string           `json:"timestamp"`
	}
	inspectedTrace struct {
		ID        *string        `json:"id"`
		Version   *string        `json:"version"`
		Paper     string         `json:"paper,omitempty"`
		Headers   []inspectedHop `json:"headers"`
		Bussiness *inspectedAct  `json:"bussiness"`
	}
	inspectedHop struct {
		Agency    *string `json:"organId"`
		Timestamp *string `json:"timestamp"`
	}
	inspectedAct struct {
		DocumentID *string             `json:"documentId"`
		Type       *string             `json:"type"`
		Reason     *string             `json:"reason"`
		Paper      *string             `json:"paper"`
		Changes    []inspectedChange   `json:"documentInfo"`
		Replaced   []inspectedReplaced `json:"replacements"`
		Staff      []*inspectedStaff   `json:"staff"`
	}
	inspectedChange struct {
		Document  *string             `json:"documentInfo"`
		Receiver  *string             `json:"documentReceiver"`
		Receivers []inspectedReceiver `json:"receivers"`
	}
	inspectedReceiver struct {
		Agency *string `json:"organId"`
		Type   *string `json:"receiverType"`
	}
	inspectedReplaced struct {
		DocumentID *string  `json:"documentId"`
		Agencies   []string `json:"organIds"`
	}
	inspectedSignature struct {
		Canonicalization *string                    `json:"canonicalizationMethod"`
		Method           *string                    `json:"signatureMethod"`
		References       []inspectedSignedReference `json:"references"`
		Value            *string                    `json:"signatureValue"`
		Subject          *string                    `json:"x509SubjectName"`
		Certificate      *string                    `json:"x509Certificate"`
	}
	inspectedSignedReference struct {
		URI          string   `json:"uri"`
		Transforms   []string `json:"transforms"`
		DigestMethod *string  `json:"digestMethod"`
		DigestValue  *string  `json:"digestValue"`
	}
	inspectedCheck struct {
		State   string `json:"state"`
		Reason  string `json:"reason,omitempty"`
		SHA1    bool   `json:"sha1,omitempty"`
		Subject string `json:"certificateSubject,omitempty"`
	}
	inspectedManifest struct {
		Version    *string              `json:"version"`
		References []inspectedReference `json:"references"`
	}
	inspectedReference struct {
		ContentID   *string `json:"contentId"`
		ContentType *string `json:"contentType"`
		Name        *string `json:"attachmentName"`
		Description *string `json:"description"`
	}
	inspectedAttachment struct {
		ContentID   *string `json:"contentId"`
		Name        *string `json:"name"`
		Description *string `json:"description"`
		ContentType *string `json:"contentType"`
		Format      *string `json:"format"`
		MimeType    *string `json:"mimeType"`
		FieldName   *string `json:"fieldName"`
		Length      int64   `json:"length"`
		SHA256      string  `json:"sha256"`
	}
)

func inspectEDXML(ctx context.Context, file *os.File, sum string) (any, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	p, err := edxml.Read(ctxFile{ctxReader{ctx, file}, file}, edxml.Options{}, nil)
	if err != nil {
		return nil, err
	}
	answer := inspectedPackage{Accepted: true, Size: p.Size, SHA256: sum, OldVariant: p.OldVariant, Signature: showSignature(p.Signature), Warnings: []inspectedWarning{}}
	if p.Check.State != edxml.NotSigned {
		answer.SignatureCheck = &inspectedCheck{State: string(p.Check.State), Reason: string(p.Check.Reason), SHA1: p.Check.SHA1}
		if p.Check.Certificate != nil {
			answer.SignatureCheck.Subject = p.Check.Certificate.Subject.String()
		}
	}
	if p.Status != nil {
		answer.Kind, answer.MessageHeader = "status", showStatus(*p.Status)
	} else {
		answer.Kind, answer.MessageHeader, answer.Trace = "document", showDocument(*p.Document), showTrace(p.Document.Trace)
	}
	if p.Status == nil || len(p.Attachments) > 0 {
		answer.inspectedFiles = showAttachments(p)
	}
	for _, w := range p.Warnings {
		answer.Warnings = append(answer.Warnings, inspectedWarning{string(w.Code), w.Path, w.Detail})
	}
	return answer, nil
}

// ctxFile is a ctxReader that can go back.
type ctxFile struct {
	ctxReader
	io.Seeker
}

// each shows the items of a list; an empty one is [].
func each[T, S any](items []T, show func(T) S) []S {
	out := make([]S, 0, len(items))
	for _, i := range items {
		out = append(out, show(i))
	}
	return out
}

func same(s string) string { return s }

// maybe shows what a package does not have as null.
func maybe(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func showMoment(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.Format(time.DateTime)
	return &s
}

func showDay(d org.Day) *string { return maybe(d.String()) }

// unless gives nil for a value of nothing.
func unless[T comparable, S any](value T, show S) *S {
	var nothing T
	if value == nothing {
		return nil
	}
	return &show
}

func showAgency(a edxml.Agency) *inspectedAgency {
	return unless(a, inspectedAgency{maybe(a.Code), maybe(a.InCharge), maybe(a.Name), maybe(a.Address), maybe(a.Email), maybe(a.Telephone), maybe(a.Fax), maybe(a.Website)})
}

func showStaff(s edxml.Staff) *inspectedStaff {
	return unless(s, inspectedStaff{maybe(s.Unit), maybe(s.UnitID), maybe(s.Name), maybe(s.ID), maybe(s.Email), maybe(s.Mobile)})
}

func showEarlier(e edxml.Earlier) inspectedEarlier {
	return inspectedEarlier{maybe(e.AgencyCode), maybe(e.Code), maybe(e.DocumentID), showDay(e.Issued)}
}

func showStatus(s edxml.Status) inspectedStatus {
	return inspectedStatus{
		From: showAgency(s.From), ResponseFor: unless(s.ResponseFor, showEarlier(s.ResponseFor)), Staff: showStaff(s.Staff),
		Code: maybe(string(s.Code)), Description: maybe(s.Description), Timestamp: showMoment(s.At),
	}
}

func showDocument(d edxml.Document) inspectedDocument {
	out := inspectedDocument{
		From: showAgency(d.From), To: each(d.To, showAgency), DocumentID: maybe(d.DocumentID),
		Code:    unless([2]string{d.Number, d.Symbol}, inspectedCode{maybe(d.Number), maybe(d.Symbol)}),
		Issued:  unless([2]string{d.Place, d.Issued.String()}, inspectedPromulgation{maybe(d.Place), showDay(d.Issued)}),
		Subject: maybe(d.Subject), Content: maybe(d.Content),
		Signer: unless(d.Signer, packagedSigner{maybe(d.Signer.Competence), maybe(d.Signer.Position), maybe(d.Signer.FullName)}),
		Due:    showDay(d.Due), ToPlaces: each(d.ToPlaces, same), Response: each(d.ResponseFor, showEarlier),
		Steering: d.Steering, Task: d.ResponseForTask, App: maybe(d.ApplicationType),
	}
	if d.Type != nil || d.TypeDetail != nil || d.TypeName != "" {
		out.Type = &inspectedType{d.Type, d.TypeDetail, maybe(d.TypeName)}
	}
	if o := d.Other; o != nil {
		out.Other = &inspectedOther{o.Priority, maybe(o.Sphere), maybe(o.TyperNotation), o.Copies, o.Pages, maybe(o.ReplyFors), o.Direction,
			maybe(o.ReferenceCodes), each(o.Appendixes, same)}
	}
	for _, x := range d.Executors {
		out.Executors = append(out.Executors, inspectedExecutor{maybe(x.AgencyCode), maybe(x.Name), maybe(x.UnitID), maybe(x.UnitName), x.Role})
	}
	return out
}

func showTrace(t *edxml.Trace) *inspectedTrace {
	if t == nil {
		return nil
	}
	out := &inspectedTrace{ID: maybe(t.ID), Version: maybe(t.Version), Paper: t.Paper, Headers: each(t.Hops, func(h edxml.Hop) inspectedHop {
		return inspectedHop{maybe(h.AgencyCode), showMoment(h.At)}
	})}
	if a := t.Act; a != nil {
		out.Bussiness = &inspectedAct{
			DocumentID: maybe(a.DocumentID), Type: maybe(string(a.Kind)), Reason: maybe(a.Reason), Paper: maybe(a.Paper),
			Changes: each(a.Changes, func(c edxml.Change) inspectedChange {
				return inspectedChange{maybe(c.Document), maybe(c.Recipients), each(c.Receivers, func(r edxml.Receiver) inspectedReceiver {
					return inspectedReceiver{maybe(r.AgencyCode), maybe(r.Type)}
				})}
			}),
			Replaced: each(a.Replaced, func(r edxml.Replaced) inspectedReplaced {
				return inspectedReplaced{maybe(r.DocumentID), each(r.AgencyCodes, same)}
			}),
			Staff: each(a.Staff, showStaff),
		}
	}
	return out
}

func showSignature(s *edxml.Signature) *inspectedSignature {
	if s == nil {
		return nil
	}
	return &inspectedSignature{
		Canonicalization: maybe(s.Canonicalization), Method: maybe(s.Method),
		References: each(s.References, func(r edxml.SignedReference) inspectedSignedReference {
			return inspectedSignedReference{r.URI, each(r.Transforms, same), maybe(r.DigestMethod), maybe(r.DigestValue)}
		}),
		Value: maybe(s.Value), Subject: maybe(s.SubjectName), Certificate: maybe(s.Certificate),
	}
}

// showAttachments shows identifiers as the official library gives them: without
// their prefix in the manifest, with it at the attachment.
func showAttachments(p edxml.Result) *inspectedFiles {
	return &inspectedFiles{
		Manifest: inspectedManifest{maybe(p.Manifest.Version), each(p.Manifest.References, func(r edxml.Reference) inspectedReference {
			return inspectedReference{maybe(strings.TrimPrefix(r.ContentID, "cid:")), maybe(r.ContentType), maybe(r.Name), maybe(r.Description)}
		})},
		Attachments: each(p.Attachments, func(a edxml.Attachment) inspectedAttachment {
			return inspectedAttachment{
				maybe(a.ContentID), maybe(a.Name), maybe(a.Description), maybe(a.ContentType), maybe(a.Format), maybe(a.MimeType), maybe(a.FieldName),
				a.Length, hex.EncodeToString(a.SHA256[:]),
			}
		}),
	}
}
