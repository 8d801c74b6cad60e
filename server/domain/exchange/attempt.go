package exchange

import (
	"errors"
	"time"

	"congvan/server/domain/fault"
)

// UsualLife is how long a message may be on its way before it is expired (E6):
// longer than the longest holiday together with the days around it.
const UsualLife = 30 * 24 * time.Hour

// Remote tells whether the road leads off this installation and is gone by a
// program: such a delivery is tried, and tried again.
func (c Channel) Remote() bool { return c == Axis || c == Peer || c == Mailbox }

// RemoteChannels lists those roads.
func RemoteChannels() []Channel { return []Channel{Axis, Peer, Mailbox} }

// What keeps a delivery from being tried at all.
var (
	ErrChannelAway = fault.New(fault.Unavailable, "channel_away",
		"Hệ thống chưa được kết nối kênh gửi này; văn bản chờ gửi đến khi quản trị hệ thống kết nối.",
		"The installation has no connection for this channel; the document waits until the operator makes one.")
	ErrNotIssued = fault.New(fault.Conflict, "not_issued",
		"Văn bản không còn ở trạng thái đã ban hành nên không được gửi.", "The document is no longer issued and is not sent.")
	ErrSuppressed = fault.New(fault.Forbidden, ReasonSuppressed,
		"Máy chủ thư của bên nhận đã báo địa chỉ này không dùng được; hãy sửa địa chỉ trong danh bạ hoặc bấm Gửi lại để thử lần nữa.",
		"The recipient's mail server said that this address cannot be used; correct it in the directory, or send again to try once more.")
	ErrTooSlow = fault.New(fault.Unavailable, "exchange_slow",
		"Gửi quá lâu mà chưa xong.", "Sending took too long and was not finished.")
)

// The time that one try may take, by what is sent: the slowest line that is
// waited for carries 64 KiB a second.
const (
	sendBase = 2 * time.Minute
	sendRate = 64 << 10
)

// SendTime is how long one try to send so many bytes may take. When it is over
// and nobody has said how the try ended, whoever made it is gone.
func SendTime(bytes int64) time.Duration {
	return sendBase + time.Duration(bytes/sendRate)*time.Second
}

// Due tells whether the delivery is still to be sent, and from when on.
func (d Delivery) Due() (at time.Time, waiting bool) {
	return d.NextAttemptAt, d.State == Waiting && d.Channel.Remote()
}

// Claim takes the delivery on for one try; nobody else tries it until then.
func (d Delivery) Claim(until time.Time) Delivery {
	d.Attempts++
	d.NextAttemptAt = until
	return d
}

// Release takes a claim back whose try was ended from our own side: it counts
// for nothing.
func (d Delivery) Release(now time.Time) Delivery {
	d.Attempts = max(d.Attempts-1, 0)
	d.NextAttemptAt = now
	return d
}

// Postpone lets the delivery wait without using up a try.
func (d Delivery) Postpone(at time.Time) Delivery {
	d.NextAttemptAt = at
	return d
}

// HoldBack lets the delivery wait for a channel that is not there.
func (d Delivery) HoldBack(why error) Delivery {
	d.NextAttemptAt = time.Time{}
	d.ReasonCode, d.Reason = CodeOf(why), ""
	return d
}

// Succeed notes what the channel learned. A word from the other side that came
// meanwhile counts more.
func (d Delivery) Succeed(o Outcome) Delivery {
	after, _ := d.Apply(Receipt{State: o.State, At: o.At})
	after.NextAttemptAt, after.RemoteID = time.Time{}, o.RemoteID
	return after
}

// FailTry notes a try that failed: when the next is made, or that there is none.
// words are the other side's own.
func (d Delivery) FailTry(next Next, why error, words string, now time.Time) Delivery {
	d.ReasonCode, d.Reason = CodeOf(why), words
	d.NextAttemptAt = next.At
	if next.State != Waiting {
		d.State, d.StateAt, d.ByName, d.NextAttemptAt = next.State, now, "", time.Time{}
	}
	return d
}

// CodeOf gives the stable code of what went wrong; screens have the words to
// it. A defect of ours has one code for all.
func CodeOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return "internal"
}
