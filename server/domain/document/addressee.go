package document

import (
	"regexp"
	"slices"
	"strings"
)

// Named is one line of whom a text says that it goes to.
type Named struct {
	Text    string
	Group   bool // many at once: các sở, ban, ngành; without a match it could not be checked
	Matches int  // recipients in the list that it names
}

// Addressing is the comparison of whom the text names with whom the document
// is to reach (D2). It warns: a text names groups in its own words.
type Addressing struct {
	Found    bool // the text has such a list at all
	Named    []Named
	Unlisted []string // named in the text, and not in the list of recipients
	Unnamed  []string // in the list of recipients, and not named in the text
}

// The heads of the two lists (NĐ 30/2020, phụ lục I, ô 9a và 9b), and what
// stands between the columns of a page.
var (
	toHead     = regexp.MustCompile(`(?i)kính\s+gửi\s*:?\s*`)
	listHead   = regexp.MustCompile(`(?i)nơi\s+nhận\s*:?\s*`)
	bullet     = regexp.MustCompile(`^\s*[-–—+•]\s*`)
	columnGap  = regexp.MustCompile(`\S(\s{3,})\S`)
	asAbove    = regexp.MustCompile(`(?i)^như\s+(trên|kính gửi|điều)`)
	kept       = regexp.MustCompile(`(?i)^lưu\b`)
	groupLead  = regexp.MustCompile(`(?i)^((ủy ban nhân dân|ubnd|hội đồng nhân dân|hđnd)\s+)?(các|tất cả các|tất cả|thường trực các)\s+`)
	groupBreak = regexp.MustCompile(`[,;]|\s+và\s+`)
)

// How far the lists are looked into; a text that goes on longer has none.
const (
	maxListLines = 80
	maxNamed     = 200
)

// Addressees reads whom a text names, in the order it does.
func Addressees(text string) []string {
	lines := strings.Split(text, "\n")
	var out []string
	if at := slices.IndexFunc(lines, toHead.MatchString); at >= 0 {
		out = append(out, listed(lines[at:], toHead, false)...)
	}
	for at := len(lines) - 1; at >= 0; at-- {
		if listHead.MatchString(lines[at]) {
			out = append(out, listed(lines[at:], listHead, true)...)
			break
		}
	}
	return out[:min(len(out), maxNamed)]
}

// listed reads the entries behind a head. In the left column of a page the
// signer's block stands beside them.
func listed(lines []string, head *regexp.Regexp, left bool) []string {
	var out []string
	first := head.Split(lines[0], 2)
	if rest := strings.TrimSpace(first[len(first)-1]); rest != "" && !left {
		out = append(out, rest)
	}
	for _, line := range lines[1:min(len(lines), maxListLines)] {
		if left {
			line = leftColumn(line)
		}
		entry := strings.TrimSpace(bullet.ReplaceAllString(line, ""))
		switch {
		case entry == "" && (left || len(out) == 0):
			continue
		case bullet.MatchString(line):
			if kept.MatchString(entry) {
				return tidy(out)
			}
			out = append(out, entry)
		case !left && len(out) > 0 && strings.HasSuffix(out[len(out)-1], ",") && entry != "":
			out[len(out)-1] += " " + entry
		case left && len(out) > 0 && entry != "" && !strings.HasSuffix(out[len(out)-1], ";") && !strings.HasSuffix(out[len(out)-1], "."):
			out[len(out)-1] += " " + entry
		case !left:
			return tidy(out)
		}
	}
	return tidy(out)
}

// leftColumn cuts what stands to the right of a wide gap.
func leftColumn(line string) string {
	trimmed := strings.TrimLeft(line, " \t")
	if len(line)-len(trimmed) > 30 { // nothing in the left column
		return ""
	}
	if gap := columnGap.FindStringSubmatchIndex(trimmed); gap != nil {
		return trimmed[:gap[2]]
	}
	return trimmed
}

func tidy(entries []string) []string {
	var out []string
	for _, e := range entries {
		for _, part := range strings.Split(e, ";") {
			part = strings.Trim(strings.Join(strings.Fields(part), " "), " .;,")
			if i := strings.Index(part, "("); i > 0 { // (để báo cáo), (b/c)
				part = strings.TrimSpace(part[:i])
			}
			if part != "" && !asAbove.MatchString(part) && !kept.MatchString(part) {
				out = append(out, part)
			}
		}
	}
	return out
}

