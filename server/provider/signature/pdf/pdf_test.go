package pdf_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/fault"
	"congvan/server/provider/signature/pdf"
)

// write makes a file of objects with a plain table.
func write(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table.String(), len(objects)+1, at)
	return b.Bytes()
}

func deflate(content []byte) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(content)
	_ = w.Close()
	return b.String()
}

// all reads everything of a file.
func all(file []byte) error {
	f, err := pdf.Open(file)
	if err != nil {
		return err
	}
	var inside error
	err = f.Walk(func(_ int, v any) bool {
		if s, ok := v.(*pdf.Stream); ok {
			_, inside = f.Decode(s)
		}
		return inside == nil
	})
	return errors.Join(err, inside)
}

func TestPDF_HostileFilesAreRefusedSoon(t *testing.T) {
	t.Parallel()
	tail := func(trailer string, at int) string { return fmt.Sprintf("%s\nstartxref\n%d\n%%%%EOF\n", trailer, at) }
	const head = "%PDF-1.7\n"
	objectStream := func(dict, content string) string {
		return fmt.Sprintf("%s1 0 obj\n<<%s/Length %d>>\nstream\n%s\nendstream\nendobj\n%s", head, dict, len(content), content, tail("", len(head)))
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":                    {nil, pdf.ErrNotPDF},
		"no PDF":                     {[]byte("PK\x03\x04"), pdf.ErrNotPDF},
		"cut off":                    {write("<<>>")[:40], pdf.ErrDamaged},
		"a size beyond all":          {[]byte(head + tail("xref\n0 0\ntrailer<</Size 9000000000000000000/Root 1 0 R>>", len(head))), pdf.ErrTooLarge},
		"a range beyond the file":    {[]byte(head + tail("xref\n0 999999999\ntrailer<</Size 1/Root 1 0 R>>", len(head))), pdf.ErrDamaged},
		"numbers beyond all":         {[]byte(head + tail("xref\n999999999 1\n0000000009 00000 n \ntrailer<</Size 1/Root 1 0 R>>", len(head))), pdf.ErrTooLarge},
		"tables in a circle":         {[]byte(head + tail(fmt.Sprintf("xref\n0 0\ntrailer<</Size 1/Root 1 0 R/Prev %d>>", len(head)), len(head))), pdf.ErrDamaged},
		"rows beyond the stream":     {[]byte(objectStream("/Type/XRef/W[1 8 8]/Size 5/Index[0 500000]/Root 1 0 R", "xx")), pdf.ErrDamaged},
		"rows of nothing":            {[]byte(objectStream("/Type/XRef/W[0 0 0]/Size 5/Index[0 500000]/Root 1 0 R", "xx")), pdf.ErrDamaged},
		"a bomb as a table":          {[]byte(objectStream("/Type/XRef/W[1 2 1]/Size 5/Root 1 0 R/Filter/FlateDecode", deflate(make([]byte, 80<<20)))), pdf.ErrTooLarge},
		"a bomb":                     {write("<</Type/Catalog/A 2 0 R>>", fmt.Sprintf("<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", len(deflate(make([]byte, 80<<20))), deflate(make([]byte, 80<<20)))), pdf.ErrTooLarge},
		"arrays in arrays":           {write(strings.Repeat("[", 5000)), pdf.ErrTooLarge},
		"dictionaries in each other": {write(strings.Repeat("<</A", 5000)), pdf.ErrTooLarge},
		"an endless array":           {write("[" + strings.Repeat("0 ", 500_000) + "]"), pdf.ErrTooLarge},
		"a length that is itself":    {write("<</A 2 0 R>>", "<</Length 2 0 R>>\nstream\nx\nendstream"), pdf.ErrDamaged},
		"a length beyond the file":   {write("<</A 2 0 R>>", "<</Length 999999>>\nstream\nx\nendstream"), pdf.ErrDamaged},
		"a length too short":         {write("<</A 2 0 R>>", "<</Length 1>>\nstream\nxyz\nendstream"), pdf.ErrDamaged},
		"a key that stands twice":    {write("<</A 1/A 2>>"), pdf.ErrDamaged},
		"an object elsewhere":        {bytes.Replace(write("<</A 2 0 R>>", "1"), []byte("2 0 obj"), []byte("3 0 obj"), 1), pdf.ErrDamaged},
		"encrypted":                  {[]byte(head + tail("xref\n0 0\ntrailer<</Size 1/Root 1 0 R/Encrypt<<>>>>", len(head))), pdf.ErrEncrypted},
		"no catalog":                 {[]byte(head + tail("xref\n0 0\ntrailer<</Size 1>>", len(head))), pdf.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := all(c.file)
			require.ErrorIs(t, err, c.want)
			assert.NotEqual(t, fault.Internal, fault.KindOf(err))
		})
	}
}

