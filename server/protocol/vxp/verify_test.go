package vxp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

func frozen() *axis { return newAxis(ServerOptions{Now: func() time.Time { return captured }}) }

func read(a *axis, r *http.Request) (Request, error) { return a.wire.Read(httptest.NewRecorder(), r) }

func TestL5_WhatIsNotSignedAsItStandsIsRefused(t *testing.T) {
	t.Parallel()
	status := func() *http.Request {
		return signedRequest("POST", "/updateStatus", "{}", captured, pair{"docId", testID.String()}, pair{"status", "done"})
	}
	_, err := read(frozen(), status())
	require.NoError(t, err)
	for name, change := range map[string]func(*http.Request){
		"an unsigned extra header":       func(r *http.Request) { r.Header.Set(prefix+"to", "000.00.00.X02") },
		"an unsigned header in capitals": func(r *http.Request) { r.Header["XROADVNPT-TO"] = []string{"x"} },
		"a changed value":                func(r *http.Request) { r.Header.Set(prefix+"status", "fail") },
		"a second value":                 func(r *http.Request) { r.Header.Add(prefix+"status", "fail") },
		"a header taken away":            func(r *http.Request) { r.Header.Del(prefix + "status") },
		"a changed signature": func(r *http.Request) {
			r.Header.Set(headerHash, strings.Repeat("0", 64))
		},
		"a cut signature":  func(r *http.Request) { r.Header.Set(headerHash, r.Header.Get(headerHash)[:62]) },
		"no signature":     func(r *http.Request) { r.Header.Del(headerHash) },
		"two signatures":   func(r *http.Request) { r.Header.Add(headerHash, r.Header.Get(headerHash)) },
		"two signed texts": func(r *http.Request) { r.Header.Add(headerSigned, r.Header.Get(headerSigned)) },
		"no list of keys":  func(r *http.Request) { r.Header.Del(headerKeys) },
		"another list of keys": func(r *http.Request) {
			r.Header.Set(headerKeys, "systemid;status;docId;timestamp;Content-Type")
		},
		"a changed signed text": func(r *http.Request) {
			r.Header.Set(headerSigned, strings.Replace(r.Header.Get(headerSigned), ":", ": ", 1))
		},
		"another system": func(r *http.Request) { r.Header.Set(prefix+keySystem, "other.system") },
		"a system nobody knows": func(r *http.Request) {
			resign(r, testSecret, pair{keySystem, "other.system"}, pair{"docId", testID.String()}, pair{"status", "done"}, pair{keyTime, formatStamp(captured)}, pair{keyType, typeJSON})
		},
		"another secret": func(r *http.Request) {
			resign(r, "test-secret", pair{keySystem, testSystem}, pair{"docId", testID.String()}, pair{"status", "done"}, pair{keyTime, formatStamp(captured)}, pair{keyType, typeJSON})
		},
		"the decoded secret": func(r *http.Request) {
			resign(r, "test-secret", pair{keySystem, testSystem}, pair{"docId", testID.String()}, pair{"status", "done"}, pair{keyTime, formatStamp(captured)}, pair{keyType, typeJSON})
		},
		"an unsigned system": func(r *http.Request) {
			resign(r, testSecret, pair{"docId", testID.String()}, pair{"status", "done"}, pair{keyTime, formatStamp(captured)}, pair{keyType, typeJSON})
		},
		"an unsigned time": func(r *http.Request) {
			resign(r, testSecret, pair{keySystem, testSystem}, pair{"docId", testID.String()}, pair{"status", "done"}, pair{keyType, typeJSON})
		},
		"one key twice, with two values": func(r *http.Request) {
			resign(r, testSecret, pair{keySystem, testSystem}, pair{"docId", testID.String()}, pair{"docid", "other"}, pair{"status", "done"}, pair{keyTime, formatStamp(captured)}, pair{keyType, typeJSON})
		},
	} {
		r := status()
		change(r)
		q, err := read(frozen(), r)
		assert.Nil(t, q, name)
		assert.ErrorIs(t, err, exchange.ErrBadCredentials, name)
		assert.Equal(t, told{401, "15", exchange.ErrBadCredentials.Text.VI + " / " + exchange.ErrBadCredentials.Text.EN, ""}, tell(err), "all look alike: %s", name)
	}
}

