package exchange

import (
	"crypto/ed25519"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// PeerKind is what is at the other end.
type PeerKind string

// The kinds.
const (
	PeerAxis         PeerKind = "axis"         // the national axis: it is sent to, and asked what waits
	PeerInstallation PeerKind = "installation" // another installation of this product: both send
	PeerSystem       PeerKind = "system"       // a system with a client of the axis: it sends, and fetches what waits
)

// Connection is another system that messages are exchanged with.
type Connection struct {
	ID         org.ID
	Kind       PeerKind
	Name       string
	System     string // the system id that it signs with when it calls us
	Endpoint   string // where it is called; a system is not
	OurSystem  string // the system id that we sign with
	Key        []byte // the public key that its receipts are signed by
	NextKey    []byte // the one that follows, once it was announced
	MostBytes  int64  // of one package
	TakesBytes int64  // of one package, as the other side says; 0: it has not
	PerMinute  int    // calls
	Reused     bool   // its client signs all calls with one time stamp
	Enabled    bool
	Version    int
}

// The usual limits of a connection.
const (
	UsualMostBytes = 512 << 20
	UsualPerMinute = 600
	maxPeerName    = 200
	maxSystem      = 100
)

// Filled gives the connection with what was not set.
func (c Connection) Filled() Connection {
	if c.MostBytes == 0 {
		c.MostBytes = UsualMostBytes
	}
	if c.PerMinute == 0 {
		c.PerMinute = UsualPerMinute
	}
	c.Name, c.System, c.OurSystem = document.CleanLine(c.Name), document.CleanLine(c.System), document.CleanLine(c.OurSystem)
	return c
}

// Calls tells whether we call the other side.
func (c Connection) Calls() bool { return c.Kind != PeerSystem }

// Called tells whether the other side calls us.
func (c Connection) Called() bool { return c.Kind != PeerAxis }

// Keys gives the keys that its receipts may be signed by.
func (c Connection) Keys() [][]byte {
	var keys [][]byte
	for _, key := range [][]byte{c.Key, c.NextKey} {
		if len(key) > 0 {
			keys = append(keys, key)
		}
	}
	return keys
}

// Check refuses a connection that cannot work.
func (c Connection) Check() error {
	bad := func(field, code, vi, en string) error { return fault.InvalidField(field, code, vi, en) }
	switch {
	case c.Kind != PeerAxis && c.Kind != PeerInstallation && c.Kind != PeerSystem:
		return bad("kind", "unknown_kind", "Loại kết nối không hợp lệ.", "The kind is not known.")
	case c.Name == "" || len([]rune(c.Name)) > maxPeerName:
		return bad("name", "required", "Hãy ghi tên, tối đa 200 ký tự.", "Enter a name of at most 200 characters.")
	case c.Called() && !plainID(c.System):
		return bad("system", "required", "Hãy ghi mã hệ thống của bên gọi đến: chữ không dấu, chữ số, dấu chấm, gạch.", "Enter the system id of who calls: letters, digits, dots and dashes.")
	case c.Calls() && !plainID(c.OurSystem):
		return bad("ourSystem", "required", "Hãy ghi mã hệ thống bên kia cấp cho ta.", "Enter the system id that the other side gave us.")
	case c.Calls() && c.Endpoint == "":
		return bad("endpoint", "required", "Hãy ghi địa chỉ kết nối.", "Enter the address.")
	case c.Kind == PeerInstallation && len(c.Key) != ed25519.PublicKeySize:
		return bad("publicKey", "required", "Hãy dán khóa công khai của hệ thống kia.", "Paste the other installation's public key.")
	case c.MostBytes < 1<<10 || c.PerMinute < 1:
		return bad("mostMiB", "too_small", "Giới hạn quá nhỏ.", "The limit is too small.")
	}
	return nil
}

// plainID tells whether a system id can be signed and sent as it is.
func plainID(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_' {
			return false
		}
	}
	return s != "" && len(s) <= maxSystem
}

// Health is what is known of a connection's other end.
type Health struct {
	UpSince   time.Time
	DownSince time.Time
	HeardAt   time.Time
	ErrorCode string
	ErrorAt   time.Time
	PolledAt  time.Time
	Waiting   int       // messages of ours on their way to it
	Oldest    time.Time // the first of them; zero when there is none
	LastHour  int       // messages that went either way
	Agencies  int
	Failed    int       // dead letters to it
	Directory time.Time // when its directory was last taken in
}
