package signature_test

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/signature/trust"
)

// trustStore makes the store in which poppler looks for authorities.
func (o *office) trustStore(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	run(t, "certutil", "-N", "-d", "sql:"+folder, "--empty-password")
	path := filepath.Join(folder, "ca.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.authority.Certificate.Raw}), 0o600))
	run(t, "certutil", "-A", "-d", "sql:"+folder, "-n", "training", "-t", "CT,C,C", "-i", path)
	return folder
}

// pdfsig asks poppler about the signatures of a file.
func pdfsig(t testing.TB, store string, file []byte) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "pdfsig", "-nssdir", store, save(t, file)).CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatal(err)
	}
	return string(out)
}

// variants are the same draft in the forms that PDFs come in.
func variants(t *testing.T) map[string][]byte {
	t.Helper()
	plain := save(t, draft())
	converted := func(args ...string) []byte {
		out := filepath.Join(t.TempDir(), "out.pdf")
		run(t, "qpdf", append(args, plain, out)...)
		file, err := os.ReadFile(out)
		require.NoError(t, err)
		return file
	}
	return map[string][]byte{
		"plain":          draft(),
		"object streams": converted("--object-streams=generate"),
		"linearized":     converted("--linearize"),
		"both":           converted("--linearize", "--object-streams=generate"),
	}
}

func TestC4_IndependentValidatorsAgree(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	store := o.trustStore(t)
	for name, plain := range variants(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := signature.Prepare(plain, reserve)
			require.NoError(t, err)
			file = o.seal(t, number(t, o.sign(t, file)))
			for _, s := range o.verify(t, file).Signatures {
				assert.True(t, s.Valid(), "%s: %s", s.Field, s.Why)
			}
			said := pdfsig(t, store, file)
			assert.Equal(t, 2, strings.Count(said, "Signature is Valid."), said)
			assert.Equal(t, 2, strings.Count(said, "Certificate is Trusted."), said)
			assert.Equal(t, 1, strings.Count(said, "Not total document signed"), said)
			assert.Contains(t, run(t, "qpdf", "--check", save(t, file)), "No syntax or stream encoding errors")
			text := run(t, "pdftotext", "-layout", save(t, file), "-")
			assert.Contains(t, text, "05/CT-UBND")
			assert.Contains(t, text, "Quảng Trị, ngày 05 tháng 01 năm 2026")
			file[50] ^= 1
			assert.NotContains(t, pdfsig(t, store, file), "Signature is Valid.")
		})
	}
}

func TestC4_EvidenceAndStampOfTheWholeFile(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	list, err := o.authority.CRL(now)
	require.NoError(t, err)
	answer, err := o.authority.OCSP(now, o.leader.Certificate)
	require.NoError(t, err)
	issued := o.issued(t)
	file, err := signature.AddEvidence(issued, trust.Evidence{CRLs: [][]byte{list}, OCSPs: [][]byte{answer}, Certificates: o.leader.Chain})
	require.NoError(t, err)
	for _, s := range o.verify(t, file).Signatures {
		assert.True(t, s.Valid(), s.Why)
		assert.Equal(t, "LT", s.Level)
		assert.Equal(t, trust.NotRevoked, s.Judgement.Revocation)
	}
	file, err = signature.AddStamp(t.Context(), file, o.stamp)
	require.NoError(t, err)
	r := o.verify(t, file)
	require.Len(t, r.Signatures, 3)
	assert.Equal(t, []signing.Change{signing.AddedEvidence, signing.AddedStamp}, kinds(r.Signatures[1].Later))
	assert.Equal(t, "LTA", r.Signatures[0].Level)
	assert.Equal(t, signing.Stamp, r.Signatures[2].Kind)
	assert.Equal(t, signature.Whole, r.Signatures[2].Integrity, r.Signatures[2].Why)
	// Once more, as an archive does after years.
	file, err = signature.AddEvidence(file, trust.Evidence{CRLs: [][]byte{list, answer}})
	require.NoError(t, err)
	file, err = signature.AddStamp(t.Context(), file, o.stamp)
	require.NoError(t, err)
	r = o.verify(t, file)
	require.Len(t, r.Signatures, 4)
	for _, s := range r.Signatures {
		assert.Equal(t, signature.Whole, s.Integrity, "%s: %s %v", s.Field, s.Why, s.Later)
	}
	said := pdfsig(t, o.trustStore(t), file)
	assert.GreaterOrEqual(t, strings.Count(said, "Signature is Valid."), 2, said)
	assert.Contains(t, run(t, "qpdf", "--check", save(t, file)), "No syntax or stream encoding errors")
	f, err := pdf.Open(file)
	require.NoError(t, err)
	assert.Len(t, f.Ends(), 9)
}

