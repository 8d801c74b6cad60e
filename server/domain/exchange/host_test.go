package exchange_test

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/exchange"
)

// asNetipSays is the rule in the words of the standard library.
func asNetipSays(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "100::/64",
	} {
		if netip.MustParsePrefix(s).Contains(ip) {
			return false
		}
	}
	return true
}

func TestK12_OnlyPublicAddressesArePublic(t *testing.T) {
	t.Parallel()
	for address, public := range map[string]bool{
		"127.0.0.1": false, "127.255.0.9": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "172.32.0.1": true,
		"192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "100.128.0.1": true, "0.0.0.0": false, "255.255.255.255": false,
		"224.0.0.1": false, "192.0.0.8": false, "192.0.1.1": true, "198.19.0.1": false, "198.20.0.1": true, "8.8.8.8": true, "203.113.0.1": true,
		"::1": false, "::": false, "fe80::1": false, "fc00::1": false, "fd12::1": false, "ff02::1": false, "::ffff:127.0.0.1": false,
		"64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:0:1::": false, "2001:ee0::1": true, "2606:4700::1": true, "100::1": false, "fec0::1": false,
	} {
		ip := netip.MustParseAddr(address)
		if got := exchange.PublicAddress(ip.As16()); got != public || asNetipSays(ip) != public {
			t.Errorf("%s: public %v, want %v", address, got, public)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "address"))
		if rapid.Bool().Draw(t, "v4") {
			a = netip.AddrFrom4([4]byte(a[12:])).As16()
		}
		if ip := netip.AddrFrom16(a); exchange.PublicAddress(a) != asNetipSays(ip) {
			t.Fatalf("%s: public %v", ip, exchange.PublicAddress(a))
		}
	})
}