func TestL5_AKeyInAnotherCaseAndBlanksAroundAValueAreTaken(t *testing.T) {
	t.Parallel()
	r := signedRequest("POST", "/updateStatus", "{}", captured, pair{"docid", testID.String()}, pair{"status", " done "})
	r.Header.Set(prefix+"status", "done") // HTTP trims
	q, err := read(frozen(), r)
	require.NoError(t, err)
	assert.Equal(t, UpdateStatus{Caller{testSystem, q.caller().At}, testID, Done}, q)
	// A client that used docId before and docid now sends both.
	r = signedRequest("POST", "/updateStatus", "{}", captured, pair{"docid", testID.String()}, pair{"docId", testID.String()}, pair{"status", "done"})
	r.Header.Add(prefix+"docId", testID.String())
	_, err = read(frozen(), r)
	assert.NoError(t, err)
}

func TestL5_ParametersOfEarlierCallsRideAlongUnheard(t *testing.T) {
	t.Parallel()
	q, err := read(frozen(), signedRequest("POST", "/getReceivedEdocList", "", captured, pair{"servicetype", "eDoc"}, pair{"messagetype", "edoc"},
		pair{"docId", "nonsense"}, pair{"filePath", "out/f"}, pair{"from", "?"}, pair{"to", `["`}, pair{"hash-file", "?"}, pair{"status", "done"}))
	require.NoError(t, err)
	assert.Equal(t, ListReceived{Caller: q.caller(), Message: Document}, q)
}

// Case 17: key rotation in flight.
func TestL4_TwoSecretsAreValidWhileOneIsChanged(t *testing.T) {
	t.Parallel()
	a := frozen()
	try := func(secret string, minute int) error {
		r := httptest.NewRequest("POST", "/countReceiveEdoc", strings.NewReader("{}"))
		resign(r, secret, pair{keySystem, testSystem}, pair{keyTime, formatStamp(captured.Add(time.Duration(minute) * time.Minute))}, pair{keyType, typeJSON})
		_, err := read(a, r)
		return err
	}
	for i, secrets := range [][]string{{testSecret}, {testSecret, "khóa mới"}, {"khóa mới", testSecret}, {"khóa mới"}} {
		a.systems[testSystem] = System{ID: testSystem, Secrets: secrets}
		for _, secret := range []string{testSecret, "khóa mới"} {
			err := try(secret, i)
			if strings.Contains(strings.Join(secrets, " "), secret) {
				assert.NoError(t, err)
			} else {
				assert.ErrorIs(t, err, exchange.ErrBadCredentials)
			}
		}
	}
	for _, secrets := range [][]string{nil, {}, {""}, {"", ""}} {
		a.systems[testSystem] = System{ID: testSystem, Secrets: secrets}
		assert.ErrorIs(t, try("", 5), exchange.ErrBadCredentials, "an empty secret opens nothing")
	}
}

func TestL5_TheClockWindowIsASetting(t *testing.T) {
	t.Parallel()
	now := captured
	a := newAxis(ServerOptions{Now: func() time.Time { return now }})
	for _, c := range []struct {
		window Window
		off    time.Duration
		taken  bool
	}{
		{Window{}, 0, true},
		{Window{}, -15 * time.Minute, true},
		{Window{}, -15*time.Minute - time.Second, false},
		{Window{}, 15 * time.Minute, true},
		{Window{}, 15*time.Minute + time.Second, false},
		{Window{Past: 8 * time.Hour, Future: time.Second}, -7 * time.Hour, true}, // a client whose clock tells UTC
		{Window{Past: 8 * time.Hour, Future: time.Second}, 2 * time.Second, false},
		{Window{Reused: true}, -90 * 24 * time.Hour, true}, // the official client, running since August
		{Window{Reused: true}, 24 * time.Hour, true},
	} {
		a.systems[testSystem] = System{ID: testSystem, Secrets: []string{testSecret}, Window: c.window}
		_, err := read(a, signedRequest("POST", "/countReceiveEdoc", "{}", now.Add(c.off)))
		if c.taken {
			assert.NoError(t, err, "%+v", c)
		} else {
			assert.ErrorIs(t, err, ErrClock, "%+v", c)
		}
	}
	// Who has not the secret is not told about the clock.
	r := signedRequest("POST", "/countReceiveEdoc", "{}", now.Add(-24*time.Hour))
	r.Header.Set(headerHash, strings.Repeat("0", 64))
	_, err := read(a, r)
	assert.ErrorIs(t, err, exchange.ErrBadCredentials)
}

