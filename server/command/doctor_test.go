package command

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/embedded"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

// ward is an installation for the doctor to look at.
type ward struct {
	t     *testing.T
	db    *storagetest.Database
	vars  map[string]string
	ahead time.Duration // of this machine's clock
}

func newWard(t *testing.T) *ward {
	t.Helper()
	w := &ward{t: t, db: storagetest.DB(t)}
	bucket := storagetest.Bucket(t)
	storagetest.OpenBlobs(t, bucket, w.db)
	w.vars = map[string]string{"CONGVAN_DATABASE_URL": w.db.AppURL, "CONGVAN_S3_ENDPOINT": bucket.Endpoint, "CONGVAN_S3_ACCESS_KEY": bucket.Access,
		"CONGVAN_S3_SECRET_KEY": bucket.Secret, "CONGVAN_S3_BUCKET": bucket.Bucket, "CONGVAN_DATA": filepath.Join(t.TempDir(), "data"),
		"CONGVAN_SECRET_KEY": base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))}
	return w
}

func (w *ward) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.db.Admin(w.t).Exec(context.Background(), sql, args...)
	require.NoError(w.t, err)
}

// examine gives the findings by check. Whatever is found, no line shows a
// secret, and both languages say it in one line.
func (w *ward) examine() map[string]finding {
	w.t.Helper()
	var environ []string
	for name, value := range w.vars {
		environ = append(environ, name+"="+value)
	}
	d := &doctor{environ: environ, clock: func() time.Time { return time.Now().Add(w.ahead) }}
	d.examine(w.t.Context())
	var all bytes.Buffer
	for _, tongue := range []string{"vi", "en"} {
		from := all.Len()
		require.NoError(w.t, printFindings(&all, d.findings, tongue))
		assert.Equal(w.t, len(d.findings)+2, bytes.Count(all.Bytes()[from:], []byte("\n")), "one line for each check:\n%s", all.String()[from:])
		require.NoError(w.t, writeFindings(&all, d.findings, tongue))
	}
	for _, name := range []string{"CONGVAN_S3_SECRET_KEY", "CONGVAN_SECRET_KEY", "CONGVAN_DATABASE_URL"} {
		secret := w.vars[name]
		if u, err := url.Parse(secret); err == nil && u.User != nil {
			secret, _ = u.User.Password()
		}
		if secret != "" {
			assert.NotContains(w.t, all.String(), secret, "%s shows", name)
		}
	}
	byCheck := map[string]finding{}
	for _, f := range d.findings {
		assert.NotEmpty(w.t, f.name.VI, f.check)
		assert.NotEmpty(w.t, f.name.EN, f.check)
		byCheck[f.check] = f
	}
	return byCheck
}

func TestDoctor_AllIsWell(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	found := w.examine()
	for _, check := range []string{"settings", "disk", "database", "role", "schema", "clock", "bucket", "mailbox"} {
		assert.Equal(t, stateOK, found[check].state, "%s: %s", check, found[check].found.EN)
	}
	assert.Len(t, found, 8)
	objects := storagetest.Client(t, blob.Config{Endpoint: w.vars["CONGVAN_S3_ENDPOINT"], Access: w.vars["CONGVAN_S3_ACCESS_KEY"], Secret: w.vars["CONGVAN_S3_SECRET_KEY"]}).
		ListObjects(t.Context(), w.vars["CONGVAN_S3_BUCKET"], minio.ListObjectsOptions{Recursive: true})
	for o := range objects {
		t.Errorf("the object %s is left behind", o.Key)
	}
}

