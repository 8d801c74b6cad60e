package org_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func TestID_RoundTripsAndAgreesWithUUID(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var raw [16]byte
		copy(raw[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		id := org.ID(raw)
		if got, want := id.String(), uuid.UUID(raw).String(); got != want {
			t.Fatalf("String() = %s, uuid says %s", got, want)
		}
		for _, text := range []string{id.String(), strings.ToUpper(id.String())} {
			back, err := org.ParseID(text)
			if err != nil || back != id {
				t.Fatalf("ParseID(%q) = %v, %v; want %v", text, back, err, id)
			}
		}
	})
}

func TestID_RefusesEveryOtherForm(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "x", "0192f0c0a1b27c3d8e4f5a6b7c8d9e0f", "{0192f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e0f}",
		"urn:uuid:0192f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e0f", "0192f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e0g",
		"0192f0c0_a1b2-7c3d-8e4f-5a6b7c8d9e0f", " 192f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e0f",
	} {
		if id, err := org.ParseID(text); err == nil || fault.KindOf(err) != fault.Invalid || !id.IsZero() {
			t.Errorf("ParseID(%q) = %v, %v; want an invalid fault", text, id, err)
		}
	}
}

func TestID_SortsByTimeMade(t *testing.T) {
	t.Parallel()
	var last org.ID
	for range 100 {
		made, err := uuid.NewV7()
		if err != nil {
			t.Fatal(err)
		}
		if id := org.ID(made); last.Compare(id) >= 0 {
			t.Fatalf("%s does not follow %s", id, last)
		} else {
			last = id
		}
	}
}
