package accounts_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"congvan/server/app/accounts"
	"congvan/server/domain/access"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

const right, wrong = demoPassword, "khong phai cai nay"

func (h *house) try(login, password, address string) (string, error) {
	key, _, err := h.SignIn(context.Background(), accounts.SignIn{Login: login, Password: password, Address: address})
	return key, err
}

func code(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestSignIn_UnknownLoginLooksLikeWrongPassword(t *testing.T) {
	t.Parallel()
	h := province(t)
	for _, login := range []string{"vanthu.ubnd", "khong.co.ai"} {
		for n := range 12 {
			_, err := h.try(login, wrong, "192.0.2.7")
			want := "wrong_credentials"
			if n >= 10 {
				want = "sign_in_throttled"
			}
			if code(err) != want {
				t.Errorf("%s, try %d: %v", login, n+1, err)
			}
		}
	}
	if _, err := h.try("vanthu.ubnd", right, "192.0.2.8"); code(err) != "sign_in_throttled" {
		t.Errorf("the right password after ten wrong ones: %v", err)
	}
	h.later(16 * time.Minute)
	if _, err := h.try(" VanThu.ubnd ", right, "192.0.2.8"); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}

func TestSignIn_SuccessForgetsFailures(t *testing.T) {
	t.Parallel()
	h := province(t)
	for range 4 {
		for range 9 {
			if _, err := h.try("vanthu.ubnd", wrong, "192.0.2.7"); code(err) != "wrong_credentials" {
				t.Fatal(err)
			}
		}
		if _, err := h.try("vanthu.ubnd", right, "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSignIn_OneAddressCannotTryThemAll(t *testing.T) {
	t.Parallel()
	h := province(t)
	h.exec(t, `insert into sign_in_throttle (key, count, window_start)
	           select 'address:' || left(encode(sha256('192.0.2.9'), 'hex'), 32), 100, now()`)
	if _, err := h.try("lanhdao.ubnd", right, "192.0.2.9"); code(err) != "sign_in_throttled" {
		t.Errorf("from the address: %v", err)
	}
	if _, err := h.try("lanhdao.ubnd", right, "192.0.2.10"); err != nil {
		t.Errorf("from another: %v", err)
	}
}

func TestSignIn_TriesAtTheSameMomentAreCounted(t *testing.T) {
	t.Parallel()
	h := province(t)
	var compared atomic.Int32
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			switch _, err := h.try("vanthu.ubnd", wrong, "192.0.2.7"); code(err) {
			case "wrong_credentials":
				compared.Add(1)
			case "sign_in_throttled":
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if compared.Load() != 10 {
		t.Errorf("%d passwords were compared", compared.Load())
	}
}

func TestSignIn_ManyPeopleAtTheSameMoment(t *testing.T) {
	t.Parallel()
	h := province(t)
	logins := []string{"vanthu.ubnd", "lanhdao.ubnd", "chuyenvien.ubnd", "truongphong.ubnd", "vanthu.snv", "lanhdao.snv", "chuyenvien.snv", "vanthu.stp"}
	var wg sync.WaitGroup
	for n := range 48 {
		wg.Go(func() {
			_, err := h.try(logins[n%len(logins)], right, "192.0.2.7")
			for code(err) == "sign_in_busy" { // on a slow machine; it asks to be tried again
				_, err = h.try(logins[n%len(logins)], right, "192.0.2.7")
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// An office behind one address signs in at eight, all at once and all rightly.
func TestSignIn_RightOnesDoNotCloseTheAddress(t *testing.T) {
	t.Parallel()
	h := province(t)
	h.exec(t, `insert into sign_in_throttle (key, count, window_start)
	           select 'address:' || left(encode(sha256('192.0.2.9'), 'hex'), 32), 99, now()`)
	logins := []string{"vanthu.ubnd", "lanhdao.ubnd", "chuyenvien.ubnd", "truongphong.ubnd", "vanthu.snv", "lanhdao.snv", "chuyenvien.snv", "vanthu.stp"}
	var wg sync.WaitGroup
	for n := range 24 {
		wg.Go(func() {
			_, err := h.try(logins[n%len(logins)], right, "192.0.2.9")
			for code(err) == "sign_in_busy" {
				_, err = h.try(logins[n%len(logins)], right, "192.0.2.9")
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := h.count(t, "select sum(count)::int from sign_in_throttle"); n != 99 {
		t.Errorf("%d are counted", n)
	}
	if _, err := h.try("vanthu.ubnd", wrong, "192.0.2.9"); code(err) != "wrong_credentials" {
		t.Errorf("the hundredth failure: %v", err)
	}
	if _, err := h.try("vanthu.ubnd", right, "192.0.2.9"); code(err) != "sign_in_throttled" {
		t.Errorf("after a hundred failures: %v", err)
	}
}

func (h *house) who(key string) (accounts.Identity, error) {
	return h.Service.Person(context.Background(), accounts.Credential{Session: key})
}

func TestSession_EndsWhenIdleAndInAnyCase(t *testing.T) {
	t.Parallel()
	h := province(t)
	idle, _ := h.signIn(t, "vanthu.ubnd")
	used, _ := h.signIn(t, "vanthu.ubnd")
	for range 23 {
		h.later(55 * time.Minute)
		if _, err := h.who(used); err != nil {
			t.Fatalf("a used session ended: %v", err)
		}
	}
	if _, err := h.who(idle); code(err) != "sign_in" {
		t.Errorf("an idle session lives: %v", err)
	}
	for range 4 {
		h.later(55 * time.Minute)
		_, err := h.who(used)
		if err != nil {
			return
		}
	}
	t.Error("a session lives longer than a day")
}

func TestSession_UseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	h := province(t)
	key, _ := h.signIn(t, "vanthu.ubnd")
	seen := func() string {
		var at string
		if err := h.Admin(t).QueryRow(context.Background(), "select xmin::text from session").Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	first := seen()
	for range 3 {
		if _, err := h.who(key); err != nil {
			t.Fatal(err)
		}
	}
	if seen() != first {
		t.Error("each use is written")
	}
	h.later(2 * time.Minute)
	// An open screen is no use: a session it listens under ends all the same.
	if who, err := h.Still(t.Context(), accounts.Credential{Session: key}); err != nil || who.Holder.Login != "vanthu.ubnd" {
		t.Fatal(who, err)
	}
	if seen() != first {
		t.Error("looking whether a session still holds counts as its use")
	}
	if _, err := h.who(key); err != nil {
		t.Fatal(err)
	}
	if seen() == first {
		t.Error("use is never written")
	}
	h.later(2 * time.Hour)
	if _, err := h.Still(t.Context(), accounts.Credential{Session: key}); code(err) != "sign_in" {
		t.Errorf("a session that ended still holds: %v", err)
	}
}

func TestSession_SecretIsNotStored(t *testing.T) {
	t.Parallel()
	h := province(t)
	key, who := h.signIn(t, "vanthu.ubnd")
	_, token, err := h.MakeToken(context.Background(), who, accounts.TokenNew{Name: "kiểm thử", Scopes: []access.Scope{access.ScopeRead}, Days: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(key) < 43 || len(token) < 43 {
		t.Errorf("secrets of %d and %d characters", len(key), len(token))
	}
	for _, secret := range []string{key, token} {
		for _, table := range []string{"session", "token"} {
			if n := h.count(t, "select count(*) from "+table+" x where x::text like '%' || $1 || '%' or x::text like '%' || encode($1::bytea, 'hex') || '%'", secret); n != 0 {
				t.Errorf("table %s holds a secret", table)
			}
		}
	}
}

func TestSession_EndsAtOnce(t *testing.T) {
	t.Parallel()
	h := province(t)
	ctx := context.Background()
	mine, who := h.signIn(t, "vanthu.ubnd")
	other, _ := h.signIn(t, "vanthu.ubnd")
	_, stranger := h.signIn(t, "lanhdao.ubnd")
	list, err := h.Sessions(ctx, who)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d sessions, %v", len(list), err)
	}
	for _, s := range list {
		if s.ID == who.SessionID {
			continue
		}
		if err := h.EndSession(ctx, stranger, s.ID); code(err) != "not_found" {
			t.Errorf("somebody else's session: %v", err)
		}
		if err := h.EndSession(ctx, who, s.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.who(other); code(err) != "sign_in" {
		t.Errorf("a session that was ended: %v", err)
	}
	if err := h.SignOut(ctx, who); err != nil {
		t.Fatal(err)
	}
	if _, err := h.who(mine); code(err) != "sign_in" {
		t.Errorf("after signing out: %v", err)
	}
	for _, c := range []accounts.Credential{{}, {Session: "x"}, {Token: mine}, {Session: other}} {
		if _, err := h.Service.Person(ctx, c); code(err) != "sign_in" {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestPerson_HasThePositionsOfTheDay(t *testing.T) {
	t.Parallel()
	h := province(t)
	key, who := h.signIn(t, "chuyenvien.canglong")
	if len(who.Person.Positions) != 1 {
		t.Fatalf("%+v", who.Person.Positions)
	}
	tomorrow := org.DayOf(h.now()).AddDays(1)
	h.exec(t, "update position set valid_until = $2 where id = $1", who.Person.Positions[0].ID[:], tomorrow.String())
	for day, want := range map[int]int{0: 1, 1: 1, 2: 0} {
		now := h.now()
		h.later(time.Duration(day) * 24 * time.Hour)
		h.exec(t, "update session set seen_at = $1, expires_at = $2", h.now(), h.now().Add(time.Hour))
		who, err := h.who(key)
		if err != nil || len(who.Person.Positions) != want {
			t.Errorf("day %d: %d positions, %v", day, len(who.Person.Positions), err)
		}
		h.later(now.Sub(h.now()))
	}
}

func TestAccount_LockedAndLeft(t *testing.T) {
	t.Parallel()
	h := province(t)
	ctx := context.Background()
	operator := h.person(t, "quantri")
	key, who := h.signIn(t, "vanthu.snv")
	id := who.Person.AccountID
	edit := func(change accounts.AccountChange) accounts.Holder {
		t.Helper()
		before, err := h.Account(ctx, operator, id)
		if err != nil {
			t.Fatal(err)
		}
		after, err := h.EditAccount(ctx, operator, id, before.Version, change)
		if err != nil {
			t.Fatal(err)
		}
		return after
	}
	locked, active, left := org.Locked, org.Active, org.Left
	if a := edit(accounts.AccountChange{State: &locked}); a.State != org.Locked {
		t.Errorf("state %s", a.State)
	}
	if _, err := h.who(key); code(err) != "sign_in" {
		t.Errorf("a session of a locked account: %v", err)
	}
	if _, err := h.try("vanthu.snv", right, "192.0.2.1"); code(err) != "account_closed" {
		t.Errorf("sign in to a locked account: %v", err)
	}
	if _, err := h.try("vanthu.snv", wrong, "192.0.2.1"); code(err) != "wrong_credentials" {
		t.Errorf("a locked account shows to who does not know the password: %v", err)
	}
	edit(accounts.AccountChange{State: &active})
	key, _ = h.signIn(t, "vanthu.snv")

	day := org.DayOf(h.now()).AddDays(1)
	if a := edit(accounts.AccountChange{State: &left, LeftOn: &day}); a.State != org.Active || a.LeftOn != day {
		t.Errorf("before the day: %+v", a)
	}
	if _, err := h.who(key); err != nil {
		t.Errorf("before the day: %v", err)
	}
	h.later(24 * time.Hour)
	h.exec(t, "update session set seen_at = $1, expires_at = $2", h.now(), h.now().Add(time.Hour))
	if _, err := h.who(key); code(err) != "sign_in" {
		t.Errorf("on the day: %v", err)
	}
	if _, err := h.try("vanthu.snv", right, "192.0.2.1"); code(err) != "account_closed" {
		t.Errorf("on the day: %v", err)
	}
	h.later(-24 * time.Hour)
	if n := h.count(t, "select count(*) from event where subject_id = $1 and verb in ('account_locked', 'account_unlocked', 'account_left')", id[:]); n != 3 {
		t.Errorf("%d events", n)
	}
}

func TestToken_IsBoundAndEnds(t *testing.T) {
	t.Parallel()
	h := province(t)
	ctx := context.Background()
	_, who := h.signIn(t, "vanthu.ubnd")
	make1 := accounts.TokenNew{Name: "phần mềm kế toán", Scopes: []access.Scope{access.ScopeRead, access.ScopeRead}, Days: 2}
	made, key, err := h.MakeToken(ctx, who, make1)
	if err != nil || len(made.Scopes) != 1 {
		t.Fatalf("%+v %v", made, err)
	}
	person := func() (accounts.Identity, error) { return h.Service.Person(ctx, accounts.Credential{Token: key}) }
	as, err := person()
	if err != nil || as.Person.Allowed(access.ScopeRead) != nil || as.Person.Allowed(access.ScopeDraft) == nil || as.Person.Allowed(access.ScopeSession) == nil {
		t.Errorf("%+v %v", as.Person, err)
	}
	list, err := h.Tokens(ctx, who)
	if err != nil || len(list) != 1 || list[0].UsedAt.IsZero() {
		t.Errorf("%+v %v", list, err)
	}
	_, stranger := h.signIn(t, "lanhdao.ubnd")
	if err := h.EndToken(ctx, stranger, made.ID); code(err) != "not_found" {
		t.Errorf("somebody else's token: %v", err)
	}
	h.later(49 * time.Hour)
	if _, err := person(); code(err) != "sign_in" {
		t.Errorf("after its days: %v", err)
	}
	h.later(-49 * time.Hour)
	if err := h.EndToken(ctx, who, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := person(); code(err) != "sign_in" {
		t.Errorf("after its end: %v", err)
	}
	for name, n := range map[string]accounts.TokenNew{
		"no name":        {Scopes: make1.Scopes, Days: 1},
		"no scope":       {Name: "x", Days: 1},
		"a person's own": {Name: "x", Scopes: []access.Scope{access.ScopeSession}, Days: 1},
		"an unknown one": {Name: "x", Scopes: []access.Scope{"everything"}, Days: 1},
		"no end":         {Name: "x", Scopes: make1.Scopes},
		"a distant end":  {Name: "x", Scopes: make1.Scopes, Days: 367},
	} {
		if _, _, err := h.MakeToken(ctx, who, n); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestForget_RemovesOnlyThePast(t *testing.T) {
	t.Parallel()
	h := province(t)
	key, _ := h.signIn(t, "vanthu.ubnd")
	if _, err := h.try("vanthu.ubnd", wrong, "192.0.2.7"); err == nil {
		t.Fatal("signed in")
	}
	if n, err := h.Forget(context.Background()); err != nil || n != 0 {
		t.Errorf("%d %v", n, err)
	}
	if _, err := h.who(key); err != nil {
		t.Error(err)
	}
	h.later(72 * time.Hour)
	if n, err := h.Forget(context.Background()); err != nil || n < 2 {
		t.Errorf("%d %v", n, err)
	}
	h.exec(t, `insert into command (account_id, key, operation, request_hash, subject_id, at)
	           select id, 'a command', 'x', '\x00', id, $1 from account limit 1`, h.now())
	for _, c := range []struct {
		later time.Duration
		kept  int
	}{{29 * 24 * time.Hour, 1}, {48 * time.Hour, 0}} {
		h.later(c.later)
		if _, err := h.Forget(context.Background()); err != nil || h.count(t, "select count(*) from command") != c.kept {
			t.Errorf("%s later: %v, or a command that may be repeated is forgotten, or an old one kept", c.later, err)
		}
	}
}