func TestDoctor_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	for name, c := range map[string]struct {
		spoil func(*ward)
		check string
		state findingState
		says  string
	}{
		"a misspelt value":        {func(w *ward) { w.vars["CONGVAN_SESSION_IDLE"] = "long" }, "settings", stateWrong, "SessionIdle"},
		"an unusable setting":     {func(w *ward) { w.vars["CONGVAN_ROLES"] = "cook" }, "settings", stateWrong, "cook"},
		"a default secret":        {func(w *ward) { w.vars["CONGVAN_S3_SECRET_KEY"] = "minioadmin" }, "settings", stateWrong, "CONGVAN_S3_SECRET_KEY"},
		"a line without TLS":      {func(w *ward) { w.vars["CONGVAN_PUBLIC_URL"] = "http://congvan.example" }, "settings", stateWarning, "overheard"},
		"mail without TLS":        {func(w *ward) { w.vars["CONGVAN_ALLOW_PLAIN_MAIL"] = "true" }, "settings", stateWarning, "unprotected"},
		"an address that is none": {func(w *ward) { w.vars["CONGVAN_DATABASE_URL"] = "postgres://a:long-enough-word@[/x" }, "database", stateWrong, "not a valid"},
		"no database there": {func(w *ward) { w.vars["CONGVAN_DATABASE_URL"] = "postgres://a:long-enough-word@" + closed + "/x" },
			"database", stateWrong, "refused"},
		"a wrong password":               {func(w *ward) { w.vars["CONGVAN_DATABASE_URL"] = w.under("long-enough-word") }, "database", stateWrong, "authentication failed"},
		"another database":               {func(w *ward) { w.vars["CONGVAN_DATABASE_URL"] = w.elsewhere("nothing_here") }, "database", stateWrong, "does not exist"},
		"the owner's role":               {func(w *ward) { w.vars["CONGVAN_DATABASE_URL"] = w.db.OwnerURL }, "role", stateWrong, "owns"},
		"a superuser":                    {func(w *ward) { w.vars["CONGVAN_DATABASE_URL"] = w.db.AdminURL }, "role", stateWrong, "bypass"},
		"a policy that was lifted":       {func(w *ward) { w.exec("alter table arrival disable row level security") }, "role", stateWrong, "arrival"},
		"a policy that spares the owner": {func(w *ward) { w.exec("alter table line no force row level security") }, "role", stateWrong, "line"},
		"an old schema": {func(w *ward) {
			w.exec("delete from goose_db_version where version_id = (select max(version_id) from goose_db_version)")
		},
			"schema", stateWrong, "the program needs"},
		"a schema of the future":     {func(w *ward) { w.exec("insert into goose_db_version (version_id, is_applied) values (99999, true)") }, "schema", stateWrong, "newer"},
		"no schema":                  {func(w *ward) { w.exec("drop table goose_db_version") }, "schema", stateWrong, "no schema"},
		"a clock that drifts":        {func(w *ward) { w.ahead = 5 * time.Second }, "clock", stateWarning, "5s"},
		"a clock of yesterday":       {func(w *ward) { w.ahead = -24 * time.Hour }, "clock", stateWrong, "24h0m"},
		"no bucket":                  {func(w *ward) { w.vars["CONGVAN_S3_BUCKET"] = "congvan-not-made-yet" }, "bucket", stateWarning, "no bucket"},
		"no object store there":      {func(w *ward) { w.vars["CONGVAN_S3_ENDPOINT"] = closed }, "bucket", stateWrong, "refused"},
		"a wrong key":                {func(w *ward) { w.vars["CONGVAN_S3_SECRET_KEY"] = "long-enough-word" }, "bucket", stateWrong, "enied"},
		"a data folder that is none": {func(w *ward) { w.vars["CONGVAN_DATA"] = os.DevNull + "/x" }, "disk", stateWrong, "cannot be looked at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWard(t)
			c.spoil(w)
			found := w.examine()
			f := found[c.check]
			assert.Equal(t, c.state, f.state, "%s: %s", c.check, f.found.EN)
			assert.Contains(t, f.found.EN, c.says)
			assert.NotEmpty(t, f.found.VI)
			assert.NotEmpty(t, f.advice.VI)
			assert.NotEmpty(t, f.advice.EN)
			for other, f := range found {
				if other != c.check {
					assert.Equal(t, stateOK, f.state, "%s too: %s", other, f.found.EN)
				}
			}
		})
	}
}

// under gives the database's address with another password.
func (w *ward) under(password string) string {
	u, err := url.Parse(w.db.AppURL)
	require.NoError(w.t, err)
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String()
}

