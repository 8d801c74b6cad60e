package mime

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// The corpus is written here, message by message, in the shapes of the
// programs that send mail to agencies; the .eml files in testdata are what
// these functions give, and the .json files beside them what must come out.

func crlfed(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func pdf(title string) []byte {
	return []byte("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n" +
		"3 0 obj\n<</Title(" + title + ")>>\nendobj\nxref\n0 4\n0000000000 65535 f \n0000000015 00000 n \n0000000060 00000 n \n0000000105 00000 n \n" +
		"trailer\n<</Size 4/Root 1 0 R/Info 3 0 R>>\nstartxref\n140\n%%EOF\n")
}

var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")

func b64(data []byte) string { return b64At(data, 76) }

func b64At(data []byte, width int) string {
	text := base64.StdEncoding.EncodeToString(data)
	var out strings.Builder
	for len(text) > width {
		out.WriteString(text[:width] + "\n")
		text = text[width:]
	}
	return out.String() + text + "\n"
}

func qp(s string) string {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	w.Write([]byte(s))
	w.Close()
	return strings.ReplaceAll(out.String(), "\r\n", "\n")
}

func encode(e interface{ Bytes([]byte) ([]byte, error) }, s string) string {
	b, err := e.Bytes([]byte(s))
	if err != nil {
		panic(err)
	}
	return string(b)
}

// cp1258 writes Vietnamese as the code page does: base letter, then its tone.
func cp1258(s string) string {
	var out strings.Builder
	for _, r := range s {
		if b, err := charmap.Windows1258.NewEncoder().String(string(r)); err == nil {
			out.WriteString(b)
			continue
		}
		d := []rune(norm.NFD.String(string(r)))
		tone := d[len(d)-1]
		base := norm.NFC.String(string(d[:len(d)-1]))
		if len(d) > 2 && strings.ContainsRune("\u0302\u0306\u031b", tone) { // the tone stands before the hook of the letter
			tone, base = d[1], norm.NFC.String(string([]rune{d[0], d[2]}))
		}
		out.WriteString(encode(charmap.Windows1258.NewEncoder(), base+string(tone)))
	}
	return out.String()
}

const (
	fromLine = "From: =?UTF-8?B?VsSDbiB0aMawIFPhu58gTuG7mWkgduG7pQ==?= <vanthu.snv@example.test>\nTo: vanthu@agency.example.test\n"
	dateLine = "Date: Thu, 05 Mar 2026 08:15:00 +0700\nMessage-ID: <%s@example.test>\nMIME-Version: 1.0\n"
	greeting = "Kính gửi: Ủy ban nhân dân tỉnh\nTrân trọng gửi kèm Quyết định số 15/QĐ-SNV.\n"
)

func head(id, subject string) string {
	return fromLine + "Subject: " + subject + "\n" + fmt.Sprintf(dateLine, id)
}

func multi(kind, boundary string, parts ...string) string {
	var b strings.Builder
	b.WriteString("Content-Type: multipart/" + kind + "; boundary=\"" + boundary + "\"\n\n")
	for _, p := range parts {
		b.WriteString("--" + boundary + "\n" + p)
		if !strings.HasSuffix(p, "\n") {
			b.WriteString("\n")
		}
	}
	b.WriteString("--" + boundary + "--\n")
	return b.String()
}

func textPart(s string) string {
	return "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n\n" + qp(s)
}

func htmlPart(s string) string {
	return "Content-Type: text/html; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n\n" + qp(s)
}

// file is an attachment; header lines beyond the type come as they are.
func file(kind, more string, data []byte) string {
	if more != "" {
		more += "\n"
	}
	return "Content-Type: " + kind + "\nContent-Transfer-Encoding: base64\n" + more + "\n" + b64(data)
}

func attached(name string, data []byte) string {
	return file("application/pdf; name=\""+name+"\"", "Content-Disposition: attachment; filename=\""+name+"\"", data)
}

// corpus gives the messages by name; the part before the first dash is the
// program whose shape it has.
func corpus() map[string]string {
	c := map[string]string{}
	addProducers(c)
	addNames(c)
	addCharsets(c)
	addTransfer(c)
	addStructure(c)
	addNested(c)
	addContainers(c)
	for name, text := range c {
		c[name] = crlfed(text)
	}
	addExact(c)
	return c
}

func addProducers(c map[string]string) {
	c["thunderbird-plain-attachment"] = head("tb1", "=?UTF-8?Q?Quy=E1=BA=BFt_=C4=91=E1=BB=8Bnh_15/Q=C4=90-SNV?=") +
		"User-Agent: Mozilla Thunderbird\nContent-Language: vi\n" + multi("mixed", "------------nM4J0Xb1", textPart(greeting),
		file(`application/pdf; name="=?UTF-8?B?UXV54bq/dCDEkeG7i25oIDE1LnBkZg==?="`,
			"Content-Disposition: attachment;\n filename*0*=UTF-8''%51%75%79%E1%BA%BF%74%20%C4%91%E1%BB%8B%6E%68;\n filename*1*=%20%31%35%2E%70%64%66", pdf("tb")))
	c["gmail-alternative-attachment"] = head("gm1", "=?UTF-8?B?Q8O0bmcgdsSDbiB24buBIHZp4buHYyDEkcO0biDEkeG7kWM=?=") + multi("mixed", "000000000000a1b2c306",
		multi("alternative", "000000000000a1b2c304", textPart(greeting), htmlPart("<div dir=\"ltr\">"+greeting+"</div>")),
		file(`application/pdf; name="Cong van 27.pdf"`, "Content-Disposition: attachment; filename=\"Cong van 27.pdf\"\nContent-ID: <f_m5x1>\nX-Attachment-Id: f_m5x1", pdf("gm")))
	c["outlook-related-logo"] = head("ol1", "=?utf-8?B?QsOhbyBjw6FvIHF1w70gSQ==?=") + "X-Mailer: Microsoft Outlook 16.0\nThread-Index: AdqXYZ==\n" + multi("mixed", "----=_NextPart_000_0001",
		multi("related", "----=_NextPart_001_0002",
			multi("alternative", "----=_NextPart_002_0003", textPart("Báo cáo quý I.\n"), htmlPart(`<p>Báo cáo quý I.</p><img src="cid:image001.png@01DA1234.56789AB0">`)),
			file(`image/png; name="image001.png"`, "Content-ID: <image001.png@01DA1234.56789AB0>\nContent-Description: image001.png", png)),
		attached("Bao cao quy I.pdf", pdf("ol")))
	c["outlook-related-unreferenced"] = head("ol2", "anh") + multi("related", "b1", htmlPart("<p>không có ảnh trong bài</p>"),
		file(`image/png; name="scan.png"`, "Content-ID: <scan@x>\nContent-Disposition: inline; filename=\"scan.png\"", png))
	c["outlook-logo-as-attachment"] = head("ol3", "logo") + multi("related", "b1", htmlPart(`<img src="cid:logo%40so">`),
		file(`image/png; name="logo.png"`, "Content-ID: <logo@so>\nContent-Disposition: attachment; filename=\"logo.png\"", png))
	c["zimbra-octet-stream"] = head("zm1", "=?utf-8?Q?Gi=E1=BA=A5y_m=E1=BB=9Di?=") + "X-Mailer: Zimbra 8.8.15_GA_4173 (ZimbraWebClient)\nX-Originating-IP: [10.0.0.7]\n" + multi("mixed", "----=_Part_1_2.3",
		multi("alternative", "----=_Part_4_5.6", textPart(greeting), htmlPart("<html><body>"+greeting+"</body></html>")),
		file(`application/octet-stream; name="=?utf-8?Q?Gi=E1=BA=A5y_m=E1=BB=9Di.pdf?="`, "Content-Disposition: attachment;\n filename=\"=?utf-8?Q?Gi=E1=BA=A5y_m=E1=BB=9Di.pdf?=\"", pdf("zm")))
	c["roundcube-format-flowed"] = head("rc1", "=?UTF-8?Q?V/v_g=C3=B3p_=C3=BD_d=E1=BB=B1_th=E1=BA=A3o?=") + "User-Agent: Roundcube Webmail/1.6.5\nX-Sender: a@example.test\n" + multi("mixed", "=_8f3c",
		"Content-Transfer-Encoding: 8bit\nContent-Type: text/plain; charset=UTF-8;\n format=flowed\n\n"+greeting,
		file("application/pdf;\n name=\"Du thao.pdf\"", "Content-Disposition: attachment;\n filename=\"Du thao.pdf\";\n size=317", pdf("rc")))
	c["applemail-text-file-text"] = head("am1", "anh va van ban") + "X-Mailer: Apple Mail (2.3774)\n" + multi("mixed", "Apple-Mail=_1", textPart("Đoạn một.\n"),
		file(`application/pdf; name=a.pdf; x-unix-mode=0644`, "Content-Disposition: inline; filename=a.pdf", pdf("am")), textPart("Đoạn hai.\n"))
	c["iphone-inline-photo"] = head("ip1", "Gui tu iPhone") + "X-Mailer: iPhone Mail (21E219)\n" + multi("mixed", "Apple-Mail-1", textPart("\n"),
		file("image/png; name=\"IMG_0001.png\"; x-apple-part-url=\"A1\"", "Content-Disposition: inline; filename=IMG_0001.png", png), textPart("\nGửi từ iPhone của tôi\n"))
	c["scanner-no-text"] = "From: scanner@agency.example.test\nTo: vanthu@agency.example.test\nSubject: Message from KM_C368\n" + fmt.Sprintf(dateLine, "sc1") + "X-Mailer: KONICA MINOLTA bizhub C368\n" +
		multi("mixed", "KONICA_MINOLTA_Internet_Fax_Boundary", file("application/octet-stream; name=\"SKM_C36826030508150.pdf\"", "Content-Disposition: attachment; filename=\"SKM_C36826030508150.pdf\"", pdf("sc")))
	c["scanner-pdf-is-the-message"] = "From: copier@agency.example.test\nTo: vanthu@agency.example.test\nSubject: Scan\n" + fmt.Sprintf(dateLine, "sc2") +
		"Content-Type: application/pdf; name=\"DOC001.PDF\"\nContent-Transfer-Encoding: base64\n\n" + b64(pdf("sc2"))
	c["scanner-junk-before-pdf"] = head("sc3", "scan") + multi("mixed", "b", file("application/octet-stream; name=\"a.pdf\"", "", append([]byte("\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n"), pdf("junk")...)))
	c["scanner-no-disposition"] = head("sc4", "scan") + multi("mixed", "b", file("application/octet-stream", "", pdf("nameless")))
	c["phpmailer-pdf-as-text"] = head("pm1", "sai kieu") + "X-Mailer: PHPMailer 5.2\n" + multi("mixed", "b1_8d", textPart(greeting), file("text/plain", "", pdf("text")))
	c["any-no-attachment"] = head("na1", "=?UTF-8?Q?Tr=E1=BA=A3_l=E1=BB=9Di?=") + "In-Reply-To: <a@b>\nReferences: <x@y> <a@b>\n" + textPart("Đã nhận.\n")
	c["any-html-only"] = head("ho1", "html") + "Content-Type: text/html\n\n<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>Ủy ban</body></html>\n"
	var seventy []string
	for i := range 70 {
		seventy = append(seventy, attached(fmt.Sprintf("Phu luc %02d.pdf", i+1), pdf(fmt.Sprint(i))))
	}
	c["any-seventy-attachments"] = head("se1", "70 phu luc") + multi("mixed", "b", append([]string{textPart(greeting)}, seventy...)...)
}

func addNames(c map[string]string) {
	named := func(param string) string {
		return head("nm", "ten tep") + multi("mixed", "b", textPart("x\n"), file("application/pdf", "Content-Disposition: attachment; "+param, pdf("n")))
	}
	c["names-rfc2231-charset"] = named("filename*=windows-1258''C%F4ng%20v%E3n.pdf")
	c["names-rfc2231-plain-pieces"] = named("filename*0=\"Cong van so \"; filename*1=\"27-SNV.pdf\"")
	c["names-rfc2231-wrong-order"] = named("filename*1*=%20thu.pdf; filename*0*=UTF-8''V%C4%83n")
	c["names-both-forms"] = named("filename=\"Cong van.pdf\"; filename*=UTF-8''C%C3%B4ng%20v%C4%83n.pdf")
	c["names-word-in-quotes-folded"] = named("filename=\"=?UTF-8?B?Q8O0bmcgdsSDbiA=?=\n =?UTF-8?B?c+G7kSAxLnBkZg==?=\"")
	c["names-word-cut-in-a-character"] = named("filename=\"=?UTF-8?B?Q8O0bmcgdsQ=?= =?UTF-8?B?g24ucGRm?=\"")
	c["names-word-cut-off"] = named("filename=\"=?UTF-8?B?Q8O0bmcgdsSDbg\"")
	c["names-raw-utf8"] = named("filename=\"Công văn số 5.pdf\"")
	c["names-raw-windows-1258"] = named("filename=\"" + cp1258("Công văn số 5.pdf") + "\"")
	c["names-nfd"] = named("filename=\"" + norm.NFD.String("Quyết định.pdf") + "\"")
	c["names-traversal"] = named("filename=\"../../etc/passwd\"")
	c["names-windows-path"] = named("filename=\"C:\\Users\\vanthu\\Desktop\\To trinh.pdf\"")
	c["names-document-number"] = named("filename=\"15/QĐ-UBND.pdf\"")
	c["names-control-and-rtl"] = named("filename*=UTF-8''bao%00cao%0D%0A%E2%80%AEfdp.exe")
	c["names-300-characters"] = named("filename=\"" + strings.Repeat("Quyết định ", 28) + ".pdf\"")
	c["names-html"] = named("filename=\"<img src=x onerror=alert(1)>.pdf\"")
	c["names-device"] = named("filename=\"CON.pdf\"")
	c["names-unquoted-blanks"] = named("filename=Cong van so 12.pdf")
	c["names-only-dots"] = named("filename=\"...\"")
	c["names-no-semicolon"] = head("nm2", "ten tep") + multi("mixed", "b", file("application/pdf name=\"Thieu dau.pdf\"", "", pdf("n")))
}

func addCharsets(c map[string]string) {
	plainBody := func(charset, body string) string {
		return head("cs", "bang ma") + "Content-Type: text/plain" + charset + "\nContent-Transfer-Encoding: 8bit\n\n" + body + "\n"
	}
	c["charset-windows-1258"] = plainBody("; charset=windows-1258", cp1258("Ủy ban nhân dân tỉnh Trà Vinh, ngày 05 tháng 3"))
	c["charset-cp1258-alias"] = plainBody("; charset=\"CP1258\"", cp1258("Sở Nội vụ"))
	c["charset-unknown"] = plainBody("; charset=x-viet-tcvn", "Céng v¨n"[:0]+"C\xabng v\xa8n s\xe8 5")
	c["charset-missing-utf8"] = plainBody("", "Sở Tư pháp")
	c["charset-missing-8bit"] = plainBody("", cp1258("Sở Tư pháp"))
	c["charset-wrong-utf8"] = plainBody("; charset=utf-8", "S\xff\xfe Tu phap")
	c["charset-iso-2022-jp"] = plainBody("; charset=iso-2022-jp", encode(japanese.ISO2022JP.NewEncoder(), "公文書"))
	c["charset-ascii-with-8bit"] = plainBody("; charset=us-ascii", "Sở Y tế")
	c["charset-subject-windows-1258"] = fromLine + "Subject: =?windows-1258?Q?C=F4ng_v=E3n?=\n" + fmt.Sprintf(dateLine, "cs2") + textPart("x\n")
	c["charset-subject-raw"] = fromLine + "Subject: " + cp1258("Công văn hỏa tốc") + "\n" + fmt.Sprintf(dateLine, "cs3") + textPart("x\n")
	c["charset-subject-unknown"] = fromLine + "Subject: =?x-vni?Q?Co=E2ng_va=EAn?=\n" + fmt.Sprintf(dateLine, "cs4") + textPart("x\n")
	c["charset-utf16-base64"] = head("cs5", "utf16") + "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n" +
		b64([]byte(encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), "Văn phòng")))
	c["charset-nul-in-body"] = plainBody("; charset=utf-8", "mot\x00hai\x07")
}

