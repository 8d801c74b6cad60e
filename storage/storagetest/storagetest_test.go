package storagetest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"congvan/storage/embedded"
)

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	a, b := DB(t), DB(t)
	if _, err := a.Admin(t).Exec(t.Context(), `insert into blob (sha256, object_key, size, media_type, created_at)
		values (decode(repeat('ab', 32), 'hex'), gen_random_uuid(), 1, 'text/plain', now())`); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := b.Admin(t).QueryRow(t.Context(), `select count(*) from blob`).Scan(&n); err != nil || n != 0 {
		t.Errorf("the other database has %d rows: %v", n, err)
	}
	if err := a.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if a.AppURL == b.AppURL {
		t.Error("both tests have one database")
	}
}

func BenchmarkDB(b *testing.B) {
	for b.Loop() {
		DB(b)
	}
}

func TestTheKeeperLeavesWhenNobodyIsConnected(t *testing.T) {
	t.Parallel()
	dir := Folder(t)
	listener, err := net.Listen("unix", filepath.Join(dir, socketName))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- attend(listener, place{OwnerURL: "here"}, 300*time.Millisecond) }()
	first, err := knock(dir)
	if err != nil || first.place.OwnerURL != "here" {
		t.Fatalf("told %+v: %v", first.place, err)
	}
	second, err := knock(dir)
	if err != nil {
		t.Fatal(err)
	}
	_ = first.conn.Close()
	select {
	case <-done:
		t.Fatal("it left while a guest was there")
	case <-time.After(time.Second):
	}
	_ = second.conn.Close()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it stays for nobody")
	}
	if _, err := knock(dir); err == nil {
		t.Error("it still answers")
	}
}

func TestOneKeeperForManyAndAnotherWhenItIsKilled(t *testing.T) {
	t.Parallel()
	dir := Folder(t)
	guests := make([]guest, 4)
	var wg sync.WaitGroup
	for i := range guests {
		wg.Go(func() {
			var err error
			if guests[i], err = visit(dir); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, g := range guests {
		if g.place != guests[0].place {
			t.Fatal("two keepers")
		}
		_ = g.conn.Close()
	}
	kill(t, dir)
	again, err := visit(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again.place == guests[0].place {
		t.Error("the killed keeper answers")
	}
	_ = again.conn.Close()
	kill(t, dir)
}

func TestTheKeeperClearsUpUnlessAnotherOneStarts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(Folder(t), "keeper")
	lock, err := takeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, socketName)
	if err := os.WriteFile(socket, nil, 0o600); err != nil { // the next keeper's
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var late *os.File
	wg.Go(func() {
		if err := clearUp(dir); err != nil {
			t.Error(err)
		}
	})
	wg.Go(func() {
		if late, err = takeLock(dir); err != nil {
			t.Error(err)
			return
		}
		_ = late.Close()
	})
	_ = lock.Close()
	wg.Wait()
	if _, err := os.Stat(socket); err != nil {
		t.Errorf("it cleared another one away: %v", err)
	}
	if err := os.Remove(socket); err != nil {
		t.Fatal(err)
	}
	if err := clearUp(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is left: %v", err)
	}
}

// kill ends the keeper of the folder at once, and waits until its servers have followed.
func kill(t *testing.T, dir string) {
	t.Helper()
	var keeper int
	servers := map[int]bool{}
	for pid, args := range processes(t) {
		cwd, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)) // it may be gone by now
		if strings.Contains(args+" "+cwd, dir) {
			servers[pid] = true
		}
		environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err == nil && bytes.Contains(environ, []byte(folderVariable+"="+dir+"\x00")) {
			keeper = pid
		}
	}
	if keeper == 0 || len(servers) == 0 {
		t.Fatalf("keeper %d, servers %v", keeper, servers)
	}
	if err := syscall.Kill(keeper, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	deadline, tick := time.After(20*time.Second), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for left := true; left; {
		select {
		case <-deadline:
			t.Fatalf("servers outlive the keeper: %v", servers)
		case <-tick.C:
		}
		left = false
		for pid := range processes(t) {
			left = left || servers[pid]
		}
	}
}

// processes gives what runs on this machine, by process id.
func processes(t *testing.T) map[int]string {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	running := map[int]string{}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if args, err := os.ReadFile("/proc/" + entry.Name() + "/cmdline"); err == nil && len(args) > 0 {
			running[pid] = string(args)
		}
	}
	return running
}

func TestDovecotTakesMailForItsMailboxes(t *testing.T) {
	t.Parallel()
	d := Dovecot(t, map[string]string{"vanthu@example.vn": "secret"})
	mail := "Subject: thu\r\n\r\nNoi dung\r\n"
	if err := embedded.Deliver(t.Context(), d.Place().LMTP, "a@example.vn", []string{"vanthu@example.vn"}, strings.NewReader(mail)); err != nil {
		t.Error(err)
	}
}
