// Package config holds the settings of an installation: one typed value, read
// once at the start from the environment or a file, and validated once. It must
// not open or start anything.
package config

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"congvan/server/domain/fault"
)

// Secret is a setting that never shows: not in a log, not in an error, not in a dump.
type Secret string

const hidden = "•••"

// String hides the secret.
func (s Secret) String() string { return hidden }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return hidden }

// LogValue hides the secret from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the secret from whatever writes settings down.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Reveal gives the secret to the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// Problem is a setting that is not usable, in words an operator can act on.
type Problem struct{ fault.Text }

// Error gives the English text.
func (p Problem) Error() string { return p.EN }

func problem(vi, en string) error { return Problem{fault.Text{VI: vi, EN: en}} }

// Config is every setting. The comment of each field is its documentation:
// docs/config.md is made from it.
type Config struct {
	Addr      string   `env:"CONGVAN_ADDR" envDefault:"127.0.0.1:8080" doc:"Address the server listens on."`
	PublicURL string   `env:"CONGVAN_PUBLIC_URL" doc:"How people reach the installation. With https cookies are sent over TLS only. Empty: http://localhost with the port of CONGVAN_ADDR."`
	Data      string   `env:"CONGVAN_DATA" envDefault:"data" doc:"Folder of the embedded servers and of keys made for the demonstration."`
	Roles     []string `env:"CONGVAN_ROLES" envDefault:"api,worker,mail" doc:"What this process does: any of api, worker, mail."`

	DatabaseURL         Secret `env:"CONGVAN_DATABASE_URL" doc:"PostgreSQL address of the role congvan_app. Empty: an embedded PostgreSQL in the data folder."`
	OwnerDatabaseURL    Secret `env:"CONGVAN_OWNER_DATABASE_URL" doc:"PostgreSQL address of the role that owns the schema; only migrate needs it."`
	BackupDatabaseURL   Secret `env:"CONGVAN_BACKUP_DATABASE_URL" doc:"PostgreSQL address of a role that sees every row (a superuser, or one with BYPASSRLS); only backup and restore --verify need it. Empty: CONGVAN_OWNER_DATABASE_URL."`
	DatabaseConnections int    `env:"CONGVAN_DATABASE_CONNECTIONS" envDefault:"20" doc:"Connections of this process, at most."`

	S3Endpoint  string `env:"CONGVAN_S3_ENDPOINT" doc:"host:port of the object store. Empty: an embedded one in the data folder."`
	S3Secure    bool   `env:"CONGVAN_S3_SECURE" envDefault:"false" doc:"Whether the object store is reached over TLS."`
	S3AccessKey string `env:"CONGVAN_S3_ACCESS_KEY" doc:"Access key of the object store."`
	S3SecretKey Secret `env:"CONGVAN_S3_SECRET_KEY" doc:"Secret key of the object store."`
	S3Bucket    string `env:"CONGVAN_S3_BUCKET" envDefault:"congvan" doc:"Bucket that holds all files."`
	S3Region    string `env:"CONGVAN_S3_REGION" envDefault:"us-east-1" doc:"Region of the bucket."`

	SecretKey Secret `env:"CONGVAN_SECRET_KEY" doc:"32 random bytes in base64; encrypts stored passwords of mailboxes. Keep a copy apart from the database."`

	MaxUploadBytes        int64  `env:"CONGVAN_MAX_UPLOAD_BYTES" envDefault:"2147483648" doc:"Largest file that is taken, in bytes."`
	MaxMailBytes          int64  `env:"CONGVAN_MAX_MAIL_BYTES" envDefault:"104857600" doc:"Largest mail that is taken in by itself, in bytes; larger ones wait in quarantine."`
	AllowPrivateMailHosts bool   `env:"CONGVAN_ALLOW_PRIVATE_MAIL_HOSTS" envDefault:"false" doc:"Whether mail servers on private and local addresses may be connected to."`
	AllowPlainMail        bool   `env:"CONGVAN_ALLOW_PLAIN_MAIL" envDefault:"false" doc:"Whether mailboxes may be read, and mail sent, over a line without TLS, on which passwords can be overheard."`
	SMTPHost              string `env:"CONGVAN_SMTP_HOST" doc:"Mail server that takes outgoing mail, for documents to agencies that have only a mailbox. Empty: they wait."`
	SMTPPort              int    `env:"CONGVAN_SMTP_PORT" envDefault:"0" doc:"Its port. 0: 465 with tls, 587 otherwise."`
	SMTPSecurity          string `env:"CONGVAN_SMTP_SECURITY" envDefault:"starttls" doc:"How the line to it is protected: tls, starttls, or none where CONGVAN_ALLOW_PLAIN_MAIL is set."`
	SMTPUsername          string `env:"CONGVAN_SMTP_USERNAME" doc:"User name to sign in with. Empty: no signing in."`
	SMTPPassword          Secret `env:"CONGVAN_SMTP_PASSWORD" doc:"Password to sign in with."`
	SMTPFrom              string `env:"CONGVAN_SMTP_FROM" doc:"Address that all mail is sent from, where the server takes no other; replies go to the agency. Empty: each agency's own mailbox is the sender."`
	SMTPName              string `env:"CONGVAN_SMTP_NAME" doc:"Host name in greetings and in the identifiers of mails; it should never change. Empty: the host of CONGVAN_PUBLIC_URL."`
	SMTPMaxBytes          int64  `env:"CONGVAN_SMTP_MAX_BYTES" envDefault:"52428800" doc:"Largest mail that is sent, in bytes as it travels: a third more than its files. The server's own limit counts too."`
	SMTPPerMinute         int    `env:"CONGVAN_SMTP_PER_MINUTE" envDefault:"60" doc:"Mails that are sent to the addresses of one mail host in a minute, at most; further ones wait."`
	MailLinks             bool   `env:"CONGVAN_MAIL_LINKS" envDefault:"true" doc:"Whether files that are too large for a recipient's mail server go as a link to a page of this installation (CONGVAN_PUBLIC_URL), which closes by itself. Otherwise such a mail is refused."`
	ClamAV                string `env:"CONGVAN_CLAMAV" doc:"ClamAV daemon that every mailed file is shown to: host:port or unix:/path. While it does not answer mail waits; nothing passes unscanned. Empty: nothing is scanned."`
	SMTPDKIMDomain        string `env:"CONGVAN_SMTP_DKIM_DOMAIN" doc:"Domain that signs outgoing mail (DKIM). Empty: the mail server signs, or nobody."`
	SMTPDKIMSelector      string `env:"CONGVAN_SMTP_DKIM_SELECTOR" doc:"Selector under which the domain publishes the key."`
	SMTPDKIMKeyFile       string `env:"CONGVAN_SMTP_DKIM_KEY_FILE" doc:"File with the private key, RSA or Ed25519, in PEM."`

	AxisBase          string `env:"CONGVAN_AXIS_BASE" envDefault:"/axis" doc:"Path below which systems of the national axis and other installations call this one. Empty: none does."`
	PackageKeyFile    string `env:"CONGVAN_PACKAGE_KEY_FILE" doc:"File with the RSA key and the certificate, in PEM, that edXML packages are signed with as a whole (XML signature). Empty: they are not."`
	PackageAllowSHA1  bool   `env:"CONGVAN_PACKAGE_ALLOW_SHA1" envDefault:"false" doc:"Whether XML signatures of packages that rest on SHA-1 count; they are marked."`
	AxisRefuseRetired bool   `env:"CONGVAN_AXIS_REFUSE_RETIRED" envDefault:"false" doc:"Whether what is sent to an agency that has ended is refused, naming its successor, instead of reaching the successor."`
	AllowPrivatePeers bool   `env:"CONGVAN_ALLOW_PRIVATE_PEERS" envDefault:"false" doc:"Whether other installations and an axis on private and local addresses may be connected to."`
	AllowPlainPeers   bool   `env:"CONGVAN_ALLOW_PLAIN_PEERS" envDefault:"false" doc:"Whether they may be called over a line without TLS, on which a request can be captured and used again."`

	SessionIdle   time.Duration `env:"CONGVAN_SESSION_IDLE" envDefault:"12h" doc:"A session unused for so long ends."`
	SessionLife   time.Duration `env:"CONGVAN_SESSION_LIFE" envDefault:"168h" doc:"A session ends after so long in any case."`
	RestoreWindow time.Duration `env:"CONGVAN_RESTORE_WINDOW" envDefault:"720h" doc:"How long files that nothing refers to are kept, so that a backup of that age can be restored."`

	TrustAnchors     string `env:"CONGVAN_TRUST_ANCHORS" doc:"File with the certificates of the authorities whose signatures are trusted, in PEM. The demonstration trusts its own as well."`
	StampAnchors     string `env:"CONGVAN_STAMP_ANCHORS" doc:"The same for time stamps. Empty: those of CONGVAN_TRUST_ANCHORS."`
	RevocationLists  string `env:"CONGVAN_REVOCATION_LISTS" doc:"Folder with revocation lists (.crl, DER) that something else keeps fresh; they are read without the Internet."`
	CollectEvidence  bool   `env:"CONGVAN_COLLECT_EVIDENCE" envDefault:"false" doc:"Whether trusted authorities are asked over the Internet about certificates that sign here or have signed what arrives (OCSP, revocation lists). The answers go into what is signed here, and are kept in the data folder for use without the Internet."`
	StampURL         string `env:"CONGVAN_STAMP_URL" doc:"Address of the time-stamping authority (RFC 3161). Empty: signatures have no time stamp."`
	StampUser        string `env:"CONGVAN_STAMP_USER" doc:"User name there. Empty: none."`
	StampPassword    Secret `env:"CONGVAN_STAMP_PASSWORD" doc:"Password there."`
	StampPolicy      string `env:"CONGVAN_STAMP_POLICY" envDefault:"required" doc:"What happens when the authority does not answer: required (no signature is made) or wished (it is made, and says that it has no time stamp)."`
	KeyModule        string `env:"CONGVAN_KEY_MODULE" doc:"Library (PKCS#11) of the device that holds the seals of agencies. Empty: there is none."`
	RemoteSigningURL string `env:"CONGVAN_REMOTE_SIGNING_URL" doc:"Remote signing service, up to and with /csc/v2 (Cloud Signature Consortium). Empty: there is none."`
	RemoteSigningKey Secret `env:"CONGVAN_REMOTE_SIGNING_TOKEN" doc:"Access token of this installation there."`
	LocalSigningURL  string `env:"CONGVAN_LOCAL_SIGNING_URL" doc:"Where the signing program on a person's own PC listens, as their browser sees it, for instance http://127.0.0.1:14407/sign. Empty: files are fetched and sent back by hand."`
	PublicVerify     bool   `env:"CONGVAN_PUBLIC_VERIFY" envDefault:"true" doc:"Whether anybody may have a PDF judged on the page /verify without signing in."`

	TrustedProxies []string `env:"CONGVAN_TRUSTED_PROXIES" doc:"Addresses or ranges of proxies whose word about a client's address is taken."`
	OTLPEndpoint   string   `env:"CONGVAN_OTLP_ENDPOINT" doc:"host:port that traces are sent to over OTLP/HTTP. Empty: none are sent."`
	LogLevel       string   `env:"CONGVAN_LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error."`

	// Demo is set by the demonstration itself and by nothing else.
	Demo bool `env:"-"`
}

