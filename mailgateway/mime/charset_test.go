package mime

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// TestK5_EveryCharsetOfTheLibraryIsRead finds each by its registered name.
func TestK5_EveryCharsetOfTheLibraryIsRead(t *testing.T) {
	t.Parallel()
	count := 0
	for _, all := range [][]encoding.Encoding{charmap.All, japanese.All, korean.All, simplifiedchinese.All, traditionalchinese.All, unicode.All, utf32.All} {
		for _, e := range all {
			name, err := ianaindex.IANA.Name(e)
			if err != nil || name == "" {
				name = strings.ReplaceAll(fmt.Sprint(e), "Macintosh Cyrillic", "x-mac-cyrillic") // it has no registered name
			}
			_, ok := charsetOf(name)
			assert.True(t, ok, name)
			count++
		}
	}
	require.Greater(t, count, 60)
	for _, name := range []string{"cp437", "cp850", "cp1250", "CP-1251", "ansi_1252", "x-cp1258", "win-1258", "windows1258", "iso8859-1", "latin1", "x-mac-roman", "ks_c_5601-1987", "cp949", "cp950", "x-sjis", "iso-8859-8-e", "unicode-1-1-utf-8", "utf-32"} {
		_, ok := charsetOf(name)
		assert.True(t, ok, name)
	}
	for _, name := range []string{"x-viet-tcvn", "viscii", "x-vni", "", "utf-7"} {
		_, ok := charsetOf(name)
		assert.False(t, ok, name)
	}
}

// TestK5_WindowsToneMarksAreComposed: the code page writes a letter, then its tone.
func TestK5_WindowsToneMarksAreComposed(t *testing.T) {
	t.Parallel()
	text := "Ắ ằ Ẳ ẵ ặ Ấ ầ ẩ ẫ ậ Ế ề ể ễ ệ Ố ồ ổ ỗ ộ Ớ ờ ở ỡ ợ Ứ ừ ử ữ ự ý ỳ ỷ ỹ ỵ đ Đ á à ả ã ạ í ì ỉ ĩ ị"
	d := decodeText([]byte(cp1258(text)), "windows-1258")
	assert.False(t, d.damaged)
	assert.Equal(t, text, plain(d.text))
	composed, _ := body(d.text)
	assert.Equal(t, text, composed)
}
