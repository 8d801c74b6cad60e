package edxml_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/protocol/edxml"
)

var signer = sync.OnceValue(func() *edxml.Signer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Hệ thống văn bản Đắk Lắk, <thử>", Country: []string{"VN"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return &edxml.Signer{Key: key, Certificate: certificate}
})

// signed gives a package with everything awkward in it, signed.
func signed(t testing.TB) string {
	t.Helper()
	p, got := read(t, sample(t, "doc_new_attachment_kinds.edxml"))
	p.Document.Subject = "  Về <việc> & \"dấu\"\r\n xuống dòng\t'đơn' ]]> \u2028 😀 cuối"
	p.Document.Trace.ID = "a<b>&\"c'\r\n\td"
	var out bytes.Buffer
	require.NoError(t, edxml.Write(&out, p.Package, got.enclosures(), signer()))
	return out.String()
}

func TestL3_ASignedPackageIsVerified(t *testing.T) {
	t.Parallel()
	p, got := read(t, signed(t))
	assert.Equal(t, edxml.Valid, p.Check.State, p.Check.Reason)
	assert.Equal(t, signer().Certificate.Raw, p.Check.Certificate.Raw)
	assert.False(t, p.Check.SHA1)
	assert.Empty(t, codes(p))
	assert.Len(t, got.contents, 6)

	status, _ := read(t, sample(t, "status_02.edxml"))
	var out bytes.Buffer
	require.NoError(t, edxml.Write(&out, status.Package, nil, signer()))
	p, _ = read(t, out.String())
	assert.Equal(t, edxml.Valid, p.Check.State, p.Check.Reason)
	assert.Equal(t, status.Status, p.Status)
}

func TestL3_WhateverIsChangedAfterSigningIsFound(t *testing.T) {
	t.Parallel()
	text := signed(t)
	cases := map[string][2]string{
		"a recipient":             {"000.00.00.X02", "000.00.00.X09"},
		"a blank":                 {"Về &lt;việc", "Về  &lt;việc"},
		"a name of an attachment": {"<AttachmentName>du-thao", "<AttachmentName>du-thao2"},
		"the manifest":            {"cid:k-zip</edXML", "cid:k-zap</edXML"},
		"a file":                  {"JVBERi0xLjQK", "JVBERi0xLjUK"},
		"a namespace":             {"<Attachment>", `<Attachment xmlns="urn:x">`},
		"an attachment more":      {"</AttachmentEncoded>", "<Attachment><ContentId>x</ContentId><AttachmentName>x.txt</AttachmentName><ContentType>text/plain</ContentType><ContentTransferEncoded>QUJD</ContentTransferEncoded></Attachment></AttachmentEncoded>"},
	}
	for name, c := range cases {
		p, _ := read(t, build(t, text, c[0], c[1]))
		assert.Equal(t, edxml.Invalid, p.Check.State, name)
		assert.Equal(t, edxml.ReasonDigest, p.Check.Reason, name)
		assert.Contains(t, codes(p), edxml.SignatureInvalid, name)
	}
	value := regexp.MustCompile(`<SignatureValue>(....)`).FindStringSubmatch(text)[1]
	p, _ := read(t, build(t, text, "<SignatureValue>"+value, "<SignatureValue>AAAA"))
	assert.Equal(t, edxml.ReasonValue, p.Check.Reason)
	p, _ = read(t, build(t, text, "</SignedInfo>", " </SignedInfo>"))
	assert.Equal(t, edxml.ReasonValue, p.Check.Reason, "SignedInfo is signed, its blanks included")
}

// What canonical XML does not tell apart may be written either way.
func TestL3_WhatMeansTheSameStaysValid(t *testing.T) {
	t.Parallel()
	text := signed(t)
	content := regexp.MustCompile(`>(JVBERi0xLjQK[^<]*)<`).FindStringSubmatch(text)[1]
	for name, other := range map[string]string{
		"line ends of Unix":         strings.ReplaceAll(text, "\r\n", "\n"),
		"no declaration":            "<edXML " + after(text, "<edXML "),
		"a declaration it has":      build(t, text, "<Attachment>", `<Attachment xmlns="`+edxml.Namespace+`">`),
		"a declaration nobody uses": build(t, text, "<edXML:Subject>", `<edXML:Subject xmlns:x="urn:x">`),
		"an empty element in two":   strings.ReplaceAll(text, " /><", "></edXML:x><"),
		"comments":                  build(t, text, "<edXML:Subject>", "<!-- a --><edXML:Subject>", content, content[:5]+"<!-- b -->"+content[5:]),
		"CDATA":                     build(t, text, content, "<![CDATA["+content+"]]>"),
		"references":                build(t, text, content, "&#x"+fmt.Sprintf("%x", content[0])+";"+content[1:]),
		"UTF-16":                    encodedUTF16(t, text),
	} {
		p, err := edxml.Read(strings.NewReader(other), edxml.Options{}, nil)
		require.NoError(t, err, name)
		assert.Equal(t, edxml.Valid, p.Check.State, "%s: %s", name, p.Check.Reason)
	}
}

