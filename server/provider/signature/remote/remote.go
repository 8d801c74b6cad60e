// Package remote decides how a key at a signing service is asked for a
// signature: the API of the Cloud Signature Consortium, version 2, which also
// stands for keys in SIM cards. The person allows each signature at the
// service's own device, which takes its time, so every step can be taken up
// again later by what it returned. The package must never put a token, a PIN or
// a one-time code into an error.
package remote

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/provider/signature"
)

// The ways in which a service refuses.
var (
	ErrAway = fault.New(fault.Unavailable, "remote_away",
		"Dịch vụ ký từ xa không trả lời đúng; hãy thử lại sau.", "The remote signing service did not answer as it should; try again later.")
	ErrRefused = fault.New(fault.Forbidden, "remote_refused",
		"Dịch vụ ký từ xa từ chối: mã PIN, mã một lần hoặc quyền dùng khóa không đúng.", "The remote signing service refuses: the PIN, the one-time code or the right to the key is wrong.")
	ErrNotYet = fault.New(fault.Conflict, "remote_not_yet",
		"Người ký chưa xác nhận trên thiết bị của mình.", "The signer has not yet confirmed on the device.")
	ErrLocked = fault.New(fault.Forbidden, "remote_locked",
		"Dịch vụ ký từ xa đã khóa khóa này vì nhập sai quá nhiều lần.", "The remote signing service has locked this key: what was typed was wrong too often.")
	ErrAsks = fault.New(fault.Conflict, "remote_asks",
		"Dịch vụ ký từ xa hỏi mã PIN hoặc mã một lần: hãy bỏ chứng thư này ở Cài đặt ký số và thêm lại.", "The remote signing service asks for a PIN or a one-time code: remove this certificate in the settings of signing and add it again.")
	ErrCredential = fault.New(fault.Conflict, "remote_credential",
		"Chứng thư ở dịch vụ ký từ xa không dùng được.", "The certificate at the remote signing service cannot be used.")
)

// wrongSecret tells which secret was wrong, and how many tries are left where
// the service says it.
func wrongSecret(id string, left int) *fault.Error {
	vi, en := "Mã PIN không đúng", "The PIN is wrong"
	if id != "PIN" {
		vi, en = "Mã một lần không đúng hoặc đã hết hạn", "The one-time code is wrong or too old"
	}
	if left > 0 {
		vi, en = fmt.Sprintf("%s; còn %d lần thử", vi, left), fmt.Sprintf("%s; tries left: %d", en, left)
	}
	return fault.InvalidField(id, "remote_secret", vi+".", en+".")
}

const maxAnswer = 1 << 20

// Service is one service. Token gives the access token of the person; Client
// must bound the time of a request.
type Service struct {
	URL    string // up to and with /csc/v2
	Token  func(ctx context.Context) (string, error)
	Client *http.Client
}

// maxAsks bounds what a person is asked for.
const maxAsks = 5

const (
	oidSHA256 = "2.16.840.1.101.3.4.2.1"
	oidRSA    = "1.2.840.113549.1.1.11" // with SHA-256
	oidECDSA  = "1.2.840.10045.4.3.2"   // with SHA-256
)

// Credential is a key at the service with its certificates.
type Credential struct {
	ID          string
	Certificate *x509.Certificate
	Chain       []*x509.Certificate
	// Asks is what is passed on by us, by the service's names (PIN, OTP). With
	// nothing asked the person confirms at a device of the service.
	Asks []string
	// Many is how many digests one leave covers.
	Many int
}

