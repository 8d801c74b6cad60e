package casefile

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"

	"congvan/server/domain/org"
)

// The elements below carry the names and the order of NĐ 30/2020, phụ lục VI,
// phần II: what a case file and a document say of themselves.
type xmlFile struct {
	XMLName     xml.Name `xml:"CaseFile"`
	FileCode    xmlFileCode
	Title       string
	Maintenance string
	Rights      string
	Creator     string
	Keeper      string
	Language    string
	StartDate   string
	EndDate     string `xml:",omitempty"`
	DocTotal    int
	Withheld    int    `xml:",omitempty"` // in the file, and not for who took the export
	Description string `xml:",omitempty"`
	State       string
	Frozen      bool
	Documents   []xmlDocument `xml:"Documents>Document"`
	Events      []xmlEvent    `xml:"History>Event"`
}

type xmlFileCode struct {
	OrganID      string `xml:"OrganId"`
	FileCatalog  int
	FileNotation string
}

type xmlDocument struct {
	DocOrdinal    int
	Direction     string
	TypeName      string `xml:",omitempty"`
	CodeNumber    string `xml:",omitempty"`
	CodeNotation  string `xml:",omitempty"`
	IssuedDate    string `xml:",omitempty"`
	OrganName     string
	Subject       string
	Language      string
	Description   string `xml:",omitempty"`
	ArrivalDate   string `xml:",omitempty"`
	ArrivalNumber int    `xml:",omitempty"`
	SignerInfo    xmlSigner
	Urgency       string
	DueDate       string    `xml:",omitempty"`
	AddedBy       string    `xml:",omitempty"`
	Files         []xmlPart `xml:"Files>File"`
}

type xmlSigner struct {
	Position string `xml:",omitempty"`
	FullName string `xml:",omitempty"`
}

type xmlPart struct {
	Name      string
	Path      string
	MediaType string
	Size      int64
	SHA256    string
}

type xmlEvent struct {
	At         time.Time
	Act        string
	ActorName  string
	ActorTitle string `xml:",omitempty"`
	OnBehalfOf string `xml:",omitempty"`
	Reason     string `xml:",omitempty"`
}

const language = "Tiếng Việt"

func written(d org.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func (w whole) writeXML(out io.Writer) error {
	f := w.File
	x := xmlFile{FileCode: xmlFileCode{OrganID: w.Names.AgencyCode, FileCatalog: f.Year, FileNotation: f.Notation}, Title: f.Title,
		Maintenance: f.Retention.String(), Rights: rightsWord(f.Rights), Creator: f.CreatorName, Keeper: w.Names.Keeper, Language: language,
		StartDate: written(f.Start), EndDate: written(f.End), DocTotal: len(f.Entries), Withheld: len(f.Entries) - len(w.items),
		Description: f.Description, State: string(f.State), Frozen: f.Frozen}
	for _, i := range w.items {
		d := xmlDocument{DocOrdinal: i.ordinal, Direction: i.direction, TypeName: i.kind, CodeNumber: i.number, CodeNotation: i.symbol,
			IssuedDate: written(i.date), OrganName: i.issuer, Subject: i.subject, Language: language, Description: i.note,
			ArrivalDate: written(i.arrivalDay), ArrivalNumber: i.arrivalNumber, SignerInfo: xmlSigner{Position: i.signerTitle, FullName: i.signerName},
			Urgency: string(i.urgency), DueDate: written(i.dueDate), AddedBy: i.addedBy}
		for _, p := range i.files {
			d.Files = append(d.Files, xmlPart{Name: p.name, Path: p.path, MediaType: p.mediaType, Size: p.size, SHA256: p.hash.String()})
		}
		x.Documents = append(x.Documents, d)
	}
	for _, e := range w.events {
		x.Events = append(x.Events, xmlEvent{At: e.At, Act: e.Verb, ActorName: e.ActorName, ActorTitle: e.ActorTitle, OnBehalfOf: e.ForName, Reason: e.Data["reason"]})
	}
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return fmt.Errorf("begin the metadata: %w", err)
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(x); err != nil {
		return fmt.Errorf("write the metadata: %w", err)
	}
	return nil
}
