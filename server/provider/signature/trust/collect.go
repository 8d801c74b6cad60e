package trust

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"

	"golang.org/x/crypto/ocsp"
)

const maxFetch = 4 << 20

// Collector fetches evidence while it can be had. Its client must bound the
// time of a request and refuse addresses inside the house: certificates come
// from outside, and so do the addresses in them.
type Collector struct {
	Client *http.Client
}

// Collect asks for each certificate of the chain whether it is revoked: by
// OCSP, and where that gives nothing by its issuer's list. What is missing is
// told in the error; what was found is given all the same.
func (c Collector) Collect(ctx context.Context, chain []*x509.Certificate) (Evidence, error) {
	found := Evidence{Certificates: chain}
	var missing []error
	for i := range len(chain) - 1 {
		if answer, err := c.askOCSP(ctx, chain[i], chain[i+1]); err == nil {
			found.OCSPs = append(found.OCSPs, answer)
			continue
		}
		list, err := c.fetchCRL(ctx, chain[i], chain[i+1])
		if err != nil {
			missing = append(missing, fmt.Errorf("certificate %d of the chain: %w", i+1, err))
			continue
		}
		found.CRLs = append(found.CRLs, list)
	}
	return found, errors.Join(missing...)
}

func (c Collector) askOCSP(ctx context.Context, certificate, issuer *x509.Certificate) ([]byte, error) {
	if len(certificate.OCSPServer) == 0 {
		return nil, errors.New("no OCSP address")
	}
	query, err := ocsp.CreateRequest(certificate, issuer, nil)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, certificate.OCSPServer[0], bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/ocsp-request")
	answer, err := c.fetch(request)
	if err != nil {
		return nil, err
	}
	parsed, err := ocsp.ParseResponseForCert(answer, certificate, issuer)
	if err != nil {
		return nil, err
	}
	if !responds(parsed, issuer) || parsed.Status == ocsp.Unknown {
		return nil, errors.New("no answer about this certificate")
	}
	return answer, nil
}

func (c Collector) fetchCRL(ctx context.Context, certificate, issuer *x509.Certificate) ([]byte, error) {
	if len(certificate.CRLDistributionPoints) == 0 {
		return nil, errors.New("no address of a revocation list")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, certificate.CRLDistributionPoints[0], http.NoBody)
	if err != nil {
		return nil, err
	}
	raw, err := c.fetch(request)
	if err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(raw); block != nil {
		raw = block.Bytes
	}
	list, err := x509.ParseRevocationList(raw)
	if err != nil {
		return nil, err
	}
	return raw, list.CheckSignatureFrom(issuer)
}

func (c Collector) fetch(request *http.Request) ([]byte, error) {
	response, err := c.Client.Do(request) //nolint:gosec // addresses come out of certificates; the caller's client refuses those inside the house
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %d", response.StatusCode)
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxFetch+1))
	if err == nil && len(answer) > maxFetch {
		err = errors.New("the answer is too long")
	}
	return answer, err
}
