package vxp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

// ErrRefused is a refusal that the table of codes does not know. It is not
// tried again: what is wanted then is a person.
var ErrRefused = fault.New(fault.Invalid, "axis_refused",
	"Hệ thống liên thông từ chối yêu cầu.", "The exchange refuses the request.")

// Refusal is what the other side refused, and in which words.
type Refusal struct {
	fault  *fault.Error
	Status int           // of HTTP
	Code   string        // as it came; empty when there was none
	Wait   time.Duration // how long it asked to be left alone
	Words  string        // its own, fit to be shown
}

// Error is for logs: code and status, never the other side's words.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s (HTTP %d, code %q)", r.fault.Code, r.Status, r.Code)
}

// Unwrap gives the fault, which tells a person.
func (r *Refusal) Unwrap() error { return r.fault }

// verdict gathers what an answer says of itself.
type verdict struct{ status, code, desc string }

// take reads one of the members that every answer has.
func (v *verdict) take(key string, raw json.RawMessage) error {
	to := map[string]*string{"status": &v.status, "ErrorCode": &v.code, "ErrorDesc": &v.desc}[key]
	if to == nil {
		return nil
	}
	text, err := scalar(raw)
	*to = text
	return err
}

func (v verdict) failed() bool {
	return v.code != "" && v.code != "0" || strings.EqualFold(v.status, "FAIL")
}

// judge tells whether the answer is a success. Only a code of exactly 0 is one
// (text or number); an answer without any is not one of the axis.
func (c *Client) judge(a *answer, v verdict) error {
	switch {
	case v.failed() || a.StatusCode >= 300:
		return c.refused(a, v)
	case v.code == "":
		return ErrIncomplete.Because(errors.New("no ErrorCode"))
	}
	return nil
}

const (
	maxError = 20
	maxWords = 200
	maxWait  = 24 * time.Hour
)

// refused finds what a refusal means: by the setting of this axis, by the table
// of codes, by the HTTP status.
func (c *Client) refused(a *answer, v verdict) error {
	f := byStatus(a.StatusCode)
	if i := indexCode(v.code); i >= 0 {
		f = codes[i].refusal
	}
	code := clip(v.code, maxError)
	if kind, set := c.settings.Codes[v.code]; set {
		f = fault.New(kind, ErrRefused.Code, ErrRefused.Text.VI, ErrRefused.Text.EN)
	}
	told := *f
	words := clip(v.desc, maxWords)
	if v.code != "" && v.code != "0" {
		told.Text.VI += fmt.Sprintf(" (Mã %s: %s)", code, words)
		told.Text.EN += fmt.Sprintf(" (Code %s: %s)", code, words)
	}
	return &Refusal{fault: &told, Status: a.StatusCode, Code: code, Words: words, Wait: wait(a.Header.Get("Retry-After"))}
}

func indexCode(code string) int {
	for i, row := range codes {
		if row.code == code {
			return i
		}
	}
	return -1
}

// byStatus is what an HTTP status means where the answer has no code we know.
func byStatus(status int) *fault.Error {
	switch {
	case status == http.StatusUnauthorized:
		return exchange.ErrBadCredentials
	case status == http.StatusConflict:
		return exchange.ErrContentDiffers
	case status == http.StatusGone:
		return exchange.ErrMessageExpired
	case status == http.StatusRequestEntityTooLarge:
		return exchange.ErrPackageTooLarge
	case status == http.StatusTooManyRequests:
		return exchange.ErrOverloaded
	case status == http.StatusRequestTimeout || status >= 500:
		return exchange.ErrDisturbed
	}
	return ErrRefused
}

// clip makes the other side's words fit for a person's eyes.
func clip(words string, most int) string {
	runes := []rune(document.CleanLine(norm.NFC.String(words)))
	return string(runes[:min(len(runes), most)])
}

// wait reads how long the other side asks to be left alone.
func wait(text string) time.Duration {
	seconds, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxWait)
}

// noAnswer tells what an answer that is no JSON means. A status that refuses
// stands for itself, whoever gave it; anything else is nobody's word, least of
// all an empty list.
func (c *Client) noAnswer(a *answer, err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	if cause := a.watch.cause(); cause != nil {
		return translate(cause, err)
	}
	if a.StatusCode >= 400 {
		return c.refused(a, verdict{})
	}
	return ErrNotAxis.Because(err)
}

// limited gives an error where its bytes end, and not an end.
type limited struct {
	src  io.Reader
	left int64
	err  error
}

func (l *limited) Read(b []byte) (int, error) {
	if l.left <= 0 {
		var one [1]byte
		n, err := l.src.Read(one[:])
		if n > 0 {
			return 0, l.err
		}
		return 0, err
	}
	n, err := l.src.Read(b[:min(int64(len(b)), l.left)])
	l.left -= int64(n)
	return n, err
}

// members are what is read of an answer beyond its verdict.
type members map[string]func(*json.Decoder) error

// read reads an answer member by member; what is not named is passed over.
func (c *Client) read(a *answer, members members) error {
	return c.readFrom(a, &limited{a, c.settings.List, ErrAnswerTooLarge}, members)
}

func (c *Client) readFrom(a *answer, src io.Reader, members members) error {
	defer a.Close()
	dec := json.NewDecoder(src)
	v, err := readMembers(dec, members)
	if err != nil {
		return c.noAnswer(a, err)
	}
	return c.judge(a, v)
}

func readMembers(dec *json.Decoder, members members) (v verdict, err error) {
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return v, errors.Join(errors.New("the answer is no object"), err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return v, err
		}
		key := name.(string) // in an object a name is always text
		if member := members[key]; member != nil {
			if err := member(dec); err != nil {
				return v, err
			}
			continue
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return v, err
		}
		if err := v.take(key, raw); err != nil {
			return v, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return v, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return v, errors.Join(errors.New("more follows the answer"), err)
	}
	return v, nil
}

// maxRows bounds a list; the whole country has about 111,000 agencies.
const maxRows = 500_000

// list calls for a list. No list is an error, since the rows that are missing
// in an empty one would be taken for gone; a null is an empty one.
func list[T any](a *answer, c *Client) ([]T, error) {
	rows, given := []T{}, false
	err := c.read(a, members{"data": func(dec *json.Decoder) error {
		t, err := dec.Token()
		if err != nil || t == nil {
			given = err == nil
			return err
		}
		if t != json.Delim('[') {
			return errors.New("data is no list")
		}
		for dec.More() {
			var row *T
			if err := dec.Decode(&row); err != nil {
				return err
			}
			if len(rows) == maxRows {
				return ErrAnswerTooLarge
			}
			if row != nil {
				rows = append(rows, *row)
			}
		}
		given = true
		_, err = dec.Token()
		return err
	}})
	switch {
	case err != nil:
		return nil, err
	case !given:
		return nil, ErrIncomplete.Because(errors.New("no data"))
	}
	return rows, nil
}
