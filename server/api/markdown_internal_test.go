package api

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDocs_DescriptionsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"One\ntwo.\n\nThree.":              "<p>One\ntwo.\n</p>\n<p>Three.\n</p>\n",
		"**Acting.** Send `A-B` & `<c>`.":  "<p><strong>Acting.</strong> Send <code>A-B</code> &amp; <code>&lt;c&gt;</code>.\n</p>\n",
		"`**not bold**` <b>":               "<p><code>**not bold**</code> &lt;b&gt;\n</p>\n",
		"Either:\n- one\n  goes on\n- two": "<p>Either:\n</p>\n<ul><li>one goes on<li>two</ul>\n",
		"1. first\n2. second":              "<ol><li>first<li>second</ol>\n",
		"```sh\na < b\n\nc\n```":           "<pre><code>a &lt; b\n\nc</code></pre>\n",
		"a * b ` c":                        "<p>a * b ` c\n</p>\n",
		"":                                 "",
	} {
		if got := string(markdown(text)); got != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

// Whatever a description says, it opens no element that is not ours.
func TestDocs_DescriptionsCannotMarkUpThePage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("a<>&\"'`*-1. \n"))).Draw(t, "text")
		left := string(markdown(text))
		for _, tag := range []string{"p", "ul", "ol", "li", "pre", "code", "strong"} {
			left = strings.NewReplacer("<"+tag+">", "", "</"+tag+">", "").Replace(left)
		}
		if strings.ContainsAny(left, "<>") {
			t.Fatalf("%q gives %q", text, markdown(text))
		}
	})
}
