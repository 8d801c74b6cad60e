package mime

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// enclosed is a mail with one file.
func enclosed(name, kind string, data []byte) string {
	return crlfed(head("en", "kem") + multi("mixed", "b", textPart("x\n"), file(kind+"; name=\""+name+"\"", "Content-Disposition: attachment", data)))
}

func split(t *testing.T, text string, limits Limits, options ...Option) (Message, map[string][]byte) {
	t.Helper()
	given := map[string][]byte{}
	m, err := Split(strings.NewReader(text), limits, func(p Part, body io.Reader) error {
		b, err := io.ReadAll(body)
		given[p.Path] = b
		if errors.Is(err, ErrPartTooLarge) {
			return nil
		}
		return err
	}, options...)
	require.NoError(t, err)
	return m, given
}

func codes(m Message) (list []string) {
	for _, w := range m.Warnings {
		list = append(list, strings.TrimSpace(string(w.Code)+" "+w.Path+" "+w.Detail))
	}
	return list
}

func paths(m Message) (list []string) {
	for _, p := range m.Parts {
		list = append(list, p.Path+" "+p.Name)
	}
	return list
}

func TestK3_AMessageInAWinmailHasItsOwnHeaders(t *testing.T) {
	t.Parallel()
	inner := &winmail{
		subject: "Về việc họp", text: "Mời họp lúc 8 giờ", from: [2]string{"Phòng Tổ chức", "phong@example.test"}, to: [][2]string{{"Văn thư", "vanthu@example.test"}},
		files: []winmailPart{{name: "Lịch.pdf", data: pdf("l")}},
	}
	m, given := split(t, enclosed("winmail.dat", typeTNEF, winmail{subject: "x", files: []winmailPart{{name: "Thư mời", message: inner}}}.bytes()), Limits{})
	require.Equal(t, []string{"2 winmail.dat", "2.1 Thư mời", "2.1.1 Lịch.pdf"}, paths(m))
	n := m.Parts[1].Nested
	require.NotNil(t, n)
	assert.Equal(t, Headers{
		From: []Address{{"Phòng Tổ chức", "phong@example.test"}}, To: []Address{{"Văn thư", "vanthu@example.test"}},
		Subject: "Về việc họp", Date: time.Date(2026, 3, 4, 3, 0, 0, 0, time.UTC), MessageID: "Vềviệchọp@exchange.example.test",
	}, n.Headers)
	assert.Equal(t, "Mời họp lúc 8 giờ", n.Body.Text)
	assert.Equal(t, sha256.Sum256(inner.bytes()), m.Parts[1].SHA256)
	assert.Equal(t, int64(len(inner.bytes())), m.Parts[1].Size)
	assert.Equal(t, map[string][]byte{"2.1.1": pdf("l")}, given, "what was opened is not handed on")
	assert.True(t, m.Parts[0].Opened && m.Parts[1].Opened && !m.Parts[2].Opened)
}

func TestK3_TheTextOfAWinmailIsTakenWhereTheMailHasNone(t *testing.T) {
	t.Parallel()
	w := winmail{subject: "x", text: "chữ trong winmail", html: []byte("<p>chữ</p>"), rtf: storedRTF("{\\rtf1 x}")}
	alone := crlfed(head("wa", "x") + file(typeTNEF+"; name=winmail.dat", "", w.bytes()))
	m, given := split(t, alone, Limits{})
	assert.Equal(t, "chữ trong winmail", m.Body.Text)
	assert.Equal(t, "<p>chữ</p>", m.Body.HTML)
	require.Equal(t, []string{"1 winmail.dat", "1.1 body.rtf"}, paths(m))
	assert.True(t, m.Parts[1].Inline, "the same text in another form")
	assert.Equal(t, "{\\rtf1 x}", string(given["1.1"]))
	m, _ = split(t, enclosed("winmail.dat", typeTNEF, w.bytes()), Limits{})
	assert.Equal(t, "x", m.Body.Text)
	m, _ = split(t, crlfed(head("wa", "x")+file(typeTNEF, "", winmail{rtf: storedRTF("{\\rtf1 x}")}.bytes())), Limits{})
	require.Len(t, m.Parts, 2)
	assert.False(t, m.Parts[1].Inline, "the only text that there is")
}

func TestK3_MessagesInAWinmailHaveALimit(t *testing.T) {
	t.Parallel()
	w := winmail{subject: "đáy", files: []winmailPart{{name: "a.pdf", data: pdf("a")}}}
	for n := range 7 {
		inner := w
		w = winmail{subject: fmt.Sprint(n), files: []winmailPart{{name: "thư", message: &inner}}}
	}
	m, given := split(t, enclosed("winmail.dat", typeTNEF, w.bytes()), Limits{})
	assert.Equal(t, []string{"too_deep 2.1.1.1.1.1.1"}, codes(m))
	require.Len(t, m.Parts, 7, "five are opened in the one that came, the sixth stays whole")
	last := m.Parts[6]
	assert.False(t, last.Opened)
	assert.Equal(t, typeTNEF, last.DetectedType)
	assert.Equal(t, map[string]bool{last.Path: true}, map[string]bool{last.Path: len(given) == 1 && int64(len(given[last.Path])) == last.Size})
}

