package server_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	mathrand "math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/protocol/vxp"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

func hashed(text string) document.Hash { return sha256.Sum256([]byte(text)) }

// Fifty senders at once over a line that loses, cuts, doubles and delays: each
// keeps its message's id until it holds a valid receipt, and the ledger of ids,
// kept outside both servers, agrees with what arrived (cases 1, 2, 5, 9, 15).
// CONGVAN_TEST_SCHEDULE lets each send more, and the receiver die meanwhile.
func TestE2_FiftySendersAtOnceDeliverOnceEach(t *testing.T) {
	t.Parallel()
	seconds, _ := strconv.Atoi(os.Getenv("CONGVAN_TEST_SCHEDULE"))
	a, b := federate(t)
	b.knows(a, a.addr, "bi-mat")
	b.start()
	l := newLine(t, b.addr)
	names := slices.Sorted(maps.Keys(harms))
	var odds atomic.Uint64
	l.spoil(func(int) harm {
		x := mathrand.New(mathrand.NewPCG(odds.Add(1), 50))
		if x.IntN(4) > 0 {
			return pass
		}
		return harms[names[x.IntN(len(names))]]
	})
	const senders = 50
	each := 1 + seconds/10
	var mu sync.Mutex
	ledger := map[org.ID]exchange.Delivered{}
	var all sync.WaitGroup
	for sender := range senders {
		client := b.peerClient(a, "bi-mat")
		over := l.address
		all.Go(func() {
			for n := range each {
				raw := packaged(t, "H59", "H41", fmt.Sprintf("Văn bản %d của %d", n, sender), fmt.Sprintf("%%PDF-1.7 %d %d", n, sender))
				id := postgres.NewID()
				proof, err := untilReceipt(t.Context(), b, a, over, id, raw)
				if err != nil {
					t.Errorf("sender %d: %v", sender, err)
					return
				}
				again, err := client.Send(t.Context(), sent(raw, id, "H59", "H41"), bytes.NewReader(raw))
				if err != nil && seconds == 0 || err == nil && again.Receipt.Text != proof.Text() {
					t.Errorf("sender %d: another receipt for the same message, %v", sender, err)
				}
				mu.Lock()
				ledger[id] = proof
				mu.Unlock()
			}
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	for range seconds / 20 {
		select {
		case <-ended:
		case <-time.After(5 * time.Second): // the pace of the deaths
			b.kill()
			b.start()
		}
	}
	<-ended
	if len(ledger) != senders*each {
		t.Fatalf("%d receipts for %d messages", len(ledger), senders*each)
	}
	if n, m := b.count(`select count(*) from arrival`), b.count(`select count(distinct subject) from arrival`); n != len(ledger) || m != n {
		t.Errorf("%d messages became %d arrivals of %d", len(ledger), n, m)
	}
	for id, proof := range ledger {
		if proof.Message != id {
			t.Errorf("the receipt of %s is of %s", id, proof.Message)
		}
	}
}

// untilReceipt sends the message until the other side has signed for it.
func untilReceipt(ctx context.Context, to, from *site, over string, id org.ID, raw []byte) (exchange.Delivered, error) {
	var last error
	for range 200 {
		client := to.lineClient(from, over)
		answer, err := client.Send(ctx, sent(raw, id, "H59", "H41"), bytes.NewReader(raw))
		if err == nil {
			var proof exchange.Delivered
			if proof, err = answer.Receipt.Read([]byte(to.key.Public().(ed25519.PublicKey))); err == nil {
				return proof, nil
			}
		}
		if last = err; exchange.VerdictOn(err) == exchange.Contradicted {
			return exchange.Delivered{}, err
		}
	}
	return exchange.Delivered{}, last
}

// lineClient speaks to the installation as another one does, over a line.
func (s *site) lineClient(other *site, address string) *vxp.Client {
	client, err := vxp.NewClient(vxp.Settings{Endpoint: "http://" + address + "/axis", System: other.system, Secret: "bi-mat", Peer: true, AllowPrivate: true, AllowPlain: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return client
}

// issueFrom issues a document whose file comes from a reader.
func (s *site) issueFrom(subject string, size int64, content io.Reader, to org.ID) {
	s.t.Helper()
	ctx := context.Background()
	ref, err := s.blobs.Put(ctx, content, blob.Hint{})
	if err != nil {
		s.t.Fatal(err)
	}
	upload := postgres.NewID()
	s.exec(`insert into upload (id, account_id, size, received, name, created_at, expires_at, sha256) values ($1, $2, $3, $3, $4, now(), now() + interval '1 day', $5)`,
		uuid.UUID(upload), uuid.UUID(s.office.Officer.AccountID), size, "Hồ sơ.pdf", ref.Hash[:])
	kind := "directive"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: upload}}
	recipients := []outgoing.RecipientInput{{Type: document.ToAgency, AgencyID: to}}
	id, err := s.out.Draft(ctx, s.office.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subject, Files: &files, Recipients: &recipients})
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
}

// peak is the most memory that the process ever held, in MiB.
func (s *site) peak() int {
	s.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return kib >> 10
}

// Case 21: a large document crosses whole, and neither side holds it in memory.
// CONGVAN_TEST_SCHEDULE makes it a gigabyte.
func TestE2_ALargeDocumentCrossesAtFlatMemory(t *testing.T) {
	t.Parallel()
	size := int64(24 << 20)
	if os.Getenv("CONGVAN_TEST_SCHEDULE") != "" {
		size = 1 << 30
	}
	a, b := federate(t)
	there := a.knows(b, b.addr, "bi-mat")
	b.knows(a, a.addr, "bi-mat")
	for _, s := range []*site{a, b} {
		s.env = append(s.env, "CONGVAN_ROLES=api,worker", "CONGVAN_MAX_UPLOAD_BYTES=4294967296")
		s.exec(`update peer set most_bytes = 4294967296`)
		s.start()
	}
	a.issue("Nhỏ", []byte("%PDF-1.7 nhỏ"), there)
	a.settles(1)
	before := []int{a.peak(), b.peak()}
	head := "%PDF-1.7\n"
	a.issueFrom("Lớn", size, io.MultiReader(strings.NewReader(head), io.LimitReader(mathrand.NewChaCha8([32]byte{21}), size-int64(len(head)))), there)
	a.await(func() bool { return a.inState("arrived") == 2 })
	for i, s := range []*site{a, b} {
		if more := s.peak() - before[i]; int64(more) > max(size>>20, 256) {
			t.Errorf("a document of %d MiB took %d MiB more of memory", size>>20, more)
		}
	}
	if n := b.count(fmt.Sprintf(`select count(*) from arrival_file where size = %d`, size)); n != 1 {
		t.Error("the document did not come whole")
	}
}

// Case 12: a message whose life time passes while its receiver is down is expired
// with its sender, and never arrives (E6).
func TestE6_ALifeTimePassesBetweenIssuingAndSending(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	there := a.knows(b, b.addr, "bi-mat")
	b.knows(a, a.addr, "bi-mat")
	a.issue("Quá hạn", []byte("%PDF-1.7 một"), there)
	a.exec(`update delivery set expires_at = now() - interval '1 second'`)
	b.start()
	a.start()
	a.await(func() bool { return a.inState("expired") == 1 })
	if n := b.count(`select count(*) from arrival`) + b.count(`select count(*) from axis_message`); n != 0 {
		t.Errorf("%d rows of an expired message", n)
	}
	if n := a.count(`select count(*) from event where verb = 'delivery_expired'`); n != 1 {
		t.Error("the sender was not told")
	}
}

// Case 23: with the history or the object store out of reach the receiver takes
// nothing, says so, and leaves nothing half done; the message comes when they
// are back.
func TestE2_WithoutHistoryOrStoreNothingIsHalfDone(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	there := a.knows(b, b.addr, "bi-mat")
	b.knows(a, a.addr, "bi-mat")
	var store string
	for _, setting := range b.env {
		if at, ok := strings.CutPrefix(setting, "CONGVAN_S3_ENDPOINT="); ok {
			store = at
		}
	}
	l := newLine(t, store)
	b.env = append(b.env, "CONGVAN_S3_ENDPOINT="+l.address)
	b.exec(`revoke insert on event from congvan_app`)
	a.start()
	b.start()
	a.issue("Không có lịch sử", []byte("%PDF-1.7 một"), there)
	a.await(func() bool {
		return a.count(`select count(*) from delivery where reason_code = 'exchange_disturbed'`) == 1
	})
	if n := b.count(`select count(*) from arrival`) + b.count(`select count(*) from axis_message`) + b.count(`select count(*) from axis_recipient`); n != 0 {
		t.Errorf("%d rows of what was not recorded", n)
	}
	b.exec(`grant insert on event to congvan_app`)
	a.settles(1)
	l.spoil(func(int) harm { return func(client, _ *net.TCPConn) { _ = client.SetLinger(0) } })
	b.kill() // its open lines to the store too
	b.start()
	a.issue("Không có kho", []byte("%PDF-1.7 hai"), there)
	a.await(func() bool {
		return a.count(`select count(*) from delivery where state = 'waiting' and attempts > 0 and reason_code <> ''`) == 1
	})
	if n := b.count(`select count(*) from arrival`); n != 1 {
		t.Errorf("%d arrivals", n)
	}
	l.spoil(func(int) harm { return pass })
	a.settles(2)
	if n := b.count(`select count(*) from arrival`); n != 2 {
		t.Errorf("%d arrivals", n)
	}
}
