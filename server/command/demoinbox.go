package command

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"congvan/mailgateway/imap"
	"congvan/mailgateway/mime"
	"congvan/storage/embedded"
)

// demoMailOnly are the mailboxes of the demo's agencies that have nothing else.
var demoMailOnly = []string{"dhtv@travinh.example", "daiptth@travinh.example", "bhxh@travinh.example"}

func newDemoInbox() *cobra.Command {
	return &cobra.Command{Use: "inbox [ADDRESS]", Short: "Show what stands in the mailboxes of the demo's agencies that have only a mailbox", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = demoMailOnly
			}
			return demoInbox(c.Context(), args, c.OutOrStdout())
		}}
}

// demoInbox reads as the agency's own mail program would: over IMAP.
func demoInbox(ctx context.Context, addresses []string, out io.Writer) error {
	cfg, err := demoSettings()
	if err != nil {
		return err
	}
	place, err := embedded.RunningDovecot(mailFolder(cfg))
	if err != nil {
		return fmt.Errorf("the demo is not running with the data folder %s: %w", cfg.Data, err)
	}
	key, err := os.ReadFile(filepath.Join(cfg.Data, mailboxKeyFile))
	if err != nil {
		return fmt.Errorf("read the mailboxes' password: %w", err)
	}
	for _, address := range addresses {
		if !slices.Contains(demoMailOnly, address) && address != demoMailbox {
			return fmt.Errorf("the demo has no mailbox %s", address)
		}
		if err := showInbox(ctx, place.IMAP, address, string(key), out); err != nil {
			return err
		}
	}
	return nil
}

func showInbox(ctx context.Context, at, address, password string, out io.Writer) error {
	host, portText, err := net.SplitHostPort(at)
	if err != nil {
		return fmt.Errorf("find the mail server: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return fmt.Errorf("find the mail server: %w", err)
	}
	c, err := imap.Open(ctx, imap.Settings{Host: host, Port: port, Security: imap.None, Username: address, Password: password, AllowPrivate: true, AllowPlain: true})
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := fmt.Fprintf(out, "%s: %d\n", address, c.Box().Messages); err != nil {
		return err
	}
	for cursor, more := (imap.Cursor{}), true; more; {
		batch, err := c.List(ctx, cursor, 100)
		if err != nil {
			return err
		}
		cursor, more = batch.Cursor, batch.More
		for _, m := range batch.Messages {
			if err := showMail(ctx, c, m.UID, out); err != nil {
				return err
			}
		}
	}
	return nil
}

func showMail(ctx context.Context, c *imap.Client, uid uint32, out io.Writer) error {
	raw, err := c.Stream(ctx, uid)
	if err != nil {
		return err
	}
	m, err := mime.Split(raw, mime.Limits{}, nil)
	if cerr := raw.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("read a mail: %w", err)
	}
	var from []string
	for _, a := range m.Headers.From {
		from = append(from, a.Name+" <"+a.Address+">")
	}
	if _, err := fmt.Fprintf(out, "  %s\n    %s\n    <%s>\n", m.Headers.Subject, strings.Join(from, ", "), m.Headers.MessageID); err != nil {
		return err
	}
	for _, p := range m.Parts {
		if _, err := fmt.Fprintf(out, "    %s  %d byte  sha256 %x\n", p.Name, p.Size, p.SHA256); err != nil {
			return err
		}
	}
	return nil
}
