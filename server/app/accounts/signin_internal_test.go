package accounts

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"congvan/storage/storagetest"
)

func gate(t *testing.T) (*Service, *storagetest.Database) {
	t.Helper()
	db := storagetest.DB(t)
	return New(db.Store, time.Now, Options{SessionIdle: time.Hour, SessionLife: time.Hour}), db
}

func counted(t *testing.T, db *storagetest.Database) int {
	t.Helper()
	var n int
	if err := db.Admin(t).QueryRow(context.Background(), "select coalesce(sum(count), 0) from sign_in_throttle").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Whoever was not told whether the password is right has not guessed.
func TestSignIn_WhoIsNotAnsweredHasNotGuessed(t *testing.T) {
	t.Parallel()
	s, db := gate(t)
	in := SignIn{Login: "ai.do", Password: "khong phai cai nay", Address: "192.0.2.7"}
	for range cap(s.hasher.turns) {
		s.hasher.turns <- struct{}{}
	}
	s.hasher.patience = time.Millisecond
	for n := range loginGuesses + 2 {
		if _, _, err := s.SignIn(context.Background(), in); !errors.Is(err, errCrowd) {
			t.Fatalf("try %d: %v", n+1, err)
		}
	}
	s.hasher.patience = time.Hour
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	go func() {
		_, _, err := s.SignIn(ctx, in)
		gone <- err
	}()
	for counted(t, db) == 0 { // until it waits for its turn
		if t.Context().Err() != nil {
			t.Fatal("it never waits")
		}
	}
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone: %v", err)
	}
	if n := counted(t, db); n != 0 {
		t.Errorf("%d tries stay counted", n)
	}
	for range cap(s.hasher.turns) {
		s.hasher.done()
	}
	if _, _, err := s.SignIn(context.Background(), in); !errors.Is(err, errCredentials) {
		t.Errorf("after the crowd: %v", err)
	}
	if n := counted(t, db); n != 2 { // one of the login, one of the address
		t.Errorf("a wrong password is counted %d times", n)
	}
}

// However many logins are tried from an address at the same moment, no more
// passwords are compared than its bound and the turns allow.
func TestSignIn_StormFromOneAddressIsBounded(t *testing.T) {
	t.Parallel()
	s, db := gate(t)
	const left = 5
	if _, err := db.Admin(t).Exec(context.Background(), "insert into sign_in_throttle (key, count, window_start) values ($1, $2, now())",
		addressKey("192.0.2.9"), addressGuesses-left); err != nil {
		t.Fatal(err)
	}
	var compared, refused atomic.Int32
	var wg sync.WaitGroup
	const tries = 40
	for n := range tries {
		wg.Go(func() {
			_, _, err := s.SignIn(context.Background(), SignIn{Login: fmt.Sprintf("ai.do.%d", n), Password: "khong phai cai nay", Address: "192.0.2.9"})
			switch {
			case errors.Is(err, errCredentials):
				compared.Add(1)
			case errors.Is(err, errThrottled), errors.Is(err, errCrowd):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	most := left + cap(s.hasher.turns) - 1
	if n := int(compared.Load()); n < left || n > most {
		t.Errorf("%d passwords were compared, at most %d should be", n, most)
	}
	if n, want := counted(t, db), addressGuesses-left+2*int(compared.Load()); n != want {
		t.Errorf("%d are counted, want %d: what is refused is counted", n, want)
	}
}
