package signing

import (
	"strings"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Provider says where a key lives.
type Provider string

// The providers.
const (
	Software Provider = "software" // kept here, sealed: for training and for agencies without a token
	Device   Provider = "device"   // a device of the server
	Remote   Provider = "remote"   // a signing service, or a SIM card behind one
	Local    Provider = "local"    // a token on the person's own PC
)

// Here tells whether the server itself can have the key sign.
func (p Provider) Here() bool { return p == Software || p == Device || p == Remote }

// Certificate is a certificate that signs here: a person's own, or an agency's
// seal.
type Certificate struct {
	ID          org.ID
	AccountID   org.ID // of a person's
	AgencyID    org.ID // of a seal
	Provider    Provider
	Fingerprint Fingerprint
	Subject     string
	Issuer      string
	Serial      string
	Training    bool // it says that it has no legal value
	ValidFrom   time.Time
	ValidUntil  time.Time
	Chain       [][]byte // DER, the signer's first
	Reference   string   // of the key at its service, or the label of its device
	Image       []byte   // PNG of the signature or the seal
	AddedAt     time.Time
	Asks        []string // what its service has the person type for each signature, by the service's names
}

// SignsByItself tells whether the server can have the key sign without asking
// the person for anything.
func (c Certificate) SignsByItself() bool { return c.Provider.Here() && len(c.Asks) == 0 }

// The faults of certificates.
var (
	ErrNotYetValid = fault.New(fault.Conflict, "certificate_not_yet_valid",
		"Chứng thư chưa có hiệu lực.", "The certificate is not yet valid.")
	ErrExpired = fault.New(fault.Conflict, "certificate_expired",
		"Chứng thư đã hết hạn.", "The certificate has expired.")
	ErrOrdinaryImage = fault.InvalidField("image", "image_size",
		"Ảnh chữ ký hoặc con dấu phải là PNG không quá 512 KiB.", "The image must be a PNG of at most 512 KiB.")
)

// Usable refuses a certificate that is not good today, before anybody waits
// for a signature that would not be taken.
func (c Certificate) Usable(now time.Time) error {
	if now.Before(c.ValidFrom) {
		return ErrNotYetValid
	}
	if now.After(c.ValidUntil) {
		return ErrExpired
	}
	return nil
}

// warnAhead is how long before its end a certificate is warned of: renewing
// one takes weeks.
const warnAhead = 30 * 24 * time.Hour

// Ending tells whether the certificate ends soon or has ended.
func (c Certificate) Ending(now time.Time) bool { return now.Add(warnAhead).After(c.ValidUntil) }

// MaxImage is the size of an image of a signature or seal.
const MaxImage = 512 << 10

// Rule says of an agency whether what it issues must be signed.
type Rule struct {
	AgencyID org.ID
	Required bool
	Initials bool // initials of a circuit are signatures, not a word
	Seals    bool // it has a seal that is good today
	Version  int
}

var (
	errUnsigned = fault.New(fault.Conflict, "unsigned",
		"Cơ quan quy định văn bản phải được ký số trước khi phát hành.", "The agency has its documents signed before they are issued.")
	errUnsealed = fault.New(fault.Conflict, "unsealed",
		"Văn bản đã ký số còn thiếu số, ngày và con dấu số của cơ quan trên tệp.", "The signed document still lacks number, date and the agency's seal on its file.")
)

// ErrInitialUnsigned is the fault of initials given as a word where the agency wants a signature.
var ErrInitialUnsigned = fault.New(fault.Conflict, "initial_unsigned",
	"Cơ quan quy định ký nháy bằng chữ ký số. Hãy dùng “Ký nháy số”.", "The agency wants initials as digital signatures. Use “Initial digitally”.")

// MayIssue refuses to issue what is signed by halves. Without certificates an
// agency issues as it did before.
func (r Rule) MayIssue(signed, sealed bool) error {
	switch {
	case !signed && r.Required:
		return errUnsigned
	case signed && !sealed && r.Seals:
		return errUnsealed
	}
	return nil
}

// MayIssueAnnexes refuses to issue a signed document with an annex in a file of
// its own that the agency has not signed (C6).
func (r Rule) MayIssueAnnexes(signed bool, unsealed []string) error {
	if !signed || !r.Seals || len(unsealed) == 0 {
		return nil
	}
	names := strings.Join(unsealed, ", ")
	return fault.New(fault.Conflict, "annex_unsealed",
		"Phụ lục ở tệp riêng chưa có chữ ký số của cơ quan: "+names+". Hãy đóng dấu số trước khi phát hành.",
		"Annexes in files of their own lack the agency's signature: "+names+". Seal them before issuing.")
}
