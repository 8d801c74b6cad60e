// Package barcode draws and reads the barcodes that lead scans to their
// entries: Code 128 on the sheet that goes before a document into the scanner.
// What it reads is from anybody's paper: images are looked at within limits,
// and one that cannot be read has no barcode.
package barcode

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // scans
	"image/png"
	"io"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

// The limits of what is looked at.
const (
	maxPixels = 60_000_000
	maxBytes  = 64 << 20
	maxPages  = 2 // of a PDF: a barcode sheet goes first
)

// Draw writes a PNG of the code.
func Draw(out io.Writer, code string) error {
	drawn, err := code128.Encode(code)
	if err != nil {
		return fmt.Errorf("encode a barcode: %w", err)
	}
	wide, err := barcode.Scale(drawn, drawn.Bounds().Dx()*3, 90)
	if err != nil {
		return fmt.Errorf("scale a barcode: %w", err)
	}
	if err := png.Encode(out, wide); err != nil {
		return fmt.Errorf("draw a barcode: %w", err)
	}
	return nil
}

// Read gives what a barcode on an image or on the first pages of a scanned PDF
// says, and nothing where there is none.
func Read(scan io.ReadSeeker, mediaType string) string {
	content, err := io.ReadAll(io.LimitReader(scan, maxBytes))
	if err != nil {
		return ""
	}
	if mediaType != "application/pdf" {
		return decode(content)
	}
	for _, page := range jpegs(content, maxPages) {
		if code := decode(page); code != "" {
			return code
		}
	}
	return ""
}

// jpegs gives the first JPEG streams of a PDF: what scanners put into one.
func jpegs(pdf []byte, most int) [][]byte {
	var list [][]byte
	for len(list) < most {
		at := bytes.Index(pdf, []byte("stream"))
		if at < 0 {
			return list
		}
		pdf = bytes.TrimLeft(pdf[at+len("stream"):], "\r\n")
		end := bytes.Index(pdf, []byte("endstream"))
		if end < 0 {
			return list
		}
		if bytes.HasPrefix(pdf, []byte{0xff, 0xd8, 0xff}) {
			list = append(list, pdf[:end])
		}
		pdf = pdf[end+len("endstream"):]
	}
	return list
}

func decode(content []byte) string {
	config, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return ""
	}
	picture, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return ""
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return ""
	}
	found, err := oned.NewCode128Reader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return ""
	}
	return found.GetText()
}
