package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
	"congvan/server/domain/org"
)

// presenceRoom answers the operations by which a person proves to be there.
type presenceRoom struct {
	accounts *accounts.Service
}

// ReadPresenceMeans tells in which ways the person can prove presence.
func (r presenceRoom) ReadPresenceMeans(ctx context.Context, _ gen.ReadPresenceMeansRequestObject) (gen.ReadPresenceMeansResponseObject, error) {
	m, err := r.accounts.Means(ctx, identityOf(ctx))
	if err != nil {
		return nil, err
	}
	out := gen.ReadPresenceMeans200JSONResponse{Passkeys: make([]gen.Passkey, len(m.Passkeys)), OneTimeCode: m.OneTimeCode}
	for i, k := range m.Passkeys {
		out.Passkeys[i] = passkey(k)
	}
	return out, nil
}

func passkey(k accounts.Passkey) gen.Passkey {
	return gen.Passkey{Id: uuid.UUID(k.ID), Name: k.Name, AddedAt: k.AddedAt, UsedAt: optionalTime(k.UsedAt)}
}

func asked(q accounts.Question, err error) (gen.PresenceQuestion, error) {
	if err != nil {
		return gen.PresenceQuestion{}, err
	}
	out := gen.PresenceQuestion{Id: uuid.UUID(q.ID)}
	if err := json.Unmarshal(q.Options, &out.Options); err != nil {
		return out, fmt.Errorf("read the options of a question: %w", err)
	}
	return out, nil
}

// AskPasskey asks for a new passkey.
func (r presenceRoom) AskPasskey(ctx context.Context, in gen.AskPasskeyRequestObject) (gen.AskPasskeyResponseObject, error) {
	q, err := asked(r.accounts.AskPasskey(ctx, identityOf(ctx), in.Body.Current))
	return gen.AskPasskey200JSONResponse(q), err
}

// AddPasskey takes a new passkey.
func (r presenceRoom) AddPasskey(ctx context.Context, in gen.AddPasskeyRequestObject) (gen.AddPasskeyResponseObject, error) {
	answer, err := json.Marshal(in.Body.Credential)
	if err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	k, err := r.accounts.AddPasskey(ctx, identityOf(ctx), org.ID(in.Body.QuestionId), in.Body.Name, answer)
	return gen.AddPasskey201JSONResponse(passkey(k)), err
}

// RemovePasskey removes one of one's own passkeys.
func (r presenceRoom) RemovePasskey(ctx context.Context, in gen.RemovePasskeyRequestObject) (gen.RemovePasskeyResponseObject, error) {
	return gen.RemovePasskey204Response{}, r.accounts.RemovePasskey(ctx, identityOf(ctx), org.ID(in.Id))
}

// MakeOneTimeCode gives a secret for codes.
func (r presenceRoom) MakeOneTimeCode(ctx context.Context, in gen.MakeOneTimeCodeRequestObject) (gen.MakeOneTimeCodeResponseObject, error) {
	secret, address, err := r.accounts.NewOneTimeCode(ctx, identityOf(ctx), in.Body.Current)
	return gen.MakeOneTimeCode200JSONResponse{Secret: secret, Address: address}, err
}

// ConfirmOneTimeCode takes a first code.
func (r presenceRoom) ConfirmOneTimeCode(ctx context.Context, in gen.ConfirmOneTimeCodeRequestObject) (gen.ConfirmOneTimeCodeResponseObject, error) {
	return gen.ConfirmOneTimeCode204Response{}, r.accounts.ConfirmOneTimeCode(ctx, identityOf(ctx), in.Body.Code)
}

// RemoveOneTimeCode switches one's own codes off.
func (r presenceRoom) RemoveOneTimeCode(ctx context.Context, _ gen.RemoveOneTimeCodeRequestObject) (gen.RemoveOneTimeCodeResponseObject, error) {
	return gen.RemoveOneTimeCode204Response{}, r.accounts.RemoveOneTimeCode(ctx, identityOf(ctx))
}

// AskPresence asks one's passkeys.
func (r presenceRoom) AskPresence(ctx context.Context, _ gen.AskPresenceRequestObject) (gen.AskPresenceResponseObject, error) {
	q, err := asked(r.accounts.AskPresence(ctx, identityOf(ctx)))
	return gen.AskPresence200JSONResponse(q), err
}

// ProvePresence judges what a passkey answered.
func (r presenceRoom) ProvePresence(ctx context.Context, in gen.ProvePresenceRequestObject) (gen.ProvePresenceResponseObject, error) {
	answer, err := json.Marshal(in.Body.Credential)
	if err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	err = r.accounts.ProvePresence(ctx, identityOf(ctx), org.ID(in.Id), answer)
	return gen.ProvePresence200JSONResponse{Id: in.Id}, err
}

// ProvePresenceByCode judges a one-time code.
func (r presenceRoom) ProvePresenceByCode(ctx context.Context, in gen.ProvePresenceByCodeRequestObject) (gen.ProvePresenceByCodeResponseObject, error) {
	id, err := r.accounts.ProveByCode(ctx, identityOf(ctx), in.Body.Code)
	return gen.ProvePresenceByCode200JSONResponse{Id: uuid.UUID(id)}, err
}
