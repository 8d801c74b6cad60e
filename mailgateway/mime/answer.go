package mime

import (
	"regexp"
	"slices"
	"strings"

	"congvan/server/domain/exchange"
)

// Classify tells what kind of answer a message is to one that was sent before:
// a report of a server or of a mail program, an automatic answer, or a person's
// reply. It knows nothing of what was sent; whoever calls compares the
// identifiers.
//
// Standards come first (RFC 3464, 8098, 3834). Behind them stand the many
// servers that follow none: they are known by who writes, and only then by what
// is written, so that a letter about mail is not taken for a bounce.
func Classify(m Message) exchange.Answer {
	c := &classifier{m: m, text: bodyOf(m)}
	c.a.Unanswerable = c.byProgram()
	c.names()
	switch {
	case c.deliveryStatus(), c.disposition(), c.oddBounce():
	case c.automatic():
		c.a.Kind, c.a.Words = exchange.AnswerAutomatic, c.beginning()
	case len(c.a.About) > 0 && !c.a.Unanswerable:
		c.a.Kind, c.a.Words = exchange.AnswerReply, c.beginning()
	case len(c.a.About) > 0 && c.field("In-Reply-To") != "":
		c.a.Kind, c.a.Words = exchange.AnswerAutomatic, c.beginning()
	}
	return c.a
}

type classifier struct {
	m    Message
	text string
	a    exchange.Answer
}

func (c *classifier) field(name string) string { return strings.TrimSpace(c.m.Fields.Get(name)) }

// bodyOf gives what is to be read of the text, from the HTML when there is no other.
func bodyOf(m Message) string {
	if strings.TrimSpace(m.Body.Text) != "" {
		return m.Body.Text
	}
	html := m.Body.HTML[:min(len(m.Body.HTML), 4*maxText)]
	return tags.ReplaceAllString(breaks.ReplaceAllString(html, "\n"), "")
}

var (
	breaks = regexp.MustCompile(`(?i)<(?:br|/p|/div|/tr|/li)[^>]*>`)
	tags   = regexp.MustCompile(`(?is)<style\b.*?</style>|<script\b.*?</script>|<[^>]*>`)
)

// maxText is how much of a text is searched.
const maxText = 64 << 10

// names collects every identifier that the mail names: what it answers, what a
// report is about, what is quoted.
func (c *classifier) names() {
	add := func(names ...string) {
		for _, n := range names {
			n = strings.Trim(strings.TrimSpace(n), "<>")
			if n != "" && len(c.a.About) < 100 && !slices.Contains(c.a.About, n) {
				c.a.About = append(c.a.About, n)
			}
		}
	}
	for _, r := range c.m.Reports {
		for _, b := range r.Blocks {
			add(value(b.Get("Original-Envelope-Id")), value(b.Get("Original-Message-ID")))
			if r.Kind == typeHeadersOnly {
				add(messageID(b.Get("Message-ID")))
			}
		}
	}
	for _, p := range c.m.Parts {
		if p.Nested != nil {
			add(p.Nested.Headers.MessageID)
		}
	}
	add(c.m.Headers.InReplyTo...)
	add(c.m.Headers.References...)
	text := c.text[:min(len(c.text), maxText)]
	for _, found := range quotedID.FindAllStringSubmatch(text, 20) {
		add(found[1])
	}
	for _, found := range sendCode.FindAllStringSubmatch(text, 20) {
		add(found[1])
	}
}

var (
	quotedID = regexp.MustCompile(`(?i)\bmessage-id:?\s*<([^<>\s]{1,300})>`)
	// What our own mails say of themselves, and every program quotes.
	sendCode = regexp.MustCompile(`(?i)(?:Mã|M=C3=A3) gửi:\s*([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})`)
)

// value takes the type off a value of a report: "rfc822; a@b" (RFC 3464, 2.1.2).
func value(s string) string {
	if kind, rest, ok := strings.Cut(s, ";"); ok && !strings.ContainsAny(kind, " @<") {
		s = rest
	}
	return strings.TrimSpace(s)
}

// deliveryStatus reads a report of a server that follows the standard. Where it
// is about several recipients, what went wrong counts.
func (c *classifier) deliveryStatus() bool {
	rank := -1
	for _, r := range c.m.Reports {
		if r.Kind != typeDeliveryStatus {
			continue
		}
		for _, b := range r.Blocks {
			kind := kindOfAction(b.Get("Action"), b.Get("Status"))
			if n := slices.Index(gravity, kind); kind != exchange.NoAnswer && n > rank {
				rank = n
				c.a.Kind = kind
				c.a.Recipient = c.recipientOf(b)
				c.a.Status = statusOf(b)
				c.a.Words = wordsOf(b)
			}
		}
	}
	if rank < 0 {
		return false
	}
	if c.a.Words == "" && c.a.Kind == exchange.AnswerBounce {
		c.a.Words = c.serverWords()
	}
	return true
}

var gravity = []exchange.AnswerKind{exchange.AnswerRelayed, exchange.AnswerDelivered, exchange.AnswerDelayed, exchange.AnswerBounce}

