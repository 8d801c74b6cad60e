package outgoing_test

import (
	"bytes"
	"testing"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
)

var commandless access.Command

// byHand orders a signature of a key elsewhere, and gives the file to be signed.
func (d *signingDesk) byHand(t *testing.T, file []byte) (outgoing.Ordered, []byte) {
	t.Helper()
	cert := d.leaderCert
	err := d.dropCertificates(t)
	if err != nil {
		t.Fatal(err)
	}
	cert.ID, cert.Provider = org.ID{15: 77}, signing.Local
	d.keep(t, cert)
	one := d.approvedPDF(t, file, d.anyone(t))
	o := d.order(t, d.sender.Leader, document.Sign, cert.ID, one)[0]
	if o.Refused != nil {
		t.Fatal(o.Refused)
	}
	return o, d.bytes(t, o.Order.FileHash)
}

func (d *signingDesk) dropCertificates(t *testing.T) error {
	t.Helper()
	_, err := d.Admin(t).Exec(t.Context(), "update certificate set removed_at = now()")
	return err
}

func (d *signingDesk) back(t *testing.T, o outgoing.Ordered, file []byte) error {
	t.Helper()
	_, err := d.out.ReturnSigned(t.Context(), o.Order.ID, o.Ticket, bytes.NewReader(file))
	return err
}

func TestC4b_OnlyTheOrderedSignatureOnTheApprovedBytesIsTaken(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	o, sent := d.byHand(t, directive("1"))
	good, err := d.signed(t.Context(), d.leader, sent, o.Order.Place)
	if err != nil {
		t.Fatal(err)
	}
	stranger, _ := d.certificate(t, "Người khác", d.now.Add(-time.Hour), d.now.AddDate(1, 0, 0))
	byStranger, err := d.signed(t.Context(), stranger, sent, o.Order.Place)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := d.signed(t.Context(), d.leader, sent, signing.Place{Kind: signing.Seal, Ordinal: 1})
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[bytes.Index(flipped, []byte("So:"))] ^= 1
	numbered, err := signature.FillNumbering(good, signing.Numbering{Number: "99", Reference: "99/CT-UBND", Day: org.DayOf(d.now)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, code string
		file       []byte
	}{
		{"nothing was added", "other_bytes", sent},
		{"a byte of the text was flipped", "other_bytes", flipped},
		{"signed by another", "other_signer", byStranger},
		{"signed in another place", "other_place", elsewhere},
		{"a number was written too", "added_more", numbered},
		{"the container was cut", "pdf_damaged", good[:len(good)-200]},
	} {
		err := d.back(t, o, c.file)
		if c.code == "pdf_damaged" {
			if err == nil {
				t.Errorf("%s: it is taken", c.name)
			}
			continue
		}
		if err == nil {
			t.Fatalf("%s: it is taken", c.name)
		}
		wantCode(t, err, c.code)
	}
	if v, _ := d.read(t, o.DocumentID); v.State != document.Approved {
		t.Fatalf("after all that it is %s", v.State)
	}
	if err := d.back(t, o, good); err != nil {
		t.Fatal(err)
	}
	if err := d.back(t, o, good); err != nil {
		t.Errorf("the same a second time: %v", err)
	}
	other, err := d.signed(t.Context(), d.leader, sent, o.Order.Place)
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, d.back(t, o, other), "answered_twice")
}

func TestC4b_CancelledLateAndRepeatedOrders(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	o, sent := d.byHand(t, directive("1"))
	good, err := d.signed(t.Context(), d.leader, sent, o.Order.Place)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.out.CancelOrder(t.Context(), d.sender.Clerk, o.Order.ID)
	wantCode(t, err, "not_found") // another's
	if _, err := d.out.CancelOrder(t.Context(), d.sender.Leader, o.Order.ID); err != nil {
		t.Fatal(err)
	}
	wantCode(t, d.back(t, o, good), "ticket")
	again, ticket, err := d.out.RepeatOrder(t.Context(), d.sender.Leader, o.Order.ID, d.present(t, d.sender.Leader))
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, d.back(t, o, good), "ticket") // the old one opens nothing any more
	d.now = d.now.Add(31 * time.Minute)
	late := outgoing.Ordered{Order: again, Ticket: ticket}
	wantCode(t, d.back(t, late, good), "ticket")
	if err := d.out.ExpireOrders(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := d.orderNow(t, d.sender.Leader, o.Order.ID); o.State != signing.Expired {
		t.Errorf("it is %s", o.State)
	}
}

func TestC4_ACertificateThatIsNotGoodTodaySignsNothing(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	one := d.approvedPDF(t, directive("1"), d.anyone(t))
	for code, valid := range map[string][2]time.Time{
		"certificate_expired":       {d.now.AddDate(-2, 0, 0), d.now.AddDate(-1, 0, 0)},
		"certificate_not_yet_valid": {d.now.AddDate(1, 0, 0), d.now.AddDate(2, 0, 0)},
	} {
		_, c := d.certificate(t, "Người ký", valid[0], valid[1])
		c.AccountID, c.Provider = d.sender.Leader.AccountID, signing.Software
		d.keep(t, c)
		wantCode(t, d.order(t, d.sender.Leader, document.Sign, c.ID, one)[0].Refused, code)
	}
	// Another's certificate is none.
	_, c := d.certificate(t, "Người khác", d.now.Add(-time.Hour), d.now.AddDate(1, 0, 0))
	c.AccountID, c.Provider = d.sender.Officer.AccountID, signing.Software
	d.keep(t, c)
	wantCode(t, d.order(t, d.sender.Leader, document.Sign, c.ID, one)[0].Refused, "invalid_request")
	// A revoked one signs, and what it signed is not taken.
	revoked, err := d.ca.CRL(d.now, democa.Revoked{Certificate: d.leader.Certificate, At: d.now.Add(-time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	d.lists = [][]byte{revoked}
	items := d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, one)
	d.work(t, items...)
	if o := d.orderNow(t, d.sender.Leader, items[0].Order.ID); o.State != signing.Failed || o.Failure != "certificate" {
		t.Errorf("%+v", o)
	}
}

func TestC4_WhatAnotherHasSignedIsKeptAndAddedTo(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	stranger, _ := d.certificate(t, "Cơ quan khác", d.now.Add(-time.Hour), d.now.AddDate(1, 0, 0))
	file, err := d.signed(t.Context(), stranger, directive("1"), signing.Place{})
	if err != nil {
		t.Fatal(err)
	}
	one := d.approvedPDF(t, file, d.anyone(t))
	d.work(t, d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, one)...)
	need(t, d.out.Number(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, org.ID{}))
	_, signed := d.read(t, one.DocumentID)
	d.work(t, d.order(t, d.sender.Clerk, document.Seal, d.sealCert.ID, signed)...)
	_, sealed := d.read(t, one.DocumentID)
	whole := d.bytes(t, sealed.Seen)
	if !bytes.HasPrefix(whole, file) {
		t.Error("what the other signed is not kept")
	}
	report, err := signature.Verify(whole, d.options())
	if err != nil || len(report.Signatures) != 3 {
		t.Fatalf("%+v %v", report, err)
	}
	for i, kind := range []signing.PlaceKind{signing.Foreign, signing.Signature, signing.Seal} {
		if s := report.Signatures[i]; s.Kind != kind || !s.Valid() {
			t.Errorf("signature %d: %+v", i+1, s)
		}
	}
}
