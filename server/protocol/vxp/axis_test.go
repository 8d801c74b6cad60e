package vxp

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

const (
	testSystem = "test.system"
	testSecret = "dGVzdC1zZWNyZXQ="
)

var (
	testID = org.ID{0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55}
	// captured is when the official client was recorded, to the minute.
	captured = time.Date(2026, 11, 23, 23, 48, 0, 0, org.Zone())
)

// vector is one recorded signature.
type vector struct {
	Capture, Method, Path, Secret, SystemID, Timestamp, SignHeaderKey, StringToSign, HashHeader, BodySHA256, FileSHA256, HashFile string
	BodyLength                                                                                                                    int
}

func vectors(t testing.TB) (list []vector) {
	t.Helper()
	require.NoError(t, json.Unmarshal(fixture(t, "vectors.json"), &list))
	require.Len(t, list, 16)
	return list
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("fixtures", name))
	require.NoError(t, err)
	return raw
}

// axis is the other side: what server/api does with the wire, over a map.
type axis struct {
	wire     *Server
	now      func() time.Time
	mu       sync.Mutex
	systems  map[string]System
	known    map[org.AgencyCode]bool // recipients; all when nil
	packages map[org.ID][]byte
	repeats  map[string]org.ID
	asked    []Request
}

func newAxis(opts ServerOptions) *axis {
	a := &axis{
		systems:  map[string]System{testSystem: {ID: testSystem, Secrets: []string{testSecret}}},
		packages: map[org.ID][]byte{}, repeats: map[string]org.ID{},
	}
	opts.Systems = func(_ context.Context, id string) (System, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if s, ok := a.systems[id]; ok {
			return s, nil
		}
		return System{}, fault.Missing()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	a.now = opts.Now
	a.wire = NewServer(opts)
	return a
}

func (a *axis) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, err := a.wire.Read(w, r)
	if err == nil {
		err = a.do(w, q)
	}
	if err != nil {
		a.wire.Refuse(w, r, err)
	}
}

func (a *axis) do(w http.ResponseWriter, q Request) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, q)
	switch q := q.(type) {
	case ListAgencies:
		if q.Form == org.NewForm {
			return q.Answer(w, []Agency{{ID: "1001", Code: "H41", Code102: "000.00.00.H41", Name: "UBND Tỉnh Nghệ An", Mail: "nghean@example.vn"}})
		}
		return q.Answer(w, []Agency{{ID: "1001", ParentID: "1000", Code: "000.00.00.H41", Name: "UBND Tỉnh Nghệ An", Mail: "nghean@example.vn", OldCode: "000.00.00.H40"}, {Code: "000.00.00.H14"}})
	case Synchronise:
		return q.Answer(w, []Unit{{ID: "1001", ParentID: "1000", Code: "000.00.00.H41", Name: "UBND Tỉnh Nghệ An", Mail: "nghean@example.vn", Version: 3, CenterCode: "vxp.h41", ModifyDate: "2026-01-02 03:04:05", IsAgency: true}})
	case Register:
		return q.Answer(w)
	case Delete:
		return q.Answer(w)
	case UpdateStatus:
		return q.Answer(w)
	case ListReceived:
		return q.Answer(w, []Received{{DocID: testID.String(), ServiceType: service, MessageType: Document, CreatedTime: "2026-01-02 03:04:05",
			UpdatedTime: "2026-01-02 03:04:06", From: "000.00.00.G22", To: Recipients{"000.00.00.H41"}, Status: Initial, StatusDesc: "Khởi tạo"}})
	case ListSent:
		return q.Answer(w, []Sent{{ServiceType: service, MessageType: Document, SenderDocID: "s1", ReceiverDocID: "r1", FromCode: "000.00.00.G22",
			ToCode: "000.00.00.H41", Notation: "7816/VPCP", Title: "V/v", SentTime: "2026-01-02 03:04:05", ReceivedTime: "2026-01-02 03:05:05",
			SendStatus: Done, SendStatusDesc: "Gửi thành công", ReceiveStatus: Done, ReceiveStatusDesc: "Nhận"}})
	case Count:
		return q.Answer(w, map[Message]int{Document: 7, Status: 2}[q.Message])
	case Get:
		if held, ok := a.packages[q.ID]; ok {
			return q.Answer(w, Package{Size: int64(len(held)), Body: bytes.NewReader(held)})
		}
		return exchange.ErrMessageUnknown
	case Download:
		if held, ok := a.packages[q.ID]; ok {
			return q.Answer(w, Package{Size: int64(len(held)), Body: bytes.NewReader(held)})
		}
		return exchange.ErrMessageUnknown
	case *Send:
		return a.take(w, q)
	}
	return ErrUnknownCall
}

// take keeps a package once, whatever becomes of the answer.
func (a *axis) take(w http.ResponseWriter, q *Send) error {
	for _, to := range q.To {
		if a.known != nil && !a.known[to] {
			return exchange.ErrRecipientUnknown // before its bytes move
		}
	}
	held, err := io.ReadAll(q.Package)
	if err != nil {
		return err
	}
	sum, _, _ := q.Package.Whole()
	name := strings.Join([]string{q.System, string(q.From), sum.String(), q.ID.String()}, " ")
	id, known := a.repeats[name]
	if !known {
		id = org.ID{0: byte(len(a.repeats)), 15: 9}
		if len(a.repeats) == 0 {
			id = testID
		}
		a.packages[id], a.repeats[name] = held, id
	}
	return q.Answer(w, id, exchange.SignedReceipt{})
}

// last gives what was asked last.
func (a *axis) last(t testing.TB) Request {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	require.NotEmpty(t, a.asked)
	return a.asked[len(a.asked)-1]
}

func serve(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func client(t testing.TB, endpoint string, change ...func(*Settings)) *Client {
	t.Helper()
	s := Settings{Endpoint: endpoint, System: testSystem, Secret: testSecret, AllowPrivate: true, AllowPlain: true}
	for _, c := range change {
		c(&s)
	}
	c, err := NewClient(s)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// signedRequest makes a request as the official client would, with the pairs
// in the order they are given.
func signedRequest(method, path, body string, at time.Time, pairs ...pair) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	mediaType := typeJSON
	if strings.HasSuffix(path, string(CallSend)) {
		mediaType = typeBytes
	}
	pairs = append([]pair{{keySystem, testSystem}}, pairs...)
	resign(r, testSecret, append(pairs, pair{keyTime, formatStamp(at)}, pair{keyType, mediaType})...)
	return r
}

// resign puts pairs and their signature onto a request.
func resign(r *http.Request, secret string, pairs ...pair) {
	for _, p := range pairs {
		r.Header.Set(prefix+p.key, p.value)
	}
	text := stringToSign(pairs)
	r.Header.Set(headerKeys, keysOf(pairs))
	r.Header.Set(headerSigned, text)
	r.Header.Set(headerHash, hexOf(sign(secret, text)))
	r.Header.Set(headerVersion, version)
}
