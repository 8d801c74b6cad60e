package accounts_test

import (
	"context"
	"errors"
	"testing"

	"congvan/server/app/accounts"
	"congvan/server/domain/access"
	"congvan/server/domain/fault"
)

func TestPassword_ChangeEndsOtherSessions(t *testing.T) {
	t.Parallel()
	h := province(t)
	ctx := context.Background()
	mine, who := h.signIn(t, "vanthu.ubnd")
	other, _ := h.signIn(t, "vanthu.ubnd")
	const next = "con mèo trèo cây cau"
	for name, err := range map[string]error{
		"wrong":      h.ChangePassword(ctx, who, wrong, next),
		"too_common": h.ChangePassword(ctx, who, right, "matkhau2026"),
		"same":       h.ChangePassword(ctx, who, right, right),
	} {
		var f *fault.Error
		if !errors.As(err, &f) || f.Fields[0].Code != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.ChangePassword(ctx, who, right, next); err != nil {
		t.Fatal(err)
	}
	if _, err := h.who(mine); err != nil {
		t.Errorf("one's own session: %v", err)
	}
	if _, err := h.who(other); code(err) != "sign_in" {
		t.Errorf("another session: %v", err)
	}
	if _, err := h.try("vanthu.ubnd", right, "192.0.2.1"); code(err) != "wrong_credentials" {
		t.Errorf("the old password: %v", err)
	}
	if _, err := h.try("vanthu.ubnd", next, "192.0.2.1"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	for range 12 {
		_ = h.ChangePassword(ctx, who, wrong, "con mèo trèo cây dừa")
	}
	if err := h.ChangePassword(ctx, who, next, "con mèo trèo cây dừa"); code(err) != "sign_in_throttled" {
		t.Errorf("guessing at a change of password is free: %v", err)
	}
}

// What one person guesses at keeps nobody else from changing a password.
func TestPassword_ChangeIsCountedForOneAccount(t *testing.T) {
	t.Parallel()
	h := province(t)
	ctx := context.Background()
	h.exec(t, `insert into sign_in_throttle (key, count, window_start)
	           select 'address:' || left(encode(sha256('change'), 'hex'), 32), 100, now()`)
	_, who := h.signIn(t, "vanthu.ubnd")
	_, other := h.signIn(t, "lanhdao.ubnd")
	for range 12 {
		_ = h.ChangePassword(ctx, who, wrong, "con mèo trèo cây dừa")
	}
	for range 12 { // the right password is no guess
		if err := h.ChangePassword(ctx, other, right, right); code(err) != "invalid_request" {
			t.Errorf("the same password: %v", err)
		}
	}
	if err := h.ChangePassword(ctx, other, right, "con mèo trèo cây cau"); err != nil {
		t.Errorf("somebody else's change: %v", err)
	}
	if n := h.count(t, "select sum(count)::int from sign_in_throttle"); n != 110 {
		t.Errorf("%d are counted", n)
	}
}

func TestPassword_ChangeEndsTokens(t *testing.T) {
	t.Parallel()
	h := province(t)
	ctx := context.Background()
	token := func(who accounts.Identity) accounts.Credential {
		t.Helper()
		_, key, err := h.MakeToken(ctx, who, accounts.TokenNew{Name: "kiểm thử", Scopes: []access.Scope{access.ScopeRead}, Days: 1})
		if err != nil {
			t.Fatal(err)
		}
		return accounts.Credential{Token: key}
	}
	mine, who := h.signIn(t, "vanthu.ubnd")
	_, stranger := h.signIn(t, "lanhdao.ubnd")
	old, theirs := token(who), token(stranger)
	if err := h.ChangePassword(ctx, who, right, "con mèo trèo cây cau"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Service.Person(ctx, old); code(err) != "sign_in" {
		t.Errorf("a token made before the change: %v", err)
	}
	for _, c := range []accounts.Credential{theirs, {Session: mine}, token(who)} {
		if _, err := h.Service.Person(ctx, c); err != nil {
			t.Errorf("somebody else's token, one's own session, a new token: %v", err)
		}
	}
}

func TestPassword_ResetEndsEverything(t *testing.T) {
	t.Parallel()
	h := province(t)
	ctx := context.Background()
	operator := h.person(t, "quantri")
	key, who := h.signIn(t, "vanthu.ubnd")
	_, token, err := h.MakeToken(ctx, who, accounts.TokenNew{Name: "kiểm thử", Scopes: []access.Scope{access.ScopeRead}, Days: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 12 {
		_, _ = h.try("vanthu.ubnd", wrong, "192.0.2.7")
	}
	command := access.Command{AccountID: operator.AccountID, Key: "dat-lai-mat-khau", Operation: "resetPassword"}
	_, password, err := h.ResetPassword(ctx, operator, command, who.Person.AccountID)
	if err != nil || password == "" {
		t.Fatalf("%q %v", password, err)
	}
	for _, c := range []accounts.Credential{{Session: key}, {Token: token}} {
		if _, err := h.Service.Person(ctx, c); code(err) != "sign_in" {
			t.Errorf("%+v lives: %v", c, err)
		}
	}
	_, again, err := h.ResetPassword(ctx, operator, command, who.Person.AccountID)
	if err != nil || again != "" {
		t.Errorf("repeated: %q %v", again, err)
	}
	_, fresh, err := h.SignIn(ctx, accounts.SignIn{Login: "vanthu.ubnd", Password: password, Address: "192.0.2.8"})
	if err != nil || !fresh.MustChangePassword() {
		t.Errorf("with the new one: %+v %v", fresh, err)
	}
}
