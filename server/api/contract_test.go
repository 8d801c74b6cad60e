package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// checked holds every answer against openapi.yaml (N5): its status, its media
// type, its headers and every field of its body. What the contract does not
// know is as wrong as what it misses.
type checked struct {
	t    testing.TB
	next http.RoundTripper
}

type described struct {
	method   string
	path     *regexp.Regexp
	template string
	spec     *openapi3.Operation
	item     *openapi3.PathItem
}

var describedOperations = sync.OnceValues(func() ([]described, error) {
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	closeObjects(doc)
	var list []described
	for path, item := range doc.Paths.Map() {
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`\\\{[^}]*\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
		for method, spec := range item.Operations() {
			list = append(list, described{method, pattern, path, spec, item})
		}
	}
	return list, nil
})

// closeObjects makes an undeclared field a mistake.
func closeObjects(doc *openapi3.T) {
	no := false
	seen := map[*openapi3.Schema]bool{}
	var walk func(*openapi3.SchemaRef)
	walk = func(ref *openapi3.SchemaRef) {
		if ref == nil || ref.Value == nil || seen[ref.Value] {
			return
		}
		s := ref.Value
		seen[s] = true
		if len(s.Properties) > 0 {
			s.AdditionalProperties = openapi3.BoolSchema{Has: &no}
		}
		for _, p := range s.Properties {
			walk(p)
		}
		walk(s.Items)
	}
	for _, ref := range doc.Components.Schemas {
		walk(ref)
	}
}

func operationsOf(t testing.TB) []described {
	t.Helper()
	list, err := describedOperations()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (c *checked) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(r)
	if err != nil {
		return resp, err
	}
	for _, d := range operationsOf(c.t) {
		if d.method == r.Method && d.path.MatchString(r.URL.Path) {
			if err := d.check(resp); err != nil {
				c.t.Errorf("%s %s answers against the contract: %v", r.Method, d.template, err)
			}
			return resp, nil
		}
	}
	return resp, nil
}

func (d described) check(resp *http.Response) error {
	ref := d.spec.Responses.Status(resp.StatusCode)
	if ref == nil {
		ref = d.spec.Responses.Default()
		if resp.StatusCode < 400 {
			return fmt.Errorf("status %d is not described", resp.StatusCode)
		}
	}
	for name, h := range ref.Value.Headers {
		if values := resp.Header.Values(name); len(values) > 1 {
			return fmt.Errorf("header %s comes %d times", name, len(values))
		} else if h.Value.Required && len(values) == 0 {
			return fmt.Errorf("header %s is missing", name)
		}
	}
	if d.method == http.MethodHead || len(ref.Value.Content) == 0 {
		return nil
	}
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("media type: %w", err)
	}
	content := ref.Value.Content.Get(media)
	if content == nil {
		return fmt.Errorf("media type %s is not described for status %d", media, resp.StatusCode)
	}
	if !strings.HasSuffix(media, "json") {
		return nil
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	var body any
	if err := json.Unmarshal(raw, &body); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	return content.Schema.Value.VisitJSON(body, openapi3.VisitAsResponse(), openapi3.MultiErrors())
}

// The checker itself must see what is wrong.
func TestN5_CheckerSeesWrongAnswers(t *testing.T) {
	t.Parallel()
	var readVersion described
	for _, d := range operationsOf(t) {
		if d.spec.OperationID == "readVersion" {
			readVersion = d
		}
	}
	try := func(status int, media, body string) error {
		resp := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {media}}, Body: io.NopCloser(strings.NewReader(body))}
		defer resp.Body.Close()
		return readVersion.check(resp)
	}
	good := `{"version":"1","training":false,"demo":false}`
	if err := try(200, "application/json", good); err != nil {
		t.Fatalf("a right answer is called wrong: %v", err)
	}
	for name, err := range map[string]error{
		"a missing field":       try(200, "application/json", `{"version":"1","training":false}`),
		"an undescribed field":  try(200, "application/json", `{"version":"1","training":false,"demo":false,"more":1}`),
		"a wrong type":          try(200, "application/json", `{"version":1,"training":false,"demo":false}`),
		"another media type":    try(200, "text/plain", good),
		"an undescribed status": try(201, "application/json", good),
		"a refusal of no form":  try(500, "application/problem+json", `{"error":"no"}`),
	} {
		if err == nil {
			t.Errorf("%s passes", name)
		}
	}
}
