package server_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/app/delivery"
	"congvan/server/domain/access"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/protocol/vxp"
	"congvan/storage/postgres"
)

// An installation as the national axis, and one that sends to it and asks it
// what waits: everything crosses, both ways, once (L5, E1).
func TestL5_WhatWaitsOnTheAxisIsFetchedOnceAndAnswered(t *testing.T) {
	t.Parallel()
	axis := newSite(t, "000.00.00.G22", "Văn phòng Chính phủ")
	province := newSite(t, "H59", "UBND tỉnh Trà Vinh")
	behind := axis.peer(province.system, "system", "", "bi-mat-cua-truc")
	there := axis.lists(behind, "H59", "UBND tỉnh Trà Vinh")
	province.peer("truc", "axis", "http://"+axis.addr+"/axis", "bi-mat-cua-truc")
	axis.start()
	province.start()
	// The directory comes by itself, with validity; ours is nobody else's to change.
	province.hurryPoll()
	province.await(func() bool {
		return province.count(`select count(*) from agency where code = '000.00.00.G22' and channel = 'axis'`) == 1
	})
	if n := province.count(`select count(*) from agency where code = 'H59' and channel = 'local'`); n != 1 {
		t.Error("the axis changed our own agency")
	}
	axis.issue("Công điện", []byte("%PDF-1.7 công điện"), there)
	axis.await(func() bool { return axis.inState("sent") == 1 })
	province.hurryPoll()
	province.await(func() bool { return province.count(`select count(*) from arrival where source = 'axis'`) == 1 })
	axis.await(func() bool { return axis.inState("arrived") == 1 }) // 01 went by itself
	if n := axis.count(`select count(*) from axis_recipient where state = 'done' and peer_id is not null`); n != 1 {
		t.Error("what was committed was not acknowledged")
	}
	province.register("Công điện")
	axis.await(func() bool { return axis.inState("registered") == 1 })
	// The other way: sent over the axis, and its statuses wait there to be fetched.
	var government uuid.UUID
	if err := province.db.Admin(t).QueryRow(t.Context(), `select id from agency where code = '000.00.00.G22'`).Scan(&government); err != nil {
		t.Fatal(err)
	}
	province.issue("Báo cáo", []byte("%PDF-1.7 báo cáo"), org.ID(government))
	axis.await(func() bool { return axis.count(`select count(*) from arrival where subject = 'Báo cáo'`) == 1 })
	axis.register("Báo cáo")
	axis.await(func() bool { return axis.count(`select count(*) from axis_status where sent_at is null`) == 0 })
	province.hurryPoll()
	province.await(func() bool { return province.inState("registered") == 1 })
	if n := province.count(`select count(*) from arrival`); n != 1 {
		t.Errorf("%d arrivals", n)
	}
}

// hurryPoll makes the next question to the axis due now.
func (s *site) hurryPoll() {
	s.t.Helper()
	s.exec(`update peer set polled_at = now() - interval '1 hour', poll_until = null`)
	s.exec(`insert into river_job (kind, args, queue, max_attempts, state, priority) values ('poll_axis', '{}', 'default', 1, 'available', 1)`)
}

// peerClient speaks to the installation as another one does.
func (s *site) peerClient(other *site, secret string) *vxp.Client {
	return s.axisClient(func(v *vxp.Settings) { v.System, v.Secret, v.Peer = other.system, secret, true })
}

// packaged is a package of the sender's with a file.
func packaged(t *testing.T, from, to org.AgencyCode, subject, text string) []byte {
	t.Helper()
	file := exchange.FileRef{Hash: sha256.Sum256([]byte(text)), Size: int64(len(text)), Name: "../../Chi\u0309 thị\u202e.pdf"}
	e := exchange.Envelope{Content: exchange.DocumentContent, Act: exchange.ActNew, From: exchange.Party{Code: from, Name: "Cơ quan " + string(from)}, To: exchange.Party{Code: to},
		DocumentID: postgres.NewID(), Subject: subject, Files: []exchange.FileRef{file}, CreatedAt: time.Now()}
	var raw bytes.Buffer
	if err := vxp.Write(t.Context(), &raw, e, opening(text), nil); err != nil {
		t.Fatal(err)
	}
	return raw.Bytes()
}

