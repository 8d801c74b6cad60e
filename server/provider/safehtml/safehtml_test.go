package safehtml_test

import (
	"strings"
	"testing"

	"congvan/server/provider/safehtml"
)

func TestK11_NothingInAPreviewRunsLoadsOrLeadsAnywhere(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{
		`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<img src="https://track.example/p.gif">`, `<a href="javascript:alert(1)">x</a>`,
		`<a href="https://phish.example">đăng nhập</a>`, `<style>@import url(https://x.example)</style>`, `<p style="background:url(https://x.example)">x</p>`,
		`<svg onload=alert(1)>`, `<iframe src="https://x.example"></iframe>`, `<form action="https://x.example"><input name=p></form>`, `<meta http-equiv=refresh content="0;url=https://x.example">`,
		`<base href="https://x.example">`, `<link rel=stylesheet href="https://x.example">`, `<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`, `<p onclick=alert(1)>x</p>`,
		`<object data="x"></object>`, `<embed src=x>`, `<video src="https://x.example">`, `<table background="https://x.example"><tr><td>x</td></tr></table>`,
	} {
		got := strings.ToLower(safehtml.Clean("<p>Kính gửi</p>" + evil))
		for _, bad := range []string{"script", "alert", "onerror", "onload", "onclick", "href", "src=", "http", "style", "url(", "<form", "<input", "<svg", "<iframe", "<object", "<embed", "background"} {
			if strings.Contains(got, bad) {
				t.Errorf("%s lets %q through: %s", evil, bad, got)
			}
		}
		if !strings.Contains(got, "<p>kính gửi</p>") {
			t.Errorf("the words are lost: %s", got)
		}
	}
	if got := safehtml.Clean(`<table><tr><td colspan="2" align="right"><b>Số 12</b></td></tr></table>`); got != `<table><tr><td colspan="2" align="right"><b>Số 12</b></td></tr></table>` {
		t.Error(got)
	}
}