// A signature that is not over the whole package, or that cannot be judged, is
// never called valid.
func TestL3_WhatCannotBeVerifiedIsCalledSo(t *testing.T) {
	t.Parallel()
	text := signed(t)
	block := regexp.MustCompile(`(?s)<Signature xmlns.*</Signature>`).FindString(text)
	cases := map[edxml.Reason][]string{
		edxml.ReasonReference: {
			build(t, text, `<Reference URI="">`, `<Reference URI="#x">`), build(t, text, `<Reference URI="">`, "<Reference>"),
			build(t, text, `<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature" />`, ""),
			build(t, text, "#enveloped-signature", "#base64"), build(t, text, "</SignedInfo>", "<Reference URI=\"\" /></SignedInfo>"),
			build(t, text, `<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#" />`, `<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><InclusiveNamespaces PrefixList="edXML"/></Transform>`),
		},
		edxml.ReasonAlgorithm:   {build(t, text, "xmldsig-more#rsa-sha256", "xmldsig-more#rsa-md5"), build(t, text, "xmlenc#sha256", "xmlenc#ripemd160"), build(t, text, `CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"`, `CanonicalizationMethod Algorithm="http://www.w3.org/2006/12/xml-c14n11"`)},
		edxml.ReasonSHA1:        {build(t, text, "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1")},
		edxml.ReasonCertificate: {regexp.MustCompile(`<X509Certificate>[^<]*`).ReplaceAllString(text, "<X509Certificate>AAAA")},
		edxml.ReasonIncomplete:  {regexp.MustCompile(`<SignatureValue>[^<]*`).ReplaceAllString(text, "<SignatureValue>")},
		edxml.ReasonSeveral:     {build(t, text, "</edXML:edXMLHeader>", block+"</edXML:edXMLHeader>")},
		edxml.ReasonForm:        {build(t, text, "<edXML:Subject>", `<edXML:Subject x:y="z">`), build(t, text, "<edXML:Subject>", `<?x y?><edXML:Subject>`)},
		edxml.ReasonLate:        {attachmentsFirst(t, text)},
	}
	for reason, texts := range cases {
		for i, changed := range texts {
			p, err := edxml.Read(strings.NewReader(changed), edxml.Options{}, nil)
			require.NoError(t, err)
			assert.Equal(t, edxml.Unverifiable, p.Check.State, "%s %d", reason, i)
			assert.Equal(t, reason, p.Check.Reason, "%d", i)
			assert.Contains(t, codes(p), edxml.SignatureUnverified)
		}
	}
}

// sha1Key signs as old systems do.
type sha1Key struct{ *rsa.PrivateKey }

func (k sha1Key) Sign(r io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	return k.PrivateKey.Sign(r, digest, crypto.SHA1)
}

func TestL3_SHA1CountsOnlyWhereItIsAllowedAndIsMarked(t *testing.T) {
	t.Parallel()
	// A package whose SignedInfo is the same but for the algorithm, signed again.
	text := build(t, signed(t), "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1")
	info := regexp.MustCompile(`(?s)<SignedInfo>.*</SignedInfo>`).FindString(text)
	info = regexp.MustCompile(`<(\w+)([^>]*) />`).ReplaceAllString(strings.ReplaceAll(info, "\r\n", "\n"), "<$1$2></$1>")
	info = strings.Replace(info, "<SignedInfo>", `<SignedInfo xmlns="http://www.w3.org/2000/09/xmldsig#">`, 1)
	digest := sha1.Sum([]byte(info))
	value, err := sha1Key{signer().Key.(*rsa.PrivateKey)}.Sign(rand.Reader, digest[:], nil)
	require.NoError(t, err)
	text = regexp.MustCompile(`<SignatureValue>[^<]*`).ReplaceAllString(text, "<SignatureValue>"+base64.StdEncoding.EncodeToString(value))

	p, err := edxml.Read(strings.NewReader(text), edxml.Options{AllowSHA1: true}, nil)
	require.NoError(t, err)
	assert.Equal(t, edxml.Valid, p.Check.State, p.Check.Reason)
	assert.True(t, p.Check.SHA1)
	assert.Equal(t, []edxml.Code{edxml.SignatureSHA1}, codes(p))
	p, err = edxml.Read(strings.NewReader(text), edxml.Options{}, nil)
	require.NoError(t, err)
	assert.Equal(t, edxml.Unverifiable, p.Check.State)
	assert.Equal(t, edxml.ReasonSHA1, p.Check.Reason)
}

