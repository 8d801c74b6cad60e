package printing

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // what scanners give
	_ "image/png"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"congvan/server/domain/fault"
)

// The limits of a scanned page.
const (
	maxImage  = 64 << 20
	maxPixels = 100_000_000
)

var errNoPicture = fault.New(fault.Unsupported, "unreadable_image",
	"Có ảnh không đọc được hoặc quá lớn.", "An image cannot be read or is too large.")

// Join makes one PDF of scanned images, each on an A4 page of its own, as large
// as it fits and turned as it lies.
func Join(out io.Writer, images []io.Reader) error {
	doc := fpdf.New("P", "mm", "A4", "")
	doc.SetAutoPageBreak(false, 0)
	// The bytes say nothing of when they were made.
	doc.SetCreationDate(time.Unix(0, 0).UTC())
	doc.SetModificationDate(time.Unix(0, 0).UTC())
	doc.SetCatalogSort(true)
	for i, r := range images {
		content, err := io.ReadAll(io.LimitReader(r, maxImage+1))
		if err != nil {
			return fmt.Errorf("read an image: %w", err)
		}
		size, kind, err := image.DecodeConfig(bytes.NewReader(content))
		if err != nil || len(content) > maxImage || size.Width < 1 || size.Height < 1 || size.Width > maxPixels/size.Height {
			return errNoPicture
		}
		orientation, wide, high := "P", 210.0, 297.0
		if size.Width > size.Height {
			orientation, wide, high = "L", 297.0, 210.0
		}
		doc.AddPageFormat(orientation, fpdf.SizeType{Wd: 210, Ht: 297})
		name := fmt.Sprintf("page-%d", i)
		options := fpdf.ImageOptions{ImageType: kind}
		doc.RegisterImageOptionsReader(name, options, bytes.NewReader(content))
		scale := min(wide/float64(size.Width), high/float64(size.Height))
		w, h := float64(size.Width)*scale, float64(size.Height)*scale
		doc.ImageOptions(name, (wide-w)/2, (high-h)/2, w, h, false, options, 0, "")
		if doc.Error() != nil {
			return errNoPicture.Because(doc.Error())
		}
	}
	if err := doc.Output(out); err != nil {
		return fmt.Errorf("write the scans: %w", err)
	}
	return nil
}
