package cms

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"
)

// Stamp is the token of a time-stamping authority (RFC 3161) that holds.
type Stamp struct {
	At        time.Time
	Signature *Signature
}

type tstInfo struct {
	Version int
	Policy  asn1.ObjectIdentifier
	Imprint struct {
		Algorithm pkix.AlgorithmIdentifier
		Hash      []byte
	}
	Serial   *big.Int
	At       time.Time     `asn1:"generalized"`
	Accuracy accuracy      `asn1:"optional"`
	Ordering bool          `asn1:"optional"`
	Nonce    *big.Int      `asn1:"optional"`
	TSA      asn1.RawValue `asn1:"optional,explicit,tag:0"`
	More     asn1.RawValue `asn1:"optional,tag:1"`
}

type accuracy struct {
	Seconds      int `asn1:"optional"`
	Milliseconds int `asn1:"optional,tag:0"`
	Microseconds int `asn1:"optional,tag:1"`
}

// VerifyStamp reads a token and holds it against what it is said to stamp, in
// one part or more. The
// certificate must be made for time stamps and nothing else; whether its issuer
// is trusted is judged elsewhere.
func VerifyStamp(token []byte, stamped ...[]byte) (*Stamp, error) {
	s, err := Parse(token)
	if err != nil {
		return nil, err
	}
	if !s.contentType.Equal(oidTSTInfo) || s.content == nil {
		return nil, malformed("no time stamp")
	}
	var info tstInfo
	if rest, err := asn1.Unmarshal(s.content, &info); err != nil || len(rest) > 0 {
		return nil, malformed("time stamp: %w", err)
	}
	imprint, ok := hashOf(info.Imprint.Algorithm.Algorithm)
	if !ok {
		return nil, malformed("time stamp with an unknown digest")
	}
	if imprint == crypto.SHA1 {
		return nil, ErrWeak
	}
	sum := imprint.New()
	for _, part := range stamped {
		sum.Write(part)
	}
	if !bytes.Equal(sum.Sum(nil), info.Imprint.Hash) {
		return nil, ErrMismatch
	}
	h, err := s.DigestAlgorithm()
	if err != nil {
		return nil, err
	}
	content := h.New()
	content.Write(s.content)
	if err := s.Verify(content.Sum(nil)); err != nil {
		return nil, err
	}
	if !s.Named || len(s.Certificate.ExtKeyUsage) != 1 || s.Certificate.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping {
		return nil, ErrSigner
	}
	return &Stamp{At: info.At, Signature: s}, nil
}
