package vxp

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// replay sends recorded bytes as they are and reads the answer.
func replay(t *testing.T, address string, raw []byte) (status int, header http.Header, text string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = conn.Write(raw)
	require.NoError(t, err)
	in := bufio.NewReader(conn)
	for {
		response, err := http.ReadResponse(in, nil)
		require.NoError(t, err)
		if response.StatusCode == http.StatusContinue {
			continue
		}
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode, response.Header, string(body)
	}
}

func TestL5_EveryCaptureIsReadAndAnswered(t *testing.T) {
	t.Parallel()
	c := Caller{System: testSystem}
	sent := map[string]Send{
		"006_sendEdoc.req": {Message: Document, From: "000.00.00.X01"},
		"007_sendEdoc.req": {Message: Document, From: "000.00.00.X01", To: []org.AgencyCode{"000.00.00.X02", "000.00.00.X03"}},
		"008_sendEdoc.req": {Message: Status, From: "000.00.00.X02"},
	}
	want := map[string]Request{
		"001_getAgenciesList.req":     ListAgencies{Caller: c, Form: org.OldForm},
		"002_getAgenciesListQD20.req": ListAgencies{Caller: c, Form: org.NewForm, Level: "1"},
		"003_getSynchronizeUnit.req":  Synchronise{c},
		"004_registerAgency.req": Register{c, Registration{ParentCode: "000.00.00.X01", Code: "000.00.00.X99", Name: "Đơn vị thử",
			Mail: "a@example.vn", Mobile: "0900", Fax: "024"}},
		"005_deleteAgency.req":        Delete{c, "000.00.00.X99"},
		"009_getReceivedEdocList.req": ListReceived{Caller: c, Message: Document},
		"010_getReceivedEdocList.req": ListReceived{Caller: c, Message: Status},
		"011_getEdoc.req":             Get{c, testID, time.Minute},
		"012_downloadEdoc.req":        Download{c, testID, time.Minute},
		"013_updateStatus.req":        UpdateStatus{c, testID, Done},
		"014_getSentEdocList.req":     ListSent{c, Document, testID},
		"015_countReceiveEdoc.req":    Count{c, Document},
		"016_countReceiveStatus.req":  Count{c, Status},
	}
	for _, base := range []string{"", "axis/vxp"} {
		for _, v := range vectors(t) {
			a := newAxis(ServerOptions{Now: func() time.Time { return captured }, Base: base})
			a.packages[testID] = packageOf(t)
			server := serve(t, a)
			raw := fixture(t, "captures/"+v.Capture)
			if base != "" { // as a client whose address ends in a slash
				raw = []byte(strings.Replace(string(raw), v.Method+" /", v.Method+" /"+base+"//", 1))
			}
			status, header, body := replay(t, server.Listener.Addr().String(), raw)
			require.Equal(t, http.StatusOK, status, "%s: %s", v.Capture, body)
			at, err := parseStamp(v.Timestamp)
			require.NoError(t, err)
			switch got := a.last(t).(type) {
			case *Send:
				expected := sent[v.Capture]
				sum, size, whole := got.Package.Whole()
				assert.True(t, whole, v.Capture)
				assert.Equal(t, v.FileSHA256, sum.String(), v.Capture)
				assert.Equal(t, int64(v.BodyLength-2), size, v.Capture)
				assert.Equal(t, size, got.Length, v.Capture)
				assert.Equal(t, expected.Message, got.Message, v.Capture)
				assert.Equal(t, expected.From, got.From, v.Capture)
				assert.Equal(t, expected.To, got.To, v.Capture)
				assert.Equal(t, Caller{testSystem, at}, got.Caller, v.Capture)
			default:
				assert.Equal(t, testSystem, got.caller().System)
				assert.True(t, at.Equal(got.caller().At), v.Capture)
				assert.Equal(t, want[v.Capture], without(got), v.Capture)
			}
			assertAnswer(t, Call(strings.TrimPrefix(v.Path, "/")), header, body)
		}
	}
}

// without gives the request without its moment, whose zone has no equal.
func without(q Request) Request {
	switch q := q.(type) {
	case ListAgencies:
		q.At = time.Time{}
		return q
	case Synchronise:
		q.At = time.Time{}
		return q
	case Register:
		q.At = time.Time{}
		return q
	case Delete:
		q.At = time.Time{}
		return q
	case ListReceived:
		q.At = time.Time{}
		return q
	case Get:
		q.At = time.Time{}
		return q
	case Download:
		q.At = time.Time{}
		return q
	case UpdateStatus:
		q.At = time.Time{}
		return q
	case ListSent:
		q.At = time.Time{}
		return q
	case Count:
		q.At = time.Time{}
		return q
	}
	return q
}

