// Package autoconfig finds the IMAP settings that the domain of a mail address
// publishes: in the name service (RFC 6186), or as a file that mail programs
// read. It must not sign in anywhere, and asks no one but the domain itself.
package autoconfig

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"congvan/server/domain/exchange"
)

// Finder asks domains.
type Finder struct {
	Client    *http.Client
	LookupSRV func(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

// New makes a finder; control judges each address that is really dialled.
func New(control func(network, address string, c syscall.RawConn) error) *Finder {
	dialer := &net.Dialer{Timeout: perTry, Control: control}
	return &Finder{LookupSRV: net.DefaultResolver.LookupSRV, Client: &http.Client{Timeout: perTry,
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: perTry, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

const (
	perTry    = 4 * time.Second
	inAll     = 12 * time.Second
	maxAnswer = 64 << 10
)

// Find gives the settings for an address, or says that the domain publishes none.
func (f *Finder) Find(ctx context.Context, address string) (exchange.OfficialMailbox, bool) {
	_, domain, ok := strings.Cut(address, "@")
	domain = strings.ToLower(domain)
	if !ok || !isDomain(domain) {
		return exchange.OfficialMailbox{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, inAll)
	defer cancel()
	if m, ok := f.bySRV(ctx, domain); ok {
		m.Username = address
		return m, true
	}
	for _, place := range []string{"https://autoconfig." + domain + "/mail/config-v1.1.xml?emailaddress=" + url.QueryEscape(address),
		"https://" + domain + "/.well-known/autoconfig/mail/config-v1.1.xml"} {
		if m, ok := f.byFile(ctx, place, address); ok {
			return m, true
		}
	}
	return exchange.OfficialMailbox{}, false
}

func isDomain(s string) bool {
	return strings.Contains(s, ".") && len(s) <= 253 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-.") == "" && net.ParseIP(s) == nil
}

// bySRV reads the records of RFC 6186; a target "." says that there is no such service.
func (f *Finder) bySRV(ctx context.Context, domain string) (exchange.OfficialMailbox, bool) {
	for _, service := range []struct {
		name     string
		security exchange.MailSecurity
	}{{"imaps", exchange.MailTLS}, {"imap", exchange.MailStartTLS}} {
		_, records, err := f.LookupSRV(ctx, service.name, "tcp", domain)
		if err != nil {
			continue
		}
		for _, r := range records {
			if host := strings.ToLower(strings.TrimSuffix(r.Target, ".")); isDomain(host) && r.Port > 0 {
				return exchange.OfficialMailbox{Host: host, Port: int(r.Port), Security: service.security}, true
			}
		}
	}
	return exchange.OfficialMailbox{}, false
}

// clientConfig is the file that Thunderbird and others read.
type clientConfig struct {
	Servers []struct {
		Type     string `xml:"type,attr"`
		Hostname string `xml:"hostname"`
		Port     string `xml:"port"`
		Socket   string `xml:"socketType"`
		Username string `xml:"username"`
	} `xml:"emailProvider>incomingServer"`
}

func (f *Finder) byFile(ctx context.Context, place, address string) (exchange.OfficialMailbox, bool) {
	body, err := f.get(ctx, place)
	if err != nil {
		return exchange.OfficialMailbox{}, false
	}
	var config clientConfig
	if err := xml.Unmarshal(body, &config); err != nil {
		return exchange.OfficialMailbox{}, false
	}
	local, domain, _ := strings.Cut(address, "@")
	fill := strings.NewReplacer("%EMAILADDRESS%", address, "%EMAILLOCALPART%", local, "%EMAILDOMAIN%", domain)
	for _, s := range config.Servers {
		port, err := strconv.Atoi(strings.TrimSpace(s.Port))
		host := strings.ToLower(strings.TrimSpace(fill.Replace(s.Hostname)))
		security := map[string]exchange.MailSecurity{"SSL": exchange.MailTLS, "STARTTLS": exchange.MailStartTLS}[strings.TrimSpace(s.Socket)]
		if s.Type != "imap" || err != nil || port < 1 || port > 65535 || !isDomain(host) || security == "" {
			continue
		}
		name := strings.TrimSpace(fill.Replace(s.Username))
		if name == "" || len(name) > 200 {
			name = address
		}
		return exchange.OfficialMailbox{Host: host, Port: port, Security: security, Username: name}, true
	}
	return exchange.OfficialMailbox{}, false
}

func (f *Finder) get(ctx context.Context, place string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return nil, err
	}
	response, err := f.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, errors.New("no such file")
	}
	return io.ReadAll(io.LimitReader(response.Body, maxAnswer))
}
