package api_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"congvan/server/api"
	"congvan/storage/storagetest"
)

// away checks that the answer says to come back later, in a problem.
func (a answer) away(t testing.TB, what string) {
	t.Helper()
	if a.Status != 503 || a.Header.Get("Retry-After") == "" || a.Header.Get("Content-Type") != "application/problem+json" || a.Header.Get("Content-Range") != "" {
		t.Errorf("%s: status %d, %v: %s", what, a.Status, a.Header, a.Body)
	}
}

// until repeats a request until it has the status: works again by itself means
// soon, not at the first try.
func until(t testing.TB, status int, try func() answer) answer {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		a := try()
		if a.Status == status {
			return a
		}
		select {
		case <-deadline:
			t.Fatalf("status %d, still not %d: %s", a.Status, status, a.Body)
		case <-tick.C:
		}
	}
}

// TestAway_DatabaseStoppedInTheMiddle stops a real server while documents are
// being issued, and starts it again. Whoever was answered 503 repeats the same
// command; every document leaves once, and no number is lost or taken twice.
func TestAway_DatabaseStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	db, server := storagetest.OwnDatabase(t)
	i := installOn(t, db, storagetest.Blobs(t, db))
	o, to := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59.02", "Xã An Phú")
	clerk := i.as(t, o.Clerk.AccountID)
	const n = 12
	type waiting struct{ path, sum, key string }
	var all []waiting
	for range n {
		id, sum := i.approved(t, o, toAgency(to.ID))
		all = append(all, waiting{"/api/documents/" + id + "/issue", sum, "issue-" + id})
	}
	issue := func(w waiting) answer {
		return clerk.call("POST", w.path, object{"seenSha256": w.sum}, header{"Idempotency-Key", w.key})
	}
	answers := make(chan answer, n)
	for _, w := range all {
		go func() {
			a := answer{}
			defer func() { answers <- a }()
			a = issue(w)
		}()
	}
	first := <-answers
	server.Stop()
	got := map[int]int{first.Status: 1}
	for range n - 1 {
		a := <-answers
		got[a.Status]++
		if a.Status != 200 {
			a.away(t, "an issue that was cut off")
		}
	}
	t.Logf("answers of %d documents that were being issued: %v", n, got)

	clerk.get("/api/work").away(t, "a list")
	clerk.get("/api/me").away(t, "who one is")
	i.nobody(t).call("POST", "/api/session", object{"login": "ai.do", "password": "sai"}).away(t, "signing in")
	clerk.call("POST", "/api/files?name=a.pdf", bytes.NewReader(aPDF(t))).away(t, "an upload")
	clerk.get("/readyz").need(t, 503)
	clerk.get("/healthz").need(t, 200)
	clerk.get("/").need(t, 200)

	server.Start()
	i.Admin(t).Reset() // the test's own connections went with the server
	until(t, 200, func() answer { return clerk.get("/readyz") })
	until(t, 200, func() answer { return clerk.get("/api/me") })
	for _, w := range all {
		until(t, 200, func() answer { return issue(w) })
	}
	var low, high, distinct int
	for into, sql := range map[*int]string{&low: "min(number)", &high: "max(number)", &distinct: "count(distinct number)"} {
		i.scan(t, into, "select "+sql+" from register_entry where register_id = $1", o.OutgoingRegister)
	}
	if low != 1 || high != n || distinct != n {
		t.Errorf("%d numbers from %d to %d, want %d", distinct, low, high, n)
	}
	if arrivals := i.count(t, "arrival"); arrivals != n {
		t.Errorf("%d arrivals of %d documents", arrivals, n)
	}
	i.hearsNews(t, o, to)
}