// elsewhere gives the address of another database of the server.
func (w *ward) elsewhere(database string) string {
	u, err := url.Parse(w.db.AppURL)
	require.NoError(w.t, err)
	u.Path = "/" + database
	return u.String()
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

func TestDoctor_TellsOfEachMailbox(t *testing.T) {
	t.Parallel()
	now := time.Now()
	held, ago := now.Add(time.Minute), func(d time.Duration) *time.Time { at := now.Add(-d); return &at }
	for name, c := range map[string]struct {
		enabled            bool
		connected, checked *time.Time
		held               *time.Time
		trouble            string
		state              findingState
		says               string
	}{
		"read now":          {true, ago(time.Hour), ago(time.Minute), &held, "", stateOK, "connected since"},
		"read by nobody":    {true, ago(time.Hour), ago(time.Minute), nil, "", stateWarning, "no process reads it"},
		"never read":        {true, nil, nil, nil, "", stateWarning, "never"},
		"being connected":   {true, nil, nil, &held, "", stateWarning, "being connected"},
		"stale":             {true, ago(3 * time.Hour), ago(2 * time.Hour), &held, "", stateWarning, "not looked at for long"},
		"a wrong password":  {true, nil, ago(time.Hour), &held, "mail_login", stateWrong, "does not take the user name or the password"},
		"of another key":    {true, nil, nil, &held, "mail_secret", stateWrong, "cannot be opened"},
		"an unknown defect": {true, nil, nil, &held, "internal", stateWrong, "Error internal"},
		"switched off":      {false, nil, nil, nil, "mail_login", stateOK, "No mailbox is switched on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWard(t)
			office := w.db.Office(t, "H59.01", "Xã Long Đức")
			w.exec(`insert into mailbox (agency_id, id, address, host, port, security, username, secret, enabled, connected_at, checked_at, last_error, last_error_at, lease_until)
			        values ($1, $2, 'vanthu@example.test', 'mail.example.test', 993, 'tls', 'vanthu', '\x00', $3, $4, $5, $6, $7, $8)`,
				office.ID, postgres.NewID(), c.enabled, c.connected, c.checked, c.trouble, ago(time.Hour), c.held)
			f := w.examine()["mailbox"]
			assert.Equal(t, c.state, f.state, f.found.EN)
			assert.Contains(t, f.found.EN, c.says)
			assert.Equal(t, c.enabled, strings.HasPrefix(f.found.VI, "vanthu@example.test: "), f.found.VI)
			assert.Equal(t, c.state == stateOK, f.advice.EN == "", f.advice.EN)
		})
	}
}

func TestDoctor_WatchesTheRoomOnDisk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		free, entries, freeEntries uint64
		state                      findingState
	}{
		{100 << 30, 1000, 500, stateOK}, {100 << 30, 0, 0, stateOK}, {3 << 30, 1000, 500, stateWarning}, {100 << 30, 1000, 5, stateWarning}, {100 << 20, 1000, 500, stateWrong},
	} {
		d := &doctor{}
		d.judgeRoom("data", c.free, c.entries, c.freeEntries)
		assert.Equal(t, c.state, d.findings[0].state, "%+v: %s", c, d.findings[0].found.EN)
	}
}

// The demonstration's servers are found in its data folder, and a folder whose
// servers have ended is told from one whose servers run.
func TestDoctor_FindsTheDemo(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	delete(w.vars, "CONGVAN_DATABASE_URL")
	delete(w.vars, "CONGVAN_SECRET_KEY")
	w.vars["CONGVAN_DATA"] = storagetest.Folder(t)
	assert.Equal(t, stateWrong, w.examine()["demo"].state, "nothing ever ran there")

	database, err := embedded.StartPostgres(context.Background(), embedded.PostgresOptions{Dir: filepath.Join(w.vars["CONGVAN_DATA"], "postgres"), Unsafe: true})
	require.NoError(t, err)
	stop := func() { assert.NoError(t, database.Stop(context.Background())) }
	defer func() { stop() }()
	_, err = keptSecret(filepath.Join(w.vars["CONGVAN_DATA"], "secret.key"))
	require.NoError(t, err)
	found := w.examine()
	assert.Equal(t, stateOK, found["demo"].state, found["demo"].found.EN)
	assert.Equal(t, stateWrong, found["schema"].state, "it was not migrated")
	require.NoError(t, migrate(t.Context(), database.OwnerURL(), &bytes.Buffer{}))
	for check, f := range w.examine() {
		assert.Equal(t, stateOK, f.state, "%s: %s", check, f.found.EN)
	}

	stop()
	stop = func() {}
	f := w.examine()["demo"]
	assert.Equal(t, stateWrong, f.state)
	assert.Contains(t, f.advice.EN, "make demo")
}

