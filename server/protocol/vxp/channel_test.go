package vxp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// Case 8 and case 9: what each refusal means for the next try.
func TestE3_AnswersLeadToTheRightVerdict(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]exchange.Verdict{
		302: exchange.Retry, 400: exchange.GiveUp, 401: exchange.GiveUp, 403: exchange.GiveUp, 404: exchange.GiveUp, 408: exchange.Retry,
		409: exchange.Contradicted, 410: exchange.GiveUp, 413: exchange.GiveUp, 422: exchange.GiveUp, 429: exchange.Retry, 500: exchange.Retry, 502: exchange.Retry, 503: exchange.Retry, 504: exchange.Retry,
	} {
		server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(status)
		}))
		out, err := Channel{Client: client(t, server.URL)}.Send(t.Context(), envelope("hello"), opens("hello"))
		assert.Equal(t, want, exchange.VerdictOn(err), "%d: %v", status, err)
		if status >= 400 {
			assert.Equal(t, 2*time.Minute, out.Wait, status)
		}
	}
	for code, want := range map[string]exchange.Verdict{"10": exchange.GiveUp, "15": exchange.GiveUp, "18": exchange.GiveUp, "19": exchange.GiveUp,
		"20": exchange.Retry, "21": exchange.GiveUp, "22": exchange.GiveUp, "23": exchange.GiveUp} {
		c := client(t, serve(t, wrong(200, "application/json", `{"status":"FAIL","ErrorCode":"`+code+`","ErrorDesc":"x","DocId":""}`)).URL)
		_, err := c.Send(t.Context(), outgoing("hello"), strings.NewReader("hello"))
		assert.Equal(t, want, exchange.VerdictOn(err), code)
	}
}

func envelope(text string) exchange.Envelope {
	o := outgoing(text)
	return exchange.Envelope{Content: exchange.DocumentContent, From: exchange.Party{Code: o.From}, To: exchange.Party{Code: o.To[0]},
		Package: exchange.FileRef{Hash: o.Hash, Size: o.Size}}
}

func opens(text string) func(context.Context, exchange.FileRef) (io.ReadCloser, error) {
	return func(context.Context, exchange.FileRef) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}
}

func TestD3_TheChannelSendsEnvelopes(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{})
	ch := Channel{Client: client(t, serve(t, a).URL)}
	e := envelope("hello")
	e.Content = exchange.StatusContent
	out, err := ch.Send(t.Context(), e, opens("hello"))
	require.NoError(t, err)
	assert.Equal(t, exchange.Sent, out.State)
	assert.Equal(t, testID.String(), out.RemoteID)
	got := a.last(t).(*Send)
	assert.Equal(t, Status, got.Message)
	assert.Equal(t, []org.AgencyCode{"000.00.00.X02"}, got.To)
}

// Case 23: our own store is down; that says nothing of the other side.
func TestE3_OurOwnTroubleIsNotThePeers(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{})
	ch := Channel{Client: client(t, serve(t, a).URL)}
	away := errors.New("no route to the store")
	for name, open := range map[string]func(context.Context, exchange.FileRef) (io.ReadCloser, error){
		"it cannot be opened": func(context.Context, exchange.FileRef) (io.ReadCloser, error) { return nil, away },
		"it breaks off": func(context.Context, exchange.FileRef) (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("he"), iotest.ErrReader(away))), nil
		},
	} {
		_, err := ch.Send(t.Context(), envelope("hello"), open)
		assert.ErrorIs(t, err, exchange.ErrFileAway, name)
		assert.Equal(t, exchange.Retry, exchange.VerdictOn(err), name)
	}
	for name, text := range map[string]string{"it is another": "hallo", "it is longer": "hello!", "it is shorter": "hell", "it is empty": ""} {
		_, err := ch.Send(t.Context(), envelope("hello"), opens(text))
		assert.ErrorIs(t, err, exchange.ErrFileDamaged, name)
		assert.Equal(t, exchange.Retry, exchange.VerdictOn(err), name)
	}
	for _, size := range []int64{4, 7} { // as it was stored, but its length is told wrong
		e := envelope("hello")
		e.Package.Size = size
		_, err := ch.Send(t.Context(), e, opens("hello"))
		assert.ErrorIs(t, err, exchange.ErrFileDamaged, size)
	}
	assert.Empty(t, a.packages, "none of it was taken for the package")
}
