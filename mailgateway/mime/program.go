package mime

import (
	"regexp"
	"strings"

	"congvan/server/domain/exchange"
)

// byProgram tells whether a program wrote the mail (RFC 3834, 2): nothing may
// answer it by itself.
func (c *classifier) byProgram() bool {
	auto := strings.ToLower(c.field("Auto-Submitted"))
	switch {
	case auto != "" && !strings.HasPrefix(auto, "no"),
		c.field("X-Auto-Response-Suppress") != "", c.field("List-Id") != "", c.field("List-Unsubscribe") != "",
		c.field("X-Autoreply") != "", c.field("X-Autorespond") != "", c.field("X-Loop") != "", c.field("X-Failed-Recipients") != "",
		c.nullSender(), c.daemon(), len(c.m.Reports) > 0:
		return true
	}
	switch strings.ToLower(c.field("Precedence")) {
	case "bulk", "junk", "list", "auto_reply":
		return true
	}
	return false
}

// nullSender tells whether the mail came from nobody, as bounces must (RFC 5321, 4.5.5).
func (c *classifier) nullSender() bool {
	path, sent := c.field("Return-Path"), c.m.Fields.All("Return-Path")
	return len(sent) > 0 && strings.Trim(path, "<> ") == ""
}

// daemon tells whether a mail server is the author.
func (c *classifier) daemon() bool {
	for _, a := range c.m.Headers.From {
		local, _, _ := strings.Cut(strings.ToLower(a.Address), "@")
		if daemons[local] || daemonName.MatchString(a.Name) {
			return true
		}
	}
	return len(c.m.Headers.From) > 0 && c.m.Headers.From[0].Address == "" && daemonName.MatchString(c.field("From"))
}

var (
	daemons = map[string]bool{"mailer-daemon": true, "mailer_daemon": true, "mailerdaemon": true, "postmaster": true, "mail-daemon": true,
		"maildaemon": true, "mdaemon": true, "mail_daemon": true, "no-reply-bounce": true, "mailer": true,
		"microsoftexchange329e71ec88ae4615bbc36ab6ce41109e": true}
	daemonName = regexp.MustCompile(`(?i)mail(?:er)?[ _-]?(?:delivery (?:sub)?system|daemon)|mail administrator|postmaster|system administrator|quản trị hệ thống thư|hệ thống thư`)
)

var (
	bounceSubject = regexp.MustCompile(`(?i)undeliver|un?deliverable|not delivered|delivery (?:has )?fail|delivery status notification|failure notice|` +
		`returned (?:mail|to sender)|mail (?:delivery|system|could not)|delivery (?:notification|report|problem)|failed delivery|message \S{0,40} ?(?:delayed|not delivered|undeliverable)|` +
		`permanent(?:ly)? (?:delivery )?(?:fail|error)|không (?:gửi|chuyển|phát) được|gửi (?:thư )?(?:không thành công|thất bại)|thư (?:bị )?trả lại|lỗi gửi thư|không thể (?:gửi|chuyển)`)
	bounceText = regexp.MustCompile(`(?i)(?:could ?n[o']?t|cannot|can'?t|could not|was not|were not|has not been|unable to|failed to|wasn'?t) (?:be |to )?(?:deliver|reach|send)|` +
		`deliver\w* (?:to the following|failed|has failed)|following (?:address|recipient)\w* (?:had|failed|have|was|could)|permanent(?:ly)? (?:fatal )?(?:error|fail)|` +
		`(?:giving|gave) up on|i'm afraid i wasn't able to deliver|undelivered mail|not (?:yet )?been delivered|user unknown|no such user|` +
		`không (?:gửi|chuyển|phát) được|không thể (?:gửi|chuyển|phát)|gửi thư (?:không thành công|thất bại)|địa chỉ .{0,80}không tồn tại`)
	delayText = regexp.MustCompile(`(?i)delay(?:ed)?\b|will (?:be retried|keep trying|continue)|still trying|you do not need to resend|not yet been delivered|no action is required|` +
		`warning: could not send|temporar(?:y|ily)|chưa gửi được|sẽ (?:tiếp tục|thử) gửi|trì hoãn|bị chậm`)
	finalText = regexp.MustCompile(`(?i)permanent|gave up|giving up|\bfailed permanently|undeliverable|too long\b|\b5\.\d{1,3}\.\d{1,3}\b|không tồn tại`)
)