// packageOf gives the package of the recorded answer.
func packageOf(t *testing.T) []byte {
	t.Helper()
	var answer struct{ Data []byte }
	require.NoError(t, json.Unmarshal(fixture(t, "responses/getEdoc.json"), &answer))
	return answer.Data
}

// assertAnswer compares an answer with the one that the official client was
// seen to take: byte for byte where that is how we write it.
func assertAnswer(t *testing.T, call Call, header http.Header, body string) {
	t.Helper()
	assert.Empty(t, header.Get("Location"))
	if call == CallDownload {
		assert.Equal(t, typeBytes, header.Get("Content-Type"))
		assert.Equal(t, string(packageOf(t)), body)
		return
	}
	assert.Equal(t, "application/json; charset=utf-8", header.Get("Content-Type"))
	taken := string(fixture(t, "responses/"+string(call)+".json"))
	taken = strings.Replace(taken, "Thành công", "Success", 1)
	switch call {
	case CallGet: // written with blanks
		assert.JSONEq(t, taken, body)
	case CallCountStatuses: // as text
		assert.Equal(t, strings.Replace(taken, `"2"`, "2", 1), body)
	default:
		assert.Equal(t, taken, body, call)
	}
}

// recorded answers every call as the recorder did.
func recorded(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		call := strings.TrimPrefix(r.URL.Path, "/")
		if call == string(CallDownload) {
			_, _ = w.Write(packageOf(t))
			return
		}
		_, _ = w.Write(fixture(t, "responses/"+call+".json"))
	}
}

func TestL5_EveryRecordedAnswerIsRead(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := client(t, serve(t, recorded(t)).URL)
	agencies, err := c.Agencies(ctx)
	require.NoError(t, err)
	assert.Equal(t, []Agency{{ID: "1001", ParentID: "1000", Code: "000.00.00.H41", Name: "UBND Tỉnh Nghệ An", Mail: "nghean@example.vn", OldCode: "000.00.00.H40"}, {Code: "000.00.00.H14"}}, agencies)
	agencies, err = c.AgenciesQD20(ctx, "1")
	require.NoError(t, err)
	assert.Equal(t, []Agency{{ID: "1001", Code: "H41", Code102: "000.00.00.H41", Name: "UBND Tỉnh Nghệ An", Mail: "nghean@example.vn"}}, agencies)
	units, err := c.Synchronise(ctx)
	require.NoError(t, err)
	assert.Equal(t, []Unit{{ID: "1001", ParentID: "1000", Code: "000.00.00.H41", Name: "UBND Tỉnh Nghệ An", Mail: "nghean@example.vn", Version: 3, CenterCode: "vxp.h41", ModifyDate: "2026-01-02 03:04:05", IsAgency: true}}, units)
	assert.NoError(t, c.Register(ctx, Registration{Code: "000.00.00.X99", Name: "Đơn vị thử"}))
	assert.NoError(t, c.Delete(ctx, "000.00.00.X99"))
	assert.NoError(t, c.UpdateStatus(ctx, testID.String(), Done))
	hello := []byte("hello\n")
	id, err := c.Send(ctx, Outgoing{Message: Document, From: "000.00.00.X01", Hash: sha256.Sum256(hello), Size: 6}, strings.NewReader("hello\n"))
	require.NoError(t, err)
	assert.Equal(t, testID.String(), id.ID)
	received, err := c.Received(ctx, Document)
	require.NoError(t, err)
	assert.Equal(t, []Received{{DocID: testID.String(), ServiceType: service, MessageType: Document, CreatedTime: "2026-01-02 03:04:05", UpdatedTime: "2026-01-02 03:04:06",
		From: "000.00.00.G22", To: Recipients{"000.00.00.H41"}, Status: Initial, StatusDesc: "Khởi tạo"}}, received)
	sent, err := c.Sent(ctx, Document, testID.String())
	require.NoError(t, err)
	assert.Equal(t, []Sent{{ServiceType: service, MessageType: Document, SenderDocID: "s1", ReceiverDocID: "r1", FromCode: "000.00.00.G22", ToCode: "000.00.00.H41",
		Notation: "7816/VPCP", Title: "V/v", SentTime: "2026-01-02 03:04:05", ReceivedTime: "2026-01-02 03:05:05", SendStatus: Done, SendStatusDesc: "Gửi thành công", ReceiveStatus: Done, ReceiveStatusDesc: "Nhận"}}, sent)
	for message, want := range map[Message]int{Document: 7, Status: 2} {
		n, err := c.CountReceived(ctx, message)
		require.NoError(t, err)
		assert.Equal(t, want, n)
	}
	for _, fetch := range []func() (io.ReadCloser, error){
		func() (io.ReadCloser, error) { return c.Get(ctx, testID.String()) },
		func() (io.ReadCloser, error) { return c.Download(ctx, testID.String()) },
	} {
		body, err := fetch()
		require.NoError(t, err)
		got, err := io.ReadAll(body)
		require.NoError(t, err)
		assert.Equal(t, packageOf(t), got)
		assert.NoError(t, body.Close())
	}
}

