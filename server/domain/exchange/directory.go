package exchange

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// Directory is what an installation tells another of itself.
type Directory struct {
	Server    string
	At        time.Time
	Until     time.Time // it should be asked again before; what it said stays usable
	MostBytes int64     // of one package that it takes from who asks
	Key       []byte    // that its receipts are signed by
	NextKey   []byte    // the one that follows, if it has one
	Agencies  []DirectoryAgency
}

// DirectoryAgency is an agency that works on that installation.
type DirectoryAgency struct {
	Code     org.AgencyCode
	OldCode  org.AgencyCode
	Validity org.Validity
	Name     string
	Email    string
}

const (
	directoryHead = "congvan-directory-v1"
	// DirectoryLife is how long a directory says that it is good for.
	DirectoryLife = 14 * 24 * time.Hour
	// maxDirectory bounds the agencies of one installation.
	maxDirectory = 20_000
)

// Text gives the bytes that are signed: a line for each fact, in this order, each
// ended by a line feed, the particulars of an agency apart by tabs
// (docs/interconnection.md).
func (d Directory) Text() string {
	var b strings.Builder
	line := func(name string, values ...string) {
		b.WriteString(name + ": " + strings.Join(values, "\t") + "\n")
	}
	b.WriteString(directoryHead + "\n")
	line("server", document.CleanLine(d.Server))
	line("at", d.At.UTC().Format(receiptTime))
	line("until", d.Until.UTC().Format(receiptTime))
	line("most", strconv.FormatInt(d.MostBytes, 10))
	line("key", base64.StdEncoding.EncodeToString(d.Key))
	line("next", base64.StdEncoding.EncodeToString(d.NextKey))
	for _, a := range d.Agencies {
		line("agency", string(a.Code), string(a.OldCode), a.Validity.From.String(), a.Validity.Until.String(), document.CleanLine(a.Name), document.CleanLine(a.Email))
	}
	return b.String()
}

// SignedDirectory is a directory as it travels and as it is kept.
type SignedDirectory SignedReceipt

// Sign signs the directory.
func (d Directory) Sign(key ed25519.PrivateKey) SignedDirectory {
	text := d.Text()
	return SignedDirectory{Text: text, Key: key.Public().(ed25519.PublicKey), Signature: ed25519.Sign(key, []byte(text))}
}

// Read proves the directory by the keys that the other side is known by, and
// gives what it says.
func (s SignedDirectory) Read(keys ...[]byte) (Directory, error) {
	if err := SignedReceipt(s).prove(keys); err != nil {
		return Directory{}, err
	}
	return readDirectory(s.Text)
}

func readDirectory(text string) (Directory, error) {
	var d Directory
	rest, headed := strings.CutPrefix(text, directoryHead+"\n")
	if !headed {
		return d, ErrReceiptForm
	}
	values := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSuffix(rest, "\n"), "\n") {
		name, value, ok := strings.Cut(line, ": ")
		switch {
		case !ok:
			return d, ErrReceiptForm
		case name != "agency":
			values[name] = value
			continue
		}
		a, err := readDirectoryAgency(strings.Split(value, "\t"))
		if err != nil || len(d.Agencies) == maxDirectory {
			return Directory{}, ErrReceiptForm
		}
		d.Agencies = append(d.Agencies, a)
	}
	var errs [5]error
	d.Server = values["server"]
	d.At, errs[0] = time.Parse(receiptTime, values["at"])
	d.Until, errs[1] = time.Parse(receiptTime, values["until"])
	d.MostBytes, errs[2] = strconv.ParseInt(values["most"], 10, 64)
	d.Key, errs[3] = base64.StdEncoding.DecodeString(values["key"])
	d.NextKey, errs[4] = base64.StdEncoding.DecodeString(values["next"])
	for _, err := range errs {
		if err != nil {
			return Directory{}, ErrReceiptForm.Because(err)
		}
	}
	if len(d.Key) != ed25519.PublicKeySize || len(d.NextKey) != 0 && len(d.NextKey) != ed25519.PublicKeySize || d.MostBytes < 0 || d.Text() != text {
		return Directory{}, ErrReceiptForm
	}
	return d, nil
}

// agencyFields are code, old code, first day, last day, name, mail.
const agencyFields = 6

func readDirectoryAgency(fields []string) (a DirectoryAgency, err error) {
	if len(fields) != agencyFields {
		return a, ErrReceiptForm
	}
	if a.Code, err = org.ParseAgencyCode(fields[0]); err != nil {
		return a, err
	}
	if fields[1] != "" {
		if a.OldCode, err = org.ParseAgencyCode(fields[1]); err != nil {
			return a, err
		}
	}
	if a.Validity.From, err = readDay(fields[2]); err != nil {
		return a, err
	}
	if a.Validity.Until, err = readDay(fields[3]); err != nil {
		return a, err
	}
	a.Name, a.Email = fields[4], fields[5]
	if a.Name == "" {
		return a, ErrReceiptForm
	}
	return a, nil
}

func readDay(text string) (org.Day, error) {
	if text == "" {
		return org.Day{}, nil
	}
	return org.ParseDay(text)
}

// Learn gives the connection after the other side's directory, and whether it
// changed. A directory signed by the key that was announced makes it the key:
// until both sides have changed, receipts by either are taken (L4).
func (c Connection) Learn(d Directory, signedBy []byte) (Connection, bool) {
	after := c
	if len(c.NextKey) > 0 && bytes.Equal(signedBy, c.NextKey) {
		after.Key, after.NextKey = c.NextKey, nil
	}
	if len(d.NextKey) > 0 && !bytes.Equal(d.NextKey, after.Key) {
		after.NextKey = d.NextKey
	}
	after.TakesBytes = d.MostBytes
	return after, !bytes.Equal(after.Key, c.Key) || !bytes.Equal(after.NextKey, c.NextKey) || after.TakesBytes != c.TakesBytes
}

// Largest is the largest package that can go over the connection; zero where
// nothing is known.
func (c Connection) Largest() int64 {
	if c.TakesBytes > 0 && (c.MostBytes == 0 || c.TakesBytes < c.MostBytes) {
		return c.TakesBytes
	}
	return c.MostBytes
}
