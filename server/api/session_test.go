package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"congvan/server/api"
	"congvan/server/domain/org"
)

const password = "con mèo trèo cây cau"

// withPassword gives an account a login and a password that a test can use.
func (i *installation) withPassword(t testing.TB, account org.ID, login string) {
	t.Helper()
	hash, err := argon2id.CreateHash(password, argon2id.DefaultParams)
	if err != nil {
		t.Fatal(err)
	}
	i.exec(t, "update account set login = $2, password_hash = $3 where id = $1", account, login, hash)
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	i.withPassword(t, o.Clerk.AccountID, "vanthu.longduc")
	c := i.nobody(t)
	c.call("POST", "/api/session", object{"login": "vanthu.longduc", "password": "wrong"}).refused(t, 401, "wrong_credentials")
	c.call("POST", "/api/session", object{"login": "vanthu.longduc"}).refused(t, 422, "invalid_request")
	a := c.call("POST", "/api/session", object{"login": "VANTHU.longduc", "password": password}, header{"User-Agent", "trình duyệt"}).need(t, 200)
	var me struct {
		Login     string
		Positions []struct{ AgencyName, Role string }
	}
	a.into(t, &me)
	if me.Login != "vanthu.longduc" || len(me.Positions) != 1 || me.Positions[0].AgencyName != "Xã Long Đức" || me.Positions[0].Role != "clerk" {
		t.Errorf("%+v", me)
	}
	cookie, err := http.ParseSetCookie(a.Header.Get("Set-Cookie"))
	if err != nil {
		t.Fatal(err)
	}
	if cookie.Name != "congvan_session" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Secure || cookie.Path != "/" || cookie.MaxAge <= 0 {
		t.Errorf("cookie %+v", cookie)
	}
	if strings.Contains(string(a.Body), cookie.Value) || strings.Contains(i.log.String(), cookie.Value) || strings.Contains(i.log.String(), password) {
		t.Error("a secret shows")
	}
	c.cookie = cookie.Value
	c.get("/api/me").need(t, 200)
	var sessions struct {
		Items []struct {
			ID, Address, UserAgent string
			Current                bool
		}
	}
	c.get("/api/me/sessions").need(t, 200).into(t, &sessions)
	if len(sessions.Items) != 1 || !sessions.Items[0].Current || sessions.Items[0].Address != "127.0.0.1" || sessions.Items[0].UserAgent != "trình duyệt" {
		t.Errorf("%+v", sessions)
	}
	other := i.as(t, o.Clerk.AccountID)
	c.call("DELETE", "/api/me/sessions/"+sessions.Items[0].ID, nil).need(t, 204)
	c.get("/api/me").refused(t, 401, "sign_in")
	out := other.call("DELETE", "/api/session", nil).need(t, 204)
	if gone, err := http.ParseSetCookie(out.Header.Get("Set-Cookie")); err != nil || gone.Value != "" || gone.MaxAge >= 0 {
		t.Errorf("%+v %v", gone, err)
	}
	other.get("/api/me").refused(t, 401, "sign_in")
}

func TestCookieIsSecureOverTLS(t *testing.T) {
	t.Parallel()
	i := install(t, func(o *api.Options) { o.PublicURL.Scheme = "https" })
	o := i.Office(t, "H59.01", "Xã Long Đức")
	i.withPassword(t, o.Clerk.AccountID, "vanthu.longduc")
	a := i.nobody(t).call("POST", "/api/session", object{"login": "vanthu.longduc", "password": password}).need(t, 200)
	if cookie, err := http.ParseSetCookie(a.Header.Get("Set-Cookie")); err != nil || !cookie.Secure {
		t.Errorf("%+v %v", cookie, err)
	}
}

func TestFirstPasswordMustBeChanged(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	i.withPassword(t, o.Clerk.AccountID, "vanthu.longduc")
	i.exec(t, "update account set must_change_password = true where id = $1", o.Clerk.AccountID)
	c := i.as(t, o.Clerk.AccountID)
	var me struct{ MustChangePassword bool }
	c.get("/api/me").need(t, 200).into(t, &me)
	if !me.MustChangePassword {
		t.Error("the person is not told")
	}
	c.get("/api/agencies").refused(t, 403, "password_change_required")
	c.call("PATCH", "/api/me", object{"language": "en"}).refused(t, 403, "password_change_required")
	c.call("POST", "/api/me/password", object{"current": password, "next": "matkhau123"}).refused(t, 422, "invalid_request")
	c.call("POST", "/api/me/password", object{"current": password, "next": "con mèo trèo cây dừa"}).need(t, 204)
	c.get("/api/agencies").need(t, 200)
	if a := c.call("PATCH", "/api/me", object{"language": "en"}).need(t, 200); !strings.Contains(string(a.Body), `"language":"en"`) {
		t.Errorf("%s", a.Body)
	}
}

