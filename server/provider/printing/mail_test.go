package printing_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/provider/printing"
)

func TestK11_AMailIsPrintedWholeAndAlwaysTheSame(t *testing.T) {
	t.Parallel()
	m := exchange.MailSheet{Subject: "Giấy mời họp \U0001F4C5", From: "Văn phòng <vp@ngoai.example>", SentAt: time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC),
		Text: "Kính gửi quý cơ quan,\r\n\r\n" + strings.Repeat("Mời dự cuộc họp về phòng, chống lụt bão năm 2026. ", 200) + "\n" + strings.Repeat("x", 3000) + "\nHết."}
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := printing.Mail(out, m); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same mail gave other bytes")
	}
	text := read(t, first.Bytes())
	for _, want := range []string{"Giấy mời họp", "Người gửi: Văn phòng <vp@ngoai.example>", "Gửi lúc: 08:30 02/03/2026", "Kính gửi quý cơ quan,", "Hết."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%.500s", want, text)
		}
	}
	if strings.Count(text, "\f") < 2 {
		t.Error("it fits on one page?")
	}
}
