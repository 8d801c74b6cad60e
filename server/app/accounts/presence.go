package accounts

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// PasskeyHolder is a person with the records of their passkeys.
type PasskeyHolder struct {
	ID      org.ID
	Login   string
	Name    string
	Records [][]byte
}

// Passkeys asks authenticators: each question has what the browser is given,
// and what the answer is judged by.
type Passkeys struct {
	Enrol    func(h PasskeyHolder) (options, kept []byte, err error)
	Enrolled func(h PasskeyHolder, kept, answer []byte) (handle, record []byte, err error)
	Ask      func(h PasskeyHolder) (options, kept []byte, err error)
	Answered func(h PasskeyHolder, kept, answer []byte) (handle, record []byte, err error)
}

// Codes makes and judges one-time codes.
type Codes struct {
	New  func(login string) (secret, address string, err error)
	Step func(secret, code string, now time.Time) (step int64, ok bool, err error)
}

// Passkey is a passkey of a person.
type Passkey = postgres.Passkey

// The bounds of proofs.
const (
	maxPasskeys = 20
	maxName     = 100
	// askedFor is how long a question waits for its answer.
	askedFor = 5 * time.Minute
	// maxAsked is how often a person is asked in that time.
	maxAsked = 30
	// proofLife is how long what was asked is remembered.
	proofLife = 24 * time.Hour
	// wrongCodes in a row close the way by codes for a while.
	wrongCodes = 5
	codePause  = 15 * time.Minute
)

var (
	errManyPasskeys = fault.New(fault.Conflict, "too_many_passkeys", "Bạn đã có quá nhiều khóa đăng nhập. Hãy xóa bớt.", "You have too many passkeys. Remove some.")
	errNoPasskey    = fault.New(fault.Conflict, "no_passkey", "Bạn chưa có khóa đăng nhập nào.", "You have no passkey yet.")
	errNoCode       = fault.New(fault.Conflict, "no_one_time_code", "Bạn chưa bật mã một lần.", "You have not switched one-time codes on.")
	errWrongCode    = fault.InvalidField("code", "wrong_code", "Mã một lần không đúng hoặc đã được dùng.", "The one-time code is wrong, or was used already.")
	errCodePause    = fault.New(fault.Throttled, "code_pause", "Nhập sai mã một lần quá nhiều lần. Hãy thử lại sau 15 phút.", "Too many wrong one-time codes. Try again in 15 minutes.")
	errAskedOften   = fault.New(fault.Throttled, "asked_too_often", "Bạn yêu cầu xác nhận quá nhiều lần. Hãy đợi vài phút.", "You asked to confirm too often. Wait a few minutes.")
	errQuestion     = fault.New(fault.Conflict, "question_gone", "Yêu cầu xác nhận đã hết hạn hoặc đã được trả lời. Hãy thử lại.", "The request to confirm has expired or was answered. Try again.")
)

// Means are the ways in which a person can prove presence.
type Means struct {
	Passkeys    []Passkey
	OneTimeCode bool
}

// own runs a use case on what is the person's own and of no agency.
func (s *Service) own(ctx context.Context, who Identity, fn func(tx *postgres.Tx) error) error {
	if err := who.Person.Allowed(access.ScopeSession); err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.DirectoryScope(), fn)
}

// Means gives the ways in which the person can prove presence.
func (s *Service) Means(ctx context.Context, who Identity) (m Means, err error) {
	err = s.own(ctx, who, func(tx *postgres.Tx) error {
		if m.Passkeys, err = tx.Passkeys(ctx, who.Person.AccountID); err != nil {
			return err
		}
		c, err := tx.LockOneTimeCode(ctx, who.Person.AccountID)
		m.OneTimeCode = err == nil && !c.ConfirmedAt.IsZero()
		if postgres.IsMissing(err) {
			return nil
		}
		return err
	})
	return m, err
}

// confirm asks for the password again: a new means of proof must not be had by
// who found a screen unlocked.
func (s *Service) confirm(ctx context.Context, who Identity, password string) error {
	var hash string
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) (err error) {
		_, hash, err = beginTry(ctx, tx, who.Holder.Login, s.now())
		return err
	})
	if err != nil {
		return fmt.Errorf("begin to confirm: %w", err)
	}
	same, err := s.hasher.matches(ctx, password, hash)
	if err == nil && !same {
		return errCurrent
	}
	return s.takeBack(ctx, who.Holder.Login, err)
}

