package api

import (
	"net/http/httptest"
	"testing"
)

// TestK13_ALinkIsInNoTrace: traces name the path, and the path of a link is the key to it.
func TestK13_ALinkIsInNoTrace(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{"/api/arrivals": true, "/api/links/c2VjcmV0": false, "/api/links/c2VjcmV0/files/00": false} {
		if got := traced(httptest.NewRequest("GET", path, nil)); got != want {
			t.Errorf("%s is traced: %v", path, got)
		}
	}
}
