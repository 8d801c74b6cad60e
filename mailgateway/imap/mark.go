package imap

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
)

// MarkDone tells the mailbox that messages were taken, in the way that its
// settings say, and whether it could be told. It is called after the commit
// and only for people's eyes: what was taken is known by the cursor.
func (c *Client) MarkDone(ctx context.Context, uids []uint32) (told bool, err error) {
	if len(uids) == 0 {
		return false, nil
	}
	done := c.guard(ctx)
	set := uidSet(uids)
	switch c.settings.After {
	case AfterKeyword:
		if !c.box.Keywords {
			break
		}
		told, err = true, c.store(set, Keyword)
	case AfterFlag:
		if !c.box.Writable {
			break
		}
		told, err = true, c.store(set, imap.FlagFlagged)
	case AfterMove:
		told, err = true, c.move(set)
	}
	if err := done(err); err != nil {
		return false, err
	}
	return told, nil
}

func (c *Client) store(set imap.UIDSet, flag imap.Flag) error {
	return c.c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
}

// move never expunges what others marked as deleted: without MOVE and without
// UID EXPUNGE it is refused.
func (c *Client) move(set imap.UIDSet) error {
	if caps := c.c.Caps(); !caps.Has(imap.CapMove) && !caps.Has(imap.CapUIDPlus) {
		return ErrCannotMove
	}
	_, err := c.c.Move(set, c.settings.MoveTo).Wait()
	var refused *imap.Error
	if !errors.As(err, &refused) || refused.Code != imap.ResponseCodeTryCreate && refused.Code != imap.ResponseCodeNonExistent {
		return err
	}
	if err := c.c.Create(c.settings.MoveTo, nil).Wait(); err != nil {
		return err
	}
	_, err = c.c.Move(set, c.settings.MoveTo).Wait()
	return err
}
