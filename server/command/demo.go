package command

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/otel/trace/noop"

	"congvan/server/config"
	"congvan/storage/embedded"
)

func newDemo() *cobra.Command {
	c := &cobra.Command{Use: "demo", Short: "Start everything with the demo province; data stays in the data folder", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return demo(c.Context(), c.OutOrStdout()) }}
	c.AddCommand(newDemoMail(), newDemoInbox(), newDemoCode(), newDemoFederation(), newDemoHalf())
	return c
}

// demoSettings are those of the environment, where it has any.
func demoSettings() (config.Config, error) {
	cfg, err := config.Read(os.Environ())
	if err != nil {
		return cfg, err
	}
	return asDemo(cfg)
}

func asDemo(cfg config.Config) (_ config.Config, err error) {
	cfg.Demo = true
	cfg.AllowPrivateMailHosts, cfg.AllowPlainMail = true, true // its mailbox is on this machine
	if cfg.Data, err = filepath.Abs(cfg.Data); err != nil {
		return cfg, fmt.Errorf("find the data folder: %w", err)
	}
	return cfg, nil
}

// servers are those that the demonstration started because nothing else was configured.
type servers struct {
	database *embedded.Postgres
	objects  *embedded.S3
	mail     *embedded.Dovecot
	relay    *embedded.Relay
	mailKey  string
}

func (s *servers) stop(ctx context.Context) error {
	var errs []error
	if s.mail != nil {
		errs = append(errs, s.mail.Stop(ctx))
	}
	if s.relay != nil {
		errs = append(errs, s.relay.Stop())
	}
	if s.objects != nil {
		errs = append(errs, s.objects.Stop(ctx))
	}
	if s.database != nil {
		errs = append(errs, s.database.Stop(ctx))
	}
	return errors.Join(errs...)
}

// stopTime is how long the embedded servers may take to end.
const stopTime = 20 * time.Second

func demo(ctx context.Context, out io.Writer) (err error) {
	cfg, err := demoSettings()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.Data, 0o755); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	say := newProgress(out)
	// The servers outlive ctx: what is under way still needs them.
	running := &servers{}
	defer func() {
		say("Đang dừng · stopping")
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		err = errors.Join(err, running.stop(ending))
	}()
	if err := running.start(context.WithoutCancel(ctx), &cfg, say); err != nil {
		return err
	}
	if err := cfg.Validate(); err != nil {
		return fmt.Errorf("the settings are not usable (see docs/config.md):\n%w", err)
	}
	say("Cập nhật lược đồ · bringing the schema up to date")
	if err := migrate(ctx, cfg.OwnerDatabaseURL.Reveal(), io.Discard); err != nil {
		return err
	}
	log, err := demoLog(cfg)
	if err != nil {
		return err
	}
	in, err := newInstallation(ctx, cfg, log, noop.NewTracerProvider())
	if err != nil {
		return err
	}
	defer in.close()
	if err := in.seed(ctx, say); err != nil {
		return err
	}
	if err := in.seedSigning(ctx, say); err != nil {
		return err
	}
	if err := in.seedMailbox(ctx, running); err != nil {
		return err
	}
	return in.run(ctx, func() { greet(out, cfg) })
}

func (s *servers) start(ctx context.Context, cfg *config.Config, say progress) error {
	if err := s.startStores(ctx, cfg, say); err != nil {
		return err
	}
	say("Dovecot, hộp thư công vụ · official mailboxes")
	return s.startMail(ctx, cfg)
}

func (s *servers) startStores(ctx context.Context, cfg *config.Config, say progress) error {
	var err error
	if cfg.DatabaseURL == "" {
		say("PostgreSQL")
		if s.database, err = embedded.StartPostgres(ctx, embedded.PostgresOptions{Dir: filepath.Join(cfg.Data, "postgres")}); err != nil {
			return err
		}
		cfg.DatabaseURL, cfg.OwnerDatabaseURL = config.Secret(s.database.AppURL()), config.Secret(s.database.OwnerURL())
	}
	if cfg.S3Endpoint == "" {
		say("Kho tệp S3 · object store")
		child, err := objectStoreChild()
		if err != nil {
			return err
		}
		if s.objects, err = embedded.StartS3(ctx, embedded.S3Options{Dir: filepath.Join(cfg.Data, "objects"), Command: child}); err != nil {
			return err
		}
		at := s.objects.Endpoint()
		cfg.S3Endpoint, cfg.S3AccessKey, cfg.S3SecretKey, cfg.S3Secure = at.Address, at.Access, config.Secret(at.Secret), false
	}
	if cfg.SecretKey == "" {
		key, err := keptSecret(filepath.Join(cfg.Data, "secret.key"))
		if err != nil {
			return err
		}
		cfg.SecretKey = config.Secret(key)
	}
	return nil
}

