package tnef

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// ErrRTF says that a compressed RTF is none, or ends too early.
var ErrRTF = errors.New("tnef: damaged compressed RTF")

// ringText fills the window before the first byte (MS-OXRTFCP, 2.1.2.1).
const ringText = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor ` +
	"MS Sans SerifSymbolArialTimes New RomanCourier" + `{\colortbl\red0\green0\blue0` + "\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// Expand reads RTF as Outlook compresses it (MS-OXRTFCP).
func Expand(compressed io.Reader) (io.Reader, error) {
	r := bufio.NewReader(compressed)
	var head [16]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, ErrRTF
	}
	size := int64(binary.LittleEndian.Uint32(head[4:]))
	switch string(head[8:12]) {
	case "MELA": // not compressed at all
		return io.LimitReader(r, size), nil
	case "LZFu":
	default:
		return nil, ErrRTF
	}
	x := &expander{r: r, left: size, at: len(ringText)}
	copy(x.ring[:], ringText)
	return x, nil
}

// expander is the window of the last 4,096 bytes and what is to come.
type expander struct {
	r       *bufio.Reader
	ring    [4096]byte
	at      int // where the next byte goes
	left    int64
	control byte
	bits    int // of control, not used yet
	from    int // a repetition that goes on
	repeat  int
	err     error
}

func (x *expander) Read(b []byte) (n int, err error) {
	for n < len(b) && x.err == nil {
		if x.left == 0 {
			x.err = io.EOF
			break
		}
		c, ok := x.next()
		if !ok {
			continue
		}
		x.ring[x.at] = c
		x.at = (x.at + 1) % len(x.ring)
		b[n] = c
		n++
		x.left--
	}
	if n > 0 {
		return n, nil
	}
	return 0, x.err
}

// next gives one byte, or prepares for it.
func (x *expander) next() (c byte, ok bool) {
	if x.repeat > 0 {
		c = x.ring[x.from]
		x.from = (x.from + 1) % len(x.ring)
		x.repeat--
		return c, true
	}
	if x.bits == 0 {
		x.control, x.bits = x.input(), 8
		return 0, false
	}
	reference := x.control&1 == 1
	x.control >>= 1
	x.bits--
	if !reference {
		c = x.input()
		return c, x.err == nil
	}
	word := int(x.input())<<8 | int(x.input())
	if x.from, x.repeat = word>>4, word&15+2; x.from == x.at { // the end
		x.err, x.repeat = io.EOF, 0
	}
	return 0, false
}

func (x *expander) input() byte {
	c, err := x.r.ReadByte()
	if err != nil && x.err == nil {
		x.err = ErrRTF
	}
	return c
}
