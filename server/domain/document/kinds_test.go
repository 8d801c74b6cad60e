package document_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
)

// The abbreviations of NĐ 30/2020, phụ lục III, phần I, written out once more
// and apart from the table, so that a slip in either shows.
func TestKinds_AreThe29OfTheDecreeAndTheCopies(t *testing.T) {
	t.Parallel()
	decree := map[string]string{
		"Nghị quyết": "NQ", "Quyết định": "QĐ", "Chỉ thị": "CT", "Quy chế": "QC", "Quy định": "QyĐ", "Thông cáo": "TC",
		"Thông báo": "TB", "Hướng dẫn": "HD", "Chương trình": "CTr", "Kế hoạch": "KH", "Phương án": "PA", "Đề án": "ĐA",
		"Dự án": "DA", "Báo cáo": "BC", "Biên bản": "BB", "Tờ trình": "TTr", "Hợp đồng": "HĐ", "Công văn": "", "Công điện": "CĐ",
		"Bản ghi nhớ": "BGN", "Bản thỏa thuận": "BTT", "Giấy ủy quyền": "GUQ", "Giấy mời": "GM", "Giấy giới thiệu": "GGT",
		"Giấy nghỉ phép": "GNP", "Phiếu gửi": "PG", "Phiếu chuyển": "PC", "Phiếu báo": "PB", "Thư công": "",
	}
	copies := map[string]string{"Bản sao y": "SY", "Bản trích sao": "TrS", "Bản sao lục": "SL"}
	normative := map[string]string{"Nghị quyết": "NQ", "Quyết định": "QĐ", "Chỉ thị": "CT"}
	if len(decree) != 29 {
		t.Fatalf("the decree has 29 kinds, not %d", len(decree))
	}
	for _, k := range document.Kinds() {
		list := decree
		switch {
		case k.Copy:
			list = copies
		case k.Normative:
			list = normative
		}
		if abbreviation, known := list[k.Name.VI]; !known || abbreviation != k.Abbreviation {
			t.Errorf("%s %q has the abbreviation %q, want %q", k.Code, k.Name.VI, k.Abbreviation, abbreviation)
		}
		if k.HasNameLine() != (k.Abbreviation != "") {
			t.Errorf("%s: name line %v", k.Code, k.HasNameLine())
		}
		delete(list, k.Name.VI)
	}
	if left := len(decree) + len(copies) + len(normative); left > 0 {
		t.Errorf("missing: %v %v %v", decree, copies, normative)
	}
}

func TestKinds_HaveUsableIdentifiersAndNames(t *testing.T) {
	t.Parallel()
	codes, labels := map[string]bool{}, map[fault.Text]bool{}
	for _, k := range document.Kinds() {
		if strings.Trim(k.Code, "abcdefghijklmnopqrstuvwxyz_") != "" || k.Code == "" || codes[k.Code] {
			t.Errorf("code %q is no identifier or not the only one", k.Code)
		}
		if k.Label().VI == "" || k.Label().EN == "" || labels[k.Label()] {
			t.Errorf("%s: label %q is empty or not the only one", k.Code, k.Label())
		}
		for _, text := range []string{k.Name.VI, k.Name.EN, k.Abbreviation} {
			if !norm.NFC.IsNormalString(text) {
				t.Errorf("%s: %q is not in NFC", k.Code, text)
			}
		}
		codes[k.Code], labels[k.Label()] = true, true
		if found, ok := document.KindByCode(k.Code); !ok || found != k {
			t.Errorf("KindByCode(%s) = %v, %v", k.Code, found, ok)
		}
		for _, word := range []string{k.Code, k.Label().VI, k.Label().EN, strings.ToUpper(k.Label().VI)} {
			if found, ok := document.KindNamed(word); !ok || found != k {
				t.Errorf("KindNamed(%s) = %v, %v", word, found, ok)
			}
		}
	}
	for _, code := range []string{"", "QĐ", "letter", "Quyet dinh"} {
		if k, ok := document.KindNamed(code); ok {
			t.Errorf("KindNamed(%q) = %v", code, k)
		}
	}
	for _, code := range []string{"", "Decision", "letter"} {
		if k, ok := document.KindByCode(code); ok {
			t.Errorf("KindByCode(%q) = %v", code, k)
		}
	}
}

func TestB2_AKindIsNeverKnownByItsAbbreviationAlone(t *testing.T) {
	t.Parallel()
	for abbreviation, want := range map[string][]string{
		"QĐ": {"decision", "normative_decision"}, "NQ": {"resolution", "normative_resolution"}, "CT": {"directive", "normative_directive"},
		"CTr": {"programme"}, "QC": {"statute"}, "QyĐ": {"regulation"}, "DA": {"project"}, "ĐA": {"proposal"},
		"HD": {"guidance"}, "HĐ": {"contract"}, "CĐ": {"telegram"}, "TC": {"communique"}, "SY": {"true_copy"},
		"": nil, "qđ": nil, "QD": nil, "Ctr": nil, "QYĐ": nil, "CV": nil,
		norm.NFD.String("QĐ"): {"decision", "normative_decision"}, // Đ has no decomposed form
	} {
		var got []string
		for _, k := range document.KindsByAbbreviation(abbreviation) {
			got = append(got, k.Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q may be %v, want %v", abbreviation, got, want)
		}
	}
}
