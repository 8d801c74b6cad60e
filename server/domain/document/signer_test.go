package document_test

import (
	"slices"
	"testing"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

func TestSignerBlock_AUnitHeadSignsOnTheHeadsOrder(t *testing.T) {
	t.Parallel()
	const committee = "Ủy ban nhân dân tỉnh Trà Vinh"
	for _, c := range []struct {
		role  org.Role
		title string
		want  document.Competence
	}{
		{org.UnitHead, "Chánh Văn phòng", document.ByOrder},
		{org.UnitHead, "Q. Chánh Văn phòng", document.ActingHead},
		{org.Leader, "Chủ tịch", document.ForCollective},
		{org.Leader, "Phó Chủ tịch", document.ForHead},
	} {
		if got := document.CompetenceOfPost(committee, c.role, c.title); got != c.want {
			t.Errorf("%s: %q, want %q", c.title, got, c.want)
		}
	}
}

func TestSignerBlock_TheRegisterNamesTheCompetence(t *testing.T) {
	t.Parallel()
	for want, block := range map[string][]string{
		"KT. CHỦ TỊCH":        {"TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"},
		"TM. ỦY BAN NHÂN DÂN": {"TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"},
		"TUQ. GIÁM ĐỐC":       {"TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"},
		"Q. GIÁM ĐỐC":         {"Q. GIÁM ĐỐC"},
		"":                    {"GIÁM ĐỐC"},
	} {
		if got := document.CompetenceLine(block); got != want {
			t.Errorf("%q: %q, want %q", block, got, want)
		}
	}
}

func TestLayout_RemarksAnotherSignerBlock(t *testing.T) {
	t.Parallel()
	kind, _ := document.KindByCode(document.OfficialLetter)
	want := document.Layout{Kind: kind, SignerName: "Nguyễn Văn B", Block: []string{"TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"}}
	remarked := func(text string) bool {
		return slices.ContainsFunc(want.Compare(text), func(r document.Remark) bool { return r.Code == "other_signer_block" })
	}
	if remarked("Nơi nhận: TM. ỦY BAN NHÂN DÂN - Lưu: VT. KT. CHỦ TỊCH PHÓ CHỦ TỊCH Nguyễn Văn B") {
		t.Error("the right block is remarked")
	}
	if !remarked("Nơi nhận: TM. ỦY BAN NHÂN DÂN CHỦ TỊCH Nguyễn Văn B") {
		t.Error("the block of another signer passes")
	}
}
