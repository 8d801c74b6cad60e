package edxml_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"congvan/server/protocol/edxml"
)

// mutation is the base package with one thing changed.
type mutation struct {
	name  string
	text  string
	err   error        // the refusal, if it is one
	warns []edxml.Code // everything that the reading leaves
	check func(t *testing.T, p edxml.Result, got *collected)
}

var signatureBlock = regexp.MustCompile(`(?s)\s*<Signature>.*</Signature>`)

// base is an official document without its dummy signature; it is read without
// any warning.
func base(t testing.TB) string {
	t.Helper()
	return signatureBlock.ReplaceAllString(sample(t, "doc_new.edxml"), "")
}

const (
	pdfContent = "JVBERi0xLjQKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZz4+ZW5kb2JqCnRyYWlsZXI8PC9Sb290IDEgMCBSPj4KJSVFT0YK"
	steering   = "<edXML:SteeringType>1</edXML:SteeringType>"
	issued     = "<edXML:PromulgationDate>2026/01/15</edXML:PromulgationDate>"
	hop        = "<edXML:Timestamp>2026/01/15 10:11:12</edXML:Timestamp>"
)

// build changes text; what is replaced has to be there.
func build(t testing.TB, text string, replacements ...string) string {
	t.Helper()
	for i := 0; i < len(replacements); i += 2 {
		require.Contains(t, text, replacements[i])
		text = strings.Replace(text, replacements[i], replacements[i+1], 1)
	}
	return text
}

func mutations(t testing.TB) []mutation {
	t.Helper()
	return slices.Concat(refusedMutations(t), formMutations(t), headerMutations(t), attachmentMutations(t), base64Mutations(t))
}

