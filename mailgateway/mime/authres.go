package mime

import (
	"strings"

	"github.com/emersion/go-msgauth/authres"

	"congvan/server/domain/exchange"
)

// maxFindings bounds what is kept of one field.
const maxFindings = 20

// AuthResults reads the uppermost Authentication-Results field (RFC 8601): the
// name of the server that wrote it, and what it found. Anybody can write one;
// what it is worth is for the caller to know.
func AuthResults(f Fields) (server string, findings []exchange.Finding) {
	field := f.Get("Authentication-Results")
	if field == "" {
		return "", nil
	}
	server, results, err := authres.Parse(field)
	if err != nil {
		return "", nil
	}
	for _, r := range results {
		if one, ok := findingOf(r); ok && len(findings) < maxFindings {
			one.About = plain(cutRunes(one.About, 250))
			findings = append(findings, one)
		}
	}
	return plain(cutRunes(server, 250)), findings
}

func findingOf(r authres.Result) (exchange.Finding, bool) {
	switch r := r.(type) {
	case *authres.SPFResult:
		about := r.From
		if about == "" {
			about = r.Helo
		}
		return exchange.Finding{Method: "spf", Result: resultOf(r.Value), About: about}, true
	case *authres.DKIMResult:
		about := r.Domain
		if about == "" {
			about = r.Identifier
		}
		return exchange.Finding{Method: "dkim", Result: resultOf(r.Value), About: about}, true
	case *authres.DMARCResult:
		return exchange.Finding{Method: "dmarc", Result: resultOf(r.Value), About: r.From}, true
	}
	return exchange.Finding{}, false
}

func resultOf(v authres.ResultValue) string {
	switch s := strings.ToLower(string(v)); s {
	case "pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror":
		return s
	}
	return "none"
}
