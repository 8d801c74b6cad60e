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
	list := make([]signature.Task, len(tasks))
	for i, t := range tasks {
		list[i].File = t.File
		if list[i].Request, err = request(t); err != nil {
			return nil, err
		}
	}
	first := list[0].Request
	credential, err := credentialOf(ctx, service, tasks[0], first)
	if err != nil {
		return nil, err
	}
	signed, missed := signature.AllElsewhere(ctx, list, func(ctx context.Context, p []signature.Pending) ([][]byte, error) {
		return service.SignAll(ctx, credential, p, secrets, tasks[0].Name, askAgain)
	}, k.stamp, k.policy)
	var files [][]byte
	for _, one := range signed {
		file, err := k.withEvidence(ctx, one.File, append([]*x509.Certificate{first.Certificate}, first.Chain...))
		if err != nil {
			return files, errors.Join(missed, err)
		}
		files = append(files, file)
	}
	return files, missed
}
