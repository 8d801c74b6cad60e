package server_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/app/incoming"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/secret"
	"congvan/storage/storagetest"
)

// site is one installation of its own: a process, a database, a bucket.
type site struct {
	*victim
	code   string
	system string // as others know it
	addr   string
	office storagetest.Office
	blobs  *blob.Store
	box    *secret.Box
	key    ed25519.PrivateKey
	out    *outgoing.Service
	in     *incoming.Service
}

// newSite makes an installation with one agency. It is not started.
func newSite(t *testing.T, code, name string, settings ...string) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	s := &site{victim: &victim{t: t, db: storagetest.DB(t)}, code: code, system: "he-thong-" + strings.ToLower(code), addr: addr}
	bucket := storagetest.Bucket(t)
	s.blobs = storagetest.OpenBlobs(t, bucket, s.db)
	key := secret.NewKey()
	if s.box, err = secret.New(key); err != nil {
		t.Fatal(err)
	}
	s.env = append(os.Environ(), asServer+"=1", "CONGVAN_ROLES=api,worker", "CONGVAN_LOG_LEVEL=error", "CONGVAN_ADDR="+addr, "CONGVAN_PUBLIC_URL=http://"+addr,
		"CONGVAN_DATABASE_URL="+s.db.AppURL, "CONGVAN_SECRET_KEY="+base64.StdEncoding.EncodeToString(key), "CONGVAN_ALLOW_PRIVATE_PEERS=true", "CONGVAN_ALLOW_PLAIN_PEERS=true")
	s.env = append(append(s.env, bucketSettings(bucket)...), settings...)
	s.office = s.db.Office(t, code, name)
	readable := func(context.Context, document.File) error { return nil }
	s.out, s.in = outgoing.New(s.db.Store, s.blobs, readable, time.Now), incoming.New(s.db.Store, s.blobs, time.Now)
	if _, s.key, err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	id := postgres.NewID()
	s.exec(`insert into exchange_key (id, public_key, secret, created_at) values ($1, $2, $3, now())`, uuid.UUID(id), []byte(s.key.Public().(ed25519.PublicKey)),
		s.box.Seal(id, string(s.key.Seed())))
	t.Cleanup(s.kill)
	return s
}

// start starts the process, and waits until it answers.
func (s *site) start() {
	s.t.Helper()
	s.exec(`update river_job set attempted_at = attempted_at - interval '1 day' where state = 'running'`)
	s.exec(`delete from river_leader`)
	s.cmd = exec.Command("/proc/self/exe")
	s.cmd.Env, s.cmd.Stderr = s.env, os.Stderr
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.await(func() bool {
		r, err := http.Get("http://" + s.addr + "/healthz")
		if err == nil {
			_ = r.Body.Close()
		}
		return err == nil
	})
}

// hurry makes everything due that waits for its time.
func (s *site) hurry() {
	s.t.Helper()
	s.exec(`update delivery set next_attempt_at = now() where state = 'waiting' and next_attempt_at > now()`)
	s.exec(`update axis_status set next_attempt_at = now() where sent_at is null and next_attempt_at > now()`)
	s.exec(`update river_job set scheduled_at = now() where state in ('scheduled', 'retryable') and kind in ('dispatch', 'send_status')`)
}

// knows makes the other installation known: reached at the address, and calling
// with a secret. It gives the agency of the other as it is listed here.
func (s *site) knows(other *site, address, secret string) org.ID {
	s.t.Helper()
	peer := s.peer(other.system, "installation", "http://"+address+"/axis", secret)
	s.exec(`update peer set public_key = $2 where id = $1`, uuid.UUID(peer), []byte(other.key.Public().(ed25519.PublicKey)))
	return s.lists(peer, other.code, other.office.Name)
}

// peer adds a connection whose other end signs with the secret, and so do we.
func (s *site) peer(system, kind, endpoint, secret string) org.ID {
	s.t.Helper()
	peer, row := postgres.NewID(), postgres.NewID()
	s.exec(`insert into peer (id, kind, name, system, endpoint, our_system, our_secret, most_bytes, per_minute, created_at) values ($1, $2, $3, $3, $4, $5, $6, 100000000, 100000, now())`,
		uuid.UUID(peer), kind, system, endpoint, s.system, s.box.Seal(peer, secret))
	s.exec(`insert into peer_secret (peer_id, id, secret, valid_from) values ($1, $2, $3, now() - interval '1 day')`, uuid.UUID(peer), uuid.UUID(row), s.box.Seal(row, secret))
	return peer
}

// lists adds an agency at the other end of a connection.
func (s *site) lists(peer org.ID, code, name string) org.ID {
	s.t.Helper()
	agency := postgres.NewID()
	s.exec(`insert into agency (id, code, name, level, channel, valid_from) values ($1, $2, $3, 'other', 'peer', '2000-01-01')`, uuid.UUID(agency), code, name)
	s.exec(`insert into peer_agency (agency_id, peer_id) values ($1, $2)`, uuid.UUID(agency), uuid.UUID(peer))
	return agency
}

// federate makes two installations that know each other. ways are the addresses
// at which each reaches the other.
func federate(t *testing.T) (a, b *site) {
	t.Helper()
	return newSite(t, "H59", "UBND tỉnh Trà Vinh"), newSite(t, "H41", "UBND tỉnh Nghệ An")
}

