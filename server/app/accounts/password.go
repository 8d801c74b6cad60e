package accounts

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/fault"
)

// cost is that of one password: 19 MiB and two passes (OWASP, argon2id).
var cost = argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// signInPatience bounds how long a sign-in waits for its turn.
const signInPatience = 10 * time.Second

var errCrowd = fault.New(fault.Throttled, "sign_in_busy",
	"Quá nhiều người đang đăng nhập. Vui lòng thử lại sau ít giây.",
	"Too many people are signing in. Try again in a few seconds.")

// hasher works out few passwords at a time: each costs memory on purpose, and
// a storm of sign-ins must not take it all.
type hasher struct {
	turns    chan struct{}
	patience time.Duration
	// nobody is the hash that an unknown login is compared with, so that it
	// takes as long as a known one.
	nobody string
}

func newHasher(atOnce int) *hasher {
	h := &hasher{turns: make(chan struct{}, atOnce), patience: signInPatience}
	nobody, err := argon2id.CreateHash(rand.Text(), &cost)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	h.nobody = nobody
	return h
}

func (h *hasher) turn(ctx context.Context) error {
	timer := time.NewTimer(h.patience)
	defer timer.Stop()
	select {
	case h.turns <- struct{}{}:
		return nil
	case <-timer.C:
		return errCrowd
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) done() { <-h.turns }

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.turn(ctx); err != nil {
		return "", err
	}
	defer h.done()
	hash, err := argon2id.CreateHash(norm.NFC.String(password), &cost)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// matches compares a password with a hash; no hash is that of nobody.
func (h *hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := h.turn(ctx); err != nil {
		return false, err
	}
	defer h.done()
	return h.compare(password, hash)
}

// compare does it for who has the turn.
func (h *hasher) compare(password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = h.nobody
	}
	same, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
	if err != nil {
		return false, fmt.Errorf("compare a password: %w", err)
	}
	return same && known, nil
}

// The bounds of a password.
const (
	minPassword = 10
	maxPassword = 200
)

// roots are what common passwords are made of, once digits, marks and the usual
// replacements of letters are taken away.
var roots = words(`abc abcd abcdef abcxyz admin administrator anhyeuem baomat chuyenvien chutich congvan daotao dangnhap giamdoc hanhchinh hdnd hethong
	iloveyou khongbiet khongco lanhdao letmein login master matkhau matkhaumoi mk nguoidung nhanvien password pass passwd phong pwd qazwsx qwe qwer qwert qwerty
	qwertyuiop quantri quantrivien secret sieunhan taikhoan test tester thongtin tinhoc travinh truongphong ubnd uybannhandan vanban vanphong vanthu vanthuubnd
	vietnam vinhlong welcome xinchao yeuem zaq zxcvbnm asdfgh asdfghjkl asdf`)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// replacements undo what people write for letters.
var replacements = strings.NewReplacer("@", "a", "4", "a", "0", "o", "1", "i", "!", "i", "3", "e", "$", "s", "5", "s", "7", "t")

// checkPassword refuses a password that somebody could guess.
func checkPassword(password, login string) error {
	refuse := func(code, vi, en string) error { return fault.InvalidField("next", code, vi, en) }
	folded := foldPassword(password)
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return refuse("too_short", fmt.Sprintf("Mật khẩu cần ít nhất %d ký tự.", minPassword), fmt.Sprintf("A password needs at least %d characters.", minPassword))
	case n > maxPassword:
		return refuse("too_long", fmt.Sprintf("Mật khẩu không quá %d ký tự.", maxPassword), fmt.Sprintf("A password has at most %d characters.", maxPassword))
	case strings.Contains(folded, foldPassword(login)):
		return refuse("holds_login", "Mật khẩu không được chứa tên đăng nhập.", "A password must not hold the login.")
	case common(folded), common(replacements.Replace(strings.TrimFunc(folded, notLetter))), few(folded):
		return refuse("too_common", "Mật khẩu này quá dễ đoán. Hãy chọn một câu dài mà chỉ mình bạn nghĩ ra.",
			"This password is too easy to guess. Choose a long phrase of your own.")
	}
	return nil
}

// common tells whether nothing is left but a well-known word, or no letter at all.
func common(folded string) bool {
	letters := strings.Map(func(r rune) rune {
		if notLetter(r) {
			return -1
		}
		return r
	}, folded)
	for letters != "" && !roots[letters] {
		// The same word twice is no better than once.
		half := len(letters) / 2
		if len(letters)%2 != 0 || letters[:half] != letters[half:] {
			return false
		}
		letters = letters[:half]
	}
	return true
}

func notLetter(r rune) bool { return r < 'a' || r > 'z' }

// few tells whether the password is made of fewer than four different characters.
func few(folded string) bool {
	different := map[rune]bool{}
	for _, r := range folded {
		different[r] = true
	}
	return len(different) < 4
}

// foldPassword takes away tone marks and case.
func foldPassword(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case unicode.Is(unicode.Mn, r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// firstPassword makes one that can be read out and typed on any keyboard, with
// some 60 bits of chance: 9 syllables and 2 digits.
func firstPassword() (string, error) {
	const consonants, vowels, syllables = "bcdghklmnprstv", "aeiou", 9
	var b strings.Builder
	for i := range syllables {
		if i > 0 && i%3 == 0 {
			b.WriteByte('-')
		}
		c, err1 := pick(len(consonants))
		v, err2 := pick(len(vowels))
		if err := errors.Join(err1, err2); err != nil {
			return "", err
		}
		b.WriteByte(consonants[c])
		b.WriteByte(vowels[v])
	}
	n, err := pick(90)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "-%d", 10+n)
	return b.String(), nil
}

func pick(n int) (int, error) {
	v, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		return 0, fmt.Errorf("pick at random: %w", err)
	}
	return int(v.Int64()), nil
}

// secret makes one of 256 bits.
func secret(prefix string) string {
	// rand.Text has 130 bits; two have more than enough.
	return prefix + rand.Text() + rand.Text()
}
