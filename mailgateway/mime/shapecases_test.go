package mime

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// shapeCases are the cases; each is written in every shape.
func shapeCases() map[string]func(s shape) made {
	c := map[string]func(s shape) made{}
	addFileCases(c)
	addTextCases(c)
	addDamageCases(c)
	addContainerCases(c)
	addWinmailCases(c)
	addSignedCases(c)
	return c
}

func (s shape) simple(files ...attachment) made {
	return made{text: s.mail(saySubject, sayText, files), subject: saySubject, body: "Quyết định số 15/QĐ-SNV", files: files}
}

func aPDF(name string) attachment { return attachment{name: name, data: pdf(ascii(name))} }

func addFileCases(c map[string]func(s shape) made) {
	c["pdf-as-octet-stream"] = func(s shape) made {
		f := aPDF("Quyết định 15.pdf")
		f.kind = octetStream
		return s.simple(f)
	}
	c["pdf-without-disposition"] = func(s shape) made {
		f := aPDF("Giấy mời họp.pdf")
		if f.kind, f.form = octetStream, "-"; s.name == "swiftmailer" || s.name == "roundcube" {
			f.kind = "application/x-pdf"
		}
		return s.simple(f)
	}
	c["pdf-inline"] = func(s shape) made {
		f := aPDF("Công văn hỏa tốc.pdf")
		f.form = "inline"
		return s.simple(f)
	}
	c["no-attachment"] = func(s shape) made { return s.simple() }
	c["seventy-attachments"] = func(s shape) made {
		var files []attachment
		for i := range 70 {
			files = append(files, aPDF(fmt.Sprintf("Phụ lục %02d.pdf", i+1)))
		}
		return s.simple(files...)
	}
	c["attached-message"] = func(s shape) made {
		f := aPDF("Thông báo.pdf")
		inner := s.mail("Thư chuyển tiếp", "Xem tệp kèm theo.\n", []attachment{f})
		m := s.simple()
		m.text = s.mail(saySubject, sayText, nil, "Content-Type: message/rfc822\nContent-Disposition: attachment\n\n"+strings.ReplaceAll(inner, s.boundary, s.boundary+"in"))
		m.files, m.messages = []attachment{f}, []string{"Thư chuyển tiếp"}
		return m
	}
	c["messages-three-deep"] = func(s shape) made {
		m := s.simple()
		inner := ""
		for n := 3; n >= 1; n-- {
			f := aPDF(fmt.Sprintf("Tầng %d.pdf", n))
			var parts []string
			if inner != "" {
				parts = append(parts, "Content-Type: message/rfc822\n\n"+inner)
			}
			subject := fmt.Sprintf("Tầng %d", n)
			inner = strings.ReplaceAll(s.mail(subject, "Xem.\n", []attachment{f}, parts...), s.boundary, fmt.Sprintf("%s%d-", s.boundary, n))
			m.files = append([]attachment{f}, m.files...)
			m.messages = append([]string{subject}, m.messages...)
		}
		m.text = s.mail(saySubject, sayText, nil, "Content-Type: message/rfc822\n\n"+inner)
		return m
	}
	c["old-formats"] = func(s shape) made {
		return s.simple(
			attachment{name: "Tờ trình.doc", kind: "application/msword", data: oleFile("WordDocument"), detected: "application/msword"},
			attachment{name: "Biểu mẫu.xls", kind: octetStream, data: oleFile("Workbook"), detected: "application/vnd.ms-excel"},
			attachment{name: "Phụ lục.rar", kind: octetStream, data: []byte("Rar!\x1a\x07\x01\x00 phụ lục"), detected: "application/vnd.rar"},
			attachment{name: "Phụ lục.7z", kind: "application/zip", data: []byte("7z\xbc\xaf\x27\x1c\x00\x04 phụ lục"), detected: "application/x-7z-compressed"})
	}
	c["edxml"] = func(s shape) made {
		return s.simple(attachment{name: "goi-tin.edxml", kind: "text/xml", detected: TypeEDXML,
			data: []byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"><edXML:edXMLEnvelope xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"/></edXML>\n")})
	}
	c["names-unsafe"] = func(s shape) made {
		m := s.simple(aPDF("../../etc/passwd.pdf"), aPDF("<b>Tờ trình</b>.pdf"), aPDF("CON.pdf"), aPDF(`C:\Users\vanthu\Tờ trình.pdf`), aPDF("15/QĐ-UBND.pdf"))
		m.warnings = []Code{NameUnsafe, NameUnsafe, NameUnsafe}
		m.files[0].name, m.files[1].name, m.files[2].name = "etc-passwd.pdf", "_b_Tờ trình_-b_.pdf", "_CON.pdf"
		m.files[3].name, m.files[4].name = "Tờ trình.pdf", "15-QĐ-UBND.pdf"
		return m
	}
	c["names-long"] = func(s shape) made {
		long := strings.Repeat("Quyết định ", 28) + ".pdf"
		m := s.simple(aPDF(long))
		m.warnings = []Code{NameUnsafe}
		m.files[0].name = SafeName(long)
		return m
	}
}

func addTextCases(c map[string]func(s shape) made) {
	c["windows-1258"] = func(s shape) made {
		f := aPDF("Công văn.pdf")
		text := "Content-Type: text/plain; charset=\"windows-1258\"\nContent-Transfer-Encoding: quoted-printable\n\n" + qp(cp1258(sayText))
		word := "=?windows-1258?B?" + strings.TrimSpace(b64At([]byte(cp1258("Công văn hỏa tốc")), 400)) + "?="
		top := strings.Replace(s.top(""), "Subject: =?utf-8?Q??=", "Subject: "+word, 1)
		return made{text: top + multi("mixed", s.boundary, text, s.file(attachment{name: s.can(f.name), data: f.data})), subject: "Công văn hỏa tốc", body: "Ủy ban nhân dân tỉnh", files: []attachment{f}}
	}
	c["unknown-charset"] = func(s shape) made {
		f := aPDF("Thông báo.pdf")
		raw := "C\xabng v\xa8n s\xe8 5"
		m := made{text: s.top(saySubject) + multi("mixed", s.boundary, "Content-Type: text/plain; charset=x-viet-tcvn\nContent-Transfer-Encoding: 8bit\n\n"+raw, s.file(attachment{name: s.can(f.name), data: f.data})), subject: saySubject}
		m.files = []attachment{{data: []byte(raw), detected: "*"}, f}
		m.warnings = []Code{CharsetUnknown}
		return m
	}
	// Both say that they are Western, as the programs of that time did.
	c["tcvn3"] = func(s shape) made {
		m := s.simple(aPDF("Thong bao.pdf"))
		m.text = s.top(saySubject) + multi("mixed", s.boundary, textAs("plain", "iso-8859-1", "8bit", "K\xddnh g\xf6i: \xf1y ban nh\xa9n d\xa9n t\xd8nh\nQuy\xd5t \xae\xdenh s\xe8 15, c\xabng v\xa8n \xae\xe3\n"), s.file(m.files[0]))
		m.body, m.warnings = "nh©n d©n", []Code{LegacyFont}
		return m
	}
	c["vni"] = func(s shape) made {
		m := s.simple(aPDF("Thong bao.pdf"))
		m.text = s.top(saySubject) + multi("mixed", s.boundary, textAs("plain", "windows-1252", "quoted-printable", "K\xednh g\xf6\xfbi: U\xfby ban nh\xe2n d\xe2n t\xe6nh\nQuye\xe1t \xf1\xf2nh so\xe1 15, co\xe2ng va\xeen\n"), s.file(m.files[0]))
		m.body, m.warnings = "Quyeát ñònh", []Code{LegacyFont}
		return m
	}
	c["nfd"] = func(s shape) made {
		f := aPDF("Nghị quyết.pdf")
		sent := f
		sent.name = norm.NFD.String(f.name)
		m := s.simple(f)
		if s.name == "oldsystem" { // it knows one form only
			m.text = s.mail(norm.NFD.String(saySubject), sayText, []attachment{f})
			return m
		}
		m.text = s.mail(norm.NFD.String(saySubject), norm.NFD.String(sayText), []attachment{sent})
		return m
	}
	c["html-only-with-logo"] = func(s shape) made {
		f, logo := aPDF("Kế hoạch.pdf"), attachment{name: "image001.png", kind: "image/png", cid: "image001.png@01DA", data: png, detected: "image/png", inline: true}
		html := textAs("html", "utf-8", "base64", "<p>"+sayText+"</p><p>Văn thư<br><img src=\"cid:image001.png@01DA\"></p><img src=\"http://tracker.example.test/x.gif\">")
		m := s.simple(logo, f)
		m.text = s.top(saySubject) + multi("mixed", s.boundary, multi("related", s.boundary+"rel", html, s.file(logo)), s.file(attachment{name: s.can(f.name), data: f.data}))
		m.body = ""
		return m
	}
}

func addDamageCases(c map[string]func(s shape) made) {
	padded := func(name string) attachment {
		f := aPDF(name)
		for len(f.data)%3 != 1 {
			f.data = append(f.data, '\n')
		}
		return f
	}
	c["base64-padding-missing"] = func(s shape) made {
		f := padded("Báo cáo.pdf")
		f.raw = strings.TrimRight(b64(f.data), "=\n") + "\n"
		m := s.simple(f)
		m.warnings = []Code{Base64Padding}
		return m
	}
	c["base64-cut"] = func(s shape) made {
		f := padded("Báo cáo.pdf")
		f.raw = b64(f.data)[:150] + "\n"
		f.data = f.data[:111]
		m := s.simple(f)
		m.warnings = []Code{Base64Damaged, Base64Padding}
		return m
	}
	c["base64-foreign-characters"] = func(s shape) made {
		f := padded("Báo cáo.pdf")
		text := b64(f.data)
		f.raw = text[:40] + "!*" + text[40:]
		m := s.simple(f)
		m.warnings = []Code{Base64Damaged}
		return m
	}
	c["base64-with-footer"] = func(s shape) made {
		f := padded("Báo cáo.pdf")
		f.raw = b64(f.data) + "\n_______________________________\nThis mail was scanned, it is free of viruses.\n"
		m := s.simple(f)
		m.warnings = []Code{Base64Padding}
		return m
	}
	c["quoted-printable-broken"] = func(s shape) made {
		f := aPDF("Báo cáo.pdf")
		m := s.simple(f)
		m.text = s.top(saySubject) + multi("mixed", s.boundary, "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nS=E1=BB=9F N=ZZ v=E1=BB=A5 =\nn=c4=83m\n",
			s.file(attachment{name: s.can(f.name), data: f.data}))
		m.body, m.warnings = "Sở N=ZZ vụ năm", []Code{QuotedDamaged}
		return m
	}
	c["not-closed"] = func(s shape) made {
		m := s.simple(aPDF("Kế hoạch.pdf"))
		m.text = strings.TrimSuffix(m.text, "--"+s.boundary+"--\n")
		m.warnings = []Code{EndBoundaryMissing}
		return m
	}
	c["boundary-lost"] = func(s shape) made {
		m := s.simple(aPDF("Kế hoạch.pdf"))
		m.text = strings.Replace(m.text, "boundary=\""+s.boundary+"\"", "boundary=\"rewritten-by-a-relay\"", 1)
		m.warnings = []Code{BoundaryGuessed}
		return m
	}
	c["stray-lines"] = func(s shape) made {
		m := s.simple(aPDF("Kế hoạch.pdf"))
		m.text = "Received: by mx.example.test\nX-Scan result without a colon\n" + m.text + "\nThis mail is confidential.\n"
		m.warnings = []Code{HeaderMalformed}
		return m
	}
}

func addContainerCases(c map[string]func(s shape) made) {
	c["zip"] = func(s shape) made {
		archive := zipped([2]string{"Hồ sơ/Tờ trình.pdf", string(pdf("1"))}, [2]string{"Hồ sơ/Dự thảo.pdf", string(pdf("2"))}, [2]string{"__MACOSX/._x", "junk"})
		m := s.simple(attachment{name: "Hồ sơ.zip", kind: "application/zip", data: archive})
		m.files = []attachment{{name: "Tờ trình.pdf", data: pdf("1")}, {name: "Dự thảo.pdf", data: pdf("2")}, {name: "_x", data: []byte("junk"), detected: "*", inline: true}}
		return m
	}
	c["zip-names-of-windows"] = func(s shape) made {
		archive := zipped([2]string{cp1258("Tờ trình.pdf"), string(pdf("1"))}, [2]string{`thu muc\..\Du thao.pdf`, string(pdf("2"))})
		m := s.simple(attachment{name: "Hồ sơ.zip", kind: octetStream, data: archive})
		m.files = []attachment{{name: "Tờ trình.pdf", data: pdf("1")}, {name: "Du thao.pdf", data: pdf("2")}}
		m.warnings = []Code{NameUnsafe}
		return m
	}
	c["zip-in-zip"] = func(s shape) made {
		inner := zipped([2]string{"c.pdf", string(pdf("c"))}, [2]string{"thu.eml", crlfed(s.mail("Trong kho", "x\n", []attachment{aPDF("d.pdf")}))})
		m := s.simple(attachment{name: "Hồ sơ.zip", kind: "application/x-zip-compressed", data: zipped([2]string{"a.pdf", string(pdf("a"))}, [2]string{"trong.zip", string(inner)})})
		m.files = []attachment{{name: "a.pdf", data: pdf("a")}, {name: "c.pdf", data: pdf("c")}, aPDF("d.pdf")}
		m.messages = []string{"Trong kho"}
		return m
	}
	c["zip-encrypted"] = func(s shape) made {
		m := s.simple(attachment{name: "Mật.zip", kind: "application/zip", data: locked("a.pdf", "xxxxxxxx"), detected: typeZip})
		m.warnings = []Code{Encrypted}
		return m
	}
	c["zip-bomb"] = func(s shape) made {
		m := s.simple(attachment{name: "Hồ sơ.zip", kind: "application/zip", data: bomb(), detected: typeZip})
		m.warnings = []Code{ContainerLimit}
		return m
	}
	c["docx"] = func(s shape) made {
		docx := zipped([2]string{"docProps/app.xml", "<x/>"}, [2]string{"[Content_Types].xml", "<x/>"}, [2]string{"word/document.xml", "<x/>"})
		return s.simple(attachment{name: "Dự thảo.docx", kind: octetStream, data: docx, detected: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"})
	}
}

func addWinmailCases(c map[string]func(s shape) made) {
	wrapped := func(s shape, w winmail, kind string, files ...attachment) made {
		m := s.simple(attachment{name: "winmail.dat", kind: kind, data: w.bytes()})
		m.files = files
		return m
	}
	c["winmail"] = func(s shape) made {
		f := aPDF("Quyết định số 15 về việc thành lập.pdf")
		return wrapped(s, winmail{subject: "x", text: "chữ", files: []winmailPart{{name: f.name, data: f.data}}}, typeTNEF, f)
	}
	c["winmail-as-octet-stream"] = func(s shape) made {
		f, logo := aPDF("Kế hoạch.pdf"), attachment{name: "logo.png", data: png, detected: "image/png", inline: true}
		w := winmail{subject: "x", html: []byte("<p>x</p>"), page: 1252, noLongNames: true,
			files: []winmailPart{{name: "logo.png", data: png, cid: "logo@x", hidden: true}, {name: ascii(f.name), data: f.data}}}
		f.name = ascii(f.name)
		return wrapped(s, w, octetStream, logo, f)
	}
	c["winmail-message-three-deep"] = func(s shape) made {
		var w *winmail
		var files []attachment
		var subjects []string
		for n := 3; n >= 1; n-- {
			f := aPDF(fmt.Sprintf("Tầng %d.pdf", n))
			next := &winmail{subject: fmt.Sprintf("Tầng %d", n), text: "chữ", from: [2]string{"Phòng Tổ chức", "phong@example.test"}, files: []winmailPart{{name: f.name, data: f.data}}}
			if w != nil {
				next.files = append(next.files, winmailPart{name: "Thư chuyển tiếp", message: w})
			}
			w, files, subjects = next, append([]attachment{f}, files...), append([]string{next.subject}, subjects...)
		}
		m := wrapped(s, winmail{subject: "x", files: []winmailPart{{name: "Thư", message: w}}}, typeTNEF, files...)
		m.messages = subjects
		return m
	}
	c["winmail-eml-three-deep"] = func(s shape) made {
		inner := shapeCases()["messages-three-deep"](s)
		m := wrapped(s, winmail{subject: "x", files: []winmailPart{{name: "Thư.eml", kind: "message/rfc822", data: []byte(crlfed(inner.text))}}}, typeTNEF, inner.files...)
		m.messages = append([]string{saySubject}, inner.messages...)
		return m
	}
	c["winmail-cut"] = func(s shape) made {
		f := aPDF("Quyết định.pdf")
		whole := winmail{subject: "x", files: []winmailPart{{name: f.name, data: f.data}}}.bytes()
		m := s.simple(attachment{name: "winmail.dat", kind: typeTNEF, data: whole[:len(whole)-40]})
		m.files = []attachment{f}
		m.warnings = []Code{ContainerDamaged}
		return m
	}
}

func addSignedCases(c map[string]func(s shape) made) {
	const p7m = "application/pkcs7-mime; smime-type=signed-data"
	c["smime-opaque"] = func(s shape) made {
		inner := crlfed(multi("mixed", "in"+s.boundary, s.text(s.can(sayText)), s.file(attachment{name: s.can("Công văn.pdf"), data: pdf("Cong van.pdf")})))
		signed := aSigner().sign([]byte(inner), false)
		if s.name != "outlook" && s.name != "exchange" {
			signed = aSigner().signStreamed([]byte(inner))
		}
		m := s.simple()
		m.text = s.top(saySubject) + attach(attachment{kind: p7m, data: signed}, "; name=smime.p7m", "; filename=smime.p7m", 76)
		m.files, m.signed = []attachment{aPDF("Công văn.pdf")}, SignatureValid
		m.files[0].data = pdf("Cong van.pdf")
		return m
	}
	c["smime-clear"] = func(s shape) made { return clearSigned(s, false) }
	c["smime-changed"] = func(s shape) made { return clearSigned(s, true) }
	c["smime-encrypted"] = func(s shape) made {
		data := enveloped([]byte(crlfed(textPart("bí mật\n"))))
		m := made{text: s.top(saySubject) + attach(attachment{kind: "application/pkcs7-mime; smime-type=enveloped-data", data: data}, "; name=smime.p7m", "; filename=smime.p7m", 76), subject: saySubject}
		m.files, m.warnings = []attachment{{name: "smime.p7m", data: data, detected: typeCMS}}, []Code{Encrypted}
		return m
	}
	c["file-signed-as-p7m"] = func(s shape) made {
		f := aPDF("Tờ trình.pdf")
		m := s.simple(attachment{name: "Tờ trình.pdf.p7m", kind: "application/pkcs7-mime", data: aSigner().sign(f.data, false)})
		m.files, m.signed = []attachment{f}, SignatureValid
		return m
	}
}

func clearSigned(s shape, changed bool) made {
	f := aPDF("Công văn.pdf")
	inner := multi("mixed", "in"+s.boundary, s.text(s.can(sayText)), s.file(attachment{name: s.can(f.name), data: f.data}))
	seal := aSigner().sign([]byte(strings.TrimSuffix(crlfed(inner), "\r\n")), true)
	m := s.simple()
	if m.files, m.signed = []attachment{f}, SignatureValid; changed {
		inner = strings.Replace(inner, "Content-Type", "Content-type", 1)
		m.signed, m.warnings = SignatureInvalid, []Code{SignatureBroken}
	}
	p7s := attachment{name: "smime.p7s", kind: "application/pkcs7-signature", data: seal, detected: typeSeal, inline: true}
	m.text = s.top(saySubject) + multi("signed; protocol=\"application/pkcs7-signature\"; micalg=sha1", s.boundary, inner, attach(p7s, "; name=smime.p7s", "; filename=smime.p7s", 76))
	m.files = append(m.files, p7s)
	return m
}

// oleFile is an old Office file: its directory names the stream that says its kind.
func oleFile(stream string) []byte {
	data := make([]byte, 40<<10)
	copy(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	data[24], data[26], data[28], data[29], data[30], data[32] = 0x3e, 3, 0xfe, 0xff, 9, 6
	data[48] = 70 // the sector of the directory
	copy(data[512*71+128:], utf16le(stream))
	return data
}

// bomb is a small archive of something big.
var bomb = sync.OnceValue(func() []byte {
	return zipped([2]string{"zeros.pdf", strings.Repeat("\x00", 40<<20)})
})
