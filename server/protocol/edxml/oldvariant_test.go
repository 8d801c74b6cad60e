package edxml_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/protocol/edxml"
)

const soap = `<?xml version="1.0" encoding="utf-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">`

// The form of công văn 2803/BTTTT-THH (2014), which some systems still send.
func TestL3_TheOldVariantOfADocumentIsRead(t *testing.T) {
	t.Parallel()
	p, got := read(t, soap+`<SOAP-ENV:Header>
<edXML:MessageHeader>
<edXML:From><edXML:OrganId>000.00.08.H59</edXML:OrganId><edXML:OrganInCharge>UBND tỉnh</edXML:OrganInCharge></edXML:From>
<edXML:To><edXML:OrganId>000.00.09.H59</edXML:OrganId></edXML:To>
<edXML:Code><edXML:CodeNumber>15</edXML:CodeNumber><edXML:CodeNotation>SNV-VP</edXML:CodeNotation></edXML:Code>
<edXML:PromulgationInfo><edXML:Place>Trà Vinh</edXML:Place><edXML:PromulgationDate>05/03/2015</edXML:PromulgationDate></edXML:PromulgationInfo>
<edXML:Subject>Về việc thử</edXML:Subject><edXML:DocumentId>d-1</edXML:DocumentId>
</edXML:MessageHeader>
<edXML:TraceHeaderList><edXML:TraceHeader><edXML:OrganId>000.00.08.H59</edXML:OrganId><edXML:Timestamp>05/03/2015 07:08:09</edXML:Timestamp></edXML:TraceHeader></edXML:TraceHeaderList>
<edXML:Business><edXML:BusinessDocType>0</edXML:BusinessDocType></edXML:Business>
</SOAP-ENV:Header><SOAP-ENV:Body>
<edXML:Manifest><edXML:Reference><edXML:ContentId>cid:a</edXML:ContentId><edXML:AttachmentName>a.txt</edXML:AttachmentName></edXML:Reference></edXML:Manifest>
</SOAP-ENV:Body>
<edXML:AttachmentEncoded><edXML:Attachment><edXML:ContentId>a</edXML:ContentId><edXML:AttachmentName>a.txt</edXML:AttachmentName><edXML:ContentType>text/plain</edXML:ContentType><edXML:ContentTransferEncoded>QUJD</edXML:ContentTransferEncoded></edXML:Attachment></edXML:AttachmentEncoded>
</SOAP-ENV:Envelope>`)
	assert.True(t, p.OldVariant)
	d := p.Document
	require.NotNil(t, d)
	assert.Equal(t, "2015-03-05", d.Issued.String())
	assert.Equal(t, "UBND tỉnh", d.From.InCharge)
	assert.True(t, d.Trace.Hops[0].At.Equal(time.Date(2015, 3, 5, 7, 8, 9, 0, org.Zone())))
	require.NotNil(t, d.Trace.Act)
	assert.Equal(t, edxml.New, d.Trace.Act.Kind)
	assert.Equal(t, "ABC", string(got.contents[0]))
	assert.Contains(t, codes(p), edxml.OldVariant)
	assert.Contains(t, codes(p), edxml.DateOldForm)
	assert.Contains(t, codes(p), edxml.AliasRead)
}

func TestL3_TheOldVariantOfAStatusIsRead(t *testing.T) {
	t.Parallel()
	p, _ := read(t, soap+`<SOAP-ENV:Header><edXML:Status>
<edXML:ResponseFor><edXML:OrganId>A</edXML:OrganId><edXML:Code>15/SNV-VP</edXML:Code><edXML:PromulgationDate>2015/03/05</edXML:PromulgationDate><edXML:DocumentId>d-1</edXML:DocumentId></edXML:ResponseFor>
<edXML:From><edXML:OrganId>B</edXML:OrganId></edXML:From><edXML:StatusCode> 03 </edXML:StatusCode><edXML:Description>Đã tiếp nhận</edXML:Description><edXML:Timestamp>06/03/2015 07:08:09</edXML:Timestamp>
</edXML:Status></SOAP-ENV:Header><SOAP-ENV:Body/></SOAP-ENV:Envelope>`)
	require.NotNil(t, p.Status)
	assert.Equal(t, edxml.Registered, p.Status.Code)
	assert.Equal(t, "15/SNV-VP", p.Status.ResponseFor.Code)
	assert.Equal(t, "2015-03-05", p.Status.ResponseFor.Issued.String(), "the new form of a date stays readable")
	assert.ElementsMatch(t, []edxml.Code{edxml.OldVariant, edxml.DateOldForm}, codes(p))
}

func TestL3_TheFlatVariantIsRead(t *testing.T) {
	t.Parallel()
	p, _ := read(t, `<EdXML xmlns="http://www.go.vn/eDoc"><MessageHeader><From><OrganId>A</OrganId></From><To><OrganId>B</OrganId></To><DocumentId>d</DocumentId><DueDate>01/02/2016</DueDate></MessageHeader></EdXML>`)
	assert.Equal(t, "2016-02-01", p.Document.Due.String())
	assert.ElementsMatch(t, []edxml.Code{edxml.RootOther, edxml.OldVariant, edxml.DateOldForm}, codes(p))
}