// Credential asks about a key.
func (s Service) Credential(ctx context.Context, id string) (Credential, error) {
	var answer struct {
		Key struct {
			Status string `json:"status"`
		} `json:"key"`
		Cert struct {
			Status       string   `json:"status"`
			Certificates [][]byte `json:"certificates"`
		} `json:"cert"`
		Auth struct {
			Mode    string `json:"mode"`
			Objects []struct {
				ID string `json:"id"`
			} `json:"objects"`
		} `json:"auth"`
		Multisign int `json:"multisign"`
	}
	err := s.call(ctx, "credentials/info", map[string]any{"credentialID": id, "certificates": "chain", "certInfo": false, "authInfo": true}, &answer)
	if err != nil {
		return Credential{}, err
	}
	if answer.Key.Status != "enabled" || answer.Cert.Status != "" && answer.Cert.Status != "valid" || len(answer.Cert.Certificates) == 0 {
		return Credential{}, ErrCredential
	}
	c := Credential{ID: id, Many: max(answer.Multisign, 1)}
	if answer.Auth.Mode == "explicit" {
		for _, o := range answer.Auth.Objects[:min(len(answer.Auth.Objects), maxAsks)] {
			c.Asks = append(c.Asks, o.ID)
		}
		if len(c.Asks) == 0 {
			c.Asks = []string{"PIN"}
		}
	}
	for i, raw := range answer.Cert.Certificates {
		one, err := x509.ParseCertificate(raw)
		if err != nil {
			return Credential{}, ErrCredential.Because(err)
		}
		if i == 0 {
			c.Certificate = one
		} else {
			c.Chain = append(c.Chain, one)
		}
	}
	return c, nil
}

// Grant is the person's leave to sign a digest, or what to ask for it with.
type Grant struct {
	SAD    string
	Handle string
}

// Secrets are what the person typed for this one signature, by the service's
// names: PIN, OTP. They are passed on and not kept.
type Secrets map[string]string

// Authorize asks for leave to sign digests. The service shows the description
// to the person.
func (s Service) Authorize(ctx context.Context, c Credential, digests [][]byte, secrets Secrets, description string) (Grant, error) {
	type item struct {
		ID    string `json:"id"`
		Value string `json:"value"`
	}
	request := map[string]any{
		"credentialID": c.ID, "numSignatures": len(digests), "hashes": digests, "hashAlgorithmOID": oidSHA256, "description": description,
	}
	if len(secrets) > 0 {
		var list []item
		for id, value := range secrets {
			list = append(list, item{id, value})
		}
		request["authData"] = list
	}
	return s.grant(ctx, "credentials/authorize", request)
}

// CheckGrant asks whether the person has confirmed.
func (s Service) CheckGrant(ctx context.Context, handle string) (Grant, error) {
	return s.grant(ctx, "credentials/authorizeCheck", map[string]any{"handle": handle})
}

func (s Service) grant(ctx context.Context, method string, request map[string]any) (Grant, error) {
	var answer struct {
		SAD    string `json:"SAD"`
		Handle string `json:"handle"`
	}
	if err := s.call(ctx, method, request, &answer); err != nil {
		return Grant{}, err
	}
	g := Grant{SAD: answer.SAD, Handle: answer.Handle}
	if g == (Grant{}) {
		return g, ErrNotYet
	}
	return g, nil
}

// Answer is the signatures, or what to ask for them with.
type Answer struct {
	Signatures [][]byte
	ResponseID string
}

// SignHash asks for the signatures of the digests that leave was given for.
// The service may take its time.
func (s Service) SignHash(ctx context.Context, c Credential, sad string, digests [][]byte) (Answer, error) {
	algorithm := oidRSA
	if c.Certificate.PublicKeyAlgorithm == x509.ECDSA {
		algorithm = oidECDSA
	}
	return s.answer(ctx, "signatures/signHash", map[string]any{
		"credentialID": c.ID, "SAD": sad, "hashes": digests, "hashAlgorithmOID": oidSHA256, "signAlgo": algorithm, "operationMode": "A",
	}, len(digests))
}

// Poll asks for signatures that were not ready.
func (s Service) Poll(ctx context.Context, responseID string, count int) (Answer, error) {
	return s.answer(ctx, "signatures/signPolling", map[string]any{"responseID": responseID}, count)
}

func (s Service) answer(ctx context.Context, method string, request map[string]any, count int) (Answer, error) {
	var got struct {
		Signatures [][]byte `json:"signatures"`
		ResponseID string   `json:"responseID"`
	}
	if err := s.call(ctx, method, request, &got); err != nil {
		return Answer{}, err
	}
	switch {
	case len(got.Signatures) == count:
		return Answer{Signatures: got.Signatures}, nil
	case len(got.Signatures) == 0 && got.ResponseID != "":
		return Answer{ResponseID: got.ResponseID}, nil
	case len(got.Signatures) == 0:
		return Answer{}, ErrNotYet
	}
	return Answer{}, ErrAway.Because(errors.New("another number of signatures"))
}

