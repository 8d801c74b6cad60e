package tnef

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func latin(raw []byte, _ uint32) string { return strings.ToValidUTF8(string(raw), "?") }

// attribute writes one attribute with its checksum.
func attribute(level byte, id uint32, data []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte{level}, id)
	out = append(binary.LittleEndian.AppendUint32(out, uint32(len(data))), data...)
	var sum uint16
	for _, b := range data {
		sum += uint16(b)
	}
	return binary.LittleEndian.AppendUint16(out, sum)
}

func stream(attributes ...[]byte) []byte {
	return append([]byte{0x78, 0x9f, 0x3e, 0x22, 1, 0}, bytes.Join(attributes, nil)...)
}

func open(t *testing.T, raw []byte) Message {
	t.Helper()
	m, err := Open(bytes.NewReader(raw), int64(len(raw)), latin)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestK3_OldAttributesAloneAreEnough: programs older than the properties write
// title and data, a sender, a subject and a date.
func TestK3_OldAttributesAloneAreEnough(t *testing.T) {
	t.Parallel()
	m := open(t, stream(
		attribute(1, 0x00008000, []byte("\x03\x00\x10\x00\x04\x00\x10\x00Lan\x00SMTP:lan@x.test\x00")),
		attribute(1, 0x00018004, []byte("Bao cao\x00")),
		attribute(1, 0x00038005, []byte{0xea, 7, 3, 0, 5, 0, 8, 0, 15, 0, 0, 0, 4, 0}),
		attribute(1, 0x0002800c, []byte("chu")),
		attribute(2, 0x00069002, make([]byte, 14)),
		attribute(2, 0x00018010, []byte("BAOCAO~1.PDF\x00")),
		attribute(2, 0x0006800f, []byte("%PDF-1")),
		attribute(2, 0x00069002, make([]byte, 14)),
		attribute(2, 0x0006800f, []byte("nameless")),
	))
	if m.Damaged || m.Subject != "Bao cao" || m.From != (Address{"Lan", "lan@x.test"}) || !m.Sent.Equal(time.Date(2026, 3, 5, 8, 15, 0, 0, time.UTC)) {
		t.Errorf("read %+v", m)
	}
	if text, _ := io.ReadAll(m.Text); string(text) != "chu" {
		t.Errorf("the text is %q", text)
	}
	if len(m.Attachments) != 2 || m.Attachments[0].Name != "BAOCAO~1.PDF" || m.Attachments[1].Name != "" {
		t.Fatalf("files %+v", m.Attachments)
	}
	if data, _ := io.ReadAll(m.Attachments[1].Data); string(data) != "nameless" {
		t.Errorf("the data is %q", data)
	}
}

func TestK3_WhatIsCutOffIsReadAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	whole := stream(attribute(2, 0x00069002, make([]byte, 14)), attribute(2, 0x00018010, []byte("a.txt\x00")), attribute(2, 0x0006800f, []byte("0123456789")))
	for n := range whole {
		m, err := Open(bytes.NewReader(whole[:n]), int64(n), latin)
		if n < 4 != errors.Is(err, ErrFormat) {
			t.Fatalf("cut at %d: %v", n, err)
		}
		if n > 6 && n < len(whole)-6-10-11 && !m.Damaged && n != 6+25 && n != 6+25+17 {
			t.Errorf("cut at %d is not told", n)
		}
	}
	m := open(t, whole[:len(whole)-7])
	if data, _ := io.ReadAll(m.Attachments[0].Data); string(data) != "01234" || !m.Damaged {
		t.Errorf("read %q, damaged %v", data, m.Damaged)
	}
	if m := open(t, append(whole, 0, 0, 0)); m.Damaged {
		t.Error("zeros at the end are no damage")
	}
}

// TestK3_CompressedRTF holds the reader to the example of MS-OXRTFCP, 3.1 and
// to the one that repeats what it has just written, 3.2.
func TestK3_CompressedRTF(t *testing.T) {
	t.Parallel()
	for packed, want := range map[string]string{
		"2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0": "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
		"1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0":                                       "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}",
	} {
		raw, err := hex.DecodeString(packed)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Expand(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(r)
		if string(got) != want {
			t.Errorf("expanded to %q, want %q", got, want)
		}
	}
	for _, bad := range []string{"", "LZFu", strings.Repeat("\x00", 16)} {
		if _, err := Expand(strings.NewReader(bad)); !errors.Is(err, ErrRTF) {
			t.Errorf("%q gives %v", bad, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(stream(attribute(1, 0x00069003, []byte{1, 0, 0, 0, 0x1f, 0, 0x37, 0, 1, 0, 0, 0, 4, 0, 0, 0, 'a', 0, 0, 0})))
	f.Add(stream(attribute(2, 0x00069002, make([]byte, 14)), attribute(2, 0x00018010, []byte("a\x00")), attribute(2, 0x0006800f, []byte("data"))))
	f.Add(stream(attribute(1, 0x00069004, []byte{1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0x15, 0xc, 1, 0, 0, 0})))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Open(bytes.NewReader(raw), int64(len(raw)), latin)
		if err != nil {
			return
		}
		for _, a := range m.Attachments {
			if n, err := io.Copy(io.Discard, a.Data); err != nil || n > int64(len(raw)) {
				t.Errorf("an attachment of %d bytes: %v", n, err)
			}
		}
		if m.RTF == nil {
			return
		}
		if r, err := Expand(m.RTF); err == nil {
			n, _ := io.Copy(io.Discard, io.LimitReader(r, 1<<20))
			if n > 18*int64(len(raw)) {
				t.Errorf("%d bytes of RTF", n)
			}
		}
	})
}
