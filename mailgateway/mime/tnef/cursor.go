package tnef

import (
	"encoding/binary"
	"io"
	"time"
)

// maxValue bounds a value that is taken into memory; names and addresses are
// far shorter, and longer values are sections.
const maxValue = 64 << 10

// cursor reads values one after the other. After a failure it is bad, and
// gives zeros.
type cursor struct {
	r       io.ReaderAt
	at, end int64
	bad     bool
	steps   *int
	buf     [16]byte
}

func (c *cursor) take(n int) []byte {
	b := c.buf[:n]
	if *c.steps--; c.bad || *c.steps < 0 || int64(n) > c.end-c.at {
		c.bad = true
	} else if _, err := c.r.ReadAt(b, c.at); err != nil && err != io.EOF {
		c.bad = true
	}
	if c.bad {
		clear(b)
	}
	c.at += int64(n)
	return b
}

func (c *cursor) u8() byte    { return c.take(1)[0] }
func (c *cursor) u16() uint16 { return binary.LittleEndian.Uint16(c.take(2)) }
func (c *cursor) u32() uint32 { return binary.LittleEndian.Uint32(c.take(4)) }
func (c *cursor) u64() uint64 { return binary.LittleEndian.Uint64(c.take(8)) }

// section is the next n bytes, not read yet.
func (c *cursor) section(n int64) *io.SectionReader {
	n = max(0, min(n, c.end-c.at))
	s := io.NewSectionReader(c.r, c.at, n)
	c.at += n
	return s
}

func (c *cursor) skip(n int64) {
	if n < 0 || n > c.end-c.at {
		c.bad, n = true, max(0, c.end-c.at)
	}
	c.at += n
}

// bytes takes n bytes into memory; no more than maxValue are kept.
func (c *cursor) bytes(n int64) []byte {
	if c.bad || n < 0 || n > c.end-c.at {
		c.bad = true
		return nil
	}
	b := make([]byte, min(n, maxValue))
	if _, err := io.ReadFull(io.NewSectionReader(c.r, c.at, n), b); err != nil {
		c.bad = true
	}
	c.at += n
	return b
}

// zeros tells whether nothing but zeros is left.
func (c *cursor) zeros() bool {
	b := make([]byte, c.end-c.at)
	if _, err := io.ReadFull(io.NewSectionReader(c.r, c.at, int64(len(b))), b); err != nil {
		return false
	}
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}

// date reads seven numbers: year to second and the day of the week. It is
// local time of nobody knows where.
func (c *cursor) date() time.Time {
	var v [7]int
	for i := range v {
		v[i] = int(c.u16())
	}
	if c.bad || v[0] < 1980 || v[0] > 9999 || v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31 || v[3] > 23 || v[4] > 59 || v[5] > 59 {
		return time.Time{}
	}
	return time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], 0, time.UTC)
}

// fileTime is the time of Windows: tenths of microseconds since 1601.
func fileTime(v uint64) time.Time {
	const epoch = 116444736000000000 // 1970
	if v < epoch || v-epoch > 253402300800*1e7 {
		return time.Time{}
	}
	v -= epoch
	return time.Unix(int64(v/1e7), int64(v%1e7)*100).UTC()
}

// checksum is the sum of all bytes.
func checksum(s *io.SectionReader) (sum uint16) {
	buf := make([]byte, min(s.Size(), 32<<10))
	for at := int64(0); at < s.Size(); {
		n, err := s.ReadAt(buf, at)
		for _, b := range buf[:n] {
			sum += uint16(b)
		}
		if at += int64(n); err != nil {
			break
		}
	}
	return sum
}
