package mime

import (
	"bufio"
	"bytes"
	"encoding/asn1"
	"errors"
	"io"
)

// The sorts of CMS objects (RFC 5652 and its additions).
var (
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidEnvelopedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 3}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidAuthEnveloped = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 23}
)

const (
	// maxSeal bounds a signature with all the certificates and revocation lists
	// that programs add to it.
	maxSeal = 1 << 20
	// maxBER bounds how deep its values stand inside each other.
	maxBER = 40
)

var errBER = errors.New("mime: damaged signed object")

const (
	tagOctets   = 0x04
	tagOID      = 0x06
	tagSequence = 0x30
	tagSet      = 0x31
	tagContext0 = 0xa0
	indefinite  = -1
)

// ber reads the outer layers of a CMS object as a stream. Only they are needed
// to find the content, which is of any size; the rest is left to a library.
// Lengths may be left open, and the content may come in pieces (X.690, 8.1.3).
type ber struct {
	r  *bufio.Reader
	at int64
}

func newBER(r io.Reader) *ber { return &ber{r: bufio.NewReaderSize(r, 32<<10)} }

func (b *ber) ReadByte() (byte, error) {
	c, err := b.r.ReadByte()
	if err != nil {
		return 0, errBER
	}
	b.at++
	return c, nil
}

// header reads a tag of one byte and its length.
func (b *ber) header() (tag byte, length int64, err error) {
	if tag, err = b.ReadByte(); err != nil {
		return 0, 0, err
	}
	first, err := b.ReadByte()
	switch {
	case err != nil:
		return 0, 0, err
	case tag&0x1f == 0x1f:
		return 0, 0, errBER
	case first < 0x80:
		return tag, int64(first), nil
	case first == 0x80:
		if tag&0x20 == 0 {
			return 0, 0, errBER
		}
		return tag, indefinite, nil
	case first > 0x86:
		return 0, 0, errBER
	}
	for range first & 0x7f {
		c, err := b.ReadByte()
		if err != nil {
			return 0, 0, err
		}
		length = length<<8 | int64(c)
	}
	return tag, length, nil
}

// enter goes into a value that must have this tag.
func (b *ber) enter(want byte) error {
	tag, _, err := b.header()
	if err == nil && tag != want {
		err = errBER
	}
	return err
}

// whole takes one value into memory, header and all, within limits.
func (b *ber) whole(out *bytes.Buffer, depth int) (tag byte, err error) {
	tag, length, err := b.header()
	if err != nil {
		return 0, err
	}
	if depth > maxBER || length > maxSeal || out.Len() > maxSeal {
		return 0, errBER
	}
	out.WriteByte(tag)
	if length != indefinite {
		writeLength(out, length)
	} else {
		out.WriteByte(0x80)
	}
	switch {
	case tag&0x20 == 0:
		n, err := io.CopyN(out, b.r, length)
		if b.at += n; err != nil || tag == 0 && length != 0 {
			return 0, errBER
		}
		return tag, nil
	case length == indefinite:
		for {
			inner, err := b.whole(out, depth+1)
			if err != nil {
				return 0, err
			}
			if inner == 0 {
				return tag, nil // the end of contents was taken as a value of nothing
			}
		}
	}
	for end := b.at + length; b.at < end; {
		if _, err := b.whole(out, depth+1); err != nil {
			return 0, err
		}
	}
	return tag, nil
}

func writeLength(out *bytes.Buffer, n int64) {
	if n < 0x80 {
		out.WriteByte(byte(n))
		return
	}
	var b []byte
	for v := n; v > 0; v >>= 8 {
		b = append([]byte{byte(v)}, b...)
	}
	out.WriteByte(0x80 | byte(len(b)))
	out.Write(b)
}

// signedObject is a CMS object opened as far as its content.
type signedObject struct {
	kind    asn1.ObjectIdentifier
	content io.Reader // nil when there is none
	ber     *ber
	front   bytes.Buffer // what stands before the content
	opened  int64        // how the content is closed: open lengths around it
}

