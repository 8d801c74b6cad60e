package org_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func TestAgencyCode_Conversion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, modern string
		form         org.CodeForm
	}{
		{"000.00.00.H59", "H59", org.OldForm},
		{"000.00.08.H59", "H59.08", org.OldForm},
		{"000.00.01.H59", "H59.01", org.OldForm},
		{"000.01.01.H59", "H59.01.01", org.OldForm},
		{"012.34.56.G09", "G09.56.34.012", org.OldForm},
		{"H59.08", "H59.08", org.NewForm},
		{"H37.02.02", "H37.02.02", org.NewForm},
		{"H37.DN.002", "H37.DN.002", org.NewForm},
		{"28.22.H17", "28.22.H17", org.NewForm},
		{"0101234567", "0101234567", org.NewForm},
		{"000.00.08.H5A", "000.00.08.H5A", org.NewForm},
	} {
		code, err := org.ParseAgencyCode(c.code)
		if err != nil {
			t.Errorf("%s: %v", c.code, err)
			continue
		}
		if code.Form() != c.form {
			t.Errorf("%s is of the %s form, want %s", code, code.Form(), c.form)
		}
		if modern, err := code.Modern(); err != nil || string(modern) != c.modern {
			t.Errorf("%s becomes %s, %v; want %s", code, modern, err, c.modern)
		}
		if !code.Same(org.AgencyCode(c.modern)) {
			t.Errorf("%s and %s are the same agency", code, c.modern)
		}
	}
}

func TestAgencyCode_OneThatSkipsALevelIsNotGuessed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"000.01.00.H59", "001.00.01.H59", "001.00.00.H59"} {
		code, err := org.ParseAgencyCode(text)
		if err != nil {
			t.Fatal(err)
		}
		if modern, err := code.Modern(); err == nil {
			t.Errorf("%s became %s", text, modern)
		}
		if code.Same("H59.01") {
			t.Errorf("%s passes for H59.01", text)
		}
	}
}

func TestAgencyCode_Refused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", ".", "H59.", ".H59", "H59..08", "h59.08", "H59 08", " H59", "H59\n", "Đ59", "H59-08", "H59.08é",
		strings.Repeat("A", 36), strings.Repeat("A.", 18),
	} {
		if code, err := org.ParseAgencyCode(text); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("ParseAgencyCode(%q) = %q, %v", text, code, err)
		}
	}
	if _, err := org.ParseAgencyCode(strings.Repeat("A", 35)); err != nil {
		t.Errorf("35 characters: %v", err)
	}
}

func TestAgencyCode_AgreesWithThePublishedPatterns(t *testing.T) {
	t.Parallel()
	// QCVN 102:2016 and QĐ 20/2020/QĐ-TTg
	old, any := regexp.MustCompile(`^\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}$`), regexp.MustCompile(`^[A-Z0-9]+(\.[A-Z0-9]+)*$`)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringOfN(rapid.RuneFrom([]rune("H059.a")), 0, 16, -1),
			rapid.StringMatching(`\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}`),
			rapid.StringMatching(`[0-9A-Z]{3}\.[0-9.]{2}\.\d{2}\.[A-Z]\d{2}`),
		).Draw(t, "text")
		code, err := org.ParseAgencyCode(text)
		if want := any.MatchString(text) && len(text) <= 35; (err == nil) != want {
			t.Fatalf("ParseAgencyCode(%q): %v", text, err)
		}
		if err == nil && (code.Form() == org.OldForm) != old.MatchString(text) {
			t.Fatalf("%q is taken for the %s form", text, code.Form())
		}
	})
}

// Two old codes never become one new code: an agency can not receive what is
// addressed to another because of the conversion.
func TestAgencyCode_ConversionLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		groups := [3]int{rapid.IntRange(0, 99).Draw(t, "2"), rapid.IntRange(0, 99).Draw(t, "3"), rapid.IntRange(0, 999).Draw(t, "4")}
		root := rapid.StringMatching(`[A-Z]\d{2}`).Draw(t, "root")
		code, err := org.ParseAgencyCode(fmt.Sprintf("%03d.%02d.%02d.%s", groups[2], groups[1], groups[0], root))
		if err != nil {
			t.Fatal(err)
		}
		skips := groups[0] == 0 && groups[1]+groups[2] > 0 || groups[1] == 0 && groups[2] > 0
		modern, err := code.Modern()
		if (err != nil) != skips {
			t.Fatalf("%s becomes %s, %v", code, modern, err)
		}
		if skips {
			return
		}
		var back [3]int
		parts := strings.Split(string(modern), ".")
		for i, part := range parts[1:] {
			if _, err := fmt.Sscanf(part, "%d", &back[i]); err != nil {
				t.Fatal(err)
			}
		}
		if parts[0] != root || back != groups {
			t.Fatalf("%s becomes %s, from which %v follow", code, modern, back)
		}
		if again, err := modern.Modern(); err != nil || again != modern {
			t.Fatalf("%s becomes %s when converted again", modern, again)
		}
	})
}

func FuzzParseAgencyCode(f *testing.F) {
	for _, seed := range []string{"000.00.08.H59", "H59.08", "H37.DN.002", "", "000.01.00.H59"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		code, err := org.ParseAgencyCode(text)
		if err != nil {
			return
		}
		if modern, err := code.Modern(); err == nil {
			if _, err := org.ParseAgencyCode(string(modern)); err != nil || !code.Same(modern) {
				t.Fatalf("%q becomes %q", code, modern)
			}
		}
	})
}
