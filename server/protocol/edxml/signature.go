package edxml

import (
	"crypto"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"hash"
	"slices"
	"strings"
)

// Signature is an XML signature as it stands. Many are dummies, and what the
// law calls the signature is inside the PDF; Result.Check says what this one
// proves.
type Signature struct {
	Canonicalization string
	Method           string
	References       []SignedReference
	Value            string // base64
	SubjectName      string
	Certificate      string // base64 of the DER
}

// SignedReference says what was hashed, and how.
type SignedReference struct {
	URI          string
	Transforms   []string
	DigestMethod string
	DigestValue  string // base64
}

// SignatureState is what verifying came to.
type SignatureState string

// The states.
const (
	NotSigned    SignatureState = ""
	Valid        SignatureState = "valid"        // whole package and certificate agree; whether to trust the certificate is the caller's
	Invalid      SignatureState = "invalid"      // they do not
	Unverifiable SignatureState = "unverifiable" // Reason says why
)

// Reason is why a signature could not be verified, or what of it disagrees.
type Reason string

// The reasons.
const (
	ReasonIncomplete  Reason = "incomplete"  // parts of it are missing
	ReasonCertificate Reason = "certificate" // none that can be read, or not for RSA
	ReasonAlgorithm   Reason = "algorithm"   // one that is not known here
	ReasonSHA1        Reason = "sha1"        // not accepted by the settings
	ReasonReference   Reason = "reference"   // it signs something else than the whole package
	ReasonSeveral     Reason = "several"     // more than one
	ReasonLate        Reason = "late"        // it stands after the attachments
	ReasonForm        Reason = "form"        // the package has no certain canonical form
	ReasonDigest      Reason = "digest"      // the package was changed
	ReasonValue       Reason = "value"       // not made by the certificate's key
)

// SignatureCheck is what verifying the signature came to.
type SignatureCheck struct {
	State       SignatureState
	Reason      Reason
	SHA1        bool // rests on SHA-1, which the settings accept
	Certificate *x509.Certificate
}

const dsigNamespace = "http://www.w3.org/2000/09/xmldsig#"

// The algorithms. Inclusive canonical XML is what the samples use and what
// applies where a reference names none.
const (
	c14nExclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
	c14nInclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	enveloped     = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	rsaSHA256     = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	digestSHA256  = "http://www.w3.org/2001/04/xmlenc#sha256"
	digestSHA1    = "http://www.w3.org/2000/09/xmldsig#sha1"
)

// maxKeyBits bounds what verifying costs.
const maxKeyBits = 8192

var signatureMethods = map[string]crypto.Hash{
	rsaSHA256: crypto.SHA256,
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": crypto.SHA384,
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": crypto.SHA512,
	"http://www.w3.org/2000/09/xmldsig#rsa-sha1":        crypto.SHA1,
}

var digestMethods = map[string]crypto.Hash{
	digestSHA256: crypto.SHA256,
	"http://www.w3.org/2001/04/xmldsig-more#sha384": crypto.SHA384,
	"http://www.w3.org/2001/04/xmlenc#sha512":       crypto.SHA512,
	digestSHA1: crypto.SHA1,
}

// readSignature takes a signature as data, whatever namespace it fell into.
func readSignature(n *node) *Signature {
	value := func(n *node, path ...string) string {
		for _, name := range path {
			if n == nil {
				return ""
			}
			n = n.child(name)
		}
		if n == nil {
			return ""
		}
		return strings.Trim(n.text(), blanks)
	}
	info, x509Data := n.child("SignedInfo"), n.child("KeyInfo")
	if x509Data != nil {
		x509Data = x509Data.child("X509Data")
	}
	s := &Signature{Value: value(n, "SignatureValue"), SubjectName: value(x509Data, "X509SubjectName"), Certificate: value(x509Data, "X509Certificate")}
	if info != nil {
		s.Canonicalization, s.Method = algorithm(info.child("CanonicalizationMethod")), algorithm(info.child("SignatureMethod"))
		for _, c := range info.children() {
			if c.name.Local == "Reference" {
				r := SignedReference{URI: attribute(c, "URI"), DigestMethod: algorithm(c.child("DigestMethod")), DigestValue: value(c, "DigestValue")}
				if t := c.child("Transforms"); t != nil {
					for _, one := range t.children() {
						r.Transforms = append(r.Transforms, algorithm(one))
					}
				}
				s.References = append(s.References, r)
			}
		}
	}
	if s.Value == "" && s.SubjectName == "" && s.Certificate == "" && s.Canonicalization == "" && s.Method == "" && s.References == nil {
		return nil // several senders leave the block empty
	}
	return s
}

func algorithm(n *node) string { return attribute(n, "Algorithm") }

func attribute(n *node, name string) string {
	if n != nil {
		for _, a := range n.attrs {
			if a.Name.Local == name && !declares(a) {
				return a.Value
			}
		}
	}
	return ""
}