// Alias is the name of a recipient as the directory has it, long and short.
type Alias struct{ Name, Short string }

// CompareAddressees holds the names of the text against the recipients.
func CompareAddressees(text string, recipients []Alias) Addressing {
	names := Addressees(text)
	a := Addressing{Found: len(names) > 0}
	if !a.Found {
		return a
	}
	folded := make([][2]string, len(recipients))
	for i, r := range recipients {
		folded[i] = [2]string{foldName(r.Name), foldName(r.Short)}
	}
	named := make([]bool, len(recipients))
	for _, n := range names {
		entry := Named{Text: n, Group: groupLead.MatchString(n)}
		says := foldName(n)
		members := groupWords(n)
		for i, f := range folded {
			if meets(says, f[0]) || f[1] != "" && meets(says, f[1]) || entry.Group && memberOf(f[0], members) {
				entry.Matches++
				named[i] = true
			}
		}
		if entry.Matches == 0 && !entry.Group { // a group in the text's own words is not checked
			a.Unlisted = append(a.Unlisted, n)
		}
		a.Named = append(a.Named, entry)
	}
	for i, r := range recipients {
		if !named[i] {
			a.Unnamed = append(a.Unnamed, r.Name)
		}
	}
	return a
}

// abbreviated are the words that every office shortens.
var abbreviated = strings.NewReplacer("ủy ban nhân dân", "ubnd", "hội đồng nhân dân", "hđnd", "ủy ban mặt trận tổ quốc", "ubmttq", "văn phòng", "vp", "thành phố", "tp")

// foldName gives a name as it is compared: small letters, one way of writing.
func foldName(name string) string {
	return abbreviated.Replace(strings.Join(plainWords(name), " "))
}

// meets tells whether two names are the same or one is the beginning or the end of the other.
func meets(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	return a == b || strings.Contains(a, " ") && (strings.HasPrefix(b, a+" ") || strings.HasSuffix(b, " "+a))
}

// alongside are the kinds that stand in a row without a comma: các sở, ban ngành.
var alongside = []string{"sở", "ban", "ngành", "phòng"}

// wholeKinds are kinds of places with two words: thị xã is no xã.
var wholeKinds = strings.NewReplacer("thị xã", "thị-xã", "thị trấn", "thị-trấn", "đặc khu", "đặc-khu")

// groupWords are the kinds of agencies that a group names: sở, ban, ngành;
// behind UBND, and where they begin a part of it, places too: các huyện, thị
// xã. A place behind a kind tells whose they are: các sở, ban, ngành tỉnh.
func groupWords(text string) map[string]bool {
	words := map[string]bool{}
	for _, part := range groupBreak.Split(groupLead.ReplaceAllString(text, ""), -1) {
		row := true
		for i, w := range strings.Fields(wholeKinds.Replace(foldName(part))) {
			switch {
			case w == "ubnd" || w == "hđnd":
			case i > 0 && (!row || !slices.Contains(alongside, w)):
				row = false
			default:
				words[w] = true
			}
		}
	}
	return words
}

// places are the kinds that an agency is called by its place with; they are no branch (ngành).
var places = []string{"xã", "phường", "thị-xã", "thị-trấn", "huyện", "tp", "tỉnh", "đặc-khu"}

// memberOf tells whether a recipient is of a kind that the group names, by the
// first word of its name: sở; or behind ubnd: xã. Branches (ngành) are all
// agencies that no place is governed by: the police, the treasury, the tax office.
func memberOf(folded string, kinds map[string]bool) bool {
	words := strings.Fields(wholeKinds.Replace(folded))
	if len(words) == 0 {
		return false
	}
	governs := words[0] == "ubnd" || words[0] == "hđnd" || slices.Contains(places, words[0])
	if governs && len(words) > 1 && !slices.Contains(places, words[0]) {
		words = words[1:]
	}
	local := slices.ContainsFunc(words[1:], func(w string) bool { return slices.Contains(places[:4], w) })
	return kinds[words[0]] || kinds["ngành"] && !governs && !local
}
