// Package tnef decides what stands in a winmail.dat: the form in which Outlook
// and Exchange wrap a mail for their own kind (MS-OXTNEF), with the text, the
// attachments and whole messages inside it.
//
// It reads any bytes at all: what is damaged is read as far as it goes and said
// to be damaged. Nothing of any size is held in memory; files are sections of
// what is read. It opens no attachment and no message inside the message:
// whoever called decides how deep to go.
package tnef

import (
	"errors"
	"io"
	"strings"
	"time"
)

// ErrFormat says that the bytes are no TNEF stream.
var ErrFormat = errors.New("tnef: not a TNEF stream")

// Decode turns text of a Windows code page into UTF-8.
type Decode func(raw []byte, codepage uint32) string

// UTF16 is the number of the code page of little-endian UTF-16.
const UTF16 = 1200

// Message is one message of a TNEF stream.
type Message struct {
	Class      string // IPM.Note, IPM.Schedule.Meeting.Request …
	Subject    string
	MessageID  string
	InReplyTo  string
	References string
	From       Address
	To, Cc     []Address
	Sent       time.Time

	Text Body
	HTML Body
	RTF  *io.SectionReader // compressed, see Expand; nil when there is none

	Attachments []Attachment
	Damaged     bool // cut off, or a checksum is wrong: not all of it was read
}

// Address is a person as the sending system knew them. An address that is no
// mail address (of an Exchange directory) is left out.
type Address struct {
	Name, Address string
}

// Body is a text; its section is nil when there is none.
type Body struct {
	*io.SectionReader

	Codepage uint32
}

// Attachment is one file, object or message inside the message.
type Attachment struct {
	Name      string // the longest that was sent
	MediaType string
	ContentID string
	Location  string
	Hidden    bool // part of the text, as pictures are
	Embedded  bool // Data is a TNEF stream: a message
	Data      *io.SectionReader
}

// maxSteps bounds the work on one stream: it is far more than any mail has
// properties, and little enough to end at once.
const maxSteps = 1 << 20

const (
	signature = 0x223e9f78

	levelMessage    = 1
	levelAttachment = 2

	attFrom           = 0x00008000
	attSubject        = 0x00018004
	attDateSent       = 0x00038005
	attMessageClass   = 0x00078008
	attMessageID      = 0x00018009
	attBody           = 0x0002800c
	attAttachData     = 0x0006800f
	attAttachTitle    = 0x00018010
	attTransportName  = 0x00069001
	attAttachRendData = 0x00069002
	attMsgProps       = 0x00069003
	attRecipTable     = 0x00069004
	attAttachment     = 0x00069005
	attOemCodepage    = 0x00069007
)

// reader goes through the attributes of one stream.
type reader struct {
	decode   Decode
	codepage uint32
	msg      Message
	file     *file // the attachment that attributes belong to
	steps    int
}

// file is an attachment with all the names it came with.
type file struct {
	Attachment

	long, display, title, short, transport string
	flags                                  uint32
	ole                                    bool
}

// Open reads the attributes of a stream.
func Open(r io.ReaderAt, size int64, decode Decode) (Message, error) {
	t := &reader{decode: decode, codepage: 1252, steps: maxSteps}
	c := &cursor{r: r, end: size, steps: &t.steps}
	if c.u32() != signature || c.bad {
		return Message{}, ErrFormat
	}
	c.skip(2) // a key that joins attachments to old RTF; nothing uses it
	for c.at < c.end && !c.bad {
		t.attribute(c)
	}
	t.finishFile()
	t.msg.Damaged = t.msg.Damaged || c.bad
	return t.msg, nil
}

