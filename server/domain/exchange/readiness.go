package exchange

import (
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Shortfall is something that is missing before a document can go out, or that
// its recipient will miss.
type Shortfall struct {
	Code   string
	Text   fault.Text
	Blocks bool // issuing would be refused, or the document would lie there
}

// Route is how one recipient would be reached today (D3).
type Route struct {
	Channel    Channel
	Valid      bool   // agency, unit or position of that day
	Successor  string // of an agency that ended
	Code       string // of the agency
	Email      string
	Connection bool // one leads to the recipient's system
	Outbox     bool // the issuing agency has an address to send from
}

// Missing tells what stands in the way, and what the road does not give.
func (r Route) Missing() []Shortfall {
	var list []Shortfall
	add := func(code string, blocks bool, vi, en string) {
		list = append(list, Shortfall{Code: code, Blocks: blocks, Text: fault.Text{VI: vi, EN: en}})
	}
	switch {
	case !r.Valid && r.Successor != "":
		add("retired_agency", true, "Mã cơ quan đã ngừng dùng; nay là "+r.Successor+".", "The agency has ended; its successor is "+r.Successor+".")
	case !r.Valid:
		add("retired_agency", true, "Nơi nhận không còn hoạt động hoặc chưa hoạt động.", "The recipient is not valid today.")
	}
	switch r.Channel {
	case Axis:
		if !r.Connection {
			add("no_connection", true, "Chưa kết nối trục liên thông quốc gia; văn bản sẽ nằm chờ.", "There is no connection to the national axis; the document would wait.")
		}
		if r.Code == "" {
			add("no_code", true, "Nơi nhận chưa có mã định danh.", "The recipient has no agency code.")
		}
	case Peer:
		if !r.Connection {
			add("no_connection", true, "Chưa kết nối tới hệ thống của nơi nhận; văn bản sẽ nằm chờ.", "No connection leads to the recipient's system; the document would wait.")
		}
	case Mailbox:
		if r.Email == "" {
			add("no_address", true, "Nơi nhận chưa có địa chỉ hộp thư công vụ.", "The recipient has no mail address.")
		}
		if !r.Outbox {
			add("no_outbox", true, "Cơ quan chưa có địa chỉ thư để gửi đi.", "The agency has no mail address to send from.")
		}
		add("no_force", false, "Gửi qua hộp thư: không được coi là gửi, nhận văn bản điện tử có giá trị pháp lý qua hệ thống.",
			"By mail: not exchanged electronically with legal value.")
	case Paper:
		add("on_paper", false, "Nhận bản giấy: cần in, đóng dấu và chuyển.", "On paper: it is printed, stamped and carried.")
	}
	return list
}

// Paperwork is what the document itself brings along on the day.
type Paperwork struct {
	PDF       bool // the main file is one
	Signed    bool
	Sealed    bool
	Required  bool // the agency's documents are signed
	Seals     bool // the agency has a seal certificate
	SealUntil org.Day
	Today     org.Day
	Annexes   []AnnexFile
}

// AnnexFile is an annex in a file of its own: it bears the agency's signature
// like the document (NĐ 30/2020, phụ lục I; C6).
type AnnexFile struct {
	Name   string
	PDF    bool
	Signed bool
}

// Missing tells what the document lacks.
func (p Paperwork) Missing() []Shortfall {
	var list []Shortfall
	add := func(code string, blocks bool, vi, en string) {
		list = append(list, Shortfall{Code: code, Blocks: blocks, Text: fault.Text{VI: vi, EN: en}})
	}
	if !p.PDF {
		add("not_pdf", false, "Tệp chính không phải PDF.", "The main file is not a PDF.")
	}
	switch {
	case !p.Signed:
		add("unsigned", p.Required, "Văn bản chưa có chữ ký số của người có thẩm quyền.", "The document bears no signature of the competent person.")
	case !p.Sealed && p.Seals:
		add("unsealed", true, "Văn bản chưa có chữ ký số của cơ quan.", "The document bears no signature of the agency.")
	}
	switch {
	case !p.Seals:
		add("no_certificate", false, "Cơ quan chưa có chứng thư số để ký số của cơ quan.", "The agency has no certificate for its seal.")
	case p.SealUntil.Before(p.Today):
		add("certificate_expired", p.Signed && !p.Sealed, "Chứng thư số của cơ quan đã hết hạn ngày "+p.SealUntil.Written()+".", "The agency's certificate expired on "+p.SealUntil.String()+".")
	}
	for _, a := range p.Annexes {
		switch {
		case !a.PDF:
			add("annex_not_pdf", false, "Phụ lục “"+a.Name+"” không phải PDF nên không ký số được.", "The annex “"+a.Name+"” is no PDF and cannot be signed.")
		case !a.Signed:
			add("annex_unsigned", p.Signed && p.Seals, "Phụ lục “"+a.Name+"” ở tệp riêng chưa có chữ ký số của cơ quan.",
				"The annex “"+a.Name+"”, a file of its own, does not bear the agency's signature.")
		}
	}
	return list
}
