package command

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"congvan/server/app/accounts"
	"congvan/server/app/outgoing"
	"congvan/server/config"
	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
	"congvan/server/provider/presence"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/locate"
	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/signature/softkey"
	"congvan/server/provider/signature/token"
	"congvan/server/provider/signature/trust"
	"congvan/server/provider/signature/tsa"
	"congvan/storage/secret"
)

// keyring is how this installation signs and whom it trusts.
type keyring struct {
	cfg       config.Config
	secrets   *secret.Box
	kept      []byte // under which software keys are kept, besides the box
	anchors   trust.Anchors
	stampers  trust.Anchors
	stamp     signature.Stamper
	policy    signature.StampPolicy
	module    *token.Module // nil: there is no device
	authority *democa.Authority
	known     trust.Cache  // of revocations
	given     [][]byte     // revocation lists that somebody named
	asking    *http.Client // of authorities that certificates name
}

// outsideTime bounds a request to an authority or a signing service.
const outsideTime = 20 * time.Second

// openSigning wires keys, time stamps and trust.
func (in *installation) openSigning() (*keyring, error) {
	k := &keyring{cfg: in.cfg, secrets: in.secrets, policy: signature.StampNever, known: knownRevocations(in.cfg), asking: outside(false)}
	var err error
	if k.kept, err = in.cfg.Key(); err != nil {
		return nil, err
	}
	if in.cfg.StampURL != "" {
		k.stamp = tsa.Authority{URL: in.cfg.StampURL, User: in.cfg.StampUser, Password: in.cfg.StampPassword.Reveal(), Client: outside(true)}.Stamp
		k.policy = signature.StampRequired
		if in.cfg.StampPolicy == "wished" {
			k.policy = signature.StampWished
		}
	}
	if in.cfg.KeyModule != "" {
		if k.module, err = token.Open(in.cfg.KeyModule); err != nil {
			return nil, fmt.Errorf("open the device of seals: %w", err)
		}
	}
	if in.cfg.Demo {
		if err := k.openDemo(); err != nil {
			return nil, err
		}
		err = k.trust(k.authority.Certificate)
	} else {
		err = k.trust()
	}
	if err != nil {
		return nil, err
	}
	return k, nil
}

// trust reads whom this installation trusts, besides those given.
func (k *keyring) trust(more ...*x509.Certificate) error {
	roots, err := readAnchors(k.cfg.TrustAnchors)
	if err != nil {
		return err
	}
	stamping, err := readAnchors(k.cfg.StampAnchors)
	if err != nil {
		return err
	}
	k.anchors = trust.NewAnchors(append(roots, more...)...)
	k.stampers = k.anchors
	if len(stamping) > 0 {
		k.stampers = trust.NewAnchors(append(stamping, more...)...)
	}
	return nil
}

func readAnchors(path string) ([]*x509.Certificate, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read trusted authorities: %w", err)
	}
	list, err := trust.ReadAnchors(text)
	if err != nil {
		return nil, fmt.Errorf("read trusted authorities: %w", err)
	}
	return list.Certificates(), nil
}

// outside is a client for authorities. Addresses in certificates come from
// anybody, so those that are not configured may not lead inside.
func outside(configured bool) *http.Client {
	dialer := &net.Dialer{Timeout: outsideTime}
	if !configured {
		dialer.Control = refusePrivate
	}
	return &http.Client{Timeout: outsideTime, Transport: &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true}}
}

func (k *keyring) options(ctx context.Context) (signature.Options, error) {
	lists, err := k.revocations(ctx)
	return signature.Options{Anchors: k.anchors, Stampers: k.stampers, Evidence: trust.Evidence{CRLs: lists}, Now: time.Now()}, err
}

// The bounds of what is read of revocation lists.
const (
	maxLists    = 200
	maxListSize = 64 << 20
)

