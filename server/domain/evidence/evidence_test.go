package evidence_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/evidence"
	"congvan/server/domain/org"
)

func eventOf(t *rapid.T, agency org.ID) evidence.Event {
	id := func(name string) (x org.ID) {
		copy(x[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, name))
		return x
	}
	return evidence.Event{AgencyID: agency, ID: id("id"), At: time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "at")),
		SubjectType: rapid.SampledFrom([]string{"document", "arrival"}).Draw(t, "type"), SubjectID: id("subject"), Verb: rapid.StringN(1, 8, 20).Draw(t, "verb"),
		AccountID: id("account"), PositionID: id("position"), ActorName: rapid.String().Draw(t, "name"), ActorTitle: rapid.String().Draw(t, "title"),
		Data: rapid.MapOfN(rapid.String(), rapid.String(), 0, 4).Draw(t, "data")}
}

func chainOf(events []evidence.Event) []evidence.Line {
	var last evidence.Line
	lines := make([]evidence.Line, len(events))
	for i, e := range events {
		last = last.Next(e)
		lines[i] = last
	}
	return lines
}

func examine(lines []evidence.Line, events map[org.ID]evidence.Event) []evidence.Finding {
	var x evidence.Examiner
	var found []evidence.Finding
	for _, l := range lines {
		var at *evidence.Event
		if e, ok := events[l.EventID]; ok {
			at = &e
		}
		found = append(found, x.Take(l, at)...)
	}
	return found
}

func TestM4_WhateverIsChangedInTheRecordIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		agency := org.ID{1}
		var list []evidence.Event
		events := map[org.ID]evidence.Event{}
		for range rapid.IntRange(2, 12).Draw(t, "events") {
			e := eventOf(t, agency)
			if _, twice := events[e.ID]; !twice {
				list, events[e.ID] = append(list, e), e
			}
		}
		lines := chainOf(list)
		require.Empty(t, examine(lines, events))

		n := rapid.IntRange(0, len(list)-1).Draw(t, "which")
		e := list[n]
		want := evidence.Finding{AgencyID: agency, Seq: int64(n) + 1, EventID: e.ID}
		switch rapid.SampledFrom([]string{"verb", "name", "data", "time", "gone", "line", "insert"}).Draw(t, "how") {
		case "verb":
			e.Verb, want.Wrong = e.Verb+"x", evidence.Changed
		case "name":
			e.ActorName, e.ActorTitle, want.Wrong = e.ActorName+e.ActorTitle+"x", "", evidence.Changed
		case "data":
			data := map[string]string{"only": "this one"}
			for k, v := range e.Data {
				data[k+"'"] = v
			}
			e.Data, want.Wrong = data, evidence.Changed
		case "time":
			e.At, want.Wrong = e.At.Add(time.Microsecond), evidence.Changed
		case "gone":
			delete(events, e.ID)
			want.Wrong = evidence.Removed
			require.Contains(t, examine(lines, events), want)
			return
		case "line":
			if n == len(lines)-1 {
				return // that is what checkpoints are for
			}
			rest := append(append([]evidence.Line{}, lines[:n]...), lines[n+1:]...)
			require.Contains(t, examine(rest, events), evidence.Finding{AgencyID: agency, Seq: int64(n) + 2, EventID: list[n+1].ID, Wrong: evidence.LineRemoved})
			return
		case "insert":
			lines[n].EventHash[0] ^= 1
			want.Wrong = evidence.LineAltered
			require.Contains(t, examine(lines, events), want)
			return
		}
		events[list[n].ID] = e
		require.Equal(t, []evidence.Finding{want}, examine(lines, events))
	})
}

func TestM4_ARewrittenChainIsNotTheSignedOne(t *testing.T) {
	t.Parallel()
	seed := sha256.Sum256([]byte("key"))
	key := ed25519.NewKeyFromSeed(seed[:])
	one := evidence.Line{}.Next(evidence.Event{AgencyID: org.ID{1}, ID: org.ID{2}, Verb: "issued"})
	c := evidence.Sign(key, one, time.Unix(1_800_000_000, 999))
	assert.True(t, c.SignedWith(key.Public().(ed25519.PublicKey)))

	_, ok := c.CheckAgainst(one.Hash)
	assert.True(t, ok)
	other := evidence.Line{}.Next(evidence.Event{AgencyID: org.ID{1}, ID: org.ID{2}, Verb: "voided"})
	wrong, _ := c.CheckAgainst(other.Hash)
	assert.Equal(t, evidence.Rewritten, wrong)
	wrong, _ = c.CheckAgainst(document.Hash{})
	assert.Equal(t, evidence.CutShort, wrong)

	c.Seq++
	assert.False(t, c.SignedWith(key.Public().(ed25519.PublicKey)))
}

// The bytes are a contract: an old record must verify with a new program.
func TestM4_TheHashOfAnEventStaysAsDocumented(t *testing.T) {
	t.Parallel()
	e := evidence.Event{AgencyID: org.ID{1}, ID: org.ID{2}, At: time.UnixMicro(1_700_000_000_000_001), SubjectType: "document", SubjectID: org.ID{3},
		Verb: "issued", AccountID: org.ID{4}, PositionID: org.ID{5}, ActorName: "Nguyễn Văn A", ActorTitle: "Văn thư", Data: map[string]string{"number": "07", "a": ""}}
	line := evidence.Line{}.Next(e)
	assert.Equal(t, strings.Join([]string{wantEvent, wantLine}, "\n"), strings.Join([]string{e.Hash().String(), line.Hash.String()}, "\n"))
}

const (
	wantEvent = "9bd566c025eae955a9c71da097e2805389bceb06fdc1cb523d1ef32e9f171a5a"
	wantLine  = "86ce23bb788cc96daa320fdd97982aadb4b1b32467b78bcf25eb828d848df212"
)
