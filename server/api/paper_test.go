package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"testing"

	"congvan/server/provider/barcode"
)

type paperView struct {
	ID            string
	ArrivalNumber int
	State         string
	Files         []struct{ Name, MediaType, Role string }
}

// stored uploads a file of the client's.
func (c *client) stored(name string, content []byte) string {
	c.t.Helper()
	return c.call("POST", "/api/files?name="+name, bytes.NewReader(content), header{"Content-Type", "application/octet-stream"}).need(c.t, 201).identified(c.t)
}

func picture(t testing.TB, shade uint8) []byte {
	t.Helper()
	page := image.NewGray(image.Rect(0, 0, 60, 80))
	for i := range page.Pix {
		page.Pix[i] = shade
	}
	var out bytes.Buffer
	if err := png.Encode(&out, page); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestG5_PaperIsRegisteredFirstAndScannedLater: by hand, and a batch by name and barcode sheet.
func TestG5_PaperIsRegisteredFirstAndScannedLater(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	clerk := i.as(t, o.Clerk.AccountID)
	of := "/api/agencies/" + o.ID.String()
	var papers []paperView
	for n := range 3 {
		var v paperView
		clerk.post(of+"/paper-arrivals", object{"seenSha256": "", "subject": fmt.Sprintf("Giấy mời số %d", n+1), "issuerName": "Sở Nội vụ", "number": "12", "symbol": "GM-SNV"}).
			need(t, 201).into(t, &v)
		papers = append(papers, v)
		if v.State != "registered" || v.ArrivalNumber != n+1 || len(v.Files) != 0 {
			t.Fatalf("%+v", v)
		}
	}
	clerk.post(of+"/paper-arrivals", object{"seenSha256": "", "subject": "", "issuerName": "Sở Nội vụ"}).refused(t, 422, "invalid_request")
	// Two images by hand become one PDF.
	first := "/api/arrivals/" + papers[0].ID
	var v paperView
	clerk.post(first+"/scans", object{"uploadIds": []string{clerk.stored("a.png", picture(t, 10)), clerk.stored("b.png", picture(t, 20))}}).need(t, 200).into(t, &v)
	if len(v.Files) != 1 || v.Files[0].MediaType != "application/pdf" || v.Files[0].Role != "main" || v.Files[0].Name != "a.pdf" {
		t.Errorf("%+v", v.Files)
	}
	// A batch: a barcode sheet and what follows it, a number in the name, and what nobody knows.
	var sheet bytes.Buffer
	if err := barcode.Draw(&sheet, fmt.Sprintf("DEN%d-%d", i.now().Year(), papers[1].ArrivalNumber)); err != nil {
		t.Fatal(err)
	}
	var sorted struct {
		Items []struct {
			Number          int
			Names           []string
			ArrivalID, Code string
			Done            bool
		}
	}
	clerk.post(of+"/scans", object{"year": i.now().Year(), "uploadIds": []string{clerk.stored("scan-a.png", sheet.Bytes()), clerk.stored("scan-b.png", picture(t, 30)),
		clerk.stored("3.pdf", []byte(paper)), clerk.stored("99.png", picture(t, 40)), clerk.stored("anh.png", picture(t, 50))}}).need(t, 200).into(t, &sorted)
	if len(sorted.Items) != 4 || !sorted.Items[0].Done || sorted.Items[0].ArrivalID != papers[1].ID || len(sorted.Items[0].Names) != 2 ||
		!sorted.Items[1].Done || sorted.Items[1].ArrivalID != papers[2].ID || sorted.Items[2].Code != "no_entry" || sorted.Items[3].Code != "no_entry" {
		t.Errorf("%+v", sorted.Items)
	}
	// The same batch sent again, as scanners do: everything is there once.
	counted := func(id string) int {
		var v paperView
		clerk.get("/api/arrivals/"+id).need(t, 200).into(t, &v)
		return len(v.Files)
	}
	before := counted(papers[1].ID)
	clerk.post(of+"/scans", object{"year": i.now().Year(), "uploadIds": []string{clerk.stored("scan-a.png", sheet.Bytes()), clerk.stored("scan-b.png", picture(t, 30)),
		clerk.stored("3.pdf", []byte(paper))}}).need(t, 200).into(t, &sorted)
	if len(sorted.Items) != 2 || !sorted.Items[0].Done || !sorted.Items[1].Done || counted(papers[1].ID) != before || counted(papers[2].ID) != 1 {
		t.Errorf("%+v, %d files", sorted.Items, counted(papers[1].ID))
	}
	// And with a page that was missing, only that page is put to it.
	clerk.post(of+"/scans", object{"year": i.now().Year(), "uploadIds": []string{clerk.stored("scan-a.png", sheet.Bytes()), clerk.stored("scan-b.png", picture(t, 30)),
		clerk.stored("scan-c.png", picture(t, 31))}}).need(t, 200).into(t, &sorted)
	if !sorted.Items[0].Done || counted(papers[1].ID) != before+1 {
		t.Errorf("%+v, %d files", sorted.Items, counted(papers[1].ID))
	}
	clerk.post("/api/arrivals/"+papers[2].ID+"/scans", object{"uploadIds": []string{clerk.stored("again.pdf", []byte(paper))}}).refused(t, 409, "scanned_already")
	if got := clerk.get(first+"/barcode").need(t, 200); got.Header.Get("Content-Type") != "image/png" || !bytes.HasPrefix(got.Body, []byte("\x89PNG")) {
		t.Error("no barcode")
	}
	// Paper that comes for what is registered joins it and takes no number.
	clerk.post(first+"/paper-copy", object{"note": "kệ 2"}).need(t, 200).into(t, &v)
	if v.ArrivalNumber != 1 {
		t.Errorf("%+v", v)
	}
}

// TestM3_AComplaintIsRestrictedFromTheFirstSecond: nobody but the clerk sees it.
func TestM3_AComplaintIsRestrictedFromTheFirstSecond(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	var v paperView
	i.as(t, o.Clerk.AccountID).post("/api/agencies/"+o.ID.String()+"/paper-arrivals",
		object{"seenSha256": "", "subject": "Đơn tố cáo", "issuerName": "Nguyễn Văn A", "restricted": true}).need(t, 201).into(t, &v)
	if got := i.as(t, o.Leader.AccountID).get("/api/arrivals/" + v.ID); got.Status != 404 {
		t.Errorf("the leader sees it: %d", got.Status)
	}
	var list struct{ Items []struct{ ID string } }
	i.as(t, o.Leader.AccountID).get("/api/arrivals").need(t, 200).into(t, &list)
	if len(list.Items) != 0 {
		t.Errorf("%+v", list.Items)
	}
	i.as(t, o.Clerk.AccountID).get("/api/arrivals/"+v.ID).need(t, 200)
}
