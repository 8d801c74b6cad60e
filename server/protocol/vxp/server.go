package vxp

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Limits bound what a request may cost. Zero ones mean their defaults.
type Limits struct {
	Headers int           // bytes of all headers, each recipient is about 40: 256 KiB
	Body    int64         // bytes of a body that is no package: 64 KiB
	Package int64         // bytes of a package: 2 GiB
	Silence time.Duration // without a byte while a body is due or an answer is taken: 1 min
	Whole   time.Duration // for a whole package, however steadily it drips: 2 h
}

func (l Limits) filled() Limits {
	fill(&l.Headers, 256<<10)
	fill(&l.Body, 64<<10)
	fill(&l.Package, 2<<30)
	fill(&l.Silence, time.Minute)
	fill(&l.Whole, 2*time.Hour)
	return l
}

func fill[T int | int64 | time.Duration](field *T, otherwise T) {
	if *field <= 0 {
		*field = otherwise
	}
}

// ServerOptions are what an installation sets.
type ServerOptions struct {
	Base   string // path that the calls are below; they are served at its double slash too
	Limits Limits
	Window Window // for systems without their own: 15 minutes either way when zero
	// Systems gives a connected system, or a fault of kind not found.
	Systems  func(ctx context.Context, id string) (System, error)
	Remember Remember // within this process when nil
	Now      func() time.Time
}

// Server reads requests of the axis and writes their answers. It is no handler:
// whoever mounts it calls Read, does what the request asks, and lets the request
// write its answer, or calls Refuse.
type Server struct {
	opts   ServerOptions
	nobody string // a secret that no system has
}

// NewServer makes a server's end of the wire.
func NewServer(opts ServerOptions) *Server {
	opts.Base = strings.Trim(opts.Base, "/")
	opts.Limits = opts.Limits.filled()
	if opts.Window.zero() {
		opts.Window = Window{Past: 15 * time.Minute, Future: 15 * time.Minute}
	}
	if opts.Remember == nil {
		opts.Remember = NewMemory(opts.Now)
	}
	return &Server{opts: opts, nobody: rand.Text()}
}

// Call tells which call a path means. Clients join the address and the call
// with a slash whether or not there is one, and cannot follow a redirect.
func (s *Server) Call(path string) (Call, bool) {
	rest := strings.TrimLeft(path, "/")
	if s.opts.Base != "" {
		below, ok := strings.CutPrefix(rest, s.opts.Base+"/")
		if !ok {
			return "", false
		}
		rest = strings.TrimLeft(below, "/")
	}
	for _, c := range Calls() {
		if string(c) == rest {
			return c, true
		}
	}
	return "", false
}

// Read verifies a request and gives what it asks. Of a package nothing is read
// yet: what its headers say can be refused before its bytes move.
func (s *Server) Read(w http.ResponseWriter, r *http.Request) (Request, error) {
	call, ok := s.Call(r.URL.Path)
	if !ok || r.Method != call.method() {
		return nil, ErrUnknownCall
	}
	q, err := s.authenticate(r.Context(), r.Header)
	if err != nil {
		return nil, err
	}
	if q.value(keyType) != call.mediaType() {
		return nil, malformed(keyType)
	}
	use := string(call)
	var small []byte
	if call != CallSend {
		if small, err = s.readSmall(w, r); err != nil {
			return nil, err
		}
	}
	if call == CallRegister { // its body is not signed
		sum := sha256.Sum256(small)
		use += " " + hex.EncodeToString(sum[:])
	}
	if err := s.once(r.Context(), q, use); err != nil {
		return nil, err
	}
	return s.request(call, q, small, w, r)
}

// readSmall reads a body that is no package, within its limits.
func (s *Server) readSmall(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength == 0 || r.Body == nil {
		return nil, nil
	}
	if r.ContentLength > s.opts.Limits.Body {
		return nil, ErrRequestTooLarge
	}
	body := &patient{ReadCloser: r.Body, line: http.NewResponseController(w), now: s.opts.Now,
		silence: s.opts.Limits.Silence, end: s.opts.Now().Add(s.opts.Limits.Silence)}
	small, err := io.ReadAll(io.LimitReader(body, s.opts.Limits.Body+1))
	switch {
	case err != nil:
		return nil, errUnfinished.Because(err)
	case int64(len(small)) > s.opts.Limits.Body:
		return nil, ErrRequestTooLarge
	}
	return small, nil
}

// request gives the parameters their types. Clients let parameters of earlier
// calls ride along, so each call looks at its own alone.
func (s *Server) request(call Call, q signed, small []byte, w http.ResponseWriter, r *http.Request) (Request, error) {
	c := Caller{System: q.system.ID, At: q.at}
	switch call {
	case CallAgencies:
		return ListAgencies{Caller: c, Form: org.OldForm}, nil
	case CallAgenciesQD20:
		return ListAgencies{Caller: c, Form: org.NewForm, Level: q.value("level")}, nil
	case CallSynchronise:
		return Synchronise{c}, nil
	case CallRegister:
		agency, err := readRegistration(small)
		return Register{c, agency}, err
	case CallDelete:
		code, err := org.ParseAgencyCode(q.value("AgencyCode"))
		if err != nil {
			return nil, malformed("AgencyCode").Because(err)
		}
		return Delete{c, code}, nil
	case CallSend:
		return s.readSend(c, q, w, r)
	case CallReceived:
		message, err := q.message()
		if err != nil {
			return nil, err
		}
		size, err := q.number("pageSize")
		if err != nil {
			return nil, err
		}
		index, err := q.number("pageIndex")
		return ListReceived{Caller: c, Message: message, PageSize: size, PageIndex: index}, err
	case CallGet, CallDownload:
		id, err := q.messageID()
		if call == CallDownload {
			return Download{Caller: c, ID: id, silence: s.opts.Limits.Silence}, err
		}
		return Get{Caller: c, ID: id, silence: s.opts.Limits.Silence}, err
	case CallUpdateStatus:
		id, err := q.messageID()
		status := Transport(q.value("status"))
		if err == nil && status.Label() == (fault.Text{}) {
			err = malformed("status")
		}
		return UpdateStatus{c, id, status}, err
	case CallSent:
		id, err := q.messageID()
		if err != nil {
			return nil, err
		}
		message, err := q.message()
		return ListSent{c, message, id}, err
	case CallCountDocuments:
		return Count{c, Document}, nil
	case CallCountStatuses:
		return Count{c, Status}, nil
	case CallDirectory:
		return AskDirectory{c}, nil
	}
	return nil, ErrUnknownCall
}

