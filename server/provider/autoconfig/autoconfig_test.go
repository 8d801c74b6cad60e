package autoconfig_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"congvan/server/domain/exchange"
	"congvan/server/provider/autoconfig"
)

const file = `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="so.example">
<incomingServer type="pop3"><hostname>pop.so.example</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>open.so.example</hostname><port>143</port><socketType>plain</socketType></incomingServer>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType><username>%EMAILLOCALPART%</username></incomingServer>
</emailProvider></clientConfig>`

func nothing(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, errors.New("no such name")
}

func TestK_SettingsAreFoundWhereADomainPublishesThem(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "autoconfig.so.example" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(file))
	}))
	defer server.Close()
	client := server.Client()
	transport := client.Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.InsecureSkipVerify = true // the test's own server under another name
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	client.Transport = transport
	f := &autoconfig.Finder{Client: client, LookupSRV: nothing}
	m, ok := f.Find(t.Context(), "vanthu@so.example")
	if !ok || m.Host != "imap.so.example" || m.Port != 993 || m.Security != exchange.MailTLS || m.Username != "vanthu" {
		t.Errorf("%+v %v", m, ok)
	}
	f.LookupSRV = func(_ context.Context, service, _, name string) (string, []*net.SRV, error) {
		if service == "imaps" {
			return "", []*net.SRV{{Target: ".", Port: 0}}, nil
		}
		return "", []*net.SRV{{Target: "mail." + name + ".", Port: 143}}, nil
	}
	m, ok = f.Find(t.Context(), "vanthu@so.example")
	if !ok || m.Host != "mail.so.example" || m.Security != exchange.MailStartTLS || m.Username != "vanthu@so.example" {
		t.Errorf("%+v %v", m, ok)
	}
	for _, address := range []string{"", "vanthu", "vanthu@127.0.0.1", "vanthu@[::1]", "a@so.example/x", "a@localhost", "a@khong-co.example"} {
		f.LookupSRV = nothing
		if m, ok := f.Find(t.Context(), address); ok {
			t.Errorf("%q: %+v", address, m)
		}
	}
}