// TestK3_ATextThatBecomesTooMuchIsNotTakenForWhole: nothing says beforehand
// what compressed RTF becomes.
func TestK3_ATextThatBecomesTooMuchIsNotTakenForWhole(t *testing.T) {
	t.Parallel()
	data := winmail{rtf: storedRTF("{\\rtf1 " + strings.Repeat("x", 6000) + "}")}.bytes()
	m, given := split(t, enclosed("winmail.dat", typeTNEF, data), Limits{ArchiveBytes: 1000})
	assert.Equal(t, []string{"part_too_large 2.1", "container_limit 2.1 size of what it becomes", "container_damaged 2"}, codes(m))
	assert.Equal(t, []bool{false, true}, []bool{m.Parts[0].Oversize, m.Parts[1].Oversize})
	assert.Len(t, given["2.1"], 1000)
	assert.Equal(t, data, given["2"])
}

func storedRTF(text string) []byte {
	return join(le32(uint32(len(text)+12)), le32(uint32(len(text))), []byte("MELA"), le32(0), []byte(text))
}

func TestK3_AWrongChecksumKeepsTheWinmailToo(t *testing.T) {
	t.Parallel()
	data := winmail{brokenSum: true, files: []winmailPart{{name: "a.pdf", data: pdf("a")}}}.bytes()
	m, given := split(t, enclosed("winmail.dat", octetStream, data), Limits{})
	assert.Equal(t, []string{"container_damaged 2"}, codes(m))
	assert.True(t, m.Warnings[0].Loses())
	assert.Equal(t, map[string][]byte{"2": data, "2.1": pdf("a")}, given)
}

func TestK4_ArchivesHaveLimits(t *testing.T) {
	t.Parallel()
	three := zipped([2]string{"a.pdf", string(pdf("a"))}, [2]string{"b.pdf", string(pdf("b"))}, [2]string{"c.pdf", string(pdf("c"))})
	nest := func(n int) []byte {
		data := three
		for range n {
			data = zipped([2]string{"trong.zip", string(data)})
		}
		return data
	}
	mail := enclosed("a.zip", "application/zip", three)
	for name, test := range map[string]struct {
		mail   string
		limits Limits
		want   []string
		given  int
	}{
		"whole":           {mail, Limits{}, nil, 3},
		"number of files": {mail, Limits{Parts: 4}, []string{"container_limit 2 number of files"}, 1},
		"size":            {mail, Limits{ArchiveBytes: 500}, []string{"container_limit 2 size of what it becomes"}, 1},
		"packed size":     {mail, Limits{HeldBytes: 100}, []string{"container_limit 2 size"}, 1},
		"depth":           {enclosed("a.zip", "application/zip", nest(3)), Limits{}, []string{"too_deep 2.1.1.1"}, 1},
		"depth of three":  {enclosed("a.zip", "application/zip", nest(2)), Limits{}, nil, 3},
		"ratio":           {enclosed("a.zip", "application/zip", bomb()), Limits{}, []string{"container_limit 2 ratio"}, 1},
		"locked":          {enclosed("a.zip", "application/zip", locked("a", "x")), Limits{}, []string{"encrypted 2"}, 1},
		"no archive":      {enclosed("a.zip", "application/zip", three[:200]), Limits{}, []string{"container_damaged 2 its list of files"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, given := split(t, test.mail, test.limits)
			assert.Equal(t, test.want, codes(m))
			assert.Len(t, given, test.given)
			for _, p := range m.Parts {
				assert.Equal(t, strings.HasPrefix(name, "locked"), p.Encrypted)
			}
		})
	}
}

// TestK4_AFileThatIsBrokenLosesNothing: what can be read comes, and the archive too.
func TestK4_AFileThatIsBrokenLosesNothing(t *testing.T) {
	t.Parallel()
	data := zipped([2]string{"a.pdf", string(pdf("a"))}, [2]string{"b.pdf", string(pdf("b"))})
	at := bytes.Index(data, []byte("b.pdf"))
	copy(data[at+20:], "damage")
	m, given := split(t, enclosed("a.zip", "application/zip", data), Limits{})
	assert.Equal(t, []string{"container_damaged 2"}, codes(m))
	assert.Equal(t, pdf("a"), given["2.1"])
	assert.Equal(t, data, given["2"])
}

