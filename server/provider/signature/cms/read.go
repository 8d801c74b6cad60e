package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"time"
)

// Signature is a container that was read; Verify says whether it holds.
type Signature struct {
	Certificate  *x509.Certificate // nil when the container does not bring it
	Certificates []*x509.Certificate
	CRLs         [][]byte
	OCSPs        [][]byte
	SigningTime  time.Time // as the signer says; zero for none
	Token        []byte    // of the time stamp over the signature; nil for none
	Value        []byte    // the signature itself
	Named        bool      // the signer's certificate is among what was signed (CAdES)

	content     []byte // encapsulated; nil when detached
	contentType asn1.ObjectIdentifier
	signer      signerInfo
	attributes  map[string][]byte // signed; the DER of the SET of values
}

// Parse reads a container with exactly one signer. Zeros behind it are the
// padding of its place in a PDF.
func Parse(data []byte) (*Signature, error) {
	der, err := toDER(data)
	if err != nil {
		return nil, err
	}
	var outer contentInfo
	if rest, err := asn1.Unmarshal(der, &outer); err != nil || len(rest) > 0 || !outer.ContentType.Equal(oidSignedData) {
		return nil, malformed("no signed data")
	}
	var sd signedData
	if rest, err := asn1.Unmarshal(outer.Content.Bytes, &sd); err != nil || len(rest) > 0 {
		return nil, malformed("signed data: %w", err)
	}
	if len(sd.Signers) != 1 {
		return nil, malformed("%d signers", len(sd.Signers))
	}
	s := &Signature{signer: sd.Signers[0], contentType: sd.Encapsulated.ContentType, Value: sd.Signers[0].Signature}
	if len(sd.Encapsulated.Content.FullBytes) > 0 {
		if _, err := asn1.Unmarshal(sd.Encapsulated.Content.Bytes, &s.content); err != nil {
			return nil, malformed("content: %w", err)
		}
	}
	s.readCertificates(sd.Certificates.Bytes)
	s.readCRLs(sd.CRLs.Bytes)
	if s.attributes, err = readAttributes(s.signer.SignedAttributes.Bytes); err != nil {
		return nil, err
	}
	s.findSigner()
	s.readOthers()
	return s, nil
}

// readCertificates leaves out what is no certificate that can be read:
// attribute certificates, and those with defects of others.
func (s *Signature) readCertificates(data []byte) {
	for len(data) > 0 && len(s.Certificates) < maxCertificates {
		var raw asn1.RawValue
		rest, err := asn1.Unmarshal(data, &raw)
		if err != nil {
			return
		}
		if c, err := x509.ParseCertificate(raw.FullBytes); err == nil {
			s.Certificates = append(s.Certificates, c)
		}
		data = rest
	}
}

func (s *Signature) readCRLs(data []byte) {
	for len(data) > 0 && len(s.CRLs) < maxCertificates {
		var raw asn1.RawValue
		rest, err := asn1.Unmarshal(data, &raw)
		if err != nil {
			return
		}
		s.CRLs, data = append(s.CRLs, raw.FullBytes), rest
	}
}

func readAttributes(data []byte) (map[string][]byte, error) {
	found := map[string][]byte{}
	for len(data) > 0 {
		var a attribute
		rest, err := asn1.Unmarshal(data, &a)
		if err != nil {
			return nil, malformed("attributes: %w", err)
		}
		key := a.Type.String()
		if _, twice := found[key]; twice || len(found) >= maxAttributes {
			return nil, malformed("the attribute %s stands twice", key)
		}
		found[key], data = a.Values.Bytes, rest
	}
	return found, nil
}

// findSigner looks for the certificate that the signer names.
func (s *Signature) findSigner() {
	id := s.signer.Signer
	if id.Class == asn1.ClassContextSpecific && id.Tag == 0 {
		for _, c := range s.Certificates {
			if len(c.SubjectKeyId) > 0 && bytes.Equal(c.SubjectKeyId, id.Bytes) {
				s.Certificate = c
				return
			}
		}
		return
	}
	var named issuerAndSerial
	if _, err := asn1.Unmarshal(id.FullBytes, &named); err != nil {
		return
	}
	for _, c := range s.Certificates {
		if c.SerialNumber.Cmp(named.Serial) == 0 && bytes.Equal(c.RawIssuer, named.Issuer.FullBytes) {
			s.Certificate = c
			return
		}
	}
}