// attribute reads one attribute: level, name, length, data, checksum.
func (t *reader) attribute(c *cursor) {
	if c.end-c.at < 11 && c.zeros() {
		c.at = c.end // some programs fill the last block
		return
	}
	level, id, length := c.u8(), c.u32(), int64(c.u32())
	if c.bad || level != levelMessage && level != levelAttachment || length > c.end-c.at {
		c.bad = true
		// Data that is cut off still has a beginning, which is better than nothing.
		if id == attAttachData && length > c.end-c.at && t.file != nil {
			t.file.Data = c.section(c.end - c.at)
		}
		return
	}
	data := c.section(length)
	if sum := c.u16(); !c.bad && sum != checksum(data) {
		t.msg.Damaged = true
	}
	inner := &cursor{r: data, end: length, steps: c.steps}
	if level == levelMessage {
		t.message(id, inner, data)
	} else {
		t.attachment(id, inner, data)
	}
	t.msg.Damaged = t.msg.Damaged || inner.bad
}

func (t *reader) message(id uint32, c *cursor, data *io.SectionReader) {
	switch id {
	case attOemCodepage:
		if cp := c.u32(); !c.bad && cp != 0 {
			t.codepage = cp
		}
	case attSubject:
		t.msg.Subject = t.text(c)
	case attMessageClass:
		t.msg.Class = t.text(c)
	case attMessageID:
		t.msg.MessageID = t.text(c)
	case attBody:
		t.msg.Text = Body{data, t.codepage}
	case attDateSent:
		t.msg.Sent = c.date()
	case attFrom:
		t.from(c)
	case attMsgProps:
		t.properties(c, t.messageProperty)
	case attRecipTable:
		for range min(c.u32(), maxSteps) {
			if c.bad || c.at >= c.end {
				break
			}
			t.recipient(c)
		}
	}
}

func (t *reader) attachment(id uint32, c *cursor, data *io.SectionReader) {
	if id == attAttachRendData || t.file == nil {
		t.finishFile()
		t.file = &file{}
	}
	switch id {
	case attAttachRendData:
		t.file.ole = c.u16() == 2
	case attAttachTitle:
		t.file.title = t.text(c)
	case attTransportName:
		t.file.transport = t.text(c)
	case attAttachData:
		t.file.Data = data
	case attAttachment:
		t.properties(c, t.fileProperty)
	}
}

// finishFile chooses the best of the names. The property in Unicode is whole;
// the title is what the sender's code page could write of it.
func (t *reader) finishFile() {
	f := t.file
	if t.file = nil; f == nil {
		return
	}
	names := []string{f.long, f.title, f.short, f.display, f.transport}
	if f.Embedded || f.ole {
		names = []string{f.display, f.long, f.title, f.short}
	}
	for _, name := range names {
		if name = strings.TrimRight(name, "\x00 "); name != "" {
			f.Name = name
			break
		}
	}
	const inText = 4 // ATT_MHTML_REF: the HTML shows it
	f.Hidden = f.Hidden || f.flags&inText != 0 && f.ContentID != ""
	if f.Data == nil {
		f.Data = io.NewSectionReader(strings.NewReader(""), 0, 0)
	}
	t.msg.Attachments = append(t.msg.Attachments, f.Attachment)
}

// from reads the old form of the sender: lengths, name, address with its sort.
func (t *reader) from(c *cursor) {
	c.skip(4)
	nameLength, addressLength := c.u16(), c.u16()
	name := c.bytes(int64(nameLength))
	address := c.bytes(int64(addressLength))
	if c.bad || t.msg.From != (Address{}) {
		return
	}
	t.msg.From.Name = t.clean(name)
	t.msg.From.Address = mailAddress(t.clean(address))
}

func (t *reader) text(c *cursor) string { return t.clean(c.bytes(min(c.end-c.at, maxValue))) }

func (t *reader) clean(raw []byte) string {
	text, _, _ := strings.Cut(t.decode(raw, t.codepage), "\x00")
	return text
}

// mailAddress takes the sort off an address, and refuses those of a directory.
func mailAddress(s string) string {
	if sort, rest, ok := strings.Cut(s, ":"); ok && strings.EqualFold(sort, "SMTP") {
		s = rest
	}
	if !strings.Contains(s, "@") || strings.HasPrefix(strings.ToUpper(s), "/O=") {
		return ""
	}
	return s
}
