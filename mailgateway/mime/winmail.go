package mime

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"congvan/mailgateway/mime/tnef"
)

// planWinmail reads the list of what stands in a winmail.dat.
func (w *walker) planWinmail(h *held, e *entity, at place) func(place) (bool, error) {
	m, err := tnef.Open(h, h.size, decodePage)
	if err != nil {
		w.warn(ContainerDamaged, at.path, "")
		return nil
	}
	return func(inside place) (bool, error) {
		// The message of the outermost is the mail itself: only its text may be
		// needed, where the mail has none.
		if !at.owner.written() {
			at.owner.spare = w.winmailBody(m)
		}
		return w.winmailFiles(m, inside)
	}
}

// winmailFiles reads the attachments, and the text in RTF where there is one.
func (w *walker) winmailFiles(m tnef.Message, at place) (damaged bool, err error) {
	damaged = m.Damaged
	if at.depth > w.limits.Depth {
		w.warn(TooDeep, at.path, "")
		return damaged, nil
	}
	path := at.path
	at.file = true
	n := 0
	next := func() place {
		n++
		inside := at
		inside.path = sub(path, n)
		return inside
	}
	for _, a := range m.Attachments {
		bad, err := w.winmailFile(a, next())
		if damaged = damaged || bad; err != nil {
			return damaged, err
		}
	}
	if m.RTF == nil {
		return damaged, nil
	}
	rtf, err := tnef.Expand(m.RTF)
	r := &entryReader{w: w, r: rtf}
	if r.damaged = err != nil; r.damaged {
		r.r = io.NewSectionReader(m.RTF, 0, m.RTF.Size()) // as it came
	}
	inside := next()
	// The same text in another form is no document; the only form of it may be one.
	other := m.Text.SectionReader != nil || m.HTML.SectionReader != nil || at.owner.written()
	bad, err := w.child(r, entity{kind: typeRTF, part: Part{
		Path: inside.path, Name: "body.rtf", DeclaredType: typeRTF, Inline: other,
	}}, inside)
	return damaged || bad || r.damaged, err
}

func (w *walker) winmailFile(a tnef.Attachment, at place) (damaged bool, err error) {
	name := cutRunes(a.Name, maxOriginal)
	kind := strings.ToLower(plain(cutRunes(a.MediaType, 200)))
	if kind == "" {
		kind = octetStream
	}
	e := entity{kind: kind, part: Part{
		Path: at.path, Name: SafeName(name), OriginalName: strings.ToValidUTF8(name, "\uFFFD"), DeclaredType: kind,
		ContentID: messageID(a.ContentID), location: plain(cutRunes(a.Location, 1000)), related: true, Inline: a.Hidden,
	}}
	if name != "" && unsafeName(name) {
		w.warn(NameUnsafe, at.path, "")
	}
	if a.Embedded {
		return w.winmailMessage(a, e, at)
	}
	return w.child(a.Data, e, at)
}

// winmailMessage opens a message that was attached to the message.
func (w *walker) winmailMessage(a tnef.Attachment, e entity, at place) (damaged bool, err error) {
	e.kind, e.part.DeclaredType, e.part.Inline = typeTNEF, typeTNEF, false
	m, err := tnef.Open(a.Data, a.Data.Size(), decodePage)
	if err != nil || at.messages >= w.limits.Messages || at.depth >= w.limits.Depth {
		if err == nil {
			w.warn(TooDeep, at.path, "")
		}
		at.depth = w.limits.Depth // it is not to be taken for a winmail.dat
		bad, readErr := w.child(a.Data, e, at)
		return bad || err != nil, readErr
	}
	if w.entities++; w.entities > w.limits.Parts {
		w.warn(TooManyParts, "", strconv.Itoa(w.limits.Parts))
		return false, errEnough
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(a.Data, 0, a.Data.Size())); err != nil {
		return false, err
	}
	index := len(w.msg.Parts)
	e.part.DetectedType, e.part.Opened, e.part.Size = typeTNEF, true, a.Data.Size()
	sum.Sum(e.part.SHA256[:0])
	w.msg.Parts = append(w.msg.Parts, e.part)
	inside := at
	inside.depth++
	inside.messages++
	inside.owner = &content{first: index + 1, spare: w.winmailBody(m)}
	damaged, err = w.winmailFiles(m, inside)
	w.settle(inside.owner, at.path)
	w.msg.Parts[index].Nested = &Nested{Headers: winmailHeaders(m), Body: inside.owner.body()}
	return damaged, err
}

// winmailHeaders gives the properties of a message as the headers that they stand for.
func winmailHeaders(m tnef.Message) Headers {
	line := func(s string) string { return strings.TrimSpace(plain(strings.ToValidUTF8(s, "\uFFFD"))) }
	list := func(people ...tnef.Address) (out []Address) {
		for _, p := range people {
			if a := (Address{Name: line(p.Name), Address: cleanAddress(p.Address)}); a != (Address{}) {
				out = append(out, a)
			}
		}
		return out
	}
	return Headers{
		From: list(m.From), To: list(m.To...), Cc: list(m.Cc...), Subject: line(m.Subject), Date: m.Sent,
		MessageID: messageID(m.MessageID), InReplyTo: messageIDs(m.InReplyTo), References: messageIDs(m.References),
	}
}

// winmailBody takes the text of a message, as much as a body may have.
func (w *walker) winmailBody(m tnef.Message) (b Body) {
	take := func(from tnef.Body, left *int, page string) (string, int64) {
		if from.SectionReader == nil {
			return "", 0
		}
		raw, err := io.ReadAll(io.LimitReader(from.SectionReader, int64(*left)))
		if err != nil {
			return "", 0
		}
		*left -= len(raw)
		if page == "" {
			page = metaCharset(raw)
		}
		text, _ := body(strings.TrimRight(decodeText(raw, page).text, "\x00"))
		return text, from.Size()
	}
	b.Text, b.TextBytes = take(m.Text, &w.textLeft, pageName(m.Text.Codepage))
	b.HTML, b.HTMLBytes = take(m.HTML, &w.htmlLeft, pageName(m.HTML.Codepage))
	return b
}

// pageName gives the name of a Windows code page; none has none.
func pageName(page uint32) string {
	switch page {
	case 0:
		return ""
	case tnef.UTF16:
		return "utf-16le"
	case 1201:
		return "utf-16be"
	case 65001:
		return "utf-8"
	case 20127:
		return "us-ascii"
	case 932, 936, 874:
		return map[uint32]string{932: "shift_jis", 936: "gbk", 874: "windows-874"}[page]
	case 949, 950:
		return map[uint32]string{949: "euc-kr", 950: "big5"}[page]
	case 20866:
		return "koi8-r"
	case 51949, 51932:
		return map[uint32]string{51949: "euc-kr", 51932: "euc-jp"}[page]
	case 50220, 50221, 50222:
		return "iso-2022-jp"
	}
	switch {
	case page >= 28591 && page <= 28605:
		return fmt.Sprintf("iso-8859-%d", page-28590)
	case page >= 1250 && page <= 1258:
		return fmt.Sprintf("windows-%d", page)
	case page < 1000:
		return fmt.Sprintf("ibm%d", page)
	}
	return fmt.Sprintf("cp%d", page)
}

// decodePage turns text of a code page into UTF-8; UTF-8 is taken for what it
// is, whatever the page: gateways convert the text and forget the page.
func decodePage(raw []byte, page uint32) string {
	if text := string(raw); page != tnef.UTF16 && utf8.ValidString(text) {
		return text
	}
	return decodeText(raw, pageName(page)).text
}
