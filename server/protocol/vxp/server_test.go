package vxp

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func TestL5_CallsAreFoundBelowTheirBaseWithOneSlashOrMore(t *testing.T) {
	t.Parallel()
	for base, paths := range map[string]map[string]bool{
		"":            {"/sendEdoc": true, "//sendEdoc": true, "sendEdoc": true, "/sendEdoc/": false, "/SendEdoc": false, "/x/sendEdoc": false, "/": false, "": false},
		"/axis/vxp/":  {"/axis/vxp/sendEdoc": true, "/axis/vxp//sendEdoc": true, "//axis/vxp/sendEdoc": true, "/sendEdoc": false, "/axis/vxpsendEdoc": false, "/axis/vxp": false},
		"congvan.vxp": {"/congvan.vxp/sendEdoc": true},
	} {
		s := NewServer(ServerOptions{Base: base})
		for path, want := range paths {
			call, ok := s.Call(path)
			assert.Equal(t, want, ok, "%q below %q", path, base)
			assert.Equal(t, want, call == CallSend, "%q below %q", path, base)
		}
	}
}

func TestL5_EachCallHasItsMethod(t *testing.T) {
	t.Parallel()
	for _, call := range Calls() {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"} {
			_, err := read(frozen(), signedRequest(method, "/"+string(call), "", captured, pair{"docId", testID.String()}))
			assert.Equal(t, method != call.method(), fault.KindOf(err) == fault.NotFound, "%s %s: %v", method, call, err)
		}
	}
}

func TestL5_ParametersOfAWrongFormAreRefused(t *testing.T) {
	t.Parallel()
	hash := pair{keyFile, fileHash(sha256.Sum256([]byte("hello")))}
	edoc := pair{"messagetype", "edoc"}
	for _, c := range []struct {
		method, path, body string
		pairs              []pair
		want               error
	}{
		{"POST", "/deleteAgency", "{}", nil, errMalformed},
		{"POST", "/deleteAgency", "{}", []pair{{"AgencyCode", "h59"}}, errMalformed},
		{"POST", "/getReceivedEdocList", "", nil, errMalformed},
		{"POST", "/getReceivedEdocList", "", []pair{{"messagetype", "EDOC"}}, errMalformed},
		{"POST", "/getReceivedEdocList", "", []pair{{"servicetype", "mail"}, edoc}, errMalformed},
		{"POST", "/getReceivedEdocList", "", []pair{edoc, {"pageSize", "-1"}}, errMalformed},
		{"POST", "/getReceivedEdocList", "", []pair{edoc, {"pageIndex", "99999999999"}}, errMalformed},
		{"POST", "/getEdoc", "{}", nil, errMalformed},
		{"POST", "/getEdoc", "{}", []pair{{"docId", "../../etc/passwd"}}, exchange.ErrMessageUnknown},
		{"GET", "/downloadEdoc", "", []pair{{"docId", "12"}}, exchange.ErrMessageUnknown},
		{"POST", "/updateStatus", "{}", []pair{{"docId", testID.String()}}, errMalformed},
		{"POST", "/updateStatus", "{}", []pair{{"docId", testID.String()}, {"status", "read"}}, errMalformed},
		{"POST", "/getSentEdocList", "", []pair{edoc}, errMalformed},
		{"POST", "/sendEdoc", "hello\r\n", []pair{edoc}, errMalformed},
		{"POST", "/sendEdoc", "hello\r\n", []pair{hash}, errMalformed},
		{"POST", "/sendEdoc", "hello\r\n", []pair{edoc, {keyFile, "5891b5"}}, errMalformed},
		{"POST", "/sendEdoc", "hello\r\n", []pair{edoc, {keyFile, strings.Repeat("A", 64)}}, errMalformed},
		{"POST", "/sendEdoc", "hello\r\n", []pair{edoc, hash, {"from", "sở nội vụ"}}, errMalformed},
		{"POST", "/sendEdoc", "hello\r\n", []pair{edoc, hash, {"to", "[]"}}, errMalformed},
		{"POST", "/sendEdoc", "hello\r\n", []pair{edoc, hash, {"to", `["H59",null]`}}, errMalformed},
		{"POST", "/sendEdoc", "hello\r\n", []pair{edoc, hash, {"to", `["H59",["H60"]]`}}, errMalformed},
		{"POST", "/sendEdoc", "hello\r\n", []pair{edoc, hash, {"to", `{"H59":1}`}}, errMalformed},
		{"POST", "/registerAgency", "", nil, errMalformed},
		{"POST", "/registerAgency", "null", nil, errMalformed},
		{"POST", "/registerAgency", "[]", nil, errMalformed},
		{"POST", "/registerAgency", `{"code":"H59.08"}`, nil, errMalformed},
		{"POST", "/registerAgency", `{"code":"H59.08","name":"\u202e \u0007"}`, nil, errMalformed},
		{"POST", "/registerAgency", `{"code":"H59.08","name":{"vi":"x"}}`, nil, errMalformed},
		{"POST", "/registerAgency", `{"code":"h59","name":"x"}`, nil, errMalformed},
		{"POST", "/registerAgency", `{"code":"H59.08","pcode":"?","name":"x"}`, nil, errMalformed},
		{"POST", "/registerAgency", `{"code":"H59.08","name":"x","mail":"a@b\r\nBcc: c@d"}`, nil, errMalformed},
		{"POST", "/registerAgency", `{"code":"H59.08","name":"` + strings.Repeat("ă", 201) + `"}`, nil, errMalformed},
		{"POST", "/registerAgency", `{"code":"H59.08","name":"` + strings.Repeat("x", 65<<10) + `"}`, nil, ErrRequestTooLarge},
		{"POST", "/countReceiveEdoc", strings.Repeat(" ", 65<<10), nil, ErrRequestTooLarge},
	} {
		q, err := read(frozen(), signedRequest(c.method, c.path, c.body, captured, c.pairs...))
		assert.ErrorIs(t, err, c.want, "%s %v %.80s gives %+v", c.path, c.pairs, c.body, q)
	}
}

