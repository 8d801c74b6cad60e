package postgres

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// CountCap is how far counts are counted; beyond it there are "more".
const CountCap = 1000

// Cursor is the place in a list, newest first, after which the next page begins.
type Cursor struct {
	At time.Time
	ID org.ID
}

// String gives the cursor as clients carry it, without meaning to them.
func (c Cursor) String() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(c.At.UnixMicro()))
	return base64.RawURLEncoding.EncodeToString(append(b, c.ID[:]...))
}

// ParseCursor reads what String wrote; nothing is the beginning of the list.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 24 {
		return Cursor{}, fault.InvalidField("cursor", "invalid_cursor", "Vị trí trang không hợp lệ.", "The cursor is not valid.")
	}
	c := Cursor{At: time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC()}
	copy(c.ID[:], b[8:])
	return c, nil
}

// builder puts a filtered list together: conditions joined by and, and their
// arguments in order. Values never become part of the text.
type builder struct {
	where []string
	args  []any
}

// arg adds an argument and gives its place.
func (b *builder) arg(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// and adds a condition, whose %s are replaced by the places of the values.
func (b *builder) and(condition string, values ...any) {
	places := make([]any, len(values))
	for i, v := range values {
		places[i] = b.arg(v)
	}
	b.where = append(b.where, fmt.Sprintf(condition, places...))
}

func (b *builder) conditions() string {
	if len(b.where) == 0 {
		return "true"
	}
	return strings.Join(b.where, " and ")
}

// found keeps the rows whose words the query asks for. The newest hits are
// looked for first: enough tells how many will do, nil asks for all of them.
func (b *builder) found(subjectType, query string, times span, enough *int) {
	b.and("x.id in (select s.subject_id from search_entries(%s, %s, %s, %s, %s) s)", subjectType, query, times.since, times.until, enough)
}

// span is the time that a list is narrowed to; nil is open.
type span struct{ since, until *time.Time }

func spanOf(from, until org.Day, after Cursor) (s span) {
	if !from.IsZero() {
		s.since = new(from.Start())
	}
	if !until.IsZero() {
		s.until = new(until.AddDays(1).Start())
	}
	if !after.At.IsZero() && (s.until == nil || after.At.Before(*s.until)) {
		s.until = &after.At
	}
	return s
}

// hitsPerRow is how many hits are looked for first for each row of a page: the
// other conditions and the person's rights keep some of them away.
const hitsPerRow = 2

// searched gives a page out of the newest hits, and looks among all of them
// only when those do not fill it.
func searched[T any](query string, limit int, page func(enough *int) ([]T, error)) ([]T, error) {
	if query == "" {
		return page(nil)
	}
	list, err := page(new(hitsPerRow * limit))
	if err != nil || len(list) >= limit {
		return list, err
	}
	return page(nil)
}

// rows runs the list and reads each row.
func rows[T any](ctx context.Context, tx *Tx, sql string, args []any, read func(pgx.CollectableRow) (T, error)) ([]T, error) {
	r, err := tx.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	list, err := pgx.CollectRows(r, read)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	return list, nil
}

// capped counts at most CountCap rows of a query, and tells whether there are more.
func (tx *Tx) capped(ctx context.Context, sql string, args []any) (count int, more bool, err error) {
	var n int
	if err := tx.tx.QueryRow(ctx, fmt.Sprintf("select count(*) from (%s limit %d) c", sql, CountCap+1), args...).Scan(&n); err != nil {
		return 0, false, fmt.Errorf("count: %w", err)
	}
	return min(n, CountCap), n > CountCap, nil
}