func TestDoctor_SpeaksTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asked   string
		environ []string
		want    string
	}{
		{"", nil, "vi"}, {"", []string{"LANG=en_US.UTF-8"}, "en"}, {"", []string{"LANG=vi_VN.UTF-8"}, "vi"}, {"", []string{"LANG=C.UTF-8"}, "vi"},
		{"", []string{"LANG=en_US.UTF-8", "LC_ALL=vi_VN"}, "vi"}, {"", []string{"LANG=vi_VN", "LC_MESSAGES=en_GB"}, "en"}, {"", []string{"LC_ALL=", "LANG=en"}, "en"},
		{"vi", []string{"LANG=en_US.UTF-8"}, "vi"}, {"en", nil, "en"},
	} {
		got, err := tongueOf(c.asked, c.environ)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%+v", c)
	}
	_, err := tongueOf("fr", nil)
	assert.Error(t, err)
}

func TestDoctor_ColumnsStandUnderEachOther(t *testing.T) {
	t.Parallel()
	for _, tongue := range []string{"vi", "en"} {
		var findings []finding
		for check := range checkNames {
			for state := range stateWords {
				findings = append(findings, finding{check: check, name: checkNames[check], state: state, found: both("@", "@")})
			}
		}
		var out bytes.Buffer
		require.NoError(t, printFindings(&out, findings, tongue))
		places := map[int]bool{}
		for line := range strings.Lines(out.String()) {
			if before, _, found := strings.Cut(line, "@"); found {
				places[len([]rune(before))] = true
			}
		}
		assert.Len(t, places, 1, "%s:\n%s", tongue, out.String())
	}
}

// A command that needs a file says how it is used.
func TestCommands_WithoutAFileSayHowTheyAreUsed(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"inspect"}, {"demo", "mail"}, {"verify"}, {"inspect", "a", "b"}} {
		root := newRoot()
		var told bytes.Buffer
		root.SetArgs(args)
		root.SetErr(&told)
		assert.ErrorIs(t, root.ExecuteContext(t.Context()), errSaid)
		assert.Contains(t, told.String(), "FILE", "%v", args)
		assert.Contains(t, told.String(), "Usage:", "%v", args)
	}
}

// What scripts read does not change with the language, and something wrong
// makes the command fail.
func TestDoctor_JSONAndTheWorstOfAll(t *testing.T) {
	t.Parallel()
	findings := []finding{{check: "a", state: stateOK}, {check: "b", state: stateWarning, found: both("có <b>", "has <b>"), advice: both("sửa", "mend")}}
	var out bytes.Buffer
	require.NoError(t, writeFindings(&out, findings, "vi"))
	var answer struct {
		State  string
		Checks []struct{ Check, State, Found, Advice string }
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &answer))
	assert.Equal(t, "warning", answer.State)
	assert.Equal(t, "có <b>", answer.Checks[1].Found)
	assert.Equal(t, "sửa", answer.Checks[1].Advice)
	assert.Equal(t, stateWrong, worst(append(findings, finding{state: stateWrong}, finding{state: stateOK})))
	assert.Equal(t, stateOK, worst(findings[:1]))
}

func TestDoctor_FailsTheCommandWhenSomethingIsWrong(t *testing.T) {
	for _, name := range []string{"CONGVAN_CONFIG", "CONGVAN_DATABASE_URL", "CONGVAN_S3_ENDPOINT"} {
		t.Setenv(name, "")
	}
	t.Setenv("CONGVAN_DATA", filepath.Join(t.TempDir(), "nothing"))
	var out bytes.Buffer
	c := newDoctor()
	c.SetArgs([]string{"--lang", "en"})
	c.SetOut(&out)
	assert.ErrorIs(t, c.ExecuteContext(t.Context()), errSaid)
	assert.Contains(t, out.String(), "the demo is not running")
	assert.Contains(t, moment(time.Time{}).EN, "never")
	assert.Equal(t, "00:30 02/01/2026", moment(time.Date(2026, 1, 1, 17, 30, 0, 0, time.UTC)).VI, "the office's clock, %s", org.Zone())
}
