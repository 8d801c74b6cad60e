package barcode_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"congvan/server/provider/barcode"
)

// sheet gives a scanned page: the barcode on white, as a JPEG.
func sheet(t testing.TB, code string) []byte {
	t.Helper()
	var drawn, out bytes.Buffer
	if err := barcode.Draw(&drawn, code); err != nil {
		t.Fatal(err)
	}
	bars, err := png.Decode(&drawn)
	if err != nil {
		t.Fatal(err)
	}
	page := image.NewRGBA(image.Rect(0, 0, 1240, 1754))
	draw.Draw(page, page.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(page, bars.Bounds().Add(image.Pt(300, 400)), bars, image.Point{}, draw.Src)
	if err := jpeg.Encode(&out, page, &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestG5_ABarcodeIsReadOffAScanAndOffAScannedPDF(t *testing.T) {
	t.Parallel()
	scan := sheet(t, "DEN2026-125")
	if got := barcode.Read(bytes.NewReader(scan), "image/jpeg"); got != "DEN2026-125" {
		t.Errorf("off the image: %q", got)
	}
	pdf := slices.Concat([]byte("%PDF-1.4\n4 0 obj\n<</Filter /DCTDecode>>\nstream\n"), scan, []byte("\nendstream\nendobj\n"))
	if got := barcode.Read(bytes.NewReader(pdf), "application/pdf"); got != "DEN2026-125" {
		t.Errorf("off the PDF: %q", got)
	}
	for _, bad := range []string{"", "x", "%PDF-1.4 stream\n\xff\xd8\xffx", "\x89PNG\r\n\x1a\n"} {
		if got := barcode.Read(bytes.NewReader([]byte(bad)), "application/pdf") + barcode.Read(bytes.NewReader([]byte(bad)), "image/png"); got != "" {
			t.Errorf("%q says %q", bad, got)
		}
	}
}