// TestK4_AnArchiveThatLiesAboutItsSize says small and is big: the library
// holds it to what it says.
func TestK4_AnArchiveThatLiesAboutItsSize(t *testing.T) {
	t.Parallel()
	data := bytes.Clone(bomb())
	for i := 0; i+4 <= len(data); i++ {
		if binary.LittleEndian.Uint32(data[i:]) == 40<<20 {
			binary.LittleEndian.PutUint32(data[i:], 1000)
		}
	}
	m, given := split(t, enclosed("a.zip", "application/zip", data), Limits{})
	assert.Equal(t, []string{"container_damaged 2"}, codes(m))
	assert.LessOrEqual(t, len(given["2.1"]), 1000)
}

func TestK4_TheSizeIsWatchedOverAllArchives(t *testing.T) {
	t.Parallel()
	data := zipped([2]string{"a.bin", strings.Repeat("ab", 3000)})
	text := crlfed(head("en", "kem") + multi("mixed", "b", textPart("x\n"), file("application/zip", "", data), file("application/zip", "", data), attached("a.pdf", pdf("a"))))
	m, given := split(t, text, Limits{ArchiveBytes: 10000})
	assert.Equal(t, []string{"container_limit 3 size of what it becomes"}, codes(m))
	assert.Equal(t, data, given["3"])
	assert.Equal(t, pdf("a"), given["4"], "the rest goes on")
}

func TestK6_ASignatureIsWorthWhatItsChainIs(t *testing.T) {
	t.Parallel()
	s := shapes()[0]
	signed := s.finished(shapeCases()["smime-opaque"](s).text)
	state := func(text string, options ...Option) Signature {
		m, _ := split(t, text, Limits{}, options...)
		require.Len(t, m.Signatures, 1)
		return m.Signatures[0]
	}
	assert.Equal(t, SignatureUnknownChain, state(signed).State)
	assert.Equal(t, "no roots to judge by", state(signed).Detail, "the roots of the machine are for other things")
	_, other := newCert("Người lạ", "", nil, nil)
	roots := x509.NewCertPool()
	roots.AddCert(other)
	assert.Equal(t, SignatureUnknownChain, state(signed, Trusting(roots)).State)
	roots.AddCert(aSigner().root)
	g := state(signed, Trusting(roots))
	assert.Equal(t, SignatureValid, g.State)
	assert.Equal(t, "1", g.Path)
	stranger := strings.Replace(signed, "<vanthu.snv@example.test>", "<ai.do@example.test>", 1)
	m, _ := split(t, stranger, Limits{}, Trusting(roots))
	assert.Equal(t, []string{"signer_other 1"}, codes(m))
}

// TestK6_AChangedByteIsSeen flips bytes of what was signed, and of the signature.
func TestK6_AChangedByteIsSeen(t *testing.T) {
	t.Parallel()
	content := []byte(crlfed(textPart("đã ký\n")))
	object := aSigner().signStreamed(content)
	roots := x509.NewCertPool()
	roots.AddCert(aSigner().root)
	for at := 0; at < len(object); at += 11 {
		changed := bytes.Clone(object)
		changed[at] ^= 0x20
		m, _ := split(t, enclosed("smime.p7m", typeCMS, changed), Limits{}, Trusting(roots))
		for _, g := range m.Signatures {
			if g.State == SignatureValid {
				// Only what the signature does not cover may change: open
				// lengths, or the root beside it.
				assert.Contains(t, m.Body.Text, "đã ký", "byte %d", at)
			}
		}
	}
	at := bytes.Index(object, []byte("quoted-printable"))
	object[at] = 'Q'
	m, _ := split(t, enclosed("smime.p7m", typeCMS, object), Limits{}, Trusting(roots))
	require.Len(t, m.Signatures, 1)
	assert.Equal(t, SignatureInvalid, m.Signatures[0].State)
	assert.Equal(t, "the content was changed", m.Signatures[0].Detail)
}

// TestK6_ASignedObjectThatIsCutComesWhole: the beginning is read, nothing is judged.
func TestK6_ASignedObjectThatIsCutComesWhole(t *testing.T) {
	t.Parallel()
	content := []byte(crlfed(multi("mixed", "c", textPart("đã ký\n"), attached("a.pdf", pdf("a")), attached("b.pdf", bytes.Repeat(pdf("b"), 20)))))
	object := aSigner().signStreamed(content)
	cut := object[:len(object)-6000]
	m, given := split(t, enclosed("smime.p7m", typeCMS, cut), Limits{})
	assert.Contains(t, codes(m), "container_damaged 2")
	assert.Empty(t, m.Signatures)
	assert.Equal(t, pdf("a"), given["2.1.2"])
	assert.Equal(t, cut, given["2"])
}