func TestC4_ACopyAndAnAnnexShowWordsAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	words, err := signing.CopyWords("true_copy", "Ủy ban nhân dân tỉnh", now)
	require.NoError(t, err)
	out, err := o.agency.Sign(t.Context(), o.issued(t), signature.Request{
		Place: first(signing.Copy), At: now, Appearance: signature.Appearance{Lines: words, Align: signature.Right},
	}, o.stamp, signature.StampRequired)
	require.NoError(t, err)
	r := o.verify(t, out.File)
	require.Len(t, r.Signatures, 3)
	for _, s := range r.Signatures {
		assert.True(t, s.Valid(), "%s: %s", s.Field, s.Why)
	}
	assert.Equal(t, signing.AddedCopy, r.Signatures[1].Later[0].Kind)
	text := run(t, "pdftotext", "-layout", save(t, out.File), "-")
	for _, line := range words {
		assert.Contains(t, text, line)
	}
	assert.Equal(t, 3, strings.Count(pdfsig(t, o.trustStore(t), out.File), "Signature is Valid."))
	again, err := o.agency.Sign(t.Context(), out.File, signature.Request{At: now}, nil, signature.StampNever)
	require.NoError(t, err)
	for _, s := range o.verify(t, again.File).Signatures {
		assert.Equal(t, signature.Whole, s.Integrity, "a further one that shows nothing")
	}
}

func TestC4_ASignatureOfOpenSSLIsRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	folder := t.TempDir()
	write := func(name, kind string, raw []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}), 0o600))
		return path
	}
	certificate := write("cert.pem", "CERTIFICATE", o.leader.Certificate.Raw)
	key := write("key.pem", "PRIVATE KEY", privateKey(t, o.leader.Signer))
	for name, args := range map[string][]string{
		"PKCS#1":        {"-md", "sha256"},
		"PSS":           {"-md", "sha384", "-keyopt", "rsa_padding_mode:pss"},
		"in pieces":     {"-md", "sha512", "-stream", "-indef"},
		"by identifier": {"-md", "sha256", "-keyid"},
		"with CAdES":    {"-md", "sha256", "-cades"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := signature.Begin(prepared(t), signature.Request{Place: first(signing.Signature), Certificate: o.leader.Certificate, Chain: o.leader.Chain, At: now})
			require.NoError(t, err)
			from, to := signatureParts(t, p.File)
			content := filepath.Join(t.TempDir(), "content")
			require.NoError(t, os.WriteFile(content, append(append([]byte{}, p.File[:from]...), p.File[to:]...), 0o600))
			out := content + ".p7s"
			run(t, "openssl", append([]string{"cms", "-sign", "-binary", "-in", content, "-signer", certificate, "-inkey", key, "-outform", "DER", "-out", out}, args...)...)
			container, err := os.ReadFile(out)
			require.NoError(t, err)
			file, err := p.Embed(container)
			require.NoError(t, err)
			s := judged(t, o, file)
			assert.True(t, s.Valid(), "%s %s", s.Integrity, s.Why)
			file[100] ^= 1
			assert.Equal(t, signature.Broken, judged(t, o, file).Integrity)
		})
	}
	t.Run("SHA-1 proves nothing", func(t *testing.T) {
		t.Parallel()
		p, err := signature.Begin(prepared(t), signature.Request{Place: first(signing.Signature), Certificate: o.leader.Certificate, At: now})
		require.NoError(t, err)
		from, to := signatureParts(t, p.File)
		content := filepath.Join(t.TempDir(), "content")
		require.NoError(t, os.WriteFile(content, append(append([]byte{}, p.File[:from]...), p.File[to:]...), 0o600))
		run(t, "openssl", "cms", "-sign", "-binary", "-in", content, "-signer", certificate, "-inkey", key, "-outform", "DER", "-out", content+".p7s", "-md", "sha1")
		container, err := os.ReadFile(content + ".p7s")
		require.NoError(t, err)
		file, err := p.Embed(container)
		require.NoError(t, err)
		assert.Equal(t, signature.Weak, judged(t, o, file).Integrity)
	})
}
