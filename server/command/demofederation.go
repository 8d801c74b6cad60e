package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/otel/trace/noop"

	"congvan/server/app/accounts"
	"congvan/server/app/delivery"
	"congvan/server/config"
	"congvan/server/domain/access"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// half is one of the two installations of the federation.
type half struct {
	name   string // of its folder, and what the other calls it by
	title  string
	port   int
	host   string // in the browser: one each, since cookies know no ports
	prefix string // of the codes of its agencies
	folder string // of what it begins with besides the demo province
	whole  bool   // it begins with the demo province
}

// halves are the two provinces. Nothing is shared between them but the line.
func halves(ports []int) ([2]half, error) {
	if len(ports) != 2 {
		return [2]half{}, errors.New("name two ports")
	}
	return [2]half{
		{name: "travinh", title: "Trà Vinh", port: ports[0], host: "localhost", prefix: "H59", folder: "federation/travinh", whole: true},
		{name: "vinhlong", title: "Vĩnh Long", port: ports[1], host: "127.0.0.1", prefix: "H61", folder: "federation/vinhlong"},
	}, nil
}

func (h half) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(h.port)) }

// portsOf adds the flag that names the ports of both.
func portsOf(c *cobra.Command) *[]int {
	return c.Flags().IntSlice("ports", []int{8081, 8082}, "on which the two listen")
}

func newDemoFederation() *cobra.Command {
	c := &cobra.Command{Use: "federation", Short: "Start two provinces, each an installation of its own, that exchange with each other", Args: cobra.NoArgs}
	ports := portsOf(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		both, err := halves(*ports)
		if err != nil {
			return err
		}
		return federation(c.Context(), c.OutOrStdout(), both)
	}
	return c
}

// newDemoHalf is the hidden command that each of the two runs as.
func newDemoHalf() *cobra.Command {
	c := &cobra.Command{Use: "half NAME", Hidden: true, Args: cobra.ExactArgs(1)}
	ports := portsOf(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		both, err := halves(*ports)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(both[:], func(h half) bool { return h.name == args[0] })
		if at < 0 {
			return errors.New("there is no such half")
		}
		return both[at].run(c.Context(), c.OutOrStdout(), both[1-at])
	}
	return c
}

// federation runs both, and starts again whichever is killed.
func federation(ctx context.Context, out io.Writer, halves [2]half) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this binary: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ports := fmt.Sprintf("--ports=%d,%d", halves[0].port, halves[1].port)
	var both sync.WaitGroup
	failed := make(chan error, len(halves))
	for _, h := range halves {
		both.Go(func() {
			if err := h.keep(ctx, out, exe, "demo", "half", h.name, ports); err != nil {
				failed <- fmt.Errorf("%s: %w", h.title, err)
				cancel() // one without the other is no federation
			}
		})
	}
	both.Wait()
	close(failed)
	return <-failed
}

// endTime is how long one may take to end after it was told to.
const endTime = 45 * time.Second

// keep runs one until ctx ends. One that is killed comes back.
func (h half) keep(ctx context.Context, out io.Writer, command ...string) error {
	for {
		c := exec.CommandContext(ctx, command[0], command[1:]...)
		c.Stdout, c.Stderr = out, os.Stderr
		c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
		c.WaitDelay = endTime
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C comes from here, once
		err := c.Run()
		killed := c.ProcessState != nil && c.ProcessState.ExitCode() < 0
		if ctx.Err() != nil {
			err = nil // it was told to end
		}
		if err == nil || !killed {
			return err
		}
		_, _ = fmt.Fprintf(out, "%s: bị dừng đột ngột, khởi động lại · was killed and comes back\n", h.title)
	}
}

// settings are those of the demonstration, with a data folder and a port of its own.
func (h half) settings() (config.Config, error) {
	cfg, err := demoSettings()
	if err != nil {
		return cfg, err
	}
	cfg.Data, cfg.Addr, cfg.PublicURL = filepath.Join(cfg.Data, "federation", h.name), h.addr(), "http://"+net.JoinHostPort(h.host, strconv.Itoa(h.port))
	cfg.DatabaseURL, cfg.OwnerDatabaseURL, cfg.S3Endpoint, cfg.SecretKey = "", "", "", ""
	cfg.AllowPrivatePeers, cfg.AllowPlainPeers = true, true // both are on this machine
	return cfg, os.MkdirAll(cfg.Data, 0o755)
}