// What the official parser rejects (and what it should have).
func refusedMutations(t testing.TB) []mutation {
	t.Helper()
	b := base(t)
	from := func(replacements ...string) string { return build(t, b, replacements...) }
	list := []mutation{
		{name: "empty", text: "", err: edxml.ErrMalformed},
		{name: "only blanks", text: "  \r\n ", err: edxml.ErrMalformed},
		{name: "not well-formed", text: from("</edXML:Subject>", "</edXML:Content>"), err: edxml.ErrMalformed},
		{name: "cut off", text: b[:len(b)/2], err: edxml.ErrMalformed},
		{name: "cut off in content", text: b[:strings.Index(b, pdfContent)+8], err: edxml.ErrMalformed},
		{name: "not closed", text: strings.TrimSpace(b)[:len(strings.TrimSpace(b))-len("</edXML>")], err: edxml.ErrMalformed},
		{name: "junk before the declaration", text: "x" + b, err: edxml.ErrMalformed},
		{name: "newline before the declaration", text: "\n" + b, err: edxml.ErrMalformed},
		{name: "junk behind", text: b + "x", err: edxml.ErrMalformed},
		{name: "second root", text: b + "<a/>", err: edxml.ErrMalformed},
		{name: "attribute twice", text: from(`version="1.0">`, `version="1.0" version="2">`), err: edxml.ErrMalformed},
		{name: "prefix of an element undeclared", text: from("<edXML:Subject>", "<x:Subject>", "</edXML:Subject>", "</x:Subject>"), err: edxml.ErrMalformed},
		{name: "invalid UTF-8", text: from("Trích yếu", "Tr\xedch yếu"), err: edxml.ErrMalformed},
		{name: "invalid UTF-8 in content", text: from(pdfContent, "JV\xff\xfeBE"), err: edxml.ErrMalformed},
		{name: "a half character in content", text: from(pdfContent, "JVBE\xc3"), err: edxml.ErrMalformed},
		{name: "control character", text: from("Trích yếu", "Tr\x01ch"), err: edxml.ErrMalformed},
		{name: "control character in content", text: from(pdfContent, "JV\x00BE"), err: edxml.ErrMalformed},
		{name: "reference to a control character in content", text: from(pdfContent, "JV&#1;BE"), err: edxml.ErrMalformed},
		{name: "unknown charset", text: from(`encoding="UTF-8"`, `encoding="klingon"`), err: edxml.ErrMalformed},
		{name: "another charset than declared", text: from(`encoding="UTF-8"`, `encoding="UTF-16"`), err: edxml.ErrMalformed},
		{name: "document type", text: from("<edXML ", "<!DOCTYPE edXML>\n<edXML "), err: edxml.ErrDoctype},
		{name: "external entity", text: from("<edXML ", `<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]><edXML `, "Trích yếu", "&x;"), err: edxml.ErrDoctype},
		{name: "entity bomb", text: `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>`, err: edxml.ErrDoctype},
		{name: "entity nobody declared", text: from("Trích yếu", "&x;"), err: edxml.ErrMalformed},
		{name: "entity in content", text: from(pdfContent, "&x;"), err: edxml.ErrMalformed},
		{name: "declaration in content", text: from(pdfContent, "<!ENTITY x 'y'>"), err: edxml.ErrDoctype},
		{name: "no envelope", text: `<edXML xmlns="` + edxml.Namespace + `"/>`, err: edxml.ErrNotPackage},
		{name: "envelope of another namespace", text: from(`xmlns:edXML="`+edxml.Namespace, `xmlns:edXML="urn:other`), err: edxml.ErrNotPackage},
		{name: "envelope deeper", text: from("<edXML:edXMLEnvelope", `<a><edXML:edXMLEnvelope`, "</edXML:edXMLEnvelope>", "</edXML:edXMLEnvelope></a>"), err: edxml.ErrNotPackage},
		{name: "no header", text: strings.ReplaceAll(b, "edXMLHeader", "edXMLHead"), err: edxml.ErrNotPackage},
		{name: "no message header", text: strings.ReplaceAll(b, "MessageHeader", "Message"), err: edxml.ErrNotPackage},
		{name: "two envelopes", text: from("</edXML:edXMLEnvelope>", `</edXML:edXMLEnvelope><edXMLEnvelope/>`), err: edxml.ErrNotPackage},
		{name: "two headers", text: from("</edXML:edXMLHeader>", `</edXML:edXMLHeader><edXML:edXMLHeader><edXML:MessageHeader/></edXML:edXMLHeader>`), err: edxml.ErrNotPackage},
		{name: "two message headers", text: from("</edXML:MessageHeader>", `</edXML:MessageHeader><edXML:MessageHeader/>`), err: edxml.ErrNotPackage},
		{name: "HTML of a proxy", text: "<html><head><title>502 Bad Gateway</title></head><body><hr></body></html>", err: edxml.ErrMalformed},
		{name: "attachment without content", text: strings.Replace(b, `<edXML:ContentTransferEncoded xmlns:edXML="`+edxml.Namespace+`">`+pdfContent+"</edXML:ContentTransferEncoded>", "", 1), err: edxml.ErrAttachment},
		{name: "content twice", text: from("<edXML:ContentTransferEncoded", "<ContentTransferEncoded>QUJD</ContentTransferEncoded><edXML:ContentTransferEncoded"), err: edxml.ErrAttachment},
		{name: "element inside content", text: from(pdfContent, "QUJD<a/>"), err: edxml.ErrAttachment},
		{name: "neither name nor format", text: strings.ReplaceAll(strings.ReplaceAll(b, "<AttachmentName>cong-van.pdf</AttachmentName>", ""), "<edXML:AttachmentName>cong-van.pdf</edXML:AttachmentName>", ""), err: edxml.ErrAttachment},
	}
	for _, bad := range []string{"", "abc", " 1 ", "2.0", "0x1", "1e3", "99999999999", "+1", "--1", "-"} {
		list = append(list, mutation{name: "steering " + bad, text: from(steering, "<edXML:SteeringType>"+bad+"</edXML:SteeringType>"), err: edxml.ErrNumber})
	}
	for _, bad := range []string{"2026/1/5", " 2026/01/15 ", "2026/01/15 10:00:00", "2026/13/45", "2026/02/29", "15/01/2026", "2026-01-15", "20260115", "2026-01-15T00:00:00Z", "ngày 15", "2026/01/15x", "0000/01/01", "\uff12026/01/15"} {
		list = append(list,
			mutation{name: "date " + bad, text: from(issued, "<edXML:PromulgationDate>"+bad+"</edXML:PromulgationDate>"), err: edxml.ErrDate},
			mutation{name: "due date " + bad, text: from("2026/02/01", bad), err: edxml.ErrDate})
	}
	for _, bad := range []string{"2026/01/15", "2026/01/15 1:11:12", "2026/01/15 10:11", "2026/01/15 10:11:12.5", "2026/01/15 24:00:00", "2026/01/15  10:11:12", "2026-01-15 10:11:12", "15/01/2026 10:11:12", "1768446672"} {
		list = append(list, mutation{name: "time " + bad, text: from(hop, "<edXML:Timestamp>"+bad+"</edXML:Timestamp>"), err: edxml.ErrDate})
	}
	return list
}

