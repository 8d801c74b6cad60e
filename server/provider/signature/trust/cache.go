package trust

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/crypto/ocsp"
)

// Cache keeps in a folder what authorities said of certificates, so that it is
// known without the Internet. The zero cache keeps nothing. What is in it is
// believed for its own signature and for nothing else.
type Cache struct{ Dir string }

// About gives what is kept of the certificates of a chain. Fresh tells whether
// all of them are covered at the time.
func (c Cache) About(chain []*x509.Certificate, now time.Time) (found Evidence, fresh bool, err error) {
	fresh = true
	for i := range len(chain) - 1 {
		covered := false
		answer, err := c.read(answerName(chain[i], chain[i+1]))
		if err != nil {
			return found, false, err
		}
		if parsed, err := ocsp.ParseResponseForCert(answer, chain[i], chain[i+1]); answer != nil && err == nil {
			found.OCSPs = append(found.OCSPs, answer)
			covered = covers(parsed.ThisUpdate, parsed.NextUpdate, now)
		}
		list, err := c.read(listName(chain[i+1]))
		if err != nil {
			return found, false, err
		}
		if parsed, err := x509.ParseRevocationList(list); list != nil && err == nil {
			found.CRLs = append(found.CRLs, list)
			covered = covered || covers(parsed.ThisUpdate, parsed.NextUpdate, now)
		}
		fresh = fresh && covered
	}
	return found, fresh, nil
}

// Keep keeps what was collected about a chain, in the place of what was kept.
func (c Cache) Keep(chain []*x509.Certificate, found Evidence) error {
	for i := range len(chain) - 1 {
		for _, answer := range found.OCSPs {
			if _, err := ocsp.ParseResponseForCert(answer, chain[i], chain[i+1]); err == nil {
				if err := c.write(answerName(chain[i], chain[i+1]), answer); err != nil {
					return err
				}
			}
		}
		for _, raw := range found.CRLs {
			if list, err := x509.ParseRevocationList(raw); err == nil && list.CheckSignatureFrom(chain[i+1]) == nil {
				if err := c.write(listName(chain[i+1]), raw); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func answerName(certificate, issuer *x509.Certificate) string {
	return named(".ocsp", issuer.RawSubjectPublicKeyInfo, certificate.SerialNumber.Bytes())
}

func listName(issuer *x509.Certificate) string {
	return named(".crl", issuer.RawSubjectPublicKeyInfo, issuer.RawSubject)
}

func named(ending string, parts ...[]byte) string {
	sum := sha256.New()
	for _, p := range parts {
		sum.Write(p)
	}
	return hex.EncodeToString(sum.Sum(nil)) + ending
}

// read gives nothing for what is not kept.
func (c Cache) read(name string) ([]byte, error) {
	if c.Dir == "" {
		return nil, nil
	}
	f, err := os.Open(filepath.Join(c.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what is known of a certificate: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFetch))
	if err != nil {
		return nil, fmt.Errorf("read what is known of a certificate: %w", err)
	}
	return raw, nil
}

// write puts the file in place whole: another process may read it meanwhile.
func (c Cache) write(name string, content []byte) error {
	if c.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return fmt.Errorf("keep what is known of a certificate: %w", err)
	}
	f, err := os.CreateTemp(c.Dir, "new-*")
	if err != nil {
		return fmt.Errorf("keep what is known of a certificate: %w", err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(c.Dir, name))
	}
	if err != nil {
		return fmt.Errorf("keep what is known of a certificate: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
