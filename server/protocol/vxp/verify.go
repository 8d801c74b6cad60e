package vxp

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

// System is one connected system, as it is known to the server.
type System struct {
	ID      string
	Secrets []string // that are valid now: one, or two while a secret is being changed
	Window  Window   // the server's own when zero
}

// Window is how far a timestamp may be from our clock.
type Window struct {
	Past, Future time.Duration
	// Reused lets a timestamp be of any age, and one signature serve any call.
	// The official client needs it: it takes the time once and keeps it for as
	// long as its process lives.
	Reused bool
}

func (w Window) zero() bool { return w == Window{} }

// signed is what a verified request says.
type signed struct {
	system    System
	at        time.Time
	signature Signature
	values    map[string]string // by canonical header name
}

// value gives a parameter by its key, in any case.
func (s signed) value(key string) string { return s.values[http.CanonicalHeaderKey(prefix+key)] }

// authenticate verifies who signed the headers. What it finds wrong is told in
// one sentence for all cases; the cause is for the log.
func (s *Server) authenticate(ctx context.Context, h http.Header) (signed, error) {
	var q signed
	given, text, err := readHeaders(h, s.opts.Limits.Headers)
	if err != nil {
		return q, err
	}
	q.values = given
	at, err := parseStamp(q.value(keyTime))
	if err != nil {
		return q, exchange.ErrBadCredentials.Because(err)
	}
	if q.system, err = s.system(ctx, q.value(keySystem)); err != nil {
		return q, err
	}
	if !verify(q.system.Secrets, text, h.Get(headerHash)) {
		return q, exchange.ErrBadCredentials.Because(errors.New("no secret of the system makes this signature"))
	}
	q.at, q.signature = at, sha256.Sum256([]byte(text))
	if w := q.system.Window; !w.Reused {
		if now := s.opts.Now(); at.Before(now.Add(-w.Past)) || at.After(now.Add(w.Future)) {
			return q, ErrClock
		}
	}
	return q, nil
}

// system looks the system up. Where there is none, the signature is tried with
// secrets that nobody has, so that the answer takes as long.
func (s *Server) system(ctx context.Context, id string) (System, error) {
	system, err := s.opts.Systems(ctx, id)
	switch {
	case err != nil && fault.KindOf(err) == fault.NotFound:
		return System{ID: id, Secrets: []string{s.nobody}}, nil
	case err != nil:
		return System{}, exchange.ErrDisturbed.Because(err)
	}
	// An empty secret would let anybody sign.
	system.Secrets = slices.DeleteFunc(slices.Clone(system.Secrets), func(secret string) bool { return secret == "" })
	if len(system.Secrets) == 0 {
		system.Secrets = []string{s.nobody}
	}
	if system.Window.zero() {
		system.Window = s.opts.Window
	}
	return system, nil
}

// once refuses a signature that was used for something else. The same request
// again is a retry, and writes are idempotent.
func (s *Server) once(ctx context.Context, q signed, use string) error {
	if q.system.Window.Reused {
		return nil
	}
	earlier, err := s.opts.Remember(ctx, q.signature, use, q.at.Add(q.system.Window.Past))
	switch {
	case err != nil:
		return exchange.ErrDisturbed.Because(err)
	case earlier != "" && earlier != use:
		return ErrReplayed
	}
	return nil
}

// readHeaders checks that the signed text and the headers of the axis say the
// same: every pair has its header, and no header is unsigned. Headers are read
// only after that, so nothing unsigned is ever looked at.
func readHeaders(h http.Header, limit int) (values map[string]string, text string, err error) {
	size := 0
	for name, list := range h {
		for _, value := range list {
			size += len(name) + len(value)
		}
	}
	if size > limit {
		return nil, "", ErrRequestTooLarge
	}
	text = h.Get(headerSigned)
	if len(h.Values(headerSigned)) != 1 || len(h.Values(headerHash)) != 1 || len(h.Values(headerKeys)) != 1 || !utf8.ValidString(text) {
		return nil, "", exchange.ErrBadCredentials.Because(errors.New("the request is not signed"))
	}
	pairs, err := readSigned(text)
	if err != nil {
		return nil, "", exchange.ErrBadCredentials.Because(err)
	}
	if keysOf(pairs) != h.Get(headerKeys) {
		return nil, "", exchange.ErrBadCredentials.Because(errors.New("the list of keys is not that of the signed text"))
	}
	values = make(map[string]string, len(pairs))
	for _, p := range pairs {
		name, value := http.CanonicalHeaderKey(prefix+p.key), strings.Trim(p.value, " \t") // as HTTP trims them
		if earlier, twice := values[name]; twice && earlier != value || !contains(h.Values(name), value) {
			return nil, "", exchange.ErrBadCredentials.Because(errors.New("the signed text and the headers differ"))
		}
		values[name] = value
	}
	for name := range h {
		canonical := http.CanonicalHeaderKey(name)
		if _, known := values[canonical]; known || !strings.HasPrefix(canonical, http.CanonicalHeaderKey(prefix)) || unsigned(canonical) {
			continue
		}
		return nil, "", exchange.ErrBadCredentials.Because(errors.New("a header is not signed"))
	}
	return values, text, nil
}

// contains tells whether the header is there and says nothing but the value.
func contains(list []string, value string) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(v string) bool { return v != value })
}

func unsigned(name string) bool {
	return slices.ContainsFunc([]string{headerKeys, headerSigned, headerHash, headerVersion}, func(h string) bool {
		return http.CanonicalHeaderKey(h) == name
	})
}
