package command

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"congvan/migrations"
	"congvan/server/config"
	"congvan/server/domain/fault"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// doctor goes through the checks in the order in which one rests on another.
type doctor struct {
	environ  []string
	clock    func() time.Time
	cfg      config.Config
	secrets  []string // what no line may show, whatever a library says
	findings []finding
}

// examine makes all the checks; what rests on a failed one is not tried.
func (d *doctor) examine(ctx context.Context) {
	if !d.readSettings() || !d.checkSettings() {
		return
	}
	d.checkDisk()
	store, err := postgres.Open(ctx, d.cfg.DatabaseURL.Reveal(), 2)
	if err != nil {
		d.add("database", stateWrong, both("%s", "%s", innermost(err)), both("Sửa CONGVAN_DATABASE_URL.", "Correct CONGVAN_DATABASE_URL."))
		return
	}
	defer store.Close()
	schema := false
	within(ctx, func(ctx context.Context) {
		if d.checkDatabase(ctx, store) {
			d.checkRole(ctx, store)
			schema = d.checkSchema(ctx)
			d.checkClock(ctx, store)
		}
	})
	blobs, err := blob.New(blobConfig(d.cfg), store)
	if err != nil {
		d.add("bucket", stateWrong, both("%s", "%s", innermost(err)), both("Sửa CONGVAN_S3_ENDPOINT.", "Correct CONGVAN_S3_ENDPOINT."))
		return
	}
	defer blobs.Close()
	within(ctx, func(ctx context.Context) { d.checkBucket(ctx, blobs) })
	if schema {
		within(ctx, func(ctx context.Context) { d.checkMailboxes(ctx, store, blobs) })
	}
}

var checkNames = map[string]fault.Text{
	"settings": {VI: "cấu hình", EN: "settings"}, "demo": {VI: "bản chạy thử", EN: "demo"}, "disk": {VI: "ổ đĩa", EN: "disk"},
	"database": {VI: "cơ sở dữ liệu", EN: "database"}, "role": {VI: "quyền CSDL", EN: "role"}, "schema": {VI: "lược đồ", EN: "schema"},
	"clock": {VI: "đồng hồ", EN: "clock"}, "bucket": {VI: "kho tệp", EN: "bucket"}, "mailbox": {VI: "hộp thư", EN: "mailbox"},
}

func (d *doctor) add(check string, state findingState, found, advice fault.Text) {
	d.findings = append(d.findings, finding{check: check, name: checkNames[check], state: state, found: d.withoutSecrets(found), advice: d.withoutSecrets(advice)})
}

func (d *doctor) withoutSecrets(t fault.Text) fault.Text {
	for _, s := range d.secrets {
		t = fault.Text{VI: strings.ReplaceAll(t.VI, s, "•••"), EN: strings.ReplaceAll(t.EN, s, "•••")}
	}
	return t
}

// keepSecret notes what must not show.
func (d *doctor) keepSecret(secrets ...string) {
	for _, s := range secrets {
		if len(s) >= 4 { // less would blot out ordinary words
			d.secrets = append(d.secrets, s, url.QueryEscape(s))
		}
	}
}

// innermost gives the first cause: what the machine below said.
func innermost(err error) string {
	for {
		cause := errors.Unwrap(err)
		if cause == nil {
			return err.Error()
		}
		err = cause
	}
}

// readSettings reads the settings, or finds the servers of a running
// demonstration where nothing else is configured.
func (d *doctor) readSettings() bool {
	cfg, err := config.Read(d.environ)
	if err != nil {
		d.add("settings", stateWrong, both("%s", "%s", err), both("Sửa theo docs/config.md.", "Correct it by docs/config.md."))
		return false
	}
	d.cfg = cfg
	if cfg.DatabaseURL != "" && cfg.S3Endpoint != "" {
		d.hideSettings()
		return true
	}
	if d.cfg, err = runningDemo(cfg); err != nil {
		d.add("demo", stateWrong,
			both("Chưa cấu hình máy chủ riêng, và bản chạy thử không chạy với thư mục dữ liệu %s", "No servers are configured, and the demo is not running with the data folder %s", d.cfg.Data),
			both("Chạy bản thử bằng make demo, hoặc đặt CONGVAN_DATABASE_URL và CONGVAN_S3_ENDPOINT (docs/config.md).",
				"Start the demo with make demo, or set CONGVAN_DATABASE_URL and CONGVAN_S3_ENDPOINT (docs/config.md)."))
		return false
	}
	d.hideSettings()
	d.add("demo", stateOK, both("Đang xem bản chạy thử ở %s", "Looking at the demo in %s", d.cfg.Data), fault.Text{})
	return true
}

