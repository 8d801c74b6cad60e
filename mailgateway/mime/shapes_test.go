package mime

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The corpus of shapes: every case of real trouble, as each program would send
// it. The messages are written anew at every run, and what must come out of
// each is known from what was put in.

// shape is how a program writes mail.
type shape struct {
	name     string
	headers  string
	boundary string
	text     func(s string) string // the text of a mail as a part
	file     func(f attachment) string
	plain    bool // it can only write ASCII
	lf       bool // its lines end with LF alone
	bytes    bool // it writes names as bytes of its code page
}

// attachment is a file that is put into a mail, or must come out of it.
type attachment struct {
	name, kind string
	data       []byte
	form       string // of the case: the Content-Disposition, or "-" for none
	inline     bool
	cid        string
	detected   string // what must be found; a PDF if empty
	encoding   string // base64 if empty
	raw        string // the encoded body, when the case damages it
}

// made is a message of a case with what must come out.
type made struct {
	text     string
	subject  string // of the outermost; empty when the case does not look at it
	body     string // stands in the text
	files    []attachment
	messages []string // subjects of opened messages, in their order
	warnings []Code   // all of them
	signed   SignatureState
}

func asWord(s string, kind byte) string {
	if kind == 'B' {
		return "=?UTF-8?B?" + strings.TrimSpace(strings.ReplaceAll(b64At([]byte(s), 4000), "\n", "")) + "?="
	}
	var out strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c == ' ':
			out.WriteByte('_')
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, "=%02X", c)
		}
	}
	return "=?utf-8?Q?" + out.String() + "?="
}

// attach writes an attachment; type and disposition get the name as the
// program writes it in each.
func attach(f attachment, inType, inDisposition string, width int) string {
	kind := f.kind
	if kind == "" {
		kind = "application/pdf"
	}
	out := "Content-Type: " + kind + inType + "\n"
	encoding := f.encoding
	if encoding == "" {
		encoding = "base64"
	}
	out += "Content-Transfer-Encoding: " + encoding + "\n"
	switch f.form {
	case "-":
	case "":
		out += "Content-Disposition: attachment" + inDisposition + "\n"
	default:
		out += "Content-Disposition: " + f.form + inDisposition + "\n"
	}
	if f.cid != "" {
		out += "Content-ID: <" + f.cid + ">\n"
	}
	body := f.raw
	if body == "" {
		body = b64At(f.data, width)
	}
	return out + "\n" + body
}

func textAs(kind, charset, encoding, s string) string {
	body := s
	switch encoding {
	case "quoted-printable":
		body = qp(s)
	case "base64":
		body = b64([]byte(s))
	}
	return "Content-Type: text/" + kind + "; charset=" + charset + "\nContent-Transfer-Encoding: " + encoding + "\n\n" + body
}

func bothTexts(boundary, encoding, html string) func(string) string {
	return func(s string) string {
		return multi("alternative", boundary, textAs("plain", "UTF-8", encoding, s),
			textAs("html", "UTF-8", encoding, fmt.Sprintf(html, strings.ReplaceAll(s, "\n", "<br>\n"))))
	}
}

func plainText(charset, encoding string) func(string) string {
	return func(s string) string { return textAs("plain", charset, encoding, s) }
}

