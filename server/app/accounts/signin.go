package accounts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// The bounds of guessing: so many tries in so much time, for one login and from
// one address. An office of hundreds shares an address, so only failures stay
// counted.
const (
	guessTime      = 15 * time.Minute
	loginGuesses   = 10
	addressGuesses = 100
)

// What a session keeps of the browser.
const (
	maxAddress   = 64
	maxUserAgent = 300
)

var (
	errCredentials = fault.New(fault.Unauthenticated, "wrong_credentials",
		"Tên đăng nhập hoặc mật khẩu không đúng.", "Wrong login or password.")
	errThrottled = fault.New(fault.Throttled, "sign_in_throttled",
		"Đăng nhập sai quá nhiều lần. Vui lòng thử lại sau 15 phút hoặc nhờ người quản trị đặt lại mật khẩu.",
		"Too many failed sign-ins. Try again in 15 minutes, or ask an administrator to reset the password.")
	errClosed = fault.New(fault.Forbidden, "account_closed",
		"Tài khoản đã bị khóa hoặc đã kết thúc. Vui lòng liên hệ người quản trị.",
		"The account is locked or has ended. Please ask an administrator.")
)

// SignIn is what a person enters, and where it came from.
type SignIn struct {
	Login, Password    string
	Address, UserAgent string
}

// SignIn opens a session and gives its secret, which nobody can ask for again.
// Nothing tells an unknown login from a wrong password: not the answer, not the
// time it takes, not when tries run out.
func (s *Service) SignIn(ctx context.Context, in SignIn) (string, Identity, error) {
	login := strings.ToLower(strings.TrimSpace(in.Login))
	account, hash, err := s.beginTry(ctx, login, in.Address)
	if err != nil {
		return "", Identity{}, err
	}
	same, err := s.hasher.matches(ctx, in.Password, hash)
	if err != nil {
		return "", Identity{}, err
	}
	if !same {
		return "", Identity{}, errCredentials
	}
	now := s.now()
	if !account.MaySignIn(org.DayOf(now)) {
		return "", Identity{}, errClosed
	}
	key := secret("")
	session := Session{ID: postgres.NewID(), CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(s.opts.SessionLife),
		Address: clip(in.Address, maxAddress), UserAgent: clip(in.UserAgent, maxUserAgent)}
	var who Identity
	err = s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		if err := tx.AddSession(ctx, account.ID, hash, hashOf(key), session); err != nil {
			return err
		}
		if err := endTry(ctx, tx, login, in.Address); err != nil {
			return err
		}
		var err error
		who, err = s.bySession(ctx, tx, key, now)
		return err
	})
	if errors.Is(err, fault.Missing()) { // the password was reset in between
		return "", Identity{}, errCredentials
	}
	if err != nil {
		return "", Identity{}, fmt.Errorf("sign in: %w", err)
	}
	return key, who, nil
}

// beginTry counts a try before anything is compared, so that tries at the same
// moment are counted too, and finds the account. It counts for logins that do
// not exist as well.
func (s *Service) beginTry(ctx context.Context, login, address string) (org.Account, string, error) {
	now := s.now()
	var account org.Account
	var hash string
	var byLogin, byAddress int
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		var err error
		if byAddress, err = tx.AddFailure(ctx, addressKey(address), now.Add(-guessTime), now); err != nil {
			return err
		}
		if byLogin, err = tx.AddFailure(ctx, loginKey(login), now.Add(-guessTime), now); err != nil {
			return err
		}
		account, hash, err = tx.PasswordOf(ctx, login)
		if errors.Is(err, fault.Missing()) {
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		return account, "", fmt.Errorf("begin to sign in: %w", err)
	case byLogin > loginGuesses, byAddress > addressGuesses:
		return account, "", errThrottled
	}
	return account, hash, nil
}

// endTry takes a successful try out of the counts.
func endTry(ctx context.Context, tx *postgres.Tx, login, address string) error {
	if err := tx.TakeBackFailure(ctx, addressKey(address)); err != nil {
		return err
	}
	return tx.ForgetFailures(ctx, loginKey(login))
}

// The keys hold hashes: what is typed as a login is sometimes a password.
func loginKey(login string) string { return "login:" + digest(login) }

func addressKey(address string) string { return "address:" + digest(address) }

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

func clip(s string, most int) string {
	s = strings.ToValidUTF8(s, "")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most])
}

// SignOut ends the session that the request came by.
func (s *Service) SignOut(ctx context.Context, who Identity) error {
	return s.EndSession(ctx, who, who.SessionID)
}

// Sessions gives one's own open sessions.
func (s *Service) Sessions(ctx context.Context, who Identity) ([]Session, error) {
	now := s.now()
	var list []Session
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		var err error
		list, err = tx.Sessions(ctx, who.Person.AccountID, now.Add(-s.opts.SessionIdle), now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// EndSession ends one of one's own sessions, at once.
func (s *Service) EndSession(ctx context.Context, who Identity, id org.ID) error {
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		return tx.RevokeSession(ctx, who.Person.AccountID, id, s.now())
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}
