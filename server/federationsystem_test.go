package server_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/protocol/vxp"
)

const (
	axisSystem = "test.system"
	axisSecret = "dGVzdC1zZWNyZXQ=" // of the recorded requests
)

// axisSite is an installation with a system connected to it that has a client of
// the axis, and one agency.
func axisSite(t *testing.T, settings ...string) (s *site, agency org.ID) {
	t.Helper()
	s = newSite(t, "000.00.00.X02", "UBND tỉnh Trà Vinh", settings...)
	peer := s.peer(axisSystem, "system", "", axisSecret)
	s.exec(`update peer set reused = true where id = $1`, uuid.UUID(peer)) // the official client's habit
	agency = s.lists(peer, "000.00.00.X01", "Văn phòng X01")
	return s, agency
}

func (s *site) axisClient(change ...func(*vxp.Settings)) *vxp.Client {
	s.t.Helper()
	settings := vxp.Settings{Endpoint: "http://" + s.addr + "/axis", System: axisSystem, Secret: axisSecret, AllowPrivate: true, AllowPlain: true}
	for _, c := range change {
		c(&settings)
	}
	client, err := vxp.NewClient(settings)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(client.Close)
	return client
}

// Every recorded request of the official client, byte for byte, is answered by
// the whole server in the form that its client reads.
func TestL5_EveryRecordedRequestIsAnswered(t *testing.T) {
	t.Parallel()
	s, _ := axisSite(t)
	s.exec(`insert into agency (id, code, name, level, channel, valid_from) values ($1, '000.00.00.X03', 'Cơ quan X03', 'other', 'local', '2000-01-01')`, uuid.New())
	s.start()
	requests, err := filepath.Glob("protocol/vxp/fixtures/captures/*.req")
	if err != nil || len(requests) != 16 {
		t.Fatal(len(requests), err)
	}
	wants := map[string]string{ // ErrorCode; 0 where it is not named
		"006_sendEdoc": "22", "007_sendEdoc": "22", // their package is the word hello, which is no package
		"008_sendEdoc": "19",                                                           // of an agency that the system does not speak for
		"011_getEdoc":  "404", "013_updateStatus": "404", "014_getSentEdocList": "404", // of a message that nobody sent here
	}
	for _, path := range requests {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".req")
		method, _, _ := strings.Cut(string(raw), " ")
		for _, prefix := range []string{" /axis/", " /axis//", " //axis/"} {
			sent := strings.Replace(string(raw), method+" /", method+prefix, 1)
			body := s.raw(sent)
			if name == "012_downloadEdoc" {
				if len(body) > 0 {
					t.Errorf("%s: anything would be taken for the package: %q", name, body)
				}
				continue
			}
			var answer struct{ Status, ErrorCode, ErrorDesc *string }
			if err := json.Unmarshal(body, &answer); err != nil || answer.Status == nil || answer.ErrorCode == nil || answer.ErrorDesc == nil {
				t.Fatalf("%s: %v: %s", name, err, body)
			}
			want := wants[name]
			if want == "" {
				want = "0"
			}
			if *answer.ErrorCode != want || bytes.Contains(body, []byte("null")) {
				t.Errorf("%s: %s", name, body)
			}
		}
	}
}

// raw sends bytes as they are, and gives the body of the answer.
func (s *site) raw(request string) []byte {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := conn.Write([]byte(request)); err != nil {
		s.t.Fatal(err)
	}
	in := bufio.NewReader(conn) // one for all: the answer may come together with what goes before it
	for {
		status, body := readAnswer(s.t, in)
		if status != 100 {
			return body
		}
	}
}

func send(c *vxp.Client, name string, message vxp.Message, from org.AgencyCode, to ...org.AgencyCode) (vxp.Accepted, error) {
	raw, err := os.ReadFile("protocol/edxml/fixtures/" + name)
	if err != nil {
		return vxp.Accepted{}, err
	}
	return c.Send(context.Background(), vxp.Outgoing{Message: message, From: from, To: to, Hash: sha256.Sum256(raw), Size: int64(len(raw))}, bytes.NewReader(raw))
}

func refusedAs(t *testing.T, err error, want error) {
	t.Helper()
	var refusal *vxp.Refusal
	if !errors.As(err, &refusal) || !errors.Is(refusal.Unwrap(), want) {
		t.Errorf("%v, want %v", err, want)
	}
}

