// Package api speaks HTTP by the contract in openapi.yaml: it finds out who
// asks, checks every request against the contract, calls one use case and puts
// the answer into the contract's form. It must not decide who may do what
// (domain/access) or how anything is done (app), and it never sees a table or
// the object store.
package api

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin"
	"go.opentelemetry.io/otel/trace"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
	"congvan/server/app/casefile"
	"congvan/server/app/delivery"
	"congvan/server/app/incoming"
	"congvan/server/app/intake"
	"congvan/server/app/notice"
	"congvan/server/app/outgoing"
	"congvan/server/app/report"
	"congvan/server/app/verification"
)

// Options are what the server is made of and the settings of the installation.
type Options struct {
	Accounts   *accounts.Service
	Documents  *outgoing.Service
	Writing    *outgoing.Writing
	Deliveries *delivery.Service
	Arrivals   *incoming.Service
	Mail       *intake.Service
	AxisBase   string // path that the calls of the national axis are below
	Reports    *report.Service
	CaseFiles  *casefile.Service
	Paper      *incoming.Paper
	Notices    *notice.Service
	Judged     *verification.Service
	Changes    *notice.Hub

	Web     fs.FS // the web app; none serves the interface alone
	Version Version
	Ready   []Check

	PublicURL      *url.URL // how people reach the installation; decides on secure cookies
	TrustedProxies []string // whose word about a client's address is taken
	MaxUpload      int64    // bytes of one uploaded file
	PublicVerify   bool     // anybody may have a PDF judged
	LocalProgram   string   // where the signing program on a person's PC is reached

	Log     *slog.Logger
	Metrics *prometheus.Registry
	Tracer  trace.TracerProvider
}

// Version tells what runs here.
type Version struct {
	Version  string
	Training bool // marked on every screen: nothing here is official
	Demo     bool
}

// Check is one thing that must work before requests are sent here.
type Check struct {
	Name string
	Test func(context.Context) error
}

// server carries out the operations of the contract, one room per tag.
type server struct {
	sessionRoom
	directoryRoom
	administrationRoom
	delegationRoom
	calendarRoom
	casefileRoom
	paperRoom
	uploadRoom
	documentRoom
	writingRoom
	arrivalRoom
	lineRoom
	registerRoom
	mailRoom
	linkRoom
	workRoom
	peerRoom
	signingRoom
	presenceRoom
	systemRoom
}

// gate is what every request goes through.
type gate struct {
	opts     Options
	contract *contract
	origin   *http.CrossOriginProtection
	secure   bool
	policy   string // what pages may do
}

// New builds the handler of everything that is served.
func New(opts Options) (http.Handler, error) {
	known, err := readContract()
	if err != nil {
		return nil, err
	}
	g := &gate{opts: opts, contract: known, origin: http.NewCrossOriginProtection(), secure: opts.PublicURL.Scheme == "https",
		policy: policyWith(opts.LocalProgram)}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.ContextWithFallback = true
	engine.HandleMethodNotAllowed = true
	if err := engine.SetTrustedProxies(opts.TrustedProxies); err != nil {
		return nil, fmt.Errorf("read trusted proxies: %w", err)
	}
	meter, err := newMeter(opts.Metrics)
	if err != nil {
		return nil, err
	}
	engine.Use(g.identify, g.observe(meter), otelgin.Middleware("congvan", otelgin.WithTracerProvider(opts.Tracer), otelgin.WithFilter(traced)),
		g.recover, g.protect, g.admit)
	g.mountSystem(engine)
	if err := g.mountContract(engine); err != nil {
		return nil, err
	}
	return g.besideAxis(engine), nil
}

// traced keeps what opens a link by itself out of the traces, which name the path.
func traced(r *http.Request) bool { return !strings.HasPrefix(r.URL.Path, "/api/links/") }

// mountContract routes the operations of the contract.
func (g *gate) mountContract(engine *gin.Engine) error {
	rooms := &server{
		sessionRoom:        sessionRoom{accounts: g.opts.Accounts, secure: g.secure},
		directoryRoom:      directoryRoom{accounts: g.opts.Accounts},
		administrationRoom: administrationRoom{accounts: g.opts.Accounts},
		delegationRoom:     delegationRoom{accounts: g.opts.Accounts},
		calendarRoom:       calendarRoom{accounts: g.opts.Accounts},
		paperRoom:          paperRoom{paper: g.opts.Paper},
		casefileRoom:       casefileRoom{files: g.opts.CaseFiles},
		uploadRoom:         uploadRoom{documents: g.opts.Documents},
		documentRoom:       documentRoom{documents: g.opts.Documents, deliveries: g.opts.Deliveries},
		writingRoom:        writingRoom{writing: g.opts.Writing},
		arrivalRoom:        arrivalRoom{arrivals: g.opts.Arrivals},
		lineRoom:           lineRoom{arrivals: g.opts.Arrivals},
		registerRoom:       registerRoom{reports: g.opts.Reports, documents: g.opts.Documents},
		mailRoom:           mailRoom{mail: g.opts.Mail},
		linkRoom:           linkRoom{deliveries: g.opts.Deliveries, guests: newVisits(time.Now)},
		peerRoom:           peerRoom{deliveries: g.opts.Deliveries},
		workRoom:           workRoom{notices: g.opts.Notices, hub: g.opts.Changes, accounts: g.opts.Accounts},
		systemRoom:         systemRoom{version: g.opts.Version},

		presenceRoom: presenceRoom{accounts: g.opts.Accounts},
		signingRoom: signingRoom{documents: g.opts.Documents, arrivals: g.opts.Arrivals, accounts: g.opts.Accounts, judged: g.opts.Judged,
			public: g.opts.PublicVerify, local: g.opts.LocalProgram, visits: newVisits(time.Now), log: g.opts.Log},
	}
	strict := gen.NewStrictHandlerWithOptions(rooms, nil, gen.StrictGinServerOptions{
		RequestErrorHandlerFunc:  func(c *gin.Context, err error) { g.refuse(c, errMalformed.Because(err)) },
		HandlerErrorFunc:         g.refuse,
		ResponseErrorHandlerFunc: g.broken,
	})
	gen.RegisterHandlersWithOptions(engine, strict, gen.GinServerOptions{
		// Requests are checked before; what still cannot be read is malformed.
		ErrorHandler: func(c *gin.Context, err error, _ int) { g.refuse(c, errMalformed.Because(err)) },
	})
	resume, err := newResume(g, g.opts.Documents)
	if err != nil {
		return err
	}
	resume.mount(engine)
	web, err := newWeb(g.opts.Web)
	if err != nil {
		return err
	}
	engine.NoRoute(g.fallback(web))
	engine.NoMethod(func(c *gin.Context) { g.problem(c, http.StatusMethodNotAllowed, errMethod) })
	return nil
}

// The time a client has. Streams of files and of changes extend theirs while
// they move.
const (
	headerTime = 10 * time.Second
	readTime   = 60 * time.Second
	writeTime  = 60 * time.Second
	idleTime   = 120 * time.Second

	maxHeader = 320 << 10 // a message of the axis names its recipients in its headers, twice
)

// Server gives an HTTP server that a slow or hostile client cannot hold.
func Server(addr string, handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
