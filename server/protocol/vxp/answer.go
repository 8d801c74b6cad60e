package vxp

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// success begins every answer that is no refusal.
const success = `"status":"OK","ErrorCode":"0","ErrorDesc":"Success"`

// Package is a package on its way out. Its length is told beforehand, so that
// one which is cut is known as cut.
type Package struct {
	Size int64
	Body io.Reader
}

// Answer gives the directory.
func (ListAgencies) Answer(w http.ResponseWriter, list []Agency) error { return writeList(w, list) }

// Answer gives the directory's changes.
func (Synchronise) Answer(w http.ResponseWriter, list []Unit) error { return writeList(w, list) }

// Answer says that it is done.
func (Register) Answer(w http.ResponseWriter) error { return writeJSON(w, http.StatusOK, success) }

// Answer says that it is done.
func (Delete) Answer(w http.ResponseWriter) error { return writeJSON(w, http.StatusOK, success) }

// Answer says that it is done.
func (UpdateStatus) Answer(w http.ResponseWriter) error { return writeJSON(w, http.StatusOK, success) }

// Answer gives the name of the message, and the receipt where there is one. It
// does not, unless the package was read to its end: a receipt is never given for
// less.
func (s *Send) Answer(w http.ResponseWriter, id org.ID, receipt exchange.SignedReceipt) error {
	if _, _, whole := s.Package.Whole(); !whole {
		return errors.New("a package that was not read to its end is not answered for")
	}
	body := success + `,"DocId":"` + id.String() + `"`
	if receipt.Text != "" {
		given, err := MarshalReceipt(receipt)
		if err != nil {
			return err
		}
		body += `,"Receipt":` + string(given)
	}
	return writeJSON(w, http.StatusOK, ascii(body))
}

// Answer gives what waits, a row for each recipient.
func (ListReceived) Answer(w http.ResponseWriter, list []Received) error {
	rows := make([]Received, 0, len(list))
	for _, r := range list {
		if len(r.To) < 2 {
			rows = append(rows, r)
			continue
		}
		for _, to := range r.To {
			r.To = Recipients{to}
			rows = append(rows, r)
		}
	}
	return writeList(w, rows)
}

// Answer gives what became of the message.
func (ListSent) Answer(w http.ResponseWriter, list []Sent) error { return writeList(w, list) }

// Answer gives the directory as it was signed.
func (AskDirectory) Answer(w http.ResponseWriter, d exchange.SignedDirectory) error {
	given, err := json.Marshal(written(d))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, success+`,"Directory":`+string(given))
}

// Answer gives the number.
func (Count) Answer(w http.ResponseWriter, n int) error {
	return writeJSON(w, http.StatusOK, success+`,"count":`+strconv.Itoa(n))
}

// Answer gives the package in base64 within JSON.
func (g Get) Answer(w http.ResponseWriter, p Package) error {
	before, after := `{`+success+`,"data":"`, `"}`
	header(w, typeJSON)
	w.Header().Set("Content-Length", strconv.FormatInt(int64(len(before))+(p.Size+2)/3*4+int64(len(after)), 10))
	out := bufio.NewWriterSize(newSteady(w, g.silence), 32<<10)
	out.WriteString(before) //nolint:errcheck // Flush tells
	encoder := base64.NewEncoder(base64.StdEncoding, out)
	if err := copyWhole(encoder, p); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	out.WriteString(after) //nolint:errcheck // Flush tells
	return out.Flush()
}

// Answer gives the package as it is.
func (d Download) Answer(w http.ResponseWriter, p Package) error {
	header(w, typeBytes)
	w.Header().Set("Content-Length", strconv.FormatInt(p.Size, 10))
	return copyWhole(newSteady(w, d.silence), p)
}

// copyWhole leaves the answer short when the package is, and its length was
// told: the line is then cut, and nobody takes a part for the whole.
func copyWhole(w io.Writer, p Package) error {
	switch n, err := io.Copy(w, io.LimitReader(p.Body, p.Size)); {
	case err != nil:
		return fmt.Errorf("the package broke off after %d bytes: %w", n, err)
	case n != p.Size:
		return fmt.Errorf("the package has %d bytes, not %d", n, p.Size)
	}
	return nil
}

// Refuse answers with a refusal, in the form that the call's client can read.
func (s *Server) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	call, _ := s.Call(r.URL.Path)
	t := tell(err)
	if t.wait != "" {
		w.Header().Set("Retry-After", t.wait)
	}
	if call == CallSend { // what is left of the package is not waited for
		w.Header().Set("Connection", "close")
	}
	if call == CallDownload { // any body would be taken for the package
		header(w, typeBytes)
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(t.status)
		return
	}
	text, _ := json.Marshal(t.text) // a text always marshals
	body := `"status":"FAIL","ErrorCode":"` + t.code + `","ErrorDesc":` + string(text)
	switch call {
	case CallSend:
		body += `,"DocId":""`
	case CallAgencies, CallAgenciesQD20, CallSynchronise, CallReceived, CallSent:
		body += `,"data":[]`
	}
	_ = writeJSON(w, t.status, ascii(body)) // nobody is left to be told
}

// ascii escapes what is not: refusals and answers to a send are read as ASCII.
// All of it stands inside texts.
func ascii(body string) string {
	var b bytes.Buffer
	for _, r := range body {
		switch {
		case r < 0x80:
			b.WriteByte(byte(r))
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func header(w http.ResponseWriter, mediaType string) {
	if mediaType == typeJSON {
		mediaType += "; charset=utf-8"
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
}

func writeJSON(w http.ResponseWriter, status int, members string) error {
	header(w, typeJSON)
	w.Header().Set("Content-Length", strconv.Itoa(len(members)+2))
	w.WriteHeader(status)
	_, err := io.WriteString(w, "{"+members+"}")
	return err
}

// writeList writes row by row: a national directory has a hundred thousand.
func writeList[T any](w http.ResponseWriter, list []T) error {
	header(w, typeJSON)
	out := bufio.NewWriterSize(w, 32<<10)
	var row bytes.Buffer
	encoder := json.NewEncoder(&row)
	encoder.SetEscapeHTML(false)
	out.WriteString("{" + success + `,"data":[`) //nolint:errcheck // Flush tells
	for i, item := range list {
		if i > 0 {
			out.WriteByte(',') //nolint:errcheck // Flush tells
		}
		row.Reset()
		if err := encoder.Encode(item); err != nil {
			return err
		}
		out.Write(bytes.TrimSuffix(row.Bytes(), []byte("\n"))) //nolint:errcheck // Flush tells
	}
	out.WriteString("]}") //nolint:errcheck // Flush tells
	return out.Flush()
}

// steady gives up a reader who takes nothing any more.
type steady struct {
	w       http.ResponseWriter
	line    *http.ResponseController
	silence time.Duration
}

func newSteady(w http.ResponseWriter, silence time.Duration) *steady {
	return &steady{w, http.NewResponseController(w), silence}
}

func (s *steady) Write(b []byte) (int, error) {
	// The server takes the deadline away after the request. What has no line
	// needs none.
	_ = s.line.SetWriteDeadline(time.Now().Add(s.silence))
	return s.w.Write(b)
}
