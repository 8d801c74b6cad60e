// Package document decides what an outgoing document is and what may become of
// it: its kinds, its life cycle as a table, what must be there before each
// step, and that the bytes of what was approved do not change. It must not
// know who may act (domain/access), how numbers are composed
// (domain/numbering) or where documents are kept.
package document

import (
	"encoding/hex"
	"fmt"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// State is where a document stands in its life cycle.
type State string

// The states.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Approved  State = "approved"
	Signed    State = "signed"
	Numbered  State = "numbered"
	Issued    State = "issued"
	Voided    State = "voided"
	Recalled  State = "recalled"
	Discarded State = "discarded"
)

// Urgency is the degree of haste (NĐ 30/2020, phụ lục I; the fifth value exists in edXML only).
type Urgency string

// The degrees of urgency.
const (
	Normal     Urgency = "normal"
	Urgent     Urgency = "urgent"
	VeryUrgent Urgency = "very_urgent"
	Flash      Urgency = "flash"
	FlashAt    Urgency = "flash_at"
)

// Known tells whether the degree is one of these.
func (u Urgency) Known() bool {
	switch u {
	case Normal, Urgent, VeryUrgent, Flash, FlashAt:
		return true
	}
	return false
}

// Document is an outgoing official document with the files and recipients it
// has at this moment.
type Document struct {
	ID                 org.ID
	AgencyID           org.ID
	State              State
	Kind               string
	Subject            string
	Urgency            Urgency
	DueDate            org.Day
	Note               string
	UnitID             org.ID
	AuthorPositionID   org.ID
	AuthorAccountID    org.ID
	ApproverPositionID org.ID
	SubmittedAt        time.Time
	ApprovedAt         time.Time
	ApprovedHash       Hash // of the main file that was approved
	SignedHash         Hash // of the same with the signatures so far behind it
	SignedAt           time.Time
	SealedAt           time.Time
	SignerName         string
	SignerTitle        string
	Competence         Competence // in which the signer signs
	SignerBlock        []string   // the lines above the signature, as they were when it was approved
	Stage              StepKind   // what its circuit asks now; ApproveStep when nothing else stands before it
	Asked              []org.ID   // positions that its circuit has come to: they read it
	Awaited            []org.ID   // positions whose act it waits for
	Told               []org.ID   // positions that are to see what changed
	RegisterID         org.ID
	Number             int
	NumberSuffix       string
	Symbol             string
	Date               org.Day
	NumberedAt         time.Time
	IssuedAt           time.Time
	SentBackReason     string
	Version            int
	CreatedAt          time.Time
	UpdatedAt          time.Time
	Files              []File
	Recipients         []Recipient
}

// FileRole tells the document itself from what is attached to it.
type FileRole string

// The roles of a file.
const (
	MainFile FileRole = "main"
	Annex    FileRole = "annex"
)

// File is one version of one file of a document. Every new file is a version;
// what it replaces stays in the history.
type File struct {
	ID        org.ID
	Role      FileRole
	Version   int
	Name      string
	Hash      Hash
	Unsigned  Hash // of the same bytes before anybody here signed them; none for a file that carries no signature of ours
	Size      int64
	MediaType string
	AddedAt   time.Time
}

// Hash is the SHA-256 of a file's bytes.
type Hash [32]byte

// String gives 64 hexadecimal digits, and nothing for no hash.
func (h Hash) String() string {
	if h.IsZero() {
		return ""
	}
	return hex.EncodeToString(h[:])
}

// IsZero tells whether there is no hash.
func (h Hash) IsZero() bool { return h == Hash{} }

// ParseHash reads 64 hexadecimal digits; nothing reads as no hash.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if s == "" {
		return h, nil
	}
	if len(s) != 2*len(h) {
		return h, errHash()
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return Hash{}, errHash().Because(err)
	}
	return h, nil
}

// RecipientType says what kind of address a recipient is.
type RecipientType string

// The types of recipients: other agencies, units and persons inside the
// agency, and names outside every directory.
const (
	ToAgency RecipientType = "agency"
	ToUnit   RecipientType = "unit"
	ToPerson RecipientType = "person"
	ToName   RecipientType = "name"
)

// RecipientRole tells who is to act from who is only to know.
type RecipientRole string

// The roles of a recipient.
const (
	ForAction      RecipientRole = "main"
	ForInformation RecipientRole = "information"
)

// Recipient is one line of whom the document is to reach.
type Recipient struct {
	ID         org.ID
	Type       RecipientType
	Role       RecipientRole
	AgencyID   org.ID
	UnitID     org.ID
	PositionID org.ID
	Name       string
}

// same is what makes two recipients one.
func (r Recipient) same() Recipient {
	key := Recipient{Type: r.Type, AgencyID: r.AgencyID, UnitID: r.UnitID, PositionID: r.PositionID}
	if r.Type == ToName {
		key.Name = r.Name
	}
	return key
}

// addressed tells whether the recipient names what its type says, and nothing else.
func (r Recipient) addressed() bool {
	named := [...]bool{!r.AgencyID.IsZero(), !r.UnitID.IsZero(), !r.PositionID.IsZero()}
	switch r.Type {
	case ToAgency:
		return named == [...]bool{true, false, false}
	case ToUnit:
		return named == [...]bool{false, true, false}
	case ToPerson:
		return named == [...]bool{false, false, true}
	case ToName:
		return named == [...]bool{false, false, false}
	}
	return false
}

// Main gives the document's own file.
func (d Document) Main() (File, bool) {
	for _, f := range d.Files {
		if f.Role == MainFile {
			return f, true
		}
	}
	return File{}, false
}

// WrittenNumber gives the number as it is written (05, 12a), and nothing
// before there is one.
func (d Document) WrittenNumber() string {
	if d.Number == 0 {
		return ""
	}
	return fmt.Sprintf("%02d%s", d.Number, d.NumberSuffix)
}

// Reference gives number and symbol as they read together (05/CT-UBND).
func (d Document) Reference() string {
	if d.Number == 0 {
		return ""
	}
	return d.WrittenNumber() + "/" + d.Symbol
}

// By is who acts: exactly one position of one person.
type By struct {
	Position org.Position
	Name     string
}

// Event is what happened, for the history, in words that name no language.
type Event struct {
	Verb string
	Data map[string]string
}

func errHash() *fault.Error {
	return fault.InvalidField("sha256", "invalid_hash", "Mã băm SHA-256 không hợp lệ.", "The SHA-256 is not valid.")
}