func kindOfAction(action, status string) exchange.AnswerKind {
	action, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(action)), " ")
	switch action {
	case "failed", "failure":
		return exchange.AnswerBounce
	case "delayed":
		return exchange.AnswerDelayed
	case "delivered":
		return exchange.AnswerDelivered
	case "relayed", "expanded":
		return exchange.AnswerRelayed
	}
	switch status = strings.TrimSpace(status); { // some servers leave the action out
	case strings.HasPrefix(status, "5."):
		return exchange.AnswerBounce
	case strings.HasPrefix(status, "4."):
		return exchange.AnswerDelayed
	case strings.HasPrefix(status, "2."):
		return exchange.AnswerDelivered
	}
	return exchange.NoAnswer
}

func (c *classifier) recipientOf(b Fields) string {
	for _, name := range []string{"Original-Recipient", "Final-Recipient"} {
		if found := oneAddress.FindString(value(b.Get(name))); found != "" {
			return found
		}
	}
	return ""
}

// oneAddress finds a mail address in a line.
var oneAddress = regexp.MustCompile(`[^\s<>()\[\]:;,"']{1,64}@[\pL\pN][\pL\pM\pN.-]{0,250}[\pL\pN]`)

// statusOf gives the code of the report, or the finer one of the server's words.
func statusOf(b Fields) string {
	status := enhanced.FindString(b.Get("Status"))
	if status == "" || strings.HasSuffix(status, ".0.0") {
		status = statusIn(b.Get("Diagnostic-Code"), status)
	}
	return status
}

var (
	enhanced = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	unknown  = regexp.MustCompile(`(?i)user (?:is )?unknown|unknown (?:user|recipient|mailbox|local)|no such (?:user|recipient|mailbox|address)|` +
		`(?:user|recipient|mailbox|address|account)\b.{0,80}(?:not found|doesn'?t exist|does not exist|not exist|unavailable or|is disabled|invalid|unknown|couldn'?t be found|was ?n.t found)|` +
		`invalid (?:recipient|mailbox|address)|doesn'?t have an? .{0,40}account|không tồn tại|không tìm thấy (?:người nhận|địa chỉ|hộp thư)|not listed in`)
	noHost   = regexp.MustCompile(`(?i)host (?:or domain name )?(?:unknown|not found)|domain (?:name )?(?:not found|does not exist|couldn'?t be found)|no such domain|unrouteable|couldn'?t find any host|tên miền không`)
	fullText = regexp.MustCompile(`(?i)quota|mailbox (?:is )?full|over ?quota|insufficient (?:system )?storage|đầy dung lượng|hộp thư (?:đã )?đầy`)
	tooLarge = regexp.MustCompile(`(?i)(?:message|mail) (?:is )?(?:too (?:large|big|long)|size exceeds|exceeds (?:the )?(?:maximum|fixed))|vượt quá (?:dung lượng|kích thước)`)
)

// statusIn reads the code out of words, written or meant.
func statusIn(words, otherwise string) string {
	if s := enhanced.FindString(words); s != "" && !strings.HasSuffix(s, ".0.0") {
		return s
	}
	switch {
	case fullText.MatchString(words):
		return "5.2.2"
	case tooLarge.MatchString(words):
		return "5.3.4"
	case noHost.MatchString(words):
		return "5.1.2"
	case unknown.MatchString(words):
		return "5.1.1"
	}
	return otherwise
}

func wordsOf(b Fields) string {
	if said := value(b.Get("Diagnostic-Code")); said != "" {
		return oneLine(said)
	}
	return ""
}

// maxWords bounds what is kept of what was said.
const maxWords = 400

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxWords {
		s = string(r[:maxWords]) + "…"
	}
	return plain(s)
}

// disposition reads a read receipt. Whatever became of the mail, it had come.
func (c *classifier) disposition() bool {
	for _, r := range c.m.Reports {
		if r.Kind != typeDisposition {
			continue
		}
		for _, b := range r.Blocks {
			said := strings.ToLower(b.Get("Disposition"))
			if said == "" {
				continue
			}
			c.a.Kind = exchange.AnswerRead
			if _, outcome, ok := strings.Cut(said, ";"); ok && strings.HasPrefix(strings.TrimSpace(outcome), "deleted") {
				c.a.Kind = exchange.AnswerDeleted
			}
			c.a.Recipient = c.recipientOf(b)
			return true
		}
	}
	return false
}

// beginning gives the first words of a person's text, without what is quoted.
func (c *classifier) beginning() string {
	var b strings.Builder
	for line := range strings.Lines(c.text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, ">") || quoteBegins.MatchString(line) {
			break
		}
		b.WriteString(line + " ")
		if b.Len() > 4*maxWords {
			break
		}
	}
	return oneLine(b.String())
}

var quoteBegins = regexp.MustCompile(`(?i)^(?:-{3,}.{0,60}(?:original message|forwarded message|thư gốc|tin nhắn gốc|chuyển tiếp)|_{10,}|on .{5,200} wrote:|vào .{5,200} (?:đã viết|viết):|(?:from|từ|người gửi):\s.{0,200}@)`)