func TestK6_ASignatureGoneDeepIsNone(t *testing.T) {
	t.Parallel()
	head, err := asn1.Marshal(oidSignedData)
	require.NoError(t, err)
	deep := join([]byte{0x30, 0x80}, head, []byte{0xa0, 0x80, 0x30, 0x80, 2, 1, 1}, bytes.Repeat([]byte{0x31, 0x80}, 200_000))
	m, given := split(t, enclosed("smime.p7m", typeCMS, deep), Limits{})
	assert.Equal(t, []string{"container_damaged 2"}, codes(m))
	assert.Equal(t, deep, given["2"])
	text := head2(deep)
	m, _ = split(t, text, Limits{})
	require.Len(t, m.Signatures, 1)
	assert.Equal(t, SignatureUnchecked, m.Signatures[0].State)
}

func head2(p7s []byte) string {
	return crlfed(head("sg", "x") + multi("signed; protocol=\"application/pkcs7-signature\"", "b", textPart("x\n"), file("application/pkcs7-signature; name=smime.p7s", "", p7s)))
}

func TestK5_LegacyFontsAreSuspectedAndNothingElse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"C«ng v¨n sè 15 ngµy 5 th¸ng 3 vÒ viÖc ®Ò nghÞ": fontTCVN3,
		"Coâng vaên soá 15 ngaøy 5 veà vieäc ñeà nghò":  fontVNI,
		"Công văn số 15 ngày 5 tháng 3 về việc đề nghị": "",
		"hoà hoá toà nhà, hoả táng thuý":                "",
		"Les élèves français où naïf, aé aï":            "",
		"Copyright© 2026 ACME® — 10µm":                  "",
		"":                                              "",
	} {
		assert.Equal(t, want, oldFont(text), text)
	}
}

// TestContainersLeaveNothingBehind counts what is in the folder for temporary
// files: a file without a name is not there.
func TestContainersLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	big := bytes.Repeat([]byte("không nén được? "), 200_000)
	w := winmail{files: []winmailPart{{name: "to.bin", data: big}}}
	seen := 0
	_, err := Split(strings.NewReader(enclosed("winmail.dat", typeTNEF, w.bytes())), Limits{}, func(p Part, body io.Reader) error {
		seen++
		names, err := filepath.Glob(folder + "/*")
		assert.Empty(t, names)
		got, readErr := io.ReadAll(body)
		assert.Equal(t, big, got)
		return errors.Join(err, readErr)
	}, HoldingIn(folder))
	require.NoError(t, err)
	assert.Equal(t, 1, seen)
}

func TestADiskThatIsFullIsAnErrorNotALoss(t *testing.T) {
	t.Parallel()
	w := winmail{files: []winmailPart{{name: "to.bin", data: make([]byte, 2<<20)}}}
	_, err := Split(strings.NewReader(enclosed("winmail.dat", typeTNEF, w.bytes())), Limits{}, nil, HoldingIn(filepath.Join(t.TempDir(), "missing")))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// TestK10_ContainersAreNeverInMemory opens big ones and looks at the heap.
func TestK10_ContainersAreNeverInMemory(t *testing.T) {
	big := make([]byte, 48<<20)
	for i := range big {
		big[i] = byte(i * i >> 8)
	}
	signed := aSigner().signStreamed(append([]byte("Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n"), big...))
	for name, text := range map[string]string{
		"zip":     enclosed("a.zip", "application/zip", zipped([2]string{"a.bin", string(big)})),
		"winmail": enclosed("winmail.dat", typeTNEF, winmail{files: []winmailPart{{name: "a.bin", data: big}}}.bytes()),
		"smime":   enclosed("smime.p7m", typeCMS, signed),
	} {
		runtime.GC()
		var before, now runtime.MemStats
		runtime.ReadMemStats(&before)
		var peak uint64
		sizes := []int64{}
		m, err := Split(strings.NewReader(text), Limits{}, func(p Part, body io.Reader) error {
			buf := make([]byte, 1<<20)
			for {
				_, err := io.ReadFull(body, buf)
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapAlloc)
				if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
					return nil
				}
				if err != nil {
					return err
				}
			}
		})
		require.NoError(t, err, name)
		for _, p := range m.Parts {
			sizes = append(sizes, p.Size)
		}
		require.Len(t, sizes, 2, "%s %v", name, codes(m))
		assert.Equal(t, int64(len(big)), sizes[1], name)
		assert.Less(t, int64(peak)-int64(before.HeapAlloc), int64(16<<20), name)
	}
}

// TestK4_AListWithoutEndIsNotRead: an archive of nothing but names.
func TestK4_AListWithoutEndIsNotRead(t *testing.T) {
	t.Parallel()
	var entries [][2]string
	for i := range 45_000 {
		entries = append(entries, [2]string{fmt.Sprintf("%06d", i), ""})
	}
	m, _ := split(t, enclosed("a.zip", "application/zip", zipped(entries...)), Limits{})
	assert.Equal(t, []string{"container_limit 2 its list of files"}, codes(m))
}
