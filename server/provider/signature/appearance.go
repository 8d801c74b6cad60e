package signature

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/signature/typeface"
)

// Colour of words, each part from 0 to 1.
type Colour struct{ Red, Green, Blue float64 }

// The colours of NĐ 30/2020, phụ lục I: signatures are blue, seals red, the
// words of annexes, copies, numbers and dates black.
var (
	Blue  = Colour{0, 0.13, 0.67}
	Red   = Colour{0.86, 0.07, 0.07}
	Black = Colour{}
)

// ColourOf gives the colour of a kind of place.
func ColourOf(kind signing.PlaceKind) Colour {
	switch kind {
	case signing.Signature, signing.Initial:
		return Blue
	case signing.Seal:
		return Red
	}
	return Black
}

// Align says where words stand between the sides of their box.
type Align int

// The ways to align, numbered as in a form's Q (ISO 32000-1, 12.7.3.3).
const (
	Left Align = iota
	Centre
	Right
)

// Appearance is what a signature shows: an image, or words, or words over an image.
type Appearance struct {
	Image  []byte // PNG, transparent where nothing is
	Lines  []string
	Size   float64 // of the words; they shrink to fit. 0 for 10, as the decree has it
	Align  Align
	Italic bool
	foot   string // small, below all else
}

// Limits of an image.
const (
	maxImageBytes  = 4 << 20
	maxImagePixels = 4 << 20
)

const (
	defaultSize = 10
	leastSize   = 3
	leading     = 1.15
	footHeight  = 7
)

// draw makes the form that shows the appearance in a box of this size.
func draw(u *pdf.Update, a Appearance, c Colour, width, height float64) (pdf.Ref, error) {
	var content bytes.Buffer
	resources := pdf.Dict{}
	if len(a.Image) > 0 {
		ref, w, h, err := embedImage(u, a.Image)
		if err != nil {
			return pdf.Ref{}, err
		}
		scale := min(width/w, height/h)
		fmt.Fprintf(&content, "q %s 0 0 %s %s %s cm /Im Do Q\n", num(w*scale), num(h*scale), num((width-w*scale)/2), num((height-h*scale)/2))
		resources["XObject"] = pdf.Dict{"Im": ref}
	}
	below, set := 0.0, ""
	if a.foot != "" {
		below = min(footHeight, height/3)
		foot := Appearance{Lines: []string{a.foot}, Size: footHeight, Align: Centre, Italic: a.Italic}
		words, err := foot.words(&content, c, signing.Box{Right: width, Top: below})
		if err != nil {
			return pdf.Ref{}, err
		}
		set += words
	}
	if len(a.Lines) > 0 {
		words, err := a.words(&content, c, signing.Box{Bottom: below, Right: width, Top: height})
		if err != nil {
			return pdf.Ref{}, err
		}
		set += words
	}
	if set != "" {
		face, err := a.face()
		if err != nil {
			return pdf.Ref{}, err
		}
		font, err := face.Embed(u, set)
		if err != nil {
			return pdf.Ref{}, err
		}
		resources["Font"] = pdf.Dict{"F": font}
	}
	return u.Add(&pdf.Stream{Dict: pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "FormType": int64(1),
		"BBox": pdf.Array{int64(0), int64(0), width, height}, "Resources": resources,
	}, Raw: content.Bytes()}), nil
}

func (a Appearance) face() (*typeface.Face, error) {
	if a.Italic {
		return typeface.Slanted()
	}
	return typeface.Upright()
}

func num(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}

// words sets the lines into the box, broken where they are too long, and
// smaller until they fit. It gives them as they were set.
func (a Appearance) words(content *bytes.Buffer, c Colour, box signing.Box) (string, error) {
	face, err := a.face()
	if err != nil {
		return "", err
	}
	size := a.Size
	if size <= 0 {
		size = defaultSize
	}
	lines := breakLines(face, a.Lines, size, box.Width())
	for !fits(face, lines, size, box.Width(), box.Height()) && size > leastSize {
		size -= 0.5
		lines = breakLines(face, a.Lines, size, box.Width())
	}
	total := size * leading * float64(len(lines))
	y := (box.Bottom+box.Top+total)/2 - size*leading/2 - size*(face.Ascent()+face.Descent())/2000
	fmt.Fprintf(content, "q BT %s %s %s rg /F %s Tf\n", num(c.Red), num(c.Green), num(c.Blue), num(size))
	for _, line := range lines {
		x := box.Left + (box.Width()-face.Width(line, size))*float64(a.Align)/2
		fmt.Fprintf(content, "1 0 0 1 %s %s Tm <%X> Tj\n", num(x), num(y), face.Encode(line))
		y -= size * leading
	}
	content.WriteString("ET Q\n")
	return strings.Join(lines, ""), nil
}

func fits(face *typeface.Face, lines []string, size, width, height float64) bool {
	if size*leading*float64(len(lines)) > height {
		return false
	}
	for _, line := range lines {
		if face.Width(line, size) > width {
			return false
		}
	}
	return true
}

// breakLines breaks between words only.
func breakLines(face *typeface.Face, lines []string, size, width float64) (out []string) {
	for _, line := range lines {
		current := ""
		for _, w := range strings.Fields(face.Prepare(line)) {
			longer := strings.TrimPrefix(current+" "+w, " ")
			if current != "" && face.Width(longer, size) > width {
				out = append(out, current)
				longer = w
			}
			current = longer
		}
		out = append(out, current)
	}
	return out
}

// embedImage puts a PNG into the file: its colours, and apart from them how
// much of each shows.
func embedImage(u *pdf.Update, data []byte) (ref pdf.Ref, width, height float64, err error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || len(data) > maxImageBytes || config.Width*config.Height > maxImagePixels || config.Width < 1 || config.Height < 1 {
		return pdf.Ref{}, 0, 0, ErrImage.Because(err)
	}
	decoded, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return pdf.Ref{}, 0, 0, ErrImage.Because(err)
	}
	colours, mask := planes(decoded)
	if colours, err = typeface.Deflate(colours); err != nil {
		return pdf.Ref{}, 0, 0, err
	}
	if mask, err = typeface.Deflate(mask); err != nil {
		return pdf.Ref{}, 0, 0, err
	}
	base := func(space string) pdf.Dict {
		return pdf.Dict{
			"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"), "Width": int64(config.Width), "Height": int64(config.Height),
			"ColorSpace": pdf.Name(space), "BitsPerComponent": int64(8), "Filter": pdf.Name("FlateDecode"),
		}
	}
	picture := base("DeviceRGB")
	picture["SMask"] = u.Add(&pdf.Stream{Dict: base("DeviceGray"), Raw: mask})
	return u.Add(&pdf.Stream{Dict: picture, Raw: colours}), float64(config.Width), float64(config.Height), nil
}

func planes(m image.Image) (colours, mask []byte) {
	b := m.Bounds()
	colours, mask = make([]byte, 0, 3*b.Dx()*b.Dy()), make([]byte, 0, b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c, ok := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			if !ok {
				continue
			}
			colours, mask = append(colours, c.R, c.G, c.B), append(mask, c.A)
		}
	}
	return colours, mask
}
