package signature

import (
	"crypto/sha256"
	"slices"

	"congvan/server/domain/signing"
)

// Returned finds out about a file that came back signed what its order asks:
// whether what was sent is its unchanged beginning, what was added to it, and
// who signed where.
func Returned(sent, file []byte, o Options) (signing.Returned, error) {
	r := signing.Returned{Hash: sha256.Sum256(file)}
	if len(file) <= len(sent) {
		return r, nil
	}
	r.Prefix = sha256.Sum256(file[:len(sent)])
	if r.Prefix != sha256.Sum256(sent) {
		return r, nil
	}
	v, err := newVerifier(file, o)
	if err != nil {
		return r, err
	}
	if err := v.judgeLater(); err != nil {
		return r, err
	}
	steps, err := v.steps(v.endsFrom(len(sent)))
	if err != nil {
		return r, err
	}
	for _, step := range steps {
		for _, c := range step {
			r.Added = append(r.Added, c.Kind)
		}
	}
	if v.loose {
		r.Added = append(r.Added, signing.Altered)
	}
	for i, s := range v.out {
		if v.coverages[i].end <= len(sent) || s.Kind == signing.Stamp {
			continue
		}
		if !r.Signer.IsZero() { // a second one: Added tells
			continue
		}
		r.Place, r.Signer, r.Whole, r.Validity = s.Place, s.Signer, s.Integrity == Whole, s.Judgement.Validity
		r.ClaimedAt, r.StampedAt = s.ClaimedAt, s.StampedAt
	}
	return r, nil
}

// endsFrom gives the revisions from one on, whose end it is given.
func (v *verifier) endsFrom(first int) []int {
	ends := []int{first}
	for _, end := range v.ends() {
		if end > first {
			ends = append(ends, end)
		}
	}
	slices.Sort(ends)
	return ends
}
