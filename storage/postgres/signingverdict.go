package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Unverified is a stored PDF whose signatures nobody has looked at.
type Unverified struct {
	Hash document.Hash
	Size int64
}

// ToVerify gives stored PDFs whose signatures nobody has looked at, the oldest first.
func (tx *Tx) ToVerify(ctx context.Context, most int) ([]Unverified, error) {
	rows, err := tx.q.ListBlobsToVerify(ctx, int32(most))
	if err != nil {
		return nil, fmt.Errorf("list files to verify: %w", err)
	}
	list := make([]Unverified, len(rows))
	for i, r := range rows {
		list[i] = Unverified{Hash: hashOf(r.Sha256), Size: r.Size}
	}
	return list, nil
}

// Verdict is what was found out about the signatures of a stored file.
type Verdict struct {
	Size      int64
	MediaType string
	At        time.Time // zero: not looked at
	Report    []byte    // JSON
}

// Verdict gives what was found out about a stored file. Who may ask has been
// decided before: a hash is no permission.
func (tx *Tx) Verdict(ctx context.Context, h document.Hash) (Verdict, error) {
	r, err := tx.q.GetVerification(ctx, h[:])
	if err != nil {
		return Verdict{}, fmt.Errorf("read verification: %w", err)
	}
	return Verdict{Size: r.Size, MediaType: r.MediaType, At: value(r.VerifiedAt), Report: r.Verification}, nil
}

// SaveVerdict keeps what was found out.
func (tx *Tx) SaveVerdict(ctx context.Context, h document.Hash, report []byte, now time.Time) error {
	if err := tx.q.SaveVerification(ctx, dbsqlc.SaveVerificationParams{At: now, Verification: report, Sha256: h[:]}); err != nil {
		return fmt.Errorf("save verification: %w", err)
	}
	return nil
}
