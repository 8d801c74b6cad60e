package presence

import (
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

const (
	period = 30 // seconds
	skew   = 1  // steps that a clock may be off
	issuer = "congvan"
)

// NewCode makes a secret for codes, and the address by which a phone takes it.
func NewCode(login string) (secret, address string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: login})
	if err != nil {
		return "", "", fmt.Errorf("make a secret for codes: %w", err)
	}
	return key.Secret(), key.URL(), nil
}

// Step tells to which step of time a code belongs; false when it is none of
// now. Who remembers the step takes no code twice.
func Step(secret, code string, now time.Time) (int64, bool, error) {
	code = strings.Join(strings.Fields(code), "")
	this := now.Unix() / period
	for step := this - skew; step <= this+skew; step++ {
		want, err := CodeAt(secret, time.Unix(step*period, 0))
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true, nil
		}
	}
	return 0, false, nil
}

// CodeAt gives the code of a moment, as a phone shows it.
func CodeAt(secret string, at time.Time) (string, error) {
	code, err := totp.GenerateCodeCustom(secret, at, totp.ValidateOpts{Period: period, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "", fmt.Errorf("make a code: %w", err)
	}
	return code, nil
}