// What our client sends is what the official one sends, but for the moment,
// the order of the pairs and what a library adds.
func TestL5_OurRequestsAreThoseOfTheOfficialClient(t *testing.T) {
	t.Parallel()
	var asked []*http.Request
	var bodies []string
	answers := recorded(t)
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked, bodies = append(asked, r), append(bodies, string(body))
		answers(w, r)
	}))
	c := client(t, server.URL)
	ctx := t.Context()
	id := testID.String()
	_, err := c.Agencies(ctx)
	require.NoError(t, err)
	_, err = c.AgenciesQD20(ctx, "1")
	require.NoError(t, err)
	_, err = c.Synchronise(ctx)
	require.NoError(t, err)
	require.NoError(t, c.Register(ctx, Registration{ParentCode: "000.00.00.X01", Code: "000.00.00.X99", Name: "Đơn vị thử", Mail: "a@example.vn", Mobile: "0900", Fax: "024"}))
	require.NoError(t, c.Delete(ctx, "000.00.00.X99"))
	status := captureBody(t, "captures/008_sendEdoc.req")
	for _, o := range []struct {
		Outgoing
		text string
	}{
		{Outgoing{Message: Document, From: "000.00.00.X01"}, "hello\n"},
		{Outgoing{Message: Document, From: "000.00.00.X01", To: []org.AgencyCode{"000.00.00.X02", "000.00.00.X03"}}, "hello\n"},
		{Outgoing{Message: Status, From: "000.00.00.X02"}, strings.TrimSuffix(status, "\r\n")},
	} {
		o.Hash, o.Size = document.Hash(sha256.Sum256([]byte(o.text))), int64(len(o.text))
		_, err = c.Send(ctx, o.Outgoing, strings.NewReader(o.text))
		require.NoError(t, err)
	}
	for _, m := range []Message{Document, Status} {
		_, err = c.Received(ctx, m)
		require.NoError(t, err)
	}
	for _, fetch := range []func(string) (io.ReadCloser, error){
		func(id string) (io.ReadCloser, error) { return c.Get(ctx, id) },
		func(id string) (io.ReadCloser, error) { return c.Download(ctx, id) },
	} {
		body, err := fetch(id)
		require.NoError(t, err)
		require.NoError(t, body.Close())
	}
	require.NoError(t, c.UpdateStatus(ctx, id, Done))
	_, err = c.Sent(ctx, Document, id)
	require.NoError(t, err)
	for _, m := range []Message{Document, Status} {
		_, err = c.CountReceived(ctx, m)
		require.NoError(t, err)
	}
	list := vectors(t)
	require.Len(t, asked, len(list))
	for i, v := range list {
		theirs, err := http.ReadRequest(bufio.NewReader(strings.NewReader(string(fixture(t, "captures/"+v.Capture)))))
		require.NoError(t, err)
		assert.Equal(t, theirs.Method+" "+theirs.URL.Path, asked[i].Method+" "+asked[i].URL.Path)
		assert.Equal(t, captureBody(t, "captures/"+v.Capture), bodies[i], v.Capture)
		assert.Equal(t, parameters(t, theirs), parameters(t, asked[i]), v.Capture)
		for _, name := range []string{"Content-Type", "User-Agent", headerVersion} {
			assert.Equal(t, theirs.Header.Get(name), asked[i].Header.Get(name), v.Capture)
		}
		assert.Equal(t, theirs.ContentLength, asked[i].ContentLength, v.Capture)
		assert.Empty(t, asked[i].TransferEncoding, v.Capture)
	}
}

func captureBody(t *testing.T, name string) string {
	t.Helper()
	_, body, ok := strings.Cut(string(fixture(t, name)), "\r\n\r\n")
	require.True(t, ok)
	return body
}

// parameters gives what a request signs, but the moment and where the official
// client wanted its file.
func parameters(t *testing.T, r *http.Request) map[string]string {
	t.Helper()
	pairs, err := readSigned(r.Header.Get(headerSigned))
	require.NoError(t, err)
	given := map[string]string{}
	for _, p := range pairs {
		if p.key != keyTime && p.key != "filePath" {
			given[p.key] = p.value
		}
	}
	return given
}