// Other roots, prefixes, charsets and orders.
func formMutations(t testing.TB) []mutation {
	t.Helper()
	b := base(t)
	from := func(replacements ...string) string { return build(t, b, replacements...) }
	return []mutation{
		{name: "base", text: b},
		{name: "another prefix", text: strings.NewReplacer("edXML:", "e:", "xmlns:edXML", "xmlns:e").Replace(b), warns: []edxml.Code{edxml.PrefixOther}},
		{name: "no prefix", text: strings.NewReplacer("<edXML:", "<", "</edXML:", "</").Replace(b), warns: []edxml.Code{edxml.PrefixOther}},
		{name: "prefixed attachments", text: strings.NewReplacer("AttachmentEncoded", "edXML:AttachmentEncoded", "<Attachment>", "<edXML:Attachment>", "</Attachment>", "</edXML:Attachment>").Replace(from("<edXML xmlns=", `<edXML xmlns:edXML="`+edxml.Namespace+`" xmlns=`))},
		{name: "content without prefix", text: strings.ReplaceAll(b, "edXML:ContentTransferEncoded", "ContentTransferEncoded")},
		{name: "any root", text: strings.NewReplacer("<edXML xmlns", "<goi xmlns", "</edXML>", "</goi>").Replace(b), warns: []edxml.Code{edxml.RootOther}},
		{name: "root EdXML", text: strings.NewReplacer("<edXML xmlns", "<EdXML xmlns", "</edXML>", "</EdXML>").Replace(b), warns: []edxml.Code{edxml.RootOther}},
		{name: "root without namespace", text: from(`<edXML xmlns="`+edxml.Namespace+`"`, "<edXML")},
		{name: "envelope as root", text: envelopeAsRoot(t, b), warns: []edxml.Code{edxml.RootOther}},
		{name: "no declaration", text: from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n", "")},
		{name: "unknown elements and attributes", text: from("<edXML:Subject>", `<edXML:Mật>x<b/></edXML:Mật><edXML:Subject la="1">`), warns: []edxml.Code{edxml.ElementUnknown}},
		{name: "undeclared attribute prefix", text: from("<edXML:Reference>", `<edXML:Reference xlink:href="cid:att-1" xlink:type="simple">`), warns: []edxml.Code{edxml.PrefixUndeclared}},
		{name: "byte order mark", text: "\ufeff" + b, warns: []edxml.Code{edxml.ByteOrderMark}},
		{name: "UTF-16 little endian", text: encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), from("UTF-8", "UTF-16")), warns: []edxml.Code{edxml.CharsetOther}},
		{name: "UTF-16 big endian without mark", text: encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), from("UTF-8", "UTF-16")), warns: []edxml.Code{edxml.CharsetOther}},
		{name: "windows-1258", text: encoded(t, charmap.Windows1258, strings.Map(func(r rune) rune {
			if r > 0x7f {
				return 'â'
			}
			return r
		}, from("UTF-8", "windows-1258"))), warns: []edxml.Code{edxml.CharsetOther}, check: func(t *testing.T, p edxml.Result, _ *collected) {
			assert.Equal(t, "Hâ Nâi", p.Document.Place)
		}},
		{name: "CDATA", text: from("Trích yếu nội dung", "<![CDATA[Trích yếu]]> nội dung")},
		{name: "Manifest", text: strings.ReplaceAll(b, "edXMLManifest", "Manifest"), warns: []edxml.Code{edxml.AliasRead}},
		{name: "another namespace below", text: from("<edXML:Subject>", `<Subject xmlns="urn:x">`, "</edXML:Subject>", "</Subject>"), warns: []edxml.Code{edxml.PrefixOther, edxml.NamespaceOther}},
		{name: "text between elements", text: from("<edXML:Subject>", "rác<edXML:Subject>"), warns: []edxml.Code{edxml.TextMixed}},
		{name: "comments everywhere", text: from("<edXML ", "<!-- a --><edXML ", "<edXML:Subject>", "<!-- b --><edXML:Subject><!-- c -->", pdfContent, pdfContent[:8]+"<!-- <d> -->"+pdfContent[8:], "</AttachmentEncoded>", "<!-- e --></AttachmentEncoded>") + "<!-- f -->"},
		{name: "instructions", text: from("<edXML ", "<?a b?><edXML ", pdfContent, pdfContent[:8]+"<?c d?>"+pdfContent[8:])},
		{name: "attachments before the envelope", text: attachmentsFirst(t, b)},
	}
}

func encoded(t testing.TB, charset encoding.Encoding, text string) string {
	t.Helper()
	out, err := charset.NewEncoder().String(text)
	require.NoError(t, err)
	return out
}

