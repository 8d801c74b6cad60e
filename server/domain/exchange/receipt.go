package exchange

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Delivered is what a receipt proves: that a server has taken in just these
// bytes for just this agency (E5).
type Delivered struct {
	Message org.ID // as its sender names it
	Sender  string // the system that brought it
	From    org.AgencyCode
	To      org.AgencyCode
	Package document.Hash
	Size    int64
	At      time.Time
	Server  string // that took it in
}

// receiptHead begins every receipt; another form has another number.
const receiptHead = "congvan-receipt-v1"

// Text gives the bytes that are signed: one line for each fact, in this order,
// each ended by a line feed (docs/interconnection.md).
func (d Delivered) Text() string {
	var b strings.Builder
	b.WriteString(receiptHead + "\n")
	for _, line := range [][2]string{{"message", d.Message.String()}, {"sender", d.Sender}, {"from", string(d.From)}, {"to", string(d.To)},
		{"sha256", d.Package.String()}, {"size", strconv.FormatInt(d.Size, 10)}, {"at", d.At.UTC().Format(receiptTime)}, {"server", d.Server}} {
		b.WriteString(line[0] + ": " + line[1] + "\n")
	}
	return b.String()
}

const receiptTime = "2006-01-02T15:04:05.000Z"

// SignedReceipt is a receipt as both ends keep it.
type SignedReceipt struct {
	Text      string
	Key       []byte // public, Ed25519
	Signature []byte
}

// Sign makes the receipt.
func (d Delivered) Sign(key ed25519.PrivateKey) SignedReceipt {
	text := d.Text()
	return SignedReceipt{Text: text, Key: key.Public().(ed25519.PublicKey), Signature: ed25519.Sign(key, []byte(text))}
}

// What is wrong with a receipt.
var (
	ErrReceiptForm = fault.New(fault.Invalid, "receipt_form",
		"Biên nhận không đúng dạng.", "The receipt is not of the prescribed form.")
	ErrReceiptSignature = fault.New(fault.Invalid, "receipt_signature",
		"Chữ ký của biên nhận không đúng: biên nhận đã bị sửa hoặc do khóa khác ký.", "The receipt's signature is wrong: it was changed, or made by another key.")
	ErrReceiptKey = fault.New(fault.Invalid, "receipt_key",
		"Biên nhận được ký bằng khóa không phải của hệ thống nhận đã biết.", "The receipt is signed by a key that is none of the receiver's.")
	ErrReceiptOther = fault.New(fault.Conflict, "receipt_other",
		"Biên nhận là của một gói tin khác.", "The receipt is of another message.")
)

// Read proves the receipt and gives what it says. Keys are those that the other
// side is known by; with none the receipt's own is taken, which proves only that
// the text is whole.
func (r SignedReceipt) Read(keys ...[]byte) (Delivered, error) {
	if err := r.prove(keys); err != nil {
		return Delivered{}, err
	}
	return readDelivered(r.Text)
}

func (r SignedReceipt) prove(keys [][]byte) error {
	if len(r.Key) != ed25519.PublicKeySize || !ed25519.Verify(r.Key, []byte(r.Text), r.Signature) {
		return ErrReceiptSignature
	}
	known := len(keys) == 0
	for _, key := range keys {
		known = known || bytes.Equal(key, r.Key)
	}
	if !known {
		return ErrReceiptKey
	}
	return nil
}

func readDelivered(text string) (Delivered, error) {
	values := map[string]string{}
	rest, headed := strings.CutPrefix(text, receiptHead+"\n")
	for line := range strings.SplitSeq(strings.TrimSuffix(rest, "\n"), "\n") {
		name, value, ok := strings.Cut(line, ": ")
		headed = headed && ok
		values[name] = value
	}
	var d Delivered
	id, err1 := org.ParseID(values["message"])
	sum, err2 := hex.DecodeString(values["sha256"])
	size, err3 := strconv.ParseInt(values["size"], 10, 64)
	at, err4 := time.Parse(receiptTime, values["at"])
	if !headed || err1 != nil || err2 != nil || err3 != nil || err4 != nil || len(sum) != len(d.Package) {
		return d, ErrReceiptForm
	}
	d = Delivered{Message: id, Sender: values["sender"], From: org.AgencyCode(values["from"]), To: org.AgencyCode(values["to"]),
		Package: document.Hash(sum), Size: size, At: at, Server: values["server"]}
	if d.Text() != text { // one text for one receipt
		return Delivered{}, ErrReceiptForm
	}
	return d, nil
}

// Proves tells whether the receipt is of this message, as it was sent.
func (d Delivered) Proves(e Envelope) error {
	if d.Message != e.ID || d.Package != e.Package.Hash || d.Size != e.Package.Size || d.To != e.To.Code {
		return ErrReceiptOther
	}
	return nil
}

// KeyName is how people compare a public key: the first half of its hash.
func KeyName(key []byte) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:16])
}
