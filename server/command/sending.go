package command

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"congvan/mailgateway/smtp"
	"congvan/server/app/delivery"
	"congvan/server/config"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
)

// openDelivery wires the channels that are configured; what goes by another waits.
func (in *installation) openDelivery() error {
	channels, err := channelsOf(in.cfg)
	if err != nil {
		return err
	}
	content := func(ctx context.Context, h document.Hash) (io.ReadSeekCloser, error) {
		file, err := in.blobs.Open(ctx, h)
		if err != nil {
			return nil, err
		}
		return file, nil
	}
	write, err := writePackages(in.cfg)
	if err != nil {
		return err
	}
	links, err := linkBase(in.cfg)
	if err != nil {
		return err
	}
	pace := exchange.UsualPaceRule()
	pace.PerMinute = max(in.cfg.SMTPPerMinute, 1)
	in.delivery = delivery.New(in.store, time.Now, delivery.Options{Channels: channels, Content: content,
		Connect: connectAxis(in.cfg), Write: write, Keep: keepFile(in.blobs), Reveal: in.secrets.Open, Seal: in.secrets.Seal,
		Chance: rand.Float64, Pace: pace, LinkBase: links, Log: in.log})
	return nil
}

// linkBase is the page for what is too large to be mailed, if there is to be one.
func linkBase(cfg config.Config) (string, error) {
	if !cfg.MailLinks {
		return "", nil
	}
	public, err := cfg.Public()
	if err != nil {
		return "", err
	}
	return public.JoinPath("link").String(), nil
}

func channelsOf(cfg config.Config) (map[exchange.Channel]delivery.Channel, error) {
	channels := map[exchange.Channel]delivery.Channel{}
	if cfg.SMTPHost != "" {
		mail, err := mailChannel(cfg)
		if err != nil {
			return nil, err
		}
		channels[exchange.Mailbox] = mail
	}
	return channels, nil
}

func mailChannel(cfg config.Config) (*smtp.Channel, error) {
	name := cfg.SMTPName
	if name == "" {
		public, err := cfg.Public()
		if err != nil {
			return nil, err
		}
		name = public.Hostname()
	}
	settings := smtp.Settings{Host: cfg.SMTPHost, Port: cfg.SMTPPort, Security: exchange.MailSecurity(cfg.SMTPSecurity),
		Username: cfg.SMTPUsername, Password: cfg.SMTPPassword.Reveal(), From: cfg.SMTPFrom, Name: name, MaxBytes: cfg.SMTPMaxBytes,
		AllowPrivate: cfg.AllowPrivateMailHosts, AllowPlain: cfg.AllowPlainMail}
	if cfg.SMTPDKIMDomain != "" {
		text, err := os.ReadFile(cfg.SMTPDKIMKeyFile)
		if err != nil {
			return nil, fmt.Errorf("read the DKIM key: %w", err)
		}
		key, err := smtp.ParseKey(text)
		if err != nil {
			return nil, err
		}
		settings.DKIM = &smtp.DKIM{Domain: cfg.SMTPDKIMDomain, Selector: cfg.SMTPDKIMSelector, Key: key}
	}
	return smtp.New(settings)
}
