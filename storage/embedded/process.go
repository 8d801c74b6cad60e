package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is one running server.
type process struct {
	name string
	cmd  *exec.Cmd
	soft os.Signal // asks it to end cleanly
	done chan struct{}
	err  error // how it ended; read after done

	stopping sync.Once
}

// launch starts the server in its own process group, so that Ctrl-C reaches
// us alone and the servers end in the order we choose. When this process dies
// the server gets its soft signal from the kernel.
func launch(name string, cmd *exec.Cmd, soft syscall.Signal, id identity) (*process, error) {
	p := &process{name: name, cmd: cmd, soft: soft, done: make(chan struct{})}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if id.drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: id.UID, Gid: id.GID}
	}
	dieWithParent(cmd.SysProcAttr, soft)
	started := make(chan error, 1)
	go func() {
		// The kernel sends the death signal when the *thread* that forked ends,
		// so this thread is kept for as long as the server lives.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// ended tells whether the server is gone.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// stop asks the server to end and kills it when ctx does first. It may be
// called any number of times; each call returns when the server is gone.
func (p *process) stop(ctx context.Context) error {
	p.stopping.Do(func() { _ = p.cmd.Process.Signal(p.soft) })
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("%s did not end in time and was killed: %w", p.name, ctx.Err())
	}
}

// abandon ends a server that is of no use, whatever ctx says.
func (p *process) abandon(ctx context.Context) {
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	_ = p.stop(grace) // the caller already has the error that matters
}

// watch ends the server with ctx, and calls after when it has ended, whoever
// ended it. The channel is closed last.
func (p *process) watch(ctx context.Context, after func()) <-chan struct{} {
	closed := make(chan struct{})
	release := context.AfterFunc(ctx, func() { p.abandon(ctx) })
	go func() {
		defer close(closed)
		<-p.done
		release()
		after()
	}()
	return closed
}

// await calls ready until it succeeds, the server ends, or time is up.
func (p *process) await(ctx context.Context, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startGrace)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended before it answered: %w", p.name, errors.Join(p.err, err))
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", p.name, errors.Join(ctx.Err(), err))
		case <-tick.C:
		}
	}
}

// cleanEnv is all that a server sees of our environment: settings of ours,
// which may hold secrets, do not reach it.
func cleanEnv(home string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + os.TempDir(), "LC_ALL=C.UTF-8", "TZ=UTC"}
}

// openLog opens a server's log for appending, started afresh when it is long.
func openLog(path string) (*os.File, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > 8<<20 {
		flags |= os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return f, nil
}

// lastLines gives the end of a log for an error about a server that failed.
func lastLines(path string) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}
