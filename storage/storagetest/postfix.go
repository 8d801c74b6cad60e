package storagetest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Postfix gives the test a mail server between two parties: it takes everything
// on the address it gives, hands mail for the domains to the LMTP server, and
// tells the sender when that refuses. It ends with the test. Postfix starts only
// as root.
func Postfix(t testing.TB, lmtp string, domains ...string) (address string) {
	t.Helper()
	dir := Folder(t)
	owner := postfixOwner(t)
	for _, name := range []string{"etc", "spool", "data"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(filepath.Join(dir, "data"), owner, -1); err != nil {
		t.Fatal(err)
	}
	for try := 1; ; try++ { // somebody else may take the port in between
		port := freePort(t)
		address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		writePostfix(t, dir, lmtp, port, domains)
		cmd := exec.Command("postfix", "-c", filepath.Join(dir, "etc"), "start-fg")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatalf("start Postfix (apt-get install postfix): %v", err)
		}
		ended := make(chan struct{})
		go func() { defer close(ended); _ = cmd.Wait() }()
		t.Cleanup(func() {
			_ = exec.Command("postfix", "-c", filepath.Join(dir, "etc"), "abort").Run()
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		})
		if answers(address, ended) {
			return address
		}
		if try == 3 {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("Postfix does not answer:\n%s", log)
		}
	}
}

func postfixOwner(t testing.TB) int {
	t.Helper()
	u, err := user.Lookup("postfix")
	if err != nil {
		t.Fatalf("Postfix is not installed (apt-get install postfix): %v", err)
	}
	id, err := strconv.Atoi(u.Uid)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal(l.Addr())
	}
	return at.Port
}

// answers waits until a server greets, or has ended.
func answers(address string, ended <-chan struct{}) bool {
	for range 300 {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			greeting := make([]byte, 3)
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			n, _ := conn.Read(greeting)
			_ = conn.Close()
			return string(greeting[:n]) == "220"
		}
		select {
		case <-ended:
			return false
		case <-time.After(100 * time.Millisecond):
		}
	}
	return false
}

const postfixMaster = `127.0.0.1:%d inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

func writePostfix(t testing.TB, dir, lmtp string, port int, domains []string) {
	t.Helper()
	main := strings.Join([]string{
		"compatibility_level = 3.6", "queue_directory = " + filepath.Join(dir, "spool"), "data_directory = " + filepath.Join(dir, "data"),
		"command_directory = /usr/sbin", "daemon_directory = /usr/lib/postfix/sbin", "mail_owner = postfix", "setgid_group = postdrop",
		"maillog_file = " + filepath.Join(dir, "log"), "maillog_file_prefixes = " + dir, "myhostname = mail.example.test", "mydestination =",
		"inet_interfaces = 127.0.0.1", "inet_protocols = ipv4", "mynetworks = 127.0.0.0/8", "alias_maps =", "local_recipient_maps =",
		"smtpd_relay_restrictions = permit_mynetworks, reject", "smtpd_reject_unlisted_recipient = no", "message_size_limit = 2147483647",
		"virtual_mailbox_domains = " + strings.Join(domains, " "), "virtual_mailbox_limit = 0", "virtual_transport = lmtp:inet:" + lmtp, "",
	}, "\n")
	for name, text := range map[string]string{"main.cf": main, "master.cf": fmt.Sprintf(postfixMaster, port)} {
		if err := os.WriteFile(filepath.Join(dir, "etc", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
