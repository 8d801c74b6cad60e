package delivery_test

import (
	"context"
	"io"
	"testing"

	"congvan/server/app/delivery"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

// That our own store is away is told as that, and says nothing of the other
// side; a package that cannot be made keeps its own reason.
func TestE3_AStoreThatIsAwayIsNotTheOtherSidesTrouble(t *testing.T) {
	t.Parallel()
	storeAway := fault.New(fault.Unavailable, "object_store_away", "Kho tệp không sẵn sàng.", "The object store is away.")
	writes := func(_ context.Context, w io.Writer, _ exchange.Envelope, _ delivery.Open) error {
		_, err := w.Write(make([]byte, 1<<20))
		return err
	}
	fails := func(context.Context, io.Writer, exchange.Envelope, delivery.Open) error {
		return exchange.ErrFileDamaged
	}
	stores := func(_ context.Context, r io.Reader) (exchange.FileRef, error) {
		_, err := io.Copy(io.Discard, r)
		return exchange.FileRef{}, err
	}
	for _, c := range []struct {
		write delivery.Write
		keep  delivery.Keep
		want  string
	}{
		{writes, func(context.Context, io.Reader) (exchange.FileRef, error) { return exchange.FileRef{}, storeAway }, exchange.ErrFileAway.Code},
		{fails, stores, exchange.ErrFileDamaged.Code},
	} {
		d := newDesk(t, func(o *delivery.Options) { o.Write, o.Keep = c.write, c.keep })
		id := d.issue(d.mailOnly(1, "mailbox"))
		d.dispatch(d.only())
		if x := d.delivery(id); x.State != exchange.Waiting || x.ReasonCode != c.want {
			t.Errorf("%s: %+v", c.want, x)
		}
	}
}