func (s *Signature) readOthers() {
	if values, ok := s.attributes[oidSigningTime.String()]; ok {
		if _, err := asn1.Unmarshal(values, &s.SigningTime); err != nil {
			s.SigningTime = time.Time{}
		}
	}
	var archival struct {
		CRLs  []asn1.RawValue `asn1:"explicit,optional,tag:0"`
		OCSPs []asn1.RawValue `asn1:"explicit,optional,tag:1"`
		Other asn1.RawValue   `asn1:"optional,tag:2"`
	}
	if values, ok := s.attributes[oidRevocationAdobe.String()]; ok {
		if _, err := asn1.Unmarshal(values, &archival); err == nil {
			for _, crl := range archival.CRLs {
				s.CRLs = append(s.CRLs, crl.FullBytes)
			}
			for _, ocsp := range archival.OCSPs {
				s.OCSPs = append(s.OCSPs, ocsp.FullBytes)
			}
		}
	}
	unsigned, err := readAttributes(s.signer.Unsigned.Bytes)
	if err != nil {
		return
	}
	if values, ok := unsigned[oidTimeStampToken.String()]; ok {
		var token asn1.RawValue
		if rest, err := asn1.Unmarshal(values, &token); err == nil && len(rest) == 0 {
			s.Token = token.FullBytes
		}
	}
}

// DigestAlgorithm is what the content is hashed with.
func (s *Signature) DigestAlgorithm() (crypto.Hash, error) {
	h, ok := hashOf(s.signer.DigestAlgorithm.Algorithm)
	switch {
	case !ok:
		return 0, malformed("an unknown digest")
	case h == crypto.SHA1:
		return h, ErrWeak
	}
	return h, nil
}

// Verify holds the signature against the digest of the content, made with
// DigestAlgorithm, and against the certificate that it names.
func (s *Signature) Verify(digest []byte) error {
	if s.Certificate == nil {
		return ErrSigner
	}
	h, err := s.DigestAlgorithm()
	if err != nil {
		return err
	}
	signed := digest
	if attributes := s.signer.SignedAttributes; len(attributes.FullBytes) > 0 {
		if err := s.checkAttributes(digest); err != nil {
			return err
		}
		set := append([]byte(nil), attributes.FullBytes...)
		set[0] = 0x31
		sum := h.New()
		sum.Write(set)
		signed = sum.Sum(nil)
	} else if !s.contentType.Equal(oidData) {
		return malformed("no signed attributes")
	}
	return s.checkSignature(h, signed)
}

// checkAttributes holds what was signed against the content, and the
// certificate that was signed with against the one that is named beside.
func (s *Signature) checkAttributes(digest []byte) error {
	var found []byte
	if _, err := asn1.Unmarshal(s.attributes[oidMessageDigest.String()], &found); err != nil {
		return malformed("no digest among the attributes")
	}
	if subtle.ConstantTimeCompare(found, digest) != 1 {
		return ErrMismatch
	}
	var contentType asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(s.attributes[oidContentType.String()], &contentType); err != nil || !contentType.Equal(s.contentType) {
		return malformed("a wrong type of content among the attributes")
	}
	if values, ok := s.attributes[oidSigningCertV2.String()]; ok {
		var named signingCertificateV2
		if _, err := asn1.Unmarshal(values, &named); err != nil || len(named.Certs) == 0 {
			return malformed("a certificate named wrongly")
		}
		h := crypto.SHA256
		if oid := named.Certs[0].Algorithm.Algorithm; len(oid) > 0 {
			if h, ok = hashOf(oid); !ok {
				return malformed("an unknown digest")
			}
		}
		return s.isSigner(h, named.Certs[0].Hash)
	}
	if values, ok := s.attributes[oidSigningCert.String()]; ok {
		var named signingCertificate
		if _, err := asn1.Unmarshal(values, &named); err != nil || len(named.Certs) == 0 {
			return malformed("a certificate named wrongly")
		}
		return s.isSigner(crypto.SHA1, named.Certs[0].Hash)
	}
	return nil
}