// fileVariable names a file of NAME=value lines that is read first.
const fileVariable = "CONGVAN_CONFIG"

// Read takes the settings from the environment and, where the environment has
// none, from the file that CONGVAN_CONFIG names. A name in the file that is no
// setting is an error: a misspelt setting must not be a silent one.
func Read(environ []string) (Config, error) {
	vars := map[string]string{}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok {
			vars[name] = value
		}
	}
	if path := vars[fileVariable]; path != "" {
		fromFile, err := readFile(path)
		if err != nil {
			return Config{}, err
		}
		for name, value := range fromFile {
			if _, set := vars[name]; !set {
				vars[name] = value
			}
		}
	}
	var c Config
	if err := env.ParseWithOptions(&c, env.Options{Environment: vars}); err != nil {
		return Config{}, fmt.Errorf("read the settings: %w", err)
	}
	if c.PublicURL == "" {
		c.PublicURL = reachedAt(c.Addr)
	}
	return c, nil
}

// reachedAt is how this machine's browser reaches a server that listens there.
// The name, not the number: passkeys refuse a bare address.
func reachedAt(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://localhost" // an address that is none is told by Validate
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func readFile(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	defer f.Close()
	known := map[string]bool{}
	for _, s := range Settings() {
		known[s.Name] = true
	}
	vars := map[string]string{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok || !known[name] {
			return nil, fmt.Errorf("read the settings: line %d of %s is no setting", n, path)
		}
		vars[name] = strings.Trim(strings.TrimSpace(value), `"'`)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	return vars, nil
}

// Does tells whether this process has the role.
func (c Config) Does(role string) bool { return slices.Contains(c.Roles, role) }

// Public gives the address of the installation.
func (c Config) Public() (*url.URL, error) {
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, problem("CONGVAN_PUBLIC_URL phải là một địa chỉ http hoặc https", "CONGVAN_PUBLIC_URL must be an http or https address")
	}
	return u, nil
}

// Key gives the key that encrypts stored secrets.
func (c Config) Key() ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(c.SecretKey.Reveal())
	if err != nil || len(key) != 32 {
		return nil, problem("CONGVAN_SECRET_KEY phải là 32 byte viết ở dạng base64; tạo bằng lệnh: head -c 32 /dev/urandom | base64",
			"CONGVAN_SECRET_KEY must be 32 bytes in base64; make one with: head -c 32 /dev/urandom | base64")
	}
	return key, nil
}

