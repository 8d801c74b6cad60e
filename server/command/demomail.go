package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/spf13/cobra"

	"congvan/server/config"
	"congvan/storage/embedded"
)

// demoMailbox is the official mailbox that the demonstration really keeps.
const demoMailbox = "snv@travinh.example"

func mailFolder(cfg config.Config) string { return filepath.Join(cfg.Data, "mail") }

func newDemoMail() *cobra.Command {
	var subject string
	c := &cobra.Command{Use: "mail FILE", Short: "Mail a file into the demo's official mailbox", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			return demoMail(c.Context(), args[0], subject, c.OutOrStdout())
		}}
	c.Flags().StringVar(&subject, "subject", "", "the mail's subject (default: the file's name)")
	return c
}

// demoMail delivers as a mail transfer agent would: over LMTP, into the mailbox.
// A file that is a mail already is delivered as it is.
func demoMail(ctx context.Context, path, subject string, out io.Writer) error {
	cfg, err := demoSettings()
	if err != nil {
		return err
	}
	place, err := embedded.RunningDovecot(mailFolder(cfg))
	if err != nil {
		return fmt.Errorf("the demo is not running with the data folder %s: %w", cfg.Data, err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	if filepath.Ext(path) != ".eml" {
		if subject == "" {
			subject = "Gửi văn bản " + filepath.Base(path)
		}
		if content, err = composed(filepath.Base(path), subject, content); err != nil {
			return fmt.Errorf("write the mail: %w", err)
		}
	}
	if err := embedded.Deliver(ctx, place.LMTP, "vanphong@coquan-ngoai.example", []string{demoMailbox}, bytes.NewReader(content)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s → %s\n", filepath.Base(path), demoMailbox)
	return err
}

func composed(name, subject string, content []byte) ([]byte, error) {
	var h mail.Header
	h.SetDate(time.Now())
	h.SetSubject(subject)
	h.SetAddressList("From", []*mail.Address{{Name: "Văn phòng cơ quan ngoài", Address: "vanphong@coquan-ngoai.example"}})
	h.SetAddressList("To", []*mail.Address{{Address: demoMailbox}})
	if err := h.GenerateMessageIDWithHostname("coquan-ngoai.example"); err != nil {
		return nil, err
	}
	var whole bytes.Buffer
	w, err := mail.CreateWriter(&whole, h)
	if err != nil {
		return nil, err
	}
	if err := writeBody(w); err != nil {
		return nil, err
	}
	var ah mail.AttachmentHeader
	ah.SetFilename(name)
	mediaType := mime.TypeByExtension(filepath.Ext(name))
	if mediaType == "" {
		mediaType = "application/octet-stream"
	}
	ah.SetContentType(mediaType, map[string]string{"name": name})
	a, err := w.CreateAttachment(ah)
	if err != nil {
		return nil, err
	}
	if _, err := a.Write(content); err != nil {
		return nil, err
	}
	if err := a.Close(); err != nil {
		return nil, err
	}
	return whole.Bytes(), w.Close()
}

func writeBody(w *mail.Writer) error {
	var th mail.InlineHeader
	th.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	body, err := w.CreateSingleInline(th)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(body, "Kính gửi quý cơ quan,\r\n\r\nXin gửi kèm văn bản để quý cơ quan tiếp nhận và xử lý.\r\n\r\nTrân trọng."); err != nil {
		return err
	}
	return body.Close()
}
