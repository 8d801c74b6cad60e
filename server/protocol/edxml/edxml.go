// Package edxml decides how a document or a status stands in an edXML package
// (QCVN 102:2016/BTTTT) and what a package of somebody else says. It reads and
// writes streams and knows nothing else: it stores nothing, asks no clock and
// no network, and never holds an attachment whole in memory.
//
// Packages are written as the library of the national axis writes them, to the
// prefix, the order and the blanks, because receivers depend on all three.
// They are read as they come: by local name, in any order, with what is
// missing, misspelt or wrapped otherwise. Whatever is read other than as it
// stands leaves a Warning; what cannot be read for sure, such as a date of
// another form, is refused. Values are handed on as they were sent: nothing is
// invented for what is missing, and names may be hostile.
package edxml

import (
	"crypto/sha256"
	"time"

	"congvan/server/domain/org"
)

// Namespace is that of QCVN 102:2016, unchanged by its amendment of 2022.
const Namespace = "http://www.mic.gov.vn/TBT/QCVN_102_2016"

// Package is what a package says: either of the two.
type Package struct {
	Document  *Document
	Status    *Status
	Signature *Signature
}

// Document is a document on its way: MessageHeader and TraceHeaderList.
// Everything may be missing; Check says what a register asks for.
type Document struct {
	From            Agency
	To              []Agency
	DocumentID      string // opaque: NewDocumentID's form, or a UUID
	Number, Symbol  string
	Place           string
	Issued          org.Day
	Type            *int // the numbers differ from sender to sender; TypeName is the truth
	TypeDetail      *int
	TypeName        string
	Subject         string
	Content         string
	Signer          Signatory
	Due             org.Day
	Other           *OtherInfo
	ResponseFor     []Earlier
	Steering        *int
	ResponseForTask []string // codes in the government's system of tasks
	ApplicationType string
	ToPlaces        []string // the lines of "Nơi nhận"
	Executors       []Executor
	Trace           *Trace
}

// Status tells a sender, or a receiver, what became of a document.
type Status struct {
	From        Agency
	ResponseFor Earlier // the document that is spoken of
	Staff       Staff
	Code        StatusCode
	Description string
	At          time.Time
}

// Agency is a sender or a recipient as it names itself.
type Agency struct {
	Code      string // OrganId
	InCharge  string // the agency above it
	Name      string
	Address   string
	Email     string
	Telephone string
	Fax       string
	Website   string
}

// Signatory is the person who signed, as the document names them.
type Signatory struct {
	Competence string // TM., KT., TL., TUQ., Q.
	Position   string
	FullName   string
}

// OtherInfo is what the header says besides.
type OtherInfo struct {
	Priority       *int // urgency, 0 to 4
	Sphere         string
	TyperNotation  string
	Copies         *int // PromulgationAmount
	Pages          *int
	ReplyFors      string
	Direction      bool
	ReferenceCodes string
	Appendixes     []string
}

// Earlier names another document: the one answered, recalled or spoken of.
type Earlier struct {
	AgencyCode string
	Code       string // number and symbol as one text, 15/UBND-VP
	DocumentID string
	Issued     org.Day
}

// Executor is an extension: who is to carry the document out.
type Executor struct {
	AgencyCode, Name, UnitID, UnitName string
	Role                               *int
}

// Trace is the way that a document took, and what its sender does with it.
type Trace struct {
	ID, Version string
	Paper       string
	Hops        []Hop
	Act         *Act
}

// Hop is one system that a document passed.
type Hop struct {
	AgencyCode string
	At         time.Time
}

// ActKind is what the sender does by the message: BussinessDocType, which is
// spelt so in the format.
type ActKind string

// The acts (QCVN 102:2016).
const (
	New     ActKind = "0"
	Recall  ActKind = "1" // the recalled document is Document.DocumentID
	Update  ActKind = "2" // the updated document is Act.DocumentID
	Replace ActKind = "3" // the replaced ones are in Act.Replaced
)

// Known tells whether the kind is one of the four.
func (k ActKind) Known() bool { return k == New || k == Recall || k == Update || k == Replace }

// Act is what the sender does, by whom and why.
type Act struct {
	DocumentID string
	Kind       ActKind
	Reason     string
	Paper      string // 1: a paper copy follows
	Changes    []Change
	Replaced   []Replaced
	Staff      []Staff
}

// Change says what an update changes.
type Change struct {
	Document   string // 1: the content
	Recipients string // 1: the recipients
	Receivers  []Receiver
}

// Receiver is a recipient that an update adds or takes off.
type Receiver struct {
	AgencyCode string
	Type       string // 0 taken off, 1 added
}

// Replaced is a document that the new one takes the place of, and at whom.
type Replaced struct {
	DocumentID  string
	AgencyCodes []string
}

// Staff is the clerk at the other side.
type Staff struct {
	Unit, UnitID, Name, ID, Email, Mobile string
}

// StatusCode is what became of a document: two digits.
type StatusCode string

// The status codes (QCVN 102:2016).
const (
	Arrived      StatusCode = "01"
	Refused      StatusCode = "02" // with the reason in the description
	Registered   StatusCode = "03"
	Assigned     StatusCode = "04"
	InWork       StatusCode = "05"
	Done         StatusCode = "06"
	TakeBack     StatusCode = "13" // by the sender: ResponseFor names the receiver
	TakeBackDone StatusCode = "15" // the receiver agrees to a taking back or an update
	TakeBackNo   StatusCode = "16"
)

// Known tells whether the code is one of the nine.
func (c StatusCode) Known() bool {
	switch c {
	case Arrived, Refused, Registered, Assigned, InWork, Done, TakeBack, TakeBackDone, TakeBackNo:
		return true
	}
	return false
}

// Attachment is one file of a package. Name is what a stranger wrote.
type Attachment struct {
	ContentID   string // as it stands, with its "cid:"; compare ContentKey of it
	Name        string
	Description string
	FieldName   string
	MimeType    string
	ContentType string // of what is transferred, not of the file
	Format      string // the extension, and "unk" without one
	Length      int64
	SHA256      [sha256.Size]byte
}

// Reference announces an attachment in the manifest.
type Reference struct {
	ContentID   string
	ContentType string // not to be trusted: the official library says zip for everything
	Description string
	Name        string
}

// Manifest is the list of attachments that the envelope holds.
type Manifest struct {
	Version    string
	References []Reference
}

// Result is a package as it was understood.
type Result struct {
	Package
	Manifest    Manifest
	Attachments []Attachment
	Warnings    []Warning
	Check       SignatureCheck
	OldVariant  bool // the form of công văn 2803/BTTTT-THH (2014)
	Size        int64
}

// NewDocumentID gives the identifier of a document as QCVN 102:2016 builds it.
func NewDocumentID(agencyCode string, issued org.Day, number, symbol string) string {
	return agencyCode + "," + formatDay(issued) + "," + number + "/" + symbol
}