// In a package of today a day that begins with the day is not guessed at.
func TestL3_OldDatesAreReadInTheOldVariantAlone(t *testing.T) {
	t.Parallel()
	_, err := edxml.Read(strings.NewReader(build(t, base(t), "2026/02/01", "01/02/2026")), edxml.Options{}, nil)
	require.ErrorIs(t, err, edxml.ErrDate)
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Len(t, f.Fields, 1)
	assert.Equal(t, "DueDate", f.Fields[0].Name, "the refusal names the element")
}

func TestL3_StatusesAreKnownByTheirCode(t *testing.T) {
	t.Parallel()
	text := sample(t, "status_03.edxml")
	for code, warned := range map[string]bool{"01": false, "02": false, "03": false, "04": false, "05": false, "06": false, "13": false, "15": false, "16": false, "07": true, "3": true, "": true, "abc": true} {
		p, _ := read(t, build(t, text, "StatusCode>03<", "StatusCode>"+code+"<"))
		require.NotNil(t, p.Status, code)
		assert.EqualValues(t, code, p.Status.Code)
		assert.Equal(t, !warned, p.Status.Code.Known())
		assert.Equal(t, warned, len(p.Warnings) == 1, code)
	}
	p, _ := read(t, build(t, text, "</edXML>", `<AttachmentEncoded><Attachment><ContentId>a</ContentId><AttachmentName>a.txt</AttachmentName><ContentType>text/plain</ContentType><ContentTransferEncoded>QUJD</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>`))
	assert.Equal(t, []edxml.Code{edxml.AttachmentsOnStatus}, codes(p))
}

func TestL3_ARegisterAsksForWhatTheStandardCallsRequired(t *testing.T) {
	t.Parallel()
	p, _ := read(t, base(t))
	today, err := org.NewDay(2026, 1, 15)
	require.NoError(t, err)
	require.NoError(t, p.Document.Check(today))
	for name, change := range map[string]func(d *edxml.Document){
		"From":             func(d *edxml.Document) { d.From = edxml.Agency{} },
		"To":               func(d *edxml.Document) { d.To = nil },
		"DocumentId":       func(d *edxml.Document) { d.DocumentID = "" },
		"CodeNumber":       func(d *edxml.Document) { d.Number = "" },
		"CodeNotation":     func(d *edxml.Document) { d.Symbol = "" },
		"Subject":          func(d *edxml.Document) { d.Subject = "" },
		"PromulgationDate": func(d *edxml.Document) { d.Issued = today.AddDays(1) },
	} {
		d := *p.Document
		change(&d)
		var f *fault.Error
		require.ErrorAs(t, d.Check(today), &f, name)
		require.Len(t, f.Fields, 1, name)
		assert.Equal(t, name, f.Fields[0].Name)
	}
	d := *p.Document
	d.To = append(d.To, d.To[0])
	assert.Error(t, d.Check(today), "a recipient twice")
}

func TestL3_TheFourActsAreToldApart(t *testing.T) {
	t.Parallel()
	p, _ := read(t, sample(t, "doc_revocation.edxml"))
	assert.Equal(t, edxml.Recall, p.Document.Trace.Act.Kind)
	assert.Equal(t, "Thu hồi văn bản điện tử", p.Document.Trace.Act.Reason)
	for kind, want := range map[string]edxml.Act{
		"<edXML:BussinessDocType>2</edXML:BussinessDocType><edXML:BussinessDocumentInfo><edXML:DocumentInfo>1</edXML:DocumentInfo><edXML:DocumentReceiver>1</edXML:DocumentReceiver><edXML:ReceiverList><edXML:Receiver><edXML:OrganId>A</edXML:OrganId><edXML:ReceiverType>0</edXML:ReceiverType></edXML:Receiver><edXML:Receiver><edXML:OrganId>B</edXML:OrganId><edXML:ReceiverType>1</edXML:ReceiverType></edXML:Receiver></edXML:ReceiverList></edXML:BussinessDocumentInfo>": {Kind: edxml.Update, Changes: []edxml.Change{{Document: "1", Recipients: "1", Receivers: []edxml.Receiver{{AgencyCode: "A", Type: "0"}, {AgencyCode: "B", Type: "1"}}}}},
		"<edXML:BussinessDocType>3</edXML:BussinessDocType><edXML:ReplacementInfoList><edXML:ReplacementInfo><edXML:DocumentId>cũ</edXML:DocumentId><edXML:OrganIdList><edXML:OrganId>A</edXML:OrganId><edXML:OrganId>B</edXML:OrganId></edXML:OrganIdList></edXML:ReplacementInfo></edXML:ReplacementInfoList>":                                                                                                                                                                   {Kind: edxml.Replace, Replaced: []edxml.Replaced{{DocumentID: "cũ", AgencyCodes: []string{"A", "B"}}}},
	} {
		text := sample(t, "doc_revocation.edxml")
		from, to := strings.Index(text, "<edXML:Bussiness>"), strings.Index(text, "</edXML:Bussiness>")
		p, _ := read(t, text[:from]+"<edXML:Bussiness>"+kind+text[to:])
		assert.Equal(t, want, *p.Document.Trace.Act)
		assert.Empty(t, codes(p))
	}
}
