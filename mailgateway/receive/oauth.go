package receive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"congvan/mailgateway/imap"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/storage/postgres"
)

// The refusals of a token server.
var (
	ErrToken = fault.New(fault.Invalid, "mail_token",
		"Nhà cung cấp thư không cấp mã truy cập; hãy cấp quyền lại cho hộp thư.",
		"The mail provider gives no access token; the mailbox has to be authorised again.")
	ErrTokenAway = fault.New(fault.Unavailable, "mail_token_away",
		"Không kết nối được tới máy chủ cấp mã truy cập.", "The server that gives access tokens cannot be reached.")
)

const maxTokenAnswer = 64 << 10

// tokens asks for access tokens. It follows no redirect: a refresh token goes
// only where a person said.
func (g *Gateway) tokens() *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	if !g.opts.AllowPrivate {
		dialer.Control = imap.PublicOnly
	}
	transport := &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, DisableKeepAlives: true,
		TLSClientConfig: g.tlsConfig()}
	return &http.Client{Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// accessToken exchanges the refresh token. A new refresh token is kept before
// the access token is used: the old one may be void already (K8).
func (r *reader) accessToken(ctx context.Context, sealed string) (string, error) {
	secret := exchange.ReadOAuthSecret(sealed)
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {secret.RefreshToken}, "client_id": {r.box.OAuth.ClientID}}
	if secret.ClientSecret != "" {
		form.Set("client_secret", secret.ClientSecret)
	}
	answer, err := r.g.askToken(ctx, r.box.OAuth.TokenURL, form)
	if err != nil {
		return "", err
	}
	if answer.RefreshToken == "" || answer.RefreshToken == secret.RefreshToken {
		return answer.AccessToken, nil
	}
	secret.RefreshToken = answer.RefreshToken
	rotated := r.g.secrets.Seal(r.box.ID, secret.Text())
	if err := r.g.inTx(ctx, func(tx *postgres.Tx) error {
		return tx.RotateMailboxSecret(ctx, r.box.OfficialMailbox, r.g.owner, rotated)
	}); err != nil {
		return "", err
	}
	r.box.Secret = rotated
	return answer.AccessToken, nil
}

type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	Error        string `json:"error"`
}

func (g *Gateway) askToken(ctx context.Context, address string, form url.Values) (tokenAnswer, error) {
	var answer tokenAnswer
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return answer, ErrToken.Because(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	response, err := g.tokens().Do(request)
	if errors.Is(err, imap.ErrPrivateHost) {
		return answer, imap.ErrPrivateHost
	}
	if err != nil {
		return answer, ErrTokenAway.Because(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxTokenAnswer))
	if err != nil || response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests {
		return answer, ErrTokenAway.Because(fmt.Errorf("status %d: %w", response.StatusCode, err))
	}
	if err := json.Unmarshal(body, &answer); err != nil || response.StatusCode != http.StatusOK || answer.AccessToken == "" {
		return tokenAnswer{}, ErrToken.Because(fmt.Errorf("status %d, %q", response.StatusCode, answer.Error))
	}
	return answer, nil
}
