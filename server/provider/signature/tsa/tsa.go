// Package tsa asks a time-stamping authority (RFC 3161) to confirm when
// something existed. It takes an answer only when that holds and is about what
// was asked. It must not decide what to do when there is none.
package tsa

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"

	"github.com/digitorus/timestamp"

	"congvan/server/domain/fault"
	"congvan/server/provider/signature/cms"
)

// ErrUnavailable is the fault of an authority that did not answer as it should.
var ErrUnavailable = fault.New(fault.Unavailable, "tsa_unavailable",
	"Máy chủ cấp dấu thời gian không trả lời đúng; hãy thử lại sau.", "The time-stamping authority did not answer as it should; try again later.")

const maxAnswer = 256 << 10

// Authority is one authority. Client must bound the time of a request.
type Authority struct {
	URL      string
	User     string
	Password string
	Client   *http.Client
}

// Stamp gives a token over the content.
func (a Authority) Stamp(ctx context.Context, content []byte) ([]byte, error) {
	token, err := a.ask(ctx, content)
	if err != nil {
		return nil, ErrUnavailable.Because(err)
	}
	return token, nil
}

func (a Authority) ask(ctx context.Context, content []byte) ([]byte, error) {
	sum := sha256.Sum256(content)
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, err
	}
	query, err := (&timestamp.Request{HashAlgorithm: cms.Hash, HashedMessage: sum[:], Certificates: true, Nonce: nonce}).Marshal()
	if err != nil {
		return nil, err
	}
	answer, err := a.post(ctx, query)
	if err != nil {
		return nil, err
	}
	stamp, err := timestamp.ParseResponse(answer)
	if err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	if stamp.Nonce == nil || stamp.Nonce.Cmp(nonce) != 0 {
		return nil, errors.New("time stamp: the answer is to another question")
	}
	if _, err := cms.VerifyStamp(stamp.RawToken, content); err != nil {
		return nil, err
	}
	return stamp.RawToken, nil
}

func (a Authority) post(ctx context.Context, query []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/timestamp-query")
	if a.User != "" {
		request.SetBasicAuth(a.User, a.Password)
	}
	response, err := a.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("time stamp: the authority answers %d", response.StatusCode)
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err == nil && len(answer) > maxAnswer {
		err = errors.New("time stamp: the answer is too long")
	}
	return answer, err
}
