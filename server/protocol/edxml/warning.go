package edxml

// Code names how a package departs from the form. Codes are stable: rows and
// screens keep them.
type Code string

// The departures. What a code means for a register is decided by the caller.
const (
	OldVariant           Code = "old_variant"           // the form of 2014: SOAP, or its namespace
	RootOther            Code = "root_other"            // root or envelope under another name
	NamespaceOther       Code = "namespace_other"       // an element of another namespace, read by its name
	PrefixOther          Code = "prefix_other"          // header elements without the prefix edXML; some receivers refuse that
	PrefixUndeclared     Code = "prefix_undeclared"     // an attribute with a prefix that nobody declared
	CharsetOther         Code = "charset_other"         // not UTF-8; converted
	CharsetDamaged       Code = "charset_damaged"       // bytes that are not of the declared charset
	ByteOrderMark        Code = "byte_order_mark"       // UTF-8 with a mark at its beginning
	AliasRead            Code = "alias_read"            // an element under an old or other name
	ElementUnknown       Code = "element_unknown"       // left out
	ElementRepeated      Code = "element_repeated"      // stands once by the form; the last counts
	TextMixed            Code = "text_mixed"            // text where elements are due; left out
	BlanksTrimmed        Code = "blanks_trimmed"        // blanks around a value taken off
	NumberUnreadable     Code = "number_unreadable"     // a number that is none; left out
	ValueUnknown         Code = "value_unknown"         // a code that no list has; kept
	DateOldForm          Code = "date_old_form"         // dd/MM/yyyy, in the old variant alone
	SenderMissing        Code = "sender_missing"        // no From
	RecipientMissing     Code = "recipient_missing"     // no To
	RecipientEmpty       Code = "recipient_empty"       // a To that names nobody; left out
	RecipientRepeated    Code = "recipient_repeated"    // one agency twice
	DocumentIDMissing    Code = "document_id_missing"   // the official library invents one at each reading
	ManifestMissing      Code = "manifest_missing"      // attachments without a manifest
	NotInManifest        Code = "not_in_manifest"       // an attachment that the manifest does not announce
	AttachmentAbsent     Code = "attachment_absent"     // announced by the manifest and not there
	AttachmentsMisplaced Code = "attachments_misplaced" // inside the envelope, where others do not look
	AttachmentsRepeated  Code = "attachments_repeated"  // several lists; all read, where others read the last
	AttachmentsOnStatus  Code = "attachments_on_status" // a status carries none
	ContentIDDoubled     Code = "content_id_doubled"    // "cid:cid:"
	ContentIDMissing     Code = "content_id_missing"    // an attachment without one
	NameMissing          Code = "name_missing"          // the name was taken from the manifest, or is none
	NameDiffers          Code = "name_differs"          // manifest and attachment name it differently; the attachment's counts
	NameUnsafe           Code = "name_unsafe"           // a path, controls, direction marks or too long
	TypeMissing          Code = "content_type_missing"  // told by the bytes
	TypeWrong            Code = "content_type_wrong"    // the bytes are otherwise; told by them
	ZipMissing           Code = "zip_missing"           // said to be zipped and is not; taken as it is
	ZipKept              Code = "zip_kept"              // an archive whose name others would unpack
	ZipMoreEntries       Code = "zip_more_entries"      // the first file was taken, the rest left
	ZipEntryFolder       Code = "zip_entry_folder"      // the file stands in a folder of its archive
	ContentEmpty         Code = "content_empty"         // an attachment of no bytes
	Base64Padding        Code = "base64_padding"        // without its end; nothing is lost
	Base64URL            Code = "base64_url"            // of the alphabet for addresses
	Base64Damaged        Code = "base64_damaged"        // foreign characters, or cut off
	SignatureNamespace   Code = "signature_namespace"   // a signature outside the namespace of XML signatures
	SignatureRepeated    Code = "signature_repeated"    // several; the last counts, and none is verified
	SignatureInvalid     Code = "signature_invalid"     // does not agree with the package
	SignatureUnverified  Code = "signature_unverified"  // could not be verified; SignatureCheck says why
	SignatureSHA1        Code = "signature_sha1"        // agrees, by an algorithm that no longer proves anything
)

// maxWarnings bounds the list; a package with more departures has made its point.
const maxWarnings = 200

// Warning is one departure, at one place.
type Warning struct {
	Code   Code
	Path   string // the element, or Attachment[2]; empty for the package itself
	Detail string // for the operator; never a title or a name of the package
}

// Loses tells whether content may be missing or damaged, so that a person
// should look before the package counts as received whole.
func (w Warning) Loses() bool {
	switch w.Code {
	case CharsetDamaged, AttachmentAbsent, ZipMoreEntries, ContentEmpty, Base64Damaged, SignatureInvalid:
		return true
	}
	return false
}

// warnings collects, once for each code and place.
type warnings struct {
	list []Warning
	seen map[[2]string]bool
}

func (w *warnings) warn(code Code, path, detail string) {
	key := [2]string{string(code), path}
	if len(w.list) >= maxWarnings || w.seen[key] {
		return
	}
	if w.seen == nil {
		w.seen = map[[2]string]bool{}
	}
	w.seen[key] = true
	w.list = append(w.list, Warning{Code: code, Path: path, Detail: detail})
}