// Level gives the level of the log.
func (c Config) Level() (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return level, problem("CONGVAN_LOG_LEVEL phải là debug, info, warn hoặc error", "CONGVAN_LOG_LEVEL must be debug, info, warn or error")
	}
	return level, nil
}

// weak are secrets that stand in manuals.
var weak = []string{"", "minioadmin", "secret", "password", "changeme", "congvan", "s3cret"}

// Validate tells everything that is wrong, all at once, in words an operator
// can act on. Outside the demonstration it refuses default and short secrets.
func (c Config) Validate() error {
	var wrong []error
	say := func(bad bool, vi, en string) {
		if bad {
			wrong = append(wrong, problem(vi, en))
		}
	}
	if _, err := c.Public(); err != nil {
		wrong = append(wrong, err)
	}
	if _, err := c.Level(); err != nil {
		wrong = append(wrong, err)
	}
	say(len(c.Roles) == 0, "CONGVAN_ROLES phải có ít nhất một trong api, worker, mail",
		"CONGVAN_ROLES must name at least one of api, worker, mail")
	for _, r := range c.Roles {
		say(r != "api" && r != "worker" && r != "mail", "CONGVAN_ROLES có vai trò không tồn tại: "+r, "CONGVAN_ROLES has an unknown role "+r)
	}
	say(c.SMTPPerMinute < 1, "CONGVAN_SMTP_PER_MINUTE phải từ 1 trở lên", "CONGVAN_SMTP_PER_MINUTE must be at least 1")
	say(c.DatabaseConnections < 2, "CONGVAN_DATABASE_CONNECTIONS phải từ 2 trở lên", "CONGVAN_DATABASE_CONNECTIONS must be at least 2")
	say(c.MaxUploadBytes < 1<<20, "CONGVAN_MAX_UPLOAD_BYTES phải từ 1048576 trở lên",
		"CONGVAN_MAX_UPLOAD_BYTES must be at least 1048576")
	say(c.MaxMailBytes < 1<<20, "CONGVAN_MAX_MAIL_BYTES phải từ 1048576 trở lên", "CONGVAN_MAX_MAIL_BYTES must be at least 1048576")
	wrong = append(wrong, c.mailProblems()...)
	wrong = append(wrong, c.signingProblems()...)
	say(c.SessionIdle < time.Minute || c.SessionLife < c.SessionIdle, "CONGVAN_SESSION_LIFE không được ngắn hơn CONGVAN_SESSION_IDLE, và CONGVAN_SESSION_IDLE không ngắn hơn một phút",
		"CONGVAN_SESSION_LIFE must not be shorter than CONGVAN_SESSION_IDLE, and that not than a minute")
	if _, err := c.Key(); err != nil {
		wrong = append(wrong, err)
	}
	if c.Demo {
		return errors.Join(wrong...)
	}
	say(c.DatabaseURL == "", "chưa đặt CONGVAN_DATABASE_URL", "CONGVAN_DATABASE_URL must be set")
	say(c.S3Endpoint == "", "chưa đặt CONGVAN_S3_ENDPOINT", "CONGVAN_S3_ENDPOINT must be set")
	say(len(c.S3SecretKey) < 8 || slices.Contains(weak, c.S3SecretKey.Reveal()), "CONGVAN_S3_SECRET_KEY còn thiếu, quá ngắn hoặc là giá trị mặc định",
		"CONGVAN_S3_SECRET_KEY is missing, short or a default one")
	if u, err := url.Parse(c.DatabaseURL.Reveal()); err == nil && u.User != nil {
		password, set := u.User.Password()
		say(set && (len(password) < 8 || slices.Contains(weak, password)), "mật khẩu trong CONGVAN_DATABASE_URL quá ngắn hoặc là giá trị mặc định",
			"the password in CONGVAN_DATABASE_URL is short or a default one")
	}
	return errors.Join(wrong...)
}

