// Package democa makes the certificate authority of demonstrations and
// training. Every certificate of it says that it has no legal value, and so does
// every signature made with one. It must never be among the trusted authorities
// of an installation at work.
package democa

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/ocsp"

	"congvan/server/provider/signature"
)

const keyBits = 2048

// Authority signs certificates for training.
type Authority struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
}

// Where tells where an authority can be asked whether certificates are revoked;
// empty for nowhere.
type Where struct{ CRL, OCSP string }

func serial() (*big.Int, error) { return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) }

func name(common, organization string) pkix.Name {
	n := pkix.Name{Country: []string{"VN"}, OrganizationalUnit: []string{signature.TrainingMark}, CommonName: common}
	if organization != "" {
		n.Organization = []string{organization}
	}
	return n
}

// New makes an authority that is its own anchor.
func New(common string, now time.Time) (*Authority, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("make the training authority: %w", err)
	}
	number, err := serial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: number, Subject: name(common, ""), NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	c, err := x509.ParseCertificate(raw)
	return &Authority{Certificate: c, Key: key}, err
}

// Subject is for whom a certificate is made, and until when.
type Subject struct {
	Name     string
	Agency   string
	From     time.Time
	Until    time.Time
	Stamping bool // for time stamps instead of signatures
	Where    Where
}

// Issue makes a key and its certificate.
func (a *Authority) Issue(s Subject) (signature.Key, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return signature.Key{}, fmt.Errorf("make a training key: %w", err)
	}
	c, err := a.Certify(key.Public(), s)
	return signature.Key{Signer: key, Certificate: c, Chain: []*x509.Certificate{a.Certificate}}, err
}

// Certify makes a certificate for a key that lives elsewhere.
func (a *Authority) Certify(key crypto.PublicKey, s Subject) (*x509.Certificate, error) {
	number, err := serial()
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	identifier := sha256.Sum256(public)
	template := &x509.Certificate{
		SubjectKeyId: identifier[:20],
		SerialNumber: number, Subject: name(s.Name, s.Agency), NotBefore: s.From, NotAfter: s.Until,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, BasicConstraintsValid: true,
	}
	if s.Stamping {
		extension, err := stampingOnly()
		if err != nil {
			return nil, err
		}
		template.ExtraExtensions = []pkix.Extension{extension}
	}
	if s.Where.CRL != "" {
		template.CRLDistributionPoints = []string{s.Where.CRL}
	}
	if s.Where.OCSP != "" {
		template.OCSPServer = []string{s.Where.OCSP}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.Certificate, key, a.Key)
	if err != nil {
		return nil, fmt.Errorf("make a training certificate: %w", err)
	}
	return x509.ParseCertificate(raw)
}

// Revoked is a certificate that is no longer good.
type Revoked struct {
	Certificate *x509.Certificate
	At          time.Time
}

// lasts is how long a list or an answer holds.
const lasts = 7 * 24 * time.Hour

// CRL makes the list of revoked certificates.
func (a *Authority) CRL(now time.Time, revoked ...Revoked) ([]byte, error) {
	template := &x509.RevocationList{Number: big.NewInt(now.Unix()), ThisUpdate: now, NextUpdate: now.Add(lasts)}
	for _, r := range revoked {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: r.Certificate.SerialNumber, RevocationTime: r.At})
	}
	return x509.CreateRevocationList(rand.Reader, template, a.Certificate, a.Key)
}

// OCSP answers whether a certificate is revoked.
func (a *Authority) OCSP(now time.Time, c *x509.Certificate, revoked ...Revoked) ([]byte, error) {
	answer := ocsp.Response{Status: ocsp.Good, SerialNumber: c.SerialNumber, ThisUpdate: now, NextUpdate: now.Add(lasts)}
	for _, r := range revoked {
		if r.Certificate.SerialNumber.Cmp(c.SerialNumber) == 0 {
			answer.Status, answer.RevokedAt = ocsp.Revoked, r.At
		}
	}
	return ocsp.CreateResponse(a.Certificate, a.Certificate, answer, a.Key)
}
