package vxp

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"congvan/server/domain/org"
)

// prefix begins the name of every header of the axis.
const prefix = "XroadVnpt-"

// The keys that every signed request has; each travels as a header with the prefix.
const (
	keySystem = "systemid"
	keyTime   = "timestamp"
	keyType   = "Content-Type"
	keyFile   = "hash-file"
	// Ours alone; others sign them and ignore them.
	keyNonce   = "nonce"
	keyMessage = "messageid"
	keyExpires = "expires"
)

// The headers that cannot be signed: three are the signature, and the version
// was left out of it.
const (
	headerKeys    = prefix + "sign-header-key"
	headerSigned  = prefix + "sign-header"
	headerHash    = prefix + "hash-header"
	headerVersion = prefix + "version"
)

// pair is one parameter of a request, without the prefix.
type pair struct{ key, value string }

// stringToSign writes the pairs as compact JSON. Only what JSON forbids is
// escaped; verifiers take the text as it came and never build it again.
func stringToSign(pairs []pair) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte(',')
		}
		quote(&b, prefix+p.key)
		b.WriteByte(':')
		quote(&b, p.value)
	}
	b.WriteByte('}')
	return b.String()
}

func quote(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

// readSigned reads a signed text back: an object of texts and nothing else.
func readSigned(s string) ([]pair, error) {
	dec := json.NewDecoder(strings.NewReader(s))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(errors.New("the signed text is no object"), err)
	}
	var pairs []pair
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		value, err := dec.Token()
		if err != nil {
			return nil, err
		}
		text, ok := value.(string)
		key, prefixed := strings.CutPrefix(name.(string), prefix) // in an object a name is always text
		if !ok || !prefixed || key == "" {
			return nil, errors.New("the signed text holds something else than headers")
		}
		pairs = append(pairs, pair{key, text})
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows the signed text")
	}
	return pairs, nil
}

// keysOf lists the keys as the header of the keys does.
func keysOf(pairs []pair) string {
	keys := make([]string, len(pairs))
	for i, p := range pairs {
		keys[i] = p.key
	}
	return strings.Join(keys, ";")
}

// sign is HMAC-SHA256 under the secret's text itself, which is not decoded
// whatever it looks like.
func sign(secret, signed string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed)) // never fails
	return mac.Sum(nil)
}

// verify tells whether one of the secrets made the signature. All are tried,
// so that the time taken does not tell which.
func verify(secrets []string, signed, signature string) bool {
	given, err := hex.DecodeString(signature)
	right := 0
	for _, secret := range secrets {
		right |= subtle.ConstantTimeCompare(sign(secret, signed), given)
	}
	return err == nil && right == 1
}

const layout = "02012006T150405"

// formatStamp writes a moment as the axis does: local time, and after the plus
// sign milliseconds, not a zone.
func formatStamp(t time.Time) string {
	t = t.In(org.Zone())
	return fmt.Sprintf("%s+%04d", t.Format(layout), t.Nanosecond()/int(time.Millisecond))
}

// parseStamp reads it back, strictly.
func parseStamp(s string) (time.Time, error) {
	if len(s) != len(layout)+5 || s[len(layout)] != '+' {
		return time.Time{}, errors.New("the timestamp has another form")
	}
	t, err := time.ParseInLocation(layout, s[:len(layout)], org.Zone())
	if err != nil {
		return time.Time{}, err
	}
	ms, err := strconv.ParseUint(s[len(layout)+1:], 10, 16)
	if err != nil || ms > 999 {
		return time.Time{}, errors.New("the timestamp has no milliseconds")
	}
	return t.Add(time.Duration(ms) * time.Millisecond), nil
}

// fileHash writes a SHA-256 as the official client does: each byte in
// hexadecimal without its leading zero, so that 08 is 8.
func fileHash(sum [sha256.Size]byte) string {
	var b bytes.Buffer
	for _, x := range sum {
		fmt.Fprintf(&b, "%x", x)
	}
	return b.String()
}

// matchesFile tells whether the hash stated is that of the file. It is compared
// in the form that is ambiguous, since that is the one that is sent; the full
// form is taken too.
func matchesFile(stated string, sum [sha256.Size]byte) bool {
	return stated == fileHash(sum) || stated == hex.EncodeToString(sum[:])
}
