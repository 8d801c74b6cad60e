package mime

import (
	"strings"
	"unicode"
)

// Before Unicode, Vietnamese was typed for fonts that draw other letters than
// the bytes say: TCVN 5712:1993 (the .Vn fonts) and VNI. Such text looks like
// any Western text, so it can only be suspected, and is kept as it came.
const (
	fontTCVN3 = "TCVN3"
	fontVNI   = "VNI"
)

// signsTCVN3 are signs that no language writes inside a word.
const signsTCVN3 = "§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾"

const (
	enoughWords = 3  // words of that look
	fewOfWords  = 10 // one in so many
	fontSample  = 20 << 10
)

// suspectFont warns of text that only an old font shows right.
func (w *walker) suspectFont(text, path string) {
	if font := oldFont(text); font != "" {
		w.warn(LegacyFont, path, font)
	}
}

func oldFont(text string) string {
	var words, tcvn3, vni, unicodes int
	for word := range strings.FieldsSeq(cutRunes(text, fontSample)) {
		runes := []rune(word)
		if !strings.ContainsFunc(word, unicode.IsLetter) {
			continue
		}
		words++
		switch {
		case strings.ContainsFunc(word, precomposed):
			unicodes++
		case inWord(runes):
			tcvn3++
		case doubled(runes):
			vni++
		}
	}
	enough := func(n int) bool { return n >= enoughWords && n > unicodes && n*fewOfWords >= words }
	switch {
	case enough(tcvn3) && tcvn3 >= vni:
		return fontTCVN3
	case enough(vni):
		return fontVNI
	}
	return ""
}

// precomposed are letters that only Vietnamese in Unicode has.
func precomposed(r rune) bool { return r >= 0x1ea0 && r <= 0x1ef9 }

func inWord(word []rune) bool {
	for i, r := range word {
		if !strings.ContainsRune(signsTCVN3, r) {
			continue
		}
		// A mark of trade or a unit stands behind a word or a number.
		if (i == 0 || unicode.IsLetter(word[i-1])) && i+1 < len(word) && unicode.IsLetter(word[i+1]) {
			return true
		}
	}
	return false
}

// elsewhere are pairs of other spellings.
var elsewhere = map[[2]rune]bool{
	{'o', 'à'}: true, {'o', 'á'}: true, {'o', 'ã'}: true, {'o', 'ù'}: true, {'o', 'ï'}: true, {'o', 'ë'}: true,
	{'a', 'é'}: true, {'a', 'ï'}: true, {'a', 'ë'}: true, {'e', 'ï'}: true,
}

// doubled knows the pairs of VNI: the letter, then its hook and tone as a
// letter of their own. Pairs that other spellings have too (hoà, où, naïf) count
// for nothing.
func doubled(word []rune) bool {
	for i := 1; i < len(word); i++ {
		before, r := unicode.ToLower(word[i-1]), unicode.ToLower(word[i])
		switch {
		case elsewhere[[2]rune{before, r}]:
		case strings.ContainsRune("aeouyöô", before) && strings.ContainsRune("ùøûõï", r),
			before == 'a' && strings.ContainsRune("âáàåãäêéèúüë", r),
			strings.ContainsRune("eo", before) && strings.ContainsRune("âáàåãä", r),
			before == 'ñ' && strings.ContainsRune("aeiouyöô", r):
			return true
		}
	}
	return false
}