func envelopeAsRoot(t testing.TB, b string) string {
	t.Helper()
	list := b[strings.Index(b, "<AttachmentEncoded>") : strings.Index(b, "</AttachmentEncoded>")+len("</AttachmentEncoded>")]
	b = build(t, b, list, "", "<edXML xmlns=\""+edxml.Namespace+"\">", "", "</edXML>", "", "</edXML:edXMLEnvelope>", list+"</edXML:edXMLEnvelope>")
	return strings.ReplaceAll(b, "edXML:edXMLEnvelope ", `edXML:edXMLEnvelope xmlns="`+edxml.Namespace+`" `)
}

func attachmentsFirst(t testing.TB, b string) string {
	t.Helper()
	list := b[strings.Index(b, "<AttachmentEncoded>") : strings.Index(b, "</AttachmentEncoded>")+len("</AttachmentEncoded>")]
	return build(t, b, list, "", "<edXML:edXMLEnvelope", list+"<edXML:edXMLEnvelope")
}

// What may be missing, doubled or misspelt in a header.
func headerMutations(t testing.TB) []mutation {
	t.Helper()
	b := base(t)
	from := func(replacements ...string) string { return build(t, b, replacements...) }
	without := func(from, to string) string {
		i := strings.Index(b, from)
		return b[:i] + b[i+strings.Index(b[i:], to)+len(to):]
	}
	document := func(check func(t *testing.T, d *edxml.Document)) func(*testing.T, edxml.Result, *collected) {
		return func(t *testing.T, p edxml.Result, _ *collected) { check(t, p.Document) }
	}
	return []mutation{
		{name: "no From", text: without("<edXML:From>", "</edXML:From>"), warns: []edxml.Code{edxml.SenderMissing}},
		{name: "no To", text: regexp.MustCompile(`(?s)<edXML:To>.*</edXML:To>`).ReplaceAllString(b, ""), warns: []edxml.Code{edxml.RecipientMissing}},
		{name: "empty To", text: from("<edXML:DocumentId>", "<edXML:To/><edXML:DocumentId>"), warns: []edxml.Code{edxml.RecipientEmpty}, check: document(func(t *testing.T, d *edxml.Document) { assert.Len(t, d.To, 3) })},
		{name: "To twice", text: from("X03</edXML:OrganId>", "X02</edXML:OrganId>"), warns: []edxml.Code{edxml.RecipientRepeated}, check: document(func(t *testing.T, d *edxml.Document) { assert.Len(t, d.To, 3) })},
		{name: "no DocumentId", text: without("<edXML:DocumentId>", "</edXML:DocumentId>"), warns: []edxml.Code{edxml.DocumentIDMissing}, check: document(func(t *testing.T, d *edxml.Document) { assert.Empty(t, d.DocumentID) })},
		{name: "Subject twice", text: from("<edXML:Content>", "<edXML:Subject>hai</edXML:Subject><edXML:Content>"), warns: []edxml.Code{edxml.ElementRepeated}, check: document(func(t *testing.T, d *edxml.Document) { assert.Equal(t, "hai", d.Subject) })},
		{name: "blanks around a subject", text: from("<edXML:Subject>", "<edXML:Subject>\r\n  "), warns: []edxml.Code{edxml.BlanksTrimmed}, check: document(func(t *testing.T, d *edxml.Document) { assert.True(t, strings.HasPrefix(d.Subject, "V/v")) })},
		{name: "blanks around a code of an agency", text: from("<edXML:OrganId>000.00.00.X01", "<edXML:OrganId> 000.00.00.X01\n"), check: document(func(t *testing.T, d *edxml.Document) { assert.Equal(t, "000.00.00.X01", d.From.Code) })},
		{name: "no type", text: without("<edXML:DocumentType>", "</edXML:DocumentType>"), check: document(func(t *testing.T, d *edxml.Document) { assert.Nil(t, d.Type); assert.Nil(t, d.TypeDetail) })},
		{name: "bad type", text: from("<edXML:Type>1<", "<edXML:Type>một<"), warns: []edxml.Code{edxml.NumberUnreadable}, check: document(func(t *testing.T, d *edxml.Document) { assert.Nil(t, d.Type) })},
		{name: "negative amount", text: from("<edXML:PageAmount>7<", "<edXML:PageAmount>-7<"), warns: []edxml.Code{edxml.NumberUnreadable}, check: document(func(t *testing.T, d *edxml.Document) { assert.Nil(t, d.Other.Pages) })},
		{name: "type 18", text: from("<edXML:Type>1<", "<edXML:Type>18<"), check: document(func(t *testing.T, d *edxml.Document) { assert.Equal(t, 18, *d.Type) })},
		{name: "priority 9", text: from("<edXML:Priority>2<", "<edXML:Priority>9<"), warns: []edxml.Code{edxml.ValueUnknown}},
		{name: "direction TRUE", text: from("<edXML:Direction>true<", "<edXML:Direction>TRUE<"), check: document(func(t *testing.T, d *edxml.Document) { assert.True(t, d.Other.Direction) })},
		{name: "direction 1", text: from("<edXML:Direction>true<", "<edXML:Direction>1<"), warns: []edxml.Code{edxml.ValueUnknown}, check: document(func(t *testing.T, d *edxml.Document) { assert.False(t, d.Other.Direction) })},
		{name: "no steering", text: from(steering, ""), check: document(func(t *testing.T, d *edxml.Document) { assert.Nil(t, d.Steering) })},
		{name: "negative steering", text: from(steering, "<edXML:SteeringType>-1</edXML:SteeringType>"), warns: []edxml.Code{edxml.NumberUnreadable}},
		{name: "empty due date", text: from("2026/02/01", ""), check: document(func(t *testing.T, d *edxml.Document) { assert.True(t, d.Due.IsZero()) })},
		{name: "act 9", text: from("<edXML:BussinessDocType>0<", "<edXML:BussinessDocType>9<"), warns: []edxml.Code{edxml.ValueUnknown}, check: document(func(t *testing.T, d *edxml.Document) { assert.EqualValues(t, "9", d.Trace.Act.Kind) })},
		{name: "old names", text: strings.NewReplacer("Bussiness", "Business", "OrganizationInCharge", "OrganInCharge").Replace(b), warns: slices.Repeat([]edxml.Code{edxml.AliasRead}, 4), check: document(func(t *testing.T, d *edxml.Document) {
			assert.Equal(t, "Cơ quan chủ quản 1", d.From.InCharge)
			assert.Equal(t, edxml.New, d.Trace.Act.Kind)
			assert.Equal(t, "Văn bản điện tử mới", d.Trace.Act.Reason)
		})},
		{name: "attributes of the trace", text: from("<edXML:TraceHeaderList>", `<edXML:TraceHeaderList id="7" version="1.0" mustUnderstand="1">`), check: document(func(t *testing.T, d *edxml.Document) {
			assert.Equal(t, []string{"7", "1.0"}, []string{d.Trace.ID, d.Trace.Version})
		})},
		{name: "trace headers first", text: from("<edXML:TraceHeaderList>", "<edXML:TraceHeaderList><edXML:TraceHeader><edXML:OrganId>A</edXML:OrganId></edXML:TraceHeader>"), check: document(func(t *testing.T, d *edxml.Document) { assert.Len(t, d.Trace.Hops, 2) })},
		{name: "places first", text: from("<edXML:From>", "<edXML:ToPlaces><edXML:Place>Một</edXML:Place></edXML:ToPlaces><edXML:From>"), warns: []edxml.Code{edxml.ElementRepeated}, check: document(func(t *testing.T, d *edxml.Document) {
			assert.Equal(t, []string{"Như trên", "Lưu: VT"}, d.ToPlaces)
		})},
		{name: "empty signature block", text: from("</edXML:edXMLHeader>", "<edXML:DigitalSignature /></edXML:edXMLHeader>"), warns: []edxml.Code{edxml.AliasRead}, check: func(t *testing.T, p edxml.Result, _ *collected) {
			assert.Nil(t, p.Signature)
			assert.Equal(t, edxml.NotSigned, p.Check.State)
		}},
		{name: "code in two parts", text: from("<edXML:Code>12/BC</edXML:Code>", "<edXML:Code><edXML:CodeNumber>12</edXML:CodeNumber><edXML:CodeNotation>BC</edXML:CodeNotation></edXML:Code>"), warns: []edxml.Code{edxml.AliasRead}, check: document(func(t *testing.T, d *edxml.Document) {
			assert.Equal(t, "12/BC", d.ResponseFor[0].Code)
		})},
	}
}

func TestL3_EveryDepartureFromTheFormIsRefusedOrTold(t *testing.T) {
	t.Parallel()
	for _, m := range mutations(t) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			var got collected
			p, err := edxml.Read(strings.NewReader(m.text), edxml.Options{}, got.sink)
			if m.err != nil {
				assert.ErrorIs(t, err, m.err)
				assert.Zero(t, p, "nothing is told of what was refused")
				return
			}
			require.NoError(t, err)
			if m.warns == nil {
				m.warns = []edxml.Code{}
			}
			assert.ElementsMatch(t, m.warns, codes(p))
			if m.check != nil {
				m.check(t, p, &got)
			}
		})
	}
}
