package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
)

type requestKey struct{}

// request is what the gate knows of a request under way.
type request struct {
	id        string
	operation *operation
}

// identify numbers the request; the number stands in its log lines and in
// every problem, so that what a person reports can be found.
func (g *gate) identify(c *gin.Context) {
	r := &request{id: uuid.Must(uuid.NewV7()).String(), operation: g.contract.find(c.Request, c.FullPath())}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), requestKey{}, r))
	c.Header("X-Request-Id", r.id)
	c.Next()
}

func underWay(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

func requestID(ctx context.Context) string { return underWay(ctx).id }

// operationID gives the operation's name in the contract, and nothing for what
// is no operation.
func operationID(ctx context.Context) string {
	if o := underWay(ctx).operation; o != nil {
		return o.id
	}
	return ""
}

// meter counts requests and their time by route, never by path: a path holds
// identifiers, and there would be as many series as objects.
type meter struct {
	seconds *prometheus.HistogramVec
	running prometheus.Gauge
}

func newMeter(registry *prometheus.Registry) (*meter, error) {
	m := &meter{
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "congvan_http_request_seconds",
			Help:    "Time to answer requests, by route of the contract.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60}}, []string{"method", "route", "status"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "congvan_http_requests_running", Help: "Requests being answered now."}),
	}
	for _, c := range []prometheus.Collector{m.seconds, m.running} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// observe measures and logs each request: by route, never by path or query,
// which may hold what somebody searched for.
func (g *gate) observe(m *meter) gin.HandlerFunc {
	return func(c *gin.Context) {
		begun := time.Now()
		m.running.Inc()
		defer func() {
			m.running.Dec()
			took := time.Since(begun)
			name := c.FullPath()
			if name == "" {
				name = "other"
			}
			method := c.Request.Method
			if !knownMethod(method) {
				method = "other"
			}
			m.seconds.WithLabelValues(method, name, strconv.Itoa(c.Writer.Status())).Observe(took.Seconds())
			level := slog.LevelInfo
			if c.FullPath() == "" || operationID(c) == "" {
				level = slog.LevelDebug
			}
			g.opts.Log.LogAttrs(c.Request.Context(), level, "request", slog.String("request", requestID(c)), slog.String("method", method),
				slog.String("route", name), slog.Int("status", c.Writer.Status()), slog.Duration("took", took), slog.Int("bytes", max(c.Writer.Size(), 0)))
		}()
		c.Next()
	}
}

// knownMethod keeps clients from inventing label values.
func knownMethod(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return true
	}
	return false
}

// recover turns a panic into a problem without a word of it.
func (g *gate) recover(c *gin.Context) {
	defer func() {
		what := recover()
		if what == nil {
			return
		}
		if err, ok := what.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(what) // somebody broke an answer off on purpose
		}
		g.opts.Log.ErrorContext(c.Request.Context(), "panic", slog.String("request", requestID(c)), slog.String("operation", operationID(c)),
			slog.String("panic", fmt.Sprint(what)), slog.String("stack", string(debug.Stack())))
		if c.Writer.Written() {
			panic(http.ErrAbortHandler)
		}
		g.problem(c, http.StatusInternalServerError, errDefect)
	}()
	c.Next()
}
