package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"congvan/server/api"
	"congvan/storage/embedded"
)

// safeBuffer is a log that a server writes while a test reads.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestSystemPages(t *testing.T) {
	t.Parallel()
	i := install(t)
	c := i.nobody(t)
	c.get("/healthz").need(t, 200)
	c.get("/readyz").need(t, 200)
	if a := c.get("/metrics").need(t, 200); !bytes.Contains(a.Body, []byte(`route="/healthz"`)) {
		t.Error("the measurements have no routes")
	}
	if a := c.get("/api/openapi.yaml").need(t, 200); !bytes.HasPrefix(a.Body, []byte("openapi: 3.1.0")) {
		t.Error("not the contract")
	}
	page := string(c.get("/api/docs").need(t, 200).Body)
	for _, d := range operationsOf(t) {
		if !strings.Contains(page, `id="`+d.spec.OperationID+`"`) {
			t.Errorf("the page of the contract misses %s", d.spec.OperationID)
		}
	}
	if strings.Contains(page, "<script") {
		t.Error("the page of the contract has a script")
	}
	c.get("/api/version").need(t, 200)
}

func TestReadinessNamesWhatIsMissingAndNoMore(t *testing.T) {
	t.Parallel()
	i := install(t, func(o *api.Options) {
		o.Ready = append(o.Ready, api.Check{Name: "bucket", Test: func(ctx context.Context) error { return errors.New("secret address") }})
	})
	a := i.nobody(t).get("/readyz").need(t, 503)
	if !bytes.Contains(a.Body, []byte(`"bucket":"unavailable"`)) || bytes.Contains(a.Body, []byte("secret")) {
		t.Errorf("readiness says %s", a.Body)
	}
}

func TestWebAppIsServed(t *testing.T) {
	t.Parallel()
	c := install(t).nobody(t)
	for _, path := range []string{"/", "/documents/123", "/index.html"} {
		a := c.get(path).need(t, 200)
		if !bytes.Contains(a.Body, []byte("<title>congvan")) || a.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %s %q", path, a.Header.Get("Cache-Control"), a.Body)
		}
	}
	a := c.get("/assets/app-1a2b3c.js", header{"Accept-Encoding", "br"}).need(t, 200)
	if a.Header.Get("Content-Encoding") != "br" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") || len(a.Body) > 500 {
		t.Errorf("asset: %v, %d bytes", a.Header, len(a.Body))
	}
	c.get("/assets/app-1a2b3c.js", header{"Accept-Encoding", "br"}, header{"If-None-Match", a.Header.Get("ETag")}).need(t, 304)
	c.get("/assets/gone.js").need(t, 404)
	c.get("/api/nothing").refused(t, 404, "not_found")
	c.call("PUT", "/api/me", nil).need(t, 405)
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	plain := install(t).nobody(t)
	for _, path := range []string{"/", "/api/me", "/api/docs", "/healthz", "/api/nothing"} {
		h := plain.get(path).Header
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "script-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe-eval'") && !strings.Contains(csp, "wasm-unsafe-eval") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" || h.Get("X-Request-Id") == "" {
			t.Errorf("%s: %v", path, h)
		}
		if h.Get("Strict-Transport-Security") != "" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", path, h)
		}
	}
	secure := install(t, func(o *api.Options) { o.PublicURL.Scheme = "https" }).nobody(t)
	if secure.get("/").Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS over https")
	}
}

// TestC4b_PagesMayReachTheSigningProgramAlone: of all addresses besides our own
// a page may talk to the one that is configured, and to nothing of its paths.
func TestC4b_PagesMayReachTheSigningProgramAlone(t *testing.T) {
	t.Parallel()
	said := install(t, func(o *api.Options) { o.LocalProgram = "http://127.0.0.1:14407/sign" }).nobody(t).get("/").Header.Get("Content-Security-Policy")
	if !strings.Contains(said, "connect-src 'self' http://127.0.0.1:14407; ") {
		t.Error(said)
	}
	if said := install(t).nobody(t).get("/").Header.Get("Content-Security-Policy"); !strings.Contains(said, "connect-src 'self'; ") {
		t.Error(said)
	}
}

