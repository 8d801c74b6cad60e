package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/storage/postgres/internal/dbsqlc"
)

var errSameCertificate = fault.InvalidField("certificate", "already_exists", "Chứng thư này đã có.", "This certificate is there already.")

func certificateOf(r dbsqlc.Certificate) signing.Certificate {
	c := signing.Certificate{ID: r.ID, AccountID: r.AccountID, Provider: signing.Provider(r.Provider), Subject: r.Subject, Issuer: r.Issuer, Serial: r.Serial,
		Training: r.Training, ValidFrom: r.ValidFrom, ValidUntil: r.ValidUntil, Chain: r.Chain, Reference: r.Reference, Image: r.Image, AddedAt: r.AddedAt, Asks: r.Asks}
	copy(c.Fingerprint[:], r.Fingerprint)
	return c
}

// AddCertificate stores a certificate of a person, with its sealed key where it is kept here.
func (tx *Tx) AddCertificate(ctx context.Context, c signing.Certificate, sealed []byte) error {
	err := tx.q.InsertCertificate(ctx, dbsqlc.InsertCertificateParams{ID: c.ID, AccountID: c.AccountID, Provider: string(c.Provider), Fingerprint: c.Fingerprint[:],
		Subject: c.Subject, Issuer: c.Issuer, Serial: c.Serial, Training: c.Training, ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil, Chain: c.Chain,
		Reference: c.Reference, Sealed: sealed, Image: c.Image, AddedAt: c.AddedAt, Asks: append([]string{}, c.Asks...)})
	if violates(err, "certificate_fingerprint") {
		return errSameCertificate.Because(err)
	}
	if err != nil {
		return fmt.Errorf("add certificate: %w", err)
	}
	return nil
}

// Certificates gives the certificates of a person, the longest valid first.
func (tx *Tx) Certificates(ctx context.Context, account org.ID) ([]signing.Certificate, error) {
	rows, err := tx.q.ListCertificates(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("list certificates: %w", err)
	}
	list := make([]signing.Certificate, len(rows))
	for i, r := range rows {
		list[i] = certificateOf(r)
	}
	return list, nil
}

// Certificate gives one certificate of a person, removed ones too, and its sealed key apart.
func (tx *Tx) Certificate(ctx context.Context, account, id org.ID) (c signing.Certificate, sealed []byte, removed bool, err error) {
	r, err := tx.q.GetCertificate(ctx, account, id)
	if err != nil {
		return c, nil, false, fmt.Errorf("read certificate: %w", err)
	}
	return certificateOf(r), r.Sealed, r.RemovedAt != nil, nil
}

// RemoveCertificate takes a certificate of a person out of use.
func (tx *Tx) RemoveCertificate(ctx context.Context, account, id org.ID, now time.Time) error {
	n, err := tx.q.RemoveCertificate(ctx, dbsqlc.RemoveCertificateParams{At: &now, AccountID: account, ID: id})
	if err != nil {
		return fmt.Errorf("remove certificate: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	return nil
}

func sealOf(r dbsqlc.Seal) signing.Certificate {
	c := signing.Certificate{ID: r.ID, AgencyID: r.AgencyID, Provider: signing.Provider(r.Provider), Subject: r.Subject, Issuer: r.Issuer, Serial: r.Serial,
		Training: r.Training, ValidFrom: r.ValidFrom, ValidUntil: r.ValidUntil, Chain: r.Chain, Reference: r.Reference, Image: r.Image, AddedAt: r.AddedAt}
	copy(c.Fingerprint[:], r.Fingerprint)
	return c
}

// AddSeal stores a seal of an agency, with its sealed key or the sealed PIN of its device.
func (tx *Tx) AddSeal(ctx context.Context, c signing.Certificate, sealed []byte) error {
	err := tx.q.InsertSeal(ctx, dbsqlc.InsertSealParams{AgencyID: c.AgencyID, ID: c.ID, Provider: string(c.Provider), Fingerprint: c.Fingerprint[:],
		Subject: c.Subject, Issuer: c.Issuer, Serial: c.Serial, Training: c.Training, ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil, Chain: c.Chain,
		Reference: c.Reference, Sealed: sealed, Image: c.Image, AddedAt: c.AddedAt})
	if violates(err, "seal_fingerprint") {
		return errSameCertificate.Because(err)
	}
	if err != nil {
		return fmt.Errorf("add seal: %w", err)
	}
	return nil
}

// Seals gives the seals of an agency, the longest valid first.
func (tx *Tx) Seals(ctx context.Context, agency org.ID) ([]signing.Certificate, error) {
	rows, err := tx.q.ListSeals(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("list seals: %w", err)
	}
	list := make([]signing.Certificate, len(rows))
	for i, r := range rows {
		list[i] = sealOf(r)
	}
	return list, nil
}

// Seal gives one seal of an agency, removed ones too, and its secret apart.
func (tx *Tx) Seal(ctx context.Context, agency, id org.ID) (c signing.Certificate, sealed []byte, removed bool, err error) {
	r, err := tx.q.GetSeal(ctx, agency, id)
	if err != nil {
		return c, nil, false, fmt.Errorf("read seal: %w", err)
	}
	return sealOf(r), r.Sealed, r.RemovedAt != nil, nil
}

// FindSeal gives a seal of one of the agencies.
func (tx *Tx) FindSeal(ctx context.Context, agencies []org.ID, id org.ID) (signing.Certificate, error) {
	r, err := tx.q.FindSeal(ctx, agencies, id)
	if err != nil {
		return signing.Certificate{}, fmt.Errorf("find seal: %w", err)
	}
	return sealOf(r), nil
}

// RemoveSeal takes a seal of an agency out of use.
func (tx *Tx) RemoveSeal(ctx context.Context, agency, id org.ID, now time.Time) error {
	n, err := tx.q.RemoveSeal(ctx, dbsqlc.RemoveSealParams{At: &now, AgencyID: agency, ID: id})
	if err != nil {
		return fmt.Errorf("remove seal: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	return nil
}

// SigningRule says of an agency whether what it issues must be signed.
func (tx *Tx) SigningRule(ctx context.Context, agency org.ID) (signing.Rule, error) {
	r, err := tx.q.GetSigningRule(ctx, agency)
	if err != nil {
		return signing.Rule{}, fmt.Errorf("read signing rule: %w", err)
	}
	return signing.Rule{AgencyID: agency, Required: r.Required, Initials: r.Initials, Seals: r.Seals, Version: int(r.Version)}, nil
}

// SetSigningRule says it anew.
func (tx *Tx) SetSigningRule(ctx context.Context, r signing.Rule) error {
	if err := tx.q.SetSigningRule(ctx, dbsqlc.SetSigningRuleParams{AgencyID: r.AgencyID, Required: r.Required, Initials: r.Initials}); err != nil {
		return fmt.Errorf("set signing rule: %w", err)
	}
	return nil
}
