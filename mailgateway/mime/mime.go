// Package mime decides what stands in a mail: its headers, the text a person
// wrote, and its parts, each named, typed by its own bytes and handed on as a
// stream. It reads bytes and nothing else: it stores nothing, knows no mailbox
// and no clock, and it never holds a part whole in memory. What can only be
// read from its end (an archive, a winmail.dat, a signed object) waits in a
// temporary file that has no name.
//
// It is made for what mail programs really send. A defect never ends the
// reading; it is named in Message.Warnings, and whoever called decides what a
// warning is worth (Warning.Loses tells which may mean lost content). Only
// three things are errors: what is no mail at all, what is larger than
// allowed, and a reader or a sink that fails.
//
// What holds documents is opened, in itself as often as the limits say:
// messages, zip archives, winmail.dat and signed S/MIME objects. What stands in
// them stands for them. What cannot be opened (encrypted, too deep, suspiciously
// small for what it would become) is kept whole.
//
// Nothing here is safe to show as it is: HTML is handed on unsanitised, and
// OriginalName is what a stranger wrote.
package mime

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"io"
)

// The refusals of Split. An error of the reader or of the sink is handed on as it came.
var (
	// ErrNotMessage says that the bytes are no mail: nothing in them is a mail header.
	ErrNotMessage = errors.New("mime: not a mail message")
	// ErrTooLarge says that the message goes beyond Limits.TotalBytes.
	ErrTooLarge = errors.New("mime: message larger than the limit")
	// ErrPartTooLarge is what a sink reads at the point where a part goes beyond
	// Limits.PartBytes. A sink that swallows it lets the other parts come.
	ErrPartTooLarge = errors.New("mime: part larger than the limit")
)

// Limits bound what one message may cost. A zero field means its default.
type Limits struct {
	Depth       int   // containers inside each other: multiparts and nested messages together
	Messages    int   // messages inside each other; deeper ones stay whole, as a part
	Parts       int   // parts of any sort, containers and bodies counted
	HeaderBytes int   // one header block
	TextBytes   int   // plain text kept, and as much HTML, nested messages included
	PartBytes   int64 // one part, decoded
	TotalBytes  int64 // the raw message

	Archives     int   // archives inside each other; deeper ones stay whole
	ArchiveRatio int   // how many times its size an archive may become; beyond the first 16 MiB
	ArchiveBytes int64 // all that archives of one message may become
	HeldBytes    int64 // an archive, a winmail.dat or a signed object that is opened; bigger ones stay whole
}

// The defaults hold for a mailbox that nobody configured otherwise.
const (
	defaultDepth       = 24
	defaultMessages    = 5
	defaultParts       = 1000
	defaultHeaderBytes = 256 << 10
	defaultTextBytes   = 1 << 20
	defaultPartBytes   = 1 << 30
	defaultTotalBytes  = 2 << 30

	defaultArchives     = 3
	defaultArchiveRatio = 200
	defaultArchiveBytes = 1 << 30
	defaultHeldBytes    = 256 << 20
)

func (l Limits) filled() Limits {
	fill(&l.Depth, defaultDepth)
	fill(&l.Messages, defaultMessages)
	fill(&l.Parts, defaultParts)
	fill(&l.HeaderBytes, defaultHeaderBytes)
	fill(&l.TextBytes, defaultTextBytes)
	fill(&l.PartBytes, defaultPartBytes)
	fill(&l.TotalBytes, defaultTotalBytes)
	fill(&l.Archives, defaultArchives)
	fill(&l.ArchiveRatio, defaultArchiveRatio)
	fill(&l.ArchiveBytes, defaultArchiveBytes)
	fill(&l.HeldBytes, defaultHeldBytes)
	return l
}

func fill[N int | int64](v *N, d N) {
	if *v <= 0 {
		*v = d
	}
}

