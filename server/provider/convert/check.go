package convert

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What an archive may hold, unpacked.
const (
	maxEntries  = 2000
	maxUnpacked = 500 << 20
	maxPart     = 100 << 20
	maxRelation = 4 << 20
)

// check refuses what would make the program run or fetch something, and what
// unpacks to more than any real document.
func check(source io.ReaderAt, size int64) error {
	z, err := zip.NewReader(source, size)
	if err != nil {
		return ErrFailed.Because(err)
	}
	if len(z.File) > maxEntries {
		return ErrTooLarge.Because(errors.New("the archive has too many entries"))
	}
	left := int64(maxUnpacked)
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		if strings.HasSuffix(name, "vbaproject.bin") || strings.Contains(name, "/activex/") {
			return ErrMacros
		}
		n, err := unpacked(f, left)
		if err != nil {
			return err
		}
		left -= n
		switch {
		case strings.HasSuffix(name, ".rels"):
			err = checkRelations(f)
		case name == "word/document.xml":
			err = checkWhole(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkWhole reads the text's markup to its end: LibreOffice makes an empty
// page of what it cannot read, and says nothing.
func checkWhole(f *zip.File) error {
	in, err := f.Open()
	if err != nil {
		return ErrFailed.Because(err)
	}
	defer in.Close()
	d := xml.NewDecoder(in)
	for depth, most := 0, 500; ; {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return ErrFailed.Because(err)
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > most {
			return ErrFailed.Because(errors.New("the text is nested deeper than any real one"))
		}
	}
}

// unpacked measures an entry by unpacking it: what the directory says is the sender's word.
func unpacked(f *zip.File, left int64) (int64, error) {
	in, err := f.Open()
	if err != nil {
		return 0, ErrFailed.Because(err)
	}
	defer in.Close()
	most := min(left, maxPart)
	n, err := io.Copy(io.Discard, io.LimitReader(in, most+1))
	if err != nil {
		return 0, ErrFailed.Because(err)
	}
	if n > most {
		return 0, ErrTooLarge.Because(fmt.Errorf("%q unpacks to more than any real part", f.Name))
	}
	return n, nil
}

// checkRelations lets links for readers be, and nothing else that lies outside
// the file (ECMA-376, part 2, 9.3).
func checkRelations(f *zip.File) error {
	in, err := f.Open()
	if err != nil {
		return ErrFailed.Because(err)
	}
	defer in.Close()
	d := xml.NewDecoder(io.LimitReader(in, maxRelation))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return ErrFailed.Because(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" {
			continue
		}
		var external bool
		var kind string
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "TargetMode":
				external = strings.EqualFold(a.Value, "external")
			case "Type":
				kind = a.Value
			}
		}
		if external && !strings.HasSuffix(kind, "/hyperlink") {
			return ErrExternal
		}
	}
}
