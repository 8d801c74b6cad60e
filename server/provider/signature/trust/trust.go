// Package trust decides how a certificate stood at a time: whether its chain
// ends at an authority that the installation trusts, and whether it was revoked,
// by the evidence at hand. It asks the network only in Collect, and only through
// what the caller gives it. It must not judge what was signed.
package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"

	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
)

// Limits of the evidence that is looked at.
const (
	maxEvidence      = 64
	maxCertificates  = 128
	maxEvidenceBytes = 8 << 20
)

// Anchors are the authorities that are trusted.
type Anchors struct {
	roots *x509.CertPool
	list  []*x509.Certificate
}

// ErrAnchors is the fault of a list of trusted certificates that cannot be read.
var ErrAnchors = fault.New(fault.Invalid, "anchors",
	"Danh sách chứng thư gốc tin cậy không đọc được.", "The list of trusted certificates cannot be read.")

// NewAnchors makes the list out of certificates.
func NewAnchors(certificates ...*x509.Certificate) Anchors {
	a := Anchors{roots: x509.NewCertPool(), list: certificates}
	for _, c := range certificates {
		a.roots.AddCert(c)
	}
	return a
}

// ReadAnchors reads certificates in PEM, or one in DER.
func ReadAnchors(data []byte) (Anchors, error) {
	var list []*x509.Certificate
	if c, err := x509.ParseCertificate(data); err == nil {
		return NewAnchors(c), nil
	}
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return Anchors{}, ErrAnchors.Because(err)
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		return Anchors{}, ErrAnchors
	}
	return NewAnchors(list...), nil
}

// Certificates gives the list.
func (a Anchors) Certificates() []*x509.Certificate { return slices.Clone(a.list) }

// Evidence is what helps to judge: certificates between, revocation lists and
// OCSP answers. Nothing in it is believed without its own signature.
type Evidence struct {
	Certificates []*x509.Certificate
	CRLs         [][]byte
	OCSPs        [][]byte
}

// With gives both together.
func (e Evidence) With(o Evidence) Evidence {
	return Evidence{
		Certificates: slices.Concat(e.Certificates, o.Certificates),
		CRLs:         slices.Concat(e.CRLs, o.CRLs), OCSPs: slices.Concat(e.OCSPs, o.OCSPs),
	}
}

// Revocation is what is known of a chain's certificates being revoked.
type Revocation string

// What can be known. Unproved means that the evidence does not cover all of
// the chain at that time.
const (
	NotRevoked Revocation = "not_revoked"
	WasRevoked Revocation = "revoked"
	Unproved   Revocation = "unproved"
)

// Judgement is how a certificate stood.
type Judgement struct {
	Validity   signing.Validity
	Revocation Revocation
	RevokedAt  time.Time
	Chain      []*x509.Certificate // from the certificate to the anchor; empty without one
}

// Usage is what the certificate was used for.
type Usage int

// The uses.
const (
	ForSigning Usage = iota
	ForStamping
)

// Judge tells how the certificate stood at the time.
func (a Anchors) Judge(c *x509.Certificate, use Usage, at time.Time, e Evidence) Judgement {
	options := x509.VerifyOptions{Roots: a.roots, Intermediates: x509.NewCertPool(), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	if options.Roots == nil {
		options.Roots = x509.NewCertPool()
	}
	if use == ForStamping {
		options.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}
	}
	for _, between := range e.Certificates[:min(len(e.Certificates), maxCertificates)] {
		options.Intermediates.AddCert(between)
	}
	chains, err := c.Verify(options)
	if err != nil {
		return Judgement{Validity: failure(c, at, err), Revocation: Unproved}
	}
	j := Judgement{Validity: signing.Trusted, Revocation: NotRevoked, Chain: chains[0]}
	if !made(c, use) {
		j.Validity = signing.Unfit
		return j
	}
	for i := range len(j.Chain) - 1 {
		state, when := revocation(j.Chain[i], j.Chain[i+1], at, e)
		if state == WasRevoked {
			j.Validity, j.Revocation, j.RevokedAt = signing.Revoked, WasRevoked, when
			return j
		}
		if state == Unproved {
			j.Revocation = Unproved
		}
	}
	return j
}