func TestL5_ARegistrationIsReadAsItComes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Registration{
		`{"id":7,"pcode":null,"code":"H59.08","name":"  So\u031b\u0309 No\u0323\u0302i vu\u0323 ","mobile":294}`: {ID: "7", Code: "H59.08", Name: "Sở Nội vụ", Mobile: "294"},
		`{"code":"000.00.00.X99","name":"x","unknown":[{}]}`:                                                     {Code: "000.00.00.X99", Name: "x"},
	} {
		q, err := read(frozen(), signedRequest("POST", "/registerAgency", body, captured))
		require.NoError(t, err, body)
		assert.Equal(t, want, q.(Register).Agency)
	}
}

func TestL5_RecipientsAreJSONOrABareCode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]org.AgencyCode{
		`["H59.08","000.00.08.H59","H59.08"]`: {"H59.08", "000.00.08.H59"},
		`"H59.08"`:                            {"H59.08"},
		`H59.08`:                              {"H59.08"},
		``:                                    nil,
	} {
		got, err := readRecipients(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	thousand := make([]org.AgencyCode, 1000)
	for i := range thousand {
		thousand[i] = org.AgencyCode(fmt.Sprintf("H59.%04d", i))
	}
	text, _ := json.Marshal(thousand)
	q, err := read(frozen(), signedRequest("POST", "/sendEdoc", "hello\r\n", captured, pair{"messagetype", "edoc"}, pair{"from", testSystem},
		pair{keyFile, fileHash(sha256.Sum256([]byte("hello")))}, pair{"to", string(text)}))
	require.NoError(t, err)
	assert.Equal(t, thousand, q.(*Send).To)
	assert.Empty(t, q.(*Send).From, "the system names itself")
}

func TestL5_RefusalsHaveTheFormThatEachClientReads(t *testing.T) {
	t.Parallel()
	s := NewServer(ServerOptions{})
	for _, call := range Calls() {
		w := httptest.NewRecorder()
		s.Refuse(w, httptest.NewRequest(call.method(), "/"+string(call), nil), exchange.ErrRecipientUnknown)
		body := w.Body.String()
		assert.Equal(t, http.StatusNotFound, w.Code)
		if call == CallDownload {
			assert.Empty(t, body, "anything would be taken for the package")
			assert.Equal(t, "0", w.Header().Get("Content-Length"))
			continue
		}
		begins := `{"status":"FAIL","ErrorCode":"18","ErrorDesc":"B\u00ean nh\u1eadn kh\u00f4ng c\u00f3 trong danh b\u1ea1 li\u00ean th\u00f4ng. / The recipient is not in the directory of the exchange."`
		switch call {
		case CallSend:
			assert.Equal(t, begins+`,"DocId":""}`, body)
			assert.Equal(t, "close", w.Header().Get("Connection"))
		case CallAgencies, CallAgenciesQD20, CallSynchronise, CallReceived, CallSent:
			assert.Equal(t, begins+`,"data":[]}`, body)
		default:
			assert.Equal(t, begins+`}`, body)
		}
	}
}

func TestL5_EveryRefusalIsToldByItsCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{exchange.ErrBadCredentials, 401, "15"}, {ErrClock, 401, "15"}, {ErrReplayed, 401, "15"},
		{exchange.ErrRecipientUnknown, 404, "18"}, {exchange.ErrRecipientClosed, 403, "23"}, {exchange.ErrSenderUnknown, 403, "19"}, {exchange.ErrNotOnBehalf, 403, "19"},
		{exchange.ErrDisturbed, 503, "20"}, {exchange.ErrPackageAltered, 400, "21"}, {exchange.ErrPackageInvalid, 422, "22"},
		{exchange.ErrContentDiffers, 409, "409"}, {exchange.ErrMessageExpired, 409, "410"}, {exchange.ErrMessageUnknown, 404, "404"},
		{exchange.ErrPackageTooLarge, 413, "413"}, {ErrRequestTooLarge, 413, "413"}, {exchange.ErrOverloaded, 429, "429"},
		{fmt.Errorf("take in: %w", exchange.ErrRecipientUnknown.Because(io.EOF)), 404, "18"},
		{fault.Missing(), 404, "404"}, {malformed("docId"), 400, "400"}, {ErrUnknownCall, 404, "404"},
		{io.ErrUnexpectedEOF, 500, "20"}, {fault.New(fault.Internal, "x", "bảng số 7", "table seven"), 500, "20"},
	} {
		got := tell(c.err)
		assert.Equal(t, c.status, got.status, "%v", c.err)
		assert.Equal(t, c.code, got.code, "%v", c.err)
		assert.NotContains(t, got.text, "seven")
		assert.NotContains(t, got.text, "EOF")
		assert.Equal(t, got.code, exchangeCode(t, c.err), "both ends have one table")
	}
}

