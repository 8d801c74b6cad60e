package edxml_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/text/unicode/norm"

	"congvan/server/protocol/edxml"
)

// with gives the base package with the first attachment under another name and
// type and with other bytes.
func with(t testing.TB, name, contentType string, content []byte) string {
	t.Helper()
	element := ""
	if contentType != "none" {
		element = "<ContentType>" + contentType + "</ContentType>"
	}
	text := strings.ReplaceAll(base(t), "AttachmentName>cong-van.pdf<", "AttachmentName>"+name+"<")
	return build(t, text, "<ContentType>application/pdf</ContentType>", element, pdfContent, base64.StdEncoding.EncodeToString(content))
}

func first(want []byte) func(*testing.T, edxml.Result, *collected) {
	return func(t *testing.T, _ edxml.Result, got *collected) {
		t.Helper()
		assert.Equal(t, string(want), string(got.contents[0]))
	}
}

// How a file travels, and what happens when it travels otherwise.
func attachmentMutations(t testing.TB) []mutation {
	t.Helper()
	pdf := []byte("%PDF-1.7 nội dung")
	wrapped := zipOf("1a5d3bd4-1c0b-4c8e-9a55-0f3c1f6b8d11.pdf", string(pdf))
	wrappedZip := zipOf("1a5d3bd4-1c0b-4c8e-9a55-0f3c1f6b8d11.ZIP", string(wrapped))
	office := zipOf("[Content_Types].xml", "<Types/>", "word/document.xml", "<w/>")
	two := zipOf("a.txt", "một", "b.txt", "hai")
	b := base(t)
	from := func(replacements ...string) string { return build(t, b, replacements...) }
	element := `<edXML:ContentTransferEncoded xmlns:edXML="` + edxml.Namespace + `">` + pdfContent + "</edXML:ContentTransferEncoded>"
	return []mutation{
		{name: "zipped", text: with(t, "a.pdf", "application/zip", wrapped), check: first(pdf)},
		{name: "zipped under any name", text: with(t, "a.pdf", "application/zip", zipOf("nội dung", string(pdf))), check: first(pdf)},
		{name: "without a type, zipped", text: with(t, "a.pdf", "none", wrapped), warns: []edxml.Code{edxml.TypeMissing}, check: first(pdf)},
		{name: "without a type, plain", text: with(t, "a.pdf", "none", pdf), warns: []edxml.Code{edxml.TypeMissing, edxml.ZipMissing}, check: first(pdf)},
		{name: "said to be zipped and plain", text: with(t, "a.pdf", "application/zip", pdf), warns: []edxml.Code{edxml.ZipMissing}, check: first(pdf)},
		{name: "said to be zipped and an office document", text: with(t, "a.docx", "application/zip", office), warns: []edxml.Code{edxml.ZipMissing}, check: first(office)},
		{name: "an office document in an archive", text: with(t, "a.docx", "application/zip", zipOf("x.docx", string(office))), check: first(office)},
		{name: "an honest other type", text: with(t, "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", office), check: first(office)},
		{name: "said to be plain and zipped", text: with(t, "a.pdf", "application/pdf", wrapped), warns: []edxml.Code{edxml.TypeWrong}, check: first(pdf)},
		{name: "type in capitals", text: with(t, "a.pdf", "APPLICATION/ZIP", wrapped), warns: []edxml.Code{edxml.TypeWrong}, check: first(pdf)},
		{name: "an archive", text: with(t, "a.zip", "application/zip", two), check: first(two)},
		{name: "an archive in capitals", text: with(t, "a.ZIP", "application/zip", two), warns: []edxml.Code{edxml.ZipKept}, check: first(two)},
		{name: "an archive in an archive", text: with(t, "a.ZIP", "application/zip", wrappedZip), check: first(wrapped)},
		{name: "two files in the archive", text: with(t, "a.txt", "application/zip", two), warns: []edxml.Code{edxml.ZipMoreEntries}, check: first([]byte("một"))},
		{name: "a folder in the archive", text: with(t, "a.txt", "application/zip", zipOf("thư mục/a.txt", "một")), warns: []edxml.Code{edxml.ZipEntryFolder}, check: first([]byte("một"))},
		{name: "a path in the archive", text: with(t, "a.txt", "application/zip", zipOf("../../../etc/cron.d/x", "một")), warns: []edxml.Code{edxml.ZipEntryFolder}, check: first([]byte("một"))},
		{name: "an entry for the folder itself", text: with(t, "a.txt", "application/zip", storedFolder(t, zipOf("a.txt", "một"))), warns: []edxml.Code{edxml.ZipEntryFolder}, check: first([]byte("một"))},
		{name: "an archive of nothing", text: with(t, "a.txt", "application/zip", zipOf()), warns: []edxml.Code{edxml.ContentEmpty}, check: first(nil)},
		{name: "an archive cut off", text: with(t, "a.pdf", "application/zip", wrapped[:60]), err: edxml.ErrAttachment},
		{name: "an archive without its directory", text: with(t, "a.pdf", "application/zip", wrapped[:len(wrapped)-110]), err: edxml.ErrAttachment},
		{name: "a wrong checksum", text: with(t, "a.pdf", "application/zip", broken(wrapped, "PK\x07\x08", 4)), err: edxml.ErrAttachment},
		{name: "a wrong length", text: with(t, "a.pdf", "application/zip", broken(wrapped, "PK\x07\x08", 12)), err: edxml.ErrAttachment},
		{name: "encrypted", text: with(t, "a.pdf", "application/zip", broken(wrapped, "PK\x03\x04", 6)), err: edxml.ErrAttachment},
		{name: "packed in another way", text: with(t, "a.pdf", "application/zip", broken(wrapped, "PK\x03\x04", 8)), err: edxml.ErrAttachment},
		{name: "no extension", text: with(t, "congvan", "application/zip", zipOf("x", "một")), check: func(t *testing.T, p edxml.Result, got *collected) {
			assert.Equal(t, "unk", p.Attachments[0].Format)
			assert.Equal(t, "một", string(got.contents[0]))
		}},
		{name: "no bytes", text: with(t, "a.pdf", "application/pdf", nil), warns: []edxml.Code{edxml.ContentEmpty}, check: first(nil)},
		{name: "element of nothing", text: from(element, "<ContentTransferEncoded/>"), warns: []edxml.Code{edxml.ContentEmpty}, check: first(nil)},
		{name: "element of nothing before its name", text: from(element, "", "<ContentId>cid:att-1</ContentId>", "<ContentTransferEncoded/><ContentId>cid:att-1</ContentId>"), warns: []edxml.Code{edxml.ContentEmpty}, check: first(nil)},
		{name: "content first", text: from(element, "", "<ContentId>cid:att-1</ContentId>", element+"<ContentId>cid:att-1</ContentId>"), check: func(t *testing.T, p edxml.Result, got *collected) {
			assert.Equal(t, "cong-van.pdf", got.attachments[0].Name, "the sink is told what it gets")
			assert.True(t, strings.HasPrefix(string(got.contents[0]), "%PDF-1.4"))
			assert.Equal(t, "phu-luc.xlsx", p.Attachments[1].Name, "the reading goes on behind")
		}},
		{name: "content first, another charset", text: encodedUTF16(t, from(element, "", "<ContentId>cid:att-1</ContentId>", element+"<ContentId>cid:att-1</ContentId>")), warns: []edxml.Code{edxml.CharsetOther}, check: func(t *testing.T, _ edxml.Result, got *collected) {
			assert.True(t, strings.HasPrefix(string(got.contents[0]), "%PDF-1.4"))
			assert.Len(t, got.contents[1], 3000)
		}},
		{name: "another name behind the content", text: from(element, element+"<AttachmentName>khac.txt</AttachmentName>"), warns: nil, err: edxml.ErrAttachment},
		{name: "format counts before the name", text: from("<ContentType>application/pdf</ContentType>", "<Format>zip</Format><ContentType>application/zip</ContentType>", pdfContent, base64.StdEncoding.EncodeToString(two)), check: first(two)},
		{name: "name only in the manifest", text: from("<AttachmentName>cong-van.pdf</AttachmentName>", ""), warns: []edxml.Code{edxml.NameMissing}, check: func(t *testing.T, p edxml.Result, _ *collected) {
			assert.Equal(t, "cong-van.pdf", p.Attachments[0].Name)
		}},
		{name: "name differs from the manifest", text: from("<AttachmentName>cong-van.pdf", "<AttachmentName>khac.pdf"), warns: []edxml.Code{edxml.NameDiffers}},
		{name: "name with a path", text: with(t, "../../x.pdf", "application/pdf", pdf), warns: []edxml.Code{edxml.NameUnsafe}, check: func(t *testing.T, p edxml.Result, _ *collected) {
			assert.Equal(t, "../../x.pdf", p.Attachments[0].Name, "as it was sent")
		}},
		{name: "name that turns direction", text: with(t, "a\u202efdp.exe", "application/pdf", pdf), warns: []edxml.Code{edxml.NameUnsafe}},
		{name: "name in decomposed letters", text: with(t, norm.NFD.String("Quyết định.pdf"), "application/pdf", pdf), check: func(t *testing.T, p edxml.Result, _ *collected) {
			assert.Equal(t, norm.NFD.String("Quyết định.pdf"), p.Attachments[0].Name, "as it was sent")
		}},
		{name: "name too long", text: with(t, strings.Repeat("ă", 300)+".pdf", "application/pdf", pdf), warns: []edxml.Code{edxml.NameUnsafe}},
		{name: "extension too long", text: with(t, "a."+strings.Repeat("x", 400), "application/pdf", pdf), warns: []edxml.Code{edxml.NameUnsafe}, check: first(pdf)},
		{name: "doubled cid", text: strings.ReplaceAll(b, "cid:att-1", "cid:cid:att-1"), warns: []edxml.Code{edxml.ContentIDDoubled, edxml.ContentIDDoubled}},
		{name: "cid on one side alone", text: from("<edXML:ContentId>cid:att-1", "<edXML:ContentId>att-1")},
		{name: "no identifier", text: from("<ContentId>cid:att-1</ContentId>", ""), warns: []edxml.Code{edxml.ContentIDMissing}},
		{name: "not in the manifest", text: from("<ContentId>cid:att-1", "<ContentId>cid:att-9"), warns: []edxml.Code{edxml.NotInManifest, edxml.AttachmentAbsent}},
		{name: "inside the envelope", text: insideTheEnvelope(t, b), warns: []edxml.Code{edxml.AttachmentsMisplaced}, check: func(t *testing.T, p edxml.Result, _ *collected) { assert.Len(t, p.Attachments, 2) }},
		{name: "two lists, the second empty", text: from("</edXML>", "<AttachmentEncoded/></edXML>"), warns: []edxml.Code{edxml.AttachmentsRepeated}, check: func(t *testing.T, p edxml.Result, _ *collected) { assert.Len(t, p.Attachments, 2) }},
		{name: "no list", text: before(b, "<AttachmentEncoded>") + "</edXML>", warns: []edxml.Code{edxml.AttachmentAbsent}},
		{name: "no manifest", text: before(b, "<edXML:edXMLBody>") + after(b, "</edXML:edXMLBody>"), warns: []edxml.Code{edxml.ManifestMissing}},
		{name: "unknown element", text: from("<ContentId>cid:att-1", "<Mật>x</Mật><ContentId>cid:att-1"), warns: []edxml.Code{edxml.ElementUnknown}},
		{name: "unknown list entry", text: from("<Attachment>", "<Khác><a/></Khác><Attachment>"), warns: []edxml.Code{edxml.ElementUnknown}},
	}
}