func TestPDF_ReferencesInACircleEnd(t *testing.T) {
	t.Parallel()
	f, err := pdf.Open(write("<</A 2 0 R>>", "3 0 R", "2 0 R"))
	require.NoError(t, err)
	_, err = f.Resolve(pdf.Ref{Number: 2})
	require.ErrorIs(t, err, pdf.ErrDamaged)
	assert.NoError(t, all(write("<</A 1 0 R/B[1 0 R]>>")), "a circle of the graph is no fault")
}

func TestPDF_RealFilesAreReadAndAddedTo(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../text/testdata/*.pdf")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		file, err := os.ReadFile(path)
		require.NoError(t, err)
		f, err := pdf.Open(file)
		if strings.Contains(path, "encrypted") {
			require.ErrorIs(t, err, pdf.ErrEncrypted, path)
			continue
		}
		require.NoError(t, err, path)
		require.NoError(t, all(file), path)
		assert.Equal(t, []int{len(file)}, f.Ends(), path)
		u, err := pdf.NewUpdate(f)
		require.NoError(t, err)
		added := u.Add(pdf.Dict{"Tên": pdf.String("Số (05) \\"), "Số": pdf.Array{1.5, int64(-2), true, nil, pdf.String("\x00\xff")}})
		out, err := u.Bytes()
		require.NoError(t, err)
		again, err := pdf.Open(out)
		require.NoError(t, err, path)
		v, err := again.Resolve(added)
		require.NoError(t, err)
		assert.True(t, pdf.Equal(pdf.Dict{"Tên": pdf.String("Số (05) \\"), "Số": pdf.Array{1.5, int64(-2), true, nil, pdf.String("\x00\xff")}}, v), path)
		assert.Equal(t, []int{len(file), len(out)}, again.Ends(), path)
		before, err := again.At(len(file))
		require.NoError(t, err)
		differences, err := pdf.Compare(before, again)
		require.NoError(t, err)
		assert.Empty(t, differences, "what is only new makes no difference")
	}
}

func FuzzOpen(f *testing.F) {
	files, _ := filepath.Glob("../../text/testdata/*.pdf")
	for _, path := range files {
		if file, err := os.ReadFile(path); err == nil {
			f.Add(file)
		}
	}
	f.Add(write("<</Type/Catalog/Pages 2 0 R>>", "<</Kids[3 0 R]>>", "<</Length 3>>\nstream\nabc\nendstream"))
	f.Fuzz(func(t *testing.T, file []byte) {
		opened, err := pdf.Open(file)
		if err != nil {
			return
		}
		if err := opened.Walk(func(int, any) bool { return true }); err != nil {
			return
		}
		u, err := pdf.NewUpdate(opened)
		if err != nil {
			return
		}
		added := u.Add(pdf.Dict{"A": pdf.String("b")})
		out, err := u.Bytes()
		if err != nil {
			return
		}
		again, err := pdf.Open(out)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if v, err := again.Resolve(added); err != nil || v == nil {
			t.Fatalf("what was written is not there: %v %v", v, err)
		}
	})
}

// A large table read again for every one of many revisions is work without end.
func TestPDF_ManyRevisionsOfALargeTableAreBounded(t *testing.T) {
	t.Parallel()
	objects := make([]string, 60_000)
	for i := range objects {
		objects[i] = "1"
	}
	objects[0] = "<</Type/Catalog>>"
	file := write(objects...)
	for range 150 {
		at := len(file)
		file = append(file, fmt.Sprintf("xref\n0 0\ntrailer\n<</Size 60001/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", start(file), at)...)
	}
	f, err := pdf.Open(file)
	require.NoError(t, err)
	for _, end := range f.Ends() {
		if _, err = f.At(end); err != nil {
			break
		}
	}
	require.ErrorIs(t, err, pdf.ErrTooLarge)
}

func start(file []byte) (at int) {
	tail := file[bytes.LastIndex(file, []byte("startxref\n"))+len("startxref\n"):]
	_, _ = fmt.Sscanf(string(tail), "%d", &at)
	return at
}
