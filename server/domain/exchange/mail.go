package exchange

import (
	"path"
	"slices"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// MailState is what became of a mail.
type MailState string

// The states of a mail. Received ones are about to be decided.
const (
	MailReceived    MailState = "received"
	MailArrived     MailState = "arrived"
	MailQuarantined MailState = "quarantined"
	MailDuplicate   MailState = "duplicate"
	MailDiscarded   MailState = "discarded"
	MailAnswered    MailState = "answered" // an answer to one of ours, applied
	MailIgnored     MailState = "ignored"  // nobody need look at it
)

// HoldReason is why a mail stands in quarantine.
type HoldReason string

// The reasons. Codes are stable: rows and screens keep them.
const (
	HeldUnreadable   HoldReason = "unreadable"     // no mail at all
	HeldUnfetchable  HoldReason = "unfetchable"    // the mail server breaks off each time
	HeldTooLarge     HoldReason = "too_large"      // over the limit; not fetched
	HeldTooManyParts HoldReason = "too_many_parts" // beyond what is opened
	HeldNoDocument   HoldReason = "no_document"    // nothing in it can be an official document
	HeldDamaged      HoldReason = "damaged"        // what should be the document came broken
	HeldInfected     HoldReason = "infected"       // the scanner found something in it (K14)
	HeldUnscanned    HoldReason = "unscanned"      // larger than the scanner takes
	HeldByRule       HoldReason = "rule"           // a rule of the mailbox says so
	HeldPackage      HoldReason = "package"        // an edXML package that cannot be read, or that brings no document
	HeldStatus       HoldReason = "status"         // a status package that names no delivery of ours
)

// Mail is one message that the gateway found in a mailbox.
type Mail struct {
	AgencyID    org.ID
	ID          org.ID
	MailboxID   org.ID
	UIDValidity uint32
	UID         uint32
	Raw         document.Hash // none when it was never fetched
	Size        int64
	ReceivedAt  time.Time
	OpenedMail
	State     MailState
	Reason    HoldReason // of a quarantined one; what a person wrote is in Detail
	Detail    string
	ArrivalID org.ID
	About     DeliveryRef // of ours, that it answers
	Attempts  int
	Version   int
}

// DeliveryRef names a delivery.
type DeliveryRef struct {
	AgencyID, DocumentID, ID org.ID
}

// OpenedMail is what stands in a mail.
type OpenedMail struct {
	MessageID   string
	FromName    string
	FromAddress string
	Subject     string
	SentAt      time.Time
	BodyText    string
	Warnings    []MailWarning
	Parts       []MailPart
	Hold        HoldReason // set when it cannot be taken in as it is
	Answer      Answer     // to one that was sent before, if it is one
	Trust       Trust      // what is known of its sender
}

// MailWarning is a defect of a mail, at one part or at the mail itself.
type MailWarning struct {
	Code  string
	Path  string
	Loses bool // content may be missing
}

// MailPart is an attachment, stored.
type MailPart struct {
	Path         string
	Name         string
	DeclaredType string
	DetectedType string
	Size         int64
	Hash         document.Hash
	Inline       bool // belongs to the text: logos and signatures of mail programs
}

// Scan tells whether a scanner made it: a PDF, or a picture of a page.
func (p MailPart) Scan() bool {
	kind, _, _ := strings.Cut(p.DetectedType, ";")
	return kind == "application/pdf" || kind == "image/tiff"
}

// TypePackage is the type found of an edXML package (QCVN 102:2016); no registry
// has a name for it.
const TypePackage = "application/vnd.edxml+xml"

// Package tells whether the part is a package of the exchange between agencies.
func (p MailPart) Package() bool { return p.DetectedType == TypePackage && p.Size > 0 && !p.Inline }

// KnownSender is the agency that a mail's address belongs to. A From line is
// never proof of it: the clerk sees the address and decides.
type KnownSender struct {
	Name, Code string
}

// Decide says what the mail is worth: nil takes it in with the files, the first
// of which is the document; a reason holds it back.
func (m OpenedMail) Decide() (files []MailPart, hold HoldReason) {
	if m.Hold != "" {
		return nil, m.Hold
	}
	for _, p := range m.Parts {
		if !p.Inline && p.Size > 0 && !attendant(p) {
			files = append(files, p)
		}
	}
	// The document stands first; the order of the mail is kept otherwise.
	slices.SortStableFunc(files, func(a, b MailPart) int { return rankOf(a) - rankOf(b) })
	if len(files) == 0 || rankOf(files[0]) == noDocument {
		return nil, HeldNoDocument
	}
	if slices.ContainsFunc(m.Warnings, func(w MailWarning) bool { return w.Loses && w.Path == files[0].Path }) {
		return nil, HeldDamaged
	}
	return files, ""
}

// Documents tells whether one of the files can be an official document.
func Documents(files []MailPart) bool {
	return slices.ContainsFunc(files, func(p MailPart) bool { return rankOf(p) != noDocument })
}

// noDocument is the rank of what no office would register by itself.
const noDocument = 9

// rankOf orders parts by how likely they are the document: the signed PDF
// before the draft it was made from, a scan, a table, an archive of them.
func rankOf(p MailPart) int {
	kind, _, _ := strings.Cut(p.DetectedType, ";")
	switch kind {
	case TypePackage: // it names its own document
		return -1
	case "application/pdf":
		return 0
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/msword",
		"application/vnd.oasis.opendocument.text", "application/rtf", "text/rtf":
		return 1
	case "image/tiff", "image/jpeg", "image/png":
		return 2
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.ms-excel",
		"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
		"application/vnd.ms-powerpoint", "application/x-ole-storage":
		return 3
	case "application/zip", "application/x-rar-compressed", "application/vnd.rar", "application/x-7z-compressed":
		return 4
	}
	return noDocument
}

// attendant tells what accompanies a mail and is none of its files: signatures
// of the mail itself, cards, and programs, which stay in the raw mail alone.
func attendant(p MailPart) bool {
	kind, _, _ := strings.Cut(p.DetectedType, ";")
	switch {
	case strings.HasSuffix(p.DeclaredType, "pkcs7-signature"), strings.HasSuffix(p.DeclaredType, "pgp-signature"),
		p.DeclaredType == "message/delivery-status", p.DeclaredType == "message/disposition-notification":
		return true
	case kind == "application/vnd.microsoft.portable-executable", kind == "application/x-elf", kind == "application/x-mach-binary",
		kind == "application/x-msdownload", kind == "application/x-ms-shortcut", kind == "application/x-ms-installer":
		return true
	}
	switch strings.ToLower(path.Ext(p.Name)) {
	case ".exe", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jse", ".wsf", ".lnk", ".msi", ".hta", ".jar", ".vcf":
		return true
	}
	return false
}

var (
	errMailDecided = fault.New(fault.Conflict, "out_of_order",
		"Thư này không còn chờ xử lý.", "This mail is no longer waiting.")
	errNeedsReason = fault.InvalidField("reason", "required", "Hãy ghi lý do.", "Give a reason.")
)

// Retry makes a held mail be decided again.
func (m *Mail) Retry() (document.Event, error) {
	if m.State != MailQuarantined {
		return document.Event{}, errMailDecided
	}
	m.State, m.Reason, m.Detail = MailReceived, "", ""
	m.Attempts++
	return document.Event{Verb: "mail_retried"}, nil
}

// Discard puts a held mail aside for good. Nothing is sent, and it stays as it came.
func (m *Mail) Discard(reason string) (document.Event, error) {
	reason = strings.TrimSpace(reason)
	if m.State != MailQuarantined {
		return document.Event{}, errMailDecided
	}
	if reason == "" {
		return document.Event{}, errNeedsReason
	}
	m.State, m.Detail = MailDiscarded, reason
	return document.Event{Verb: "mail_discarded", Data: map[string]string{"reason": reason}}, nil
}

// HoldBack puts a mail into quarantine.
func (m *Mail) HoldBack(why HoldReason) document.Event {
	m.State, m.Reason = MailQuarantined, why
	return document.Event{Verb: "mail_quarantined", Data: map[string]string{"reason": string(why)}}
}

// Take notes that the mail became an arrival.
func (m *Mail) Take(arrival org.ID) document.Event {
	m.State, m.ArrivalID, m.Reason, m.Detail = MailArrived, arrival, "", ""
	return document.Event{Verb: "mail_arrived"}
}

// Infected tells whether nobody may open what stands in the mail (K14).
func (m Mail) Infected() bool { return m.Reason == HeldInfected }

var (
	errNotReleasable = fault.New(fault.Conflict, "not_releasable",
		"Thư này không thể đưa vào văn bản đến: có mã độc, hoặc chưa tải được nội dung.",
		"This mail cannot be taken in: it is infected, or its content was not fetched.")
	errNoSuchPart = fault.InvalidField("paths", "unknown", "Thư không có tệp này.", "The mail has no such file.")
	errNothing    = fault.InvalidField("paths", "required", "Hãy chọn ít nhất một tệp, hoặc nội dung thư.", "Choose a file, or the text of the mail.")
)

// Release lets a clerk take a held mail in with the parts that they chose, the
// first of which is the document.
func (m *Mail) Release(paths []string, body bool) ([]MailPart, error) {
	if m.State != MailQuarantined {
		return nil, errMailDecided
	}
	if m.Infected() || m.Raw.IsZero() || m.Reason == HeldUnreadable {
		return nil, errNotReleasable
	}
	var files []MailPart
	for _, path := range paths {
		i := slices.IndexFunc(m.Parts, func(p MailPart) bool { return p.Path == path })
		if i < 0 {
			return nil, errNoSuchPart
		}
		if attendant(m.Parts[i]) {
			return nil, errNotReleasable // a program is no document, whoever asks
		}
		files = append(files, m.Parts[i])
	}
	if len(files) == 0 && !body {
		return nil, errNothing
	}
	m.State, m.Reason = MailReceived, ""
	return files, nil
}

// Answers notes that the mail was an answer to a delivery of ours.
func (m *Mail) Answers() document.Event {
	m.State, m.Reason, m.Detail = MailAnswered, "", ""
	return document.Event{Verb: "mail_answered", Data: map[string]string{"kind": string(m.Answer.Kind)}}
}

// Ignore notes that nobody need look at the mail: it stays as it came.
func (m *Mail) Ignore(why string) document.Event {
	m.State, m.Reason, m.Detail = MailIgnored, HoldReason(why), ""
	return document.Event{Verb: "mail_ignored", Data: map[string]string{"reason": why}}
}

// Why mails are ignored.
const (
	IgnoredReport = "report" // of a mail that was not ours: people write from the same box
	IgnoredByRule = "rule"   // a rule of the mailbox says so
)

// Repeat notes that the mail is one that was taken before, in another box or
// under another number.
func (m *Mail) Repeat(of org.ID) document.Event {
	m.State, m.Reason, m.Detail = MailDuplicate, "", ""
	return document.Event{Verb: "mail_duplicate", Data: map[string]string{"of": of.String()}}
}

// Identity is what two deliveries of one mail have in common: what programs
// give it, or else its bytes.
func (m Mail) Identity() string {
	if m.MessageID != "" {
		return m.AgencyID.String() + " " + m.MessageID
	}
	return m.AgencyID.String() + " " + m.Raw.String()
}

// EndingOf gives the usual ending of a file name for a media type.
func EndingOf(mediaType string) string {
	kind, _, _ := strings.Cut(mediaType, ";")
	switch kind {
	case "application/pdf":
		return ".pdf"
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return ".docx"
	case "application/msword":
		return ".doc"
	case "image/tiff":
		return ".tiff"
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "application/zip":
		return ".zip"
	}
	return ""
}
