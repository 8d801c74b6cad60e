package receive_test

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/exchange"
	"congvan/storage/postgres"
)

func TestK_OlderMailIsOnlyCounted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.deliver(letter("cu1", 1000), letter("cu2", 1000))
	o.exec(`update mailbox set read_from = now() + interval '1 second'`)
	o.eventually("a second passes on the server", func() bool {
		return o.count(`select count(*) from mailbox where read_from < now() - interval '1 second'`) == 1
	})
	o.deliver(letter("moi", 1000))
	stop := o.read(quick)
	o.eventually("the new one is taken in", func() bool { return o.mails() == 1 })
	assert.Equal(t, 2, o.count(`select older from mailbox`))
	assert.Equal(t, 1, o.count(`select count(*) from mail_item where subject = 'Van ban moi'`))
	stop()
	o.read(quick)
	o.deliver(letter("moi2", 1000))
	o.eventually("and the next", func() bool { return o.mails() == 2 })
	assert.Equal(t, 2, o.count(`select older from mailbox`), "nothing is counted twice")
	assert.Equal(t, 1, o.count(`select count(*) from mailbox where last_message_at is not null and pending = 0`))
}

func TestK_AMailboxOfFarOlderMailBeginsBehindIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.deliver(letter("cu1", 1000), letter("cu2", 1000))
	o.exec(`update mailbox set read_from = now() + interval '5 days'`)
	o.read(quick)
	o.eventually("counted", func() bool { return o.count(`select older from mailbox`) == 2 })
	assert.Zero(t, o.mails())
}

// tokenServer gives access tokens and a new refresh token each time; an old one
// is void at once.
type tokenServer struct {
	mu    sync.Mutex
	valid string
	n     int
}

func (s *tokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.FormValue("refresh_token") != s.valid || r.FormValue("client_id") != "congvan" || r.FormValue("client_secret") != "khóa" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	}
	s.n++
	s.valid = fmt.Sprint("refresh-", s.n)
	_, _ = fmt.Fprintf(w, `{"access_token":"access-%d","refresh_token":%q,"token_type":"Bearer"}`, s.n, s.valid)
}

// imapByToken plays a server that signs in by XOAUTH2 and holds an empty folder.
func imapByToken(t *testing.T, signedIn chan<- string) (host string, port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go speak(conn, signedIn)
		}
	}()
	at := listener.Addr().(*net.TCPAddr)
	return at.IP.String(), at.Port
}

func speak(conn net.Conn, signedIn chan<- string) {
	defer conn.Close()
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(conn, format+"\r\n", args...) }
	say("* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready")
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		for line := range strings.Lines(string(buf[:n])) {
			f := strings.Fields(line)
			if len(f) < 2 {
				continue
			}
			switch verb := strings.ToUpper(f[1]); {
			case verb == "AUTHENTICATE" && len(f) == 4:
				plain, _ := base64.StdEncoding.DecodeString(f[3])
				select {
				case signedIn <- string(plain):
				default:
				}
				say("%s OK done", f[0])
			case verb == "CAPABILITY":
				say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n%s OK done", f[0])
			case verb == "SELECT":
				say("* 0 EXISTS\r\n* FLAGS ()\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x\r\n%s OK [READ-WRITE] done", f[0])
			case verb == "UID" && strings.EqualFold(f[2], "SEARCH"):
				say("* SEARCH\r\n%s OK done", f[0])
			default:
				say("%s OK done", f[0])
			}
		}
	}
}

func TestK8_ARotatedRefreshTokenIsKeptBeforeItIsNeeded(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tokens := &tokenServer{valid: "refresh-0"}
	provider := httptest.NewTLSServer(tokens)
	t.Cleanup(provider.Close)
	signedIn := make(chan string, 8)
	host, port := imapByToken(t, signedIn)
	id := postgres.NewID()
	o.exec(`update mailbox set enabled = false`)
	o.exec(`insert into mailbox (agency_id, id, address, host, port, security, username, secret, auth, token_url, client_id)
		values ($1, $2, 'oauth@agency.example.test', $3, $4, 'none', 'oauth@agency.example.test', $5, 'oauth2', $6, 'congvan')`,
		uuid.UUID(o.agency), uuid.UUID(id), host, port, o.secrets.Seal(id, exchange.OAuthSecret{RefreshToken: "refresh-0", ClientSecret: "khóa"}.Text()), provider.URL)
	opts := quick
	pool := provider.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	opts.RootCAs = pool
	for n := 1; n <= 3; n++ { // each time a process begins anew
		stop := o.read(opts)
		select {
		case said := <-signedIn:
			assert.Equal(t, fmt.Sprintf("user=oauth@agency.example.test\x01auth=Bearer access-%d\x01\x01", n), said)
		case <-time.After(patience):
			t.Fatal("nobody signed in")
		}
		stop()
		for len(signedIn) > 0 {
			<-signedIn
		}
		tokens.mu.Lock()
		n = max(n, tokens.n)
		tokens.mu.Unlock()
	}
	o.exec(`update mailbox set secret = $1, version = version + 1 where auth = 'oauth2'`, o.secrets.Seal(id, exchange.OAuthSecret{RefreshToken: "void"}.Text()))
	o.read(opts)
	o.eventually("the refusal stands on the mailbox", func() bool { return o.count(`select count(*) from mailbox where last_error = 'mail_token'`) == 1 })
}
