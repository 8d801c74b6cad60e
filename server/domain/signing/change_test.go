package signing_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/signing"
)

var (
	places  = []signing.PlaceKind{signing.Initial, signing.Signature, signing.Foreign, signing.Seal, signing.AnnexSeal, signing.Copy, signing.Stamp}
	changes = []signing.Change{
		signing.AddedInitial, signing.AddedSignature, signing.FilledNumber, signing.FilledDate, signing.AddedSeal, signing.AddedAnnexSeal,
		signing.AddedCopy, signing.AddedHidden, signing.AddedStamp, signing.AddedEvidence, signing.Altered,
	}
)

func TestC4_WhatTheTableNeverAllows(t *testing.T) {
	t.Parallel()
	for _, after := range append(places, "", "number") {
		assert.False(t, signing.May(after, signing.Altered), after)
		assert.False(t, signing.May(after, "anything"), after)
	}
	for _, sealed := range []signing.PlaceKind{signing.Seal, signing.AnnexSeal, signing.Copy, signing.Stamp} {
		for _, c := range []signing.Change{signing.FilledNumber, signing.FilledDate, signing.AddedSignature, signing.AddedInitial} {
			assert.False(t, signing.May(sealed, c), "%s after %s", c, sealed)
		}
	}
	assert.False(t, signing.May(signing.Signature, signing.AddedInitial), "initials come before the signature")
	for _, after := range []signing.PlaceKind{"", "number", signing.Number} {
		for _, c := range changes {
			assert.False(t, signing.May(after, c), "%s after %q", c, after)
		}
	}
}

func TestC4_WhatAnOfficeNeedsIsAllowed(t *testing.T) {
	t.Parallel()
	for _, c := range []signing.Change{signing.FilledNumber, signing.FilledDate, signing.AddedSeal, signing.AddedCopy} {
		assert.True(t, signing.May(signing.Signature, c), c)
	}
	for _, after := range places {
		for _, c := range []signing.Change{signing.AddedEvidence, signing.AddedStamp, signing.AddedHidden} {
			assert.True(t, signing.May(after, c), "%s after %s", c, after)
		}
	}
}

func TestC4_EveryChangeHasWords(t *testing.T) {
	t.Parallel()
	for _, c := range changes {
		assert.NotEqual(t, string(c), c.Text().VI)
		assert.NotEqual(t, string(c), c.Text().EN)
	}
}

func TestPlace_NamesAreReadBackAndNoOthers(t *testing.T) {
	t.Parallel()
	for _, kind := range places {
		for _, n := range []int{-1, 0, 1, 9, 10, signing.MaxPlaces, signing.MaxPlaces + 1} {
			p := signing.Place{Kind: kind, Ordinal: n}
			back, ok := signing.ParsePlace(p.Name())
			good := n >= 1 && n <= signing.MaxPlaces && kind != signing.Foreign && kind != signing.Stamp
			assert.Equal(t, good, ok, p.Name())
			if good {
				assert.Equal(t, p, back)
			}
		}
	}
	for _, name := range []string{"", "congvan-", "congvan-seal", "congvan-seal-01", "congvan-seal-1-1", "Congvan-seal-1", "seal-1", "congvan-seal-+1", "x.congvan-seal-1"} {
		_, ok := signing.ParsePlace(name)
		assert.False(t, ok, name)
	}
}

func TestPlace_TheSealReachesOverTheLeftThird(t *testing.T) {
	t.Parallel()
	signature := signing.Box{Left: 300, Bottom: 100, Right: 420, Top: 160}
	seal := signing.SealOver(signature, 100)
	assert.InDelta(t, 340, seal.Right, 0.001)
	assert.InDelta(t, 240, seal.Left, 0.001)
	assert.InDelta(t, 130, (seal.Top+seal.Bottom)/2, 0.001)
}

var update = flag.Bool("update", false, "write the tables into docs/signing.md")

func TestC4_TheDocumentedTablesAreTheTruth(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "docs", "signing.md")
	read, err := os.ReadFile(path)
	require.NoError(t, err)
	want := string(read)
	for _, part := range []struct{ begin, end, table string }{
		{"<!-- the table: go test ./server/domain/signing -update -->\n", "<!-- end of the table -->", signing.Describe()},
		{"<!-- the orders -->\n", "<!-- end of the orders -->", signing.DescribeOrders()},
	} {
		before, rest, found := strings.Cut(want, part.begin)
		_, after, ended := strings.Cut(rest, part.end)
		require.True(t, found && ended, "the page has lost its marks")
		want = before + part.begin + "\n" + part.table + "\n" + part.end + after
	}
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(read), "run go test ./server/domain/signing -update")
}
