// Package evidence decides how the record of what happened is made evident to
// tampering: which bytes of an event are hashed, how the lines of an agency's
// chain are linked, what a checkpoint signs, and what is wrong with a chain. It
// must not know where events are kept or who may see them.
package evidence

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// Event is one line of the record, with everything that it says.
type Event struct {
	AgencyID    org.ID
	ID          org.ID
	At          time.Time // to the microsecond
	SubjectType string
	SubjectID   org.ID
	Verb        string
	AccountID   org.ID // zero: the system
	PositionID  org.ID
	ActorName   string
	ActorTitle  string
	Data        map[string]string
}

// Each kind of hash begins with a word of its own, so that none is taken for another.
const (
	eventWord      = "congvan event 1"
	lineWord       = "congvan line 1"
	checkpointWord = "congvan checkpoint 1"
)

// Hash gives the SHA-256 of the event. docs/evidence.md says of which bytes, so
// that somebody else can do the same.
func (e Event) Hash() document.Hash {
	b := field(nil, eventWord)
	b = append(b, e.AgencyID[:]...)
	b = append(b, e.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	b = field(b, e.SubjectType)
	b = append(b, e.SubjectID[:]...)
	b = field(b, e.Verb)
	b = append(b, e.AccountID[:]...)
	b = append(b, e.PositionID[:]...)
	b = field(b, e.ActorName)
	b = field(b, e.ActorTitle)
	names := make([]string, 0, len(e.Data))
	for name := range e.Data {
		names = append(names, name)
	}
	slices.Sort(names)
	b = binary.BigEndian.AppendUint32(b, uint32(len(names)))
	for _, name := range names {
		b = field(field(b, name), e.Data[name])
	}
	return sha256.Sum256(b)
}

// field appends a text behind its length, so that no two lists of texts give the same bytes.
func field(b []byte, text string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	return append(b, text...)
}

// Line binds one event to all that came before it in its agency.
type Line struct {
	AgencyID  org.ID
	Seq       int64 // from 1, without gaps
	EventID   org.ID
	EventHash document.Hash
	Hash      document.Hash
}

// Next gives the line of an event behind this one; the zero Line is the
// beginning of every chain.
func (l Line) Next(e Event) Line {
	n := Line{AgencyID: e.AgencyID, Seq: l.Seq + 1, EventID: e.ID, EventHash: e.Hash()}
	n.Hash = n.link(l.Hash)
	return n
}

func (l Line) link(before document.Hash) document.Hash {
	b := field(nil, lineWord)
	b = append(b, l.AgencyID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(l.Seq))
	b = append(b, l.EventID[:]...)
	b = append(b, l.EventHash[:]...)
	b = append(b, before[:]...)
	return sha256.Sum256(b)
}

// Checkpoint is the installation's signature under a chain as it stood.
type Checkpoint struct {
	AgencyID  org.ID
	Seq       int64
	Hash      document.Hash // of the line
	At        time.Time
	Signature []byte
}

// Sign makes the checkpoint of a line.
func Sign(key ed25519.PrivateKey, l Line, at time.Time) Checkpoint {
	c := Checkpoint{AgencyID: l.AgencyID, Seq: l.Seq, Hash: l.Hash, At: at.Truncate(time.Microsecond)}
	c.Signature = ed25519.Sign(key, c.signed())
	return c
}

// SignedWith tells whether the checkpoint was signed with the key.
func (c Checkpoint) SignedWith(key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, c.signed(), c.Signature)
}

func (c Checkpoint) signed() []byte {
	b := field(nil, checkpointWord)
	b = append(b, c.AgencyID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(c.Seq))
	b = append(b, c.Hash[:]...)
	return binary.BigEndian.AppendUint64(b, uint64(c.At.UnixMicro()))
}