func TestTokensActWithinTheirScopes(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c := i.as(t, o.Clerk.AccountID)
	var made struct {
		Secret string
		Token  struct{ ID string }
	}
	c.call("POST", "/api/me/tokens", object{"name": "kế toán", "scopes": []string{"read"}, "days": 30}).need(t, 201).into(t, &made)
	c.call("POST", "/api/me/tokens", object{"name": "kế toán", "scopes": []string{"session"}, "days": 30}).refused(t, 422, "invalid_request")
	machine := &client{installation: i, t: t, token: made.Secret}
	machine.get("/api/me").need(t, 200)
	machine.get("/api/groups").need(t, 200)
	for _, a := range []answer{
		machine.get("/api/me/tokens"),
		machine.call("POST", "/api/me/tokens", object{"name": "x", "scopes": []string{"read"}, "days": 1}),
		machine.call("PATCH", "/api/me", object{"language": "en"}),
		machine.post("/api/administration/groups", object{"agencyId": o.ID.String(), "name": "x", "memberIds": []string{}}),
	} {
		a.refused(t, 403, "token_scope")
	}
	machine.get("/api/me", header{"Authorization", "Basic " + made.Secret}).refused(t, 401, "sign_in")
	if h := machine.get("/api/me", header{"Authorization", "Bearer x"}).Header; h.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("%v", h)
	}
	c.call("DELETE", "/api/me/tokens/"+made.Token.ID, nil).need(t, 204)
	c.call("DELETE", "/api/me/tokens/"+made.Token.ID, nil).refused(t, 404, "not_found")
	machine.get("/api/me").refused(t, 401, "sign_in")
}

func TestSignInStormIsThrottled(t *testing.T) {
	t.Parallel()
	i := install(t)
	c := i.nobody(t)
	var last answer
	for range 11 {
		last = c.call("POST", "/api/session", object{"login": "ai.do", "password": "sai"})
	}
	last.refused(t, 429, "sign_in_throttled")
	if last.Header.Get("Retry-After") == "" {
		t.Error("nobody says when to come back")
	}
	i.later(time.Hour)
	c.call("POST", "/api/session", object{"login": "ai.do", "password": "sai"}).refused(t, 401, "wrong_credentials")
}

// A storm of sign-ins from many addresses is answered, every one of it, and
// whoever works meanwhile goes on working; a person of another login and
// address signs in.
func TestSignInStormLeavesTheOthersAtWork(t *testing.T) {
	t.Parallel()
	i := install(t, func(o *api.Options) { o.TrustedProxies = []string{"127.0.0.1"} })
	o := i.Office(t, "H59.01", "Xã Long Đức")
	i.withPassword(t, o.Clerk.AccountID, "vanthu.longduc")
	i.withPassword(t, o.Leader.AccountID, "lanhdao.longduc")
	c, works := i.nobody(t), i.as(t, o.Officer.AccountID)
	from := func(k int) header { return header{"X-Forwarded-For", fmt.Sprintf("203.0.113.%d", k)} }
	const stormy = 150 // a fifth of them for logins that are not; the others run out of tries soon
	storm := make(chan map[int]int, 1)
	var next atomic.Int64
	go func() {
		storm <- together(stormy, func() int {
			k := int(next.Add(1))
			login := "vanthu.longduc"
			if k%5 == 0 {
				login = fmt.Sprintf("ai.do.%d", k)
			}
			return c.call("POST", "/api/session", object{"login": login, "password": "sai"}, from(k%8)).Status
		})
	}()
	for range 30 {
		works.get("/api/me").need(t, 200)
	}
	got := <-storm
	t.Logf("answers of the storm: %v", got)
	if got[401]+got[429]+got[503] != stormy || got[401] == 0 || got[429] == 0 {
		t.Errorf("a storm of sign-ins is answered %v", got)
	}
	good := object{"login": "lanhdao.longduc", "password": password}
	c.call("POST", "/api/session", good, header{"X-Forwarded-For", "198.51.100.7"}).need(t, 200)
}

func TestClientAddressComesFromTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	for proxy, want := range map[string]string{"": "127.0.0.1", "127.0.0.1": "203.0.113.9"} {
		i := install(t, func(o *api.Options) {
			if proxy != "" {
				o.TrustedProxies = []string{proxy}
			}
		})
		o := i.Office(t, "H59.01", "Xã Long Đức")
		i.withPassword(t, o.Clerk.AccountID, "vanthu.longduc")
		i.nobody(t).call("POST", "/api/session", object{"login": "vanthu.longduc", "password": password}, header{"X-Forwarded-For", "203.0.113.9"}).need(t, 200)
		var address string
		if err := i.Admin(t).QueryRow(context.Background(), "select address from session").Scan(&address); err != nil || address != want {
			t.Errorf("behind %q: %q %v", proxy, address, err)
		}
		a := i.nobody(t).get("/metrics", header{"X-Forwarded-For", "203.0.113.9"})
		if public := proxy != ""; public != (a.Status == 404) {
			t.Errorf("behind %q the measurements answer %d", proxy, a.Status)
		}
	}
}
