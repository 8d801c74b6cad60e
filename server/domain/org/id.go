package org

import (
	"bytes"
	"encoding/hex"

	"congvan/server/domain/fault"
)

// ID identifies every object of the domain. It has the layout of a UUID, so
// that uuid.UUID converts to it and back without copying a byte.
type ID [16]byte

// hyphens are the places of the four hyphens in the canonical form.
var hyphens = [...]int{8, 13, 18, 23}

// String gives the canonical form: 36 characters, lower case.
func (id ID) String() string {
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:36], id[10:16])
	for _, at := range hyphens {
		b[at] = '-'
	}
	return string(b[:])
}

// IsZero tells whether the identifier was never set.
func (id ID) IsZero() bool { return id == ID{} }

// Compare orders by bytes; UUIDv7 identifiers therefore sort by the time they
// were made.
func (id ID) Compare(other ID) int { return bytes.Compare(id[:], other[:]) }

// ParseID reads the canonical form, in either case, and nothing else: braces,
// prefixes and missing hyphens would give one object several addresses.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 {
		return ID{}, invalidID()
	}
	for _, at := range hyphens {
		if s[at] != '-' {
			return ID{}, invalidID()
		}
	}
	digits := s[0:8] + s[9:13] + s[14:18] + s[19:23] + s[24:36]
	if _, err := hex.Decode(id[:], []byte(digits)); err != nil {
		return ID{}, invalidID().Because(err)
	}
	return id, nil
}

func invalidID() *fault.Error {
	return fault.New(fault.Invalid, "invalid_id", "Mã đối tượng không hợp lệ.", "The identifier is not valid.")
}

// MarshalText writes the canonical form wherever identifiers travel as text.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads it back.
func (id *ID) UnmarshalText(text []byte) error {
	parsed, err := ParseID(string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}
