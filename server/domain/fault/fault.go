// Package fault decides how a refusal is told: its kind (what a caller can do
// about it), a stable code (what a program matches on) and the sentence a
// person reads, in both languages of the product. Faults are made near the
// rule that refuses. The package must not know about HTTP, SQL or logging:
// api/problem.go and the workers map kinds, once each.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what a caller can do about a refusal.
type Kind string

// The kinds. An error that is no fault at all is Internal.
const (
	Invalid         Kind = "invalid"         // the request is wrong; correct the named fields
	Unauthenticated Kind = "unauthenticated" // sign in first
	Forbidden       Kind = "forbidden"       // may be seen, may not be done
	NotFound        Kind = "not_found"       // missing, or not the caller's: the two look the same
	Conflict        Kind = "conflict"        // the state does not allow it
	Stale           Kind = "stale"           // it changed since it was read; read again
	TooLarge        Kind = "too_large"       // over a limit of size
	Unsupported     Kind = "unsupported"     // a file or form that is not taken
	Throttled       Kind = "throttled"       // too many tries; wait
	Unavailable     Kind = "unavailable"     // a part of the system is away; try again
	Internal        Kind = "internal"        // a defect of ours; the text stays inside
)

// Text is one sentence in the two languages of the product.
type Text struct {
	VI, EN string
}

// Field is a refusal of one field of a request, named as the contract names it.
type Field struct {
	Name string
	Code string
	Text Text
}

// Error is a refusal that may be told to the person who caused it.
type Error struct {
	Kind   Kind
	Code   string
	Text   Text
	Fields []Field
	cause  error
}

// Error gives code and English text; it is for logs and tests, never for a response.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Text.EN, e.cause)
	}
	return e.Code + ": " + e.Text.EN
}

// Unwrap gives the cause, which stays inside.
func (e *Error) Unwrap() error { return e.cause }

// Is makes two faults of one code equal to errors.Is.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// New makes a fault. Both texts are full sentences that a clerk understands.
func New(kind Kind, code, vi, en string) *Error {
	return &Error{Kind: kind, Code: code, Text: Text{VI: vi, EN: en}}
}

// With gives a copy that names fields.
func (e *Error) With(fields ...Field) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), fields...)
	return &c
}

// Because gives a copy that carries its cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// InvalidField is the usual refusal of a single field.
func InvalidField(name, code, vi, en string) *Error {
	return New(Invalid, "invalid_request", "Thông tin nhập chưa đúng.", "The request is not valid.").
		With(Field{Name: name, Code: code, Text: Text{VI: vi, EN: en}})
}

// Missing is what a foreign object and an absent one both look like.
func Missing() *Error {
	return New(NotFound, "not_found", "Không tìm thấy.", "Not found.")
}

// KindOf tells the kind of any error; what is no fault is Internal.
func KindOf(err error) Kind {
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}
