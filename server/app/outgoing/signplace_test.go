package outgoing_test

import (
	"testing"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
)

func TestC4_PlacesAreMovedBeforeTheFirstSignatureAndUsed(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	one := d.submittedToLeader(t, directive("1"))
	seat := signing.Place{Kind: signing.Signature, Ordinal: 1}
	proposed, err := d.out.Places(t.Context(), d.sender.Officer, one.DocumentID)
	if err != nil || proposed.Fixed || proposed.Moved || proposed.Hash != one.Seen || len(proposed.Places) == 0 {
		t.Fatalf("%+v %v", proposed, err)
	}
	move := func(who access.Person, seen document.Hash, list ...signing.Moved) error {
		return d.out.MovePlaces(t.Context(), who, org.ID{}, one.DocumentID, seen, list)
	}
	to := signing.Moved{Place: seat, Page: 1, Left: 120, Bottom: 400}
	wantCode(t, move(d.sender.Officer, document.Hash{1}, to), "stale")
	wantCode(t, move(d.sender.Officer, one.Seen, signing.Moved{Place: seat, Page: 1, Left: 590, Bottom: 400}), "invalid_request")
	need(t, move(d.sender.Officer, one.Seen, to))
	need(t, move(d.sender.Leader, one.Seen)) // back where they are proposed
	if p, err := d.out.Places(t.Context(), d.sender.Officer, one.DocumentID); err != nil || p.Moved {
		t.Fatalf("%+v %v", p, err)
	}
	need(t, move(d.sender.Clerk, one.Seen, to))
	need(t, d.out.Approve(t.Context(), d.sender.Leader, access.Command{}, one.DocumentID, one.Seen, ""))
	d.work(t, d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, one)...)
	_, signed := d.read(t, one.DocumentID)
	look, err := signature.Look(d.bytes(t, signed.Seen))
	need(t, err)
	for _, r := range look.Reserved {
		if r.Place == seat && (r.Page != 1 || r.Box.Left != 120 || r.Box.Bottom != 400) {
			t.Errorf("the signature stands at %+v", r)
		}
	}
	wantCode(t, move(d.sender.Clerk, signed.Seen, to), "out_of_order")
	if p, err := d.out.Places(t.Context(), d.sender.Clerk, one.DocumentID); err != nil || !p.Fixed {
		t.Errorf("%+v %v", p, err)
	}
	// Another file is proposed anew.
	var none outgoing.Places
	need(t, d.out.SendBack(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, "Sai", signed.Seen))
	if none, err = d.out.Places(t.Context(), d.sender.Officer, one.DocumentID); err != nil || !none.Moved {
		t.Errorf("the same file again: %+v %v", none, err)
	}
}
