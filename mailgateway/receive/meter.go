package receive

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"congvan/storage/postgres"
)

// meter counts what the gateway does. Neither mailboxes nor agencies are told apart.
type meter struct {
	read     prometheus.Gauge
	failing  prometheus.Gauge
	silent   prometheus.Gauge
	messages prometheus.Counter
	failures *prometheus.CounterVec
}

func newMeter(metrics prometheus.Registerer) (*meter, error) {
	m := &meter{
		read:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "congvan_mailboxes", Help: "Mailboxes that this process reads."}),
		failing:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "congvan_mailboxes_failing", Help: "Of them, those that cannot be read and that a person should look at."}),
		silent:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "congvan_mailboxes_silent", Help: "Of them, those without mail for longer than is usual."}),
		messages: prometheus.NewCounter(prometheus.CounterOpts{Name: "congvan_mail_taken_total", Help: "Messages stored."}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "congvan_mailbox_failures_total", Help: "Sessions that ended with a failure, by its code."}, []string{"code"}),
	}
	if metrics == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.read, m.failing, m.silent, m.messages, m.failures} {
		if err := metrics.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics of the gateway: %w", err)
		}
	}
	return m, nil
}

func (m *meter) mailboxes(n int) { m.read.Set(float64(n)) }

// health shows how the mailboxes stand that this process holds.
func (m *meter) health(boxes []postgres.HeldMailbox, now time.Time) {
	failing, silent := 0, 0
	for _, b := range boxes {
		switch {
		case b.Silent(now):
			silent++
		case b.InTrouble(now):
			failing++
		}
	}
	m.failing.Set(float64(failing))
	m.silent.Set(float64(silent))
}

func (m *meter) taken(n int)         { m.messages.Add(float64(n)) }
func (m *meter) failure(code string) { m.failures.WithLabelValues(code).Inc() }