// SignAll goes all the way for several, under as few leaves as the service
// allows. It gives what was signed before something failed.
func (s Service) SignAll(ctx context.Context, c Credential, list []signature.Pending, secrets Secrets, description string, interval time.Duration) ([][]byte, error) {
	var out [][]byte
	for some := range slices.Chunk(list, max(c.Many, 1)) {
		digests := make([][]byte, len(some))
		for i, p := range some {
			digests[i] = p.Digest()
		}
		values, err := s.sign(ctx, c, digests, secrets, description, interval)
		if err != nil {
			return out, err
		}
		out = append(out, values...)
	}
	return out, nil
}

// Sign goes all the way, asking again after every interval until the context
// ends. A server that may stop in between takes the steps by itself.
func (s Service) Sign(ctx context.Context, c Credential, p signature.Pending, secrets Secrets, description string, interval time.Duration) ([]byte, error) {
	values, err := s.sign(ctx, c, [][]byte{p.Digest()}, secrets, description, interval)
	if err != nil {
		return nil, err
	}
	return values[0], nil
}

func (s Service) sign(ctx context.Context, c Credential, digests [][]byte, secrets Secrets, description string, interval time.Duration) ([][]byte, error) {
	grant, err := s.Authorize(ctx, c, digests, secrets, description)
	for handle := grant.Handle; err == nil && grant.SAD == ""; {
		grant, err = again(ctx, interval, func() (Grant, error) { return s.CheckGrant(ctx, handle) })
	}
	if err != nil {
		return nil, err
	}
	answer, err := s.SignHash(ctx, c, grant.SAD, digests)
	for id := answer.ResponseID; err == nil && len(answer.Signatures) == 0; {
		answer, err = again(ctx, interval, func() (Answer, error) { return s.Poll(ctx, id, len(digests)) })
	}
	if err != nil {
		return nil, err
	}
	return answer.Signatures, nil
}

// again waits and asks; what is not there yet is no error.
func again[T any](ctx context.Context, interval time.Duration, ask func() (T, error)) (T, error) {
	timer := time.NewTimer(interval)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		var none T
		return none, ErrNotYet.Because(ctx.Err())
	case <-timer.C:
	}
	v, err := ask()
	if errors.Is(err, ErrNotYet) {
		err = nil
	}
	return v, err
}

// refused reads why a service refuses. Its words may repeat what was sent, so
// only its codes and numbers are looked at.
func refused(said []byte) *fault.Error {
	var answer struct {
		Error string `json:"error"`
		Left  *int   `json:"remainingAttempts"` // not of the standard
	}
	if json.Unmarshal(said, &answer) != nil {
		return ErrRefused
	}
	left := -1
	if answer.Left != nil {
		left = *answer.Left
	}
	switch {
	case left == 0, strings.Contains(answer.Error, "locked"):
		return ErrLocked
	case answer.Error == "invalid_pin":
		return wrongSecret("PIN", left)
	case answer.Error == "invalid_otp":
		return wrongSecret("OTP", left)
	}
	return ErrRefused
}

func (s Service) call(ctx context.Context, method string, request, answer any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("remote: %w", err)
	}
	token, err := s.Token(ctx)
	if err != nil {
		return ErrAway.Because(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/"+method, bytes.NewReader(body))
	if err != nil {
		return ErrAway.Because(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := s.Client.Do(r)
	if err != nil {
		return ErrAway.Because(err)
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil || len(said) > maxAnswer {
		return ErrAway.Because(errors.Join(err, errors.New("the answer does not end")))
	}
	switch code := response.StatusCode; {
	case code == http.StatusAccepted:
		return ErrNotYet
	case code == http.StatusOK:
		if err := json.Unmarshal(said, answer); err != nil {
			return ErrAway.Because(errors.New("the answer is no JSON of this API"))
		}
		return nil
	case code >= 400 && code < 500 && code != http.StatusTooManyRequests:
		return refused(said).Because(fmt.Errorf("%s answers %d", method, code))
	default:
		return ErrAway.Because(fmt.Errorf("%s answers %d", method, code))
	}
}
