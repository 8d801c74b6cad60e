package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"congvan/server/api"
	"congvan/server/app/accounts"
	"congvan/server/app/casefile"
	"congvan/server/app/delivery"
	"congvan/server/app/incoming"
	"congvan/server/app/intake"
	"congvan/server/app/notice"
	"congvan/server/app/outgoing"
	"congvan/server/app/report"
	"congvan/server/app/verification"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/provider/barcode"
	"congvan/server/provider/printing"
	"congvan/server/provider/safehtml"
	"congvan/server/provider/sheet"
	"congvan/server/provider/template"
	"congvan/server/provider/text"
	"congvan/server/provider/workbook"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/secret"
	"congvan/storage/storagetest"
)

// installation is a whole server on a database of its own. Every answer that
// comes from it is held against the contract (N5).
type installation struct {
	*storagetest.Database
	accounts *accounts.Service
	blobs    *blob.Store
	secrets  *secret.Box
	url      string
	log      *safeBuffer
	offset   atomic.Int64 // how far the clock is ahead, in nanoseconds
	http     *http.Client
}

func (i *installation) now() time.Time { return time.Now().Add(time.Duration(i.offset.Load())) }

// later moves the clock.
func (i *installation) later(d time.Duration) { i.offset.Add(int64(d)) }

// install starts a server. change may set options that a test is about.
func install(t *testing.T, change ...func(*api.Options)) *installation {
	t.Helper()
	db := storagetest.DB(t)
	return installOn(t, db, storagetest.Blobs(t, db), change...)
}

// installOn starts a server on storage that the test may break.
func installOn(t *testing.T, db *storagetest.Database, blobs *blob.Store, change ...func(*api.Options)) *installation {
	t.Helper()
	i := &installation{Database: db, blobs: blobs, log: &safeBuffer{}}
	var err error
	if i.secrets, err = secret.New(secret.NewKey()); err != nil {
		t.Fatal(err)
	}
	i.accounts = accounts.New(i.Store, i.now, accounts.Options{SessionIdle: 8 * time.Hour, SessionLife: 7 * 24 * time.Hour, ReadSheet: readUnits,
		Secrets: i.secrets, Codes: codes, Keys: signingKeys(), Passkeys: noPasskeys})
	documents := outgoing.New(i.Store, i.blobs, i.readable, i.now)
	documents.SignWith(signingOf())
	public, err := url.Parse("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // what the answers keep inside
		for line := range strings.Lines(i.log.String()) {
			if t.Failed() && strings.Contains(line, `"level":"ERROR"`) {
				t.Log(line)
			}
		}
	})
	hub := notice.NewHub(i.Store)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- hub.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	opts := api.Options{
		Accounts:   i.accounts,
		Documents:  documents,
		Writing:    outgoing.NewWriting(documents, someTools),
		Deliveries: delivery.New(i.Store, i.now, delivery.Options{Reveal: i.secrets.Open, Seal: i.secrets.Seal}),
		Arrivals:   incoming.New(i.Store, i.blobs, i.now),
		Paper: incoming.NewPaper(incoming.New(i.Store, i.blobs, i.now),
			incoming.PaperTools{Join: printing.Join, ReadCode: barcode.Read, DrawCode: barcode.Draw}),
		Mail: intake.New(i.Store, i.blobs, i.secrets, i.now, intake.Options{Reopen: nothingInside,
			CleanHTML: safehtml.Clean, ReadBody: func(context.Context, document.Hash) (text, html string, err error) {
				return "Kính gửi", "<p>Kính gửi</p>", nil
			}}),
		CaseFiles: casefile.New(i.Store, i.blobs, i.now, map[string]casefile.Form{"xlsx": {Bind: workbook.Bind, Extension: "xlsx", MediaType: "application/zip"},
			"pdf": {Bind: printing.Bind, Extension: "pdf", MediaType: "application/pdf"}}),
		Reports:   report.New(i.Store, i.now, map[string]report.Binder{"xlsx": {Bind: workbook.Bind, Extension: "xlsx", MediaType: "application/zip"}}),
		Notices:   notice.New(i.Store, i.now),
		Changes:   hub,
		Web:       fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>congvan</title>")}, "assets/app-1a2b3c.js": {Data: bytes.Repeat([]byte("export {};\n"), 500)}},
		Version:   api.Version{Version: "test"},
		Ready:     []api.Check{{Name: "database", Test: i.Ping}},
		PublicURL: public,
		MaxUpload: 8 << 20,
		Log:       slog.New(slog.NewJSONHandler(i.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Metrics:   prometheus.NewRegistry(),
	}
	opts.Documents, opts.Judged, opts.PublicVerify = documents, verification.New(i.Store, i.blobs, judge, 8<<20, i.now), true
	for _, c := range change {
		c(&opts)
	}
	handler, err := api.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Config = api.Server("", handler, opts.Log)
	server.Start()
	t.Cleanup(server.Close)
	i.url = server.URL
	i.http = &http.Client{Transport: &checked{t: t, next: server.Client().Transport}, Timeout: 3 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return i
}

// readable refuses files that nobody could read, as the real wiring does.
func (i *installation) readable(ctx context.Context, file document.File) error {
	content, err := i.blobs.Open(ctx, file.Hash)
	if err != nil {
		return err
	}
	defer content.Close()
	whole, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	_, err = text.Check(bytes.NewReader(whole), file.Size, file.Name)
	return err
}

// nothingInside is what the gateway finds in every held mail; that it opens them
// is tested where it is.
func nothingInside(context.Context, document.Hash) (exchange.OpenedMail, error) {
	return exchange.OpenedMail{Subject: "Không có tệp", FromAddress: "a@example.test"}, nil
}

// readUnits reads a table of units; the import itself is tested where it is.
func readUnits(_ string, content io.Reader) (accounts.Sheet, error) {
	table, err := sheet.Read(content, sheet.Units())
	if err != nil {
		return accounts.Sheet{}, err
	}
	rows := make([]accounts.SheetRow, len(table.Rows))
	for i, row := range table.Rows {
		rows[i] = row
	}
	return accounts.Sheet{Rows: rows, Problems: func() []accounts.ImportProblem {
		var problems []accounts.ImportProblem
		for _, p := range table.Problems() {
			problems = append(problems, accounts.ImportProblem(p))
		}
		return problems
	}}, nil
}

// client sends requests as one person.
type client struct {
	*installation
	t      testing.TB
	cookie string
	token  string
}

// nobody sends requests without signing in.
func (i *installation) nobody(t testing.TB) *client {
	t.Helper()
	return &client{installation: i, t: t}
}

// as gives a client with a session of the account.
func (i *installation) as(t testing.TB, account org.ID) *client {
	t.Helper()
	secret := rand.Text()
	hash := sha256.Sum256([]byte(secret))
	i.exec(t, `insert into session (id_hash, id, account_id, created_at, seen_at, expires_at) values ($1, $2, $3, $4, $4, $5)`,
		hash[:], postgres.NewID(), account, i.now(), i.now().Add(7*24*time.Hour))
	return &client{installation: i, t: t, cookie: secret}
}

// token gives a client with a token of the account.
func (i *installation) token(t testing.TB, account org.ID, scopes ...string) *client {
	t.Helper()
	secret := rand.Text()
	hash := sha256.Sum256([]byte(secret))
	i.exec(t, `insert into token (id, id_hash, account_id, name, scopes, created_at, expires_at) values ($1, $2, $3, 'test', $4, $5, $6)`,
		postgres.NewID(), hash[:], account, scopes, i.now(), i.now().Add(24*time.Hour))
	return &client{installation: i, t: t, token: secret}
}

func (i *installation) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := i.Admin(t).Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func (i *installation) scan(t testing.TB, into any, sql string, args ...any) {
	t.Helper()
	if err := i.Admin(t).QueryRow(context.Background(), sql, args...).Scan(into); err != nil {
		t.Fatal(err)
	}
}

// operator makes an account that runs the installation.
func (i *installation) operator(t testing.TB) org.ID {
	t.Helper()
	id := postgres.NewID()
	i.exec(t, `insert into account (id, login, full_name, must_change_password, operator, created_at) values ($1, $2, 'Operator', false, true, now())`,
		id, "op"+uuid.NewString())
	return id
}

// answer is what came back.
type answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// problem is a refusal as the contract writes it.
type problem struct {
	Code, Title, RequestID string
	Status                 int
	Fields                 []struct{ Name, Code, Message string }
}

func (a answer) problem(t testing.TB) problem {
	t.Helper()
	var p problem
	a.into(t, &p)
	return p
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		t.Fatalf("status %d, not JSON: %v\n%s", a.Status, err, a.Body)
	}
}

// need ends the test unless the answer has the status.
func (a answer) need(t testing.TB, status int) answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d, want %d: %s", a.Status, status, a.Body)
	}
	return a
}

