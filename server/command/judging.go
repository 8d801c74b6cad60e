package command

import (
	"context"
	"encoding/hex"
	"net/netip"
	"syscall"

	"congvan/server/app/verification"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
)

// judge tells what the signatures of a file say, as far as this installation trusts.
func (k *keyring) judge(ctx context.Context, file []byte) (verification.Report, error) {
	found, _, err := k.judged(ctx, file)
	if err != nil {
		return verification.Report{}, err
	}
	r := verification.Report{Signatures: []verification.Signature{}, Revisions: found.Revisions, Active: found.Active}
	for _, s := range found.Signatures {
		r.Signatures = append(r.Signatures, judgedOf(s))
	}
	return r, nil
}

// maxChanges is how many changes after one signature are told.
const maxChanges = 50

func judgedOf(s signature.Signature) verification.Signature {
	out := verification.Signature{Kind: string(s.Kind), Signer: signerLine(s.Name, ""), Agency: document.CleanLine(s.Agency), Issuer: signerLine(s.Issuer, ""),
		ClaimedAt: s.ClaimedAt, StampedAt: s.StampedAt, Integrity: string(s.Integrity), IntegrityText: verification.TextOf(s.Integrity.Text()),
		Certificate: string(s.Judgement.Validity), Standing: verification.TextOf(s.Judgement.Validity.Text()),
		Revocation: verification.TextOf(signature.RevocationText(s.Judgement.Revocation)), Level: s.Level, Training: s.Training, Covers: s.Covers, Valid: s.Valid()}
	if !s.Signer.IsZero() {
		out.Fingerprint = hex.EncodeToString(s.Signer[:])
	}
	for _, c := range s.Later[:min(len(s.Later), maxChanges)] {
		what := c.Kind.Text()
		if c.Kind == signing.Altered && c.What.VI != "" {
			what = c.What
		}
		out.Later = append(out.Later, verification.Change{Revision: c.Revision, Allowed: s.Allowed(c), What: verification.TextOf(what)})
	}
	return out
}

var errInside = fault.New(fault.Forbidden, "address_inside", "Địa chỉ trong chứng thư trỏ vào mạng nội bộ.", "An address in a certificate leads inside.")

// refusePrivate keeps addresses out of certificates from leading inside.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errInside.Because(err)
	}
	if ip := at.Addr().Unmap(); ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast() || !ip.IsGlobalUnicast() {
		return errInside
	}
	return nil
}
