package signature_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/cms"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/signature/trust"
)

// order asks the leader to sign the file.
func (o *office) order(t testing.TB, file []byte) signing.Order {
	t.Helper()
	person := org.ID{7}
	order, err := signing.NewOrder(signing.Request{
		ID: org.ID{1}, DocumentID: org.ID{2}, SignerID: person, Place: first(signing.Signature),
		FileHash: sha256.Sum256(file), Signer: sha256.Sum256(o.leader.Certificate.Raw), Ticket: signing.Ticket{9},
	}, signing.Presence{AccountID: person, At: now}, now)
	require.NoError(t, err)
	return order
}

func TestC4b_TheSignedFileIsTakenOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	file := prepared(t)
	signed := o.sign(t, file)
	returned, err := signature.Returned(file, signed, o.options())
	require.NoError(t, err)
	assert.Equal(t, []signing.Change{signing.AddedSignature}, returned.Added)
	order := o.order(t, file)
	_, err = order.Accept(returned, now)
	require.NoError(t, err)
	assert.Equal(t, signing.Done, order.State)
	_, err = order.Accept(returned, now)
	require.NoError(t, err, "the same file twice")
	other, err := signature.Returned(file, o.sign(t, file), o.options())
	require.NoError(t, err)
	_, err = order.Accept(other, now)
	assert.ErrorIs(t, err, signing.ErrAnsweredTwice)
}

func TestC4b_WhatIsNotTaken(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	file := prepared(t)
	signed := o.sign(t, file)
	byKey := func(k signature.Key, place signing.Place) []byte {
		out, err := k.Sign(t.Context(), file, signature.Request{Place: place, At: now}, nil, signature.StampNever)
		require.NoError(t, err)
		return out.File
	}
	late, err := o.authority.Issue(democa.Subject{Name: "Hết hạn", From: now.AddDate(-2, 0, 0), Until: now.AddDate(-1, 0, 0)})
	require.NoError(t, err)
	altered := tamper(t, file, attacks()[0].do)
	another, err := signature.Prepare(bytes.Replace(draft(), []byte("1.000"), []byte("9.000"), 1), reserve)
	require.NoError(t, err)
	changed := bytes.Clone(signed)
	changed[len(file)-40] ^= 1
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"unsigned":                       {file, signing.ErrOtherBytes},
		"another file":                   {o.sign(t, another), signing.ErrOtherBytes},
		"signed and changed":             {changed, signing.ErrOtherBytes},
		"a revision without a signature": {number(t, file), signing.ErrNotSigned},
		"altered, then signed":           {o.sign(t, altered), signing.ErrAddedMore},
		"numbered, then signed":          {o.sign(t, number(t, file)), signing.ErrAddedMore},
		"signed, then altered":           {tamper(t, signed, attacks()[0].do), signing.ErrNotSigned},
		"signed, then numbered":          {number(t, signed), signing.ErrAddedMore},
		"by another person":              {byKey(o.agency, first(signing.Signature)), signing.ErrOtherSigner},
		"by a stranger":                  {byKey(o.stranger, first(signing.Signature)), signing.ErrOtherSigner},
		"with an expired certificate":    {byKey(late, first(signing.Signature)), signing.ErrOtherSigner},
		"in another place":               {byKey(o.leader, first(signing.Seal)), signing.ErrOtherPlace},
		"in no place":                    {byKey(o.leader, signing.Place{}), signing.ErrOtherPlace},
	} {
		returned, err := signature.Returned(file, c.file, o.options())
		require.NoError(t, err, name)
		order := o.order(t, file)
		_, err = order.Accept(returned, now)
		assert.ErrorIs(t, err, c.want, name)
		assert.Equal(t, signing.Waiting, order.State, name)
	}
	order := o.order(t, file)
	order.Signer = sha256.Sum256(late.Certificate.Raw)
	returned, err := signature.Returned(file, byKey(late, first(signing.Signature)), o.options())
	require.NoError(t, err)
	_, err = order.Accept(returned, now)
	assert.ErrorIs(t, err, signing.ErrCertificate, "the right one, but expired")
}

