package accounts

import (
	"context"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/fault"
)

func TestPasswordsThatAnybodyCouldGuess(t *testing.T) {
	t.Parallel()
	for password, code := range map[string]string{
		"ngan":                            "too_short",
		"ngắn quá":                        "too_short",
		strings.Repeat("dài quá đi ", 20): "too_long",
		"vanthu.ubnd-2026":                "holds_login",
		"Vanthu.UBND!":                    "holds_login",
		"1234567890":                      "too_common",
		"0912 345 678":                    "too_common",
		"matkhau123":                      "too_common",
		"M@tkh@u2026":                     "too_common",
		"Mật khẩu 123":                    "too_common",
		"Congvan@2026":                    "too_common",
		"P@ssw0rd123":                     "too_common",
		"qwertyuiop":                      "too_common",
		"Abc@123456":                      "too_common",
		"abcabc123!@#":                    "too_common",
		"TraVinh2017!":                    "too_common",
		"aaaaaaaaaabbb":                   "too_common",
		"con mèo trèo cây cau":            "",
		"mot-hai-ba-bon":                  "",
		"Tháng 7 mưa ngâu":                "",
	} {
		err := checkPassword(password, "vanthu.ubnd")
		got := ""
		if f, ok := err.(*fault.Error); ok { //nolint:errorlint // made right here
			got = f.Fields[0].Code
		}
		if got != code {
			t.Errorf("%q is refused for %q, want %q", password, got, code)
		}
	}
}

func TestFirstPasswordsAreStrongAndReadable(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^([bcdghklmnprstv][aeiou]){3}(-([bcdghklmnprstv][aeiou]){3}){2}-[1-9][0-9]$`)
	seen := map[string]bool{}
	for range 1000 {
		p, err := firstPassword()
		if err != nil {
			t.Fatal(err)
		}
		if !form.MatchString(p) || seen[p] {
			t.Fatalf("first password %q", p)
		}
		seen[p] = true
		if err := checkPassword(p, "vanthu.ubnd"); err != nil {
			t.Errorf("%q: %v", p, err)
		}
	}
}

func TestPasswordRulesNeverBreak(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		password, login := rapid.String().Draw(t, "password"), rapid.StringMatching(`[a-z0-9.]{3,20}`).Draw(t, "login")
		if err := checkPassword(password, login); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
	})
}

func TestTwoFormsOfOnePasswordAreOne(t *testing.T) {
	t.Parallel()
	h := newHasher(1)
	hash, err := h.hash(context.Background(), "Ti\u1ebfng Vi\u1ec7t")
	if err != nil {
		t.Fatal(err)
	}
	if same, err := h.matches(context.Background(), "Tie\u0302\u0301ng Vie\u0323\u0302t", hash); err != nil || !same {
		t.Errorf("%v %v", same, err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q", hash)
	}
}

func TestNobodysPasswordNeverMatches(t *testing.T) {
	t.Parallel()
	h := newHasher(1)
	for _, password := range []string{"", "nobody", h.nobody} {
		if same, err := h.matches(context.Background(), password, ""); err != nil || same {
			t.Errorf("%q: %v %v", password, same, err)
		}
	}
}

func TestStormWorksFewPasswordsAtATime(t *testing.T) {
	t.Parallel()
	const atOnce = 2
	h := newHasher(atOnce)
	var mu sync.Mutex
	var running, most int
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if err := h.turn(context.Background()); err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			runtime.Gosched()
			mu.Lock()
			running--
			mu.Unlock()
			<-h.turns
		})
	}
	wg.Wait()
	if most > atOnce {
		t.Errorf("%d at once", most)
	}

	h.turns <- struct{}{}
	h.turns <- struct{}{}
	h.patience = time.Millisecond
	if _, err := h.hash(context.Background(), "x"); fault.KindOf(err) != fault.Throttled {
		t.Errorf("whoever waits too long is told %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	h.patience = time.Hour
	if _, err := h.matches(ctx, "x", ""); err == nil {
		t.Error("whoever has gone still waits")
	}
}
