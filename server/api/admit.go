package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"congvan/server/app/accounts"
	"congvan/server/domain/access"
	"congvan/server/domain/fault"
)

const cookieName = "congvan_session"

type identityKey struct{}

var (
	errMustChange = fault.New(fault.Forbidden, "password_change_required",
		"Hãy đổi mật khẩu trước khi tiếp tục.", "Change the password first.")
	errUndecided = fault.New(fault.Internal, "no_scope", "Thao tác chưa được phân quyền.", "The operation has no scope.")
)

// identityOf gives who sent the request; nobody for an open operation.
func identityOf(ctx context.Context) accounts.Identity {
	who, _ := ctx.Value(identityKey{}).(accounts.Identity)
	return who
}

// personOf gives the person as the policy knows them.
func personOf(ctx context.Context) access.Person { return identityOf(ctx).Person }

// admit lets an operation's request through when its sender is known, the
// token reaches so far, and the request is as the contract says.
func (g *gate) admit(c *gin.Context) {
	o := underWay(c).operation
	if o == nil {
		c.Next()
		return
	}
	c.Header("Cache-Control", "no-store")
	if !o.open {
		who, err := g.identity(c.Request, o)
		if err != nil {
			g.refuse(c, err)
			return
		}
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), identityKey{}, who))
	}
	if err := o.check(c); err != nil {
		g.refuse(c, err)
		return
	}
	if o.stream {
		c.Request.Body = &movingBody{ReadCloser: http.MaxBytesReader(c.Writer, c.Request.Body, g.opts.MaxUpload),
			control: http.NewResponseController(c.Writer)}
	}
	c.Next()
}

func (g *gate) identity(r *http.Request, o *operation) (accounts.Identity, error) {
	credential := credentialOf(r)
	if credential == (accounts.Credential{}) {
		return accounts.Identity{}, accounts.ErrSignIn
	}
	who, err := g.opts.Accounts.Person(r.Context(), credential)
	if err != nil {
		return who, err
	}
	scope, decided := scopes[o.id]
	if !decided {
		return who, errUndecided
	}
	if err := who.Person.Allowed(scope); err != nil {
		return who, err
	}
	who.Person = who.Person.Under(scope)
	if answersWithContent(scope) {
		// Asked before the act: one that was carried out is not answered by a refusal.
		if err := who.Person.Allowed(access.ScopeRead); err != nil {
			return who, err
		}
	}
	if who.MustChangePassword() && !beforeChange[o.id] {
		return who, errMustChange
	}
	return who, nil
}

// answersWithContent tells whether acts of a scope answer with what they acted
// on, so that a token needs to be one for reading as well.
func answersWithContent(scope access.Scope) bool {
	switch scope {
	case access.ScopeDraft, access.ScopeApprove, access.ScopeNumber, access.ScopeIssue, access.ScopeRegister:
		return true
	}
	return false
}

// credentialOf takes a token before a session: a program that sends one means it.
func credentialOf(r *http.Request) accounts.Credential {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return accounts.Credential{}
		}
		return accounts.Credential{Token: strings.TrimSpace(token)}
	}
	if cookie, err := r.Cookie(cookieName); err == nil {
		return accounts.Credential{Session: cookie.Value}
	}
	return accounts.Credential{}
}

// stall is how long a stream may stand still.
const stall = 60 * time.Second

// movingBody gives the sender of a file time as long as bytes come: a slow
// line is served, a silent one is not.
type movingBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *movingBody) Read(p []byte) (int, error) {
	// Where there is no connection with deadlines (a test without a network) there is nothing to extend.
	_ = b.control.SetReadDeadline(time.Now().Add(stall))
	_ = b.control.SetWriteDeadline(time.Now().Add(stall + writeTime))
	n, err := b.ReadCloser.Read(p)
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		err = errTooLarge
	}
	return n, err
}
