package vxp

import (
	"encoding/json"
	"errors"

	"congvan/server/domain/exchange"
)

// written is a receipt as it travels and as it is kept in a file: the text that
// is signed, the public key and the signature, both in base64.
type written struct {
	Text      string `json:"text"`
	Key       []byte `json:"key"`
	Signature []byte `json:"signature"`
}

// MarshalReceipt writes a receipt.
func MarshalReceipt(r exchange.SignedReceipt) ([]byte, error) {
	return json.Marshal(written(r))
}

const maxReceipt = 4 << 10

// UnmarshalReceipt reads one. It proves nothing yet.
func UnmarshalReceipt(raw []byte) (exchange.SignedReceipt, error) {
	var w written
	if len(raw) > maxReceipt {
		return exchange.SignedReceipt{}, errors.New("the receipt is too long")
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return exchange.SignedReceipt{}, err
	}
	return exchange.SignedReceipt(w), nil
}

// receipt reads a member of an answer. A receipt that cannot be read is none: it
// is judged where its keys are known.
func receipt(to *exchange.SignedReceipt) func(*json.Decoder) error {
	return func(dec *json.Decoder) error {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		if read, err := UnmarshalReceipt(raw); err == nil {
			*to = read
		}
		return nil
	}
}
