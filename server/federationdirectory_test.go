package server_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"net"
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/app/delivery"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// agencyID gives the agency of the code as it is listed here.
func (s *site) agencyID(code string) (id org.ID) {
	s.t.Helper()
	var found uuid.UUID
	if err := s.db.Admin(s.t).QueryRow(context.Background(), `select id from agency where code = $1`, code).Scan(&found); err != nil {
		s.t.Fatal(err)
	}
	return org.ID(found)
}

// The signed directory of a peer brings its agencies; what is here or at somebody
// else is not its to say; and it works while the peer is down (L2, D3).
func TestL2_TheSignedDirectoryOfAPeerIsTakenInAndKept(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	l := newLine(t, b.addr)
	a.knows(b, l.address, "khoa-bi-mat-cua-hai-ben")
	b.knows(a, a.addr, "khoa-bi-mat-cua-hai-ben")
	later := b.db.Office(t, "H41.08", "Sở Nội vụ Nghệ An")
	b.db.Office(t, "H41.99", "Cơ quan trên trục")
	b.exec(`update peer set most_bytes = 5000000`)
	a.exec(`insert into agency (id, code, name, level, channel, valid_from) values ($1, 'H41.99', 'Cơ quan trên trục', 'other', 'axis', '2000-01-01')`, uuid.New())
	a.start()
	b.start()
	// One that was changed on its way proves nothing.
	l.spoil(func(int) harm {
		return func(client, server *net.TCPConn) {
			_, _ = server.Write(request(client))
			_, _ = client.Write(bytes.Replace(hear(server), []byte("H41.08"), []byte("H41.09"), 1))
		}
	})
	a.hurryPoll()
	a.await(func() bool { return a.count(`select count(*) from peer where error_code = 'receipt_signature'`) == 1 })
	if n := a.count(`select count(*) from agency where code in ('H41.08', 'H41.09')`); n != 0 {
		t.Fatal("what proves nothing was taken in")
	}
	l.spoil(func(int) harm { return pass })
	a.hurryPoll()
	a.await(func() bool {
		return a.count(`select count(*) from agency x join peer_agency p on p.agency_id = x.id where x.code = 'H41.08' and x.channel = 'peer' and x.name = 'Sở Nội vụ Nghệ An'`) == 1
	})
	if n := a.count(`select count(*) from agency where code = 'H41.99' and channel = 'axis'`); n != 1 {
		t.Error("the peer took an agency that is reached over the axis")
	}
	if n := a.count(`select count(*) from agency where code = 'H59' and channel = 'local'`); n != 1 {
		t.Error("the peer changed our own agency")
	}
	a.await(func() bool { // what the peer takes, and its words, are kept; the trouble is over
		return a.count(`select count(*) from peer where takes_bytes = 5000000 and directory_text <> '' and error_code = ''`) == 1
	})
	b.kill() // its agencies can be written to all the same
	a.issue("Gửi khi bên kia tắt", []byte("%PDF-1.7 một"), a.agencyID("H41.08"))
	b.start()
	a.settles(1)
	if n := b.count(`select count(*) from arrival where agency_id = '` + later.ID.String() + `'`); n != 1 {
		t.Errorf("%d arrivals", n)
	}
}

// A key that is announced in the directory is known before it signs: messages
// around the change arrive once, and their receipts hold (L4; case 17).
func TestL4_AKeyChangesWithoutAMessageLost(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	there := a.knows(b, b.addr, "khoa-bi-mat-cua-hai-ben")
	b.knows(a, a.addr, "khoa-bi-mat-cua-hai-ben")
	_, next, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	row := postgres.NewID()
	b.exec(`update exchange_key set retired_at = now() + interval '7 days'`)
	b.exec(`insert into exchange_key (id, public_key, secret, created_at) values ($1, $2, $3, now() + interval '1 second')`, uuid.UUID(row), []byte(next.Public().(ed25519.PublicKey)), b.box.Seal(row, string(next.Seed())))
	a.start()
	b.start()
	a.issue("Trước khi báo", []byte("%PDF-1.7 một"), there)
	a.settles(1)
	a.hurryPoll()
	a.await(func() bool { return a.count(`select count(*) from peer where length(next_key) = 32`) == 1 })
	a.issue("Sau khi báo", []byte("%PDF-1.7 hai"), there)
	a.settles(2)
	b.kill()
	b.exec(`update exchange_key set retired_at = now() where retired_at is not null`) // the week is over
	a.issue("Khi đổi khóa", []byte("%PDF-1.7 ba"), there)
	b.start()
	a.settles(3)
	a.hurryPoll()
	a.await(func() bool { return a.count(`select count(*) from peer where length(next_key) = 0`) == 1 })
	a.issue("Sau khi đổi", []byte("%PDF-1.7 bốn"), there)
	a.settles(4)
	if n := b.count(`select count(*) from arrival`); n != 4 {
		t.Errorf("%d arrivals", n)
	}
	if n := a.count(`select count(*) from delivery where reason_code = 'axis_bad_receipt'`); n != 0 {
		t.Errorf("%d receipts were not believed", n)
	}
	if n := a.count(`select count(distinct key) from delivery_receipt`); n != 2 {
		t.Errorf("receipts by %d keys", n)
	}
}

// One click of the operator sends all that could not be sent once more; each
// arrives once (E4, cases 10 and 11).
func TestE4_TheOperatorRequeuesAllOfAConnection(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	there := a.knows(b, b.addr, "bi-mat")
	back := b.knows(a, a.addr, "bi-mat")
	b.exec(`delete from peer_agency where agency_id = $1`, uuid.UUID(back))
	a.start()
	b.start()
	for range 3 {
		a.issue("Văn bản", []byte("%PDF-1.7 "+uuid.NewString()), there)
	}
	a.await(func() bool { return a.inState("failed") == 3 })
	b.exec(`insert into peer_agency (agency_id, peer_id) select $1, id from peer`, uuid.UUID(back))
	service := delivery.New(a.db.Store, time.Now, delivery.Options{})
	operator := a.office.Officer
	operator.Operator = true
	list, err := service.Peers(t.Context(), operator)
	if err != nil || len(list) != 1 || list[0].Failed != 3 || list[0].Waiting != 0 {
		t.Fatalf("%+v %v", list, err)
	}
	if _, err := service.RequeuePeer(t.Context(), a.office.Clerk, access.Command{}, list[0].ID); err == nil {
		t.Error("a clerk requeued all of the installation")
	}
	a.exec(`update delivery set expires_at = now() - interval '1 day' where state = 'failed'`) // they lay long
	n, err := service.RequeuePeer(t.Context(), operator, access.Command{}, list[0].ID)
	if err != nil || n != 3 {
		t.Fatalf("%d requeued, %v", n, err)
	}
	a.settles(3)
	if n := b.count(`select count(*) from arrival`); n != 3 {
		t.Errorf("%d arrivals", n)
	}
	if n := a.count(`select count(*) from delivery_count where refused <> 0`); n != 0 {
		t.Error("the counts still have what arrived as refused")
	}
}
