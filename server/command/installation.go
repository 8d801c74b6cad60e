package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"congvan/mailgateway/imap"
	"congvan/mailgateway/receive"
	"congvan/server/api"
	"congvan/server/app/accounts"
	"congvan/server/app/casefile"
	"congvan/server/app/delivery"
	"congvan/server/app/evidence"
	"congvan/server/app/incoming"
	"congvan/server/app/intake"
	"congvan/server/app/notice"
	"congvan/server/app/outgoing"
	"congvan/server/app/report"
	"congvan/server/app/verification"
	"congvan/server/config"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/provider/autoconfig"
	"congvan/server/provider/presence"
	"congvan/server/provider/printing"
	"congvan/server/provider/safehtml"
	"congvan/server/provider/scan"
	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/text"
	"congvan/server/worker"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/secret"
	"congvan/web"
)

// installation is everything one process is made of, wired.
type installation struct {
	cfg       config.Config
	log       *slog.Logger
	tracer    trace.TracerProvider
	store     *postgres.Store
	blobs     *blob.Store
	accounts  *accounts.Service
	documents *outgoing.Service
	arrivals  *incoming.Service
	delivery  *delivery.Service
	mail      *intake.Service
	gateway   *receive.Gateway
	metrics   *prometheus.Registry
	secrets   *secret.Box
	notices   *notice.Service
	keyring   *keyring
	judged    *verification.Service
	hub       *notice.Hub
	evidence  *evidence.Service
}

func newInstallation(ctx context.Context, cfg config.Config, log *slog.Logger, tracer trace.TracerProvider) (*installation, error) {
	store, err := postgres.Open(ctx, cfg.DatabaseURL.Reveal(), cfg.DatabaseConnections)
	if err != nil {
		return nil, err
	}
	blobs, err := blob.New(blobConfig(cfg), store)
	if err != nil {
		store.Close()
		return nil, err
	}
	in := &installation{cfg: cfg, log: log, tracer: tracer, store: store, blobs: blobs, notices: notice.New(store, time.Now), hub: notice.NewHub(store),
		documents: outgoing.New(store, blobs, readable(blobs), time.Now),
		arrivals:  incoming.New(store, blobs, time.Now),
		metrics:   prometheus.NewRegistry()}
	in.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if err := errors.Join(in.openSecrets(), in.openMail(), in.openDelivery(), in.openEvidence(), in.watchBlobs()); err != nil { //nolint:contextcheck // the metrics are read later, under a time of their own
		in.close()
		return nil, err
	}
	return in, nil
}

// openSecrets wires what is sealed with the installation's key: people's means
// to prove presence, and keys.
func (in *installation) openSecrets() error {
	key, err := in.cfg.Key()
	if err != nil {
		return err
	}
	if in.secrets, err = secret.New(key); err != nil {
		return err
	}
	if in.keyring, err = in.openSigning(); err != nil {
		return err
	}
	asking, err := passkeys(in.cfg)
	if err != nil {
		return err
	}
	in.accounts = accounts.New(in.store, time.Now, accounts.Options{SessionIdle: in.cfg.SessionIdle, SessionLife: in.cfg.SessionLife, ReadSheet: readSheet,
		Secrets: in.secrets, Passkeys: asking, Codes: accounts.Codes{New: presence.NewCode, Step: presence.Step}, Keys: in.keyring.keys()})
	in.documents.SignWith(in.keyring.signing())
	in.judged = verification.New(in.store, in.blobs, in.keyring.judge, pdf.MaxFile, time.Now)
	return nil
}

// openMail wires the gateway and what becomes of mail.
func (in *installation) openMail() error {
	var err error
	in.gateway, err = receive.New(in.store, in.blobs, in.secrets, in.log, in.metrics, receive.Options{
		MaxBytes: in.cfg.MaxMailBytes, HardBytes: in.cfg.MaxUploadBytes,
		AllowPrivate: in.cfg.AllowPrivateMailHosts, AllowPlain: in.cfg.AllowPlainMail})
	if err != nil {
		return err
	}
	public, err := in.cfg.Public()
	if err != nil {
		return err
	}
	in.mail = intake.New(in.store, in.blobs, in.secrets, time.Now, in.intakeOptions(serverName(public)))
	return nil
}

