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
// one address. An office of hundreds shares an address, so there only what was
// found wrong is counted.
const (
	guessTime      = 15 * time.Minute
	loginGuesses   = 10
	addressGuesses = 100
)

// countTime bounds how long a count is kept right for somebody who has gone.
const countTime = 5 * time.Second

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
	var account org.Account
	var hash string
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		now := s.now()
		if err := checkAddress(ctx, tx, in.Address, now); err != nil {
			return err
		}
		var err error
		account, hash, err = beginTry(ctx, tx, login, now)
		return err
	})
	if err != nil {
		return "", Identity{}, fmt.Errorf("begin to sign in: %w", err)
	}
	same, err := s.guess(ctx, in, hash)
	if err != nil {
		return "", Identity{}, s.takeBack(ctx, login, err)
	}
	if !same {
		return "", Identity{}, errCredentials
	}
	key, who, err := s.openSession(ctx, in, account, hash)
	if err != nil {
		return "", Identity{}, s.takeBack(ctx, login, err)
	}
	return key, who, nil
}

// guess compares the password in its turn and counts a wrong one before the
// turn goes on, so that however many tries wait, an address gets no further
// beyond its bound than there are turns.
func (s *Service) guess(ctx context.Context, in SignIn, hash string) (bool, error) {
	if err := s.hasher.turn(ctx); err != nil {
		return false, err
	}
	defer s.hasher.done()
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		return checkAddress(ctx, tx, in.Address, s.now())
	})
	if err != nil {
		return false, err
	}
	same, err := s.hasher.compare(in.Password, hash)
	if err != nil || same {
		return same, err
	}
	return false, s.count(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		now := s.now()
		_, err := tx.AddFailure(ctx, addressKey(in.Address), now.Add(-guessTime), now)
		return err
	})
}

// openSession opens a session for who gave the password of the hash.
func (s *Service) openSession(ctx context.Context, in SignIn, account org.Account, hash string) (string, Identity, error) {
	now := s.now()
	if !account.MaySignIn(org.DayOf(now)) {
		return "", Identity{}, errClosed
	}
	key := secret("")
	session := Session{ID: postgres.NewID(), CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(s.opts.SessionLife),
		Address: clip(in.Address, maxAddress), UserAgent: clip(in.UserAgent, maxUserAgent)}
	var who Identity
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		if err := tx.AddSession(ctx, account.ID, hash, hashOf(key), session); err != nil {
			return err
		}
		if err := tx.ForgetFailures(ctx, loginKey(account.Login)); err != nil {
			return err
		}
		var err error
		who, err = s.bySession(ctx, tx, key, now, true)
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

// checkAddress refuses an address that guessed too often.
func checkAddress(ctx context.Context, tx *postgres.Tx, address string, now time.Time) error {
	n, err := tx.Failures(ctx, addressKey(address), now.Add(-guessTime))
	if err != nil {
		return err
	}
	if n >= addressGuesses {
		return errThrottled
	}
	return nil
}

// beginTry counts a try at a login before anything is compared, so that tries
// at the same moment are counted too, and finds the account. It counts for
// logins that do not exist as well. What it refuses is rolled back and so not
// counted.
func beginTry(ctx context.Context, tx *postgres.Tx, login string, now time.Time) (org.Account, string, error) {
	n, err := tx.AddFailure(ctx, loginKey(login), now.Add(-guessTime), now)
	if err != nil {
		return org.Account{}, "", err
	}
	if n > loginGuesses {
		return org.Account{}, "", errThrottled
	}
	account, hash, err := tx.PasswordOf(ctx, login)
	if errors.Is(err, fault.Missing()) {
		return org.Account{}, "", nil
	}
	return account, hash, err
}

// takeBack takes a try that found no wrong password out of the count of the
// login, and gives why it ended.
func (s *Service) takeBack(ctx context.Context, login string, why error) error {
	err := s.count(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		return tx.TakeBackFailure(ctx, loginKey(login))
	})
	if err != nil {
		return errors.Join(why, err)
	}
	return why
}

// count changes a count, also for somebody who no longer waits for the answer.
func (s *Service) count(ctx context.Context, change func(ctx context.Context, tx *postgres.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), countTime)
	defer cancel()
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error { return change(ctx, tx) })
	if err != nil {
		return fmt.Errorf("count tries: %w", err)
	}
	return nil
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
