package delivery_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"congvan/server/app/delivery"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

// road is a channel that the test plays.
type road struct {
	mu   sync.Mutex
	sent []exchange.Envelope
	do   func(ctx context.Context, e exchange.Envelope, open delivery.Open) (exchange.Outcome, error)
}

func (r *road) Send(ctx context.Context, e exchange.Envelope, open delivery.Open) (exchange.Outcome, error) {
	r.mu.Lock()
	r.sent = append(r.sent, e)
	do := r.do
	r.mu.Unlock()
	if do != nil {
		return do(ctx, e, open)
	}
	return exchange.Outcome{State: exchange.Sent, RemoteID: "<" + e.ID.String() + "@x>", At: e.CreatedAt.Add(time.Minute)}, nil
}

func (r *road) times() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sent)
}

func (r *road) behave(do func(context.Context, exchange.Envelope, delivery.Open) (exchange.Outcome, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.do = do
}

func fails(o exchange.Outcome, err error) func(context.Context, exchange.Envelope, delivery.Open) (exchange.Outcome, error) {
	return func(context.Context, exchange.Envelope, delivery.Open) (exchange.Outcome, error) { return o, err }
}

var (
	errLater   = fault.New(fault.Throttled, "smtp_later", "Gửi lại sau.", "Later.")
	errRefused = fault.New(fault.Forbidden, "smtp_refused", "Bị từ chối.", "Refused.")
	errDown    = fault.New(fault.Unavailable, "smtp_unreachable", "Không kết nối được.", "Unreachable.")
)

// desk is a sender whose documents go by a channel that the test plays.
type desk struct {
	*storagetest.Database
	t       *testing.T
	sender  storagetest.Office
	out     *outgoing.Service
	told    *delivery.Service
	mail    *road
	mu      sync.Mutex
	at      time.Time
	content map[document.Hash]string
}

func newDesk(t *testing.T, change ...func(*delivery.Options)) *desk {
	t.Helper()
	db := storagetest.DB(t)
	d := &desk{Database: db, t: t, sender: db.Office(t, "H59", "UBND tỉnh"), mail: &road{}, at: time.Now().UTC().Truncate(time.Second), content: map[document.Hash]string{}}
	readable := func(context.Context, document.File) error { return nil }
	d.out = outgoing.New(db.Store, nil, readable, d.now)
	opts := delivery.Options{Channels: map[exchange.Channel]delivery.Channel{exchange.Mailbox: d.mail}, Content: d.open,
		Patience: exchange.Patience{First: time.Minute, Longest: 10 * time.Minute, Tries: 4}}
	for _, c := range change {
		c(&opts)
	}
	d.told = delivery.New(db.Store, d.now, opts)
	return d
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.at
}

func (d *desk) later(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = d.at.Add(by)
}

func (d *desk) open(_ context.Context, h document.Hash) (io.ReadSeekCloser, error) {
	text, ok := d.content[h]
	if !ok {
		return nil, errors.New("no such object")
	}
	return held{strings.NewReader(text)}, nil
}

// held is a content in memory.
type held struct{ *strings.Reader }

func (held) Close() error { return nil }

func (d *desk) exec(sql string, args ...any) {
	d.t.Helper()
	if _, err := d.Admin(d.t).Exec(context.Background(), sql, args...); err != nil {
		d.t.Fatal(err)
	}
}

// mailOnly adds an agency that has nothing but a mailbox.
func (d *desk) mailOnly(n int, channel string) outgoing.RecipientInput {
	d.t.Helper()
	id := postgres.NewID()
	d.exec(`insert into agency (id, code, name, level, channel, email, valid_from) values ($1::text::uuid, $2, $3, 'other', $4, $5, '2000-01-01')`,
		id.String(), fmt.Sprintf("X.%d", n), fmt.Sprintf("Cơ quan %d", n), channel, fmt.Sprintf("vanthu%d@coquan.example", n))
	return outgoing.RecipientInput{Type: document.ToAgency, AgencyID: id}
}

func (d *desk) issue(to ...outgoing.RecipientInput) org.ID {
	d.t.Helper()
	id, h := d.approved(to...)
	if err := d.out.Issue(d.t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, h); err != nil {
		d.t.Fatal(err)
	}
	return id
}

func (d *desk) approved(to ...outgoing.RecipientInput) (org.ID, document.Hash) {
	d.t.Helper()
	upload := postgres.NewID()
	text := "%PDF-1.7 " + upload.String()
	h := document.Hash(sha256.Sum256([]byte(text)))
	d.content[h] = text
	d.exec(`insert into blob (sha256, object_key, size, media_type, created_at) values ($1, gen_random_uuid(), $2, 'application/pdf', now())`, h[:], len(text))
	d.exec(`insert into upload (id, account_id, size, received, name, created_at, expires_at, sha256) values ($1::text::uuid, $2::text::uuid, $3, $3, 'Chỉ thị.pdf', now(), now() + interval '60 days', $4)`,
		upload.String(), d.sender.Officer.AccountID.String(), len(text), h[:])
	kind, subject := "directive", "Đẩy mạnh cải cách hành chính"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: upload}}
	id, err := d.out.Draft(d.t.Context(), d.sender.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subject, Files: &files, Recipients: &to})
	if err != nil {
		d.t.Fatal(err)
	}
	if err := errors.Join(d.out.Submit(d.t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""),
		d.out.Approve(d.t.Context(), d.sender.Leader, access.Command{}, id, h, "")); err != nil {
		d.t.Fatal(err)
	}
	return id, h
}

// jobs gives the jobs that wait, and takes them out of the queue.
func (d *desk) jobs() (list []job.Dispatch) {
	d.t.Helper()
	rows, err := d.Admin(d.t).Query(d.t.Context(), `delete from river_job where kind = 'dispatch'
		returning args->>'agencyId', args->>'documentId', args->>'deliveryId', (args->>'bytes')::bigint, queue`)
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b, c, queue string
		var j job.Dispatch
		if err := rows.Scan(&a, &b, &c, &j.Bytes, &queue); err != nil {
			d.t.Fatal(err)
		}
		for text, id := range map[string]*org.ID{a: &j.AgencyID, b: &j.DocumentID, c: &j.DeliveryID} {
			if *id, err = org.ParseID(text); err != nil {
				d.t.Fatal(err)
			}
		}
		if queue != job.DispatchQueue || j.Bytes == 0 {
			d.t.Errorf("a job of %d bytes in queue %s", j.Bytes, queue)
		}
		list = append(list, j)
	}
	return list
}

func (d *desk) only() job.Dispatch {
	d.t.Helper()
	list := d.jobs()
	if len(list) != 1 {
		d.t.Fatalf("%d jobs", len(list))
	}
	return list[0]
}

func (d *desk) dispatch(j job.Dispatch) time.Time {
	d.t.Helper()
	again, err := d.told.Dispatch(d.t.Context(), j)
	if err != nil {
		d.t.Fatal(err)
	}
	return again
}

// delivery reads it as its sender does.
func (d *desk) delivery(documentID org.ID) exchange.Delivery {
	d.t.Helper()
	list, _, err := d.out.Deliveries(d.t.Context(), d.sender.Officer, documentID, "", 0, 10)
	if err != nil || len(list) == 0 {
		d.t.Fatal(len(list), err)
	}
	return list[0]
}

func (d *desk) verbs(documentID org.ID) (verbs []string) {
	d.t.Helper()
	events, err := d.out.Events(d.t.Context(), d.sender.Officer, documentID, org.ID{}, 100)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range events {
		verbs = append(verbs, e.Verb)
	}
	return verbs
}

func last(list []string) string { return list[len(list)-1] }
