package command

import (
	"context"
	"crypto/x509"
	"path/filepath"
	"time"

	"congvan/server/config"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/trust"
)

// knownRevocations is where answers of authorities are kept.
func knownRevocations(cfg config.Config) trust.Cache {
	if cfg.Data == "" {
		return trust.Cache{}
	}
	return trust.Cache{Dir: filepath.Join(cfg.Data, "revocation")}
}

// judged verifies a file with what is known of its signers: what the file
// brings, the lists of the folder, what was kept, and what authorities answer
// now where they may be asked.
func (k *keyring) judged(ctx context.Context, file []byte) (signature.Report, signature.Options, error) {
	o, err := k.options(ctx)
	if err != nil {
		return signature.Report{}, o, err
	}
	found, err := signature.Verify(file, o)
	if err != nil {
		return found, o, err
	}
	var more trust.Evidence
	for _, s := range found.Signatures {
		if s.Judgement.Revocation != trust.Unproved || len(s.Judgement.Chain) < 2 { // nobody trusted, nobody to ask
			continue
		}
		about, err := k.about(ctx, s.Judgement.Chain)
		if err != nil {
			return found, o, err
		}
		more = more.With(about)
	}
	if len(more.CRLs)+len(more.OCSPs) == 0 {
		return found, o, nil
	}
	o.Evidence = more.With(o.Evidence) // first, as only so much is looked at
	found, err = signature.Verify(file, o)
	return found, o, err
}

// about gives what is known of a chain, asking its authorities where that may
// be and what is known is old. One that does not answer is told by "unproved".
func (k *keyring) about(ctx context.Context, chain []*x509.Certificate) (trust.Evidence, error) {
	known, fresh, err := k.known.About(chain, time.Now())
	if err != nil || fresh || !k.cfg.CollectEvidence {
		return known, err
	}
	asked, _ := trust.Collector{Client: k.asking}.Collect(ctx, chain)
	asked.Certificates = nil // the chain is known
	return known.With(asked), k.known.Keep(chain, asked)
}
