package mime

// Code names a defect of a message. Codes are stable: rows and screens keep them.
type Code string

// The defects. What a code means for a mailbox is decided by the caller.
const (
	HeaderTruncated     Code = "header_truncated"      // a header block over the limit; its rest was skipped
	HeaderMalformed     Code = "header_malformed"      // a line among the headers that is none
	HeaderEndMissing    Code = "header_end_missing"    // the body begins without an empty line
	HeaderDuplicate     Code = "header_duplicate"      // a field that may stand once stands twice; the first counts
	TypeMalformed       Code = "type_malformed"        // a Content-Type that names no type
	BoundaryGuessed     Code = "boundary_guessed"      // the boundary was taken from the body
	BoundaryAbsent      Code = "boundary_absent"       // a multipart that cannot be split; kept whole
	EndBoundaryMissing  Code = "end_boundary_missing"  // a multipart that is not closed: perhaps cut off
	PartsAfterEnd       Code = "parts_after_end"       // parts after the closing boundary; taken
	TooDeep             Code = "too_deep"              // nested over the limit; kept whole
	TooManyParts        Code = "too_many_parts"        // the parts beyond the limit were not read
	PartTooLarge        Code = "part_too_large"        // a part beyond the limit
	TransferUnknown     Code = "transfer_unknown"      // an unknown transfer encoding; kept raw
	TransferOnContainer Code = "transfer_on_container" // a multipart or message that is encoded as a whole
	Base64Damaged       Code = "base64_damaged"        // characters lost or foreign in base64
	Base64Padding       Code = "base64_padding"        // base64 with wrong padding; nothing is lost
	QuotedDamaged       Code = "quoted_damaged"        // escapes that are none; kept as they stand
	CharsetUnknown      Code = "charset_unknown"       // text kept raw as a part
	CharsetGuessed      Code = "charset_guessed"       // 8-bit text that does not say what it is
	CharsetDamaged      Code = "charset_damaged"       // bytes that are not of the declared charset
	TextTruncated       Code = "text_truncated"        // a body over the limit
	TextControl         Code = "text_control"          // control characters taken out of a body
	WordDamaged         Code = "word_damaged"          // an encoded word in a header that is broken
	NameUnsafe          Code = "name_unsafe"           // a file name with a path, controls, direction marks or too long
	AddressMalformed    Code = "address_malformed"     // an address that is none
	DateMalformed       Code = "date_malformed"        // a date that is none
	LegacyFont          Code = "legacy_font"           // text that seems to be TCVN3 or VNI: letters that only an old font shows right
	Encrypted           Code = "encrypted"             // a part that needs a key; kept whole
	ContainerDamaged    Code = "container_damaged"     // an archive, winmail.dat or signed object read in part; kept whole too
	ContainerLimit      Code = "container_limit"       // one that would become too much, or of an unknown form; kept whole
	SignatureBroken     Code = "signature_broken"      // what was signed is not what came
	SignerOther         Code = "signer_other"          // signed by another address than it was sent from
)

// maxWarnings bounds the list; a message with more defects has made its point.
const maxWarnings = 200

// Warning is one defect, at one place.
type Warning struct {
	Code   Code
	Path   string // of the part; empty for the message itself
	Detail string // for the operator; short, and free of the message's own words where it can be
}

// Loses tells whether content may be missing or damaged, so that a person
// should look before the message counts as received whole.
func (w Warning) Loses() bool {
	switch w.Code {
	case HeaderTruncated, BoundaryAbsent, EndBoundaryMissing, TooManyParts, PartTooLarge,
		TransferUnknown, Base64Damaged, ContainerDamaged:
		return true
	}
	return false
}

func (w *walker) warn(code Code, path, detail string) {
	if len(w.msg.Warnings) >= maxWarnings {
		return
	}
	for _, have := range w.msg.Warnings {
		if have.Code == code && have.Path == path {
			return
		}
	}
	w.msg.Warnings = append(w.msg.Warnings, Warning{Code: code, Path: path, Detail: detail})
}
