package exchange

import "strings"

// Trust is what is known of who sent a mail. A From line is never proof; this
// says how much more there is.
type Trust struct {
	Signed  bool          // it carries a DKIM signature
	Checked bool          // we looked at it ourselves
	DKIM    []DomainProof // what we found (RFC 6376)
	// Server is what the receiving server wrote about it (RFC 8601): its name,
	// and its findings. It is its word, shown as such.
	Server   string
	Findings []Finding
	Believed bool   // the mailbox's own server is known to write that name, and only that field
	SMIME    string // "valid", "unknown_chain", "invalid", "unchecked" or nothing
	Signer   string // of S/MIME, as the certificate names it
}

// DomainProof is one DKIM signature: whose, and whether it holds.
type DomainProof struct {
	Domain string
	Result string // "pass", "fail" or "error": the key could not be had
}

// Finding is one result of the receiving server.
type Finding struct {
	Method string // spf, dkim, dmarc, …
	Result string // pass, fail, softfail, none, …
	About  string // the domain or address that it is about
}

// TrustDegree is how far a sender may be believed, in one word.
type TrustDegree string

// The degrees, from the highest to the lowest.
const (
	TrustSigned  TrustDegree = "signed"  // S/MIME by a certificate of a known chain
	TrustDomain  TrustDegree = "domain"  // the domain of the From line signed it
	TrustServer  TrustDegree = "server"  // only the receiving server vouches for the domain
	TrustClaimed TrustDegree = "claimed" // nothing but the From line
	TrustDoubt   TrustDegree = "doubt"   // something speaks against it
)

// Degree weighs what is known against the address of the From line. What speaks
// for a sender in the field of a server counts only where that server is known
// to remove what strangers write there; what speaks against counts always.
func (t Trust) Degree(from string) TrustDegree {
	domain := domainOf(from)
	if t.SMIME == "invalid" || t.found("dmarc", domain, "fail") {
		return TrustDoubt
	}
	if t.SMIME == "valid" {
		return TrustSigned
	}
	failed := false
	for _, p := range t.DKIM {
		if !aligned(p.Domain, domain) {
			continue
		}
		if p.Result == "pass" {
			return TrustDomain
		}
		failed = failed || p.Result == "fail"
	}
	switch {
	case failed, t.found("spf", domain, "fail"):
		return TrustDoubt
	case t.Believed && (t.found("dmarc", domain, "pass") || t.found("dkim", domain, "pass")):
		return TrustServer
	}
	return TrustClaimed
}

func (t Trust) found(method, domain, result string) bool {
	for _, f := range t.Findings {
		if f.Method == method && f.Result == result && aligned(domainOf(f.About), domain) {
			return true
		}
	}
	return false
}

func domainOf(address string) string {
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		address = address[at+1:]
	}
	return strings.ToLower(strings.TrimSuffix(address, "."))
}

// aligned tells whether a domain may speak for another: it is the same one or
// one above it, and no top of a country's own (RFC 7489, 3.1).
func aligned(signer, from string) bool {
	signer = strings.ToLower(strings.TrimSuffix(signer, "."))
	if signer == "" || from == "" {
		return false
	}
	if signer == from {
		return true
	}
	if !strings.HasSuffix(from, "."+signer) {
		return false
	}
	labels := strings.Split(signer, ".")
	if len(labels) < 2 {
		return false
	}
	// gov.vn and com.vn belong to nobody who sends mail.
	return len(labels) > 2 || !secondLevel[labels[0]]
}

var secondLevel = map[string]bool{"gov": true, "com": true, "net": true, "org": true, "edu": true, "ac": true, "co": true, "info": true,
	"name": true, "health": true, "int": true, "biz": true, "pro": true}
