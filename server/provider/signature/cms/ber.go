package cms

import "encoding/asn1"

// toDER writes again in definite lengths what some programs write in
// indefinite ones (X.690, 8.1.3.6), with strings in pieces joined.
func toDER(data []byte) ([]byte, error) {
	if len(data) > MaxBytes {
		return nil, malformed("%d bytes", len(data))
	}
	out, rest, err := element(data, 0)
	if err != nil {
		return nil, err
	}
	for _, c := range rest {
		if c != 0 { // a PDF pads the place with zeros
			return nil, malformed("bytes behind the signature")
		}
	}
	return out, nil
}

// element reads one value and gives it in definite lengths.
func element(data []byte, depth int) (out, rest []byte, err error) {
	if depth > maxDepth || len(data) < 2 {
		return nil, nil, malformed("cut off or too deep")
	}
	identifier, err := identifierBytes(data)
	if err != nil {
		return nil, nil, err
	}
	length, head, err := lengthOf(data[len(identifier):])
	if err != nil {
		return nil, nil, err
	}
	body := data[len(identifier)+head:]
	constructed := identifier[0]&0x20 != 0
	var content []byte
	switch {
	case length >= 0 && length > len(body):
		return nil, nil, malformed("cut off")
	case length >= 0 && !constructed:
		return data[:len(identifier)+head+length], body[length:], nil
	case length >= 0:
		if content, err = elements(body[:length], depth); err != nil {
			return nil, nil, err
		}
		rest = body[length:]
	case !constructed:
		return nil, nil, malformed("a plain value without length")
	default:
		for {
			if len(body) < 2 {
				return nil, nil, malformed("no end of contents")
			}
			if body[0] == 0 && body[1] == 0 {
				rest = body[2:]
				break
			}
			var one []byte
			if one, body, err = element(body, depth+1); err != nil {
				return nil, nil, err
			}
			content = append(content, one...)
		}
	}
	if identifier[0] == 0x24 { // an octet string in pieces
		if content, err = join(content); err != nil {
			return nil, nil, err
		}
		identifier = []byte{asn1.TagOctetString}
	}
	return append(append(append([]byte(nil), identifier...), derLength(len(content))...), content...), rest, nil
}

func elements(data []byte, depth int) (out []byte, err error) {
	for len(data) > 0 {
		var one []byte
		if one, data, err = element(data, depth+1); err != nil {
			return nil, err
		}
		out = append(out, one...)
	}
	return out, nil
}

// join takes the contents out of octet strings that follow each other.
func join(pieces []byte) (out []byte, err error) {
	for len(pieces) > 0 {
		var piece []byte
		if pieces, err = asn1.Unmarshal(pieces, &piece); err != nil {
			return nil, malformed("an octet string in pieces: %w", err)
		}
		out = append(out, piece...)
	}
	return out, nil
}

func identifierBytes(data []byte) ([]byte, error) {
	if data[0]&0x1f != 0x1f {
		return data[:1], nil
	}
	for i := 1; i < min(len(data), 5); i++ {
		if data[i]&0x80 == 0 {
			return data[:i+1], nil
		}
	}
	return nil, malformed("a tag too long")
}

// lengthOf reads a length, −1 for an indefinite one, and how many bytes it took.
func lengthOf(data []byte) (length, taken int, err error) {
	if len(data) == 0 {
		return 0, 0, malformed("cut off")
	}
	first := data[0]
	switch {
	case first < 0x80:
		return int(first), 1, nil
	case first == 0x80:
		return -1, 1, nil
	}
	n := int(first & 0x7f)
	if n > 4 || len(data) <= n {
		return 0, 0, malformed("a wrong length")
	}
	for _, c := range data[1 : n+1] {
		length = length<<8 | int(c)
	}
	if length > MaxBytes {
		return 0, 0, malformed("a wrong length")
	}
	return length, n + 1, nil
}

func derLength(n int) []byte {
	if n < 0x80 {
		return []byte{byte(n)}
	}
	var b []byte
	for ; n > 0; n >>= 8 {
		b = append([]byte{byte(n)}, b...)
	}
	return append([]byte{0x80 | byte(len(b))}, b...)
}
