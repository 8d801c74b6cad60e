package imap

import (
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
)

// loginByToken signs in by an OAuth access token, in the standard way (RFC 7628)
// or the older one that providers still ask for.
func (c *Client) loginByToken() error {
	caps := c.c.Caps()
	var client sasl.Client = xoauth2{c.settings.Username, c.settings.Token}
	if caps.Has(imap.AuthCap("OAUTHBEARER")) && !caps.Has(imap.AuthCap("XOAUTH2")) {
		client = sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: c.settings.Username, Token: c.settings.Token,
			Host: c.settings.Host, Port: c.settings.Port})
	}
	err := c.c.Authenticate(client)
	if isNo(err) && !isTemporary(err) {
		return ErrLogin.Because(err)
	}
	return err
}

type xoauth2 struct{ user, token string }

// Start gives the one line that there is.
func (x xoauth2) Start() (mech string, ir []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the description of an error, which the server waits for.
func (x xoauth2) Next(challenge []byte) ([]byte, error) {
	if len(challenge) > 4<<10 {
		return nil, fmt.Errorf("a challenge of %d bytes", len(challenge))
	}
	return []byte{}, nil
}
