package command

import (
	"context"
	"crypto/x509"
	"errors"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/domain/fault"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/remote"
)

var errNoRemote = fault.New(fault.Unavailable, "no_remote_service", "Bản cài đặt này chưa kết nối dịch vụ ký từ xa.", "No remote signing service is connected here.")

// askAgain is the gap between two questions whether a person has confirmed.
const askAgain = 2 * time.Second

func (k *keyring) signRemote(ctx context.Context, t outgoing.SignTask, r signature.Request) (signature.Outcome, error) {
	service, err := k.remote()
	if err != nil {
		return signature.Outcome{}, err
	}
	credential, err := credentialOf(ctx, service, t, r)
	if err != nil {
		return signature.Outcome{}, err
	}
	if len(credential.Asks) > 0 {
		return signature.Outcome{}, remote.ErrAsks // it did not when the certificate was added
	}
	return signature.Elsewhere(ctx, t.File, r, func(ctx context.Context, p signature.Pending) ([]byte, error) {
		return service.Sign(ctx, credential, p, nil, t.Name, askAgain)
	}, k.stamp, k.policy)
}

func (k *keyring) remote() (remote.Service, error) {
	if k.cfg.RemoteSigningURL == "" {
		return remote.Service{}, errNoRemote
	}
	return remote.Service{URL: k.cfg.RemoteSigningURL, Client: outside(true),
		Token: func(context.Context) (string, error) { return k.cfg.RemoteSigningKey.Reveal(), nil }}, nil
}

func credentialOf(ctx context.Context, service remote.Service, t outgoing.SignTask, r signature.Request) (remote.Credential, error) {
	credential, err := service.Credential(ctx, t.Certificate.Reference)
	if err == nil && !credential.Certificate.Equal(r.Certificate) {
		err = remote.ErrCredential // renewed there, or another person's
	}
	return credential, err
}

// signAsked has a service sign what a person confirmed with secrets. All tasks
// are for one certificate.
func (k *keyring) signAsked(ctx context.Context, tasks []outgoing.SignTask, secrets map[string]string) ([][]byte, error) {
	service, err := k.remote()
	if err != nil {
		return nil, err
	}
	var credential remote.Credential
	var list []signature.Pending
	var chain []*x509.Certificate
	for i, t := range tasks {
		r, err := request(t)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			if credential, err = credentialOf(ctx, service, t, r); err != nil {
				return nil, err
			}
			chain = append([]*x509.Certificate{r.Certificate}, r.Chain...)
		}
		p, err := signature.Begin(t.File, r)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	values, asked := service.SignAll(ctx, credential, list, secrets, tasks[0].Name, askAgain)
	files := make([][]byte, len(values))
	for i, value := range values {
		out, err := list[i].Complete(ctx, value, k.stamp, k.policy)
		if err == nil {
			out.File, err = k.withEvidence(ctx, out.File, chain)
		}
		if err != nil {
			return files[:i], errors.Join(asked, err)
		}
		files[i] = out.File
	}
	return files, asked
}
