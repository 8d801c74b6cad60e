package document_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"congvan/server/domain/document"
)

const letter = `ỦY BAN NHÂN DÂN        CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM
XÃ LONG ĐỨC                 Độc lập – Tự do – Hạnh phúc
Số:      /UBND-VP            Long Đức, ngày ... tháng ... năm 2026
V/v phòng chống hạn mặn
Kính gửi: Trưởng các ấp.
Uỷ ban nhân dân xã đề nghị các ấp thực hiện./.
Nơi nhận:                    CHỦ TỊCH
- Như trên;
- Lưu: VT, VP.               Nguyễn Văn An`

func layoutOf(code string) document.Layout {
	kind, _ := document.KindByCode(code)
	return document.Layout{Issuer: "Ủy ban nhân dân xã Long Đức", Kind: kind, Notation: "UBND-VP", Subject: "Về việc phòng, chống hạn mặn", SignerName: "Nguyễn Văn An"}
}

func TestA_ALetterInTheLayoutOfTheDecreeIsNotRemarked(t *testing.T) {
	t.Parallel()
	assert.Empty(t, layoutOf(document.OfficialLetter).Compare(letter))
}

func TestA_WhatIsMissingInALayoutIsNamed(t *testing.T) {
	t.Parallel()
	for code, gone := range map[string]string{
		"no_country": "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "no_motto": "Độc lập – Tự do – Hạnh phúc", "no_issuer": "LONG", "no_number_line": "Số:",
		"no_date_line": "ngày ... tháng", "no_re": "V/v", "no_addressee": "Kính gửi", "other_subject": "hạn mặn", "no_recipients": "Nơi nhận",
		"no_filing": "Lưu: VT", "no_signer": "Nguyễn Văn An", "no_end": "./.",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			text := strings.ReplaceAll(letter, gone, "")
			if gone == "LONG" {
				text = strings.ReplaceAll(strings.ReplaceAll(text, "Long", ""), "Đức", "")
			}
			var codes []string
			for _, r := range layoutOf(document.OfficialLetter).Compare(text) {
				codes = append(codes, r.Code)
				assert.NotEmpty(t, r.Text.VI)
				assert.NotEmpty(t, r.Text.EN)
			}
			assert.Contains(t, codes, code)
		})
	}
}

// QC and QyĐ, CT and CTr differ only by case or marks.
func TestA_ASymbolIsComparedLetterByLetter(t *testing.T) {
	t.Parallel()
	want := layoutOf(document.OfficialLetter)
	want.Notation = "UBND-Vp"
	remarks := want.Compare(letter)
	if assert.Len(t, remarks, 1) {
		assert.Equal(t, "other_symbol", remarks[0].Code)
	}
}
