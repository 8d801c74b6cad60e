// Package locate finds where words of a PDF stand that decide where its places
// lie: "Số:", the line of the date, the signer's name. It asks poppler's
// pdftotext, with bounds of time and size. What it does not find is left to the
// decree's measures (domain/signing); it must not change a file.
package locate

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/signing"
)

const (
	patience = 20 * time.Second
	maxWords = 20_000
	// lastPages is on how many pages from the end the signer's name is looked for.
	lastPages = 3
	// room is the least that a number or a day can be written into.
	room = 7
	// air is left between a word and what is written beside it.
	air = 1.5
)

// word is a word of a page with its box, in points from the lower left corner.
type word struct {
	text string
	box  signing.Box
}

// Find looks at the first page and the last ones. signer may be empty.
func Find(ctx context.Context, file []byte, pages []signing.Box, signer string) (signing.Found, error) {
	var found signing.Found
	if len(pages) == 0 {
		return found, nil
	}
	head, err := words(ctx, file, pages, 1, 1)
	if err != nil {
		return found, err
	}
	top := upper(head[1], pages[0])
	number(top, pages[0], &found)
	date(top, pages[0], &found)
	if strings.TrimSpace(signer) == "" {
		return found, nil
	}
	from := max(1, len(pages)-lastPages+1)
	tail, err := words(ctx, file, pages, from, len(pages))
	if err != nil {
		return found, err
	}
	for n := len(pages); n >= from && found.SignerPage == 0; n-- {
		if box, ok := name(tail[n], signer); ok {
			found.Signer, found.SignerPage = box, n
		}
	}
	return found, nil
}

// upper keeps the words of the heading.
func upper(list []word, page signing.Box) []word {
	var top []word
	for _, w := range list {
		if w.box.Bottom > page.Top-page.Height()/3 {
			top = append(top, w)
		}
	}
	return top
}

func sameLine(a, b signing.Box) bool {
	middle := (b.Top + b.Bottom) / 2
	return middle > a.Bottom && middle < a.Top
}

// next gives the word that follows another on its line.
func next(list []word, after word) (word, bool) {
	var best word
	found := false
	for _, w := range list {
		if sameLine(after.box, w.box) && w.box.Left >= after.box.Right-air && (!found || w.box.Left < best.box.Left) && w != after {
			best, found = w, true
		}
	}
	return best, found
}

func number(top []word, page signing.Box, found *signing.Found) {
	middle := (page.Left + page.Right) / 2
	for _, w := range top {
		if w.text != "Số:" || w.box.Left > middle {
			continue
		}
		box := signing.Box{Left: w.box.Right + air, Right: middle - air, Bottom: w.box.Bottom, Top: w.box.Top}
		if n, ok := next(top, w); ok && n.box.Left < middle {
			box.Right = n.box.Left - air
			found.HasSymbol = true
		}
		if box.Width() < room {
			found.HasSymbol = false
			return // no room: the decree's place is taken instead
		}
		found.Number = box
		return
	}
}

func date(top []word, page signing.Box, found *signing.Found) {
	for _, day := range top {
		if day.text != "ngày" || day.box.Left < (page.Left+page.Right)/2 {
			continue
		}
		month, ok := next(top, day)
		if !ok {
			continue
		}
		if _, err := strconv.Atoi(month.text); err == nil {
			found.Dated = true
			return
		}
		year, ok := next(top, month)
		if month.text != "tháng" || !ok || year.text != "năm" {
			continue
		}
		found.Day, found.Month = between(day, month), between(month, year)
		if found.Day.Width() < room || found.Month.Width() < room {
			found.Day, found.Month = signing.Box{}, signing.Box{}
			return
		}
		if _, printed := next(top, year); !printed {
			found.Year = signing.Box{Left: year.box.Right + air, Right: year.box.Right + air + 4*room, Bottom: year.box.Bottom, Top: year.box.Top}
		}
		return
	}
}

func between(a, b word) signing.Box {
	return signing.Box{Left: a.box.Right + air, Right: b.box.Left - air, Bottom: a.box.Bottom, Top: a.box.Top}
}

// name finds the last place where the words of a name follow each other.
func name(list []word, signer string) (signing.Box, bool) {
	parts := strings.Fields(norm.NFC.String(signer))
	for i := len(list) - len(parts); i >= 0; i-- {
		box, all := list[i].box, true
		for j, part := range parts {
			w := list[i+j]
			if all = w.text == part && sameLine(box, w.box); !all {
				break
			}
			box = signing.Box{Left: min(box.Left, w.box.Left), Right: max(box.Right, w.box.Right), Bottom: min(box.Bottom, w.box.Bottom), Top: max(box.Top, w.box.Top)}
		}
		if all {
			return box, true
		}
	}
	return signing.Box{}, false
}

var errManyWords = errors.New("too many words")

// words asks for the words of pages, by page.
func words(ctx context.Context, file []byte, pages []signing.Box, from, to int) (map[int][]word, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	program := exec.CommandContext(ctx, "pdftotext", "-q", "-bbox", "-enc", "UTF-8", "-f", strconv.Itoa(from), "-l", strconv.Itoa(to), "-", "-")
	program.Stdin = bytes.NewReader(file)
	out, err := program.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("ask for words: %w", err)
	}
	if err := program.Start(); err != nil {
		return nil, fmt.Errorf("ask for words: %w", err)
	}
	list, readErr := read(out, pages, from)
	if readErr != nil {
		cancel() // it need not write any more
	}
	if err := program.Wait(); err != nil && readErr == nil {
		return nil, fmt.Errorf("ask for words: %w", err)
	}
	if errors.Is(readErr, errManyWords) {
		return list, nil
	}
	return list, readErr
}

func read(out io.Reader, pages []signing.Box, n int) (map[int][]word, error) {
	list := map[int][]word{}
	d := xml.NewDecoder(out)
	d.Strict, d.Entity = false, xml.HTMLEntity
	n--
	turned, count := false, 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read words: %w", err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "page":
			n++
			if n > len(pages) {
				return list, nil
			}
			// A page that is shown turned has other measures: nothing is looked for on it.
			width := attribute(start, "width")
			turned = width < pages[n-1].Width()-1 || width > pages[n-1].Width()+1
		case "word":
			var text string
			if err := d.DecodeElement(&text, &start); err != nil {
				return nil, fmt.Errorf("read words: %w", err)
			}
			if count++; count > maxWords {
				return list, errManyWords
			}
			if n < 1 || turned {
				continue
			}
			p := pages[n-1]
			list[n] = append(list[n], word{text: norm.NFC.String(text), box: signing.Box{Left: p.Left + attribute(start, "xMin"),
				Right: p.Left + attribute(start, "xMax"), Top: p.Top - attribute(start, "yMin"), Bottom: p.Top - attribute(start, "yMax")}})
		}
	}
}

func attribute(e xml.StartElement, name string) float64 {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			v, _ := strconv.ParseFloat(a.Value, 64) // zero lies outside everything that is looked for
			return v
		}
	}
	return 0
}