// exchangeCode writes a refusal and reads it back with our client.
func exchangeCode(t *testing.T, err error) string {
	t.Helper()
	s := NewServer(ServerOptions{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Refuse(w, r, err) }))
	defer server.Close()
	got := client(t, server.URL).UpdateStatus(t.Context(), testID.String(), Done)
	var refusal *Refusal
	require.ErrorAs(t, got, &refusal)
	return refusal.Code
}

func TestL5_NoAnswerEverHoldsNull(t *testing.T) {
	t.Parallel()
	for _, answer := range []func(w http.ResponseWriter) error{
		func(w http.ResponseWriter) error { return ListAgencies{}.Answer(w, nil) },
		func(w http.ResponseWriter) error { return ListAgencies{}.Answer(w, []Agency{{}}) },
		func(w http.ResponseWriter) error { return Synchronise{}.Answer(w, []Unit{{}}) },
		func(w http.ResponseWriter) error { return ListReceived{}.Answer(w, []Received{{}, {To: Recipients{}}}) },
		func(w http.ResponseWriter) error { return ListSent{}.Answer(w, []Sent{{}}) },
		func(w http.ResponseWriter) error { return Count{}.Answer(w, 0) },
	} {
		w := httptest.NewRecorder()
		require.NoError(t, answer(w))
		assert.True(t, json.Valid(w.Body.Bytes()), w.Body.String())
		assert.NotContains(t, w.Body.String(), "null")
	}
}

func TestL5_SeveralRecipientsAreSeveralRows(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	require.NoError(t, ListReceived{}.Answer(w, []Received{{DocID: "a", To: Recipients{"H59.08", "H59.09"}}, {DocID: "b", To: Recipients{"H59.08"}}}))
	assert.JSONEq(t, `{"status":"OK","ErrorCode":"0","ErrorDesc":"Success","data":[{"docId":"a","to":"H59.08"},{"docId":"a","to":"H59.09"},{"docId":"b","to":"H59.08"}]}`, w.Body.String())
}

func TestL5_ASendIsNotAnsweredForBeforeItsEnd(t *testing.T) {
	t.Parallel()
	q, err := read(frozen(), signedRequest("POST", "/sendEdoc", "hello\r\n", captured, pair{"messagetype", "edoc"}, pair{keyFile, fileHash(sha256.Sum256([]byte("hello")))}))
	require.NoError(t, err)
	send := q.(*Send)
	w := httptest.NewRecorder()
	require.Error(t, send.Answer(w, testID, exchange.SignedReceipt{}))
	assert.Zero(t, w.Body.Len())
	_, err = io.Copy(io.Discard, send.Package)
	require.NoError(t, err)
	require.NoError(t, send.Answer(w, testID, exchange.SignedReceipt{}))
}

func TestE2_ARepeatIsKnownAndNothingElseIsOne(t *testing.T) {
	t.Parallel()
	base := func() *Send {
		return &Send{Caller: Caller{testSystem, captured}, Stated: "1", From: "H59", To: []org.AgencyCode{"H60", "H61"}}
	}
	file := document.Hash{1}
	again := base()
	again.At = again.At.In(time.UTC)
	assert.Equal(t, base().Repeat(file), again.Repeat(file))
	seen := map[string]bool{base().Repeat(file): true, base().Repeat(document.Hash{2}): true}
	for _, change := range []func(*Send){
		func(s *Send) { s.System = "other" }, func(s *Send) { s.At = s.At.Add(time.Millisecond) }, func(s *Send) { s.Stated = "2" },
		func(s *Send) { s.From = "H60" }, func(s *Send) { s.To = s.To[:1] }, func(s *Send) { s.To = []org.AgencyCode{"H61", "H60"} },
	} {
		s := base()
		change(s)
		seen[s.Repeat(file)] = true
	}
	assert.Len(t, seen, 8)
}