func sent(raw []byte, id org.ID, from, to org.AgencyCode) vxp.Outgoing {
	return vxp.Outgoing{ID: id, Message: vxp.Document, From: from, To: []org.AgencyCode{to}, Hash: sha256.Sum256(raw), Size: int64(len(raw))}
}

// Cases 5, 6, 7, 12, 13, 18, 20, 22, at the receiver.
func TestE2_OneNameIsOneMessage(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	third := newSite(t, "H60", "UBND tỉnh khác")
	b.knows(a, a.addr, "bi-mat-cua-a")
	b.knows(third, third.addr, "bi-mat-cua-c")
	b.start()
	ofA, ofC := b.peerClient(a, "bi-mat-cua-a"), b.peerClient(third, "bi-mat-cua-c")
	ctx := context.Background()
	id := postgres.NewID()
	raw, other := packaged(t, "H59", "H41", "Một", "%PDF-1.7 một"), packaged(t, "H59", "H41", "Hai", "%PDF-1.7 hai")
	first, err := ofA.Send(ctx, sent(raw, id, "H59", "H41"), bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	again, err := ofA.Send(ctx, sent(raw, id, "H59", "H41"), bytes.NewReader(raw))
	if err != nil || again.ID != first.ID || again.Receipt.Text != first.Receipt.Text || !bytes.Equal(again.Receipt.Signature, first.Receipt.Signature) {
		t.Errorf("another receipt for the same message: %+v %+v %v", first, again, err)
	}
	_, err = ofA.Send(ctx, sent(other, id, "H59", "H41"), bytes.NewReader(other)) // case 6: loud
	refusedAs(t, err, exchange.ErrContentDiffers)
	if exchange.VerdictOn(err) != exchange.Contradicted {
		t.Error("a contradiction is not one")
	}
	fromC := packaged(t, "H60", "H41", "Ba", "%PDF-1.7 ba")
	if got, err := ofC.Send(ctx, sent(fromC, id, "H60", "H41"), bytes.NewReader(fromC)); err != nil || got.ID == first.ID { // case 7
		t.Errorf("%+v %v", got, err)
	}
	late := sent(other, postgres.NewID(), "H59", "H41")
	late.Expires = time.Now().Add(-time.Minute)
	_, err = ofA.Send(ctx, late, bytes.NewReader(other)) // case 13
	refusedAs(t, err, exchange.ErrMessageExpired)
	_, err = ofC.Send(ctx, sent(raw, postgres.NewID(), "H60", "H41"), bytes.NewReader(raw)) // case 19: headers and package differ
	refusedAs(t, err, exchange.ErrSenderUnknown)
	broken := raw[:len(raw)/2]
	_, err = ofA.Send(ctx, sent(broken, postgres.NewID(), "H59", "H41"), bytes.NewReader(broken)) // case 18
	refusedAs(t, err, exchange.ErrPackageInvalid)
	b.exec(`update peer set most_bytes = 2000`)
	_, err = ofA.Send(ctx, sent(other, postgres.NewID(), "H59", "H41"), strings.NewReader("")) // case 20: refused before the bytes move
	refusedAs(t, err, exchange.ErrPackageTooLarge)
	if n := b.count(`select count(*) from arrival`); n != 2 {
		t.Errorf("%d arrivals, want 2", n)
	}
	if n := b.count(`select count(*) from arrival_file where name = 'Chỉ thị.pdf'`); n != 2 { // case 22
		t.Error("a name came as it was sent")
	}
}

// What is sent to an agency that ended reaches its successor with the old name
// shown, or is refused naming it.
func TestD3_AnAgencyThatEndedHasASuccessor(t *testing.T) {
	t.Parallel()
	for _, refuses := range []bool{false, true} {
		a, b := newSite(t, "H59", "UBND tỉnh Trà Vinh"), newSite(t, "H41", "UBND tỉnh Nghệ An", fmt.Sprintf("CONGVAN_AXIS_REFUSE_RETIRED=%v", refuses))
		b.knows(a, a.addr, "bi-mat-cua-a")
		b.exec(`insert into agency (id, code, name, level, channel, valid_from, valid_until, successor_id) values ($1, 'H41.99', 'Xã Cũ', 'commune', 'local', '2000-01-01', '2020-01-01', $2)`,
			uuid.New(), uuid.UUID(b.office.ID))
		b.start()
		raw := packaged(t, "H59", "H41.99", "Một", "%PDF-1.7 một")
		_, err := b.peerClient(a, "bi-mat-cua-a").Send(t.Context(), sent(raw, postgres.NewID(), "H59", "H41.99"), bytes.NewReader(raw))
		if refuses {
			var refusal *vxp.Refusal
			if refusedAs(t, err, exchange.ErrRecipientClosed); !errors.As(err, &refusal) || !strings.Contains(refusal.Words, "UBND tỉnh Nghệ An (H41)") {
				t.Errorf("the successor is not named: %v", err)
			}
			continue
		}
		if err != nil || b.count(`select count(*) from arrival where note like '%Xã Cũ (H41.99)%'`) != 1 {
			t.Errorf("%v", err)
		}
		// What was on its way when its recipient ended or moved is answered as the first time.
		id, client := postgres.NewID(), b.peerClient(a, "bi-mat-cua-a")
		raw = packaged(t, "H59", "H41", "Hai", "%PDF-1.7 hai")
		first, err := client.Send(t.Context(), sent(raw, id, "H59", "H41"), bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		b.exec(`update agency set valid_until = '2020-01-02' where code = 'H41'`)
		again, err := client.Send(t.Context(), sent(raw, id, "H59", "H41"), bytes.NewReader(raw))
		if err != nil || again.Receipt.Text != first.Receipt.Text {
			t.Errorf("%+v %v", again, err)
		}
		_, err = client.Send(t.Context(), sent(raw, postgres.NewID(), "H59", "H41"), bytes.NewReader(raw))
		refusedAs(t, err, exchange.ErrRecipientClosed)
	}
}

// Cases 8, 10, 11: what is refused is not tried again, is a dead letter with the
// other side's words, and goes once more by a click. Case 16: so does what an
// unknown key answered, once the key is known. Case 17: a new key that was
// announced is taken.
func TestE4_ARefusalIsADeadLetterAndKeysFollowEachOther(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	there := a.knows(b, b.addr, "bi-mat")
	back := b.knows(a, a.addr, "bi-mat")
	a.start()
	b.start()
	b.exec(`delete from peer_agency where agency_id = $1`, uuid.UUID(back)) // a may not speak for its agency
	document := a.issue("Một", []byte("%PDF-1.7 một"), there)
	a.await(func() bool { return a.inState("failed") == 1 })
	if a.count(`select count(*) from delivery where attempts = 1 and reason like '%gửi thay%'`) != 1 {
		t.Error("the sender does not see why")
	}
	b.exec(`insert into peer_agency (agency_id, peer_id) select $1, id from peer`, uuid.UUID(back))
	list, _, err := a.out.Deliveries(t.Context(), a.office.Clerk, document, "", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := delivery.New(a.db.Store, time.Now, delivery.Options{}).Requeue(t.Context(), a.office.Clerk, access.Command{}, document, list[0].ID); err != nil {
		t.Fatal(err)
	}
	a.await(func() bool { return a.inState("arrived") == 1 })
	_, next, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b.kill() // its key changes, and a was not told
	row := postgres.NewID()
	b.exec(`update exchange_key set retired_at = now()`)
	b.exec(`insert into exchange_key (id, public_key, secret, created_at) values ($1, $2, $3, now())`, uuid.UUID(row), []byte(next.Public().(ed25519.PublicKey)), b.box.Seal(row, string(next.Seed())))
	b.start()
	a.issue("Hai", []byte("%PDF-1.7 hai"), there)
	a.await(func() bool {
		return a.count(`select count(*) from delivery where reason_code = 'axis_bad_receipt'`) == 1
	})
	a.exec(`update peer set next_key = $1, version = version + 1`, []byte(next.Public().(ed25519.PublicKey)))
	a.settles(2)
	if n := b.count(`select count(*) from arrival`); n != 2 {
		t.Errorf("%d arrivals", n)
	}
}