func (d *doctor) hideSettings() {
	for _, address := range []config.Secret{d.cfg.DatabaseURL, d.cfg.OwnerDatabaseURL} {
		if u, err := url.Parse(address.Reveal()); err == nil && u.User != nil {
			password, _ := u.User.Password()
			d.keepSecret(password)
		}
		d.keepSecret(address.Reveal())
	}
	d.keepSecret(d.cfg.S3SecretKey.Reveal(), d.cfg.SecretKey.Reveal())
}

// checkSettings judges the settings; without usable ones nothing else is tried.
func (d *doctor) checkSettings() bool {
	if err := d.cfg.Validate(); err != nil {
		d.add("settings", stateWrong, problemsOf(err), both("Sửa theo docs/config.md.", "Correct it by docs/config.md."))
		return false
	}
	public, err := d.cfg.Public()
	if err != nil {
		d.add("settings", stateWrong, problemsOf(err), fault.Text{})
		return false
	}
	var vi, en []string
	if host := public.Hostname(); public.Scheme != "https" && !slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, host) {
		vi, en = append(vi, "CONGVAN_PUBLIC_URL không phải https: phiên làm việc có thể bị nghe lén"), append(en, "CONGVAN_PUBLIC_URL is not https: sessions can be overheard")
	}
	if d.cfg.AllowPlainMail && !d.cfg.Demo {
		vi, en = append(vi, "CONGVAN_ALLOW_PLAIN_MAIL cho phép gửi mật khẩu hộp thư không mã hóa"), append(en, "CONGVAN_ALLOW_PLAIN_MAIL lets mailbox passwords go unprotected")
	}
	if len(vi) > 0 {
		d.add("settings", stateWarning, fault.Text{VI: strings.Join(vi, "; "), EN: strings.Join(en, "; ")},
			both("Dùng TLS ở mọi đường truyền.", "Use TLS on every line."))
		return true
	}
	d.add("settings", stateOK, both("%s, vai trò %s", "%s, roles %s", d.cfg.PublicURL, strings.Join(d.cfg.Roles, ", ")), fault.Text{})
	return true
}

// problemsOf gives in both languages what Validate joined.
func problemsOf(err error) fault.Text {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	var vi, en []string
	for _, one := range all {
		p := config.Problem{Text: fault.Text{VI: one.Error(), EN: one.Error()}}
		errors.As(one, &p)
		vi, en = append(vi, p.VI), append(en, p.EN)
	}
	return fault.Text{VI: strings.Join(vi, "; "), EN: strings.Join(en, "; ")}
}

func (d *doctor) checkDatabase(ctx context.Context, store *postgres.Store) bool {
	place := "?"
	if at, err := pgx.ParseConfig(d.cfg.DatabaseURL.Reveal()); err == nil {
		place = fmt.Sprintf("%s:%d/%s", at.Host, at.Port, at.Database)
	}
	err := store.Ping(ctx)
	if err == nil {
		d.add("database", stateOK, both("PostgreSQL trả lời tại %s", "PostgreSQL answers at %s", place), fault.Text{})
		return true
	}
	advice := both("Khởi động PostgreSQL, hoặc sửa CONGVAN_DATABASE_URL.", "Start PostgreSQL, or correct CONGVAN_DATABASE_URL.")
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		switch refused.Code {
		case "28P01", "28000":
			advice = both("Sửa tên hoặc mật khẩu trong CONGVAN_DATABASE_URL.", "Correct the name or the password in CONGVAN_DATABASE_URL.")
		case "3D000":
			advice = both("Tạo cơ sở dữ liệu rồi chạy congvan migrate.", "Create the database, then run congvan migrate.")
		}
	}
	d.add("database", stateWrong, both("PostgreSQL tại %s: %s", "PostgreSQL at %s: %s", place, innermost(err)), advice)
	return false
}

// checkRole holds the second belt of tenancy: no policy binds who owns or bypasses.
func (d *doctor) checkRole(ctx context.Context, store *postgres.Store) {
	st, err := store.Standing(ctx)
	advice := both("Kết nối bằng vai trò congvan_app, không sở hữu gì và không có BYPASSRLS; chỉ congvan migrate dùng vai trò chủ sở hữu.",
		"Connect as the role congvan_app, which owns nothing and has no BYPASSRLS; only congvan migrate uses the owner.")
	switch {
	case err != nil:
		d.add("role", stateWrong, both("Không đọc được quyền của vai trò: %s", "The role's rights cannot be read: %s", innermost(err)), fault.Text{})
	case st.Bypasses:
		d.add("role", stateWrong, both("Vai trò %s bỏ qua được phân quyền theo cơ quan", "The role %s can bypass the separation of agencies", st.Role), advice)
	case st.Owns:
		d.add("role", stateWrong, both("Vai trò %s sở hữu lược đồ nên gỡ được phân quyền theo cơ quan", "The role %s owns the schema, so it can take the separation of agencies away", st.Role), advice)
	case len(st.Open) > 0:
		tables := strings.Join(st.Open, ", ")
		d.add("role", stateWrong, both("Bảng không có phân quyền theo cơ quan: %s", "Tables without separation of agencies: %s", tables),
			both("Khôi phục lược đồ từ bản sao lưu, hoặc báo nhà cung cấp.", "Restore the schema from a backup, or tell the maintainers."))
	default:
		d.add("role", stateOK, both("%s, PostgreSQL %s, không bỏ qua được phân quyền", "%s, PostgreSQL %s, bound by every policy", st.Role, st.Server), fault.Text{})
	}
}

