package exchange_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

func keyOf(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func public(key ed25519.PrivateKey) []byte { return key.Public().(ed25519.PublicKey) }

// What was signed is read back to the same, whatever names its agencies have, and
// nothing that was changed is read (L2).
func TestL2_ADirectoryIsReadAsItWasSigned(t *testing.T) {
	t.Parallel()
	key := keyOf(1)
	rapid.Check(t, func(t *rapid.T) {
		d := exchange.Directory{Server: "congvan.example", At: noon, Until: noon.Add(exchange.DirectoryLife), MostBytes: rapid.Int64Range(0, 1<<40).Draw(t, "most"), Key: public(key)}
		if rapid.Bool().Draw(t, "next") {
			d.NextKey = public(keyOf(2))
		}
		for range rapid.IntRange(0, 4).Draw(t, "agencies") {
			name := "Sở " + strings.TrimSpace(rapid.String().Draw(t, "name"))
			d.Agencies = append(d.Agencies, exchange.DirectoryAgency{Code: "H59.08", Name: name, Email: rapid.SampledFrom([]string{"", "a@b.example"}).Draw(t, "mail"),
				Validity: org.Validity{From: org.DayOf(noon)}})
		}
		signed := d.Sign(key)
		got, err := signed.Read(public(key))
		if err != nil || len(got.Agencies) != len(d.Agencies) || got.MostBytes != d.MostBytes || !bytes.Equal(got.NextKey, d.NextKey) || !got.At.Equal(d.At) {
			t.Fatalf("%v\n%s", err, signed.Text)
		}
		at := rapid.IntRange(0, len(signed.Text)-1).Draw(t, "at")
		signed.Text = signed.Text[:at] + string(signed.Text[at]^1) + signed.Text[at+1:]
		if _, err := signed.Read(public(key)); !errors.Is(err, exchange.ErrReceiptSignature) {
			t.Fatalf("a changed directory was read: %v", err)
		}
	})
	if _, err := (exchange.Directory{At: noon, Key: public(key)}).Sign(keyOf(3)).Read(public(key)); !errors.Is(err, exchange.ErrReceiptKey) {
		t.Error("a stranger's directory was read")
	}
	for _, text := range []string{"", "congvan-directory-v1\n", "congvan-directory-v1\nagency: H59\n"} {
		signed := exchange.SignedDirectory{Text: text, Key: public(key), Signature: ed25519.Sign(key, []byte(text))}
		if _, err := signed.Read(public(key)); !errors.Is(err, exchange.ErrReceiptForm) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Keys follow each other: what is announced is taken beside the present one, and
// becomes it once it signs (L4).
func TestL4_AnAnnouncedKeyBecomesTheKey(t *testing.T) {
	t.Parallel()
	one, two := keyOf(1), keyOf(2)
	c := exchange.Connection{Key: public(one), MostBytes: 100}
	c, changed := c.Learn(exchange.Directory{Key: public(one), NextKey: public(two), MostBytes: 50}, public(one))
	if !changed || len(c.Keys()) != 2 || c.Largest() != 50 {
		t.Fatalf("%+v", c)
	}
	if _, changed := c.Learn(exchange.Directory{Key: public(one), NextKey: public(two), MostBytes: 50}, public(one)); changed {
		t.Error("the same again changed something")
	}
	c, changed = c.Learn(exchange.Directory{Key: public(two), MostBytes: 500}, public(two))
	if !changed || !bytes.Equal(c.Key, public(two)) || len(c.NextKey) != 0 || c.Largest() != 100 {
		t.Errorf("%+v", c)
	}
}
