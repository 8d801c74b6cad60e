package edxml_test

import (
	"encoding/base64"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/protocol/edxml"
)

// endless is a package that never ends.
type endless struct {
	head, again string
	at          int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.at < len(e.head) {
		n := copy(p, e.head[e.at:])
		e.at += n
		return n, nil
	}
	n := 0
	for n < len(p) {
		at := (e.at - len(e.head)) % len(e.again)
		c := copy(p[n:], e.again[at:])
		n, e.at = n+c, e.at+c
	}
	return n, nil
}

// Each of these would cost without bound, and is ended early.
func TestL3_WhatNeverEndsIsEnded(t *testing.T) { //nolint:paralleltest // it measures what is allocated
	envelope := `<edXML xmlns="` + edxml.Namespace + `"><edXML:edXMLEnvelope xmlns:edXML="` + edxml.Namespace + `"><edXML:edXMLHeader><edXML:MessageHeader>`
	content := envelope + "</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope><AttachmentEncoded><Attachment><ContentId>a</ContentId><AttachmentName>a.pdf</AttachmentName><ContentType>application/pdf</ContentType><ContentTransferEncoded>"
	zipped := strings.Replace(content, "application/pdf", "application/zip", 1)
	for name, c := range map[string]*endless{
		"recipients":                  {head: envelope, again: "<edXML:To><edXML:OrganId>H59.08</edXML:OrganId></edXML:To>"},
		"depth":                       {head: "", again: "<a>"},
		"depth with declarations":     {head: "", again: `<a xmlns:b="c">`},
		"declarations":                {head: "", again: `<a xmlns:b="c" xmlns:d="e">`},
		"a name":                      {head: "<", again: "a"},
		"an attribute's name":         {head: "<a ", again: "a"},
		"an attribute's value":        {head: `<a b="`, again: "c"},
		"attributes":                  {head: "<a ", again: `b="c" `},
		"text":                        {head: envelope + "<edXML:Subject>", again: "Quyết định "},
		"a comment":                   {head: "<!--", again: "a"},
		"comments":                    {head: "", again: "<!-- a -->"},
		"comments in content":         {head: content, again: "<!-- a -->"},
		"an instruction":              {head: "<?a ", again: "b"},
		"an instruction in content":   {head: content + "<?a ", again: "b"},
		"a declaration":               {head: "<!DOCTYPE ", again: "b"},
		"CDATA":                       {head: envelope + "<![CDATA[", again: "b"},
		"an entity":                   {head: envelope + "&", again: "b"},
		"blanks":                      {head: "", again: " "},
		"attachments":                 {head: before(content, "<Attachment>"), again: "<Attachment><AttachmentName>a</AttachmentName><ContentTransferEncoded/></Attachment>"},
		"content":                     {head: content, again: "QUJD"},
		"content in CDATA":            {head: content + "<![CDATA[", again: "QUJD"},
		"content of blanks":           {head: content, again: " "},
		"content of nothing":          {head: content, again: "!"},
		"content of references":       {head: content, again: "&#13;"},
		"content of a name of a file": {head: strings.Replace(content, "a.pdf", "", 1)[:strings.Index(content, "a.pdf")], again: "a"},
		"a zip that is stored":        {head: zipped + base64.StdEncoding.EncodeToString([]byte("PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\x7f\xff\xff\xff\x7f\x03\x00\x00\x00a.b")), again: "QUJD"},
	} {
		t.Run(name, func(t *testing.T) {
			limits := edxml.Limits{TotalBytes: 24 << 20, FileBytes: 20 << 20}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := edxml.Read(c, edxml.Options{Limits: limits}, nil)
			runtime.ReadMemStats(&after)
			require.ErrorIs(t, err, edxml.ErrLimit)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(128<<20), "all that was ever allocated")
			assert.LessOrEqual(t, c.at, 24<<20+128<<10)
		})
	}
}

func TestL3_ABombIsNotUnpacked(t *testing.T) {
	t.Parallel()
	bomb := zipOf("a.txt", strings.Repeat("\x00", 200<<20))
	require.Less(t, len(bomb), 1<<20)
	var got int64
	_, err := edxml.Read(strings.NewReader(with(t, "a.txt", "application/zip", bomb)), edxml.Options{}, func(_ edxml.Attachment, content io.Reader) (err error) {
		got, err = io.Copy(io.Discard, content)
		return err
	})
	require.ErrorIs(t, err, edxml.ErrLimit)
	assert.Less(t, got, int64(64<<20))
}

func TestL3_LimitsAreThoseOfTheInstallation(t *testing.T) {
	t.Parallel()
	text := base(t)
	for name, limits := range map[string]edxml.Limits{
		"total": {TotalBytes: int64(len(text)) - 1}, "structure": {StructureBytes: 1000}, "depth": {Depth: 5}, "elements": {Elements: 50}, "attributes": {Attributes: -1, NameBytes: 4},
		"attachments": {Attachments: 1}, "file": {FileBytes: 2999}, "files": {FilesBytes: 3068},
	} {
		_, err := edxml.Read(strings.NewReader(text), edxml.Options{Limits: limits}, nil)
		assert.ErrorIs(t, err, edxml.ErrLimit, name)
	}
	_, err := edxml.Read(strings.NewReader(text), edxml.Options{Limits: edxml.Limits{TotalBytes: int64(len(text)), Depth: 8, Attachments: 2, FileBytes: 3000, FilesBytes: 3069}}, nil)
	assert.NoError(t, err)
}