// A package of the official library arrives, and its sender is told (L5, G1, G2b).
func TestL5_APackageOfTheOfficialLibraryArrives(t *testing.T) {
	t.Parallel()
	s, _ := axisSite(t)
	s.start()
	c := s.axisClient()
	ctx := t.Context()
	// Case 19, and E2: nothing of what is refused is there.
	_, err := send(c, "doc_new.edxml", vxp.Document, "000.00.00.X01", "000.00.00.X77")
	refusedAs(t, err, exchange.ErrRecipientUnknown)
	_, err = send(c, "doc_new.edxml", vxp.Document, "000.00.00.X02", "000.00.00.X02")
	refusedAs(t, err, exchange.ErrSenderUnknown) // on behalf of another: they have one code
	_, err = send(c, "doc_new.edxml", vxp.Document, "000.00.00.X88", "000.00.00.X02")
	refusedAs(t, err, exchange.ErrSenderUnknown)
	_, err = send(c, "status_01.edxml", vxp.Document, "000.00.00.X01", "000.00.00.X02")
	refusedAs(t, err, exchange.ErrPackageInvalid)
	if n := s.count(`select count(*) from arrival`) + s.count(`select count(*) from axis_message`); n != 0 {
		t.Fatalf("%d rows of what was refused", n)
	}
	first, err := send(c, "doc_new.edxml", vxp.Document, "000.00.00.X01", "000.00.00.X02")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // case 5: the same again is the same
		again, err := send(c, "doc_new.edxml", vxp.Document, "000.00.00.X01", "000.00.00.X02")
		if err != nil || again.ID != first.ID {
			t.Fatalf("%+v, %+v, %v", first, again, err)
		}
	}
	if n := s.count(`select count(*) from arrival where source = 'axis' and number = '15' and symbol = 'UBND-VP' and issuer_code = '000.00.00.X01'`); n != 1 || s.count(`select count(*) from arrival`) != 1 {
		t.Fatalf("%d arrivals", n)
	}
	// Only that it arrived is told by itself, once.
	s.await(func() bool { n, err := c.CountReceived(ctx, vxp.Status); return err == nil && n == 1 })
	var subject string
	if err := s.db.Admin(t).QueryRow(ctx, `select subject from arrival`).Scan(&subject); err != nil {
		t.Fatal(err)
	}
	s.register(subject)
	s.await(func() bool { n, err := c.CountReceived(ctx, vxp.Status); return err == nil && n == 2 })
	list, err := c.Received(ctx, vxp.Status)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	for i, want := range []exchange.StatusCode{exchange.CodeArrived, exchange.CodeRegistered} { // in the order that it happened
		got := s.fetched(c, list[i].DocID)
		if got.Status == nil || got.Status.Code != want || got.About.Code != "000.00.00.X01,2026/01/15,15/UBND-VP" || got.From.Code != "000.00.00.X02" {
			t.Errorf("%+v", got)
		}
		if err := c.UpdateStatus(ctx, list[i].DocID, vxp.Done); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := c.CountReceived(ctx, vxp.Status); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	sent, err := c.Sent(ctx, vxp.Document, first.ID)
	if err != nil || len(sent) != 1 || sent[0].ReceiveStatus != vxp.Acceptance || sent[0].Notation != "15/UBND-VP" {
		t.Errorf("%+v %v", sent, err)
	}
	// The revocation has the same DocumentId and is an act on the first message, not a conflict.
	if _, err := send(c, "doc_revocation.edxml", vxp.Document, "000.00.00.X01", "000.00.00.X02"); err != nil {
		t.Error(err)
	}
	s.await(func() bool {
		return s.count(`select count(*) from event where verb = 'recalled' and subject_type = 'arrival'`) == 1
	})
}