// openCMS reads up to the content of a signed object; of others, their kind.
func openCMS(r io.Reader) (*signedObject, error) {
	o := &signedObject{ber: newBER(r)}
	if err := o.ber.enter(tagSequence); err != nil {
		return nil, err
	}
	var err error
	if o.kind, err = o.oid(nil); err != nil || !o.kind.Equal(oidSignedData) {
		return o, err
	}
	for _, tag := range []byte{tagContext0, tagSequence} {
		if err := o.ber.enter(tag); err != nil {
			return nil, err
		}
	}
	for range 2 { // the version, the digest algorithms
		if _, err := o.ber.whole(&o.front, 0); err != nil {
			return nil, err
		}
	}
	tag, length, err := o.ber.header()
	if err != nil || tag != tagSequence {
		return nil, errBER
	}
	end := o.ber.at + length
	var kind bytes.Buffer
	if _, err := o.oid(&kind); err != nil {
		return nil, err
	}
	o.front.WriteByte(tagSequence)
	writeLength(&o.front, int64(kind.Len()))
	o.front.Write(kind.Bytes())
	if length != indefinite && o.ber.at >= end {
		return o, nil // a detached signature
	}
	if length == indefinite {
		o.opened++
	}
	if err := o.enterContent(length == indefinite); err != nil {
		return nil, err
	}
	return o, nil
}

// enterContent goes into [0] and the octet string in it.
func (o *signedObject) enterContent(mayEnd bool) error {
	tag, length, err := o.ber.header()
	switch {
	case err != nil:
		return err
	case mayEnd && tag == 0 && length == 0:
		o.opened = 0
		return nil
	case tag != tagContext0:
		return errBER
	case length == indefinite:
		o.opened++
	}
	tag, length, err = o.ber.header()
	if err != nil || tag&^0x20 != tagOctets {
		return errBER
	}
	o.content = &octets{ber: o.ber, open: []int64{o.ber.at + length}}
	if length == indefinite {
		o.content = &octets{ber: o.ber, open: []int64{indefinite}}
	}
	if tag&0x20 == 0 {
		o.content = io.LimitReader(countedBER{o.ber}, length)
	}
	return nil
}

func (o *signedObject) oid(out *bytes.Buffer) (asn1.ObjectIdentifier, error) {
	var raw bytes.Buffer
	if tag, err := o.ber.whole(&raw, 0); err != nil || tag != tagOID {
		return nil, errBER
	}
	var oid asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(raw.Bytes(), &oid); err != nil {
		return nil, errBER
	}
	if out != nil {
		out.Write(raw.Bytes())
	}
	return oid, nil
}

// seal gives the object without its content, when that was read to its end;
// whole is false when the rest of it is not there.
func (o *signedObject) seal() (object []byte, whole bool) {
	for range o.opened {
		if tag, length, err := o.ber.header(); err != nil || tag != 0 || length != 0 {
			return nil, false
		}
	}
	kind, err := asn1.Marshal(o.kind)
	if err != nil {
		return nil, false
	}
	var out bytes.Buffer
	out.Write([]byte{tagSequence, 0x80})
	out.Write(kind)
	out.Write([]byte{tagContext0, 0x80, tagSequence, 0x80})
	out.Write(o.front.Bytes())
	for tag := byte(0); tag != tagSet; { // certificates, revocation lists, and last the signers
		if tag, err = o.ber.whole(&out, 0); err != nil {
			return nil, false
		}
	}
	out.Write(make([]byte, 6))
	return out.Bytes(), true
}

// countedBER reads bytes of a value.
type countedBER struct{ b *ber }

func (c countedBER) Read(p []byte) (int, error) {
	n, err := c.b.r.Read(p)
	c.b.at += int64(n)
	if err != nil {
		err = errBER // the object ends before its content does
	}
	return n, err
}

// octets reads an octet string that comes in pieces, and pieces in pieces.
type octets struct {
	ber  *ber
	open []int64 // where the strings around end
	left int64   // of the piece at hand
}

func (o *octets) Read(p []byte) (int, error) {
	for o.left == 0 {
		if len(o.open) == 0 {
			return 0, io.EOF
		}
		end := o.open[len(o.open)-1]
		if end != indefinite && o.ber.at >= end {
			o.open = o.open[:len(o.open)-1]
			continue
		}
		tag, length, err := o.ber.header()
		switch {
		case err != nil:
			return 0, err
		case tag == 0 && length == 0 && end == indefinite:
			o.open = o.open[:len(o.open)-1]
		case tag == tagOctets:
			o.left = length
		case tag == tagOctets|0x20 && len(o.open) < maxBER:
			if length != indefinite {
				length += o.ber.at
			}
			o.open = append(o.open, length)
		default:
			return 0, errBER
		}
	}
	n, err := countedBER{o.ber}.Read(p[:min(int64(len(p)), o.left)])
	o.left -= int64(n)
	return n, err
}
