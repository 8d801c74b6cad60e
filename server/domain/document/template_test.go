package document_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

func numbered(n int) org.ID { return org.ID{14: byte(n >> 8), 15: byte(n)} }

func agencies(role document.RecipientRole, from, until int) (list []document.Recipient) {
	for n := from; n <= until; n++ {
		list = append(list, document.Recipient{Type: document.ToAgency, Role: role, AgencyID: numbered(n), Name: "Cơ quan " + string(rune('A'+n))})
	}
	return list
}

func group(name string, from, until int) document.RecipientGroup {
	g := document.RecipientGroup{Name: name}
	for n := from; n <= until; n++ {
		g.Members = append(g.Members, numbered(n))
	}
	return g
}

// TestA2_RecipientsAreCalledByTheNameOfTheirGroup: as offices write Nơi nhận.
func TestA2_RecipientsAreCalledByTheNameOfTheirGroup(t *testing.T) {
	t.Parallel()
	groups := []document.RecipientGroup{group("UBND các xã, phường, thị trấn", 4, 9), group("Các Sở, Ban, ngành tỉnh", 1, 3), group("Tất cả", 1, 9), group("Hai nơi", 1, 2)}
	for name, c := range map[string]struct {
		recipients []document.Recipient
		want       string
	}{
		"all":               {agencies(document.ForAction, 1, 9), "- Tất cả;"},
		"one group":         {agencies(document.ForAction, 4, 9), "- UBND các xã, phường, thị trấn;"},
		"a group and more":  {append(agencies(document.ForAction, 2, 2), agencies(document.ForAction, 4, 9)...), "- Cơ quan C;\n- UBND các xã, phường, thị trấn;"},
		"one is missing":    {agencies(document.ForAction, 1, 2), "- Cơ quan B;\n- Cơ quan C;"},
		"in two roles":      {append(agencies(document.ForAction, 1, 3), agencies(document.ForInformation, 4, 9)...), "- Các Sở, Ban, ngành tỉnh;\n- UBND các xã, phường, thị trấn;"},
		"a role cuts it up": {append(agencies(document.ForAction, 1, 2), agencies(document.ForInformation, 3, 3)...), "- Cơ quan B;\n- Cơ quan C;\n- Cơ quan D;"},
	} {
		got := document.Filling{Recipients: c.recipients, Groups: groups}.Values()["noi_nhan"]
		assert.Equal(t, c.want+"\n- Lưu: VT.", got, name)
	}
}

// Whatever the groups are, nobody is lost: each recipient is named itself or by a group it is in.
func TestA2_NoRecipientIsLostInAGroup(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var groups []document.RecipientGroup
		for i := range rapid.IntRange(0, 4).Draw(t, "groups") {
			from := rapid.IntRange(1, 12).Draw(t, "from")
			groups = append(groups, group("Nhóm "+string(rune('0'+i)), from, rapid.IntRange(from, 12).Draw(t, "until")))
		}
		var recipients []document.Recipient
		for n := 1; n <= 12; n++ {
			switch rapid.IntRange(0, 4).Draw(t, "role") {
			case 0:
			case 1:
				recipients = append(recipients, agencies(document.ForInformation, n, n)...)
			default:
				recipients = append(recipients, agencies(document.ForAction, n, n)...)
			}
		}
		said := document.Filling{Recipients: recipients, Groups: groups}.Values()["noi_nhan"]
		for _, r := range recipients {
			named := strings.Contains(said, "- "+r.Name+";")
			for _, g := range groups {
				for _, id := range g.Members {
					named = named || id == r.AgencyID && strings.Contains(said, "- "+g.Name+";")
				}
			}
			if !named {
				t.Fatalf("%s is lost in %q", r.Name, said)
			}
		}
		if strings.Count(said, "\n") > len(recipients) {
			t.Fatalf("more lines than recipients: %q", said)
		}
	})
}

// TestA2_TheHeadOfADocumentIsWrittenAsTheDecreeHasIt: who issues, on whose behalf.
func TestA2_TheHeadOfADocumentIsWrittenAsTheDecreeHasIt(t *testing.T) {
	t.Parallel()
	committee := document.Filling{Issuer: "Ủy ban nhân dân tỉnh Trà Vinh", SignerTitle: "Phó Chủ tịch"}
	committee.SignerBlock = document.SignerBlock(document.CompetenceOf(committee.Issuer, committee.SignerTitle), committee.Issuer, "", committee.SignerTitle)
	v := committee.Values()
	assert.Equal(t, "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH", v["khoi_nguoi_ky"])
	assert.Equal(t, "ỦY BAN NHÂN DÂN TỈNH TRÀ VINH", v["tham_quyen"])
	assert.Equal(t, "ỦY BAN NHÂN DÂN TỈNH\u00a0TRÀ\u00a0VINH", v["ten_co_quan_dau_trang"], "breaks before the place")

	office := document.Filling{Issuer: "Sở Nội vụ", Parent: "Ủy ban nhân dân tỉnh Trà Vinh", SignerTitle: "Phó Giám đốc"}.Values()
	assert.Equal(t, "GIÁM ĐỐC SỞ NỘI VỤ", office["tham_quyen"])
	assert.Equal(t, "UBND TỈNH TRÀ VINH", office["co_quan_chu_quan"])
	assert.Equal(t, "THỦ TRƯỞNG SỞ NỘI VỤ", document.Filling{Issuer: "Sở Nội vụ"}.Values()["tham_quyen"], "nobody chosen yet")
}