// verification is a signature that is being verified while the package is read.
type verification struct {
	node   *node
	data   *Signature
	digest hash.Hash
	canon  *canon
	check  SignatureCheck
	scope  scope // of the elements around SignedInfo
}

func (v *verification) give(state SignatureState, why Reason) {
	v.check.State, v.check.Reason = state, why
}

// newVerification decides whether and how the signature can be verified. Only
// a signature over the whole package counts: one over a part of it says
// nothing of the rest, and has misled many.
func newVerification(n *node, data *Signature, allowSHA1 bool) *verification {
	v := &verification{node: n, data: data}
	v.check.State = Unverifiable
	info := n.child("SignedInfo")
	if info == nil || data.Value == "" || len(data.References) == 0 {
		v.check.Reason = ReasonIncomplete
		return v
	}
	reference := data.References[0]
	exclusive, whole := transforms(info, reference)
	if len(data.References) != 1 || reference.URI != "" || !hasAttribute(info.child("Reference"), "URI") || !whole {
		v.check.Reason = ReasonReference
		return v
	}
	method, digest := signatureMethods[data.Method], digestMethods[reference.DigestMethod]
	if method == 0 || digest == 0 || data.Canonicalization != c14nExclusive && data.Canonicalization != c14nInclusive ||
		!plain(info.child("CanonicalizationMethod")) {
		v.check.Reason = ReasonAlgorithm
		return v
	}
	v.check.SHA1 = method == crypto.SHA1 || digest == crypto.SHA1
	if v.check.SHA1 && !allowSHA1 {
		v.check.Reason = ReasonSHA1
		return v
	}
	der, err := decodeBase64(data.Certificate)
	if err == nil {
		v.check.Certificate, err = x509.ParseCertificate(der)
	}
	if err != nil {
		v.check.Certificate, v.check.Reason = nil, ReasonCertificate
		return v
	}
	if key, ok := v.check.Certificate.PublicKey.(*rsa.PublicKey); !ok || key.N.BitLen() > maxKeyBits {
		v.check.Reason = ReasonCertificate
		return v
	}
	v.digest = digest.New()
	v.canon = newCanon(v.digest, exclusive, nil)
	return v
}

// transforms tells whether a reference means the whole package without the
// signature itself, and which canonical form it takes of it.
func transforms(info *node, r SignedReference) (exclusive, whole bool) {
	for i, t := range r.Transforms {
		switch {
		case t == enveloped && i == 0:
			whole = true
		case t == c14nExclusive && i == 1, t == c14nInclusive && i == 1:
			exclusive = t == c14nExclusive
		default:
			return false, false
		}
	}
	if list := info.child("Reference").child("Transforms"); list != nil && !slices.ContainsFunc(list.children(), func(t *node) bool { return !plain(t) }) {
		return exclusive, whole
	}
	return false, false
}

// plain tells that an algorithm has no parameters, such as a list of prefixes.
func plain(n *node) bool { return n != nil && len(n.children()) == 0 }

func hasAttribute(n *node, name string) bool {
	return n != nil && slices.ContainsFunc(n.attrs, func(a xml.Attr) bool { return a.Name.Local == name && a.Name.Space == "" })
}

// finish compares, once the whole package was hashed.
func (v *verification) finish() {
	if v.canon == nil {
		return
	}
	v.canon.flush()
	signed := signatureMethods[v.data.Method]
	h := signed.New()
	c := newCanon(h, v.data.Canonicalization == c14nExclusive, v.scope)
	v.node.child("SignedInfo").replay(c, nil)
	c.flush()
	if v.canon.broken || c.broken || inherits(v.scope, v.data.Canonicalization) {
		v.give(Unverifiable, ReasonForm)
		return
	}
	want, err := decodeBase64(v.data.References[0].DigestValue)
	if err != nil || subtle.ConstantTimeCompare(want, v.digest.Sum(nil)) != 1 {
		v.give(Invalid, ReasonDigest)
		return
	}
	key, ok := v.check.Certificate.PublicKey.(*rsa.PublicKey)
	value, err := decodeBase64(v.data.Value)
	if !ok || err != nil || rsa.VerifyPKCS1v15(key, signed, h.Sum(nil), value) != nil {
		v.give(Invalid, ReasonValue)
		return
	}
	v.give(Valid, "")
}

// inherits tells whether inclusive canonical XML would carry xml: attributes
// into SignedInfo. They are noted as declarations by noteXML.
func inherits(s scope, canonicalization string) bool {
	return canonicalization == c14nInclusive && slices.ContainsFunc(s, func(b binding) bool { return b.prefix == "xml" })
}

// contextOf collects what the elements around SignedInfo declare.
func contextOf(path ...*node) scope {
	var s scope
	for _, n := range path {
		s = s.declare(n.attrs)
		for _, a := range n.attrs {
			if a.Name.Space == "xml" {
				s = append(s, binding{"xml", a.Value})
			}
		}
	}
	return s
}

// decodeBase64 reads the small values of a signature, which may be folded.
func decodeBase64(s string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
}
