package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/minio/minio-go/v7"
	"golang.org/x/sync/errgroup"

	"congvan/server/app/delivery"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/server/protocol/vxp"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/secret"
)

// exchangeBytes is what a document of these measurements holds.
const exchangeBytes = 100 << 10

// measureExchange sends documents from one installation to another, one and
// fifty at a time, against a bare POST of the same bytes to a handler that writes
// them into the same store.
func measureExchange(ctx context.Context, b *bench) ([]Row, error) {
	f, err := newFederation(ctx, b, "exchange")
	if err != nil {
		return nil, err
	}
	defer f.close()
	if err := f.start(ctx, b); err != nil {
		return nil, err
	}
	bare, err := f.bareReceiver()
	if err != nil {
		return nil, err
	}
	defer bare.Close()
	var rows []Row
	for _, atOnce := range []int{1, 50} {
		n := b.sized(200, 60)
		if atOnce == 1 {
			n = b.sized(60, 20)
		}
		ours := func(ctx context.Context, _ int) (float64, error) { return f.send(ctx, n, atOnce) }
		baseline := func(ctx context.Context, _ int) (float64, error) { return postAll(ctx, bare.URL, n, atOnce) }
		name := fmt.Sprintf("exchange, %d in flight", atOnce)
		o, base, err := b.byTurns(ctx, name, ours, baseline)
		if err != nil {
			return rows, err
		}
		row := compare(name, "docs/s", o, base, atLeast(0.3))
		row.Note = "100 KiB each, with receipts"
		rows = append(rows, row)
	}
	return rows, nil
}

// federation is two installations: one here, that sends, and one in a process of
// its own.
type federation struct {
	from, to       *database
	sender         office
	receiver       org.ID // as it is listed with the sender
	fromBlobs      *blob.Store
	fromCfg, toCfg blob.Config
	toStore        *blob.Store
	fromKey, toKey []byte
	peer           org.ID
	service        *delivery.Service
	process        *exec.Cmd
	url            string
	office         office // at the other side
}

const federationSecret = "mot-khoa-bi-mat-de-do" //nolint:gosec // of servers that live for one measurement

func newFederation(ctx context.Context, b *bench, name string) (*federation, error) {
	f := &federation{fromKey: secret.NewKey(), toKey: secret.NewKey(), peer: postgres.NewID(), receiver: postgres.NewID()}
	var err error
	if f.from, err = b.database(ctx, name+"_from"); err != nil {
		return nil, err
	}
	if f.to, err = b.database(ctx, name+"_to"); err != nil {
		return nil, err
	}
	if f.fromBlobs, f.fromCfg, err = b.blobs(ctx, f.from, name+"-from"); err != nil {
		return nil, err
	}
	if f.toStore, f.toCfg, err = b.blobs(ctx, f.to, name+"-to"); err != nil {
		return nil, err
	}
	if f.sender, err = f.from.office(ctx, "H59"); err != nil {
		return nil, err
	}
	if f.office, err = f.to.office(ctx, "H41"); err != nil {
		return nil, err
	}
	err = f.introduce(ctx)
	return f, err
}