func (s signed) message() (Message, error) {
	if named := s.value("servicetype"); named != "" && !strings.EqualFold(named, service) {
		return "", malformed("servicetype")
	}
	message := Message(s.value("messagetype"))
	if !message.known() {
		return "", malformed("messagetype")
	}
	return message, nil
}

// messageID reads the name of a message. The names we give are UUIDs, so
// another is of no message of ours.
func (s signed) messageID() (org.ID, error) {
	text := s.value("docId")
	if text == "" {
		return org.ID{}, malformed("docId")
	}
	id, err := org.ParseID(text)
	if err != nil {
		return org.ID{}, exchange.ErrMessageUnknown
	}
	return id, nil
}

const maxPage = 1_000_000_000

func (s signed) number(key string) (int, error) {
	text := s.value(key)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxPage {
		return 0, malformed(key)
	}
	return n, nil
}

// readSend reads what the headers say of a package.
func (s *Server) readSend(c Caller, q signed, w http.ResponseWriter, r *http.Request) (Request, error) {
	message, err := q.message()
	if err != nil {
		return nil, err
	}
	stated := q.value(keyFile)
	if len(stated) < sha256.Size || len(stated) > 2*sha256.Size || strings.Trim(stated, "0123456789abcdef") != "" {
		return nil, malformed(keyFile)
	}
	send := &Send{Caller: c, Message: message, Stated: stated}
	if from := q.value("from"); from != "" && from != c.System {
		if send.From, err = org.ParseAgencyCode(from); err != nil {
			return nil, malformed("from").Because(err)
		}
	}
	if named := q.value(keyMessage); named != "" {
		if send.ID, err = org.ParseID(named); err != nil {
			return nil, malformed(keyMessage).Because(err)
		}
		if until := q.value(keyExpires); until != "" {
			if send.Expires, err = time.Parse(time.RFC3339, until); err != nil {
				return nil, malformed(keyExpires).Because(err)
			}
		}
	}
	if send.To, err = readRecipients(q.value("to")); err != nil {
		return nil, malformed("to").Because(err)
	}
	if r.ContentLength > s.opts.Limits.Package+int64(len(lineEnd)) {
		return nil, exchange.ErrPackageTooLarge
	}
	send.Length = max(r.ContentLength-int64(len(lineEnd)), -1)
	body := &patient{ReadCloser: r.Body, line: http.NewResponseController(w), now: s.opts.Now,
		silence: s.opts.Limits.Silence, end: s.opts.Now().Add(s.opts.Limits.Whole)}
	send.Package = newParcel(body, stated, s.opts.Limits.Package)
	return send, nil
}

// readRecipients reads JSON, a list or one text; a bare code is taken as well.
func readRecipients(text string) ([]org.AgencyCode, error) {
	if text == "" {
		return nil, nil
	}
	var list []string
	var one string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			one = text
		}
		list = []string{one}
	}
	if len(list) == 0 {
		return nil, errors.New("the list of recipients is empty")
	}
	codes := make([]org.AgencyCode, 0, len(list))
	seen := make(map[org.AgencyCode]bool, len(list))
	for _, text := range list {
		code, err := org.ParseAgencyCode(text)
		if err != nil {
			return nil, err
		}
		if !seen[code] {
			codes, seen[code] = append(codes, code), true
		}
	}
	return codes, nil
}

// The lengths of an agency's particulars (QCVN 102:2016, Organization).
const (
	maxName  = 200
	maxMail  = 100
	maxPhone = 50
)

func readRegistration(body []byte) (Registration, error) {
	var a Registration
	if err := json.Unmarshal(body, &a); err != nil {
		return a, errMalformed.Because(err)
	}
	a.Name = document.CleanLine(norm.NFC.String(a.Name))
	if _, err := org.ParseAgencyCode(a.Code); err != nil {
		return a, malformed("code").Because(err)
	}
	if a.ParentCode != "" {
		if _, err := org.ParseAgencyCode(a.ParentCode); err != nil {
			return a, malformed("pcode").Because(err)
		}
	}
	for _, field := range []struct {
		key, text string
		most      int
	}{{"id", a.ID, maxName}, {"name", a.Name, maxName}, {"mail", a.Mail, maxMail}, {"mobile", a.Mobile, maxPhone}, {"fax", a.Fax, maxPhone}} {
		if len([]rune(field.text)) > field.most || field.key != "name" && document.CleanLine(field.text) != field.text {
			return a, malformed(field.key)
		}
	}
	if a.Name == "" {
		return a, malformed("name")
	}
	return a, nil
}
