package outgoing_test

import (
	"slices"
	"testing"
	"time"

	"congvan/server/app/notice"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// wantWaiting holds that exactly these groups of the person's work have the
// document, and that what waits for a key is counted as it is listed.
func (d *signingDesk) wantWaiting(t *testing.T, when string, who access.Person, id org.ID, want ...string) {
	t.Helper()
	groups, err := notice.New(d.Store, func() time.Time { return d.now }).Work(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	counts, holding := map[string]int{}, []string{}
	for _, g := range groups {
		counts[g.Expected] = g.Count
		for _, one := range g.Documents {
			if one.ID == id {
				holding = append(holding, g.Expected)
			}
		}
	}
	if !slices.Equal(holding, want) {
		t.Errorf("%s: stands in %v, want %v", when, holding, want)
	}
	for name, act := range map[string]document.Act{"sign": document.Sign, "seal": document.Seal} {
		list, err := d.out.Waiting(t.Context(), who, act)
		if err != nil || len(list) != counts[name] {
			t.Errorf("%s: %d wait for %s, %d are counted (%v)", when, len(list), name, counts[name], err)
		}
		for _, one := range list {
			if main, ok := one.Main(); !ok || main.Hash.IsZero() {
				t.Errorf("%s: without its file: %+v", when, one)
			}
		}
	}
}

// TestC5_WhatWaitsForAKeyIsAmongTheWork: a leader finds what is to be signed,
// a clerk what is to be sealed, each where it really waits and nowhere else.
func TestC5_WhatWaitsForAKeyIsAmongTheWork(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	leader, clerk := d.sender.Leader, d.sender.Clerk
	d.approved(t, d.anyone(t)) // its file is no PDF for the keys, and waits for a number all the same
	one := d.approvedPDF(t, directive("1"), d.anyone(t))
	d.wantWaiting(t, "approved", leader, one.DocumentID, "sign")
	d.wantWaiting(t, "approved", clerk, one.DocumentID, "number")
	d.work(t, d.order(t, leader, document.Sign, d.leaderCert.ID, one)...)
	d.wantWaiting(t, "signed", leader, one.DocumentID)
	d.wantWaiting(t, "signed", clerk, one.DocumentID, "number")
	if err := d.out.Number(t.Context(), clerk, access.Command{}, one.DocumentID, org.ID{}); err != nil {
		t.Fatal(err)
	}
	_, signed := d.read(t, one.DocumentID)
	d.wantWaiting(t, "numbered", clerk, one.DocumentID, "seal")
	d.work(t, d.order(t, clerk, document.Seal, d.sealCert.ID, signed)...)
	d.wantWaiting(t, "sealed", clerk, one.DocumentID, "issue")
	d.wantWaiting(t, "sealed", d.sender.Officer, one.DocumentID)
}
