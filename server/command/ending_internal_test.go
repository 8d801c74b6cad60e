package command

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// Who is asked to end in an upgrade does first what was asked of it.
func TestServe_ARequestUnderWayIsAnsweredWhenTheProcessEnds(t *testing.T) {
	t.Parallel()
	process, end := context.WithCancel(t.Context())
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		end()
		<-process.Done()
		select {
		case <-r.Context().Done():
			w.WriteHeader(http.StatusTeapot)
		case <-time.After(100 * time.Millisecond): // in which a context that ended with the process would be seen
			_, _ = io.WriteString(w, "done")
		}
	})
	ended := make(chan error, 1)
	go func() {
		ended <- serveUntil(process, &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}, listener)
	}()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if said, err := io.ReadAll(answer.Body); err != nil || string(said) != "done" {
		t.Errorf("it was answered %d %q (%v)", answer.StatusCode, said, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