// made tells whether the certificate is made for the use. Authorities name
// different purposes for signing documents, or none; those for servers, programs
// and time stamps alone are none of them.
func made(c *x509.Certificate, use Usage) bool {
	if u := c.KeyUsage; u != 0 && u&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return false
	}
	if use == ForStamping || len(c.ExtKeyUsage) == 0 || len(c.UnknownExtKeyUsage) > 0 {
		return true
	}
	return slices.ContainsFunc(c.ExtKeyUsage, func(u x509.ExtKeyUsage) bool {
		return u == x509.ExtKeyUsageAny || u == x509.ExtKeyUsageClientAuth || u == x509.ExtKeyUsageEmailProtection
	})
}

func failure(c *x509.Certificate, at time.Time, err error) signing.Validity {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case at.Before(c.NotBefore):
		return signing.NotYetValid
	case at.After(c.NotAfter):
		return signing.OutOfDate
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return signing.OutOfDate // one between it and the anchor
	case errors.As(err, &unknown):
		return signing.Unknown
	}
	return signing.Unfit
}

// revocation looks for word of the issuer about the certificate. A revocation
// counts from its own time on: what was signed and stamped before stays valid.
func revocation(c, issuer *x509.Certificate, at time.Time, e Evidence) (Revocation, time.Time) {
	state, budget := Unproved, maxEvidenceBytes
	for _, raw := range e.OCSPs[:min(len(e.OCSPs), maxEvidence)] {
		if budget -= len(raw); budget < 0 {
			break
		}
		answer, err := ocsp.ParseResponseForCert(raw, c, issuer)
		if err != nil || !responds(answer, issuer) {
			continue
		}
		if answer.Status == ocsp.Revoked && !answer.RevokedAt.After(at) {
			return WasRevoked, answer.RevokedAt
		}
		if answer.Status != ocsp.Unknown && covers(answer.ThisUpdate, answer.NextUpdate, at) {
			state = NotRevoked
		}
	}
	for _, raw := range e.CRLs[:min(len(e.CRLs), maxEvidence)] {
		if budget -= len(raw); budget < 0 {
			break
		}
		list, err := x509.ParseRevocationList(raw)
		if err != nil || !bytes.Equal(list.RawIssuer, issuer.RawSubject) || list.CheckSignatureFrom(issuer) != nil {
			continue
		}
		for _, entry := range list.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(c.SerialNumber) == 0 && !entry.RevocationTime.After(at) {
				return WasRevoked, entry.RevocationTime
			}
		}
		if covers(list.ThisUpdate, list.NextUpdate, at) && !partial(list) {
			state = NotRevoked
		}
	}
	return state, time.Time{}
}

// responds tells whether the answer is the issuer's own or of one whom the
// issuer made for it (RFC 6960, 4.2.2.2).
func responds(answer *ocsp.Response, issuer *x509.Certificate) bool {
	r := answer.Certificate
	if r == nil || r.Equal(issuer) {
		return true
	}
	made := answer.ProducedAt
	return slices.Contains(r.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) && !made.Before(r.NotBefore) && !made.After(r.NotAfter)
}

// covers tells whether word given for a period says something of the time:
// given later, it says what had happened until then.
func covers(from, until, at time.Time) bool {
	return from.After(at) || until.IsZero() || !until.Before(at)
}

var oidIssuingDistributionPoint = asn1.ObjectIdentifier{2, 5, 29, 28}

// partial tells a list that may leave certificates out.
func partial(list *x509.RevocationList) bool {
	for _, extension := range list.Extensions {
		if extension.Id.Equal(oidIssuingDistributionPoint) {
			return true
		}
	}
	return false
}
