package mime

import (
	"bytes"
	"io"
)

// Report is a part that a mail server or a mail program wrote for programs
// (RFC 6522): blocks of fields, one behind the other.
type Report struct {
	Kind   string // "message/delivery-status", "message/disposition-notification" or "text/rfc822-headers"
	Blocks []Fields
}

// The bounds of what is kept of reports; real ones are under 4 KiB.
const (
	maxReport  = 64 << 10
	maxReports = 8
	maxBlocks  = 64
)

const (
	typeDeliveryStatus = "message/delivery-status"
	typeDisposition    = "message/disposition-notification"
	typeHeadersOnly    = "text/rfc822-headers"
)

// reportKind gives the usual name of a report's type, or nothing.
func reportKind(kind string) string {
	switch kind {
	case typeDeliveryStatus, "message/global-delivery-status":
		return typeDeliveryStatus
	case typeDisposition, "message/global-disposition-notification":
		return typeDisposition
	case typeHeadersOnly, "message/global-headers":
		return typeHeadersOnly
	}
	return ""
}

// keepsReport lets a report pass by and remembers its beginning.
func (w *walker) keepsReport(r io.Reader, kind string) (io.Reader, func()) {
	if kind = reportKind(kind); kind == "" || len(w.msg.Reports) >= maxReports {
		return r, func() {}
	}
	kept := &beginning{}
	return io.TeeReader(r, kept), func() {
		if blocks := readBlocks(kept.b); len(blocks) > 0 {
			w.msg.Reports = append(w.msg.Reports, Report{Kind: kind, Blocks: blocks})
		}
	}
}

// beginning keeps the first bytes of what is written.
type beginning struct{ b []byte }

func (k *beginning) Write(b []byte) (int, error) {
	k.b = append(k.b, b[:min(len(b), maxReport-len(k.b))]...)
	return len(b), nil
}

// readBlocks reads blocks of fields with empty lines between them.
func readBlocks(text []byte) []Fields {
	text = bytes.ReplaceAll(text, []byte("\r\n"), lf)
	var blocks []Fields
	for block := range bytes.SplitSeq(text, []byte("\n\n")) {
		if block = bytes.Trim(block, "\n"); len(block) == 0 {
			continue
		}
		w := &walker{limits: Limits{HeaderBytes: maxReport}.filled()}
		fields, err := w.readFields(newSource(newBytes(append(block, '\n')), int64(len(block))+2), "")
		if err == nil && len(fields) > 0 {
			blocks = append(blocks, fields)
		}
		if len(blocks) == maxBlocks {
			break
		}
	}
	return blocks
}