// refused ends the test unless the answer is a problem with the code.
func (a answer) refused(t testing.TB, status int, code string) problem {
	t.Helper()
	p := a.need(t, status).problem(t)
	if p.Code != code {
		t.Fatalf("code %q, want %q: %s", p.Code, code, a.Body)
	}
	return p
}

type header struct{ name, value string }

// call sends a request; a body that is no reader goes as JSON.
func (c *client) call(method, path string, body any, headers ...header) answer {
	c.t.Helper()
	var content io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case io.Reader:
		content, kind = b, "application/octet-stream"
	case json.RawMessage:
		content, kind = bytes.NewReader(b), "application/json"
	default:
		text, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		content, kind = bytes.NewReader(text), "application/json"
	}
	r := c.request(context.Background(), method, path, content)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for _, h := range headers {
		r.Header.Set(h.name, h.value)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, data}
}

// begin sends a request whose answer has no end, and reads how it begins.
func (c *client) begin(method, path string, headers ...header) answer {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r := c.request(ctx, method, path, nil)
	for _, h := range headers {
		r.Header.Set(h.name, h.value)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return answer{resp.StatusCode, resp.Header, nil}
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, data}
}

// request makes a request of the person.
func (c *client) request(ctx context.Context, method, path string, body io.Reader) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "congvan_session", Value: c.cookie})
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	return r
}

func (c *client) get(path string, headers ...header) answer {
	c.t.Helper()
	return c.call(http.MethodGet, path, nil, headers...)
}

// post sends a command under a key of its own.
func (c *client) post(path string, body any, headers ...header) answer {
	c.t.Helper()
	return c.call(http.MethodPost, path, body, append([]header{{"Idempotency-Key", uuid.NewString()}}, headers...)...)
}

// patch sends an edit of a version.
func (c *client) patch(path, version string, body any, headers ...header) answer {
	c.t.Helper()
	return c.call(http.MethodPatch, path, body, append([]header{{"If-Match", version}}, headers...)...)
}

// object is JSON to send.
type object = map[string]any

// someTools write as the product does, and convert and read without programs.
var someTools = outgoing.Tools{Directions: func(file []byte, _ document.Directions) ([]byte, error) { return file, nil }, Builtin: template.Builtin, Check: template.Check, Fill: template.Fill,
	PDF: func(context.Context, io.ReadSeeker, int64) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(paper)), nil
	},
	Words:   func(context.Context, io.ReadSeeker, int64, string) (string, error) { return "CHỈ THỊ", nil },
	Compare: func(string, string) []document.Piece { return nil }}
