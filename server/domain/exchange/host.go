package exchange

// addressRange is a range of addresses; one of IPv4 stands behind
// ::ffff:0:0/96, where an IPv6 address holds it.
type addressRange struct {
	from [16]byte
	bits int
}

func v6(bits int, from ...byte) addressRange {
	r := addressRange{bits: bits}
	copy(r.from[:], from)
	return r
}

func v4(bits int, from ...byte) addressRange {
	return v6(96+bits, append([]byte{10: 0xff, 11: 0xff}, from...)...)
}

// reserved are the ranges that lead inside, or nowhere.
var reserved = [...]addressRange{
	v4(8, 0), v4(8, 10), v4(10, 100, 64), v4(8, 127), v4(16, 169, 254), v4(12, 172, 16), v4(24, 192, 0, 0),
	v4(16, 192, 168), v4(15, 198, 18), v4(4, 224), v4(4, 240),
	v6(127),                                                        // unspecified and loopback
	v6(96, 0, 0x64, 0xff, 0x9b), v6(48, 0, 0x64, 0xff, 0x9b, 0, 1), // translated to IPv4
	v6(32, 0x20, 0x01), v6(16, 0x20, 0x02), // tunnels to IPv4
	v6(64, 0x01), v6(7, 0xfc), v6(10, 0xfe, 0x80), v6(10, 0xfe, 0xc0), v6(8, 0xff),
}

// PublicAddress tells whether an address is on the public Internet. Where a
// setting may not lead inside, the address is judged when it is really dialled,
// so that no name can resolve to something else in between.
func PublicAddress(a [16]byte) bool {
	for _, r := range reserved {
		if r.holds(a) {
			return false
		}
	}
	return true
}

func (r addressRange) holds(a [16]byte) bool {
	whole, rest := r.bits/8, r.bits%8
	for i := range whole {
		if a[i] != r.from[i] {
			return false
		}
	}
	return rest == 0 || (a[whole]^r.from[whole])>>(8-rest) == 0
}