// fetched downloads a package, both ways, and reads it.
func (s *site) fetched(c *vxp.Client, id string) exchange.OpenedPackage {
	s.t.Helper()
	var both [2][]byte
	for i, open := range []func(context.Context, string) (io.ReadCloser, error){c.Download, c.Get} {
		content, err := open(context.Background(), id)
		if err != nil {
			s.t.Fatal(err)
		}
		if both[i], err = io.ReadAll(content); err != nil {
			s.t.Fatal(err)
		}
		_ = content.Close()
	}
	if !bytes.Equal(both[0], both[1]) {
		s.t.Error("the two ways to fetch give different bytes")
	}
	opened, err := vxp.Read(bytes.NewReader(both[0]), func(r io.Reader) (exchange.FileRef, error) {
		sum := sha256.New()
		n, err := io.Copy(sum, r)
		return exchange.FileRef{Hash: [32]byte(sum.Sum(nil)), Size: n}, err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return opened
}

// What is issued to an agency behind a connected system waits there until it is
// fetched, and what the system says of it reaches the delivery (L5, E1).
func TestL5_ASystemFetchesWhatWaitsAndSaysWhatBecomesOfIt(t *testing.T) {
	t.Parallel()
	s, agency := axisSite(t)
	s.start()
	c := s.axisClient()
	ctx := t.Context()
	content := []byte("%PDF-1.7 chỉ thị")
	s.issue("Đẩy mạnh cải cách hành chính", content, agency)
	s.await(func() bool { n, err := c.CountReceived(ctx, vxp.Document); return err == nil && n == 1 })
	list, err := c.Received(ctx, vxp.Document)
	if err != nil || len(list) != 1 || list[0].From != "000.00.00.X02" || list[0].To[0] != "000.00.00.X01" || list[0].Status != vxp.Initial {
		t.Fatal(list, err)
	}
	got := s.fetched(c, list[0].DocID)
	if got.Letter == nil || got.Letter.Subject != "Đẩy mạnh cải cách hành chính" || len(got.Files) != 1 || got.Files[0].Hash != sha256.Sum256(content) {
		t.Fatalf("%+v", got)
	}
	stranger := s.peer("he.thong.khac", "system", "", "bi-mat-khac-han")
	_ = stranger
	other := s.axisClient(func(v *vxp.Settings) { v.System, v.Secret = "he.thong.khac", "bi-mat-khac-han" })
	if _, err := other.Download(ctx, list[0].DocID); err == nil {
		t.Error("another system reads it")
	}
	if err := other.UpdateStatus(ctx, list[0].DocID, vxp.Done); err == nil {
		t.Error("another system answers for it")
	}
	if err := c.UpdateStatus(ctx, list[0].DocID, vxp.Done); err != nil {
		t.Fatal(err)
	}
	s.inState("sent")
	for _, code := range []exchange.StatusCode{exchange.CodeRegistered, exchange.CodeArrived, exchange.CodeDone} { // out of order
		if err := s.says(c, code, got.Letter.Code); err != nil {
			t.Fatal(err)
		}
	}
	s.await(func() bool { return s.inState("done") == 1 })
	if n := s.count(`select count(*) from arrival`); n != 0 {
		t.Errorf("%d arrivals of statuses", n)
	}
}

// says sends word of a document of ours.
func (s *site) says(c *vxp.Client, code exchange.StatusCode, document string) error {
	e := exchange.Envelope{Content: exchange.StatusContent, From: exchange.Party{Code: "000.00.00.X01", Name: "Văn phòng X01"},
		Status: exchange.Status{Code: code, At: time.Now()}, About: exchange.Named{AgencyCode: "000.00.00.X02", Code: document}}
	var raw bytes.Buffer
	if err := vxp.Write(context.Background(), &raw, e, nil, nil); err != nil {
		return err
	}
	_, err := c.Send(context.Background(), vxp.Outgoing{Message: vxp.Status, From: "000.00.00.X01", To: []org.AgencyCode{"000.00.00.X02"},
		Hash: sha256.Sum256(raw.Bytes()), Size: int64(raw.Len())}, bytes.NewReader(raw.Bytes()))
	return err
}

// What was used on one path does not work on another, whichever process is asked.
func TestL5_ACapturedRequestWorksOnNoOtherPath(t *testing.T) {
	t.Parallel()
	s, _ := axisSite(t)
	s.exec(`update peer set reused = false`)
	s.start()
	c := s.axisClient()
	var captured string
	l := newLine(t, s.addr)
	l.spoil(func(int) harm {
		return func(client, server *net.TCPConn) {
			raw := request(client)
			captured = string(raw)
			_, _ = server.Write(raw)
			_, _ = client.Write(hear(server))
		}
	})
	over := s.axisClient(func(v *vxp.Settings) { v.Endpoint = "http://" + l.address + "/axis" })
	if _, err := over.Agencies(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.kill()
	s.start() // another process: the memory is everybody's
	if body := s.raw(captured); !bytes.Contains(body, []byte(`"ErrorCode":"0"`)) {
		t.Errorf("a repeat is no attack: %s", body)
	}
	if body := s.raw(strings.Replace(captured, "getAgenciesList", "getSynchronizeUnit", 1)); !bytes.Contains(body, []byte(`"ErrorCode":"15"`)) {
		t.Errorf("%s", body)
	}
	if _, err := c.Agencies(t.Context()); err != nil {
		t.Error(err)
	}
}

// Secrets change without a message lost: two are valid while one follows the
// other, and the old one ends (L4).
func TestL4_TwoSecretsAreValidWhileOneFollowsTheOther(t *testing.T) {
	t.Parallel()
	s, _ := axisSite(t)
	s.start()
	row := uuid.New()
	s.exec(`insert into peer_secret (peer_id, id, secret, valid_from) select id, $1, $2, now() from peer`, row, s.box.Seal(org.ID(row), "bi-mat-moi"))
	newer := s.axisClient(func(v *vxp.Settings) { v.Secret = "bi-mat-moi" })
	for name, c := range map[string]*vxp.Client{"old": s.axisClient(), "new": newer} {
		if _, err := c.Agencies(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.exec(fmt.Sprintf(`update peer_secret set valid_until = now() - interval '1 second' where id <> '%s'`, row))
	_, err := s.axisClient().Agencies(t.Context())
	refusedAs(t, err, exchange.ErrBadCredentials)
	if _, err := newer.Agencies(t.Context()); err != nil {
		t.Error(err)
	}
}

// An operator finds the public key before the first message (L2).
func TestL2_TheKeyIsThereBeforeTheFirstMessage(t *testing.T) {
	t.Parallel()
	s := newSite(t, "H59", "UBND tỉnh Trà Vinh")
	s.exec(`delete from exchange_key`)
	s.start()
	s.kill()
	s.start()
	if n := s.count(`select count(*) from exchange_key where retired_at is null`); n != 1 {
		t.Errorf("%d keys", n)
	}
}

// opening opens a file of this text.
func opening(text string) vxp.Opener {
	return func(context.Context, exchange.FileRef) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}
}
