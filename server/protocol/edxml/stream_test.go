package edxml_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"math/rand/v2"
	"runtime/metrics"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/protocol/edxml"
)

// generated is content that exists nowhere: a block that repeats beyond the
// window of a compressor.
type generated struct {
	block []byte
	left  int64
	at    int
	sum   hash.Hash
	look  func()
}

func (g *generated) Read(p []byte) (int, error) {
	if g.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), g.left)], g.block[g.at:])
	g.at, g.left = (g.at+n)%len(g.block), g.left-int64(n)
	g.sum.Write(p[:n])
	g.look()
	return n, nil
}

func (g *generated) Close() error { return nil }

// highWater watches what the heap holds, garbage included.
type highWater struct {
	sample []metrics.Sample
	most   uint64
	calls  int
}

func (h *highWater) look() {
	if h.calls++; h.calls%64 == 0 {
		metrics.Read(h.sample)
		h.most = max(h.most, h.sample[0].Value.Uint64())
	}
}

// Written and read at once, through a pipe that holds nothing. It runs alone,
// so that the heap is its own. Under the race detector it is a sixteenth of it.
func TestL3_AGibibyteOfAttachmentsNeedsLittleMemory(t *testing.T) { //nolint:paralleltest // it measures the heap
	block := make([]byte, 1<<20+7)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(block)
	for name, c := range map[string]struct {
		signer *edxml.Signer
		sizes  map[string]int64
	}{
		"unsigned": {nil, map[string]int64{"Công văn.pdf": 640 << 20, "phụ lục.xlsx": 320 << 20, "bản vẽ.dwg": 64 << 20}},
		"signed":   {signer(), map[string]int64{"Công văn.pdf": 160 << 20, "phụ lục.xlsx": 64 << 20, "bản vẽ.dwg": 32 << 20}},
	} {
		t.Run(name, func(t *testing.T) {
			water := &highWater{sample: []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}}
			p, _ := read(t, sample(t, "doc_revocation.edxml"))
			var files []edxml.Enclosure
			sums := map[string]hash.Hash{}
			for name, size := range c.sizes {
				files = append(files, edxml.Enclosure{Attachment: edxml.Attachment{Name: name}, Open: func() (io.ReadCloser, error) {
					sums[name] = sha256.New()
					return &generated{block: block, left: size / slowness, sum: sums[name], look: water.look}, nil
				}})
			}
			out, in := io.Pipe()
			written := make(chan error, 1)
			go func() {
				err := edxml.Write(in, p.Package, files, c.signer)
				written <- errors.Join(err, in.CloseWithError(err))
			}()
			back, err := edxml.Read(out, edxml.Options{}, nil)
			require.NoError(t, err)
			require.NoError(t, <-written)
			require.Len(t, back.Attachments, 3)
			for _, a := range back.Attachments {
				assert.Equal(t, c.sizes[a.Name]/slowness, a.Length)
				assert.Equal(t, sums[a.Name].Sum(nil), a.SHA256[:])
			}
			assert.Equal(t, c.signer != nil, back.Check.State == edxml.Valid)
			assert.Empty(t, back.Warnings)
			t.Logf("at most %d MiB of heap for %d MiB", water.most>>20, back.Size>>20)
			assert.Positive(t, water.most)
			assert.Less(t, water.most, uint64(64<<20))
		})
	}
}

// An attachment whose content stands first is read from where it lies.
func TestL3_ContentBeforeItsDescriptionNeedsAReaderThatGoesBack(t *testing.T) {
	t.Parallel()
	text := build(t, base(t), "<ContentId>cid:att-1</ContentId>", "", "</edXML:ContentTransferEncoded>", "</edXML:ContentTransferEncoded><ContentId>cid:att-1</ContentId><Format>pdf</Format>",
		"<AttachmentName>cong-van.pdf</AttachmentName>", "", "<Format>pdf</Format>", "<AttachmentName>cong-van.pdf</AttachmentName>")
	_, got := read(t, text)
	assert.Equal(t, "cong-van.pdf", got.attachments[0].Name)
	_, err := edxml.Read(struct{ io.Reader }{strings.NewReader(text)}, edxml.Options{}, nil)
	require.ErrorIs(t, err, edxml.ErrOrder)

	// It need not begin where the package does.
	ahead := strings.NewReader("trước" + text)
	_, err = ahead.Seek(int64(len("trước")), io.SeekStart)
	require.NoError(t, err)
	p, err := edxml.Read(ahead, edxml.Options{}, nil)
	require.NoError(t, err)
	assert.EqualValues(t, 69, p.Attachments[0].Length)
	assert.EqualValues(t, len(text), p.Size)
}

// Trouble of the reader is no defect of the package: it may be read again later.
func TestL3_ALineThatBreaksIsNotADamagedPackage(t *testing.T) {
	t.Parallel()
	text := base(t)
	for _, broke := range []error{errors.New("line broke"), io.ErrUnexpectedEOF} {
		for i := 0; i < len(text); i += 97 {
			_, err := edxml.Read(io.MultiReader(strings.NewReader(text[:i]), iotest.ErrReader(broke)), edxml.Options{}, nil)
			require.ErrorIs(t, err, broke, "after %d bytes", i)
		}
	}
}

