package mime

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// maxAddresses bounds one field; longer lists are cut.
const maxAddresses = 1000

// Address is a mailbox with the name that its owner or the sender gave it.
// Neither is proof of anything.
type Address struct {
	Name    string
	Address string
}

// String gives the form that people know: Name <address>.
func (a Address) String() string {
	switch {
	case a.Address == "":
		return a.Name
	case a.Name == "":
		return a.Address
	}
	return a.Name + " <" + a.Address + ">"
}

// addresses reads address lists as they are sent, not as RFC 5322 asks: raw
// 8-bit names, semicolons of Outlook, commas in encoded words, names without
// quotes, lists without addresses.
func (w *walker) addresses(values []string, path string) []Address {
	var list []Address
	for _, value := range values {
		for _, item := range splitAddresses(value) {
			if len(list) >= maxAddresses {
				return list
			}
			a, ok := w.address(item, path)
			if !ok {
				w.warn(AddressMalformed, path, "")
			}
			if a != (Address{}) {
				list = append(list, a)
			}
		}
	}
	return list
}

// splitAddresses cuts at commas and semicolons outside quotes, angles,
// comments and encoded words, and takes group names off.
func splitAddresses(s string) []string {
	var (
		items          []string
		begin, comment int
		quoted, angle  bool
	)
	cut := func(end int) {
		if item := strings.TrimSpace(s[begin:end]); item != "" {
			items = append(items, item)
		}
		begin = end + 1
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (quoted || comment > 0):
			i++
		case quoted:
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '(':
			comment++
		case c == ')' && comment > 0:
			comment--
		case comment > 0:
		case c == '=':
			if n := wordLength(s[i:]); n > 0 {
				i += n - 1
			}
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case angle:
		case c == ',' || c == ';':
			cut(i)
		case c == ':' && !strings.Contains(s[begin:i], "@"):
			begin = i + 1 // "undisclosed-recipients:;"
		}
	}
	if begin < len(s) {
		cut(len(s))
	}
	return items
}

// address understands one item; ok is false when no address stands in it.
func (w *walker) address(item, path string) (a Address, ok bool) {
	if open := strings.LastIndexByte(item, '<'); open >= 0 {
		addr, _, _ := strings.Cut(item[open+1:], ">")
		a.Name = w.words(unquote(strings.TrimSpace(item[:open])), path)
		a.Address = cleanAddress(addr)
		return a, strings.Contains(a.Address, "@")
	}
	name := ""
	if open := strings.IndexByte(item, '('); open >= 0 {
		end := strings.LastIndexByte(item, ')')
		if end < open {
			end = len(item)
		}
		name, item = item[open+1:end], item[:open]
	}
	if strings.Contains(item, "@") {
		a.Name = w.words(strings.TrimSpace(name), path)
		a.Address = cleanAddress(item)
		return a, true
	}
	a.Name = w.words(unquote(strings.TrimSpace(item)), path)
	return a, false
}

func cleanAddress(s string) string {
	s = plain(strings.Trim(strings.TrimSpace(guess8bit(s)), `'"`))
	return strings.Join(strings.Fields(s), "")
}

var offsetPattern = regexp.MustCompile(`(?:GMT|UTC)([+-])(\d{1,2}):?(\d{2})?\b`)

// date reads the date of a mail; programs add and leave out a good deal.
func (w *walker) date(value, path string) Date {
	if value == "" {
		return Date{}
	}
	// Go reads the 7 of GMT+7 as a name, and keeps the hour as that of Greenwich.
	value = offsetPattern.ReplaceAllStringFunc(value, func(zone string) string {
		m := offsetPattern.FindStringSubmatch(zone)
		return m[1] + ("0" + m[2])[len(m[2])-1:] + (m[3] + "00")[:2]
	})
	if t, err := mail.ParseDate(value); err == nil {
		return t
	}
	bare, _, _ := strings.Cut(value, "(")
	if _, after, ok := strings.Cut(bare, ","); ok {
		bare = after
	}
	bare = strings.Join(strings.Fields(bare), " ")
	for _, layout := range []string{
		"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 -07:00", "2 Jan 2006 15:04:05 -07", "2 Jan 2006 15:04 -0700",
		"2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05", "2 Jan 06 15:04:05 -0700", "2 Jan 2006 15.04.05 -0700",
		"Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006", time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05",
	} {
		if t, err := time.Parse(layout, bare); err == nil {
			return t
		}
		if t, err := time.Parse(layout, strings.TrimSpace(value)); err == nil {
			return t
		}
	}
	w.warn(DateMalformed, path, "")
	return Date{}
}

// Date is the time that the sender's machine gave; zero when it gave none.
type Date = time.Time

const maxMessageID = 998 // a line, RFC 5322, 2.1.1

// messageID takes the identifier out of its brackets; a bare one is taken as it is.
func messageID(value string) string {
	if ids := messageIDs(value); len(ids) > 0 {
		return ids[0]
	}
	return cleanID(value)
}

func messageIDs(value string) []string {
	var ids []string
	for len(ids) < 100 {
		_, after, ok := strings.Cut(value, "<")
		if !ok {
			break
		}
		id, rest, closed := strings.Cut(after, ">")
		if id = cleanID(id); id != "" && (closed || !strings.Contains(id, "<")) {
			ids = append(ids, id)
		}
		value = rest
	}
	return ids
}

func cleanID(s string) string {
	s = strings.Join(strings.Fields(plain(guess8bit(s))), "")
	if len(s) > maxMessageID {
		s = cutRunes(s, maxMessageID)
	}
	return s
}
