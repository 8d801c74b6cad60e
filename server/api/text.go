package api

import (
	"math"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plain brings a text into NFC, without the marks that turn its direction:
// nothing here is written from the right, and they show a name as another one.
func plain(s string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s))
}

// normal makes every text of a decoded JSON value plain. It is not clean when
// a text holds U+0000, which no table can keep.
func normal(value any) (any, bool) {
	clean := true
	switch v := value.(type) {
	case string:
		return plain(v), strings.IndexByte(v, 0) < 0
	case float64:
		// What binds the body writes large floats with an exponent, which no integer takes.
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), true
		}
	case []any:
		for i, item := range v {
			text, ok := normal(item)
			v[i], clean = text, clean && ok
		}
	case map[string]any:
		for name, item := range v {
			text, ok := normal(item)
			v[name], clean = text, clean && ok
		}
	}
	return value, clean
}

// normalQuery brings the values of a query into NFC, in the request itself.
func normalQuery(u *url.URL) (url.Values, error) {
	if u.RawQuery == "" {
		return nil, nil
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errMalformed.Because(err)
	}
	changed := false
	for _, values := range query {
		for i, v := range values {
			if !norm.NFC.IsNormalString(v) {
				values[i], changed = norm.NFC.String(v), true
			}
		}
	}
	if changed {
		u.RawQuery = query.Encode()
	}
	return query, nil
}