func TestL3_WhateverIsCutOffIsRefused(t *testing.T) {
	t.Parallel()
	text := strings.TrimSpace(sample(t, "doc_new_attachment_kinds.edxml"))
	for i := 0; i < len(text); i += 37 {
		_, err := edxml.Read(strings.NewReader(text[:i]), edxml.Options{}, nil)
		require.ErrorIs(t, err, edxml.ErrMalformed, "after %d bytes", i)
	}
}

func TestL3_ASinkMayLeaveWhatItDoesNotWant(t *testing.T) {
	t.Parallel()
	text := sample(t, "doc_new_attachment_kinds.edxml")
	whole, _ := read(t, text)
	p, err := edxml.Read(strings.NewReader(text), edxml.Options{}, func(_ edxml.Attachment, content io.Reader) error {
		_, err := io.CopyN(io.Discard, content, 5)
		return err
	})
	require.NoError(t, err)
	assert.Equal(t, whole.Attachments, p.Attachments, "lengths and hashes are of the whole all the same")
	full := errors.New("disk full")
	_, err = edxml.Read(strings.NewReader(text), edxml.Options{}, func(edxml.Attachment, io.Reader) error { return full })
	assert.ErrorIs(t, err, full)
	// A sink that swallows a refusal does not make a package of it.
	_, err = edxml.Read(strings.NewReader(text), edxml.Options{Limits: edxml.Limits{FileBytes: 50}}, func(_ edxml.Attachment, content io.Reader) error {
		_, _ = io.Copy(io.Discard, content)
		return nil
	})
	assert.ErrorIs(t, err, edxml.ErrLimit)
}

func TestL3_WhatCannotBeWrittenLeavesNothing(t *testing.T) {
	t.Parallel()
	good, got := read(t, base(t))
	change := func(f func(d *edxml.Document)) edxml.Package {
		d := *good.Document
		d.To = append([]edxml.Agency(nil), d.To...)
		f(&d)
		return edxml.Package{Document: &d}
	}
	file := got.enclosures()[:1]
	named := func(id, name string) edxml.Enclosure {
		return enclose(edxml.Attachment{ContentID: id, Name: name}, nil)
	}
	for name, c := range map[string]struct {
		p     edxml.Package
		files []edxml.Enclosure
	}{
		"nothing":                   {},
		"both":                      {p: edxml.Package{Document: good.Document, Status: &edxml.Status{Code: "01"}}},
		"no recipient":              {p: change(func(d *edxml.Document) { d.To = nil })},
		"an empty recipient":        {p: change(func(d *edxml.Document) { d.To[1] = edxml.Agency{} })},
		"a control character":       {p: change(func(d *edxml.Document) { d.Subject = "a\x00b" })},
		"invalid UTF-8":             {p: change(func(d *edxml.Document) { d.To[0].Name = "a\xff" })},
		"no character of XML":       {p: change(func(d *edxml.Document) { d.Place = "\uffff" })},
		"a bad attribute":           {p: change(func(d *edxml.Document) { d.Trace = &edxml.Trace{ID: "\x01"} })},
		"a bad name of a file":      {p: good.Package, files: []edxml.Enclosure{named("a", "a\x1b.pdf")}},
		"a file without a name":     {p: good.Package, files: []edxml.Enclosure{named("a", " ")}},
		"a file without content":    {p: good.Package, files: []edxml.Enclosure{{Attachment: edxml.Attachment{Name: "a"}}}},
		"one identifier twice":      {p: good.Package, files: []edxml.Enclosure{named("a", "a"), named("cid:a", "b")}},
		"a status with attachments": {p: edxml.Package{Status: &edxml.Status{Code: "01"}}, files: file},
		"a status without a code":   {p: edxml.Package{Status: &edxml.Status{}}},
	} {
		var out bytes.Buffer
		assert.ErrorIs(t, edxml.Write(&out, c.p, c.files, nil), edxml.ErrUnwritable, name)
		assert.Zero(t, out.Len(), name)
	}
	gone := errors.New("object store gone")
	assert.ErrorIs(t, edxml.Write(io.Discard, good.Package, []edxml.Enclosure{{Attachment: edxml.Attachment{Name: "a.pdf"}, Open: func() (io.ReadCloser, error) { return nil, gone }}}, nil), gone)
	for _, name := range []string{"a.pdf", "a.txt"} {
		assert.ErrorIs(t, edxml.Write(io.Discard, good.Package, []edxml.Enclosure{{Attachment: edxml.Attachment{Name: name}, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("abcdefgh"), iotest.ErrReader(gone))), nil
		}}}, nil), gone)
		full := errors.New("disk full")
		assert.ErrorIs(t, edxml.Write(failingWriter{full}, good.Package, []edxml.Enclosure{enclose(edxml.Attachment{Name: name}, make([]byte, 1<<20))}, nil), full)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
