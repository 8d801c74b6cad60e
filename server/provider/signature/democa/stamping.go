package democa

import (
	"crypto/x509/pkix"
	"encoding/asn1"
)

// stampingOnly is the usage of a time-stamping authority, which must be
// critical and alone (RFC 3161, 2.3).
func stampingOnly() (pkix.Extension, error) {
	value, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: value}, err
}
