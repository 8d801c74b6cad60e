package signature

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"slices"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/signature/trust"
)

const maxEvidence = 256

func fingerprint(c *x509.Certificate) signing.Fingerprint { return sha256.Sum256(c.Raw) }

// evidenceOf reads the security store of a file (ISO 32000-2, 12.8.4.3).
func evidenceOf(f *pdf.File) (trust.Evidence, error) {
	var e trust.Evidence
	catalog, err := f.Catalog()
	if err != nil {
		return e, err
	}
	dss, err := f.Dict(catalog["DSS"])
	if err != nil || dss == nil {
		return e, err
	}
	for key, take := range map[pdf.Name]func([]byte){
		"Certs": func(raw []byte) {
			if c, err := x509.ParseCertificate(raw); err == nil {
				e.Certificates = append(e.Certificates, c)
			}
		},
		"CRLs":  func(raw []byte) { e.CRLs = append(e.CRLs, raw) },
		"OCSPs": func(raw []byte) { e.OCSPs = append(e.OCSPs, raw) },
	} {
		list, err := f.Array(dss[key])
		if err != nil {
			return e, err
		}
		for _, v := range list[:min(len(list), maxEvidence)] {
			v, err := f.Resolve(v)
			if err != nil {
				return e, err
			}
			s, ok := v.(*pdf.Stream)
			if !ok {
				return e, pdf.ErrDamaged.Because(fmt.Errorf("evidence that is no stream"))
			}
			raw, err := f.Decode(s)
			if err != nil {
				return e, err
			}
			take(raw)
		}
	}
	return e, nil
}

// AddEvidence puts certificates and revocation data behind a signed file, so
// that it can be judged when their issuers are gone (PAdES baseline LT). What
// was there before stays.
func AddEvidence(file []byte, e trust.Evidence) ([]byte, error) {
	f, err := pdf.Open(file)
	if err != nil {
		return nil, err
	}
	fields, err := form(f)
	if err != nil {
		return nil, err
	}
	if err := mayFollow(f, fields, signing.AddedEvidence); err != nil {
		return nil, err
	}
	had, err := evidenceOf(f)
	if err != nil {
		return nil, err
	}
	u, err := pdf.NewUpdate(f)
	if err != nil {
		return nil, err
	}
	root, ok := f.Trailer["Root"].(pdf.Ref)
	if !ok {
		return nil, pdf.ErrDamaged
	}
	catalog, err := u.Dict(root)
	if err != nil {
		return nil, err
	}
	dss, err := f.Dict(catalog["DSS"])
	if err != nil {
		return nil, err
	}
	grown := pdf.Dict{"Type": pdf.Name("DSS")}
	for key, v := range dss {
		grown[key] = v
	}
	var certificates, known [][]byte
	for _, c := range e.Certificates {
		certificates = append(certificates, c.Raw)
	}
	for _, c := range had.Certificates {
		known = append(known, c.Raw)
	}
	for _, part := range []struct {
		key        pdf.Name
		raw, known [][]byte
	}{{"Certs", certificates, known}, {"CRLs", e.CRLs, had.CRLs}, {"OCSPs", e.OCSPs, had.OCSPs}} {
		list, err := f.Array(dss[part.key])
		if err != nil {
			return nil, err
		}
		if list = addStreams(u, list, part.raw, part.known); len(list) > 0 {
			grown[part.key] = u.Add(list)
		}
	}
	catalog["DSS"] = u.Add(grown)
	u.Set(root, catalog)
	return u.Bytes()
}

func addStreams(u *pdf.Update, list pdf.Array, raw, known [][]byte) pdf.Array {
	list = slices.Clone(list)
	for _, one := range raw {
		same := func(other []byte) bool { return slices.Equal(one, other) }
		if !slices.ContainsFunc(known, same) {
			known = append(known, one)
			list = append(list, u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: one}))
		}
	}
	return list
}

// Chains gives the certificates that the signatures of a file were judged by,
// for collecting evidence about them: each chain from the signer or the
// time-stamping authority to its anchor.
func (r Report) Chains() [][]*x509.Certificate {
	var chains [][]*x509.Certificate
	for _, s := range r.Signatures {
		for _, chain := range [][]*x509.Certificate{s.Judgement.Chain, s.Stamp.Chain} {
			if len(chain) > 0 {
				chains = append(chains, chain)
			}
		}
	}
	return chains
}

// documentStampRoom holds a token with the certificates of its authority.
const documentStampRoom = 16 << 10

// AddStamp puts a time stamp over the whole file (PAdES baseline LTA, when the
// evidence is in it already).
func AddStamp(ctx context.Context, file []byte, stamp Stamper) ([]byte, error) {
	f, err := pdf.Open(file)
	if err != nil {
		return nil, err
	}
	value := pdf.Dict{"Type": pdf.Name("DocTimeStamp"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.RFC3161")}
	p, err := place(f, Request{}, value, documentStampRoom)
	if err != nil {
		return nil, err
	}
	token, err := stamp(ctx, slices.Concat(p.File[:p.from], p.File[p.to:]))
	if err != nil {
		return nil, err
	}
	return p.Embed(token)
}