func (s *Service) withPasskeys(ctx context.Context, tx *postgres.Tx, who Identity) (PasskeyHolder, error) {
	h := PasskeyHolder{ID: who.Person.AccountID, Login: who.Holder.Login, Name: who.Holder.FullName}
	list, err := tx.Passkeys(ctx, h.ID)
	for _, k := range list {
		h.Records = append(h.Records, k.Record)
	}
	return h, err
}

// Question is what a browser is asked.
type Question struct {
	ID      org.ID
	Options []byte // JSON
}

// ask keeps a question for its answer.
func (s *Service) ask(ctx context.Context, who Identity, purpose postgres.PresencePurpose, put func(PasskeyHolder) (options, kept []byte, err error)) (q Question, err error) {
	err = s.own(ctx, who, func(tx *postgres.Tx) error {
		now := s.now()
		n, err := tx.Presences(ctx, who.Person.AccountID, now.Add(-askedFor))
		if err != nil {
			return err
		}
		if n >= maxAsked {
			return errAskedOften
		}
		h, err := s.withPasskeys(ctx, tx, who)
		if err != nil {
			return err
		}
		if purpose == postgres.ToSign && len(h.Records) == 0 {
			return errNoPasskey
		}
		if len(h.Records) >= maxPasskeys && purpose == postgres.ToEnrol {
			return errManyPasskeys
		}
		options, kept, err := put(h)
		if err != nil {
			return err
		}
		q = Question{ID: postgres.NewID(), Options: options}
		return tx.AddPresence(ctx, who.Person.AccountID, postgres.Presence{ID: q.ID, Purpose: purpose, Challenge: kept, AskedAt: now})
	})
	return q, err
}

// answer judges the answer to a question. A question is answered once, rightly or not.
func (s *Service) answer(ctx context.Context, who Identity, id org.ID, purpose postgres.PresencePurpose,
	judge func(tx *postgres.Tx, h PasskeyHolder, kept []byte) error) error {
	var refused error
	err := s.own(ctx, who, func(tx *postgres.Tx) error {
		now := s.now()
		p, err := tx.LockPresence(ctx, who.Person.AccountID, id)
		if postgres.IsMissing(err) || err == nil && (p.Purpose != purpose || len(p.Challenge) == 0 || now.Sub(p.AskedAt) > askedFor) {
			return errQuestion
		}
		if err != nil {
			return err
		}
		h, err := s.withPasskeys(ctx, tx, who)
		if err != nil {
			return err
		}
		if refused = judge(tx, h, p.Challenge); refused == nil {
			p.ProvedAt = now
		}
		return tx.SavePresence(ctx, who.Person.AccountID, p)
	})
	if err != nil {
		return err
	}
	return refused
}

// AskPasskey asks for a new passkey, once the password was given again.
func (s *Service) AskPasskey(ctx context.Context, who Identity, password string) (Question, error) {
	if err := s.confirm(ctx, who, password); err != nil {
		return Question{}, err
	}
	return s.ask(ctx, who, postgres.ToEnrol, s.opts.Passkeys.Enrol)
}

// AddPasskey takes the new passkey that was asked for.
func (s *Service) AddPasskey(ctx context.Context, who Identity, id org.ID, name string, answer []byte) (Passkey, error) {
	k := Passkey{ID: postgres.NewID(), Name: document.CleanLine(name), AddedAt: s.now()}
	if k.Name == "" || len([]rune(k.Name)) > maxName {
		return k, fault.InvalidField("name", "required", "Hãy đặt tên cho khóa, không quá 100 ký tự.", "Give the passkey a name of at most 100 characters.")
	}
	err := s.answer(ctx, who, id, postgres.ToEnrol, func(tx *postgres.Tx, h PasskeyHolder, kept []byte) (err error) {
		if k.Handle, k.Record, err = s.opts.Passkeys.Enrolled(h, kept, answer); err != nil {
			return err
		}
		return tx.AddPasskey(ctx, h.ID, k)
	})
	return k, err
}

// RemovePasskey removes one of one's own passkeys.
func (s *Service) RemovePasskey(ctx context.Context, who Identity, id org.ID) error {
	return s.own(ctx, who, func(tx *postgres.Tx) error { return tx.RemovePasskey(ctx, who.Person.AccountID, id) })
}

