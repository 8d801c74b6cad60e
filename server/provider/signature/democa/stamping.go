package democa

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"time"

	"github.com/digitorus/timestamp"

	"congvan/server/provider/signature"
)

// stampingOnly is the usage of a time-stamping authority, which must be
// critical and alone (RFC 3161, 2.3).
func stampingOnly() (pkix.Extension, error) {
	value, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: value}, err
}

// Stamper is a small time-stamping authority of the demonstration: its time is
// this machine's, and its word is worth no more.
func Stamper(key signature.Key, clock func() time.Time) signature.Stamper {
	return func(_ context.Context, content []byte) ([]byte, error) {
		sum := sha256.Sum256(content)
		stamp := timestamp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Time: clock(), AddTSACertificate: true, Policy: policy}
		answer, err := stamp.CreateResponseWithOpts(key.Certificate, key.Signer, crypto.SHA256)
		if err != nil {
			return nil, fmt.Errorf("make a training time stamp: %w", err)
		}
		parsed, err := timestamp.ParseResponse(answer)
		if err != nil {
			return nil, fmt.Errorf("make a training time stamp: %w", err)
		}
		return parsed.RawToken, nil
	}
}

// policy is of nobody's tree: no policy stands behind these stamps.
var policy = asn1.ObjectIdentifier{2, 999, 1}