// oddBounce knows reports of servers that follow no standard: by their author
// first, by their words then.
func (c *classifier) oddBounce() bool {
	failed := c.field("X-Failed-Recipients")
	author := c.daemon() || c.nullSender()
	subject := bounceSubject.MatchString(c.m.Headers.Subject)
	text := c.text[:min(len(c.text), maxText)]
	switch {
	case failed != "":
	case author && subject:
	case author && bounceText.MatchString(text) && !c.outOfOffice():
	default:
		return false
	}
	words := c.serverWords()
	c.a.Kind, c.a.Words = exchange.AnswerBounce, words
	c.a.Status = statusIn(words, "")
	if c.a.Status == "" {
		c.a.Status = statusIn(ourPart(text), "")
	}
	if c.a.Recipient = oneAddress.FindString(failed); c.a.Recipient == "" {
		c.a.Recipient = oneAddress.FindString(ourPart(text))
	}
	late := delayText.MatchString(c.m.Headers.Subject) || delayText.MatchString(ourPart(text))
	if strings.HasPrefix(c.a.Status, "4.") || late && !strings.HasPrefix(c.a.Status, "5.") && !finalText.MatchString(ourPart(text)) {
		c.a.Kind = exchange.AnswerDelayed
	}
	return true
}

// copyBegins is where a server ends its own words and returns the mail.
var copyBegins = regexp.MustCompile(`(?im)^.{0,10}(?:-{3,}.{0,20}(?:below this line|this is a copy|original message|header of|included|returned|the message|message header|transcript of mail)|the original message|original message (?:headers|follows)|received: from |thư gốc)`)

// ourPart gives the words of the server itself.
func ourPart(text string) string {
	if at := copyBegins.FindStringIndex(text); len(at) > 0 && at[0] > 20 {
		return text[:at[0]]
	}
	return text[:min(len(text), 4<<10)]
}

// answerLine is an answer of a mail server somewhere in a text.
var answerLine = regexp.MustCompile(`(?m)(?:^|[\s:<(>])#?((?:[45]\d\d[ -]#?(?:[45]\.\d{1,3}\.\d{1,3}\b)?|[45]\.\d{1,3}\.\d{1,3}\b)[^\n]{3,300}(?:\n[ \t]+\S[^\n]{0,200})?)`)

// serverWords finds in the text of a report what the other server said: its
// answer, or the sentence that tells of the failure.
func (c *classifier) serverWords() string {
	text := strings.ReplaceAll(ourPart(c.text), "\r\n", "\n")
	if found := answerLine.FindStringSubmatch(text); found != nil {
		return oneLine(found[1])
	}
	for _, rule := range []*regexp.Regexp{enhanced, unknown, fullText, tooLarge, noHost, bounceText} {
		for line := range strings.Lines(text) {
			if rule.MatchString(line) {
				return oneLine(line)
			}
		}
	}
	return oneLine(text)
}

var autoSubject = regexp.MustCompile(`(?i)^\W{0,3}(?:(?:re|tr|auto|fw)\s?:\s?)?(?:\[?auto(?:matic|mated)?[ -]?(?:reply|response|answer)|autoreply|autoresponse|out of (?:the )?office|away from (?:the )?office|on (?:vacation|leave)|absence|abwesend|réponse automatique|` +
	`(?:thư )?trả lời tự động|tự động trả lời|phản hồi tự động|thư tự động|vắng mặt|nghỉ phép|đi vắng|đi công tác)`)

func (c *classifier) outOfOffice() bool { return autoSubject.MatchString(c.m.Headers.Subject) }

// automatic tells out-of-office answers and the like (RFC 3834 and what was before).
func (c *classifier) automatic() bool {
	auto := strings.ToLower(c.field("Auto-Submitted"))
	switch {
	case strings.HasPrefix(auto, "auto-replied"), c.outOfOffice(),
		c.field("X-Autoreply") != "", c.field("X-Autorespond") != "", c.field("X-Autoresponder") != "",
		strings.EqualFold(c.field("X-Auto-Response"), "yes"), strings.EqualFold(c.field("Precedence"), "auto_reply"),
		strings.EqualFold(c.field("X-Precedence"), "auto_reply"), c.field("X-MS-Exchange-Inbox-Rules-Loop") != "" && c.a.Unanswerable:
		return true
	}
	return false
}
