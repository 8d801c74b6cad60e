package command

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/protocol/vxp"
)

type receiptOptions struct {
	keys     []string
	file     string
	language string
}

func newVerifyReceipt() *cobra.Command {
	var o receiptOptions
	c := &cobra.Command{Use: "receipt FILE", Short: "Tell what a receipt of another server proves, with no network", Args: cobra.ExactArgs(1),
		Long: "Tell what a receipt proves: that a server took in just these bytes for just this agency.\n" +
			"The file is what the interface gives for a delivery. Ends with 0 when the receipt holds, otherwise with 1.",
		RunE: func(c *cobra.Command, args []string) error {
			return verifyReceipt(c.Context(), args[0], o, c.OutOrStdout())
		}}
	c.Flags().StringSliceVar(&o.keys, "key", nil, "public keys that the receiver is known by, in base64; without any only the key's name is shown, to be compared")
	c.Flags().StringVar(&o.file, "package", "", "the package that was sent, to be held to the receipt")
	c.Flags().StringVar(&o.language, "lang", "vi", "vi or en")
	return c
}

// maxReceiptFile is more than any receipt has.
const maxReceiptFile = 16 << 10

func verifyReceipt(ctx context.Context, path string, o receiptOptions, stdout io.Writer) error {
	say := verifyOptions{language: o.language}
	raw, err := readLimited(ctx, path, maxReceiptFile)
	if err != nil {
		return err
	}
	receipt, err := vxp.UnmarshalReceipt(raw)
	if err != nil {
		return fmt.Errorf("verify: %w", say.told(exchange.ErrReceiptForm.Because(err)))
	}
	var keys [][]byte
	for _, text := range o.keys {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return fmt.Errorf("verify: read the key %q: %w", text, err)
		}
		keys = append(keys, key)
	}
	proven, err := receipt.Read(keys...)
	if err == nil && o.file != "" {
		err = holdTo(proven, o.file)
	}
	if err != nil {
		_, _ = fmt.Fprintln(stdout, say.told(err))
		return errSaid
	}
	_, err = fmt.Fprintf(stdout, "%s\n\n%s%s %s\n", say.in(fault.Text{VI: "Biên nhận hợp lệ.", EN: "The receipt holds."}), proven.Text(),
		say.in(fault.Text{VI: "khóa:", EN: "key:"}), exchange.KeyName(receipt.Key))
	if err == nil && len(keys) == 0 {
		_, err = fmt.Fprintln(stdout, say.in(fault.Text{VI: "Chưa kiểm tra khóa là của bên nhận: đối chiếu tên khóa, hoặc dùng --key.",
			EN: "Whose key it is was not checked: compare its name, or use --key."}))
	}
	return err
}

// holdTo compares the receipt with the package itself.
func holdTo(proven exchange.Delivered, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the package: %w", err)
	}
	defer file.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, file)
	if err != nil {
		return fmt.Errorf("read the package: %w", err)
	}
	if n != proven.Size || document.Hash(sum.Sum(nil)) != proven.Package {
		return exchange.ErrReceiptOther
	}
	return nil
}
