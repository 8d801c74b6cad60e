package exchange_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"congvan/server/domain/exchange"
)

func TestK_AFromLineAloneIsNeverTrusted(t *testing.T) {
	t.Parallel()
	const from = "vanthu@so.tinh.gov.vn"
	for name, c := range map[string]struct {
		trust exchange.Trust
		want  exchange.TrustDegree
	}{
		"nothing":             {exchange.Trust{}, exchange.TrustClaimed},
		"own domain":          {exchange.Trust{DKIM: []exchange.DomainProof{{Domain: "so.tinh.gov.vn", Result: "pass"}}}, exchange.TrustDomain},
		"domain above":        {exchange.Trust{DKIM: []exchange.DomainProof{{Domain: "tinh.gov.vn", Result: "pass"}}}, exchange.TrustDomain},
		"top of the country":  {exchange.Trust{DKIM: []exchange.DomainProof{{Domain: "gov.vn", Result: "pass"}}}, exchange.TrustClaimed},
		"another's signature": {exchange.Trust{DKIM: []exchange.DomainProof{{Domain: "gui.example", Result: "pass"}}}, exchange.TrustClaimed},
		"broken signature":    {exchange.Trust{DKIM: []exchange.DomainProof{{Domain: "so.tinh.gov.vn", Result: "fail"}}}, exchange.TrustDoubt},
		"one of two holds":    {exchange.Trust{DKIM: []exchange.DomainProof{{Domain: "so.tinh.gov.vn", Result: "fail"}, {Domain: "tinh.gov.vn", Result: "pass"}}}, exchange.TrustDomain},
		"no key to be had":    {exchange.Trust{DKIM: []exchange.DomainProof{{Domain: "so.tinh.gov.vn", Result: "error"}}}, exchange.TrustClaimed},
		"the server vouches":  {exchange.Trust{Believed: true, Findings: []exchange.Finding{{Method: "dmarc", Result: "pass", About: "so.tinh.gov.vn"}}}, exchange.TrustServer},
		"somebody vouches":    {exchange.Trust{Findings: []exchange.Finding{{Method: "dmarc", Result: "pass", About: "so.tinh.gov.vn"}}}, exchange.TrustClaimed},
		"the server doubts":   {exchange.Trust{Findings: []exchange.Finding{{Method: "dmarc", Result: "fail", About: "so.tinh.gov.vn"}}}, exchange.TrustDoubt},
		"spf of another":      {exchange.Trust{Findings: []exchange.Finding{{Method: "spf", Result: "fail", About: "x@relay.example"}}}, exchange.TrustClaimed},
		"a certificate":       {exchange.Trust{SMIME: "valid"}, exchange.TrustSigned},
		"a broken one":        {exchange.Trust{SMIME: "invalid", DKIM: []exchange.DomainProof{{Domain: "so.tinh.gov.vn", Result: "pass"}}}, exchange.TrustDoubt},
	} {
		assert.Equal(t, c.want, c.trust.Degree(from), name)
	}
	assert.Equal(t, exchange.TrustClaimed, exchange.Trust{DKIM: []exchange.DomainProof{{Domain: "", Result: "pass"}}}.Degree(""))
}