func (d *doctor) checkSchema(ctx context.Context) bool {
	st, err := migrations.Where(ctx, d.cfg.DatabaseURL.Reveal())
	migrate := both("Chạy congvan migrate bằng vai trò chủ sở hữu.", "Run congvan migrate as the owner.")
	if d.cfg.Demo {
		migrate = both("Dừng bản chạy thử và chạy lại make demo.", "Stop the demo and start it again with make demo.")
	}
	switch {
	case err != nil:
		d.add("schema", stateWrong, both("Chưa có lược đồ, hoặc không đọc được phiên bản: %s", "There is no schema, or its version cannot be read: %s", innermost(err)), migrate)
	case st.Current < st.Newest:
		d.add("schema", stateWrong, both("Phiên bản %d, chương trình cần %d", "Version %d, the program needs %d", st.Current, st.Newest), migrate)
	case st.Current > st.Newest:
		d.add("schema", stateWrong, both("Phiên bản %d mới hơn chương trình (%d)", "Version %d is newer than the program (%d)", st.Current, st.Newest),
			both("Cài bản congvan mới hơn.", "Install a newer congvan."))
	default:
		d.add("schema", stateOK, both("Phiên bản %d", "Version %d", st.Current), fault.Text{})
		return true
	}
	return false
}

// How far the clocks of program and database may be apart. Leases of mailboxes
// last a minute, and the order of events is read from these clocks.
const (
	clockDrift = time.Second
	clockGap   = 30 * time.Second
)

func (d *doctor) checkClock(ctx context.Context, store *postgres.Store) {
	before := d.clock()
	there, err := store.Clock(ctx)
	if err != nil {
		d.add("clock", stateWrong, both("Không đọc được giờ của cơ sở dữ liệu: %s", "The database's time cannot be read: %s", innermost(err)), fault.Text{})
		return
	}
	after := d.clock()
	// What the question itself took is no difference of clocks.
	apart := max(there.Sub(after), before.Sub(there), 0)
	state := stateOK
	switch {
	case apart > clockGap:
		state = stateWrong
	case apart > clockDrift:
		state = stateWarning
	}
	if state == stateOK {
		d.add("clock", state, both("Khớp với cơ sở dữ liệu", "Agrees with the database's"), fault.Text{})
		return
	}
	d.add("clock", state, both("Lệch %s so với cơ sở dữ liệu", "Apart from the database's by %s", apart.Round(100*time.Millisecond)),
		both("Bật đồng bộ giờ (NTP) trên cả hai máy.", "Let both machines take their time from NTP."))
}

func (d *doctor) checkBucket(ctx context.Context, blobs *blob.Store) {
	place := d.cfg.S3Endpoint + "/" + d.cfg.S3Bucket
	err := blobs.Ping(ctx)
	if errors.Is(err, blob.ErrNoBucket) {
		d.add("bucket", stateWarning, both("Chưa có kho %s", "There is no bucket %s yet", place),
			both("congvan serve tạo nó khi khởi động nếu khóa cho phép; nếu không, hãy tạo trước.", "congvan serve makes it at its start if its key may; else make it first."))
		return
	}
	advice := both("Khởi động kho S3, hoặc sửa CONGVAN_S3_ENDPOINT và khóa truy cập.", "Start the S3 store, or correct CONGVAN_S3_ENDPOINT and its keys.")
	if err == nil {
		if err = blobs.Probe(ctx); err == nil {
			d.add("bucket", stateOK, both("%s: ghi, đọc, xóa được", "%s: can be written, read and removed from", place), fault.Text{})
			return
		}
		advice = both("Cho khóa truy cập quyền ghi, đọc và xóa trong kho, và xem còn dung lượng không.", "Let the key write, read and remove in the bucket, and see whether there is room.")
	}
	d.add("bucket", stateWrong, both("%s: %s", "%s: %s", place, innermost(err)), advice)
}