// Message is a mail as it was understood.
type Message struct {
	Headers Headers
	Fields  Fields // the top header block as it was sent, for what Headers does not hold
	Body    Body
	// Parts are everything but the bodies, in the order of the mail; a nested
	// message, and whatever else was opened, stands before its own parts.
	Parts []Part
	// Signatures are what S/MIME signatures of the message are worth.
	Signatures []Signature
	// Reports are what servers and programs say about another mail.
	Reports  []Report
	Warnings []Warning
	Size     int64 // raw bytes read
}

// Headers are the fields that a person reads, decoded and in NFC.
type Headers struct {
	From      []Address
	ReplyTo   []Address
	To        []Address
	Cc        []Address
	Subject   string
	Date      Date
	MessageID string // without the angle brackets
	InReplyTo []string
	// References are the identifiers of the conversation, oldest first.
	References []string
}

// Body is the text of a message. Text and HTML are UTF-8 in NFC, bounded by
// Limits.TextBytes; the counts are the whole of it as it was sent, transfer
// encoding removed.
type Body struct {
	Text, HTML           string
	TextBytes, HTMLBytes int64
}

// Part is one attachment, inline picture, nested message, or what was opened.
type Part struct {
	// Path is the place in the mail, as IMAP numbers sections: "2", "1.2",
	// "3.1.2"; what stands in an archive is numbered the same way.
	Path string
	// Name is safe as a file name on any system and empty when none was sent.
	Name string
	// OriginalName is the name as it was sent, decoded and nothing else; of a
	// file in an archive, with its folders.
	OriginalName string
	DeclaredType string // what the mail says; text/plain when it says nothing
	DetectedType string // what the bytes say
	Disposition  string // attachment, inline or empty
	ContentID    string
	// Inline marks what nobody sent as a document: pictures that belong to the
	// HTML (logos, signatures of mail programs), detached signatures, what
	// systems leave in archives. A sink sees what is known so far, Message.Parts
	// the final word.
	Inline   bool
	Size     int64
	SHA256   [sha256.Size]byte
	Oversize bool // beyond Limits.PartBytes: the sink did not get all of it
	// Opened is set when the parts behind this one stand for it.
	Opened bool
	// Encrypted is set when the part was not opened because it needs a key.
	Encrypted bool
	// Nested is set when the part is a message that was opened.
	Nested *Nested

	location string
	related  bool
}

// Nested is what an opened message inside a mail says of itself.
type Nested struct {
	Headers Headers
	Body    Body
}

// Sink takes one part. It is called in the order of the mail for every part
// that has bytes of its own. What was opened is not handed on, only what stands
// in it, unless it could be read in part only: then it comes whole behind its
// own parts. Size and SHA256 are not known yet. What the sink leaves unread is
// skipped; an error that it returns ends the reading. A nil sink only looks.
type Sink func(p Part, body io.Reader) error

// Option changes how a message is read.
type Option func(*walker)

// Trusting judges the certificates of signers by these roots. Without it every
// good signature is one of an unknown chain.
func Trusting(roots *x509.CertPool) Option { return func(w *walker) { w.roots = roots } }

// HoldingIn names the folder for temporary files; the default is the system's.
func HoldingIn(folder string) Option { return func(w *walker) { w.folder = folder } }

// Split reads one message to its end. A message that comes with an error holds
// what was understood until then.
func Split(r io.Reader, limits Limits, sink Sink, options ...Option) (Message, error) {
	limits = limits.filled()
	if sink == nil {
		sink = func(Part, io.Reader) error { return nil }
	}
	w := &walker{limits: limits, sink: sink, textLeft: limits.TextBytes, htmlLeft: limits.TextBytes, archiveLeft: limits.ArchiveBytes}
	for _, change := range options {
		change(w)
	}
	s := newSource(r, limits.TotalBytes)
	err := w.top(s)
	w.msg.Size = s.read
	return w.msg, err
}

// ParseHeaders understands a header block that was fetched alone, so that a
// list of mails can be shown before any of them is read.
func ParseHeaders(block []byte) Headers {
	w := &walker{limits: Limits{HeaderBytes: len(block) + 1}.filled()}
	fields, _ := w.readFields(newSource(newBytes(block), int64(len(block))+1), "")
	return w.headers(fields, "")
}