func (s *Signature) isSigner(h crypto.Hash, hash []byte) error {
	sum := h.New()
	sum.Write(s.Certificate.Raw)
	if !bytes.Equal(sum.Sum(nil), hash) {
		return ErrSigner
	}
	s.Named = true
	return nil
}

func (s *Signature) checkSignature(h crypto.Hash, digest []byte) error {
	algorithm := s.signer.SignatureAlgorithm
	switch key := s.Certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.Size() < 2048/8 {
			return ErrWeak
		}
		if algorithm.Algorithm.Equal(oidRSAPSS) {
			return checkPSS(key, h, digest, s.Value, algorithm)
		}
		if !fits(algorithm.Algorithm, h, oidRSA, [3]asn1.ObjectIdentifier{oidRSASHA256, oidRSASHA384, oidRSASHA512}) {
			return weakOr(algorithm.Algorithm)
		}
		if rsa.VerifyPKCS1v15(key, h, digest, s.Value) != nil {
			return ErrMismatch
		}
		return nil
	case *ecdsa.PublicKey:
		if !fits(algorithm.Algorithm, h, oidECPublicKey, [3]asn1.ObjectIdentifier{oidECDSASHA256, oidECDSASHA384, oidECDSASHA512}) {
			return weakOr(algorithm.Algorithm)
		}
		if !ecdsa.VerifyASN1(key, digest, s.Value) {
			return ErrMismatch
		}
		return nil
	}
	return malformed("a key of a kind that is not known here")
}

// fits tells whether the algorithm is the plain one or the one of the digest.
func fits(algorithm asn1.ObjectIdentifier, h crypto.Hash, plain asn1.ObjectIdentifier, combined [3]asn1.ObjectIdentifier) bool {
	at := slices.Index([]crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512}, h)
	return algorithm.Equal(plain) || at >= 0 && algorithm.Equal(combined[at])
}

func weakOr(algorithm asn1.ObjectIdentifier) error {
	if algorithm.Equal(oidRSASHA1) || algorithm.Equal(oidECDSASHA1) {
		return ErrWeak
	}
	return malformed("the algorithm %s", algorithm)
}

// checkPSS takes RSASSA-PSS with the digest's own hash in its mask (RFC 4056).
func checkPSS(key *rsa.PublicKey, h crypto.Hash, digest, value []byte, algorithm pkix.AlgorithmIdentifier) error {
	var params struct {
		Hash    pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:0"`
		MGF     pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:1"`
		Salt    int                      `asn1:"explicit,optional,tag:2,default:20"`
		Trailer int                      `asn1:"explicit,optional,tag:3,default:1"`
	}
	if _, err := asn1.Unmarshal(algorithm.Parameters.FullBytes, &params); err != nil {
		return malformed("parameters of RSASSA-PSS: %w", err)
	}
	var mask pkix.AlgorithmIdentifier
	if _, err := asn1.Unmarshal(params.MGF.Parameters.FullBytes, &mask); err != nil || !params.MGF.Algorithm.Equal(oidMGF1) {
		return ErrWeak // the defaults are SHA-1
	}
	hash, ok := hashOf(params.Hash.Algorithm)
	maskHash, okMask := hashOf(mask.Algorithm)
	if !ok || !okMask || hash != h || maskHash != h || params.Trailer != 1 || params.Salt < 0 || params.Salt > 512 {
		return malformed("parameters of RSASSA-PSS")
	}
	if rsa.VerifyPSS(key, h, digest, value, &rsa.PSSOptions{SaltLength: params.Salt, Hash: h}) != nil {
		return ErrMismatch
	}
	return nil
}
