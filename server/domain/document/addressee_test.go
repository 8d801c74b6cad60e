package document_test

import (
	"slices"
	"strings"
	"testing"

	"congvan/server/domain/document"
)

const letterText = `UBND TỈNH TRÀ VINH                     CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
                         Kính gửi:
                              - Sở Nội vụ;
                              - Ủy ban nhân dân xã Long Hữu.

        Thực hiện Nghị định, Ủy ban nhân dân tỉnh yêu cầu các cơ quan./.

Nơi nhận:                                        KT. CHỦ TỊCH
- Như trên;                                     PHÓ CHỦ TỊCH
- Các sở, ban, ngành tỉnh;
- Thường trực Hội đồng nhân dân
tỉnh (để báo cáo);
- Lưu: VT, NC.                                  Sơn Quốc Dũng
`

func TestD2_TheTextsOwnListOfRecipientsIsRead(t *testing.T) {
	t.Parallel()
	want := []string{"Sở Nội vụ", "Ủy ban nhân dân xã Long Hữu", "Các sở, ban, ngành tỉnh", "Thường trực Hội đồng nhân dân tỉnh"}
	if got := document.Addressees(letterText); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, none := range []string{"", "Nơi nhận:", "Nơi nhận:\n- Lưu: VT.", strings.Repeat("x\n", 1000)} {
		if got := document.Addressees(none); len(got) != 0 {
			t.Errorf("%q names %q", none[:min(len(none), 20)], got)
		}
	}
}

func TestD2_TheListIsComparedWithTheRecipients(t *testing.T) {
	t.Parallel()
	c := document.CompareAddressees(letterText, []document.Alias{{Name: "Sở Nội vụ tỉnh Trà Vinh", Short: "SNV"}, {Name: "UBND xã Long Hữu"}, {Name: "Sở Tài chính"}, {Name: "Công an tỉnh"}})
	if !c.Found || !slices.Equal(c.Unlisted, []string{"Thường trực Hội đồng nhân dân tỉnh"}) || len(c.Unnamed) != 0 {
		t.Errorf("%+v", c)
	}
	if g := c.Named[2]; !g.Group || g.Matches != 3 {
		t.Errorf("the group: %+v", g)
	}
	if c := document.CompareAddressees("không có gì", []document.Alias{{Name: "Sở Nội vụ"}}); c.Found || c.Unnamed != nil {
		t.Errorf("a text without a list: %+v", c)
	}
}

func TestD2_AGroupOfCommitteesIsAGroup(t *testing.T) {
	t.Parallel()
	text := "Nơi nhận:\n- UBND các xã, phường, thị trấn;\n- UBND các huyện;\n- Lưu: VT."
	c := document.CompareAddressees(text, []document.Alias{{Name: "Ủy ban nhân dân xã Long Hữu"}, {Name: "UBND phường 1"}, {Name: "UBND thị trấn Càng Long"},
		{Name: "UBND huyện Càng Long"}, {Name: "Sở Nội vụ"}})
	if len(c.Unlisted) != 0 || !slices.Equal(c.Unnamed, []string{"Sở Nội vụ"}) || c.Named[0].Matches != 3 || c.Named[1].Matches != 1 {
		t.Errorf("%+v", c)
	}
}

// Groups in the text's own words give no false differences.
func TestD2_GroupsInTheTextsOwnWords(t *testing.T) {
	t.Parallel()
	list := []document.Alias{{Name: "Ủy ban nhân dân huyện Càng Long"}, {Name: "UBND thị xã Duyên Hải"}, {Name: "Ủy ban nhân dân thành phố Trà Vinh"},
		{Name: "Ủy ban nhân dân xã Long Hữu"}, {Name: "Sở Nội vụ"}, {Name: "Ban Dân tộc"}, {Name: "Thanh tra tỉnh"}, {Name: "Công an xã Long Hữu"}}
	for entry, want := range map[string][]int{
		"Các huyện, thị xã":                        {0, 1},
		"UBND các huyện, thị xã, thành phố":        {0, 1, 2},
		"UBND các huyện, thị xã và thành phố":      {0, 1, 2},
		"Các sở, ban, ngành tỉnh":                  {4, 5, 6},
		"Các sở, ban ngành tỉnh":                   {4, 5, 6},
		"UBND các xã, phường, thị trấn":            {3},
		"Các doanh nghiệp viễn thông trên địa bàn": {},
		"Các thành viên Ban Chỉ đạo":               {},
	} {
		c := document.CompareAddressees("Nơi nhận:\n- "+entry+";\n- Lưu: VT.", list)
		if len(c.Unlisted) != 0 || len(c.Named) != 1 || !c.Named[0].Group || c.Named[0].Matches != len(want) {
			t.Errorf("%s: %+v", entry, c)
		}
		for _, i := range want {
			if slices.Contains(c.Unnamed, list[i].Name) {
				t.Errorf("%s: %s is told missing", entry, list[i].Name)
			}
		}
	}
}

func FuzzAddressees(f *testing.F) {
	f.Add(letterText)
	f.Add("Kính gửi: Sở Nội vụ, Sở Tài chính;\nNơi nhận:\n-\n- ;;;(")
	f.Fuzz(func(t *testing.T, text string) {
		c := document.CompareAddressees(text, []document.Alias{{Name: "Sở Nội vụ"}})
		if len(c.Named) > 400 || !c.Found && len(c.Unlisted) > 0 {
			t.Errorf("%+v", c)
		}
	})
}