func TestAnotherSiteCannotAct(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c := i.as(t, o.Clerk.AccountID)
	body := object{"language": "en"}
	c.call("PATCH", "/api/me", body, header{"Sec-Fetch-Site", "cross-site"}).refused(t, 403, "cross_origin")
	c.call("PATCH", "/api/me", body, header{"Origin", "https://evil.example"}).refused(t, 403, "cross_origin")
	c.call("PATCH", "/api/me", body, header{"Sec-Fetch-Site", "same-origin"}).need(t, 200)
}

func TestRequestsAreHeldAgainstTheContract(t *testing.T) {
	t.Parallel()
	i := install(t)
	op := i.as(t, i.operator(t))
	agency := object{"code": "H59", "name": "UBND tỉnh", "level": "province", "channel": "local", "validFrom": "2000-01-01"}
	with := func(name string, value any) object {
		o := object{}
		for k, v := range agency {
			o[k] = v
		}
		if o[name] = value; value == nil {
			delete(o, name)
		}
		return o
	}
	for name, c := range map[string]struct {
		body  any
		field string
		code  string
	}{
		"an unknown field":  {with("surprise", 1), "surprise", "unknown"},
		"another case":      {with("Name", "x"), "Name", "unknown"},
		"a missing field":   {with("name", nil), "name", "required"},
		"an empty field":    {with("name", ""), "name", "required"},
		"a long field":      {with("name", strings.Repeat("ế", 201)), "name", "too_long"},
		"a wrong word":      {with("level", "village"), "level", "enum"},
		"a wrong type":      {with("name", 7), "name", "type"},
		"null":              {with("name", json.RawMessage("null")), "name", "type"},
		"no day":            {with("validFrom", "2017-02-30"), "validFrom", "format"},
		"no identifier":     {with("parentId", "{00000000-0000-0000-0000-000000000001}"), "parentId", "format"},
		"the zero one":      {with("parentId", "00000000-0000-0000-0000-000000000000"), "parentId", "format"},
		"a list for a body": {[]int{1}, "", "type"},
		"no agency code":    {with("code", "h 59"), "code", "invalid_agency_code"},
	} {
		p := op.post("/api/administration/agencies", c.body).refused(t, 422, "invalid_request")
		if len(p.Fields) == 0 || p.Fields[0].Name != c.field || p.Fields[0].Code != c.code || p.Fields[0].Message == "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for name, raw := range map[string]string{"broken JSON": `{"code":`, "two values": `{} {}`, "no UTF-8": "{\"code\":\"\xff\"}", "NUL": `{"code":"a\u0000"}`} {
		if code := op.post("/api/administration/agencies", json.RawMessage(raw)).problem(t).Code; code != "malformed_request" {
			t.Errorf("%s: %s", name, code)
		}
	}
	op.call("POST", "/api/administration/agencies", agency).refused(t, 422, "invalid_request")
	op.post("/api/administration/agencies", agency, header{"Content-Type", "text/plain"}).refused(t, 415, "unsupported_media_type")
	op.post("/api/administration/agencies", json.RawMessage(`{"name":"`+strings.Repeat("x", 5<<20)+`"}`)).refused(t, 413, "too_large")
	op.post("/api/administration/agencies", agency).need(t, 201)

	for path, field := range map[string]string{
		"/api/agencies?limit=0": "limit", "/api/agencies?limit=201": "limit", "/api/agencies?limit=x": "limit", "/api/agencies?limit=1&limit=2": "limit",
		"/api/agencies?level=x": "level", "/api/agencies?parentId=1": "parentId", "/api/agencies?retired=yes": "retired",
		"/api/agencies?cursor=x": "cursor", "/api/agencies?other=1": "other", "/api/agencies?q=" + strings.Repeat("a", 201): "q",
		"/api/agencies?q=%00": "q",
	} {
		if p := op.get(path).refused(t, 422, "invalid_request"); len(p.Fields) != 1 || p.Fields[0].Name != field {
			t.Errorf("%s: %+v", path, p)
		}
	}
	op.get("/api/agencies?q=%zz").refused(t, 422, "malformed_request")
	op.get("/api/agencies/not-an-id").refused(t, 404, "not_found")
	op.call("PATCH", "/api/administration/agencies/0199d2a0-0000-7000-8000-000000000000", object{}).refused(t, 422, "invalid_request")
	op.patch("/api/administration/agencies/0199d2a0-0000-7000-8000-000000000000", "3", object{}).refused(t, 422, "invalid_request")
}

func TestProblemsSpeakTheReadersLanguage(t *testing.T) {
	t.Parallel()
	c := install(t).nobody(t)
	for accept, want := range map[string]string{"": "Phiên", "vi-VN": "Phiên", "en-US,en;q=0.9": "Please", "fr": "Phiên", "en;q=0.5, vi": "Phiên"} {
		if p := c.get("/api/me", header{"Accept-Language", accept}).refused(t, 401, "sign_in"); !strings.HasPrefix(p.Title, want) {
			t.Errorf("%q: %s", accept, p.Title)
		}
	}
}

func TestTextEntersComposed(t *testing.T) {
	t.Parallel()
	i := install(t)
	op := i.as(t, i.operator(t))
	decomposed := "Ha\u0300 No\u0323\u0302i" // Hà Nội, marks apart
	var a struct{ Name, Place string }
	op.post("/api/administration/agencies", json.RawMessage(`{"code":"H01","name":"`+decomposed+`","place":"Ha\u0300","level":"province","channel":"local","validFrom":"2000-01-01"}`)).
		need(t, 201).into(t, &a)
	if a.Name != "Hà Nội" || a.Place != "Hà" {
		t.Errorf("kept %+q", a)
	}
	var list struct{ Items []struct{ Name string } }
	op.get("/api/agencies?q="+url.QueryEscape(decomposed)).need(t, 200).into(t, &list)
	if len(list.Items) != 1 {
		t.Errorf("found %d", len(list.Items))
	}
}

func TestDefectsStayInside(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c := i.as(t, o.Clerk.AccountID)
	i.exec(t, "alter table recipient_group rename to gone_table")
	a := c.get("/api/groups").need(t, 500)
	p := a.problem(t)
	if p.Code != "internal" || p.RequestID == "" || bytes.Contains(a.Body, []byte("gone")) || bytes.Contains(a.Body, []byte("recipient")) {
		t.Errorf("the answer says %s", a.Body)
	}
	if !strings.Contains(i.log.String(), p.RequestID) || !strings.Contains(i.log.String(), "42P01") {
		t.Error("the log does not say what happened")
	}
}

func TestLogsHoldNoSearchesAndNoPaths(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c := i.as(t, o.Clerk.AccountID)
	c.get("/api/agencies?q=bimat77").need(t, 200)
	c.get("/api/agencies/"+o.ID.String()).need(t, 200)
	c.get("/bimat88.pdf")
	text := i.log.String()
	for _, secret := range []string{"bimat77", "bimat88", o.ID.String(), c.cookie} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
	if !strings.Contains(text, "/api/agencies/:id") {
		t.Error("the log does not name routes")
	}
}

func TestDatabaseAwayAndBack(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c := i.as(t, o.Clerk.AccountID)
	config, err := pgx.ParseConfig(i.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	name := config.Database
	config.Database = embedded.AdminRole
	beside, err := pgx.ConnectConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = beside.Close(context.Background()) })
	exec := func(sql string) {
		t.Helper()
		if _, err := beside.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec("alter database " + name + " with allow_connections false")
	exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'")
	a := c.get("/api/me")
	if a.Status != 503 || a.Header.Get("Retry-After") == "" {
		t.Errorf("status %d while the database is away: %s", a.Status, a.Body)
	}
	exec("alter database " + name + " with allow_connections true")
	c.get("/api/me").need(t, 200)
}