// mailboxKeyFile holds the password of every mailbox of the demo.
const mailboxKeyFile = "mailbox.key"

// startMail starts the official mailboxes, and the way into them: what is sent is
// submitted as to a provider's server, and stands in the mailbox a moment later.
func (s *servers) startMail(ctx context.Context, cfg *config.Config) (err error) {
	if s.mailKey, err = keptSecret(filepath.Join(cfg.Data, mailboxKeyFile)); err != nil {
		return err
	}
	if s.relay, err = embedded.StartRelay(); err != nil {
		return err
	}
	mailboxes := map[string]string{demoMailbox: s.mailKey}
	for _, address := range demoMailOnly {
		mailboxes[address] = s.mailKey
	}
	if s.mail, err = embedded.StartDovecot(ctx, embedded.DovecotOptions{Dir: mailFolder(*cfg), Mailboxes: mailboxes, Relay: s.relay.Address()}); err != nil {
		return err
	}
	s.relay.DeliverTo(s.mail.Place().LMTP)
	if cfg.SMTPHost != "" {
		return nil
	}
	host, portText, err := net.SplitHostPort(s.mail.Place().Submission)
	if err != nil {
		return fmt.Errorf("find the mail server: %w", err)
	}
	if cfg.SMTPPort, err = strconv.Atoi(portText); err != nil {
		return fmt.Errorf("find the mail server: %w", err)
	}
	cfg.SMTPHost, cfg.SMTPSecurity, cfg.SMTPUsername, cfg.SMTPPassword = host, "none", demoMailbox, config.Secret(s.mailKey)
	return nil
}

// keptSecret gives the secret in the file, made at the first time.
func keptSecret(path string) (string, error) {
	kept, err := os.ReadFile(path)
	if err == nil {
		return string(kept), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read a kept secret: %w", err)
	}
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	made := base64.StdEncoding.EncodeToString(random)
	if err := os.WriteFile(path, []byte(made), 0o600); err != nil {
		return "", fmt.Errorf("keep a secret: %w", err)
	}
	return made, nil
}

// demoLog keeps the terminal for people: the log goes into the data folder.
func demoLog(cfg config.Config) (*slog.Logger, error) {
	level, err := cfg.Level()
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(cfg.Data, "congvan.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	return slog.New(slog.NewJSONHandler(file, &slog.HandlerOptions{Level: level})), nil
}

// progress tells what happens now, with the time since the start.
type progress func(what string)

func newProgress(out io.Writer) progress {
	begin := time.Now()
	return func(what string) {
		// A terminal that is gone must not stop the servers from being stopped.
		_, _ = fmt.Fprintf(out, "[%5.1f s] %s\n", time.Since(begin).Seconds(), what)
	}
}

func greet(out io.Writer, cfg config.Config) {
	_, _ = fmt.Fprintf(out, `
  congvan chạy tại · is running at   %s

  tên đăng nhập · login     mật khẩu · password   là ai · who
  ------------------------------------------------------------------------
  chuyenvien.ubnd           %[2]s           chuyên viên UBND tỉnh · officer
  lanhdao.ubnd              %[2]s           Chủ tịch UBND tỉnh · leader
  vanthu.ubnd               %[2]s           văn thư UBND tỉnh · clerk
  vanthu.snv                %[2]s           văn thư Sở Nội vụ · clerk
  vanthu.stp                %[2]s           văn thư Sở Tư pháp · clerk
  vanthu.xa.longhoa         %[2]s           văn thư xã Long Hòa, UBND và HĐND · clerk of two
  quantri                   %[2]s           quản trị hệ thống · operator

  Gửi một tệp vào hộp thư của Sở Nội vụ · mail a file into the mailbox of Sở Nội vụ:
      bin/congvan demo mail FILE
  Mã một lần để ký số (bản tập huấn) · one-time code to sign with (training):
      bin/congvan demo code
  Xem thư đã gửi đến cơ quan chỉ có hộp thư · see what was mailed to agencies that have only a mailbox:
      bin/congvan demo inbox
  Dừng · stop: Ctrl-C. Dữ liệu ở · data stays in: %[3]s

`, cfg.PublicURL, demoPassword, cfg.Data)
}
