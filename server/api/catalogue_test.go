package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

type catalogueView struct {
	Items []struct {
		ID, Notation, Title, ApprovedBy, CaseFileID string
	}
	NextNumber          int
	MayKeep, MayApprove bool
}

func TestI1_TheYearlyListIsWrittenApprovedAndOpenedFrom(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	path := "/api/agencies/" + o.ID.String() + "/catalogue"
	clerk, leader, officer := i.as(t, o.Clerk.AccountID), i.as(t, o.Leader.AccountID), i.as(t, o.Officer.AccountID)
	line := object{"year": 2026, "notation": "07.tccb", "title": "Hồ sơ tuyển dụng", "retention": 0}
	clerk.post(path, line).need(t, 200)
	clerk.post(path, line).refused(t, 422, "invalid_request")
	clerk.post(path, object{"year": 2026, "notation": "TCCB", "title": "x", "retention": 0}).refused(t, 422, "invalid_request")
	var list catalogueView
	clerk.get(path+"?year=2026").need(t, 200).into(t, &list)
	if len(list.Items) != 1 || list.Items[0].Notation != "07.TCCB" || list.NextNumber != 8 || !list.MayKeep || list.MayApprove {
		t.Fatalf("%+v", list)
	}
	id := list.Items[0].ID
	file := object{"agencyId": o.ID.String(), "year": 2026, "notation": "x", "title": "x", "retention": 1, "catalogueId": id}
	officer.post("/api/casefiles", file).refused(t, 409, "catalogue_not_approved")
	leader.post(path+"/approve", object{"year": 2026}).need(t, 200)
	leader.post(path+"/approve", object{"year": 2026}).refused(t, 409, "nothing_to_approve")
	if got := clerk.call("DELETE", "/api/catalogue/"+id, nil); got.Status != 409 {
		t.Errorf("an approved line went: %d", got.Status)
	}
	var v struct {
		ID, Code, Title string
		Retention       int
	}
	officer.post("/api/casefiles", file).need(t, 201).into(t, &v)
	if v.Code != "H59.01.2026.07.TCCB" || v.Title != "Hồ sơ tuyển dụng" || v.Retention != 0 {
		t.Errorf("%+v", v)
	}
	officer.get(path+"?year=2026").need(t, 200).into(t, &list)
	if list.Items[0].CaseFileID != v.ID || list.MayKeep {
		t.Errorf("%+v", list)
	}
	book, err := excelize.OpenReader(bytes.NewReader(clerk.get(path+"/book?year=2026&format=xlsx").need(t, 200).Body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Sổ")
	if err != nil || len(rows) != 3 || !slices.Equal(rows[2][:3], []string{"07.TCCB", "Hồ sơ tuyển dụng", "Vĩnh viễn"}) {
		t.Errorf("%v %q", err, rows)
	}
}

func TestI3_AWholeFileIsCarriedAwayWithItsDocuments(t *testing.T) {
	t.Parallel()
	i := install(t)
	o, to := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59.02", "Xã An Phú")
	officer := i.as(t, o.Officer.AccountID)
	path := "/api/casefiles/" + i.opened(t, o, "01.VP")
	for range 2 {
		officer.post(path+"/add", object{"documentId": i.issued(t, o, to.ID)}).need(t, 200)
	}
	packed := officer.get(path+"/export?format=zip").need(t, 200).Body
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	content := map[string][]byte{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if content[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	if len(content) != 4 || !bytes.HasPrefix(content["ho-so.pdf"], []byte("%PDF-")) {
		t.Fatalf("%d entries", len(content))
	}
	var said struct {
		FileCode struct {
			OrganID      string `xml:"OrganId"`
			FileNotation string
		}
		DocTotal  int
		Documents []struct {
			DocOrdinal int
			CodeNumber string
			Files      []struct{ Path string } `xml:"Files>File"`
		} `xml:"Documents>Document"`
		Events []struct{ Act string } `xml:"History>Event"`
	}
	if err := xml.Unmarshal(content["ho-so.xml"], &said); err != nil {
		t.Fatal(err)
	}
	if said.FileCode.OrganID != "H59.01" || said.FileCode.FileNotation != "01.VP" || said.DocTotal != 2 || len(said.Documents) != 2 || len(said.Events) != 3 {
		t.Errorf("%+v", said)
	}
	for n, d := range said.Documents {
		if d.DocOrdinal != n+1 || d.CodeNumber == "" || len(d.Files) != 1 || len(content[d.Files[0].Path]) == 0 || strings.Contains(d.Files[0].Path, "..") {
			t.Errorf("%+v", d)
		}
	}
	if pdf := officer.get(path+"/export?format=pdf").need(t, 200).Body; !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Error("not a PDF")
	}
	var history struct{ Items []struct{ Verb string } }
	officer.get(path+"/events").need(t, 200).into(t, &history)
	if last := history.Items[len(history.Items)-1].Verb; last != "casefile_exported" {
		t.Errorf("the history ends with %s", last)
	}
}
