package edxml_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"path"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"congvan/server/domain/org"
	"congvan/server/protocol/edxml"
)

// words are drawn so that every awkward thing meets every field.
func words(t *rapid.T, label string) string {
	s := rapid.OneOf(
		rapid.SampledFrom([]string{"", "Ủy ban nhân dân xã Đắk Lắk", norm.NFD.String("Quyết định số 15/QĐ-UBND về đường"), `<a href="x">&amp; 'b'</a>`,
			"]]>", "dòng một\ndòng hai\r\nba\rbốn", "a\tb  c", "\u202Eđảo", "=1+1", "😀 ký tự ngoài BMP", "../../etc/passwd", "NUL", "&#10;", "-1", "a\u00a0b\u2028c\ufeff"}),
		rapid.StringOfN(rapid.RuneFrom([]rune("aăâbcdđeêghiklmnoôơpqrstuưvxyÁỘữỹ <>&\"'/\\.,:;\r\n\t")), 0, 40, -1),
		rapid.String(),
	).Draw(t, label)
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Trim(s, " \t\r\n") // as the form has it
}

func day(t *rapid.T, label string) org.Day {
	if rapid.Bool().Draw(t, label+" set") {
		return org.DayOf(time.Unix(rapid.Int64Range(-2e9, 4e9).Draw(t, label), 0))
	}
	return org.Day{}
}

func moment(t *rapid.T, label string) time.Time {
	if rapid.Bool().Draw(t, label+" set") {
		return time.Unix(rapid.Int64Range(-2e9, 4e9).Draw(t, label), 0).In(org.Zone())
	}
	return time.Time{}
}

func count(t *rapid.T, label string) *int {
	if rapid.Bool().Draw(t, label+" set") {
		return new(rapid.IntRange(0, 999_999_999).Draw(t, label))
	}
	return nil
}

// several draws a list, nil when there is nothing in it.
func several[T any](t *rapid.T, label string, draw func(*rapid.T) T) (out []T) {
	for range rapid.IntRange(0, 3).Draw(t, label) {
		out = append(out, draw(t))
	}
	return out
}

func filledWords(t *rapid.T, label string) string {
	if s := words(t, label); s != "" {
		return s
	}
	return "x"
}

func agency(t *rapid.T) edxml.Agency {
	w := func(l string) string { return words(t, l) }
	return edxml.Agency{Code: filledWords(t, "code"), InCharge: w("in charge"), Name: w("name"), Address: w("address"), Email: w("email"), Telephone: w("tel"), Fax: w("fax"), Website: w("web")}
}

func staff(t *rapid.T) edxml.Staff {
	w := func(l string) string { return words(t, l) }
	return edxml.Staff{Unit: w("unit"), UnitID: w("unit id"), Name: filledWords(t, "staff"), ID: w("staff id"), Email: w("email"), Mobile: w("mobile")}
}

func earlier(t *rapid.T) edxml.Earlier {
	return edxml.Earlier{AgencyCode: filledWords(t, "agency"), Code: words(t, "code"), DocumentID: words(t, "id"), Issued: day(t, "issued")}
}

func document(t *rapid.T) *edxml.Document {
	w := func(l string) string { return words(t, l) }
	d := &edxml.Document{
		To: append([]edxml.Agency{agency(t)}, several(t, "to", agency)...), DocumentID: w("document id"), Number: w("number"), Symbol: w("symbol"),
		Place: w("place"), Issued: day(t, "issued"), Type: count(t, "type"), TypeDetail: count(t, "detail"), TypeName: w("type name"), Subject: w("subject"), Content: w("content"),
		Signer: edxml.Signatory{Competence: w("competence"), Position: w("position"), FullName: w("full name")}, Due: day(t, "due"),
		ResponseFor: several(t, "response", earlier), Steering: count(t, "steering"), ApplicationType: w("application"),
		ToPlaces: several(t, "places", func(t *rapid.T) string { return filledWords(t, "place") }),
		Executors: several(t, "executors", func(t *rapid.T) edxml.Executor {
			return edxml.Executor{AgencyCode: w("x"), Name: w("x name"), UnitID: w("x unit"), UnitName: w("x unit name"), Role: count(t, "role")}
		}),
	}
	if rapid.Bool().Draw(t, "from") {
		d.From = agency(t)
	}
	if rapid.Bool().Draw(t, "tasks") {
		d.ResponseForTask = append([]string{}, several(t, "task", func(t *rapid.T) string { return filledWords(t, "task") })...)
	}
	if rapid.Bool().Draw(t, "other") {
		d.Other = &edxml.OtherInfo{Priority: count(t, "priority"), Sphere: w("sphere"), TyperNotation: w("typer"), Copies: count(t, "copies"), Pages: count(t, "pages"),
			ReplyFors: w("reply"), Direction: rapid.Bool().Draw(t, "direction"), ReferenceCodes: w("codes"),
			Appendixes: several(t, "appendixes", func(t *rapid.T) string { return filledWords(t, "appendix") })}
	}
	if rapid.Bool().Draw(t, "trace") {
		d.Trace = trace(t)
	}
	return d
}

