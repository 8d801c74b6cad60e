package tnef

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
)

// Sorts of property values (MS-OXCDATA, 2.11.1).
const (
	sortShort    = 0x0002
	sortLong     = 0x0003
	sortFloat    = 0x0004
	sortDouble   = 0x0005
	sortCurrency = 0x0006
	sortAppTime  = 0x0007
	sortError    = 0x000a
	sortBool     = 0x000b
	sortObject   = 0x000d
	sortInt64    = 0x0014
	sortString   = 0x001e
	sortUnicode  = 0x001f
	sortTime     = 0x0040
	sortGUID     = 0x0048
	sortBinary   = 0x0102

	many = 0x1000 // a flag: several values
)

// Properties that say something to a reader of mail (MS-OXPROPS).
const (
	propSubject         = 0x0037
	propSubmitTime      = 0x0039
	propRepresentsName  = 0x0042
	propRepresentsEmail = 0x0065
	propSenderName      = 0x0c1a
	propSenderEmail     = 0x0c1f
	propSenderSMTP      = 0x5d01
	propRepresentsSMTP  = 0x5d02
	propRecipientSort   = 0x0c15
	propDeliveryTime    = 0x0e06
	propBody            = 0x1000
	propRTF             = 0x1009
	propHTML            = 0x1013
	propMessageID       = 0x1035
	propReferences      = 0x1039
	propInReplyTo       = 0x1042
	propDisplayName     = 0x3001
	propEmail           = 0x3003
	propSMTP            = 0x39fe
	propAttachData      = 0x3701
	propShortName       = 0x3704
	propLongName        = 0x3707
	propMediaType       = 0x370e
	propContentID       = 0x3712
	propLocation        = 0x3713
	propAttachFlags     = 0x3714
	propInternetPage    = 0x3fde
	propHidden          = 0x7ffe
)

// messageObject is IID_IMessage, the interface that an embedded message is kept as.
var messageObject = []byte{0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46}

// value is one property, its bytes not read yet.
type value struct {
	id, sort uint16
	number   uint64
	data     *io.SectionReader // of text, bytes and objects; the first of several
}

// properties reads a list of properties.
func (t *reader) properties(c *cursor, use func(value)) {
	for range min(c.u32(), maxSteps) {
		if c.bad {
			return
		}
		v, ok := c.value()
		if c.bad || !ok {
			c.bad = true
			return
		}
		use(v)
	}
}

// value reads one property; ok is false for a sort whose length nobody knows.
func (c *cursor) value() (v value, ok bool) {
	v.sort, v.id = c.u16(), c.u16()
	if v.id >= 0x8000 { // a named property: whose set, and its name
		c.skip(16)
		if c.u32() == 0 {
			c.skip(4)
		} else {
			n := int64(c.u32())
			c.skip(padded(n))
		}
	}
	single := v.sort &^ many
	count := int64(1)
	if v.sort&many != 0 || variable(single) {
		count = int64(c.u32())
	}
	if c.bad || count > c.end-c.at {
		c.bad = true
		return v, false
	}
	if variable(single) {
		for i := range count {
			n := int64(c.u32())
			if c.bad || n > c.end-c.at {
				c.bad = true
				return v, false
			}
			data := c.section(n)
			if c.skip(min(padded(n)-n, c.end-c.at)); i == 0 {
				v.data = data
			}
		}
		return v, true
	}
	size, known := fixed(single)
	switch {
	case !known:
		return v, false
	case v.sort&many != 0 || size > 8:
		c.skip(count * size)
	case size == 8:
		v.number = c.u64()
	default:
		v.number = uint64(c.u32())
	}
	return v, true
}

func padded(n int64) int64 { return (n + 3) &^ 3 }

func variable(sort uint16) bool {
	return sort == sortString || sort == sortUnicode || sort == sortBinary || sort == sortObject
}

func fixed(sort uint16) (size int64, known bool) {
	switch sort {
	case sortShort, sortLong, sortFloat, sortError, sortBool:
		return 4, true
	case sortDouble, sortCurrency, sortAppTime, sortInt64, sortTime:
		return 8, true
	case sortGUID:
		return 16, true
	}
	return 0, false
}

