package signing

import (
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
)

// Returned is what was found out about a file that came back signed.
type Returned struct {
	Hash      document.Hash // of the whole file
	Prefix    document.Hash // of as many first bytes as were sent out
	Place     Place         // where the one new signature stands
	Signer    Fingerprint   // of the certificate that made it
	Whole     bool          // the signature fits the bytes, and covers all of them
	Added     []Change      // everything that was added to what was sent out
	Validity  Validity      // of the certificate, when it signed
	ClaimedAt time.Time
	StampedAt time.Time // by the time-stamping authority; zero: no time stamp
}

// Validity is how a certificate stood when it signed.
type Validity string

// How certificates stand. Unknown means that its issuer is in no list of
// trusted ones here.
const (
	Trusted     Validity = "trusted"
	Unknown     Validity = "unknown_issuer"
	NotYetValid Validity = "not_yet_valid"
	OutOfDate   Validity = "expired"
	Revoked     Validity = "revoked"
	Unfit       Validity = "unfit" // it is not made for signing, or its chain is wrong
)

// Text says how the certificate stands.
func (v Validity) Text() fault.Text {
	switch v {
	case Trusted:
		return fault.Text{VI: "chứng thư hợp lệ", EN: "certificate valid"}
	case Unknown:
		return fault.Text{VI: "chứng thư của tổ chức chưa được tin cậy ở đây", EN: "certificate of an issuer that is not trusted here"}
	case NotYetValid:
		return fault.Text{VI: "chứng thư chưa có hiệu lực", EN: "certificate not yet valid"}
	case OutOfDate:
		return fault.Text{VI: "chứng thư đã hết hạn", EN: "certificate expired"}
	case Revoked:
		return fault.Text{VI: "chứng thư đã bị thu hồi", EN: "certificate revoked"}
	}
	return fault.Text{VI: "chứng thư không dùng được để ký", EN: "certificate not fit for signing"}
}

// The reasons for which a signed file is not taken.
var (
	ErrOtherBytes = fault.New(fault.Conflict, "other_bytes",
		"Tệp gửi lại không phải là tệp đã duyệt kèm thêm chữ ký: nội dung đã bị thay đổi.",
		"What came back is not the approved file with a signature added: its bytes were changed.")
	ErrNotSigned = fault.New(fault.Invalid, "not_signed",
		"Tệp gửi lại không có thêm chữ ký hợp lệ.", "What came back carries no further valid signature.")
	ErrOtherPlace = fault.New(fault.Conflict, "other_place",
		"Chữ ký không nằm ở vị trí dành cho yêu cầu này.", "The signature is not in the place that the order names.")
	ErrAddedMore = fault.New(fault.Conflict, "added_more",
		"Ngoài chữ ký, tệp gửi lại còn có thay đổi khác.", "Besides the signature, what came back has other changes.")
	ErrOtherSigner = fault.New(fault.Forbidden, "other_signer",
		"Chữ ký không phải của người được yêu cầu ký.", "The signature is not by the person who was asked.")
	ErrCertificate = fault.New(fault.Conflict, "certificate",
		"Chứng thư dùng để ký không hợp lệ.", "The certificate that signed is not valid.")
)

// Accept takes the signed file for the order, or says why not. It may be
// neither cancelled nor late; the same file a second time changes nothing.
func (o *Order) Accept(r Returned, now time.Time) (document.Event, error) {
	if o.State == Done {
		if r.Hash == o.SignedHash {
			return document.Event{}, nil
		}
		return document.Event{}, ErrAnsweredTwice
	}
	if !o.State.Allows(Complete) || o.Due(now) {
		return document.Event{}, ErrOrderState
	}
	if err := o.check(r); err != nil {
		return document.Event{}, err
	}
	event, err := o.take(Complete)
	if err == nil {
		o.SignedHash = r.Hash
	}
	return event, err
}

func (o *Order) check(r Returned) error {
	switch {
	case r.Prefix != o.FileHash:
		return ErrOtherBytes
	case !r.Whole:
		return ErrNotSigned
	case r.Signer != o.Signer:
		return ErrOtherSigner
	case r.Place != o.Place:
		return ErrOtherPlace
	}
	signatures := 0
	for _, c := range r.Added {
		switch c {
		case Filling(o.Place.Kind), AddedHidden: // hidden, where another agency has signed before
			signatures++
		case AddedEvidence, AddedStamp:
		default:
			return ErrAddedMore
		}
	}
	if signatures > 1 {
		return ErrAddedMore
	}
	if r.Validity != Trusted {
		f := *ErrCertificate
		f.Text = fault.Text{VI: "Không nhận chữ ký: " + r.Validity.Text().VI + ".", EN: "The signature is not taken: " + r.Validity.Text().EN + "."}
		return &f
	}
	return nil
}
