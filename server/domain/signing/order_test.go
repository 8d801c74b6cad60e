package signing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
)

var (
	now    = time.Date(2026, 3, 5, 9, 30, 0, 0, time.UTC)
	person = org.ID{3}
	place  = signing.Place{Kind: signing.Signature, Ordinal: 1}
	ticket = signing.Ticket{1, 2, 3}
)

func request() signing.Request {
	return signing.Request{ID: org.ID{1}, DocumentID: org.ID{2}, SignerID: person, Place: place, FileHash: document.Hash{4}, Signer: signing.Fingerprint{5}, Ticket: ticket}
}

func present(at time.Time) signing.Presence { return signing.Presence{AccountID: person, At: at} }

func newOrder(t *testing.T) signing.Order {
	t.Helper()
	o, err := signing.NewOrder(request(), present(now), now)
	require.NoError(t, err)
	return o
}

// good is what comes back when all is well.
func good() signing.Returned {
	return signing.Returned{
		Hash: document.Hash{6}, Prefix: document.Hash{4}, Place: place, Signer: signing.Fingerprint{5}, Whole: true,
		Added: []signing.Change{signing.AddedSignature}, Validity: signing.Trusted,
	}
}

func TestC7_WithoutAFreshProofNothingIsOrdered(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]signing.Presence{
		"none":         {},
		"of another":   {AccountID: org.ID{9}, At: now},
		"too old":      present(now.Add(-6 * time.Minute)),
		"not yet made": present(now.Add(time.Second)),
	} {
		_, err := signing.NewOrder(request(), p, now)
		require.ErrorIs(t, err, signing.ErrPresence, name)
	}
	o := newOrder(t)
	_, err := o.Fail("pin")
	require.NoError(t, err)
	_, err = o.Repeat(ticket, present(now.Add(-time.Hour)), now)
	require.ErrorIs(t, err, signing.ErrPresence)
	assert.Equal(t, signing.Failed, o.State)
}

func TestC4b_ATicketOpensOneOrderWhileItWaits(t *testing.T) {
	t.Parallel()
	o := newOrder(t)
	require.NoError(t, o.Open(ticket, now))
	require.ErrorIs(t, o.Open(signing.Ticket{}, now), signing.ErrTicket)
	require.ErrorIs(t, o.Open(ticket, now.Add(time.Hour)), signing.ErrTicket)
	_, err := o.Cancel()
	require.NoError(t, err)
	require.ErrorIs(t, o.Open(ticket, now), signing.ErrTicket)
	other := signing.Ticket{7}
	_, err = o.Repeat(other, present(now), now)
	require.NoError(t, err)
	require.ErrorIs(t, o.Open(ticket, now), signing.ErrTicket, "the old one")
	require.NoError(t, o.Open(other, now))
}

func TestC4b_FetchedAgainAndAgainButNotForEver(t *testing.T) {
	t.Parallel()
	o := newOrder(t)
	var err error
	for n := 0; err == nil; n++ {
		_, err = o.Start(now)
		require.Less(t, n, 100)
	}
	require.ErrorIs(t, err, signing.ErrAttempts)
	_, err = o.Start(now.Add(time.Hour))
	require.ErrorIs(t, err, signing.ErrOrderState, "too late")
	_, err = o.Expire(now)
	require.ErrorIs(t, err, signing.ErrOrderState, "too soon")
	_, err = o.Expire(now.Add(time.Hour))
	require.NoError(t, err)
}

func TestC4b_OnlyTheRightFileEndsAnOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*signing.Returned)
		want  error
	}{
		"other bytes":     {func(r *signing.Returned) { r.Prefix = document.Hash{} }, signing.ErrOtherBytes},
		"not whole":       {func(r *signing.Returned) { r.Whole = false }, signing.ErrNotSigned},
		"another signer":  {func(r *signing.Returned) { r.Signer = signing.Fingerprint{8} }, signing.ErrOtherSigner},
		"no signer":       {func(r *signing.Returned) { r.Signer = signing.Fingerprint{} }, signing.ErrOtherSigner},
		"another place":   {func(r *signing.Returned) { r.Place.Ordinal = 2 }, signing.ErrOtherPlace},
		"something else":  {func(r *signing.Returned) { r.Added = append(r.Added, signing.FilledNumber) }, signing.ErrAddedMore},
		"altered":         {func(r *signing.Returned) { r.Added = append(r.Added, signing.Altered) }, signing.ErrAddedMore},
		"revoked":         {func(r *signing.Returned) { r.Validity = signing.Revoked }, signing.ErrCertificate},
		"expired":         {func(r *signing.Returned) { r.Validity = signing.OutOfDate }, signing.ErrCertificate},
		"not judged":      {func(r *signing.Returned) { r.Validity = "" }, signing.ErrCertificate},
		"with a stamp":    {func(r *signing.Returned) { r.Added = append(r.Added, signing.AddedStamp, signing.AddedEvidence) }, nil},
		"what was wanted": {func(*signing.Returned) {}, nil},
	} {
		o := newOrder(t)
		r := good()
		c.spoil(&r)
		_, err := o.Accept(r, now)
		require.ErrorIs(t, err, c.want, name)
		assert.Equal(t, c.want == nil, o.State == signing.Done, name)
	}
	o := newOrder(t)
	_, err := o.Accept(good(), now.Add(time.Hour))
	require.ErrorIs(t, err, signing.ErrOrderState, "too late")
	_, err = o.Cancel()
	require.NoError(t, err)
	_, err = o.Accept(good(), now)
	require.ErrorIs(t, err, signing.ErrOrderState, "no longer wanted")
}

// Whatever happens to an order in whatever sequence: one that is done stays
// done, with the one file that it was done by, and an act that is refused
// changes nothing.
func TestC4b_WhatIsDoneStaysDone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o, err := signing.NewOrder(request(), present(now), now)
		if err != nil {
			t.Fatal(err)
		}
		at := now
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "minutes")) * time.Minute)
			before := o
			r := good()
			r.Hash[1] = byte(rapid.IntRange(0, 1).Draw(t, "file"))
			acts := []func() (document.Event, error){
				func() (document.Event, error) { return o.Start(at) }, o.Cancel,
				func() (document.Event, error) { return o.Expire(at) },
				func() (document.Event, error) { return o.Fail("pin") },
				func() (document.Event, error) { return o.Repeat(ticket, present(at), at) },
				func() (document.Event, error) { return o.Accept(r, at) },
			}
			_, err := acts[rapid.IntRange(0, len(acts)-1).Draw(t, "act")]()
			if err != nil && o != before {
				t.Fatalf("refused with %v, and yet changed: %+v", err, o)
			}
			if before.State == signing.Done && o != before {
				t.Fatalf("done, and yet changed: %+v", o)
			}
			if !o.State.Known() {
				t.Fatalf("state %q", o.State)
			}
		}
	})
}

func TestC5_ABatchHasItsSize(t *testing.T) {
	t.Parallel()
	for count, good := range map[int]bool{0: false, 1: true, 50: true, 51: false} {
		assert.Equal(t, good, signing.CheckBatch(count) == nil, count)
	}
}
