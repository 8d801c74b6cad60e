package embedded

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"
)

// longestDovecotSocket is the longest name that Dovecot puts into its run folder, with room.
const longestDovecotSocket = "srv.imap-urlauth-worker/4194304"

// DovecotOptions says which mailboxes to keep, and where.
type DovecotOptions struct {
	Dir       string            // the data folder; made when missing
	Mailboxes map[string]string // address to password
	// Relay is the host:port that submitted mail is handed to; submission is
	// off when it is empty.
	Relay string
}

// Dovecot is a running mail server of our own, for the demonstration and tests.
type Dovecot struct {
	folder    *folder
	process   *process
	closed    <-chan struct{}
	run       string
	temporary bool // the run folder lies outside the data folder
	place     DovecotPlace
}

// DovecotPlace is how to reach the mail server; all are host:port on this
// machine, without TLS.
type DovecotPlace struct {
	IMAP       string
	LMTP       string
	Submission string // empty when it is off
}

// StartDovecot starts the mail server and returns when it answers. It ends with ctx.
func StartDovecot(ctx context.Context, opt DovecotOptions) (*Dovecot, error) {
	f, err := openFolder(opt.Dir)
	if err != nil {
		return nil, err
	}
	d := &Dovecot{folder: f}
	if err := d.start(ctx, opt); err != nil {
		d.close()
		return nil, err
	}
	d.closed = d.process.watch(ctx, d.close)
	return d, nil
}

func (d *Dovecot) close() {
	if d.temporary {
		_ = os.RemoveAll(d.run)
	}
	d.folder.release()
}

// dovecotUsers are the three users Dovecot separates: its own, the one that
// talks to strangers, and the owner of the mail.
type dovecotUsers struct {
	Internal, Login, Mail identity
}

func findDovecotUsers() (u dovecotUsers, err error) {
	if u.Internal, err = unprivileged("dovecot", "nobody"); err != nil {
		return u, err
	}
	if u.Login, err = unprivileged("dovenull", "nobody"); err != nil {
		return u, err
	}
	u.Mail, err = unprivileged("nobody", "mail")
	return u, err
}

func (d *Dovecot) start(ctx context.Context, opt DovecotOptions) error {
	binary, err := findDovecot()
	if err != nil {
		return err
	}
	users, err := findDovecotUsers()
	if err != nil {
		return err
	}
	mail := d.folder.join("mail")
	if err := users.Mail.reach(mail); err != nil {
		return err
	}
	if err := users.Mail.own(mail); err != nil {
		return err
	}
	if err := d.writeUsers(opt.Mailboxes, users.Internal); err != nil {
		return err
	}
	// The master makes the sockets as root and lets the others in by name.
	d.run, d.temporary, err = socketFolder(d.folder.join("run"), longestDovecotSocket, identity{})
	if err != nil {
		return err
	}
	if err := os.Chmod(d.run, 0o755); err != nil {
		return fmt.Errorf("open run folder: %w", err)
	}
	if err := d.stopOrphan(ctx); err != nil {
		return err
	}
	// Another process can take a free port between our look and the server's.
	for range 5 {
		if err = d.try(ctx, binary, opt, users); err == nil {
			return writePrivate(d.folder.join("place.json"), d.place)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("%w\n%s", err, lastLines(d.folder.join("log")))
}

func findDovecot() (string, error) {
	for _, name := range []string{"dovecot", "/usr/sbin/dovecot", "/usr/local/sbin/dovecot"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("dovecot is not installed: apt-get install dovecot-imapd dovecot-lmtpd dovecot-submissiond")
}

// writeUsers writes the passwords, salted and hashed, for Dovecot's own user.
func (d *Dovecot) writeUsers(mailboxes map[string]string, reader identity) error {
	var b strings.Builder
	for address, password := range mailboxes {
		if strings.ContainsAny(address, ":\n/") || address == "" {
			return fmt.Errorf("mailbox %q: not an address", address)
		}
		var salt [8]byte
		rand.Read(salt[:])
		sum := sha256.Sum256(append([]byte(password), salt[:]...))
		fmt.Fprintf(&b, "%s:{SSHA256}%s::::::\n", address, base64.StdEncoding.EncodeToString(append(sum[:], salt[:]...)))
	}
	path := d.folder.join("users")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("write mail users: %w", err)
	}
	if reader.drop {
		if err := os.Chown(path, int(reader.UID), int(reader.GID)); err != nil {
			return fmt.Errorf("give mail users to %s: %w", reader.Name, err)
		}
	}
	return nil
}

// stopOrphan ends a master that outlived the process that started it; the folder's
// lock is ours.
func (d *Dovecot) stopOrphan(ctx context.Context) error {
	path := filepath.Join(d.run, "master.pid")
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil // none was left
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return nil // half a number: the master never came up
	}
	ctx, cancel := context.WithTimeout(ctx, stopGrace)
	defer cancel()
	for isDovecot(pid) {
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop Dovecot left over from an earlier run (process %d): %w", pid, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("Dovecot left over from an earlier run (process %d) does not end: %w", pid, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove stale process id: %w", err)
	}
	return nil
}