func trace(t *rapid.T) *edxml.Trace {
	w := func(l string) string { return words(t, l) }
	tr := &edxml.Trace{ID: w("id"), Version: w("version"), Paper: w("paper"), Hops: several(t, "hops", func(t *rapid.T) edxml.Hop {
		return edxml.Hop{AgencyCode: w("hop"), At: moment(t, "at")}
	})}
	if rapid.Bool().Draw(t, "act") {
		tr.Act = &edxml.Act{DocumentID: w("act document"), Kind: rapid.SampledFrom([]edxml.ActKind{edxml.New, edxml.Recall, edxml.Update, edxml.Replace}).Draw(t, "kind"),
			Reason: w("reason"), Paper: w("paper"), Staff: several(t, "staff", staff),
			Changes: several(t, "changes", func(t *rapid.T) edxml.Change {
				return edxml.Change{Document: w("d"), Recipients: w("r"), Receivers: several(t, "receivers", func(t *rapid.T) edxml.Receiver {
					return edxml.Receiver{AgencyCode: w("agency"), Type: w("type")}
				})}
			}),
			Replaced: several(t, "replaced", func(t *rapid.T) edxml.Replaced {
				return edxml.Replaced{DocumentID: w("replaced"), AgencyCodes: several(t, "at", func(t *rapid.T) string { return filledWords(t, "agency") })}
			})}
	}
	return tr
}

// files draws attachments of every way to travel, archives under wrong names included.
func files(t *rapid.T) (out []edxml.Enclosure, contents [][]byte) {
	archive := string(zipOf("a.txt", "trong gói"))
	office := string(zipOf("[Content_Types].xml", "<Types/>"))
	for i := range rapid.IntRange(0, 4).Draw(t, "files") {
		name := rapid.OneOf(rapid.Custom(func(t *rapid.T) string { return filledWords(t, "stem") }),
			rapid.SampledFrom([]string{"Công văn", "../../../x", `C:\a\b`, norm.NFD.String("Phụ lục số 1"), "a.b", "."})).Draw(t, "name") +
			rapid.SampledFrom([]string{"", ".pdf", ".PDF", ".doc", ".docx", ".xlsx", ".xls", ".txt", ".zip", ".ZIP", ".Zip", ".xml", ".tar.gz", ".p7m", ".đuôi"}).Draw(t, "extension")
		name = strings.Trim(name, " \t\r\n")
		content := rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 300),
			rapid.SampledFrom([][]byte{[]byte("%PDF-1.7\n"), []byte(archive), []byte(office), []byte("PK\x05\x06" + strings.Repeat("\x00", 18)), []byte("PK\x03\x04"), bytes.Repeat([]byte("Đ"), 70_000)})).Draw(t, "content")
		a := edxml.Attachment{Name: name, Description: words(t, "description"), FieldName: words(t, "field"), MimeType: words(t, "mime")}
		if rapid.Bool().Draw(t, "id") {
			a.ContentID = "cid:tệp-" + string(rune('a'+i))
		}
		out, contents = append(out, enclose(a, content)), append(contents, content)
	}
	return out, contents
}