func (h half) run(ctx context.Context, out io.Writer, other half) (err error) {
	cfg, err := h.settings()
	if err != nil {
		return err
	}
	tell := newProgress(out)
	say := func(what string) { tell(h.title + ": " + what) }
	running := &servers{}
	defer func() {
		say("Đang dừng · stopping")
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		err = errors.Join(err, running.stop(ending))
	}()
	if err := running.startStores(context.WithoutCancel(ctx), &cfg, say); err != nil {
		return err
	}
	if err := cfg.Validate(); err != nil {
		return fmt.Errorf("the settings are not usable (see docs/config.md):\n%w", err)
	}
	if err := migrate(ctx, cfg.OwnerDatabaseURL.Reveal(), io.Discard); err != nil {
		return err
	}
	log, err := demoLog(cfg)
	if err != nil {
		return err
	}
	in, err := newInstallation(ctx, cfg, log, noop.NewTracerProvider())
	if err != nil {
		return err
	}
	defer in.close()
	if h.whole {
		if err := in.seed(ctx, say); err != nil {
			return err
		}
	}
	if err := in.seedFrom(ctx, h.folder); err != nil {
		return err
	}
	if err := in.connect(ctx, h, other); err != nil {
		return fmt.Errorf("connect the two: %w", err)
	}
	return in.run(ctx, func() { h.greet(out, cfg) })
}

// connect does what the operators of both sides do with each other: they
// exchange public keys and secrets, here by files of the data folder, and list
// the agencies of the other side.
func (in *installation) connect(ctx context.Context, h, other half) error {
	if err := in.mail.MakeKey(ctx); err != nil {
		return err
	}
	who := accounts.System()
	keys, err := in.delivery.OurKeys(ctx, who)
	if err != nil {
		return err
	}
	ours, theirs := filepath.Dir(in.cfg.Data), filepath.Dir(in.cfg.Data)
	if err := hand(filepath.Join(ours, h.name+".key"), keys[len(keys)-1].Public); err != nil {
		return err
	}
	key, err := handed(ctx, filepath.Join(theirs, other.name+".key"))
	if err != nil {
		return err
	}
	p, err := in.peerOf(ctx, who, h, other, key, filepath.Join(ours, h.name+".secret"))
	if err != nil {
		return err
	}
	secret, err := handed(ctx, filepath.Join(theirs, other.name+".secret"))
	if err != nil {
		return err
	}
	text := string(secret)
	if _, err := in.delivery.EditPeer(ctx, who, p.ID, p.Version, delivery.PeerChange{OurSecret: &text, Key: &key}); err != nil {
		return err
	}
	return in.listOther(ctx, who, p.ID, other)
}

// peerOf gives the connection to the other, made at the first time. The secret
// that the other is to sign with is handed over then, and never again.
func (in *installation) peerOf(ctx context.Context, who access.Person, h, other half, key []byte, secretFile string) (delivery.Peer, error) {
	list, err := in.delivery.Peers(ctx, who)
	if err != nil {
		return delivery.Peer{}, err
	}
	for _, p := range list {
		if p.System != other.name {
			continue
		}
		if _, err := os.Stat(secretFile); err == nil {
			return p, nil
		}
		secret, err := in.delivery.RenewPeerSecret(ctx, who, access.Command{}, p.ID) // the first was lost with the process
		if err != nil {
			return p, err
		}
		return p, hand(secretFile, []byte(secret))
	}
	made, secret, err := in.delivery.AddPeer(ctx, who, access.Command{}, exchange.Connection{Kind: exchange.PeerInstallation, Name: other.title, System: other.name,
		Endpoint: "http://" + other.addr() + "/axis", OurSystem: h.name, Key: key}, "not yet")
	if err != nil {
		return made, err
	}
	return made, hand(secretFile, []byte(secret))
}

// listOther says of every agency of the other province that it is there.
func (in *installation) listOther(ctx context.Context, who access.Person, peer org.ID, other half) error {
	found, _, err := in.accounts.Agencies(ctx, accounts.AgencySearch{Query: other.prefix, Limit: 100})
	if err != nil {
		return err
	}
	for _, a := range found {
		if a.Channel != org.Peer || !strings.HasPrefix(a.Code, other.prefix) {
			continue
		}
		if err := in.delivery.PutPeerAgency(ctx, who, peer, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// hand leaves something for the other.
func hand(path string, content []byte) error {
	part := path + ".part"
	if err := os.WriteFile(part, content, 0o600); err != nil {
		return fmt.Errorf("hand over: %w", err)
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("hand over: %w", err)
	}
	return nil
}

// The patience for the other, who may only be starting.
const (
	handTime = 10 * time.Minute
	handLook = 200 * time.Millisecond
)

// handed waits for what the other leaves.
func handed(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, handTime)
	defer cancel()
	look := time.NewTicker(handLook)
	defer look.Stop()
	for {
		content, err := os.ReadFile(path)
		if err == nil {
			return content, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("take what was handed over: %w", err)
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the other installation: %w", ctx.Err())
		}
	}
}

func (h half) greet(out io.Writer, cfg config.Config) {
	_, _ = fmt.Fprintf(out, `
  %s chạy tại · is running at   %s   (tiến trình · process %d)
    chuyenvien.ubnd, lanhdao.ubnd, vanthu.ubnd, vanthu.snv, quantri; mật khẩu · password %s
    dữ liệu · data: %s

`, h.title, cfg.PublicURL, os.Getpid(), demoPassword, cfg.Data)
}