func isDovecot(pid int) bool {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return err == nil && strings.TrimSpace(string(name)) == "dovecot"
}

func (d *Dovecot) try(ctx context.Context, binary string, opt DovecotOptions, users dovecotUsers) error {
	ports := make([]int, 3)
	for i := range ports {
		var err error
		if ports[i], err = freePort(); err != nil {
			return err
		}
	}
	address := func(i int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[i])) }
	d.place = DovecotPlace{IMAP: address(0), LMTP: address(1)}
	if opt.Relay != "" {
		d.place.Submission = address(2)
	}
	if err := d.configure(ports, opt, users); err != nil {
		return err
	}
	log, err := openLog(d.folder.join("log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(binary, "-F", "-c", d.folder.join("dovecot.conf"))
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = cleanEnv(d.folder.path), "/", log, log
	if d.process, err = launch("Dovecot", cmd, termination, identity{}); err != nil {
		return err
	}
	err = d.process.await(ctx, func(ctx context.Context) error {
		for _, address := range []string{d.place.IMAP, d.place.LMTP, d.place.Submission} {
			if address == "" {
				continue
			}
			if err := greets(ctx, address, greeting(d.folder.path)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		d.process.abandon(ctx)
	}
	return err
}

func (d *Dovecot) configure(ports []int, opt DovecotOptions, users dovecotUsers) error {
	var b strings.Builder
	relayHost, relayPort := "", "0"
	if opt.Relay != "" {
		var err error
		if relayHost, relayPort, err = net.SplitHostPort(opt.Relay); err != nil {
			return fmt.Errorf("read relay address: %w", err)
		}
	}
	err := dovecotConfig.Execute(&b, map[string]any{
		"Dir": d.folder.path, "Run": d.run, "Users": users, "Rootless": os.Geteuid() != 0,
		"IMAP": ports[0], "LMTP": ports[1], "Submission": ports[2],
		"RelayHost": relayHost, "RelayPort": relayPort, "Greeting": greeting(d.folder.path),
	})
	if err != nil {
		return fmt.Errorf("compose mail configuration: %w", err)
	}
	if err := os.WriteFile(d.folder.join("dovecot.conf"), []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("write mail configuration: %w", err)
	}
	return nil
}

// greeting marks the server as this folder's, so that a stranger on a port is
// not taken for it.
func greeting(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return fmt.Sprintf("congvan-%x", sum[:6])
}

// greets tells whether the server at the address is the one with the mark.
func greets(ctx context.Context, address, mark string) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return fmt.Errorf("set deadline: %w", err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if !strings.Contains(line, mark) {
		return fmt.Errorf("greeting is %q", line)
	}
	return nil
}

// Place tells how to reach the server.
func (d *Dovecot) Place() DovecotPlace { return d.place }

// Done is closed when the server has ended, whoever ended it.
func (d *Dovecot) Done() <-chan struct{} { return d.closed }

// Stop ends the server and every session.
func (d *Dovecot) Stop(ctx context.Context) error {
	err := d.process.stop(ctx)
	<-d.closed
	return err
}

// RunningDovecot gives the place of the server that another process runs in the data folder.
func RunningDovecot(dir string) (DovecotPlace, error) {
	return readPrivate[DovecotPlace](filepath.Join(dir, "place.json"))
}

// Deliver hands one mail over LMTP to every recipient, as a mail transfer agent
// does at the end of its road. Recipients in one call are one transaction, in
// which Dovecot stores the mail once and links it.
func Deliver(ctx context.Context, lmtp, from string, to []string, mail io.Reader) error {
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", lmtp)
	if err != nil {
		return fmt.Errorf("connect to deliver mail: %w", err)
	}
	release := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer release()
	c := smtp.NewClientLMTP(conn)
	defer c.Close()
	if err := c.SendMail(from, to, mail); err != nil {
		return fmt.Errorf("deliver mail: %w", err)
	}
	if err := c.Quit(); err != nil {
		return fmt.Errorf("end delivery: %w", err)
	}
	return nil
}
