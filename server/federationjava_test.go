//go:build java

package server_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"congvan/server/protocol/vxp"
)

// jars are what Debian's libhttpclient-java lays down.
const jars = "/usr/share/java/httpclient.jar:/usr/share/java/httpcore.jar:/usr/share/java/commons-logging.jar:/usr/share/java/commons-codec.jar"

// A plain Java client, written from the description of the protocol alone with
// the HTTP client that the official one uses, sends, lists, gets, updates and
// registers (L5). `deploy/setup soak` installs what it needs.
func TestL5_APlainJavaClientWorksUnchanged(t *testing.T) {
	t.Parallel()
	s, agency := axisSite(t)
	s.start()
	c := s.axisClient()
	s.issue("Gửi phần mềm Java", []byte("%PDF-1.7 văn bản gửi đi"), agency)
	s.await(func() bool { n, err := c.CountReceived(t.Context(), vxp.Document); return err == nil && n == 1 })
	run := exec.CommandContext(t.Context(), "java", "-cp", jars, "AxisClient.java", "http://"+s.addr+"/axis/", axisSystem, axisSecret,
		"000.00.00.X01", "000.00.00.X02", filepath.Join("..", "..", "protocol", "edxml", "fixtures", "doc_new.edxml"))
	run.Dir = filepath.Join("testdata", "java")
	told, err := run.CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(told)), "done") {
		t.Fatalf("%v\n%s", err, told)
	}
	for _, call := range []string{"sendEdoc", "getAgenciesList", "getAgenciesListQD20", "getSynchronizeUnit", "registerAgency", "countReceiveEdoc", "getReceivedEdocList",
		"downloadEdoc", "getEdoc", "updateStatus", "countReceiveStatus", "getSentEdocList", "deleteAgency"} {
		if !strings.Contains(string(told), "ok "+call+"\n") {
			t.Errorf("%s was not answered", call)
		}
	}
	if n := s.count(`select count(*) from arrival where issuer_code = '000.00.00.X01'`); n != 1 {
		t.Errorf("%d arrivals of what was sent twice", n)
	}
}
