package command

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/exchange"
	"congvan/server/protocol/vxp"
)

func TestE5_AReceiptIsVerifiedWithNoNetwork(t *testing.T) {
	t.Parallel()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	sent := []byte("gói tin")
	receipt := exchange.Delivered{Sender: "ta", From: "H59", To: "H41", Package: sha256.Sum256(sent), Size: int64(len(sent)), At: time.Now().Truncate(time.Millisecond), Server: "h41.example"}.Sign(key)
	raw, err := vxp.MarshalReceipt(receipt)
	require.NoError(t, err)
	changed := bytes.Replace(raw, []byte("H41"), []byte("H42"), 1)
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path
	}
	right, wrong := write("receipt.json", raw), write("changed.json", changed)
	public := base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	other := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for _, c := range []struct {
		name, path string
		o          receiptOptions
		good       bool
		says       string
	}{
		{"known", right, receiptOptions{keys: []string{other, public}, language: "vi"}, true, "Biên nhận hợp lệ."},
		{"with the package", right, receiptOptions{file: write("sent.edxml", sent), language: "en"}, true, "was not checked"},
		{"of another package", right, receiptOptions{file: write("other.edxml", []byte("x")), language: "en"}, false, "of another message"},
		{"unknown key", right, receiptOptions{keys: []string{other}, language: "vi"}, false, "không phải của hệ thống nhận"},
		{"altered", wrong, receiptOptions{language: "en"}, false, "signature is wrong"},
	} {
		var out bytes.Buffer
		err := verifyReceipt(t.Context(), c.path, c.o, &out)
		assert.Equal(t, c.good, err == nil, "%s: %v", c.name, err)
		assert.Contains(t, out.String(), c.says, c.name)
	}
}