// revocations reads the lists that something else keeps fresh.
func (k *keyring) revocations(ctx context.Context) ([][]byte, error) {
	if k.cfg.RevocationLists == "" {
		return k.given, nil
	}
	paths, err := filepath.Glob(filepath.Join(k.cfg.RevocationLists, "*.crl"))
	if err != nil {
		return nil, fmt.Errorf("find revocation lists: %w", err)
	}
	lists := slices.Clone(k.given)
	for _, path := range paths[:min(len(paths), maxLists)] {
		list, err := readLimited(ctx, path, maxListSize)
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	return lists, nil
}

// signing gives the use cases what they need.
func (k *keyring) signing() outgoing.Signing {
	return outgoing.Signing{
		Prepare: func(ctx context.Context, file []byte, w signing.Wanted) ([]byte, error) {
			return signature.Reserve(ctx, file, w, locate.Find)
		},
		Propose: func(ctx context.Context, file []byte, w signing.Wanted) (signing.Proposal, error) {
			return signature.Propose(ctx, file, w, locate.Find)
		},
		Free: signature.Free,
		Fill: signature.FillNumbering,
		Sign: k.sign, SignAsked: k.signAsked,
		Returned: func(ctx context.Context, sent, file []byte) (signing.Returned, error) {
			o, err := k.options(ctx)
			if err == nil && bytes.HasPrefix(file, sent) { // anything else is refused unread
				_, o, err = k.judged(ctx, file)
			}
			if err != nil {
				return signing.Returned{}, err
			}
			return signature.Returned(sent, file, o)
		},
		MaxFile: pdf.MaxFile,
	}
}

// sign has a key sign that the server can reach, and adds evidence where that is wished.
func (k *keyring) sign(ctx context.Context, t outgoing.SignTask) ([]byte, error) {
	r, err := request(t)
	if err != nil {
		return nil, err
	}
	out, err := k.withKey(ctx, t, r)
	if err != nil {
		return nil, err
	}
	return k.withEvidence(ctx, out.File, append([]*x509.Certificate{r.Certificate}, r.Chain...))
}

// request is what a key is asked for.
func request(t outgoing.SignTask) (signature.Request, error) {
	chain, err := parseChain(t.Certificate.Chain)
	if err != nil {
		return signature.Request{}, err
	}
	now := time.Now()
	look, err := appearance(t, now)
	return signature.Request{Place: t.Place, Certificate: chain[0], Chain: chain[1:], Name: t.Name, Reason: t.Reason, At: now, Appearance: look}, err
}

// withEvidence adds what authorities say of the signer now, where that is wished.
func (k *keyring) withEvidence(ctx context.Context, file []byte, chain []*x509.Certificate) ([]byte, error) {
	if !k.cfg.CollectEvidence {
		return file, nil
	}
	// What authorities do not tell now is missing in the file and told by every
	// verification; the signature itself stands.
	evidence, _ := trust.Collector{Client: k.asking}.Collect(ctx, chain)
	if err := k.known.Keep(chain, evidence); err != nil {
		return nil, err
	}
	evidence.Certificates = append(evidence.Certificates, chain[1:]...)
	return signature.AddEvidence(file, evidence)
}

// appearance is what the decree has a signature show: words alone on annexes
// and copies, otherwise the image where there is one.
func appearance(t outgoing.SignTask, now time.Time) (signature.Appearance, error) {
	switch {
	case t.Place.Kind == signing.AnnexSeal:
		return signature.Appearance{Lines: signing.AnnexWords(t.Reference, now), Align: signature.Right}, nil
	case t.Place.Kind == signing.Copy:
		words, err := signing.CopyWords(t.Kind, t.Name, now)
		return signature.Appearance{Lines: words, Align: signature.Right}, err
	case len(t.Certificate.Image) > 0:
		return signature.Appearance{Image: t.Certificate.Image}, nil
	case t.Place.Kind == signing.Initial:
		return signature.Appearance{Lines: []string{t.Name}, Align: signature.Centre}, nil // its place is small
	}
	return signature.Appearance{Lines: []string{t.Name, signing.WrittenTime(now)}, Align: signature.Centre}, nil
}

func (k *keyring) withKey(ctx context.Context, t outgoing.SignTask, r signature.Request) (signature.Outcome, error) {
	switch t.Certificate.Provider {
	case signing.Software:
		kept, err := k.secrets.Open(t.Certificate.ID, t.Sealed)
		if err != nil {
			return signature.Outcome{}, fmt.Errorf("open a key: %w", err)
		}
		key, err := softkey.Unlock([]byte(kept), k.kept)
		if err != nil {
			return signature.Outcome{}, err
		}
		return key.Sign(ctx, t.File, r, k.stamp, k.policy)
	case signing.Device:
		pin, err := k.secrets.Open(t.Certificate.ID, t.Sealed)
		if err != nil {
			return signature.Outcome{}, fmt.Errorf("open a PIN: %w", err)
		}
		session, err := k.device(t.Certificate.Reference, pin, t.Certificate.Fingerprint)
		if err != nil {
			return signature.Outcome{}, err
		}
		out, err := session.Sign(ctx, t.File, r, k.stamp, k.policy)
		return out, errors.Join(err, session.Close())
	case signing.Remote:
		return k.signRemote(ctx, t, r)
	}
	return signature.Outcome{}, errNoKeyHere
}

var errNoKeyHere = fault.New(fault.Conflict, "key_elsewhere", "Khóa không ở máy chủ này.", "The key is not at this server.")

func (k *keyring) device(label, pin string, f signing.Fingerprint) (*token.Session, error) {
	if k.module == nil {
		return nil, token.ErrModule
	}
	return k.module.Key(label, pin, f)
}

func parseChain(list [][]byte) ([]*x509.Certificate, error) {
	chain := make([]*x509.Certificate, len(list))
	for i, der := range list {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("read a certificate: %w", err)
		}
		chain[i] = c
	}
	if len(chain) == 0 {
		return nil, errors.New("a certificate is empty")
	}
	return chain, nil
}

