package api

import (
	"sync"
	"time"

	"congvan/server/domain/fault"
)

// visits bounds what one address may ask for without signing in.
type visits struct {
	mutex sync.Mutex
	clock func() time.Time
	since time.Time
	count map[string]int
}

// The bound: a person who looks through a folder stays below it.
const (
	visitTime = time.Minute
	maxVisits = 30
	maxGuests = 100_000 // addresses that are remembered in that time
)

var errVisits = fault.New(fault.Throttled, "too_many_visits",
	"Bạn kiểm tra quá nhiều tệp trong một phút. Hãy đợi một lát.", "Too many files in a minute. Wait a little.")

func newVisits(clock func() time.Time) *visits {
	return &visits{clock: clock, since: clock(), count: map[string]int{}}
}

func (v *visits) enter(address string) error {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if now := v.clock(); now.Sub(v.since) >= visitTime {
		v.since, v.count = now, map[string]int{}
	}
	if v.count[address] >= maxVisits || len(v.count) >= maxGuests {
		return errVisits
	}
	v.count[address]++
	return nil
}