// introduce lets the receiver know the sender.
func (f *federation) introduce(ctx context.Context) error {
	box, err := secret.New(f.toKey)
	if err != nil {
		return err
	}
	peer, row, agency := postgres.NewID(), postgres.NewID(), postgres.NewID()
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{`insert into peer (id, kind, name, system, endpoint, our_system, public_key, most_bytes, per_minute, created_at, enabled)
		  values ($1, 'installation', 'from', 'from', 'http://127.0.0.1:9/axis', 'to', decode(repeat('00', 32), 'hex'), 100000000, 100000000, now(), true)`, []any{peer}},
		{`insert into peer_secret (peer_id, id, secret, valid_from) values ($1, $2, $3, now() - interval '1 day')`, []any{peer, row, box.Seal(row, federationSecret)}},
		{`insert into agency (id, code, name, level, channel, valid_from) values ($1, 'H59', 'UBND H59', 'other', 'peer', '2000-01-01')`, []any{agency}},
		{`insert into peer_agency (agency_id, peer_id) values ($1, $2)`, []any{agency, peer}},
	} {
		if err := f.to.exec(ctx, s.sql, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// start starts the receiver, and lets the sender know it.
func (f *federation) start(ctx context.Context, b *bench) error {
	if err := f.receive(ctx, b); err != nil {
		return err
	}
	var public []byte
	if err := f.to.admin.QueryRow(ctx, `select public_key from exchange_key`).Scan(&public); err != nil {
		return fmt.Errorf("read the key of receipts: %w", err)
	}
	box, err := secret.New(f.fromKey)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{`insert into peer (id, kind, name, system, endpoint, our_system, our_secret, public_key, most_bytes, per_minute, created_at)
		  values ($1, 'installation', 'to', 'to', $2, 'from', $3, $4, 100000000, 100000000, now())`, []any{f.peer, f.url + "/axis", box.Seal(f.peer, federationSecret), public}},
		{`insert into agency (id, code, name, level, channel, valid_from) values ($1, 'H41', 'UBND H41', 'other', 'peer', '2000-01-01')`, []any{f.receiver}},
		{`insert into peer_agency (agency_id, peer_id) values ($1, $2)`, []any{f.receiver, f.peer}},
	} {
		if err := f.from.exec(ctx, s.sql, s.args...); err != nil {
			return err
		}
	}
	f.service = delivery.New(f.from.Store, time.Now, delivery.Options{Connect: connect, Write: write, Keep: f.keep, Content: f.content, Reveal: box.Open})
	return nil
}

// receive starts the receiver's process.
func (f *federation) receive(ctx context.Context, b *bench) (err error) {
	if f.process, f.url, err = b.process(ctx, f.to, f.toCfg, f.toKey, "api"); err != nil {
		return err
	}
	return awaitReady(ctx, f.url)
}

func awaitReady(ctx context.Context, url string) error {
	return (&serving{url: url, client: http.DefaultClient}).ready(ctx)
}

func (f *federation) close() {
	stop(f.process)
	f.fromBlobs.Close()
	f.toStore.Close()
	f.from.close()
	f.to.close()
}

func stop(c *exec.Cmd) {
	if c != nil {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait() // it was told to
	}
}

func connect(c exchange.Connection, secret string, pack delivery.Pack) (delivery.Channel, error) {
	client, err := vxp.NewClient(vxp.Settings{Endpoint: c.Endpoint, System: c.OurSystem, Secret: secret, AllowPrivate: true, AllowPlain: true, Peer: true})
	if err != nil {
		return nil, err
	}
	return vxp.Channel{Client: client, Most: c.MostBytes, Package: pack, Keys: c.Keys()}, nil
}

func write(ctx context.Context, w io.Writer, e exchange.Envelope, open delivery.Open) error {
	return vxp.Write(ctx, w, e, open, nil)
}

func (f *federation) keep(ctx context.Context, r io.Reader) (exchange.FileRef, error) {
	ref, err := f.fromBlobs.Put(ctx, r, blob.Hint{})
	return exchange.FileRef{Hash: ref.Hash, Size: ref.Size, MediaType: ref.MediaType}, err
}

func (f *federation) content(ctx context.Context, h document.Hash) (io.ReadSeekCloser, error) {
	return f.fromBlobs.Open(ctx, h)
}

// issued makes documents that wait to be sent, each with a file of its own.
func (f *federation) issued(ctx context.Context, n int) ([]job.Dispatch, error) {
	jobs := make([]job.Dispatch, n)
	for i := range jobs {
		content := randomBytes(exchangeBytes)
		copy(content, "%PDF-1.7\n"+strconv.FormatInt(time.Now().UnixNano(), 36))
		ref, err := f.fromBlobs.Put(ctx, bytes.NewReader(content), blob.Hint{Size: exchangeBytes})
		if err != nil {
			return nil, err
		}
		d := job.Dispatch{AgencyID: f.sender.id, DocumentID: postgres.NewID(), DeliveryID: postgres.NewID(), Bytes: exchangeBytes}
		for _, s := range []struct {
			sql  string
			args []any
		}{
			{`insert into document (agency_id, id, state, kind, subject, author_position_id, author_account_id, number, symbol, document_date, numbered_at, issued_at, created_at, updated_at)
			  values ($1, $2, 'issued', 'directive', 'Về việc đẩy mạnh cải cách hành chính', $3, $4, $5, 'CT-UBND', current_date, now(), now(), now(), now())`,
				[]any{d.AgencyID, d.DocumentID, f.sender.author.Positions[0].ID, f.sender.author.AccountID, int(time.Now().UnixNano() % 1_000_000_000)}},
			{`insert into document_file (agency_id, document_id, id, role, version, ordinal, name, sha256, size, media_type, added_by, added_at)
			  values ($1, $2, $3, 'main', 1, 0, 'chi-thi.pdf', $4, $5, 'application/pdf', $6, now())`,
				[]any{d.AgencyID, d.DocumentID, postgres.NewID(), ref.Hash[:], ref.Size, f.sender.author.AccountID}},
			{`insert into delivery (agency_id, document_id, id, ordinal, recipient_type, role, channel, target_agency_id, name, state, state_at, next_attempt_at)
			  values ($1, $2, $3, 0, 'agency', 'main', 'peer', $4, 'UBND H41', 'waiting', now(), now())`, []any{d.AgencyID, d.DocumentID, d.DeliveryID, f.receiver}},
			{`insert into delivery_count (agency_id, document_id, total) values ($1, $2, 1)`, []any{d.AgencyID, d.DocumentID}},
		} {
			if err := f.from.exec(ctx, s.sql, s.args...); err != nil {
				return nil, err
			}
		}
		jobs[i] = d
	}
	return jobs, nil
}

// send gives the documents that arrive in a second, so many being sent at once.
func (f *federation) send(ctx context.Context, n, atOnce int) (float64, error) {
	jobs, err := f.issued(ctx, n)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, j := range jobs {
		group.Go(func() error {
			again, err := f.service.Dispatch(gctx, j)
			if err == nil && !again.IsZero() {
				return errNotArrived
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	took := time.Since(began)
	var arrived int
	err = f.from.admin.QueryRow(ctx, `select count(*) from delivery where state = 'arrived' and id = any($1)`, plain([]any{deliveriesOf(jobs)})...).Scan(&arrived)
	if err == nil && arrived != n {
		err = fmt.Errorf("%d of %d: %w", arrived, n, errNotArrived)
	}
	return float64(n) / took.Seconds(), err
}

func deliveriesOf(jobs []job.Dispatch) []org.ID {
	ids := make([]org.ID, len(jobs))
	for i, j := range jobs {
		ids[i] = j.DeliveryID
	}
	return ids
}

// bareReceiver takes bytes and writes them into the receiver's bucket.
func (f *federation) bareReceiver() (*httptest.Server, error) {
	client, err := bareClient(f.toCfg)
	if err != nil {
		return nil, err
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := client.PutObject(r.Context(), f.toCfg.Bucket, "bare/"+rand.Text(), r.Body, r.ContentLength, minio.PutObjectOptions{}); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})), nil
}

func postAll(ctx context.Context, url string, n, atOnce int) (float64, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}
	defer client.CloseIdleConnections()
	content := randomBytes(exchangeBytes)
	began := time.Now()
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for range n {
		group.Go(func() error {
			r, err := http.NewRequestWithContext(gctx, http.MethodPost, url, bytes.NewReader(content))
			if err != nil {
				return err
			}
			answer, err := client.Do(r)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				return errNotArrived
			}
			return nil
		})
	}
	err := group.Wait()
	return float64(n) / time.Since(began).Seconds(), err
}