// base64 as programs write it.
func base64Mutations(t testing.TB) []mutation {
	t.Helper()
	pdf := []byte("%PDF-1.7 \xfb\xef\xbe\xff nội dung dài hơn một dòng của base64, để có chỗ ngắt")
	std := base64.StdEncoding.EncodeToString(pdf)
	coded := func(s string) string { return build(t, base(t), pdfContent, s) }
	folded := func(end string) string {
		var out strings.Builder
		for i := 0; i < len(std); i += 10 {
			out.WriteString(std[i:min(i+10, len(std))] + end)
		}
		return out.String()
	}
	return []mutation{
		{name: "folded", text: coded(folded("\r\n")), check: first(pdf)},
		{name: "folded with references", text: coded(folded("&#13;\n")), check: first(pdf)},
		{name: "folded with hexadecimal references", text: coded(folded("&#xD;\r\n")), check: first(pdf)},
		{name: "indented", text: coded("\n        " + std + "\n      "), check: first(pdf)},
		{name: "CDATA", text: coded("<![CDATA[" + std + "]]>"), check: first(pdf)},
		{name: "CDATA in pieces", text: coded("<![CDATA[" + std[:7] + "]]><![CDATA[" + std[7:9] + "]]>" + std[9:]), check: first(pdf)},
		{name: "alphabet for addresses", text: coded(base64.URLEncoding.EncodeToString(pdf)), warns: []edxml.Code{edxml.Base64URL}, check: first(pdf)},
		{name: "no padding", text: coded(strings.TrimRight(std, "=")), warns: []edxml.Code{edxml.Base64Padding}, check: first(pdf)},
		{name: "foreign characters", text: coded(std[:4] + "*ế" + std[4:]), warns: []edxml.Code{edxml.Base64Damaged}, check: first(pdf)},
		{name: "nothing but foreign characters", text: coded("!!!!"), warns: []edxml.Code{edxml.Base64Damaged, edxml.ContentEmpty}, check: first(nil)},
		{name: "goes on behind its end", text: coded(std + "QUJD"), warns: []edxml.Code{edxml.Base64Damaged}, check: first(pdf)},
		{name: "one character too many", text: coded("QUJDQ"), warns: []edxml.Code{edxml.Base64Damaged, edxml.Base64Padding}, check: first([]byte("ABC"))},
	}
}

func before(text, mark string) string { head, _, _ := strings.Cut(text, mark); return head }
func after(text, mark string) string  { _, tail, _ := strings.Cut(text, mark); return tail }

func broken(archive []byte, behind string, at int) []byte {
	out := bytes.Clone(archive)
	out[bytes.Index(archive, []byte(behind))+at] ^= 1
	return out
}
