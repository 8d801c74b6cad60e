package vxp

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"congvan/server/domain/org"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func TestL5_EverySignatureOfTheOfficialClientIsMadeAndVerified(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		pairs, err := readSigned(v.StringToSign)
		require.NoError(t, err, v.Capture)
		assert.Equal(t, v.SignHeaderKey, keysOf(pairs), v.Capture)
		assert.Equal(t, v.StringToSign, stringToSign(pairs), v.Capture)
		assert.Equal(t, v.HashHeader, hexOf(sign(v.Secret, v.StringToSign)), v.Capture)
		assert.True(t, verify([]string{"older", v.Secret}, v.StringToSign, v.HashHeader), v.Capture)
		assert.False(t, verify([]string{"older"}, v.StringToSign, v.HashHeader), v.Capture)
		assert.False(t, verify(nil, v.StringToSign, v.HashHeader), v.Capture)
		at, err := parseStamp(v.Timestamp)
		require.NoError(t, err, v.Capture)
		assert.Equal(t, v.Timestamp, formatStamp(at), v.Capture)
		if v.FileSHA256 == "" {
			continue
		}
		var sum [sha256.Size]byte
		_, err = hex.Decode(sum[:], []byte(v.FileSHA256))
		require.NoError(t, err)
		assert.Equal(t, v.HashFile, fileHash(sum), v.Capture)
		assert.True(t, matchesFile(v.HashFile, sum) && matchesFile(v.FileSHA256, sum), v.Capture)
		sum[0]++
		assert.False(t, matchesFile(v.HashFile, sum) || matchesFile(v.FileSHA256, sum), v.Capture)
	}
}

func TestL5_WhatIsSignedReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) pair {
			return pair{rapid.StringN(1, 8, -1).Draw(t, "key"), rapid.String().Draw(t, "value")}
		}), 0, 5).Draw(t, "pairs")
		text := stringToSign(pairs)
		back, err := readSigned(text)
		if err != nil || len(back) != len(pairs) {
			t.Fatalf("%s reads %v, %v", text, back, err)
		}
		for i := range pairs {
			if back[i] != pairs[i] {
				t.Fatalf("%q reads %q", pairs[i], back[i])
			}
		}
	})
}

func TestL5_SignedTextIsAnObjectOfTexts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "null", "[]", `"x"`, "{", `{"XroadVnpt-a":1}`, `{"XroadVnpt-a":null}`, `{"XroadVnpt-a":{"XroadVnpt-b":"c"}}`, `{"XroadVnpt-a":["b"]}`,
		`{"a":"b"}`, `{"XroadVnpt-":"b"}`, `{"xroadvnpt-a":"b"}`, `{"XroadVnpt-a":"b"} {}`, `{"XroadVnpt-a":"b"}x`, `{"XroadVnpt-a":"b",}`, `{"XroadVnpt-a":"b"`,
	} {
		pairs, err := readSigned(text)
		assert.Error(t, err, "%s reads %v", text, pairs)
	}
}

func TestL5_StampsAreReadStrictly(t *testing.T) {
	t.Parallel()
	at, err := parseStamp("23112026T234750+0127")
	require.NoError(t, err)
	assert.True(t, at.Equal(time.Date(2026, 11, 23, 16, 47, 50, 127e6, time.UTC)), "%s", at)
	for _, text := range []string{
		"", "23112026T234750", "23112026T234750+0700 ", "23112026T234750+1000", "23112026T234750+-001", "23112026T234750+ 127", "23112026T234750-0127",
		"31022026T234750+0127", "23112026T254750+0127", "2026-11-23T23:47:50", "23112026 234750+0127", "２3112026T234750+0127",
	} {
		_, err := parseStamp(text)
		assert.Error(t, err, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "ms"))
		back, err := parseStamp(formatStamp(at))
		if err != nil || !back.Equal(at) {
			t.Fatalf("%s reads %s, %v", formatStamp(at), back, err)
		}
	})
}

func TestL5_NoTwoRequestsOfAClientHaveOneSignature(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, org.Zone())
	c := client(t, "http://127.0.0.1:1", func(s *Settings) { s.Now = func() time.Time { return now } })
	seen := map[string]bool{}
	for range 3000 {
		stamp := c.stamp()
		require.False(t, seen[stamp], stamp)
		seen[stamp] = true
	}
}

// A hash without leading zeros says less than a hash, but what differs in one
// place still differs.
func TestL5_AChangedFileNeverMatchesItsStatedHash(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		var sum [sha256.Size]byte
		for i := range sum {
			sum[i] = byte(random.Uint32())
		}
		stated := fileHash(sum)
		require.True(t, len(stated) >= 32 && len(stated) <= 64 && stated == strings.ToLower(stated))
		sum[random.IntN(len(sum))] ^= 1 << random.IntN(8)
		require.False(t, matchesFile(stated, sum))
	}
}
