package imap

import (
	"context"
	"time"
)

// Wait returns when it is time to look again: new mail was announced, IDLE had
// to be renewed, or, where there is no IDLE, the polling time is over. A line
// that died meanwhile is an error.
func (c *Client) Wait(ctx context.Context) error {
	select {
	case <-c.news:
		return nil
	default:
	}
	if !c.box.Idle {
		return c.poll(ctx)
	}
	done := c.guard(ctx)
	idle, err := c.c.Idle()
	if err != nil {
		return done(err)
	}
	c.line.rest() // from here the server may be silent
	timer := time.NewTimer(c.settings.Rearm)
	defer timer.Stop()
	select {
	case <-c.news:
	case <-timer.C:
	case <-ctx.Done():
	case <-c.c.Closed():
	}
	c.line.await(c.settings.Answer)
	err = idle.Close()
	if waitErr := idle.Wait(); err == nil {
		err = waitErr
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return done(err)
}

func (c *Client) poll(ctx context.Context) error {
	timer := time.NewTimer(c.settings.Poll)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		c.line.close()
		return context.Cause(ctx)
	case <-c.c.Closed():
	}
	done := c.guard(ctx)
	return done(c.c.Noop().Wait())
}