func percent(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// continued cuts a value as RFC 2231 asks.
func continued(param, s string) string {
	var out strings.Builder
	text := "UTF-8''" + percent(s)
	for n := 0; text != ""; n++ {
		end := min(len(text), 48)
		for end < len(text) && strings.ContainsRune(text[max(0, end-2):end], '%') {
			end++
		}
		fmt.Fprintf(&out, ";\n %s*%d*=%s", param, n, text[:end])
		text = text[end:]
	}
	return out.String()
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

func shapes() []shape {
	named := func(write func(string) string, width int) func(attachment) string {
		return func(f attachment) string {
			n := write(f.name)
			return attach(f, ";\n\tname="+n, ";\n\tfilename="+n, width)
		}
	}
	word := func(kind byte) func(string) string { return func(s string) string { return quoted(asWord(s, kind)) } }
	return []shape{
		{name: "outlook", headers: "X-Mailer: Microsoft Outlook 16.0\nThread-Index: AdqXYZ==\nContent-Language: vi\n", boundary: "----=_NextPart_000_0001_01DA",
			text: bothTexts("----=_NextPart_001_0002_01DA", "quoted-printable", "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><body lang=VI><p class=MsoNormal>%s</p></body></html>"), file: named(word('B'), 76)},
		{name: "exchange", headers: "X-MS-Has-Attach: yes\nX-MS-TNEF-Correlator:\nx-originating-ip: [10.1.2.3]\n", boundary: "_004_AM0PR01MB_",
			text: bothTexts("_000_AM0PR01MB_", "base64", "<html><body>%s</body></html>"),
			file: func(f attachment) string {
				n := asWord(f.name, 'B')
				return attach(f, "; name="+quoted(n), ";\n\tfilename="+quoted(n)+"; size=-1;\n\tcreation-date=\"Thu, 05 Mar 2026 01:00:00 GMT\"", 76)
			}},
		{name: "thunderbird", headers: "User-Agent: Mozilla Thunderbird\nContent-Language: vi\n", boundary: "------------nM4J0Xb1",
			text: plainText("UTF-8; format=flowed", "8bit"),
			file: func(f attachment) string {
				return attach(f, "; name="+quoted(asWord(f.name, 'B')), continued("filename", f.name), 72)
			}},
		{name: "gmail", headers: "X-Gm-Message-State: AOJu0\nX-Received: by 2002:a05 with SMTP id x\n", boundary: "000000000000a1b2c306",
			text: bothTexts("000000000000a1b2c304", "base64", "<div dir=\"ltr\">%s</div>"),
			file: func(f attachment) string {
				n := quoted(asWord(f.name, 'B'))
				if f.cid == "" {
					f.cid = "f_m5x1"
				}
				return attach(f, "; name="+n, "; filename="+n, 76)
			}},
		{name: "zimbra", headers: "X-Mailer: Zimbra 8.8.15_GA_4173 (ZimbraWebClient)\nThread-Topic: x\n", boundary: "----=_Part_1_2.3",
			text: bothTexts("----=_Part_4_5.6", "quoted-printable", "<html><body><div style=\"font-family: arial\">%s</div></body></html>"), file: named(word('Q'), 76)},
		{name: "applemail", headers: "X-Mailer: Apple Mail (2.3774)\nMime-Version: 1.0 (Mac OS X Mail 16.0)\n", boundary: "Apple-Mail=_9F2B",
			text: plainText("utf-8", "quoted-printable"),
			file: func(f attachment) string {
				return attach(f, ";\n\tx-unix-mode=0644;\n\tname="+quoted(asWord(f.name, 'Q')), continued("filename", norm.NFD.String(f.name)), 76)
			}},
		{name: "ios", headers: "X-Mailer: iPhone Mail (21E219)\n", boundary: "Apple-Mail-ABCD",
			text: bothTexts("Apple-Mail-EFGH", "quoted-printable", "<html><head><meta charset=\"utf-8\"></head><body>%s</body></html>"),
			file: func(f attachment) string {
				return attach(f, ";\n\tname="+norm.NFD.String(quoted(f.name))+";\n\tx-apple-part-url=7F", ";\n\tfilename="+quoted(asWord(f.name, 'Q')), 76)
			}},
		{name: "roundcube", headers: "User-Agent: Roundcube Webmail/1.6.5\nX-Sender: a@example.test\n", boundary: "=_8f3c",
			text: plainText("UTF-8;\n format=flowed", "8bit"),
			file: func(f attachment) string {
				return attach(f, continued("name", f.name), continued("filename", f.name)+";\n size=100", 76)
			}},
		{name: "phpmailer", headers: "X-Mailer: PHPMailer 6.8.0 (https://github.com/PHPMailer/PHPMailer)\n", boundary: "b1_8d7e",
			text: bothTexts("b2_8d7e", "8bit", "<p>%s</p>"), lf: true,
			file: func(f attachment) string {
				n := asWord(f.name, 'B')
				return attach(f, "; name=\""+n+"\"", "; filename="+n, 76)
			}},
		{name: "swiftmailer", headers: "", boundary: "_=_swift_1",
			text: plainText("utf-8", "quoted-printable"),
			file: func(f attachment) string {
				return attach(f, "; name*=utf-8''"+percent(f.name), "; filename*=utf-8''"+percent(f.name), 76)
			}},
		// The systems of many agencies: mail put together as text, names as the
		// bytes of the machine, everything in one line.
		{name: "oldsystem", headers: "X-Mailer: eOffice 2.0\n", boundary: "NextPart", bytes: true,
			text: func(s string) string {
				return "Content-Type: text/plain; charset=windows-1258\nContent-Transfer-Encoding: 8bit\n\n" + cp1258(s)
			},
			file: func(f attachment) string {
				n := cp1258(f.name)
				return attach(f, "; name="+n, "; filename=\""+n+"\"", 1000000)
			}},
		{name: "dotnet", headers: "X-Mailer: System.Net.Mail\n", boundary: "--boundary_0_c4",
			text: plainText("utf-8", "base64"),
			file: func(f attachment) string {
				var words []string
				for _, piece := range chunks([]byte(f.name), 20) { // cuts characters in half
					words = append(words, "=?utf-8?B?"+strings.TrimSpace(b64At(piece, 400))+"?=")
				}
				return attach(f, "; name=\""+strings.Join(words, "\n ")+"\"", "", 76)
			}},
		{name: "scanner", headers: "X-Mailer: KONICA MINOLTA bizhub C368\n", boundary: "KONICA_MINOLTA_Internet_Fax_Boundary",
			text: plainText("us-ascii", "7bit"), file: named(quoted, 76), plain: true},
	}
}

// ascii is what a machine makes of a Vietnamese text that cannot write it.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

// can gives a text as the program can write it.
func (s shape) can(text string) string {
	if s.plain {
		return ascii(text)
	}
	return text
}

const (
	sayText    = "Kính gửi: Ủy ban nhân dân tỉnh\nTrân trọng gửi kèm Quyết định số 15/QĐ-SNV.\n"
	saySubject = "V/v gửi Quyết định số 15/QĐ-SNV"
)

func (s shape) top(subject string) string {
	head := "From: " + asWord("Văn thư Sở Nội vụ", 'B') + " <vanthu.snv@example.test>\nTo: vanthu@agency.example.test\n"
	return head + "Subject: " + asWord(subject, 'Q') + "\n" + fmt.Sprintf(dateLine, s.name) + s.headers
}

// mail puts a message together: text, files, and parts that are written already.
func (s shape) mail(subject, text string, files []attachment, parts ...string) string {
	all := []string{s.text(s.can(text))}
	for _, f := range files {
		f.name = s.can(f.name)
		all = append(all, s.file(f))
	}
	return s.top(subject) + multi("mixed", s.boundary, append(all, parts...)...)
}

func (s shape) finished(text string) string {
	if s.lf {
		return text
	}
	return crlfed(text)
}
