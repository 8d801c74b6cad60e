package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// Letter is what a package says of the document that it carries.
type Letter struct {
	Code        string // DocumentId on the wire: opaque, the same for ever
	Number      string
	Symbol      string
	Date        org.Day
	Place       string
	Kind        string // one of ours; empty when none is meant for sure
	KindName    string // as the package names it
	Subject     string
	Urgency     document.Urgency
	DueDate     org.Day
	SignerName  string
	SignerTitle string
	From        Party
	To          []Party
	Act         Act
	Reason      string  // of an act that is not the first
	References  string  // of a recall: the document by which it is done
	Earlier     []Named // the documents that the act is done to
}

// Named is how a message names a document of somebody.
type Named struct {
	AgencyCode org.AgencyCode
	Code       string // DocumentId
	Reference  string // number and symbol as one text
	Date       org.Day
}

// OpenedPackage is a package as it was understood: a letter with files, or a
// status of one.
type OpenedPackage struct {
	Letter   *Letter
	Files    []FileRef
	Status   *Status
	From     Party // of a status: who says it
	About    Named // of a status: the document spoken of
	Warnings []string
	Loses    bool // content may be missing: a person should look
	Seal     PackageSeal
}

// PackageSeal is what the XML signature around a package proves: which system
// sent it. What the law calls the signature is in the document itself.
type PackageSeal struct {
	State  string // valid, invalid, unverifiable; empty: there is none
	Reason string // why it is not valid
	Signer string // as its certificate names it
	SHA1   bool   // it rests on SHA-1, which the installation accepts
}

// CheckLetter refuses what a register cannot take in: a letter without files,
// without a subject, or that promises what is not there.
func (p OpenedPackage) CheckLetter() error {
	if p.Letter == nil || len(p.Files) == 0 && !p.Bare() || p.Letter.Subject == "" {
		return ErrPackageInvalid
	}
	return nil
}

// Bare tells whether the letter only does something to an earlier one and brings
// no document of its own: it makes no arrival.
func (p OpenedPackage) Bare() bool {
	return p.Letter != nil && p.Letter.Act != ActNew && len(p.Files) == 0
}

// MessageKey names what makes two messages of one system the same. Our own
// servers give each message an identifier; others do not, and a document id that
// is missing is no name: then the bytes are.
func MessageKey(id org.ID, from org.AgencyCode, p OpenedPackage, file document.Hash) string {
	if !id.IsZero() {
		return "id " + id.String()
	}
	code, act := "", string(StatusContent)
	switch {
	case p.Letter != nil:
		code, act = p.Letter.Code, string(p.Letter.Act)
	case p.Status != nil:
		code, act = p.About.Code, string(p.Status.Code)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %s", string(from), code, act, file))
	return "sum " + hex.EncodeToString(sum[:])
}

// DocumentCode is what other systems know a document by (QCVN 102:2016,
// DocumentId): who issued it, when, and under which number.
func DocumentCode(issuer org.AgencyCode, date org.Day, number, symbol string) string {
	return fmt.Sprintf("%s,%04d/%02d/%02d,%s/%s", issuer, date.Year(), int(date.Month()), date.DayOfMonth(), number, symbol)
}