// intakeOptions wires what intake asks of programs and of the network.
func (in *installation) intakeOptions(server string) intake.Options {
	opts := intake.Options{AllowPlain: in.cfg.AllowPlainMail, Reopen: in.gateway.Reopen, Prove: in.gateway.Prove, ReadBody: in.gateway.ReadBody,
		CleanHTML: safehtml.Clean, Print: printing.Mail, Notify: in.notify, Discover: autoconfig.New(in.mailControl()).Find,
		Ask: askAxis(in.cfg), Unpack: unpackEdXML(in.cfg), Server: server, Log: in.log, RefuseRetired: in.cfg.AxisRefuseRetired}
	if in.cfg.ClamAV != "" {
		opts.Scan = scan.New(in.cfg.ClamAV).Scan
	}
	return opts
}

// mailControl keeps settings of mail servers from leading inside (K12).
func (in *installation) mailControl() func(network, address string, c syscall.RawConn) error {
	if in.cfg.AllowPrivateMailHosts {
		return nil
	}
	return imap.PublicOnly
}

// notify sends a short mail of the system, where a server for outgoing mail is configured.
func (in *installation) notify(ctx context.Context, n exchange.MailNotice) error {
	if in.cfg.SMTPHost == "" {
		return nil
	}
	channel, err := mailChannel(in.cfg)
	if err != nil {
		return err
	}
	return channel.Notify(ctx, n)
}

func blobConfig(cfg config.Config) blob.Config {
	return blob.Config{Endpoint: cfg.S3Endpoint, Secure: cfg.S3Secure, Access: cfg.S3AccessKey, Secret: cfg.S3SecretKey.Reveal(),
		Bucket: cfg.S3Bucket, Region: cfg.S3Region}
}

func (in *installation) close() {
	in.blobs.Close()
	in.store.Close()
}

// readable refuses files that nobody could read: encrypted, damaged, empty.
func readable(blobs *blob.Store) outgoing.Inspect {
	return func(ctx context.Context, file document.File) error {
		content, err := blobs.Open(ctx, file.Hash)
		if err != nil {
			return err
		}
		defer content.Close()
		_, err = text.Check(&randomAccess{content}, file.Size, file.Name)
		return err
	}
}

// randomAccess lets a seekable file be read at any place, by one reader at a time.
type randomAccess struct{ content io.ReadSeeker }