// certificateOf reads off a certificate what people are shown.
func certificateOf(c *x509.Certificate, chain []*x509.Certificate) signing.Certificate {
	out := signing.Certificate{Fingerprint: sha256.Sum256(c.Raw), Subject: signerLine(c.Subject.CommonName, ""), Issuer: signerLine(c.Issuer.CommonName, ""),
		Serial: hex.EncodeToString(c.SerialNumber.Bytes()), Training: signature.Training(c), ValidFrom: c.NotBefore, ValidUntil: c.NotAfter, Chain: [][]byte{c.Raw}}
	for _, issuer := range chain[:min(len(chain), maxIssuers)] {
		if !issuer.Equal(c) {
			out.Chain = append(out.Chain, issuer.Raw)
		}
	}
	return out
}

const maxIssuers = 9

// keys reads certificates for the accounts.
func (k *keyring) keys() accounts.Keys {
	return accounts.Keys{
		Software: func(file []byte, password string) (signing.Certificate, []byte, error) {
			key, err := softkey.Open(file, password)
			if err != nil {
				return signing.Certificate{}, nil, err
			}
			return k.lock(key)
		},
		Alone: func(file []byte) (signing.Certificate, error) {
			list, err := trust.ReadAnchors(file)
			if err != nil {
				return signing.Certificate{}, errCertificateFile.Because(err)
			}
			chain := list.Certificates()
			return certificateOf(chain[0], chain[1:]), nil
		},
		Remote: func(ctx context.Context, reference string) (signing.Certificate, error) {
			service, err := k.remote()
			if err != nil {
				return signing.Certificate{}, err
			}
			c, err := service.Credential(ctx, reference)
			if err != nil {
				return signing.Certificate{}, err
			}
			out := certificateOf(c.Certificate, c.Chain)
			out.Asks = c.Asks
			return out, nil
		},
		Device: func(label, pin string, c signing.Certificate) error {
			session, err := k.device(label, pin, c.Fingerprint)
			if err != nil {
				return err
			}
			return session.Close()
		},
	}
}

var errCertificateFile = fault.InvalidField("file", "certificate_file",
	"Tệp chứng thư (.pem, .cer, .crt) không đọc được.", "The certificate file (.pem, .cer, .crt) cannot be read.")

// lock gives a key as it is kept.
func (k *keyring) lock(key signature.Key) (signing.Certificate, []byte, error) {
	kept, err := softkey.Lock(key, k.kept)
	return certificateOf(key.Certificate, key.Chain), kept, err
}

// passkeys connects the accounts with authenticators.
func passkeys(cfg config.Config) (accounts.Passkeys, error) {
	public, err := cfg.Public()
	if err != nil {
		return accounts.Passkeys{}, err
	}
	p, err := presence.NewPasskeys(public)
	if err != nil {
		return accounts.Passkeys{}, err
	}
	as := func(h accounts.PasskeyHolder) presence.Holder {
		return presence.Holder{ID: h.ID[:], Login: h.Login, Name: h.Name, Records: h.Records}
	}
	return accounts.Passkeys{
		Enrol: func(h accounts.PasskeyHolder) ([]byte, []byte, error) {
			q, err := p.Enrol(as(h))
			return q.Options, q.Kept, err
		},
		Enrolled: func(h accounts.PasskeyHolder, kept, answer []byte) ([]byte, []byte, error) {
			r, err := p.Enrolled(as(h), kept, answer)
			return r.Handle, r.JSON, err
		},
		Ask: func(h accounts.PasskeyHolder) ([]byte, []byte, error) {
			q, err := p.Ask(as(h))
			return q.Options, q.Kept, err
		},
		Answered: func(h accounts.PasskeyHolder, kept, answer []byte) ([]byte, []byte, error) {
			r, err := p.Answered(as(h), kept, answer)
			return r.Handle, r.JSON, err
		},
	}, nil
}
