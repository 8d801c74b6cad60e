package accounts

import (
	"bytes"
	"context"
	"image/png"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/storage/postgres"
)

// Keys reads certificates, and makes sure that their keys can be reached.
type Keys struct {
	// Software reads a key in a file (PKCS#12) and gives it as it may be kept.
	Software func(file []byte, password string) (signing.Certificate, []byte, error)
	// Alone reads a certificate whose key is elsewhere, with its issuers.
	Alone func(file []byte) (signing.Certificate, error)
	// Remote asks a signing service about a key.
	Remote func(ctx context.Context, reference string) (signing.Certificate, error)
	// Device looks for the key of a certificate in a device of the server.
	Device func(label, pin string, c signing.Certificate) error
}

// Certificate is a certificate that signs here.
type Certificate = signing.Certificate

// subjectSeal is what the history of an agency calls its seal.
const subjectSeal = "seal"

// KeyNew is a certificate to be added, and how its key is reached.
type KeyNew struct {
	Provider  signing.Provider
	File      []byte // PKCS#12, or certificates
	Password  string // of the file
	Reference string // of the key at a service, or the label of a device
	PIN       string // of a device
	Image     []byte // PNG of the signature or the seal
}

var errProvider = fault.InvalidField("provider", "unknown_provider", "Nơi giữ khóa không hợp lệ.", "The provider is not known.")

// read gives the certificate and what is to be sealed of it.
func (s *Service) read(ctx context.Context, n KeyNew) (c Certificate, secret []byte, err error) {
	if err := checkImage(n.Image); err != nil {
		return c, nil, err
	}
	switch n.Provider {
	case signing.Software:
		c, secret, err = s.opts.Keys.Software(n.File, n.Password)
	case signing.Local:
		c, err = s.opts.Keys.Alone(n.File)
	case signing.Remote:
		c, err = s.opts.Keys.Remote(ctx, n.Reference)
	case signing.Device:
		if c, err = s.opts.Keys.Alone(n.File); err == nil {
			err = s.opts.Keys.Device(n.Reference, n.PIN, c)
		}
		secret = []byte(n.PIN)
	default:
		err = errProvider
	}
	if err != nil {
		return c, nil, err
	}
	now := s.now()
	c.ID, c.Provider, c.Reference, c.Image, c.AddedAt = postgres.NewID(), n.Provider, document.CleanLine(n.Reference), n.Image, now
	if now.After(c.ValidUntil) {
		return c, nil, signing.ErrExpired
	}
	return c, secret, nil
}

// maxSide bounds the picture that an image unfolds to.
const maxSide = 2048

func checkImage(image []byte) error {
	if len(image) == 0 {
		return nil
	}
	if len(image) > signing.MaxImage {
		return signing.ErrOrdinaryImage
	}
	config, err := png.DecodeConfig(bytes.NewReader(image))
	if err != nil || config.Width > maxSide || config.Height > maxSide {
		return signing.ErrOrdinaryImage.Because(err)
	}
	return nil
}

// AddCertificate adds a certificate of the person's own.
func (s *Service) AddCertificate(ctx context.Context, who Identity, n KeyNew) (Certificate, error) {
	if err := who.Person.Allowed(access.ScopeSession); err != nil {
		return Certificate{}, err
	}
	if n.Provider == signing.Device {
		return Certificate{}, errProvider // a device of the server is an agency's
	}
	c, secret, err := s.read(ctx, n)
	if err != nil {
		return c, err
	}
	c.AccountID = who.Person.AccountID
	return c, s.own(ctx, who, func(tx *postgres.Tx) error { return tx.AddCertificate(ctx, c, s.seal(c.ID, secret)) })
}

// seal closes a secret for its row; no secret stays none.
func (s *Service) seal(row org.ID, secret []byte) []byte {
	if secret == nil {
		return nil
	}
	return s.opts.Secrets.Seal(row, string(secret))
}

// Certificates gives one's own certificates.
func (s *Service) Certificates(ctx context.Context, who Identity) (list []Certificate, err error) {
	err = s.own(ctx, who, func(tx *postgres.Tx) (err error) {
		list, err = tx.Certificates(ctx, who.Person.AccountID)
		return err
	})
	return list, err
}

// RemoveCertificate takes one of one's own certificates out of use.
func (s *Service) RemoveCertificate(ctx context.Context, who Identity, id org.ID) error {
	return s.own(ctx, who, func(tx *postgres.Tx) error { return tx.RemoveCertificate(ctx, who.Person.AccountID, id, s.now()) })
}

// Seals gives the seals of an agency: its clerks seal with them, its
// administrators look after them.
func (s *Service) Seals(ctx context.Context, who access.Person, agency org.ID) (list []Certificate, rule signing.Rule, err error) {
	if err := who.SeeSeals(agency); err != nil {
		return nil, rule, err
	}
	err = s.manage(ctx, who, func(tx *postgres.Tx) error {
		if list, err = tx.Seals(ctx, agency); err != nil {
			return err
		}
		rule, err = tx.SigningRule(ctx, agency)
		return err
	})
	return list, rule, err
}

// AddSeal gives an agency a seal.
func (s *Service) AddSeal(ctx context.Context, who access.Person, agency org.ID, n KeyNew) (Certificate, error) {
	if err := who.Administer(agency); err != nil {
		return Certificate{}, err
	}
	if n.Provider != signing.Software && n.Provider != signing.Device {
		return Certificate{}, errProvider
	}
	c, secret, err := s.read(ctx, n)
	if err != nil {
		return c, err
	}
	c.AgencyID = agency
	return c, s.manage(ctx, who, func(tx *postgres.Tx) error {
		event := document.Event{Verb: "seal_added", Data: map[string]string{"certificate": c.Subject}}
		if err := record(ctx, tx, who, agency, subjectSeal, c.ID, event, s.now()); err != nil {
			return err
		}
		return tx.AddSeal(ctx, c, s.seal(c.ID, secret))
	})
}

// RemoveSeal takes a seal out of use.
func (s *Service) RemoveSeal(ctx context.Context, who access.Person, agency, id org.ID) error {
	if err := who.Administer(agency); err != nil {
		return err
	}
	return s.manage(ctx, who, func(tx *postgres.Tx) error {
		if err := record(ctx, tx, who, agency, subjectSeal, id, document.Event{Verb: "seal_removed"}, s.now()); err != nil {
			return err
		}
		return tx.RemoveSeal(ctx, agency, id, s.now())
	})
}

// SetSigningRule says whether what an agency issues, and the initials on its
// way there, must be signed.
func (s *Service) SetSigningRule(ctx context.Context, who access.Person, r signing.Rule) error {
	if err := who.Administer(r.AgencyID); err != nil {
		return err
	}
	return s.manage(ctx, who, func(tx *postgres.Tx) error {
		event := document.Event{Verb: "signing_rule_set", Data: map[string]string{"required": yesOrNo(r.Required), "initials": yesOrNo(r.Initials)}}
		if err := record(ctx, tx, who, r.AgencyID, subjectAgency, r.AgencyID, event, s.now()); err != nil {
			return err
		}
		return tx.SetSigningRule(ctx, r)
	})
}

func yesOrNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