// mailProblems tells what is wrong with the settings of outgoing mail.
func (c Config) mailProblems() (wrong []error) {
	say := func(bad bool, vi, en string) {
		if bad {
			wrong = append(wrong, problem(vi, en))
		}
	}
	if c.SMTPHost == "" {
		return nil
	}
	say(c.SMTPSecurity != "tls" && c.SMTPSecurity != "starttls" && c.SMTPSecurity != "none",
		"CONGVAN_SMTP_SECURITY phải là tls, starttls hoặc none", "CONGVAN_SMTP_SECURITY must be tls, starttls or none")
	say(c.SMTPSecurity == "none" && !c.AllowPlainMail,
		"CONGVAN_SMTP_SECURITY là none thì phải đặt CONGVAN_ALLOW_PLAIN_MAIL", "CONGVAN_SMTP_SECURITY none needs CONGVAN_ALLOW_PLAIN_MAIL")
	say(c.SMTPPort < 0 || c.SMTPPort > 65535, "CONGVAN_SMTP_PORT không phải là số cổng", "CONGVAN_SMTP_PORT is no port")
	say(c.SMTPUsername != "" && c.SMTPPassword == "", "chưa đặt CONGVAN_SMTP_PASSWORD", "CONGVAN_SMTP_PASSWORD must be set")
	say(c.SMTPFrom != "" && !strings.Contains(c.SMTPFrom, "@"), "CONGVAN_SMTP_FROM phải là một địa chỉ thư", "CONGVAN_SMTP_FROM must be a mail address")
	say(c.SMTPMaxBytes < 1<<20, "CONGVAN_SMTP_MAX_BYTES phải từ 1048576 trở lên", "CONGVAN_SMTP_MAX_BYTES must be at least 1048576")
	signed := 0
	for _, s := range []string{c.SMTPDKIMDomain, c.SMTPDKIMSelector, c.SMTPDKIMKeyFile} {
		if s != "" {
			signed++
		}
	}
	say(signed != 0 && signed != 3, "CONGVAN_SMTP_DKIM_DOMAIN, CONGVAN_SMTP_DKIM_SELECTOR và CONGVAN_SMTP_DKIM_KEY_FILE phải đặt cùng nhau",
		"CONGVAN_SMTP_DKIM_DOMAIN, CONGVAN_SMTP_DKIM_SELECTOR and CONGVAN_SMTP_DKIM_KEY_FILE must be set together")
	return wrong
}
