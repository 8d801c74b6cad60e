package outgoing_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
	"congvan/storage/postgres"
)

// What a person types for a service goes to the service and to no queue; a
// wrong one leaves the orders open, and what a service signed of a batch counts.
func TestC4b_WhatIsTypedForAServiceIsPassedOnOnce(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	leader := d.sender.Leader
	key, cert := d.certificate(t, leader.FullName, d.now.Add(-time.Hour), d.now.AddDate(1, 0, 0))
	cert.AccountID, cert.Provider, cert.Asks = leader.AccountID, signing.Remote, []string{"PIN"}
	d.keep(t, cert)
	wrong := fault.InvalidField("PIN", "remote_secret", "Mã PIN không đúng.", "The PIN is wrong.")
	most := 1
	d.asked = func(ctx context.Context, tasks []outgoing.SignTask, secrets map[string]string) ([][]byte, error) {
		if secrets["PIN"] != "482913" {
			return nil, wrong
		}
		var files [][]byte
		for _, task := range tasks[:min(most, len(tasks))] {
			file, err := d.signed(ctx, key, task.File, task.Place)
			if err != nil {
				return files, err
			}
			files = append(files, file)
		}
		if len(files) < len(tasks) {
			return files, wrong
		}
		return files, nil
	}
	one, two := d.approvedPDF(t, directive("1"), d.anyone(t)), d.approvedPDF(t, directive("2"), d.anyone(t))
	batch, err := d.out.Order(t.Context(), leader, commandless, outgoing.SignRequest{Act: document.Sign, Documents: []outgoing.ToSign{one, two},
		CertificateID: cert.ID, PresenceID: d.present(t, leader)})
	if err != nil || len(batch.Items) != 2 || batch.Items[0].Refused != nil || batch.Items[1].Refused != nil {
		t.Fatalf("%+v %v", batch, err)
	}
	states := func() []signing.State {
		list, err := d.out.Orders(t.Context(), leader, batch.ID)
		if err != nil {
			t.Fatal(err)
		}
		var out []signing.State
		for _, o := range list {
			out = append(out, o.State)
		}
		slices.Sort(out)
		return out
	}
	confirm := func(pin string) error {
		_, err := d.out.ConfirmOrders(t.Context(), leader, batch.ID, map[string]string{"PIN": pin})
		return err
	}
	wantCode(t, confirm("1"), "invalid_request")
	if now := states(); !slices.Equal(now, []signing.State{signing.Started, signing.Started}) {
		t.Errorf("after a wrong PIN: %v", now)
	}
	wantCode(t, confirm("482913"), "invalid_request") // the service signs only the first
	if now := states(); !slices.Equal(now, []signing.State{signing.Done, signing.Started}) {
		t.Errorf("after half of it: %v", now)
	}
	if err := confirm("482913"); err != nil {
		t.Fatal(err)
	}
	if now := states(); !slices.Equal(now, []signing.State{signing.Done, signing.Done}) {
		t.Errorf("at last: %v", now)
	}
	for _, s := range []outgoing.ToSign{one, two} {
		if v, _ := d.read(t, s.DocumentID); v.State != document.Signed {
			t.Errorf("it is %s", v.State)
		}
	}
	_, err = d.out.ConfirmOrders(t.Context(), d.sender.Officer, batch.ID, map[string]string{"PIN": "482913"})
	wantCode(t, err, "not_found")
	_, err = d.out.ConfirmOrders(t.Context(), leader, postgres.NewID(), map[string]string{"PIN": "482913"})
	wantCode(t, err, "not_found")
}