// ReadAt reads at a place.
func (r *randomAccess) ReadAt(p []byte, off int64) (int, error) {
	if _, err := r.content.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(r.content, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// run does what the process is there for until ctx ends; ready is called once
// requests are answered.
func (in *installation) run(ctx context.Context, ready func()) error {
	if err := in.blobs.EnsureBucket(ctx); err != nil {
		in.log.WarnContext(ctx, "the object store is not there yet", slog.Any("error", err))
	}
	if err := in.mail.MakeKey(ctx); err != nil {
		in.log.WarnContext(ctx, "there is no key for receipts yet", slog.Any("error", err))
	}
	group, ctx := errgroup.WithContext(ctx)
	if in.cfg.Does("api") {
		group.Go(func() error { return in.hub.Run(ctx) })
		group.Go(func() error { return in.serveHTTP(ctx, ready) })
	}
	if in.cfg.Does("worker") {
		group.Go(func() error { return worker.Run(ctx, in.store.Pool(), in.work(), in.log) })
	}
	if in.cfg.Does("mail") {
		group.Go(func() error { return in.gateway.Run(ctx) })
	}
	return group.Wait()
}

func (in *installation) work() worker.Work {
	return worker.Work{
		TellSender:      in.delivery.Tell,
		TakeInMail:      in.mail.TakeIn,
		CheckSenders:    in.mail.CheckSenders,
		WarnSender:      in.mail.WarnSender,
		Answered:        in.arrivals.Answered,
		Dispatch:        in.delivery.Dispatch,
		DispatchDue:     in.dispatchDue,
		SendStatus:      in.delivery.SendStatuses,
		PollAxis:        in.mail.Poll,
		Sweep:           in.sweep,
		Verify:          in.verify,
		Chain:           in.evidence.Chain,
		Checkpoint:      in.evidence.Checkpoint,
		Sign:            in.documents.SignOrder,
		ExpireOrders:    in.documents.ExpireOrders,
		JudgeFiles:      in.judged.Arrived,
		Alarm:           in.notices.Alarm,
		Digest:          in.digest,
		TellRecipients:  in.delivery.TellRecipients,
		RequestAnswered: in.delivery.Answered,
		SendRequest:     in.delivery.SendRequest,
		HearRequest:     in.delivery.Hear,
	}
}

// dispatchDue looks for deliveries and statuses that nobody sends.
func (in *installation) dispatchDue(ctx context.Context) error {
	return errors.Join(in.delivery.DispatchDue(ctx), in.delivery.SendStatusesDue(ctx), in.delivery.SendRequestsDue(ctx))
}

// digest mails what is unread, where a server for outgoing mail is configured.
func (in *installation) digest(ctx context.Context) error {
	if in.cfg.SMTPHost == "" {
		return nil
	}
	public, err := in.cfg.Public()
	if err != nil {
		return err
	}
	return in.notices.Digest(ctx, in.notify, strings.TrimSuffix(public.String(), "/"))
}

// sweep removes what nobody refers to any more.
func (in *installation) sweep(ctx context.Context) error {
	swept, err := in.blobs.Sweep(ctx, time.Now(), in.cfg.RestoreWindow)
	if err != nil {
		return err
	}
	sessions, err := in.accounts.Forget(ctx)
	if err != nil {
		return err
	}
	if err := in.mail.ForgetSignatures(ctx); err != nil {
		return err
	}
	in.log.InfoContext(ctx, "swept",
		slog.Any("blobs", swept.Blobs), slog.Any("orphans", swept.Orphans), slog.Any("uploads", swept.Uploads), slog.Any("bytes", swept.Bytes), slog.Any("sessions", sessions))
	return nil
}

func (in *installation) handler() (http.Handler, error) {
	public, err := in.cfg.Public()
	if err != nil {
		return nil, err
	}
	return api.New(api.Options{Accounts: in.accounts, Documents: in.documents, Writing: outgoing.NewWriting(in.documents, writingTools(in.cfg.SMTPFrom != "")), Arrivals: in.arrivals, Paper: incoming.NewPaper(in.arrivals, paperTools()), Deliveries: in.delivery, Mail: in.mail, AxisBase: in.cfg.AxisBase,
		Reports: report.New(in.store, time.Now, binders()), CaseFiles: casefile.New(in.store, in.blobs, time.Now, forms()),
		Notices: in.notices, Changes: in.hub, Web: web.Files(), Version: api.Version{Version: versionText(), Demo: in.cfg.Demo},
		Ready:     []api.Check{{Name: "database", Test: in.store.Ping}, {Name: "objects", Test: in.blobs.Ping}},
		PublicURL: public, Judged: in.judged, PublicVerify: in.cfg.PublicVerify, LocalProgram: in.cfg.LocalSigningURL,
		TrustedProxies: in.cfg.TrustedProxies, MaxUpload: in.cfg.MaxUploadBytes, Log: in.log, Metrics: in.metrics, Tracer: in.tracer})
}

// drain is how long requests under way may take when the process ends.
const drain = 15 * time.Second

func (in *installation) serveHTTP(ctx context.Context, ready func()) error {
	handler, err := in.handler() //nolint:contextcheck // each request has its own
	if err != nil {
		return err
	}
	server := api.Server(in.cfg.Addr, handler, in.log)
	listener, err := listen(ctx, in.cfg.Addr)
	if err != nil {
		return err
	}
	ready()
	return serveUntil(ctx, server, listener)
}

// listen opens the address, or takes over the socket that systemd holds: what
// comes in while the process is replaced waits there and is not refused.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	held, err := activation.Listeners()
	if err != nil {
		return nil, fmt.Errorf("take over the socket: %w", err)
	}
	if len(held) > 1 {
		return nil, fmt.Errorf("take over the socket: there are %d", len(held))
	}
	if len(held) == 1 && held[0] != nil {
		return held[0], nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens on %s: end it, or choose another address with CONGVAN_ADDR", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return listener, nil
}

// settling is how long what was connected has to say what it wants once nothing
// new is taken: http.Server.Shutdown hangs up on who has not.
const settling = 500 * time.Millisecond

// serveUntil answers until ctx ends. It is not the requests' context: what is
// under way then is done and answered. Streams of changes end with the hub.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	closed := listener.Close()
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		closed = errors.Join(closed, err)
	}
	server.SetKeepAlivesEnabled(false)
	<-time.After(settling)
	if err := errors.Join(closed, server.Shutdown(ending)); err != nil {
		return fmt.Errorf("end requests under way: %w", err)
	}
	return nil
}
