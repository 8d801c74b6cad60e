package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"congvan/server/domain/fault"
)

// draftBody gives the body of a draft with many recipients.
func draftBody(t testing.TB, recipients int) []byte {
	t.Helper()
	list := make([]map[string]any, recipients)
	for i := range list {
		list[i] = map[string]any{"type": "agency", "role": "main", "agencyId": fmt.Sprintf("0199d2a0-0000-7000-8000-%012d", i), "name": "Ủy ban nhân dân xã Long Đức"}
	}
	body, err := json.Marshal(map[string]any{"kind": "cong-van", "subject": "V/v triển khai nhiệm vụ", "urgency": "normal", "recipients": list})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// BenchmarkCheck tells what holding a request against the contract costs.
func BenchmarkCheck(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	k, err := readContract()
	if err != nil {
		b.Fatal(err)
	}
	run := func(name, method, template, path string, params gin.Params, body []byte) {
		o := k.operations[route{method, template}]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c, _ := gin.CreateTestContext(httptest.NewRecorder())
				c.Request = httptest.NewRequest(method, path, bytes.NewReader(body))
				c.Request.Header.Set("Content-Type", "application/json")
				c.Request.Header.Set("Idempotency-Key", "12345678")
				c.Params = params
				if err := o.check(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	id := gin.Params{{Key: "id", Value: "0199d2a0-0000-7000-8000-000000000001"}}
	run("list", "GET", "/api/documents", "/api/documents?q=abc&state=draft&state=issued&limit=50", nil, nil)
	run("read", "GET", "/api/documents/:id", "/api/documents/x", id, nil)
	run("draft-1", "POST", "/api/documents", "/api/documents", nil, draftBody(b, 1))
	run("draft-100", "POST", "/api/documents", "/api/documents", nil, draftBody(b, 100))
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprintf("draft-%d-compiled-each-time", n), func(b *testing.B) {
			o := k.operations[route{"POST", "/api/documents"}]
			var body any
			if err := json.Unmarshal(draftBody(b, n), &body); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := o.body.VisitJSON(body, append(visiting, openapi3.EnableJSONSchema2020())...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestN5_ABodyFullOfRubbishIsRefusedAtOnce sends what once took quadratic time
// and memory: many unknown names, and many values of a wrong type.
func TestN5_ABodyFullOfRubbishIsRefusedAtOnce(t *testing.T) { //nolint:paralleltest // it counts allocations
	known, err := readContract()
	if err != nil {
		t.Fatal(err)
	}
	schema := known.operations[route{http.MethodPost, "/api/documents"}].body
	object := map[string]any{}
	for i := range 200_000 {
		object[strconv.Itoa(i)] = float64(0)
	}
	list := make([]any, 500_000)
	for i := range list {
		list[i] = float64(1)
	}
	small := map[string]any{}
	for i := range maxValues - 100 {
		small[strconv.Itoa(i)] = float64(0)
	}
	for name, body := range map[string]any{"names": object, "list": map[string]any{"kind": "plan", "recipients": list}, "names, all looked at": small} {
		var fields []fault.Field
		allocated := testing.AllocsPerRun(1, func() { fields = wrong(schema, body) })
		if len(fields) == 0 || len(fields) > maxFields {
			t.Errorf("%s: %d fields", name, len(fields))
		}
		if allocated > 1_000_000 {
			t.Errorf("%s: %.0f allocations", name, allocated)
		}
	}
}