// issue issues a document to the agencies.
func (s *site) issue(subject string, content []byte, to ...org.ID) (id org.ID) {
	s.t.Helper()
	ctx := context.Background()
	ref, err := s.blobs.Put(ctx, bytes.NewReader(content), blob.Hint{})
	if err != nil {
		s.t.Fatal(err)
	}
	upload := postgres.NewID()
	s.exec(`insert into upload (id, account_id, size, received, name, created_at, expires_at, sha256) values ($1, $2, $3, $3, $4, now(), now() + interval '1 day', $5)`,
		uuid.UUID(upload), uuid.UUID(s.office.Officer.AccountID), len(content), "Chỉ thị.pdf", ref.Hash[:])
	var recipients []outgoing.RecipientInput
	for _, agency := range to {
		recipients = append(recipients, outgoing.RecipientInput{Type: document.ToAgency, AgencyID: agency})
	}
	kind := "directive"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: upload}}
	id, err = s.out.Draft(ctx, s.office.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subject, Files: &files, Recipients: &recipients})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, err := range []error{s.out.Submit(ctx, s.office.Officer, access.Command{}, id, s.office.LeaderPosition, ""),
		s.out.Approve(ctx, s.office.Leader, access.Command{}, id, ref.Hash, ""),
		s.out.Issue(ctx, s.office.Clerk, access.Command{}, id, org.ID{}, ref.Hash)} {
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return id
}

// inState counts deliveries.
func (s *site) inState(state string) int {
	return s.count(fmt.Sprintf(`select count(*) from delivery where state = '%s'`, state))
}

// arrival gives the only arrival with the subject.
func (s *site) arrival(subject string) (id org.ID, hash document.Hash) {
	s.t.Helper()
	var found uuid.UUID
	var sum []byte
	if err := s.db.Admin(s.t).QueryRow(context.Background(), `select id, main_sha256 from arrival where subject = $1`, subject).Scan(&found, &sum); err != nil {
		s.t.Fatal(err)
	}
	return org.ID(found), document.Hash(sum)
}

func (s *site) register(subject string) {
	s.t.Helper()
	id, hash := s.arrival(subject)
	if err := s.in.Register(context.Background(), s.office.Clerk, access.Command{}, id, incoming.Registration{Seen: hash, Correct: func(*routing.Fields) {}}); err != nil {
		s.t.Fatal(err)
	}
}

// Two installations with nothing in common exchange a document; its bytes and
// fields arrive, the receipt proves it, and what becomes of it comes back (L1, E1, E5, G1, G2).
func TestL1_TwoInstallationsExchangeWithStatusesBack(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	there := a.knows(b, b.addr, "khoa-bi-mat-cua-hai-ben")
	b.knows(a, a.addr, "khoa-bi-mat-cua-hai-ben")
	a.start()
	b.start()
	content := []byte("%PDF-1.7 Chỉ thị về cải cách hành chính")
	id := a.issue("Đẩy mạnh cải cách hành chính", content, there)
	a.await(func() bool { return a.inState("arrived") == 1 })
	arrival, hash := b.arrival("Đẩy mạnh cải cách hành chính")
	read, err := b.in.Read(t.Context(), b.office.Clerk, arrival)
	if err != nil {
		t.Fatal(err)
	}
	if got := read.Arrival; got.Source != routing.FromPeer || got.IssuerName != "UBND tỉnh Trà Vinh" || got.IssuerCode != "H59" || got.Kind != "directive" ||
		got.Number != "01" || got.Symbol == "" || got.DocumentDate != org.DayOf(time.Now()) || hash.IsZero() || got.Files[0].Size != int64(len(content)) {
		t.Errorf("%+v", got)
	}
	a.holdsReceipts(b, 1)
	b.register("Đẩy mạnh cải cách hành chính")
	a.await(func() bool { return a.inState("registered") == 1 })
	list, _, err := a.out.Deliveries(t.Context(), a.office.Clerk, id, "", 0, 10)
	if err != nil || list[0].ByName != b.office.Clerk.FullName {
		t.Errorf("%+v %v", list, err)
	}
	a.issue("Gửi nhầm", []byte("%PDF-1.7 hai"), there)
	a.await(func() bool { return a.inState("arrived") == 1 })
	arrival, _ = b.arrival("Gửi nhầm")
	if err := b.in.Refuse(t.Context(), b.office.Clerk, access.Command{}, arrival, routing.WrongAddressee, "Không thuộc thẩm quyền"); err != nil {
		t.Fatal(err)
	}
	a.await(func() bool { return a.inState("refused") == 1 })
	if a.count(`select count(*) from delivery where reason like '%Không thuộc thẩm quyền%'`) != 1 {
		t.Error("the sender does not see why")
	}
}

// holdsReceipts proves that both ends keep the same receipts, and that each is
// of what was sent.
func (s *site) holdsReceipts(other *site, want int) {
	s.t.Helper()
	rows, err := s.db.Admin(s.t).Query(context.Background(), `select r.text, r.key, r.signature, r.delivery_id, p.sha256 from delivery_receipt r join document_package p using (agency_id, document_id)`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
		var text string
		var key, signature, sum []byte
		var delivery uuid.UUID
		if err := rows.Scan(&text, &key, &signature, &delivery, &sum); err != nil {
			s.t.Fatal(err)
		}
		proven := readReceipt(s.t, text, key, signature, other.key.Public().(ed25519.PublicKey))
		if proven.Message != org.ID(delivery) || proven.Package != document.Hash(sum) {
			s.t.Errorf("the receipt is of another message: %s", text)
		}
		var kept int
		if err := other.db.Admin(s.t).QueryRow(context.Background(), `select count(*) from axis_recipient where receipt_text = $1 and receipt_signature = $2`, text, signature).Scan(&kept); err != nil || kept != 1 {
			s.t.Errorf("the receiver keeps another receipt: %d, %v", kept, err)
		}
	}
	if n != want || rows.Err() != nil {
		s.t.Errorf("%d receipts, want %d, %v", n, want, rows.Err())
	}
}
