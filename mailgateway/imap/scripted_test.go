package imap

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// scripted is a server that says exactly what a test wants, for what real
// servers are known to do and cannot be made to.
type scripted struct {
	listener net.Listener
	caps     string
	// answer writes the untagged answers to a command and gives the tagged
	// one's text; an empty text hangs up.
	answer func(w io.Writer, command string) string
	wg     sync.WaitGroup
	mu     sync.Mutex
	asked  []string
	conns  []net.Conn
}

func startScripted(t *testing.T, caps string, answer func(w io.Writer, command string) string) *scripted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &scripted{listener: l, caps: caps, answer: answer}
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, conn)
			s.mu.Unlock()
			s.wg.Add(1)
			go s.serve(conn)
		}
	}()
	t.Cleanup(s.stop)
	return s
}

func (s *scripted) stop() {
	s.listener.Close()
	s.mu.Lock()
	for _, c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

func (s *scripted) settings() Settings {
	return Settings{Host: "127.0.0.1", Port: s.listener.Addr().(*net.TCPAddr).Port, Security: None, AllowPlain: true, AllowPrivate: true, Username: "u", Password: "p"}
}

func (s *scripted) commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

func (s *scripted) serve(conn net.Conn) {
	defer s.wg.Done()
	defer conn.Close()
	caps := strings.TrimSpace("IMAP4rev1 " + s.caps)
	fmt.Fprintf(conn, "* OK [CAPABILITY %s] ready\r\n", caps)
	in := bufio.NewScanner(conn)
	for in.Scan() {
		tag, command, _ := strings.Cut(in.Text(), " ")
		s.mu.Lock()
		s.asked = append(s.asked, command)
		s.mu.Unlock()
		verb, _, _ := strings.Cut(command, " ")
		text := s.answer(conn, command)
		if text == "default" {
			text = "OK done"
			switch verb {
			case "CAPABILITY":
				fmt.Fprintf(conn, "* CAPABILITY %s\r\n", caps)
			case "SELECT":
				fmt.Fprint(conn, "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 12] n\r\n* OK [PERMANENTFLAGS (\\Deleted)] f\r\n")
			}
		}
		if text == "" {
			return
		}
		fmt.Fprintf(conn, "%s %s\r\n", tag, text)
	}
}

// cutter is a line between a client and a server that can be cut after a
// number of bytes.
type cutter struct {
	listener net.Listener
	to       string
	wg       sync.WaitGroup
	mu       sync.Mutex
	after    int64 // bytes towards the client; −1 for never
	conns    []net.Conn
}

func startCutter(t *testing.T, to string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &cutter{listener: l, to: to, after: -1}
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				client.Close()
				continue
			}
			c.mu.Lock()
			c.conns = append(c.conns, client, server)
			c.mu.Unlock()
			c.wg.Add(2)
			go c.pipe(server, client, false)
			go c.pipe(client, server, true)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		c.cutNow()
		c.wg.Wait()
	})
	return c
}

func (c *cutter) port() int { return c.listener.Addr().(*net.TCPAddr).Port }

func (c *cutter) cutAfter(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.after = n
}

func (c *cutter) cutNow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.Close()
	}
}

func (c *cutter) pipe(to, from net.Conn, counted bool) {
	defer c.wg.Done()
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		if counted {
			c.mu.Lock()
			if c.after >= 0 {
				n = int(min(int64(n), c.after))
				if c.after -= int64(n); c.after == 0 {
					err = io.EOF
				}
			}
			c.mu.Unlock()
		}
		if _, writeErr := to.Write(buf[:n]); writeErr != nil || err != nil {
			return
		}
	}
}