func TestL3_WhatIsWrittenIsReadBackTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := edxml.Package{}
		var enclosed []edxml.Enclosure
		var contents [][]byte
		if rapid.Bool().Draw(t, "status") {
			p.Status = &edxml.Status{From: agency(t), ResponseFor: earlier(t), Staff: staff(t), Code: rapid.SampledFrom([]edxml.StatusCode{"01", "02", "03", "04", "05", "06", "13", "15", "16"}).Draw(t, "code"),
				Description: words(t, "description"), At: moment(t, "at")}
		} else {
			p.Document = document(t)
			enclosed, contents = files(t)
		}
		if rapid.Bool().Draw(t, "signature") {
			p.Signature = &edxml.Signature{Canonicalization: "a", Method: words(t, "method"), Value: words(t, "value"), SubjectName: words(t, "name"), Certificate: words(t, "certificate"),
				References: several(t, "references", func(t *rapid.T) edxml.SignedReference {
					return edxml.SignedReference{URI: words(t, "uri"), DigestMethod: words(t, "digest"), DigestValue: words(t, "value")}
				})}
		}
		var text bytes.Buffer
		if err := edxml.Write(&text, p, enclosed, nil); err != nil {
			t.Fatalf("write: %v", err)
		}
		var got collected
		// Byte by byte and without a way back: what we write needs none.
		back, err := edxml.Read(iotest.OneByteReader(bytes.NewReader(text.Bytes())), edxml.Options{}, got.sink)
		if err != nil {
			t.Fatalf("read: %v\n%s", err, text.Bytes())
		}
		same(t, p, back.Package)
		if len(back.Attachments) != len(enclosed) || len(back.Manifest.References) != len(enclosed) {
			t.Fatalf("%d attachments, %d announced, %d sent", len(back.Attachments), len(back.Manifest.References), len(enclosed))
		}
		for i, a := range back.Attachments {
			want := enclosed[i]
			if a.Name != want.Name || a.Description != want.Description || a.FieldName != want.FieldName || a.MimeType != want.MimeType {
				t.Fatalf("%+v was sent as %+v", a, want.Attachment)
			}
			if !bytes.Equal(got.contents[i], contents[i]) || a.SHA256 != sha256.Sum256(contents[i]) || a.Length != int64(len(contents[i])) {
				t.Fatalf("the content of %q changed: %q", a.Name, contents[i])
			}
			if want.ContentID != "" && edxml.ContentKey(a.ContentID) != edxml.ContentKey(want.ContentID) {
				t.Fatalf("%q became %q", want.ContentID, a.ContentID)
			}
			if ext := strings.ToLower(path.Ext(a.Name)); ext == ".pdf" && a.ContentType != "application/pdf" && !bytes.HasPrefix(contents[i], []byte("PK")) {
				t.Fatalf("%q travels as %q", a.Name, a.ContentType)
			}
		}
		for _, w := range back.Warnings {
			switch w.Code {
			case edxml.NameUnsafe, edxml.DocumentIDMissing, edxml.SenderMissing, edxml.RecipientRepeated, edxml.ValueUnknown, edxml.ContentEmpty,
				edxml.SignatureNamespace, edxml.SignatureUnverified:
			default:
				t.Fatalf("what we write ourselves is read leniently: %+v\n%s", w, text.Bytes())
			}
		}
	})
}

// same compares and says where two packages differ.
func same(t *rapid.T, want, got edxml.Package) {
	if assertEqual := diff(want, got); assertEqual != "" {
		t.Fatal(assertEqual)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"doc_new.edxml", "doc_new_attachment_kinds.edxml", "doc_revocation.edxml", "status_01.edxml", "status_13.edxml"} {
		f.Add([]byte(sample(f, name)))
	}
	f.Add([]byte(signed(f)))
	for _, m := range mutations(f) {
		if len(m.text) < 20_000 {
			f.Add([]byte(m.text))
		}
	}
	limits := edxml.Limits{TotalBytes: 1 << 20, StructureBytes: 256 << 10, FileBytes: 1 << 20, FilesBytes: 2 << 20}
	f.Fuzz(func(t *testing.T, text []byte) {
		var sum int64
		p, err := edxml.Read(bytes.NewReader(text), edxml.Options{Limits: limits, AllowSHA1: true}, func(_ edxml.Attachment, content io.Reader) error {
			n, err := io.Copy(io.Discard, content)
			if sum += n; sum > 2<<20+64<<10 {
				t.Fatalf("%d bytes came out", sum)
			}
			return err
		})
		if err != nil {
			return
		}
		var got collected
		if _, err := edxml.Read(bytes.NewReader(text), edxml.Options{Limits: limits}, got.sink); err != nil {
			t.Fatalf("the second reading is refused: %v", err)
		}
		// What was understood is written and read back to the same, where it can be written.
		var again bytes.Buffer
		if edxml.Write(&again, p.Package, nil, nil) != nil {
			return
		}
		back, err := edxml.Read(&again, edxml.Options{}, nil)
		if err != nil {
			t.Fatalf("what we write is refused: %v", err)
		}
		if d := diff(p.Package, back.Package); d != "" {
			t.Fatal(d)
		}
	})
}
