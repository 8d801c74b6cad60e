package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // old signatures are read, and called weak; none is made
	"crypto/sha256"
	_ "crypto/sha512" // for reading signatures of others
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"slices"
)

// Hash is what signatures made here use.
const Hash = crypto.SHA256

// Draft is a signature that lacks only what the key makes. It is made of the
// content's digest and the certificates alone, so it can be made again.
type Draft struct {
	certificate *x509.Certificate
	chain       []*x509.Certificate
	attributes  []byte // DER of the SET
	algorithm   pkix.AlgorithmIdentifier
}

// NewDraft begins a signature over content of the given SHA-256.
func NewDraft(digest []byte, certificate *x509.Certificate, chain []*x509.Certificate) (*Draft, error) {
	if len(digest) != Hash.Size() {
		return nil, errors.New("cms: the digest is no SHA-256")
	}
	d := &Draft{certificate: certificate, chain: chain}
	switch certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		d.algorithm = pkix.AlgorithmIdentifier{Algorithm: oidRSASHA256, Parameters: asn1.NullRawValue}
	case *ecdsa.PublicKey:
		d.algorithm = pkix.AlgorithmIdentifier{Algorithm: oidECDSASHA256}
	default:
		return nil, ErrWeak
	}
	sum := sha256.Sum256(certificate.Raw)
	named := signingCertificateV2{Certs: []essCertIDv2{{Hash: sum[:]}}} // SHA-256 is the default
	var encoded [][]byte
	for _, a := range []struct {
		oid   asn1.ObjectIdentifier
		value any
	}{{oidContentType, oidData}, {oidMessageDigest, digest}, {oidSigningCertV2, named}} {
		one, err := marshalAttribute(a.oid, a.value)
		if err != nil {
			return nil, err
		}
		encoded = append(encoded, one)
	}
	slices.SortFunc(encoded, bytes.Compare) // DER orders the elements of a SET
	var err error
	d.attributes, err = asn1.Marshal(wrap(asn1.ClassUniversal, asn1.TagSet, slices.Concat(encoded...)))
	return d, err
}

func marshalAttribute(oid asn1.ObjectIdentifier, value any) ([]byte, error) {
	inner, err := asn1.Marshal(value)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(attribute{Type: oid, Values: wrap(asn1.ClassUniversal, asn1.TagSet, inner)})
}

// Digest is the SHA-256 that the key has to sign.
func (d *Draft) Digest() []byte {
	sum := sha256.Sum256(d.attributes)
	return sum[:]
}

// Finish makes the container of the key's signature, once that fits the
// certificate. The token of a time stamp over the signature may be nil.
func (d *Draft) Finish(signature, token []byte) ([]byte, error) {
	if err := d.certificate.CheckSignature(d.x509Algorithm(), d.attributes, signature); err != nil {
		return nil, ErrMismatch
	}
	serial, err := asn1.Marshal(issuerAndSerial{Issuer: asn1.RawValue{FullBytes: d.certificate.RawIssuer}, Serial: d.certificate.SerialNumber})
	if err != nil {
		return nil, err
	}
	attributes := append([]byte(nil), d.attributes...)
	attributes[0] = 0xa0 // the implicit tag; only the digest is taken over the SET
	signer := signerInfo{
		Version: 1, Signer: asn1.RawValue{FullBytes: serial},
		DigestAlgorithm:    pkix.AlgorithmIdentifier{Algorithm: oidSHA256, Parameters: asn1.NullRawValue},
		SignedAttributes:   asn1.RawValue{FullBytes: attributes},
		SignatureAlgorithm: d.algorithm, Signature: signature,
	}
	if token != nil {
		stamp, err := marshalAttribute(oidTimeStampToken, asn1.RawValue{FullBytes: token})
		if err != nil {
			return nil, err
		}
		signer.Unsigned = wrap(asn1.ClassContextSpecific, 1, stamp)
	}
	var certificates []byte
	for _, c := range d.certificates() {
		certificates = append(certificates, c.Raw...)
	}
	inner, err := asn1.Marshal(signedData{
		Version: 1, DigestAlgorithms: []pkix.AlgorithmIdentifier{signer.DigestAlgorithm},
		Encapsulated: encapsulated{ContentType: oidData},
		Certificates: wrap(asn1.ClassContextSpecific, 0, certificates),
		Signers:      []signerInfo{signer},
	})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(contentInfo{ContentType: oidSignedData, Content: wrap(asn1.ClassContextSpecific, 0, inner)})
}

func (d *Draft) x509Algorithm() x509.SignatureAlgorithm {
	if d.algorithm.Algorithm.Equal(oidRSASHA256) {
		return x509.SHA256WithRSA
	}
	return x509.ECDSAWithSHA256
}

func (d *Draft) certificates() []*x509.Certificate {
	list := []*x509.Certificate{d.certificate}
	for _, c := range d.chain {
		if !slices.ContainsFunc(list, c.Equal) {
			list = append(list, c)
		}
	}
	return list
}

// Size is how many bytes the container will need at most, with a time stamp.
func (d *Draft) Size() int {
	size := 4096 // names, attributes and the signature of the longest keys
	for _, c := range d.certificates() {
		size += len(c.Raw)
	}
	return size
}
