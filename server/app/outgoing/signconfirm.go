package outgoing

import (
	"context"
	"errors"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/job"
)

// confirmTime bounds how long a service may take while the person waits.
const confirmTime = time.Minute

// ConfirmOrders has the service of a batch sign with what the person typed: a
// PIN, a one-time code. It is handed on at once and neither stored nor queued.
// A wrong one ends no order and is tried for none but the first: keys lock
// themselves after a few.
func (s *Service) ConfirmOrders(ctx context.Context, who access.Person, batch org.ID, secrets map[string]string) ([]SigningOrder, error) {
	if err := s.maySign(who, document.Sign); err != nil {
		return nil, err
	}
	list, err := s.Orders(ctx, who, batch)
	if err != nil {
		return nil, err
	}
	if batch.IsZero() || len(list) == 0 {
		return nil, fault.Missing()
	}
	ctx, cancel := context.WithTimeout(ctx, confirmTime)
	defer cancel()
	tasks, orders, err := s.startAsked(ctx, list)
	if err != nil || len(tasks) == 0 {
		return list, err
	}
	files, err := s.signing.SignAsked(ctx, tasks, secrets)
	for i, file := range files {
		if _, refused := s.accept(ctx, orders[i], file); refused != nil {
			err = errors.Join(err, s.failOrder(ctx, orders[i], refused))
		}
	}
	if err != nil {
		return nil, err
	}
	return s.Orders(ctx, who, batch)
}

// startAsked begins those of the orders that still wait for a service.
func (s *Service) startAsked(ctx context.Context, list []SigningOrder) (tasks []SignTask, orders []SigningOrder, err error) {
	for _, o := range list {
		if o.Provider != signing.Remote || !o.State.Allows(signing.Start) {
			continue
		}
		task, started, err := s.startOrder(ctx, job.Sign{AgencyID: o.AgencyID, OrderID: o.ID})
		if err != nil {
			return nil, nil, err
		}
		if started.ID.IsZero() || len(task.Certificate.Asks) == 0 {
			continue
		}
		if task.File, err = s.bytesOf(ctx, started.FileHash); err != nil {
			return nil, nil, err
		}
		tasks, orders = append(tasks, task), append(orders, started)
	}
	return tasks, orders, nil
}
