package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
)

// sessionRoom answers the operations of signing in, the person, and their
// sessions and tokens.
type sessionRoom struct {
	accounts *accounts.Service
	secure   bool
}

// SignIn opens a session; the browser keeps its secret where no script reads it.
func (r sessionRoom) SignIn(ctx context.Context, in gen.SignInRequestObject) (gen.SignInResponseObject, error) {
	c, ok := ctx.(*gin.Context)
	if !ok {
		return nil, fmt.Errorf("sign in outside a request: %T", ctx)
	}
	key, who, err := r.accounts.SignIn(ctx, accounts.SignIn{Login: in.Body.Login, Password: in.Body.Password,
		Address: c.ClientIP(), UserAgent: c.Request.UserAgent()})
	if err != nil {
		return nil, err
	}
	cookie := r.cookie(key, int(r.accounts.SessionLife().Seconds()))
	return gen.SignIn200JSONResponse{Body: me(who.Holder), Headers: gen.SignIn200ResponseHeaders{SetCookie: &cookie}}, nil
}

func (r sessionRoom) cookie(value string, seconds int) string {
	//nolint:gosec // Secure unless the installation is reached without TLS, as the demonstration is
	return (&http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: r.secure, SameSite: http.SameSiteStrictMode}).String()
}

// SignOut ends this session.
func (r sessionRoom) SignOut(ctx context.Context, _ gen.SignOutRequestObject) (gen.SignOutResponseObject, error) {
	if err := r.accounts.SignOut(ctx, identityOf(ctx)); err != nil {
		return nil, err
	}
	cookie := r.cookie("", -1)
	return gen.SignOut204Response{Headers: gen.SignOut204ResponseHeaders{SetCookie: &cookie}}, nil
}

// ReadMe tells who is signed in.
func (r sessionRoom) ReadMe(ctx context.Context, _ gen.ReadMeRequestObject) (gen.ReadMeResponseObject, error) {
	return gen.ReadMe200JSONResponse(me(identityOf(ctx).Holder)), nil
}

// ChangeMe stores the language that the person reads.
func (r sessionRoom) ChangeMe(ctx context.Context, in gen.ChangeMeRequestObject) (gen.ChangeMeResponseObject, error) {
	who := identityOf(ctx)
	if in.Body.Language == nil {
		return gen.ChangeMe200JSONResponse(me(who.Holder)), nil
	}
	h, err := r.accounts.SetLanguage(ctx, who, string(*in.Body.Language))
	if err != nil {
		return nil, err
	}
	return gen.ChangeMe200JSONResponse(me(h)), nil
}

// ChangePassword replaces one's own password.
func (r sessionRoom) ChangePassword(ctx context.Context, in gen.ChangePasswordRequestObject) (gen.ChangePasswordResponseObject, error) {
	if err := r.accounts.ChangePassword(ctx, identityOf(ctx), in.Body.Current, in.Body.Next); err != nil {
		return nil, err
	}
	return gen.ChangePassword204Response{}, nil
}

// ListSessions gives one's own open sessions.
func (r sessionRoom) ListSessions(ctx context.Context, _ gen.ListSessionsRequestObject) (gen.ListSessionsResponseObject, error) {
	who := identityOf(ctx)
	list, err := r.accounts.Sessions(ctx, who)
	if err != nil {
		return nil, err
	}
	items := make([]gen.Session, len(list))
	for i, s := range list {
		items[i] = gen.Session{Id: uuid.UUID(s.ID), CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, Address: s.Address, UserAgent: s.UserAgent,
			Current: s.ID == who.SessionID}
	}
	return gen.ListSessions200JSONResponse{Items: items}, nil
}

// RevokeSession ends one of one's own sessions.
func (r sessionRoom) RevokeSession(ctx context.Context, in gen.RevokeSessionRequestObject) (gen.RevokeSessionResponseObject, error) {
	if err := r.accounts.EndSession(ctx, identityOf(ctx), org.ID(in.Id)); err != nil {
		return nil, err
	}
	return gen.RevokeSession204Response{}, nil
}

// ListTokens gives one's own tokens.
func (r sessionRoom) ListTokens(ctx context.Context, _ gen.ListTokensRequestObject) (gen.ListTokensResponseObject, error) {
	list, err := r.accounts.Tokens(ctx, identityOf(ctx))
	if err != nil {
		return nil, err
	}
	items := make([]gen.Token, len(list))
	for i, t := range list {
		items[i] = token(t)
	}
	return gen.ListTokens200JSONResponse{Items: items}, nil
}

// CreateToken makes a token and shows its secret this once.
func (r sessionRoom) CreateToken(ctx context.Context, in gen.CreateTokenRequestObject) (gen.CreateTokenResponseObject, error) {
	scopes := make([]access.Scope, len(in.Body.Scopes))
	for i, s := range in.Body.Scopes {
		scopes[i] = access.Scope(s)
	}
	t, key, err := r.accounts.MakeToken(ctx, identityOf(ctx), accounts.TokenNew{Name: in.Body.Name, Scopes: scopes, Days: in.Body.Days})
	if err != nil {
		return nil, err
	}
	return gen.CreateToken201JSONResponse{Token: token(t), Secret: key}, nil
}

// RevokeToken ends one of one's own tokens.
func (r sessionRoom) RevokeToken(ctx context.Context, in gen.RevokeTokenRequestObject) (gen.RevokeTokenResponseObject, error) {
	if err := r.accounts.EndToken(ctx, identityOf(ctx), org.ID(in.Id)); err != nil {
		return nil, err
	}
	return gen.RevokeToken204Response{}, nil
}

func token(t accounts.Token) gen.Token {
	scopes := make([]gen.TokenScope, len(t.Scopes))
	for i, s := range t.Scopes {
		scopes[i] = gen.TokenScope(s)
	}
	return gen.Token{Id: uuid.UUID(t.ID), Name: t.Name, Scopes: scopes, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, UsedAt: optionalTime(t.UsedAt)}
}

func me(h accounts.Holder) gen.Me {
	return gen.Me{AccountId: uuid.UUID(h.ID), Login: h.Login, FullName: h.FullName, Email: h.Email,
		Language: gen.MeLanguage(h.Language), Operator: h.Operator, MustChangePassword: h.MustChangePassword, Positions: positions(h.Positions),
		AnsweredAt: time.Now()}
}

func positions(list []accounts.Position) []gen.Position {
	out := make([]gen.Position, len(list))
	for i, p := range list {
		out[i] = gen.Position{Id: uuid.UUID(p.ID), AccountId: uuid.UUID(p.AccountID), FullName: p.FullName, AgencyId: uuid.UUID(p.AgencyID),
			AgencyName: p.AgencyName, UnitId: optionalID(p.UnitID), UnitName: absent(p.UnitName), Role: gen.Role(p.Role), Title: p.Title,
			ValidFrom: date(p.Validity.From), ValidUntil: optionalDate(p.Validity.Until), OnBehalfOf: absent(p.Acting.Name()), Version: p.Version}
		if p.Acting != nil && len(p.Acting.Powers) > 0 {
			list := powers(p.Acting.Powers)
			out[i].Powers = &list
		}
	}
	return out
}