func TestL3_ASignerWithoutACertificateOrWithAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	status, _ := read(t, sample(t, "status_02.edxml"))
	for _, s := range []*edxml.Signer{{Key: signer().Key}, {Key: noRSA{}, Certificate: signer().Certificate}} {
		var out bytes.Buffer
		assert.ErrorIs(t, edxml.Write(&out, status.Package, nil, s), edxml.ErrUnwritable)
		assert.Zero(t, out.Len())
	}
}

type noRSA struct{}

func (noRSA) Public() crypto.PublicKey { return nil }
func (noRSA) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("not asked")
}

// xmlsec1 is the independent judge: it verifies what we sign, and signs what
// we verify.
func xmlsec(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	return exec.CommandContext(t.Context(), "xmlsec1", args...).CombinedOutput()
}

func put(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func certificateFile(t *testing.T) string {
	t.Helper()
	return put(t, "certificate.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signer().Certificate.Raw})))
}

func TestL3_AnotherProgramVerifiesWhatWeSign(t *testing.T) {
	t.Parallel()
	trusted := certificateFile(t)
	out, err := xmlsec(t, "--verify", "--trusted-pem", trusted, put(t, "ours.xml", signed(t)))
	require.NoError(t, err, "%s", out)
	out, err = xmlsec(t, "--verify", "--trusted-pem", trusted, put(t, "changed.xml", strings.Replace(signed(t), "JVBERi0xLjQK", "JVBERi0xLjUK", 1)))
	require.Error(t, err, "%s", out)
}

func TestL3_WeVerifyWhatAnotherProgramSigns(t *testing.T) {
	t.Parallel()
	key := signer().Key.(*rsa.PrivateKey)
	keyFile := put(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})))
	trusted := certificateFile(t)
	const exclusive, inclusive = "http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	const sha1Method = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
	for i, c := range []struct {
		c14n, transform, method, digest, namespace string
	}{
		{exclusive, exclusive, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256", ""},
		{inclusive, "", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256", ""},
		{inclusive, inclusive, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "http://www.w3.org/2001/04/xmlenc#sha512", ` xmlns:thua="urn:thua" xmlns:k="urn:k" k:x="1"`},
		{inclusive, exclusive, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384", ` xmlns:thua="urn:thua"`},
		{exclusive, "", sha1Method, "http://www.w3.org/2000/09/xmldsig#sha1", ` xmlns:d="urn:1" xmlns:c="urn:2" c:x="2" d:y="1" c:a="3" b="4" a="1"`},
	} {
		transform := ""
		if c.transform != "" {
			transform = `<Transform Algorithm="` + c.transform + `"/>`
		}
		block := `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo> <CanonicalizationMethod Algorithm="` + c.c14n + `"/>
			<SignatureMethod Algorithm="` + c.method + `"/><Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>` + transform +
			`</Transforms><DigestMethod Algorithm="` + c.digest + `"/><DigestValue/></Reference></SignedInfo><SignatureValue/><KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo></Signature>`
		text := build(t, sample(t, "doc_new_attachment_kinds.edxml"), "</edXML:edXMLHeader>", block+"</edXML:edXMLHeader>", "<edXML:edXMLHeader>", "<edXML:edXMLHeader"+c.namespace+">")
		text = strings.Replace(text, "JVBERi0xLjQK", "JVBE\r\nRi0x\r\n\r\nLjQK", 1)
		template := put(t, "template.xml", text)
		outFile := filepath.Join(t.TempDir(), "signed.xml")
		out, err := xmlsec(t, "--sign", "--privkey-pem", keyFile+","+trusted, "--output", outFile, template)
		require.NoError(t, err, "%s", out)
		theirs, err := os.ReadFile(outFile)
		require.NoError(t, err)
		p, err := edxml.Read(bytes.NewReader(theirs), edxml.Options{AllowSHA1: true}, nil)
		require.NoError(t, err)
		assert.Equal(t, edxml.Valid, p.Check.State, "%d: %s", i, p.Check.Reason)
		assert.Equal(t, c.method == sha1Method, p.Check.SHA1)
		// Line ends of another system mean the same, wherever a buffer ends.
		dos := strings.ReplaceAll(string(theirs), "\n", "\r\n")
		p, err = edxml.Read(iotest.OneByteReader(strings.NewReader(dos)), edxml.Options{AllowSHA1: true}, nil)
		require.NoError(t, err)
		assert.Equal(t, edxml.Valid, p.Check.State, "%d: %s", i, p.Check.Reason)
		p, err = edxml.Read(strings.NewReader(build(t, string(theirs), "LjQK", "LjUK")), edxml.Options{AllowSHA1: true}, nil)
		require.NoError(t, err)
		assert.Equal(t, edxml.Invalid, p.Check.State)
	}
}
