package text

import (
	"strings"
	"time"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"

	"congvan/server/domain/document"
)

const (
	compareTime = 5 * time.Second // beyond it the difference is coarser, not missing
	around      = 25              // words that stay the same and are shown beside a change
	maxPieces   = 2000
)

// Compare tells what changed from one text to the other, word by word: where a
// line or a page ends is no difference. Nothing changed is no pieces.
func Compare(before, after string) []document.Piece {
	old, young := wordsOf(before), wordsOf(after)
	marks := map[string]rune{}
	d := diffmatchpatch.New()
	d.DiffTimeout = compareTime
	diffs := d.DiffMainRunes(marked(old, marks), marked(young, marks), false)
	diffs = d.DiffCleanupSemantic(diffs)
	var pieces []document.Piece
	changed := false
	for i, x := range diffs {
		n := len([]rune(x.Text))
		switch x.Type {
		case diffmatchpatch.DiffDelete:
			pieces, old, changed = append(pieces, document.Piece{Change: document.Removed, Text: joined(old[:n]), Words: n}), old[n:], true
		case diffmatchpatch.DiffInsert:
			pieces, young, changed = append(pieces, document.Piece{Change: document.Added, Text: joined(young[:n]), Words: n}), young[n:], true
		case diffmatchpatch.DiffEqual:
			pieces = append(pieces, shortened(young[:n], i == 0, i == len(diffs)-1)...)
			old, young = old[n:], young[n:]
		}
		if len(pieces) >= maxPieces {
			pieces = append(pieces, document.Piece{Change: document.LeftOut, Text: "", Words: len(young)})
			break
		}
	}
	if !changed {
		return nil
	}
	return pieces
}

// word is one of a text, with whether a line ends behind it.
type word struct {
	text string
	last bool
}

func wordsOf(text string) []word {
	var list []word
	for line := range strings.Lines(text) {
		for _, w := range strings.FieldsFunc(line, unicode.IsSpace) {
			list = append(list, word{text: w})
		}
		if len(list) > 0 {
			list[len(list)-1].last = true
		}
	}
	return list
}

// marked gives one rune for each word, the same for the same word; those that
// no text can hold are left out.
func marked(words []word, marks map[string]rune) []rune {
	out := make([]rune, len(words))
	for i, w := range words {
		m, ok := marks[w.text]
		if !ok {
			m = rune(len(marks) + 1)
			if m >= 0xD800 {
				m += 0x800
			}
			m = min(m, unicode.MaxRune) // a text of a million different words is compared less well
			marks[w.text] = m
		}
		out[i] = m
	}
	return out
}

func joined(words []word) string {
	var b strings.Builder
	for i, w := range words {
		b.WriteString(w.text)
		switch {
		case i == len(words)-1:
		case w.last:
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// shortened keeps of what stayed the same what stands beside a change.
func shortened(words []word, first, last bool) []document.Piece {
	head, tail := around, around
	if first {
		head = 0
	}
	if last {
		tail = 0
	}
	left := len(words) - head - tail
	if left < around {
		return []document.Piece{{Change: document.Same, Text: joined(words), Words: len(words)}}
	}
	var list []document.Piece
	if head > 0 {
		list = append(list, document.Piece{Change: document.Same, Text: joined(words[:head]), Words: head})
	}
	list = append(list, document.Piece{Change: document.LeftOut, Text: "", Words: left})
	if tail > 0 {
		list = append(list, document.Piece{Change: document.Same, Text: joined(words[head+left:]), Words: tail})
	}
	return list
}