func TestC4b_AKeyElsewhereTakesItsTime(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	file := prepared(t)
	p, err := signature.Begin(file, signature.Request{Place: first(signing.Signature), Certificate: o.leader.Certificate, Chain: o.leader.Chain, Name: "Nguyễn Thị Hường", At: now})
	require.NoError(t, err)
	digest := p.Digest()
	// The file alone is kept; another process takes it up.
	p, err = signature.Resume(bytes.Clone(p.File), o.leader.Certificate, o.leader.Chain)
	require.NoError(t, err)
	assert.Equal(t, digest, p.Digest())
	value, err := o.leader.Signer.Sign(rand.Reader, digest, cms.Hash)
	require.NoError(t, err)
	out, err := p.Complete(t.Context(), value, o.stamp, signature.StampRequired)
	require.NoError(t, err)
	assert.True(t, judged(t, o, out.File).Valid())
	_, err = p.Complete(t.Context(), append([]byte{1}, value[1:]...), o.stamp, signature.StampRequired)
	require.ErrorIs(t, err, cms.ErrMismatch, "a signature of another key or digest")
	_, err = signature.Resume(out.File, o.leader.Certificate, o.leader.Chain)
	require.Error(t, err, "nothing is left to sign")
}

func TestC4_WithoutTheTimeStampOnlyAsDeclared(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	away := errors.New("away")
	stamp := func(context.Context, []byte) ([]byte, error) { return nil, away }
	request := signature.Request{Place: first(signing.Signature), At: now}
	_, err := o.leader.Sign(t.Context(), prepared(t), request, stamp, signature.StampRequired)
	require.ErrorIs(t, err, away)
	out, err := o.leader.Sign(t.Context(), prepared(t), request, stamp, signature.StampWished)
	require.NoError(t, err)
	require.ErrorIs(t, out.Missed, away)
	assert.False(t, out.Stamped)
	assert.Equal(t, "B", judged(t, o, out.File).Level)
}

func TestC4_FilesThatAreNotSigned(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	withCatalog := func(more string) []byte {
		return writePDF("<</Type/Catalog/Pages 2 0 R"+more+">>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>")
	}
	for name, file := range map[string][]byte{
		"script on opening": withCatalog("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
		"scripts by name":   withCatalog("/Names<</JavaScript<</Names[]>>>>"),
		"dynamic form":      withCatalog("/AcroForm<</Fields[]/XFA(x)>>"),
		"program started":   withCatalog("/OpenAction<</Type/Action/S/Launch/F(a.exe)>>"),
		"automatic action":  withCatalog("/AA<</WC<</S/URI>>>>"),
	} {
		_, err := signature.Prepare(file, reserve[:1])
		require.ErrorIs(t, err, signature.ErrActive, name)
		_, err = o.leader.Sign(t.Context(), file, signature.Request{At: now}, nil, signature.StampNever)
		require.ErrorIs(t, err, signature.ErrActive, name)
	}
	_, err := signature.Prepare(o.sign(t, prepared(t)), []signature.Reservation{{Place: signing.Place{Kind: signing.Seal, Ordinal: 2}, Page: 1, Box: sealBox}})
	require.ErrorIs(t, err, signature.ErrAlreadySigned)
	for name, r := range map[string]signature.Reservation{
		"no such page":     {Place: first(signing.Seal), Page: 2, Box: sealBox},
		"outside":          {Place: first(signing.Seal), Page: 1, Box: signing.Box{Left: 550, Bottom: 10, Right: 620, Top: 80}},
		"over the page":    {Place: first(signing.Seal), Page: 1, Box: signing.Box{Right: 595, Top: 842}},
		"nothing":          {Place: first(signing.Seal), Page: 1},
		"upside down":      {Place: first(signing.Seal), Page: 1, Box: signing.Box{Left: 100, Bottom: 100, Right: 50, Top: 50}},
		"not a number":     {Place: first(signing.Seal), Page: 1, Box: signing.Box{Left: math.NaN(), Bottom: math.NaN(), Right: math.NaN(), Top: math.NaN()}},
		"no such ordinal":  {Place: signing.Place{Kind: signing.Seal}, Page: 1, Box: sealBox},
		"no place's stamp": {Place: first(signing.Stamp), Page: 1, Box: sealBox},
	} {
		_, err := signature.Prepare(draft(), []signature.Reservation{r})
		require.Error(t, err, name)
	}
	_, err = signature.Prepare(draft(), []signature.Reservation{reserve[1], reserve[1]})
	require.ErrorIs(t, err, signature.ErrPlaceTaken)
	_, err = o.agency.Sign(t.Context(), o.issued(t), signature.Request{Place: first(signing.Seal), At: now}, nil, signature.StampNever)
	require.ErrorIs(t, err, signature.ErrPlaceTaken, "two clerks seal at once: the second is told")
	_, err = o.leader.Sign(t.Context(), o.issued(t), signature.Request{Place: first(signing.Initial), At: now}, nil, signature.StampNever)
	require.ErrorIs(t, err, signature.ErrTooLate)
	_, err = o.leader.Sign(t.Context(), draft(), signature.Request{Place: first(signing.Signature), At: now}, nil, signature.StampNever)
	require.ErrorIs(t, err, signature.ErrNoPlace)
	_, err = o.leader.Sign(t.Context(), prepared(t), signature.Request{Place: first(signing.Signature), At: now, Appearance: signature.Appearance{Image: []byte("GIF89a")}}, nil, signature.StampNever)
	require.ErrorIs(t, err, signature.ErrImage)
}

func TestC4_SignedBySomebodyElse(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	sign := func(k signature.Key, file []byte) ([]byte, error) {
		out, err := k.Sign(t.Context(), file, signature.Request{At: now}, nil, signature.StampNever)
		return out.File, err
	}
	foreign, err := sign(o.stranger, draft())
	require.NoError(t, err)
	added, err := sign(o.agency, foreign)
	require.NoError(t, err)
	r := o.verify(t, added)
	require.Len(t, r.Signatures, 2)
	assert.Equal(t, signature.Whole, r.Signatures[0].Integrity, "kept, and added to: %v", r.Signatures[0].Later)
	assert.Equal(t, signing.Unknown, r.Signatures[0].Judgement.Validity)
	assert.True(t, r.Signatures[1].Valid())
	assert.Equal(t, []signing.Change{signing.AddedHidden}, kinds(r.Signatures[0].Later))
	// Certified against any change.
	locked := tamper(t, draft(), func(u *pdf.Update, get func(int) pdf.Dict) {
		value := u.Add(pdf.Dict{"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "Reference": pdf.Array{
			pdf.Dict{"TransformMethod": pdf.Name("DocMDP"), "TransformParams": pdf.Dict{"P": int64(1)}}}})
		catalog := get(catalogObject)
		catalog["AcroForm"] = pdf.Dict{"Fields": pdf.Array{u.Add(pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("s"), "V": value})}}
		u.Set(ref(catalogObject), catalog)
	})
	_, err = sign(o.agency, locked)
	require.ErrorIs(t, err, signature.ErrCertified)
}

