package config_test

import (
	"encoding/base64"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"congvan/server/config"
)

var update = flag.Bool("update", false, "write docs/config.md")

func TestConfig_PageIsTheTruth(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "config.md")
	if *update {
		if err := os.WriteFile(path, []byte(config.Describe()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(path)
	if err != nil || string(page) != config.Describe() {
		t.Fatalf("docs/config.md is not what the settings are; run go test ./server/config -update (%v)", err)
	}
}

func good() []string {
	key := base64.StdEncoding.EncodeToString(make([]byte, 32))
	return []string{"CONGVAN_DATABASE_URL=postgres://congvan_app:long-enough-word@db/congvan", "CONGVAN_S3_ENDPOINT=s3:9000",
		"CONGVAN_S3_SECRET_KEY=long-enough-word", "CONGVAN_SECRET_KEY=" + key}
}

func TestConfig_RefusesDefaultSecretsOutsideTheDemonstration(t *testing.T) {
	t.Parallel()
	c, err := config.Read(good())
	if err != nil || c.Validate() != nil {
		t.Fatalf("good settings are refused: %v %v", err, c.Validate())
	}
	for _, bad := range []string{"CONGVAN_DATABASE_URL=postgres://congvan_app:congvan@db/congvan", "CONGVAN_S3_SECRET_KEY=minioadmin",
		"CONGVAN_SECRET_KEY=short", "CONGVAN_SECRET_KEY=", "CONGVAN_DATABASE_URL=", "CONGVAN_ROLES=api,cook", "CONGVAN_PUBLIC_URL=ftp://x", "CONGVAN_LOG_LEVEL=loud"} {
		c, err := config.Read(append(good(), bad))
		if err == nil && c.Validate() == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestConfig_OutgoingMailIsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	with := func(more ...string) error {
		c, err := config.Read(append(append(good(), "CONGVAN_SMTP_HOST=mail.example"), more...))
		if err != nil {
			return err
		}
		return c.Validate()
	}
	if err := with("CONGVAN_SMTP_USERNAME=u", "CONGVAN_SMTP_PASSWORD=p"); err != nil {
		t.Error(err)
	}
	if err := with("CONGVAN_SMTP_SECURITY=none", "CONGVAN_ALLOW_PLAIN_MAIL=true"); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"CONGVAN_SMTP_SECURITY=none", "CONGVAN_SMTP_SECURITY=ssl", "CONGVAN_SMTP_PORT=70000", "CONGVAN_SMTP_USERNAME=u", "CONGVAN_SMTP_FROM=x",
		"CONGVAN_SMTP_MAX_BYTES=1000", "CONGVAN_SMTP_DKIM_DOMAIN=example"} {
		if with(bad) == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestConfig_SecretsNeverShow(t *testing.T) {
	t.Parallel()
	c, err := config.Read(good())
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("settings", slog.Any("config", c), slog.Any("secret", c.S3SecretKey))
	shown := fmt.Sprintf("%v %+v %#v %s", c, c, c, log.String())
	if strings.Contains(shown, "long-enough-word") {
		t.Fatalf("a secret shows in %s", shown)
	}
}

func TestConfig_FileWithAMisspeltNameIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "congvan.conf")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# comment\nCONGVAN_ADDR = 127.0.0.1:9999\n")
	c, err := config.Read([]string{"CONGVAN_CONFIG=" + path})
	if err != nil || c.Addr != "127.0.0.1:9999" {
		t.Fatalf("%+v %v", c.Addr, err)
	}
	write("CONGVAN_ADDRS=x\n")
	if _, err := config.Read([]string{"CONGVAN_CONFIG=" + path}); err == nil {
		t.Fatal("a misspelt setting is silent")
	}
}

func TestConfig_TheAddressPeopleReachFollowsTheOneListenedOn(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{"": "http://localhost:8080", "127.0.0.1:9123": "http://localhost:9123", ":9123": "http://localhost:9123",
		"0.0.0.0:80": "http://localhost:80", "10.1.2.3:8080": "http://10.1.2.3:8080"} {
		var more []string
		if addr != "" {
			more = []string{"CONGVAN_ADDR=" + addr}
		}
		if c, err := config.Read(append(good(), more...)); err != nil || c.PublicURL != want {
			t.Errorf("%q: %s %v, want %s", addr, c.PublicURL, err, want)
		}
		if c, err := config.Read(append(good(), append(more, "CONGVAN_PUBLIC_URL=https://congvan.example")...)); err != nil || c.PublicURL != "https://congvan.example" {
			t.Errorf("%q: what is set does not hold: %s %v", addr, c.PublicURL, err)
		}
	}
}