// hearsNews checks that live screens are told of what happens now.
func (i *installation) hearsNews(t *testing.T, o, to storagetest.Office) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	watcher := i.as(t, to.Clerk.AccountID)
	resp, err := watcher.http.Do(watcher.request(ctx, http.MethodGet, "/api/changes", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	heard := make(chan bool, 1)
	go func(stream io.Reader) { heard <- tellsOfAChange(stream) }(resp.Body)
	id, sum := i.approved(t, o, toAgency(to.ID))
	i.as(t, o.Clerk.AccountID).post("/api/documents/"+id+"/issue", object{"seenSha256": sum}).need(t, 200)
	if !<-heard {
		t.Error("a live screen was told nothing after the database came back")
	}
}

// tellsOfAChange reads events until one is news, or says that news were lost.
func tellsOfAChange(stream io.Reader) bool {
	lines := bufio.NewScanner(stream)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "event: change") || strings.HasPrefix(lines.Text(), "event: reset") {
			return true
		}
	}
	return false
}

// stopping is a body whose sender stops the store after a part of it.
type stopping struct {
	io.Reader
	left int
	stop func()
}

func (s *stopping) Read(p []byte) (int, error) {
	if s.left <= 0 {
		s.stop() // a second time does nothing
	}
	n, err := s.Reader.Read(p[:min(len(p), 64<<10)])
	s.left -= n
	return n, err
}

// TestAway_ObjectStoreStoppedInTheMiddle does the same with the files' store.
func TestAway_ObjectStoreStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	db, store := storagetest.DB(t), storagetest.OwnObjectStore(t)
	cfg := store.Config("files")
	cfg.Patience = 3 * time.Second
	blobs := storagetest.OpenBlobs(t, cfg, db)
	i := installOn(t, db, blobs, func(o *api.Options) { o.Ready = append(o.Ready, api.Check{Name: "objects", Test: blobs.Ping}) })
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c := i.as(t, o.Officer.AccountID)
	content := aPDF(t)
	file := c.upload("văn bản.pdf", content)
	document := "/api/documents/" + c.post("/api/documents", aDraft(file.ID)).need(t, 201).identified(t)
	fresh := c.upload("sau.pdf", append(bytes.Clone(content), "\n%"...))
	pieces := append(bytes.Clone(content), bytes.Repeat([]byte("\n% piece"), 100_000)...)
	path := c.beginUpload("từng phần.pdf", len(pieces))
	c.continueUpload(path, 0, pieces[:300_000]).need(t, 204)

	dying := &stopping{Reader: bytes.NewReader(make([]byte, 6<<20)), left: 3 << 20, stop: store.Stop}
	c.call("POST", "/api/files?name=lon.pdf", dying).away(t, "an upload that was cut off")
	c.call("POST", "/api/files?name=nho.pdf", bytes.NewReader(content[:1000])).away(t, "an upload")
	c.continueUpload(path, 300_000, pieces[300_000:]).away(t, "a piece of an upload")
	c.post("/api/documents", aDraft(fresh.ID)).away(t, "a draft whose file cannot be looked into")
	c.get(document+"/files/"+file.SHA256).away(t, "a download")
	c.get(document+"/files/"+file.SHA256, header{"Range", "bytes=10-20"}).away(t, "a part of a file")
	c.get(document).need(t, 200)
	c.get("/readyz").need(t, 503)
	if n := i.count(t, "document"); n != 1 {
		t.Errorf("%d documents; one was kept although its file could not be looked into", n)
	}
	if n := i.count(t, "upload where name in ('lon.pdf', 'nho.pdf')"); n != 0 {
		t.Errorf("%d uploads were kept of those that were refused", n)
	}

	store.Start()
	until(t, 200, func() answer { return c.get("/readyz") })
	if a := c.get(document+"/files/"+file.SHA256).need(t, 200); !bytes.Equal(a.Body, content) {
		t.Error("other bytes come back")
	}
	at := c.call("HEAD", path, nil, tus).need(t, 200).Header.Get("Upload-Offset")
	if at != "300000" {
		t.Fatalf("%s bytes are kept of the 300000 that were taken", at)
	}
	c.continueUpload(path, 300_000, pieces[300_000:]).need(t, 204)
	var whole stored
	c.get(path).need(t, 200).into(t, &whole)
	if sum := sha256.Sum256(pieces); whole.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("other bytes were put together: %+v", whole)
	}
	c.post("/api/documents", aDraft(fresh.ID)).need(t, 201)
	c.upload("lon.pdf", bytes.Repeat([]byte("x"), 6<<20))
}