func TestC4_HowTheCertificateStood(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	issue := func(from, until time.Time) signature.Key {
		k, err := o.authority.Issue(democa.Subject{Name: "Người ký", From: from, Until: until})
		require.NoError(t, err)
		return k
	}
	good, future := issue(now.Add(-time.Hour), now.AddDate(1, 0, 0)), issue(now.Add(48*time.Hour), now.AddDate(1, 0, 0))
	soon := issue(now.Add(-time.Hour), now.Add(time.Hour))
	signed := func(k signature.Key, stamped bool) []byte {
		policy := signature.StampNever
		if stamped {
			policy = signature.StampRequired
		}
		out, err := k.Sign(t.Context(), prepared(t), signature.Request{Place: first(signing.Signature), At: now}, o.stamp, policy)
		require.NoError(t, err)
		return out.File
	}
	later := o.options()
	later.Now = now.AddDate(0, 0, 2)
	revoked := func(at time.Time) signature.Options {
		list, err := o.authority.CRL(at, democa.Revoked{Certificate: good.Certificate, At: at})
		require.NoError(t, err)
		opt := later
		opt.Evidence = trust.Evidence{CRLs: [][]byte{list}}
		return opt
	}
	before, after := now.Add(-time.Minute), now.Add(time.Minute)
	untrustedStamp := later
	untrustedStamp.Stampers = trust.NewAnchors(o.stranger.Chain...)
	for name, c := range map[string]struct {
		file    []byte
		options signature.Options
		want    signing.Validity
	}{
		"good":                                     {signed(good, true), later, signing.Trusted},
		"not yet valid":                            {signed(future, true), o.options(), signing.NotYetValid},
		"expired since, with a time stamp":         {signed(soon, true), later, signing.Trusted},
		"expired since, without one":               {signed(soon, false), later, signing.OutOfDate},
		"expired since, a stamp that nobody knows": {signed(soon, true), untrustedStamp, signing.OutOfDate},
		"revoked before":                           {signed(good, true), revoked(before), signing.Revoked},
		"revoked after, with a time stamp":         {signed(good, true), revoked(after), signing.Trusted},
		"revoked after, without one":               {signed(good, false), revoked(after), signing.Revoked},
		"unknown issuer":                           {signed(o.stranger, true), later, signing.Unknown},
		"nobody is trusted":                        {signed(good, true), signature.Options{Now: later.Now}, signing.Unknown},
		"a certificate for time stamps only":       {signed(o.stamper, true), later, signing.Unfit},
	} {
		r, err := signature.Verify(c.file, c.options)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, r.Signatures[0].Judgement.Validity, name)
		assert.Equal(t, signature.Whole, r.Signatures[0].Integrity, name)
		assert.Equal(t, c.want == signing.Trusted, r.Signatures[0].Valid(), name)
	}
}
