// Package verification tells what the signatures of a PDF say: of every stored
// one by itself, once it has arrived, and of a file that anybody gives. It must
// not decide who may see a stored file: callers name only files that they were
// let see.
package verification

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// Text is one sentence in both languages, as it is kept.
type Text struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// TextOf keeps a sentence.
func TextOf(t fault.Text) Text { return Text(t) }

// Report is what is known of the signatures of a file.
type Report struct {
	Signatures []Signature `json:"signatures"`
	Revisions  int         `json:"revisions"`
	Active     bool        `json:"active,omitempty"` // it holds scripts or actions
	Refused    *Text       `json:"refused,omitempty"`
	Code       string      `json:"code,omitempty"` // of the refusal
	JudgedAt   time.Time   `json:"-"`
}

// Valid tells whether there are signatures and every one holds.
func (r Report) Valid() bool {
	for _, s := range r.Signatures {
		if !s.Valid {
			return false
		}
	}
	return len(r.Signatures) > 0
}

// Signature is one signature as it was found.
type Signature struct {
	Kind          string    `json:"kind"`
	Signer        string    `json:"signer"`
	Agency        string    `json:"agency,omitempty"`
	Issuer        string    `json:"issuer"`
	Fingerprint   string    `json:"fingerprint,omitempty"`
	ClaimedAt     time.Time `json:"claimedAt,omitzero"`
	StampedAt     time.Time `json:"stampedAt,omitzero"`
	Integrity     string    `json:"integrity"`
	IntegrityText Text      `json:"integrityText"`
	Certificate   string    `json:"certificate"`
	Standing      Text      `json:"certificateText"`
	Revocation    Text      `json:"revocationText"`
	Level         string    `json:"level,omitempty"`
	Training      bool      `json:"training,omitempty"`
	Covers        bool      `json:"covers"`
	Valid         bool      `json:"valid"`
	Later         []Change  `json:"later,omitempty"`
}

// Change is one thing that was done to the file after a signature.
type Change struct {
	Revision int  `json:"revision"`
	Allowed  bool `json:"allowed"`
	What     Text `json:"what"`
}

// Judge finds out about a file. A fault says that it cannot be judged.
type Judge func(ctx context.Context, file []byte) (Report, error)

// Service carries out the use cases.
type Service struct {
	store   *postgres.Store
	blobs   *blob.Store
	judge   Judge
	maxFile int64
	clock   func() time.Time
	turns   chan struct{}
	guests  chan struct{}
}

// atOnce bounds how many files are judged at a time: each is held in memory.
const atOnce = 2

// New makes the service. maxFile is the size of the largest file that is judged.
func New(store *postgres.Store, blobs *blob.Store, judge Judge, maxFile int64, clock func() time.Time) *Service {
	return &Service{store: store, blobs: blobs, judge: judge, maxFile: maxFile, clock: clock, turns: make(chan struct{}, atOnce),
		guests: make(chan struct{}, atOnce)}
}

var (
	errTooLarge = fault.New(fault.TooLarge, "too_large_to_verify", "Tệp quá lớn để kiểm tra chữ ký.", "The file is too large for its signatures to be checked.")
	errBusy     = fault.New(fault.Throttled, "verify_busy", "Nhiều người đang kiểm tra chữ ký. Hãy thử lại sau ít giây.", "Many people are checking signatures. Try again in a few seconds.")
)

// judged judges one file when it is its turn.
func (s *Service) judged(ctx context.Context, file []byte) (Report, error) {
	report, err := s.judge(ctx, file)
	report.JudgedAt = s.clock()
	var refused *fault.Error
	if errors.As(err, &refused) && refused.Kind != fault.Unavailable {
		t := Text(refused.Text)
		return Report{Signatures: []Signature{}, Refused: &t, Code: refused.Code, JudgedAt: report.JudgedAt}, nil
	}
	return report, err
}

// Given judges a file that somebody gives, and keeps nothing of it. Who comes
// while others are served is sent away: nobody signed in for this.
func (s *Service) Given(ctx context.Context, r io.Reader, most int64) (Report, error) {
	select {
	case s.guests <- struct{}{}:
		defer func() { <-s.guests }()
	default:
		return Report{}, errBusy
	}
	most = min(most, s.maxFile)
	file, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return Report{}, err
	}
	if int64(len(file)) > most {
		return Report{}, errTooLarge
	}
	return s.judged(ctx, file)
}

// freshFor is how long a judgement of a stored file is given again: certificates
// end and are revoked.
const freshFor = 24 * time.Hour

// Stored tells about a stored file; false for what is no PDF. The caller was let
// see the file.
func (s *Service) Stored(ctx context.Context, h document.Hash) (Report, bool, error) {
	var v postgres.Verdict
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		v, err = tx.Verdict(ctx, h)
		return err
	})
	if err != nil || v.MediaType != document.TypePDF {
		return Report{}, false, err
	}
	if s.clock().Sub(v.At) < freshFor {
		var r Report
		if err := json.Unmarshal(v.Report, &r); err != nil {
			return r, false, fmt.Errorf("read a judgement: %w", err)
		}
		r.JudgedAt = v.At
		return r, true, nil
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return Report{}, false, ctx.Err()
	}
	r, err := s.look(ctx, h, v.Size)
	return r, true, err
}

// look judges a stored file and keeps what was found out.
func (s *Service) look(ctx context.Context, h document.Hash, size int64) (Report, error) {
	r, err := s.read(ctx, h, size)
	if err != nil {
		return r, err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return r, fmt.Errorf("keep a judgement: %w", err)
	}
	return r, s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error { return tx.SaveVerdict(ctx, h, text, r.JudgedAt) })
}

func (s *Service) read(ctx context.Context, h document.Hash, size int64) (Report, error) {
	if size > s.maxFile {
		t := Text(errTooLarge.Text)
		return Report{Signatures: []Signature{}, Refused: &t, Code: errTooLarge.Code, JudgedAt: s.clock()}, nil
	}
	content, err := s.blobs.Open(ctx, h)
	if err != nil {
		return Report{}, err
	}
	defer content.Close()
	file, err := io.ReadAll(content)
	if err != nil {
		return Report{}, fmt.Errorf("read a file to be judged: %w", err)
	}
	return s.judged(ctx, file)
}

// round is how many files one job looks at.
const round = 200

// Arrived judges the stored PDFs that nobody has looked at.
func (s *Service) Arrived(ctx context.Context) error {
	var list []postgres.Unverified
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		list, err = tx.ToVerify(ctx, round)
		return err
	})
	for _, one := range list {
		if ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		_, failed := s.look(ctx, one.Hash, one.Size)
		err = errors.Join(err, failed)
	}
	return err
}
