package exchange_test

import (
	"fmt"
	"testing"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

func codes(list []exchange.Shortfall) string {
	out := []string{}
	for _, s := range list {
		if s.Blocks {
			s.Code = "!" + s.Code
		}
		out = append(out, s.Code)
	}
	return fmt.Sprint(out)
}

func TestC6_AnAnnexInAFileOfItsOwnIsToldBeforeIssuing(t *testing.T) {
	t.Parallel()
	today, err := org.NewDay(2026, 11, 25)
	if err != nil {
		t.Fatal(err)
	}
	annex := []exchange.AnnexFile{{Name: "Phụ lục I.pdf", PDF: true}, {Name: "Biểu.xlsx"}}
	sealed := []exchange.AnnexFile{{Name: "Phụ lục I.pdf", PDF: true, Signed: true}}
	for _, c := range []struct {
		paper exchange.Paperwork
		want  string
	}{
		{exchange.Paperwork{PDF: true, Signed: true, Sealed: true, Seals: true, SealUntil: today, Today: today, Annexes: annex}, "[!annex_unsigned annex_not_pdf]"},
		{exchange.Paperwork{PDF: true, Signed: true, Sealed: true, Seals: true, SealUntil: today, Today: today, Annexes: sealed}, "[]"},
		{exchange.Paperwork{PDF: true, Signed: true, Seals: true, SealUntil: today.AddDays(-1), Today: today}, "[!unsealed !certificate_expired]"},
		{exchange.Paperwork{Required: true, Today: today, Annexes: annex[:1]}, "[not_pdf !unsigned no_certificate annex_unsigned]"},
	} {
		if got := codes(c.paper.Missing()); got != c.want {
			t.Errorf("%+v: %s, want %s", c.paper, got, c.want)
		}
	}
}

func TestD3_AMailboxIsToldToBeWithoutForce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		route exchange.Route
		want  string
	}{
		{exchange.Route{Channel: exchange.Local, Valid: true}, "[]"},
		{exchange.Route{Channel: exchange.Mailbox, Valid: true, Email: "a@b.vn", Outbox: true}, "[no_force]"},
		{exchange.Route{Channel: exchange.Axis, Valid: true, Connection: true}, "[!no_code]"},
		{exchange.Route{Channel: exchange.Peer, Successor: "Sở Nội vụ"}, "[!retired_agency !no_connection]"},
		{exchange.Route{Channel: exchange.Paper, Valid: true}, "[on_paper]"},
	} {
		if got := codes(c.route.Missing()); got != c.want {
			t.Errorf("%+v: %s, want %s", c.route, got, c.want)
		}
	}
}