func addTransfer(c map[string]string) {
	body := func(encoding, text string) string {
		return head("tr", "ma hoa") + multi("mixed", "b", textPart("x\n"),
			"Content-Type: application/pdf; name=\"a.pdf\"\nContent-Transfer-Encoding: "+encoding+"\nContent-Disposition: attachment; filename=\"a.pdf\"\n\n"+text)
	}
	data := pdf("padding")
	for len(data)%3 != 1 {
		data = append(data, '\n')
	}
	text := b64(data)
	c["transfer-base64-no-padding"] = body("base64", strings.TrimRight(text, "=\n")+"\n")
	c["transfer-base64-too-much-padding"] = body("base64", strings.TrimRight(text, "\n")+"==\n")
	c["transfer-base64-footer"] = body("base64", text+"\n_______________________________\nThis mail was scanned, it is free of viruses.\n")
	c["transfer-base64-rubbish"] = body("BASE64 (made by hand)", text[:40]+"!*"+text[40:])
	c["transfer-base64-two-joined"] = body("base64", b64([]byte("%PDF-1.4\nA"))+b64([]byte("second half")))
	c["transfer-base64-one-line"] = body("base64", strings.ReplaceAll(text, "\n", "")+"\n")
	c["transfer-base64-indented"] = body("base64", "  "+strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")+"\n")
	c["transfer-base64-cut"] = strings.SplitN(body("base64", text), text[200:], 2)[0]
	c["transfer-quoted-broken"] = head("tq", "qp") + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nS=E1=BB=9F N=ZZ=E1=BB=99i v=E1=BB=A5 = \nn=c4=83m 2026=\n"
	c["transfer-quoted-trailing-blanks"] = head("tq2", "qp") + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nmot   \nhai=20\nba =\nbon\n"
	c["transfer-unknown"] = body("x-made-up", "something in no known form\n")
	c["transfer-pdf-8bit"] = body("8bit", string(data))
	c["transfer-encoded-multipart"] = head("te", "goi") + "Content-Type: multipart/mixed; boundary=in\nContent-Transfer-Encoding: base64\n\n" +
		b64([]byte(crlfed("--in\n"+textPart("trong gói\n")+"--in\n"+attached("a.pdf", pdf("in"))+"--in--\n")))
	c["transfer-multipart-says-base64"] = head("te2", "goi") + "Content-Transfer-Encoding: base64\n" + multi("mixed", "b", textPart("không mã hóa\n"), attached("a.pdf", pdf("clear")))
}

func addStructure(c map[string]string) {
	good := multi("mixed", "b", textPart("x\n"), attached("a.pdf", pdf("s")))
	c["structure-no-end-boundary"] = head("st1", "cut") + strings.TrimSuffix(good, "--b--\n")
	c["structure-inner-not-closed"] = head("st2", "nest") + multi("mixed", "out",
		strings.TrimSuffix(multi("alternative", "in", textPart("một\n"), htmlPart("<p>một</p>")), "--in--\n"), attached("a.pdf", pdf("s2")))
	c["structure-wrong-boundary"] = head("st3", "other") + strings.Replace(good, `boundary="b"`, `boundary="rewritten"`, 1)
	c["structure-no-boundary-parameter"] = head("st4", "none") + strings.Replace(good, `; boundary="b"`, "", 1)
	c["structure-not-a-multipart"] = head("st5", "none") + "Content-Type: multipart/mixed; boundary=x\n\nKhông có phần nào.\n"
	c["structure-parts-after-end"] = head("st6", "after") + good + "--b\n" + attached("late.pdf", pdf("late")) + "--b--\n"
	c["structure-boundary-prefix"] = head("st7", "prefix") + multi("mixed", "b", multi("alternative", "b1", textPart("một\n"), htmlPart("<p>một</p>")), attached("a.pdf", pdf("s7")))
	c["structure-no-blank-line"] = head("st8", "blank") + strings.Replace(good, "\"\n\n--b", "\"\n--b", 1)
	c["structure-part-without-header"] = head("st9", "headless") + "Content-Type: multipart/mixed; boundary=b\n\nThis is a multi-part message.\n--b\n\nPhần không có tiêu đề.\n--b--\n"
	c["structure-mbox-line"] = "From vanthu Thu Mar  5 08:15:00 2026\n" + head("st10", "mbox") + good
	c["structure-stray-header-line"] = "Received: by mx.example.test\nWARNING this line is no header\n" + head("st11", "stray") + good
	c["structure-digest"] = head("st12", "digest") + multi("digest", "b", "\nFrom: a@example.test\nSubject: mot\n\nM\u1ed9t\n", "\nFrom: b@example.test\nSubject: hai\n\nHai\n")
	c["structure-duplicate-fields"] = head("st13", "first") + "Subject: second\nFrom: other@example.test\n" + good
	c["structure-type-nonsense"] = head("st14", "type") + multi("mixed", "b", file("pdf; name=a.pdf", "", pdf("t")), "Content-Type: \n\nchỉ chữ\n")
	c["structure-addresses"] = "From: \"Nguyễn, Văn A\" <a@example.test>\nTo: =?UTF-8?Q?S=E1=BB=9F_T=C3=A0i,_ch=C3=ADnh?= <b@example.test>; c@example.test (Trần B)\nCc: Nhóm: d@example.test, 'e@example.test';, Không có địa chỉ\n" +
		"Subject: addr\nDate: 5 Mar 2026 8:15:00 GMT+7\n\nx\n"
	c["structure-calendar"] = head("st15", "moi hop") + multi("alternative", "b", textPart("Mời họp\n"), htmlPart("<p>Mời họp</p>"),
		"Content-Type: text/calendar; method=REQUEST; charset=UTF-8\n\nBEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n")
	c["structure-bounce"] = "From: MAILER-DAEMON@example.test\nTo: vanthu@agency.example.test\nSubject: Undelivered Mail\nAuto-Submitted: auto-replied\n" + fmt.Sprintf(dateLine, "st16") +
		multi("report; report-type=delivery-status", "b", textPart("failed\n"), "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; x@y\nAction: failed\nStatus: 5.1.1\n",
			"Content-Type: text/rfc822-headers\n\nSubject: ours\nMessage-ID: <ours@example.test>\n")
	c["structure-smime-signed"] = head("st17", "ky so") + multi("signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256", "b", multi("mixed", "c", textPart("đã ký\n"), attached("a.pdf", pdf("sig"))),
		file("application/pkcs7-signature; name=smime.p7s", "Content-Disposition: attachment; filename=smime.p7s", []byte("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01")))
	c["structure-winmail"] = head("st18", "tnef") + multi("mixed", "b", textPart("x\n"), file("application/octet-stream; name=winmail.dat", "Content-Disposition: attachment; filename=winmail.dat", []byte("\x78\x9f\x3e\x22\x01\x00\x01\x90\x08\x00")))
	c["structure-pgp-signed"] = head("st22", "pgp") + multi("signed; protocol=\"application/pgp-signature\"; micalg=pgp-sha256", "b", textPart("đã ký\n"),
		"Content-Type: application/pgp-signature; name=\"signature.asc\"\nContent-Disposition: attachment; filename=\"signature.asc\"\n\n-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n")
	c["structure-pgp-encrypted"] = head("st23", "pgp") + multi("encrypted; protocol=\"application/pgp-encrypted\"", "b", "Content-Type: application/pgp-encrypted\n\nVersion: 1\n",
		"Content-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----\n")
	c["structure-appledouble"] = head("st24", "mac") + multi("mixed", "b", textPart("x\n"), multi("appledouble", "c",
		file("application/applefile; name=\"a.pdf\"", "", []byte("\x00\x05\x16\x07")), file("application/pdf; name=\"a.pdf\"", "", pdf("mac"))))
	c["structure-byte-order-mark"] = "\uFEFF" + head("st20", "bom") + good
	c["structure-empty-lines-first"] = "\n\n" + head("st21", "empty") + good
	c["structure-lone-lf-in-part"] = head("st19", "lf") + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nmột\n--b  \nContent-Type: application/pdf\n\n%PDF-1.4 x\n--b--  \n"
}

func addNested(c map[string]string) {
	message := func(subject, body string) string {
		return "From: =?UTF-8?Q?Ph=C3=B2ng?= <phong@example.test>\nTo: x@example.test\nSubject: " + subject + "\nDate: Wed, 04 Mar 2026 10:00:00 +0700\nMessage-ID: <" + subject + "@example.test>\n" + body
	}
	inside := func(m string) string {
		return "Content-Type: message/rfc822\nContent-Disposition: attachment\n\n" + m
	}
	three := message("ba", multi("mixed", "m3", textPart("tầng ba\n"), attached("ba.pdf", pdf("3"))))
	two := message("hai", multi("mixed", "m2", textPart("tầng hai\n"), inside(three), attached("hai.pdf", pdf("2"))))
	one := message("mot", multi("mixed", "m1", textPart("tầng một\n"), inside(two), attached("mot.pdf", pdf("1"))))
	c["nested-three-deep"] = head("ne1", "chuyen tiep") + multi("mixed", "m0", textPart("xem kèm\n"), inside(one), attached("ngoai.pdf", pdf("0")))
	c["nested-base64"] = head("ne2", "eml") + multi("mixed", "b", textPart("x\n"),
		"Content-Type: message/rfc822; name=\"thu.eml\"\nContent-Transfer-Encoding: base64\n\n"+b64([]byte(crlfed(three))))
	c["nested-not-closed"] = head("ne3", "eml") + multi("mixed", "b", inside(strings.TrimSuffix(three, "--m3--\n")), attached("a.pdf", pdf("a")))
	c["nested-eml-as-octet-stream"] = head("ne4", "eml") + multi("mixed", "b", file("application/octet-stream; name=\"thu.eml\"", "", []byte(crlfed(three))))
	c["nested-single-pdf"] = head("ne5", "eml") + multi("mixed", "b", inside(message("pdf", "Content-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64\n\n"+b64(pdf("x")))))
	deep := message("0", "\nđáy\n")
	for i := 1; i <= 8; i++ {
		deep = message(fmt.Sprint(i), "MIME-Version: 1.0\nContent-Type: message/rfc822\n\n"+deep)
	}
	c["nested-eight-deep"] = deep
}

func addContainers(c map[string]string) {
	packed := func(kind, name string, data []byte) string {
		return head("co", "goi") + multi("mixed", "b", textPart("xem kèm\n"), file(kind+"; name=\""+name+"\"", "Content-Disposition: attachment; filename=\""+name+"\"", data))
	}
	c["containers-zip"] = packed("application/zip", "ho so.zip", stored([2]string{"Hồ sơ/Tờ trình.pdf", string(pdf("1"))}, [2]string{"Hồ sơ/trong.zip", string(stored([2]string{"a.pdf", string(pdf("2"))}))}))
	c["containers-zip-locked"] = packed("application/zip", "khoa.zip", locked("a.pdf", "12345678"))
	deep := winmail{subject: "ba", text: "tầng ba", from: [2]string{"Phòng", "phong@example.test"}, files: []winmailPart{{name: "Tầng ba.pdf", data: pdf("3")}}}
	two := winmail{subject: "hai", to: [][2]string{{"Sở", "so@example.test"}}, files: []winmailPart{{name: "Thư ba", message: &deep}, {name: "Tầng hai.pdf", data: pdf("2")}}}
	c["containers-winmail"] = packed(typeTNEF, "winmail.dat", winmail{subject: "một", text: "chữ", files: []winmailPart{
		{name: "Quyết định số 15 về việc thành lập tổ công tác.pdf", kind: typePDF, data: pdf("1")}, {name: "Thư hai", message: &two}, {name: "logo.png", cid: "logo@x", hidden: true, data: png},
	}}.bytes())
	c["containers-winmail-alone"] = head("co", "goi") + file(typeTNEF+"; name=winmail.dat", "", winmail{subject: "x", text: "chỉ có ở đây", rtf: storedRTF("{\\rtf1 x}"), files: []winmailPart{{name: "a.pdf", data: pdf("1")}}}.bytes())
	c["containers-edxml"] = packed("text/xml", "goi.edxml", []byte("\uFEFF<?xml version=\"1.0\"?>\n<!-- x -->\n<edXML:edXMLEnvelope xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"/>\n"))
	c["containers-edxml-soap"] = packed("application/octet-stream", "goi.xml", []byte("<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"><SOAP-ENV:Header><edXML:Status xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"/></SOAP-ENV:Header></SOAP-ENV:Envelope>\n"))
}

// addExact are messages whose line endings are the point.
func addExact(c map[string]string) {
	good := head("ex", "xuong dong") + multi("mixed", "b", textPart("x\n"), attached("a.pdf", pdf("e")))
	c["endings-lf"] = good
	c["endings-mixed"] = strings.Replace(strings.Replace(crlfed(good), "--b\r\n", "--b\n", 1), "--b--\r\n", "--b--", 1)
	c["endings-no-last-line-end"] = strings.TrimSuffix(crlfed(head("ex2", "het")+textPart("dòng cuối")), "\r\n")
	c["endings-long-line"] = crlfed(head("ex3", "dai")+"Content-Type: text/plain; charset=utf-8\n\n") + strings.Repeat("văn bản ", 20000)
}
