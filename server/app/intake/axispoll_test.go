package intake_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/app/intake"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
	"congvan/storage/secret"
	"congvan/storage/storagetest"
)

// axes are connections to axes that the test plays, by name.
type axes struct {
	mu    sync.Mutex
	asked []string
	taken []string
	wait  map[string]chan struct{} // until then the axis is silent
	lists map[string][]string      // of documents that wait
	open  func(name string) (io.ReadCloser, error)
	whole []intake.ListedAgency // the directory of each
}

func (a *axes) ask(c exchange.Connection, _ string) (intake.AxisCalls, error) {
	return intake.AxisCalls{
		Directory: func(context.Context) ([]intake.ListedAgency, error) { return a.whole, nil },
		Waiting: func(ctx context.Context, content exchange.Content) ([]intake.WaitingMessage, error) {
			if content != exchange.DocumentContent {
				return nil, nil
			}
			a.mu.Lock()
			a.asked = append(a.asked, c.Name)
			silence := a.wait[c.Name]
			a.mu.Unlock()
			if silence != nil {
				select {
				case <-silence:
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			}
			var list []intake.WaitingMessage
			for _, name := range a.lists[c.Name] {
				list = append(list, intake.WaitingMessage{Name: name, To: []org.AgencyCode{"H59.01"}})
			}
			return list, nil
		},
		Open: func(_ context.Context, name string) (io.ReadCloser, error) { return a.open(name) },
		Taken: func(_ context.Context, name string) error {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.taken = append(a.taken, name)
			return nil
		},
		Refused: func(context.Context, string) error { return nil },
	}, nil
}

func (a *axes) seen() (asked, taken []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.asked...), append([]string(nil), a.taken...)
}

// polling gives use cases that ask the axes, which are connected.
func polling(t *testing.T, a *axes, names ...string) (*intake.Service, *storagetest.Database) {
	t.Helper()
	db := storagetest.DB(t)
	db.Office(t, "H59.01", "Xã Long Đức")
	box, err := secret.New(secret.NewKey())
	require.NoError(t, err)
	for _, name := range names {
		id := postgres.NewID()
		_, err := db.Admin(t).Exec(t.Context(), `insert into peer (id, kind, name, endpoint, our_system, our_secret, most_bytes, per_minute, created_at)
			values ($1, 'axis', $2, 'https://axis.example', 'us', $3, 1000000, 60, now())`, uuid.UUID(id), name, box.Seal(id, "secret"))
		require.NoError(t, err)
	}
	status := func(r io.Reader, _ func(io.Reader) (exchange.FileRef, error)) (exchange.OpenedPackage, error) {
		_, err := io.Copy(io.Discard, r)
		return exchange.OpenedPackage{}, errors.Join(err, fault.New(fault.Unsupported, "no_package", "Không đọc được.", "It cannot be read."))
	}
	return intake.New(db.Store, storagetest.Blobs(t, db), box, time.Now, intake.Options{Ask: a.ask, Unpack: status}), db
}

func down(t *testing.T, db *storagetest.Database) (names []string) {
	t.Helper()
	rows, err := db.Admin(t).Query(t.Context(), `select name from peer where down_since is not null order by name`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	return names
}

// An axis that says nothing keeps no other from being asked, and none is called
// down because a round was ended.
func TestE5_ASilentAxisHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	a := &axes{wait: map[string]chan struct{}{"A": make(chan struct{}), "B": nil}}
	service, db := polling(t, a, "A", "B")
	_, err := db.Admin(t).Exec(t.Context(), `update peer set polled_at = now() - interval '1 hour' where name = 'B'`) // A comes first
	require.NoError(t, err)
	ctx, end := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { first <- service.Poll(ctx) }()
	require.Eventually(t, func() bool { asked, _ := a.seen(); return len(asked) == 1 }, 30*time.Second, 10*time.Millisecond)
	require.NoError(t, service.Poll(t.Context()))
	asked, _ := a.seen()
	assert.Equal(t, []string{"A", "B"}, asked)
	end()
	<-first
	assert.Empty(t, down(t, db))
}

// What cannot be fetched stands in nobody's way, and an axis that answers is up.
func TestE5_AMessageThatCannotBeFetchedHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	a := &axes{lists: map[string][]string{"A": {"one", "two", "three"}}}
	opened := map[string]int{}
	a.open = func(name string) (io.ReadCloser, error) {
		opened[name]++
		if name == "one" {
			return nil, exchange.ErrDisturbed
		}
		return io.NopCloser(bytes.NewReader([]byte("package " + name))), nil
	}
	service, db := polling(t, a, "A")
	require.NoError(t, service.Poll(t.Context()))
	assert.Equal(t, map[string]int{"one": 1, "two": 1, "three": 1}, opened)
	assert.Empty(t, down(t, db))
	var code string
	require.NoError(t, db.Admin(t).QueryRow(t.Context(), `select error_code from peer`).Scan(&code))
	assert.Equal(t, exchange.ErrDisturbed.Code, code)
}

// A line of the directory that stands twice keeps neither the others nor
// the documents away.
func TestL2_ALineThatStandsTwiceInTheDirectoryHoldsUpNothing(t *testing.T) {
	t.Parallel()
	a := &axes{lists: map[string][]string{"A": {"one"}}, whole: []intake.ListedAgency{{Code: "G22.01", Name: "Sở Nội vụ"},
		{Code: "G22.02", Name: "Sở Tư pháp"}, {Code: "G22.01", Name: "Sở Nội vụ"}}}
	opened := 0
	a.open = func(string) (io.ReadCloser, error) {
		opened++
		return io.NopCloser(bytes.NewReader([]byte("package"))), nil
	}
	service, db := polling(t, a, "A")
	require.NoError(t, service.Poll(t.Context()))
	assert.Equal(t, 1, opened, "what waits is not fetched")
	var names string
	var taken bool
	require.NoError(t, db.Admin(t).QueryRow(t.Context(), `select coalesce(string_agg(code, ' ' order by code), ''), (select directory_at is not null from peer)
		from agency where code like 'G22.%'`).Scan(&names, &taken))
	assert.Equal(t, "G22.01 G22.02", names)
	assert.True(t, taken)
}
