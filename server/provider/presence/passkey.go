// Package presence decides how a person proves to be there: by a passkey
// (WebAuthn), or by a one-time code of their phone (TOTP, RFC 6238). Whoever
// uses it keeps the questions and the keys, and asks each question once. The
// package must not know what presence is asked for.
package presence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"congvan/server/domain/fault"
)

// ErrPasskey is the fault of an answer that does not hold. What exactly was
// wrong stays inside.
var ErrPasskey = fault.New(fault.Forbidden, "passkey_wrong",
	"Khóa đăng nhập không khớp hoặc đã quá hạn xác nhận. Hãy thử lại.", "The passkey does not fit, or it took too long. Try again.")

// ErrNoName refuses passkeys where the installation has no name: a passkey
// belongs to a name, never to a bare address (Web Authentication, 5.1.2).
var ErrNoName = fault.New(fault.Unavailable, "passkey_no_name",
	"Khóa đăng nhập chỉ dùng được khi hệ thống được mở bằng tên miền, không phải bằng địa chỉ IP. Hãy dùng mã một lần.",
	"Passkeys need the system to be opened by its name, not by an IP address. Use a one-time code.")

// Passkeys asks authenticators, for one installation; none that has no name.
type Passkeys struct{ party *webauthn.WebAuthn }

// NewPasskeys makes it for an installation that people reach at the address.
func NewPasskeys(public *url.URL) (*Passkeys, error) {
	if net.ParseIP(public.Hostname()) != nil {
		return &Passkeys{}, nil
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: public.Hostname(), RPDisplayName: "congvan", RPOrigins: []string{public.Scheme + "://" + public.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys: %w", err)
	}
	return &Passkeys{party: party}, nil
}

// Holder is a person with the records of their passkeys.
type Holder struct {
	ID          []byte
	Login, Name string
	Records     [][]byte
}

type user struct {
	Holder
	credentials []webauthn.Credential
}

// WebAuthnID is the person's identifier for authenticators.
func (u user) WebAuthnID() []byte { return u.ID }

// WebAuthnName is the login.
func (u user) WebAuthnName() string { return u.Login }

// WebAuthnDisplayName is the person's name.
func (u user) WebAuthnDisplayName() string { return u.Name }

// WebAuthnCredentials are the passkeys.
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

func (h Holder) user() (user, error) {
	u := user{Holder: h}
	for _, record := range h.Records {
		var c webauthn.Credential
		if err := json.Unmarshal(record, &c); err != nil {
			return u, fmt.Errorf("read a passkey: %w", err)
		}
		u.credentials = append(u.credentials, c)
	}
	return u, nil
}

// Question is what the browser asks its authenticator, and what is kept to
// judge the answer by.
type Question struct{ Options, Kept []byte }

func question(options, session any, err error) (Question, error) {
	if err != nil {
		return Question{}, fmt.Errorf("ask for a passkey: %w", err)
	}
	var q Question
	if q.Options, err = json.Marshal(options); err == nil {
		q.Kept, err = json.Marshal(session)
	}
	return q, err
}

// Enrol asks for a new passkey.
func (p *Passkeys) Enrol(h Holder) (Question, error) {
	if p.party == nil {
		return Question{}, ErrNoName
	}
	u, err := h.user()
	if err != nil {
		return Question{}, err
	}
	var known []protocol.CredentialDescriptor
	for _, c := range u.credentials {
		known = append(known, c.Descriptor())
	}
	options, session, err := p.party.BeginRegistration(u, webauthn.WithExclusions(known))
	if err != nil {
		return question(nil, nil, err)
	}
	return question(options.Response, session, nil)
}

// Record is a passkey as it is kept.
type Record struct{ Handle, JSON []byte }

// Enrolled judges the answer to Enrol.
func (p *Passkeys) Enrolled(h Holder, kept, answer []byte) (Record, error) {
	if p.party == nil {
		return Record{}, ErrNoName
	}
	u, err := h.user()
	if err != nil {
		return Record{}, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(kept, &session); err != nil {
		return Record{}, ErrPasskey.Because(err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBody(bytes.NewReader(answer))
	if err != nil {
		return Record{}, ErrPasskey.Because(err)
	}
	c, err := p.party.CreateCredential(u, session, parsed)
	if err != nil {
		return Record{}, ErrPasskey.Because(err)
	}
	return record(c)
}

// Ask asks for the presence of a person who has passkeys.
func (p *Passkeys) Ask(h Holder) (Question, error) {
	if p.party == nil {
		return Question{}, ErrNoName
	}
	u, err := h.user()
	if err != nil {
		return Question{}, err
	}
	options, session, err := p.party.BeginLogin(u, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return question(nil, nil, err)
	}
	return question(options.Response, session, nil)
}

var errCloned = errors.New("the counter of the authenticator went back: it was copied")

// Answered judges the answer to Ask, and gives the passkey with its new counter.
func (p *Passkeys) Answered(h Holder, kept, answer []byte) (Record, error) {
	if p.party == nil {
		return Record{}, ErrNoName
	}
	u, err := h.user()
	if err != nil {
		return Record{}, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(kept, &session); err != nil {
		return Record{}, ErrPasskey.Because(err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBody(bytes.NewReader(answer))
	if err != nil {
		return Record{}, ErrPasskey.Because(err)
	}
	c, err := p.party.ValidateLogin(u, session, parsed)
	if err == nil && c.Authenticator.CloneWarning {
		err = errCloned
	}
	if err != nil {
		return Record{}, ErrPasskey.Because(err)
	}
	return record(c)
}

func record(c *webauthn.Credential) (Record, error) {
	text, err := json.Marshal(c)
	return Record{Handle: c.ID, JSON: text}, err
}