// Any bytes, however they come: the package is what stands before the last
// line end, and only when it is what was signed.
func TestL5_APackageIsWhatStandsBeforeTheLastLineEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		file := []byte(strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"\r", "\n", "\r\n", "x", "nội dung"})).Draw(t, "file"), ""))
		body := append(bytes.Clone(file), "\r\n"...)
		var src io.Reader = bytes.NewReader(body)
		switch rapid.IntRange(0, 3).Draw(t, "chunks") {
		case 0:
			src = iotest.OneByteReader(src)
		case 1:
			src = iotest.HalfReader(src)
		case 2:
			src = iotest.DataErrReader(src)
		}
		p := newParcel(io.NopCloser(src), fileHash(sha256.Sum256(file)), 1<<20)
		got, err := io.ReadAll(p)
		if err != nil || !bytes.Equal(got, file) {
			t.Fatalf("%q gives %q, %v", body, got, err)
		}
		sum, size, whole := p.Whole()
		if !whole || sum != document.Hash(sha256.Sum256(file)) || size != int64(len(file)) {
			t.Fatalf("%v %d %t", sum, size, whole)
		}
		// Case 14: one byte altered.
		if len(file) > 0 {
			body[rapid.IntRange(0, len(file)-1).Draw(t, "altered")] ^= 1
			p = newParcel(io.NopCloser(bytes.NewReader(body)), fileHash(sha256.Sum256(file)), 1<<20)
			_, err := io.ReadAll(p)
			if _, _, whole := p.Whole(); fault.KindOf(err) != fault.Invalid || whole {
				t.Fatalf("an altered package gives %v, %t", err, whole)
			}
		}
	})
}

func TestL5_APackageWithoutALineEndBehindItIsTaken(t *testing.T) {
	t.Parallel()
	p := newParcel(io.NopCloser(strings.NewReader("hello")), hexOf(sumOf("hello")), 1<<20)
	got, err := io.ReadAll(p)
	require.NoError(t, err)
	assert.Equal(t, "hello", string(got))
}

func sumOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// Case 20: over the size limit, refused before the bytes move; and when the
// length was not said, at the limit.
func TestL5_APackageOverTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{Now: func() time.Time { return captured }, Limits: Limits{Package: 5}})
	for text, taken := range map[string]bool{"hello": true, "hello!": false} {
		body := &counted{Reader: strings.NewReader(text + "\r\n")}
		r := signedRequest("POST", "/sendEdoc", "", captured, pair{"messagetype", "edoc"}, pair{keyFile, fileHash([32]byte(sumOf(text)))})
		r.Body, r.ContentLength = io.NopCloser(body), int64(len(text)+2)
		_, err := read(a, r)
		assert.Equal(t, taken, err == nil, "%v", err)
		assert.Zero(t, body.read)

		r.ContentLength = -1
		q, err := read(a, r)
		require.NoError(t, err)
		assert.Equal(t, int64(-1), q.(*Send).Length)
		_, err = io.ReadAll(q.(*Send).Package)
		if taken {
			assert.NoError(t, err)
		} else {
			assert.ErrorIs(t, err, exchange.ErrPackageTooLarge)
		}
	}
}

type counted struct {
	io.Reader
	read int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.read += n
	return n, err
}

func TestE1_EveryDeliveryStateIsToldInTheAxisWords(t *testing.T) {
	t.Parallel()
	for state, want := range map[exchange.State]Transport{
		exchange.Waiting: "initial", exchange.Sent: "processing", exchange.Arrived: "inbox", exchange.Registered: "acceptance", exchange.Assigned: "assignment",
		exchange.InWork: "processing", exchange.Done: "done", exchange.Refused: "rejection", exchange.Failed: "fail", exchange.Expired: "fail", "": "", "read": "",
	} {
		assert.Equal(t, want, TransportOf(state), state)
		assert.Equal(t, state.Known(), want != "")
	}
}

func TestL3_TransportStatesHaveWords(t *testing.T) {
	t.Parallel()
	for _, s := range []Transport{Initial, Processing, Done, Fail, Inbox, Acceptance, Rejection, Assignment, Cancellation} {
		assert.True(t, s.Label().VI != "" && s.Label().EN != "", s)
	}
	assert.Empty(t, Transport("read").Label())
	assert.Equal(t, "2026-11-23 23:48:00", FormatTime(captured.UTC()))
}