// AskPresence asks the person's passkeys whether the person is there.
func (s *Service) AskPresence(ctx context.Context, who Identity) (Question, error) {
	return s.ask(ctx, who, postgres.ToSign, s.opts.Passkeys.Ask)
}

// ProvePresence judges the answer; what was asked is then a proof for one use.
func (s *Service) ProvePresence(ctx context.Context, who Identity, id org.ID, answer []byte) error {
	return s.answer(ctx, who, id, postgres.ToSign, func(tx *postgres.Tx, h PasskeyHolder, kept []byte) error {
		handle, record, err := s.opts.Passkeys.Answered(h, kept, answer)
		if err != nil {
			return err
		}
		return tx.UsePasskey(ctx, h.ID, Passkey{Handle: handle, Record: record}, s.now())
	})
}

// NewOneTimeCode gives the person a secret for their phone, once the password
// was given again. It counts when a first code was shown.
func (s *Service) NewOneTimeCode(ctx context.Context, who Identity, password string) (secret, address string, err error) {
	if err := s.confirm(ctx, who, password); err != nil {
		return "", "", err
	}
	if secret, address, err = s.opts.Codes.New(who.Holder.Login); err != nil {
		return "", "", err
	}
	err = s.own(ctx, who, func(tx *postgres.Tx) error {
		sealed := s.opts.Secrets.Seal(who.Person.AccountID, secret)
		return tx.SetOneTimeCode(ctx, who.Person.AccountID, postgres.OneTimeCode{Sealed: sealed}, s.now())
	})
	return secret, address, err
}

// ConfirmOneTimeCode shows that the phone has the secret.
func (s *Service) ConfirmOneTimeCode(ctx context.Context, who Identity, code string) error {
	return s.tryCode(ctx, who, code, func(_ *postgres.Tx, c *postgres.OneTimeCode) error {
		c.ConfirmedAt = s.now()
		return nil
	})
}

// RemoveOneTimeCode switches one's own codes off.
func (s *Service) RemoveOneTimeCode(ctx context.Context, who Identity) error {
	return s.own(ctx, who, func(tx *postgres.Tx) error { return tx.RemoveOneTimeCode(ctx, who.Person.AccountID) })
}

// ProveByCode gives a proof of presence for one use.
func (s *Service) ProveByCode(ctx context.Context, who Identity, code string) (org.ID, error) {
	p := postgres.Presence{ID: postgres.NewID(), Purpose: postgres.ToSign}
	err := s.tryCode(ctx, who, code, func(tx *postgres.Tx, c *postgres.OneTimeCode) error {
		if c.ConfirmedAt.IsZero() {
			return errNoCode
		}
		p.AskedAt = s.now()
		p.ProvedAt = p.AskedAt
		return tx.AddPresence(ctx, who.Person.AccountID, p)
	})
	return p.ID, err
}

// tryCode judges a code. Each counts once, and wrong ones in a row close the way
// for a while: there are only a million.
func (s *Service) tryCode(ctx context.Context, who Identity, code string, do func(*postgres.Tx, *postgres.OneTimeCode) error) error {
	var refused error
	err := s.own(ctx, who, func(tx *postgres.Tx) error {
		now, account := s.now(), who.Person.AccountID
		c, err := tx.LockOneTimeCode(ctx, account)
		if postgres.IsMissing(err) {
			return errNoCode
		}
		if err != nil {
			return err
		}
		if c.Failures >= wrongCodes && now.Sub(c.FailedAt) < codePause {
			return errCodePause
		}
		secret, err := s.opts.Secrets.Open(account, c.Sealed)
		if err != nil {
			return err
		}
		step, ok, err := s.opts.Codes.Step(secret, code, now)
		if err != nil {
			return err
		}
		refused = nil
		if !ok || step <= c.LastStep {
			refused = errWrongCode
			c.Failures, c.FailedAt = c.Failures+1, now
			return tx.SaveOneTimeCode(ctx, account, c)
		}
		c.LastStep, c.Failures, c.FailedAt = step, 0, time.Time{}
		if err := do(tx, &c); err != nil {
			return err
		}
		return tx.SaveOneTimeCode(ctx, account, c)
	})
	if err != nil {
		return err
	}
	return refused
}
