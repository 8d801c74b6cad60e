package api

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/oapi-codegen/runtime"
)

// Whole numbers above a million were bound as malformed.
func TestN5_AWholeNumberOfAnySizeIsBound(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{0, -1, 999_999, 1_000_000, 536_870_912, 1<<53 - 1} {
		var body any
		if err := json.Unmarshal(fmt.Appendf(nil, `{"n": %d, "list": [%d]}`, n, n), &body); err != nil {
			t.Fatal(err)
		}
		body, clean := normal(body)
		var bound struct {
			N    int64   `json:"n"`
			List []int64 `json:"list"`
		}
		if err := runtime.BindJSONValue(body, &bound); err != nil || !clean || bound.N != n || bound.List[0] != n {
			t.Errorf("%d became %+v: %v", n, bound, err)
		}
	}
}

func TestNormal_NothingTurnsTheDirectionOfAText(t *testing.T) {
	t.Parallel()
	body, clean := normal(map[string]any{"title": "Ho\u0302\u0300 sơ \u202egnp.exe\u2069", "list": []any{"a\u200fb"}})
	got := fmt.Sprint(body)
	if want := "map[list:[ab] title:Hồ sơ gnp.exe]"; got != want || !clean {
		t.Errorf("%q, want %q", got, want)
	}
}