func TestL5_ACapturedRequestServesNoOtherCall(t *testing.T) {
	t.Parallel()
	a := frozen()
	captured001 := func(method, path, body string) error {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		resign(r, testSecret, pair{keySystem, testSystem}, pair{keyTime, formatStamp(captured)}, pair{keyType, typeJSON})
		_, err := read(a, r)
		return err
	}
	require.NoError(t, captured001("POST", "/getAgenciesList", ""))
	require.NoError(t, captured001("POST", "/getAgenciesList", ""), "the same again is a retry")
	require.NoError(t, captured001("POST", "//getAgenciesList", ""), "and so is this")
	for _, path := range []string{"/getSynchronizeUnit", "/countReceiveEdoc", "/registerAgency"} {
		assert.ErrorIs(t, captured001("POST", path, `{"code":"H59.08","name":"x"}`), ErrReplayed, path)
	}
	assert.ErrorIs(t, captured001("POST", "/sendEdoc", "hello"), errMalformed)
	assert.ErrorIs(t, captured001("GET", "/downloadEdoc", ""), ErrReplayed)

	// A registration's body is not signed: it is held to the first one.
	a = frozen()
	require.NoError(t, captured001("POST", "/registerAgency", `{"code":"H59.08","name":"Sở Nội vụ"}`))
	require.NoError(t, captured001("POST", "/registerAgency", `{"code":"H59.08","name":"Sở Nội vụ"}`))
	assert.ErrorIs(t, captured001("POST", "/registerAgency", `{"code":"H59.08","name":"Sở khác"}`), ErrReplayed)

	// The official client signs two calls alike.
	a = frozen()
	a.systems[testSystem] = System{ID: testSystem, Secrets: []string{testSecret}, Window: Window{Reused: true}}
	require.NoError(t, captured001("POST", "/countReceiveEdoc", "{}"))
	require.NoError(t, captured001("POST", "/countReceiveStatus", "{}"))
}

func TestL5_WhatIsAwayIsNotTakenForAWrongSecret(t *testing.T) {
	t.Parallel()
	away := errors.New("no connection to the store")
	s := NewServer(ServerOptions{Now: func() time.Time { return captured },
		Systems: func(context.Context, string) (System, error) { return System{}, away }})
	_, err := s.Read(httptest.NewRecorder(), signedRequest("POST", "/countReceiveEdoc", "{}", captured))
	assert.ErrorIs(t, err, exchange.ErrDisturbed)
	assert.ErrorIs(t, err, away)
	a := newAxis(ServerOptions{Now: func() time.Time { return captured },
		Remember: func(context.Context, Signature, string, time.Time) (string, error) { return "", away }})
	_, err = read(a, signedRequest("POST", "/countReceiveEdoc", "{}", captured))
	assert.ErrorIs(t, err, exchange.ErrDisturbed)
	assert.NotContains(t, tell(err).text, "store")
}

// Nothing is forgotten while its timestamp would still be taken.
func TestL5_ASignatureIsRememberedAsLongAsItsTimeIsTaken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := captured
		remember := NewMemory(func() time.Time { return now })
		type use struct {
			name  string
			until time.Time
		}
		kept := map[Signature]use{}
		for i := range rapid.IntRange(1, 60).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(10*time.Minute)).Draw(t, "later")))
			s := Signature{byte(rapid.IntRange(0, 30).Draw(t, "signature"))}
			name := fmt.Sprint("call ", i)
			until := now.Add(time.Duration(rapid.Int64Range(0, int64(30*time.Minute)).Draw(t, "window")))
			earlier, err := remember(t.Context(), s, name, until)
			if err != nil {
				t.Fatal(err)
			}
			before, known := kept[s]
			if known && !now.After(before.until) && earlier != before.name {
				t.Fatalf("%q was forgotten: %q", before.name, earlier)
			}
			if earlier == "" {
				kept[s] = use{name, until}
			}
		}
	})
}

func TestL5_MemoryOfSignaturesIsBounded(t *testing.T) {
	t.Parallel()
	m := &memory{now: func() time.Time { return captured }, young: map[Signature]string{}}
	for i := range 3 * perAge {
		_, err := m.remember(t.Context(), Signature{byte(i), byte(i >> 8), byte(i >> 16)}, "call", captured.Add(time.Hour))
		require.NoError(t, err)
	}
	assert.LessOrEqual(t, len(m.young)+len(m.old), 2*perAge)
}

func TestL5_HeadersAreBounded(t *testing.T) {
	t.Parallel()
	_, err := read(frozen(), signedRequest("POST", "/countReceiveEdoc", "{}", captured, pair{"x", strings.Repeat("x", 200<<10)}))
	assert.ErrorIs(t, err, ErrRequestTooLarge)
	assert.Equal(t, fault.TooLarge, fault.KindOf(err))
}
