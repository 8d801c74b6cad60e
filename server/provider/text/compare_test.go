package text_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/provider/text"
)

func TestA3_WhatChangedBetweenTwoVersionsIsToldWordByWord(t *testing.T) {
	t.Parallel()
	before := "Điều 1. Giao Sở Nội vụ chủ trì,\nhoàn thành trước ngày 15 tháng 3 năm 2026."
	after := "Điều 1. Giao Sở Tài chính chủ trì, hoàn thành\ntrước ngày 15 tháng 3 năm 2026."
	var told []string
	for _, p := range text.Compare(before, after) {
		if p.Change != document.Same {
			told = append(told, fmt.Sprintf("%s %s", p.Change, p.Text))
		}
	}
	if got := strings.Join(told, "; "); got != "removed Nội vụ; added Tài chính" {
		t.Error(got)
	}
	if p := text.Compare(before, strings.ReplaceAll(before, "\n", " \t\n\n ")); p != nil {
		t.Errorf("other line ends are told as %+v", p)
	}
	long := strings.Repeat("không đổi ", 500)
	p := text.Compare(long+"cũ "+long, long+"mới "+long)
	if len(p) != 6 || p[0].Change != document.LeftOut || p[5].Change != document.LeftOut || p[1].Words != 25 {
		t.Errorf("%d pieces: %+v", len(p), p)
	}
}

// Read back, the pieces that are not removed are the new text, and those that
// are not added the old one.
func TestA3_NoWordIsLostInTheDifference(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom([]string{"điều", "một", "giao", "sở", "nội", "vụ", "\n"})
	rapid.Check(t, func(t *rapid.T) {
		before := strings.Join(rapid.SliceOfN(word, 0, 40).Draw(t, "before"), " ")
		after := strings.Join(rapid.SliceOfN(word, 0, 40).Draw(t, "after"), " ")
		pieces := text.Compare(before, after)
		if pieces == nil {
			if strings.Join(strings.Fields(before), " ") != strings.Join(strings.Fields(after), " ") {
				t.Fatal("a difference is not told")
			}
			return
		}
		for _, side := range []struct {
			without document.Change
			text    string
		}{{document.Removed, after}, {document.Added, before}} {
			n, left := 0, 0
			var got []string
			for _, p := range pieces {
				if p.Change == document.LeftOut {
					left += p.Words
				} else if p.Change != side.without {
					got = append(got, strings.Fields(p.Text)...)
					n += p.Words
				}
			}
			if want := strings.Fields(side.text); n+left != len(want) || left == 0 && strings.Join(got, " ") != strings.Join(want, " ") {
				t.Fatalf("%q is told as %+v", side.text, pieces)
			}
		}
	})
}

func FuzzCompare(f *testing.F) {
	f.Add("một hai ba", "một ba bốn")
	f.Fuzz(func(t *testing.T, before, after string) {
		for _, p := range text.Compare(before, after) {
			if p.Words == 0 {
				t.Errorf("an empty piece: %+v", p)
			}
		}
	})
}
