package exchange

import (
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// MailLink is the way to what is too large to be mailed: a page that its secret
// opens, once. It closes a day after the first file was fetched, so that a
// download that broke off can be made again and nothing more.
type MailLink struct {
	ID        org.ID
	Delivery  DeliveryRef
	CreatedAt time.Time
	ExpiresAt time.Time
	OpenedAt  time.Time // of the first fetch
	Fetched   int       // times that a file was asked for
}

// The bounds of a link.
const (
	LinkLife   = 14 * 24 * time.Hour
	LinkOpen   = 24 * time.Hour
	LinkVisits = 100
)

// Open tells whether the link still leads to the files.
func (l MailLink) Open(now time.Time) bool {
	return now.Before(l.ExpiresAt) && l.Fetched < LinkVisits && (l.OpenedAt.IsZero() || now.Before(l.OpenedAt.Add(LinkOpen)))
}

// Until is when it closes, as far as is known.
func (l MailLink) Until() time.Time {
	if end := l.OpenedAt.Add(LinkOpen); !l.OpenedAt.IsZero() && end.Before(l.ExpiresAt) {
		return end
	}
	return l.ExpiresAt
}

// ErrLinkClosed is told of a link that is unknown, too old or used: to whoever
// tries links all three look the same.
var ErrLinkClosed = fault.New(fault.NotFound, "link_closed",
	"Liên kết không tồn tại, đã hết hạn hoặc đã được dùng. Hãy liên hệ cơ quan gửi để được gửi lại.",
	"The link does not exist, has expired or was used. Ask the sending agency to send it again.")

// LargeBounce tells whether a mail came back because of its size (RFC 3463,
// 5.2.3 and 5.3.4).
func (a Answer) LargeBounce() bool {
	return a.Kind == AnswerBounce && (a.Status == "5.3.4" || a.Status == "5.2.3")
}