// string reads a text value.
func (t *reader) string(v value) string {
	if v.data == nil || v.sort&^many != sortString && v.sort&^many != sortUnicode {
		return ""
	}
	raw := make([]byte, min(v.data.Size(), maxValue))
	if _, err := io.ReadFull(v.data, raw); err != nil {
		return ""
	}
	if v.sort&^many == sortString {
		return t.clean(raw)
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	text, _, _ := strings.Cut(string(utf16.Decode(units)), "\x00")
	return text
}

// body is a text that is left where it is.
func (t *reader) body(v value) Body {
	switch {
	case v.data == nil:
		return Body{}
	case v.sort == sortUnicode:
		return Body{v.data, UTF16}
	}
	return Body{v.data, t.codepage}
}

func (t *reader) messageProperty(v value) {
	m := &t.msg
	switch v.id {
	case propSubject:
		m.Subject = t.string(v)
	case propSubmitTime:
		m.Sent = fileTime(v.number)
	case propDeliveryTime:
		if m.Sent.IsZero() {
			m.Sent = fileTime(v.number)
		}
	case propRepresentsName, propSenderName:
		if name := t.string(v); m.From.Name == "" || v.id == propRepresentsName {
			m.From.Name = name
		}
	case propRepresentsSMTP, propSenderSMTP, propRepresentsEmail, propSenderEmail:
		if address := mailAddress(t.string(v)); address != "" && (m.From.Address == "" || v.id == propRepresentsSMTP) {
			m.From.Address = address
		}
	case propMessageID:
		m.MessageID = t.string(v)
	case propInReplyTo:
		m.InReplyTo = t.string(v)
	case propReferences:
		m.References = t.string(v)
	case propBody:
		if v.sort == sortUnicode || m.Text.SectionReader == nil {
			m.Text = t.body(v)
		}
	case propHTML:
		page := m.HTML.Codepage
		if m.HTML = t.body(v); v.sort == sortBinary {
			m.HTML.Codepage = page // 0 as long as nothing was said: the HTML may know itself
		}
	case propInternetPage:
		m.HTML.Codepage = uint32(v.number)
	case propRTF:
		m.RTF = v.data
	}
}

// recipient reads one row of the table of recipients.
func (t *reader) recipient(c *cursor) {
	var (
		who           Address
		sort          uint64
		smtp, another string
	)
	t.properties(c, func(v value) {
		switch v.id {
		case propRecipientSort:
			sort = v.number
		case propDisplayName:
			who.Name = t.string(v)
		case propSMTP:
			smtp = mailAddress(t.string(v))
		case propEmail:
			another = mailAddress(t.string(v))
		}
	})
	if who.Address = smtp; smtp == "" {
		who.Address = another
	}
	const maxPeople = 1000
	switch {
	case who == Address{} || len(t.msg.To)+len(t.msg.Cc) >= maxPeople:
	case sort == 1:
		t.msg.To = append(t.msg.To, who)
	case sort == 2:
		t.msg.Cc = append(t.msg.Cc, who)
	}
}

func (t *reader) fileProperty(v value) {
	f := t.file
	switch v.id {
	case propLongName:
		f.long = t.string(v)
	case propShortName:
		f.short = t.string(v)
	case propDisplayName:
		f.display = t.string(v)
	case propMediaType:
		f.MediaType = t.string(v)
	case propContentID:
		f.ContentID = t.string(v)
	case propLocation:
		f.Location = t.string(v)
	case propAttachFlags:
		f.flags = uint32(v.number)
	case propHidden:
		f.Hidden = v.number&0xff != 0
	case propAttachData:
		t.fileData(v)
	}
}

// fileData takes the data that stands among the properties: a message, an
// object of another program, or the bytes of a file.
func (t *reader) fileData(v value) {
	f := t.file
	if v.data == nil || v.data.Size() == 0 {
		return
	}
	if v.sort != sortObject {
		f.Data = v.data
		return
	}
	var kind [16]byte
	if _, err := v.data.ReadAt(kind[:], 0); err != nil {
		t.msg.Damaged = true
		return
	}
	f.Data = io.NewSectionReader(v.data, 16, v.data.Size()-16)
	f.Embedded = bytes.Equal(kind[:], messageObject)
}
