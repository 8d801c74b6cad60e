package printing_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"testing"

	"congvan/server/provider/printing"
)

func TestG5_SeveralImagesBecomeOnePDF(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	if err := png.Encode(&page, image.NewGray(image.Rect(0, 0, 60, 80))); err != nil {
		t.Fatal(err)
	}
	join := func() []byte {
		var out bytes.Buffer
		if err := printing.Join(&out, []io.Reader{bytes.NewReader(page.Bytes()), bytes.NewReader(page.Bytes())}); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	if !bytes.HasPrefix(join(), []byte("%PDF-")) {
		t.Error("no PDF")
	}
	if err := printing.Join(io.Discard, []io.Reader{bytes.NewReader([]byte("no picture"))}); err == nil {
		t.Error("what is no picture became a page")
	}
}
