package vxp

import (
	"io"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/protocol/edxml"
)

// Keep stores one file of a package.
type Keep = func(content io.Reader) (exchange.FileRef, error)

// Read reads a package from a stored file, and gives its files to keep. What it
// gives is clean to be shown and stored; nothing is certain before it returns.
func Read(r io.Reader, keep Keep) (exchange.OpenedPackage, error) {
	return ReadBy(edxml.Options{}, r, keep)
}

// ReadBy reads with the installation's options.
func ReadBy(options edxml.Options, r io.Reader, keep Keep) (exchange.OpenedPackage, error) {
	var p exchange.OpenedPackage
	var kept []exchange.FileRef
	result, err := edxml.Read(r, options, func(_ edxml.Attachment, content io.Reader) error {
		file, err := keep(content)
		kept = append(kept, file)
		return err
	})
	if err != nil {
		return p, err
	}
	for i, a := range result.Attachments {
		kept[i].Name = nameOf(exchange.FileRef{Name: a.Name}, i)
	}
	p.Files, p.Seal = kept, sealOf(result.Check)
	for _, w := range result.Warnings {
		p.Warnings = append(p.Warnings, string(w.Code))
		p.Loses = p.Loses || w.Loses()
	}
	if s := result.Status; s != nil {
		code, _ := exchange.ReadStatusCode(string(s.Code))
		p.Status = &exchange.Status{Code: code, At: s.At, ByName: short(s.Staff.Name, maxPerson), Reason: short(s.Description, maxReason)}
		p.From, p.About = partyOf(s.From), namedOf(s.ResponseFor)
		return p, nil
	}
	p.Letter = letterOf(*result.Document)
	return p, nil
}

func sealOf(c edxml.SignatureCheck) exchange.PackageSeal {
	s := exchange.PackageSeal{State: string(c.State), Reason: string(c.Reason), SHA1: c.SHA1}
	if c.Certificate != nil {
		s.Signer = short(c.Certificate.Subject.String(), maxPerson)
	}
	return s
}

// How much of a text is kept: QCVN 102:2016 has shorter ones, and senders longer.
const (
	maxPerson  = 200
	maxReason  = 1000
	maxCode    = 300
	maxSubject = document.MaxSubject
	maxSymbol  = 100
)

func short(s string, most int) string {
	runes := []rune(line(s))
	return string(runes[:min(len(runes), most)])
}

func partyOf(a edxml.Agency) exchange.Party {
	p := exchange.Party{Name: short(a.Name, maxPerson), Email: short(a.Email, maxPerson)}
	if code, err := org.ParseAgencyCode(strings.ToUpper(strings.TrimSpace(a.Code))); err == nil {
		p.Code = code
	}
	return p
}

func namedOf(e edxml.Earlier) exchange.Named {
	n := exchange.Named{Code: short(e.DocumentID, maxCode), Reference: short(e.Code, maxCode), Date: e.Issued}
	if code, err := org.ParseAgencyCode(strings.ToUpper(strings.TrimSpace(e.AgencyCode))); err == nil {
		n.AgencyCode = code
	}
	return n
}

func letterOf(d edxml.Document) *exchange.Letter {
	l := &exchange.Letter{Code: short(d.DocumentID, maxCode), Number: short(d.Number, maxSymbol), Symbol: short(d.Symbol, maxSymbol), Date: d.Issued,
		Place: short(d.Place, maxPerson), KindName: short(d.TypeName, maxPerson), Subject: short(d.Subject, maxSubject), Urgency: document.Normal, DueDate: d.Due,
		SignerName: short(d.Signer.FullName, maxPerson), SignerTitle: short(strings.TrimSpace(d.Signer.Competence+" "+d.Signer.Position), maxPerson),
		From: partyOf(d.From), Act: exchange.ActNew}
	if kind, ok := document.KindNamed(norm.NFC.String(l.KindName)); ok {
		l.Kind = kind.Code
	}
	if d.Other != nil {
		l.References = short(d.Other.ReferenceCodes, maxCode)
	}
	if d.Other != nil && d.Other.Priority != nil && *d.Other.Priority > 0 && *d.Other.Priority < len(urgencies) {
		l.Urgency = urgencies[*d.Other.Priority]
	}
	for _, to := range d.To {
		l.To = append(l.To, partyOf(to))
	}
	if d.Trace != nil && d.Trace.Act != nil {
		readAct(l, *d.Trace.Act)
	}
	// What is answered is not what is updated or replaced; what is recalled may
	// stand here.
	if l.Act == exchange.ActNew || l.Act == exchange.ActRecall || len(l.Earlier) == 0 {
		for _, e := range d.ResponseFor {
			if !slices.ContainsFunc(l.Earlier, func(n exchange.Named) bool { return n.Code != "" && n.Code == e.DocumentID }) {
				l.Earlier = append(l.Earlier, namedOf(e))
			}
		}
	}
	return l
}

// readAct finds what is done and to which document (vxp: a recall names it by
// the message's own DocumentId, an update by the act's, a replacement by a list).
func readAct(l *exchange.Letter, a edxml.Act) {
	l.Reason = short(a.Reason, maxReason)
	switch a.Kind {
	case edxml.Recall:
		l.Act = exchange.ActRecall
		l.Earlier = append(l.Earlier, exchange.Named{AgencyCode: l.From.Code, Code: l.Code})
	case edxml.Update:
		l.Act = exchange.ActUpdate
		l.Earlier = append(l.Earlier, exchange.Named{AgencyCode: l.From.Code, Code: short(a.DocumentID, maxCode)})
	case edxml.Replace:
		l.Act = exchange.ActReplace
		for _, r := range a.Replaced {
			l.Earlier = append(l.Earlier, exchange.Named{AgencyCode: l.From.Code, Code: short(r.DocumentID, maxCode)})
		}
	}
}
