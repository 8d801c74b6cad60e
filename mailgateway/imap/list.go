package imap

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Cursor is how far a folder was read. UIDValidity 0 means never.
type Cursor struct {
	UIDValidity uint32
	LastUID     uint32
}

// Listed is what is known of a message before it is fetched.
type Listed struct {
	UID      uint32
	Size     int64     // as the server says, -1 when it does not; servers are wrong about it
	Received time.Time // zero when the server does not say
	Marked   bool      // our keyword stands on it
	Header   []byte    // the few fields that a list shows, as sent
}

// Batch is a piece of what is new, in the order of UIDs.
type Batch struct {
	Messages []Listed
	// Cursor is where to go on. It passes messages that vanished meanwhile.
	Cursor Cursor
	More   bool
}

// headerFields are what a list shows of a message that is too large to fetch.
var headerFields = []string{"From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "Auto-Submitted"}

const (
	maxListedHeader = 16 << 10
	unknownSize     = -1
)

// List gives at most limit messages after the cursor. Numbers of another
// validity are a *ValidityChanged.
func (c *Client) List(ctx context.Context, cursor Cursor, limit int) (Batch, error) {
	if cursor.UIDValidity != 0 && cursor.UIDValidity != c.box.UIDValidity {
		return Batch{Cursor: cursor}, &ValidityChanged{cursor.UIDValidity, c.box.UIDValidity}
	}
	cursor.UIDValidity = c.box.UIDValidity
	batch, err := c.list(ctx, cursor, limit)
	if errors.Is(err, ErrProtocol) && !c.bare && ctx.Err() == nil {
		// Sizes of −1 and the like end the connection in the library. Begin
		// again and ask for numbers only.
		c.bare = true
		if err = c.reopen(ctx); err == nil {
			return c.List(ctx, cursor, limit)
		}
	}
	return batch, err
}

func (c *Client) list(ctx context.Context, cursor Cursor, limit int) (Batch, error) {
	done := c.guard(ctx)
	batch, err := c.listNow(cursor, limit)
	return batch, done(err)
}

func (c *Client) listNow(cursor Cursor, limit int) (Batch, error) {
	batch := Batch{Cursor: cursor}
	if err := c.search(cursor); err != nil {
		return batch, err
	}
	n := min(limit, len(c.backlog))
	if n == 0 {
		return batch, nil
	}
	uids := c.backlog[:n]
	messages, err := c.fetchList(uids)
	if err != nil {
		return batch, err
	}
	batch.Messages = messages
	batch.Cursor.LastUID = uint32(uids[n-1])
	c.backlog = c.backlog[n:]
	batch.More = len(c.backlog) > 0
	return batch, nil
}

// search finds the numbers after the cursor, once for a whole backlog.
func (c *Client) search(cursor Cursor) error {
	last := imap.UID(cursor.LastUID)
	if len(c.backlog) > 0 {
		if at, _ := slices.BinarySearch(c.backlog, last+1); at < len(c.backlog) {
			c.backlog = c.backlog[at:]
			return nil
		}
	}
	select { // what is found now needs no second look
	case <-c.news:
	default:
	}
	// A search sees the folder as it was after the command before it.
	if err := c.c.Noop().Wait(); err != nil {
		return err
	}
	var after imap.UIDSet
	after.AddRange(last+1, 0)
	found, err := c.c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{after}}, nil).Wait()
	if err != nil {
		return err
	}
	uids := found.AllUIDs()
	slices.Sort(uids)
	// "n:*" always names the last message, even one before n (RFC 9051, 9).
	at, _ := slices.BinarySearch(uids, last+1)
	c.backlog = slices.Compact(uids[at:])
	return nil
}

func (c *Client) fetchList(uids []imap.UID) ([]Listed, error) {
	options := &imap.FetchOptions{UID: true}
	if !c.bare {
		options.RFC822Size, options.InternalDate, options.Flags = true, true, true
		options.BodySection = []*imap.FetchItemBodySection{{
			Specifier: imap.PartSpecifierHeader, HeaderFields: headerFields, Peek: true,
			Partial: &imap.SectionPartial{Size: maxListedHeader},
		}}
	}
	cmd := c.c.Fetch(imap.UIDSetNum(uids...), options)
	listed := make([]Listed, 0, len(uids))
	for message := cmd.Next(); message != nil; message = cmd.Next() {
		one, err := readListed(message)
		if err != nil {
			c.hangUp()
			_ = cmd.Close() // only frees it
			return nil, err
		}
		if one.UID != 0 {
			listed = append(listed, one)
		}
	}
	if err := cmd.Close(); err != nil {
		return nil, err
	}
	slices.SortFunc(listed, func(a, b Listed) int { return int(int64(a.UID) - int64(b.UID)) })
	return listed, nil
}

func readListed(message *imapclient.FetchMessageData) (Listed, error) {
	one := Listed{Size: unknownSize}
	for item := message.Next(); item != nil; item = message.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			one.UID = uint32(item.UID)
		case imapclient.FetchItemDataRFC822Size:
			if item.Size > 0 { // a mail of no bytes is a server that does not know
				one.Size = item.Size
			}
		case imapclient.FetchItemDataInternalDate:
			one.Received = item.Time
		case imapclient.FetchItemDataFlags:
			one.Marked = slices.ContainsFunc(item.Flags, func(f imap.Flag) bool { return strings.EqualFold(string(f), Keyword) })
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue
			}
			header, err := io.ReadAll(io.LimitReader(item.Literal, maxListedHeader))
			if err == nil && int64(len(header)) < min(item.Literal.Size(), maxListedHeader) {
				err = io.ErrUnexpectedEOF // the library takes a dropped line for the end
			}
			if err != nil {
				return one, err
			}
			one.Header = header
			// Some servers ignore the bound; the rest is skipped with the item.
		}
	}
	return one, nil
}
