package accounts_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"congvan/server/app/accounts"
	"congvan/server/domain/access"
	"congvan/server/domain/fault"
)

func reader(s string) io.Reader { return bytes.NewReader([]byte(s)) }

func TestImport_WholeProvinceAndAgain(t *testing.T) {
	t.Parallel()
	h := build(t)
	for _, f := range demoFiles {
		trial := h.load(t, f.of, f.file, true)
		first := h.load(t, f.of, f.file, false)
		again := h.load(t, f.of, f.file, false)
		if len(first.Problems) > 0 {
			t.Fatalf("%s: %+v", f.file, first.Problems)
		}
		if first.Added == 0 || first.Changed != 0 || trial.Added != first.Added || !trial.DryRun || first.DryRun {
			t.Errorf("%s: trial %+v, then %+v", f.file, trial, first)
		}
		if again.Added != 0 || again.Changed != 0 || again.Unchanged != first.Added {
			t.Errorf("%s again: %+v", f.file, again)
		}
		if trial.Secrets != nil || first.Secrets != nil {
			t.Errorf("%s: known passwords are given out", f.file)
		}
	}
	if n := h.count(t, "select count(*) from agency"); n != 108 {
		t.Errorf("%d agencies", n)
	}
	_, who := h.signIn(t, "vanthu.xa.longhoa")
	if len(who.Person.Positions) != 2 || who.Holder.MustChangePassword {
		t.Errorf("the clerk of xã Long Hòa: %+v", who)
	}
	if _, who := h.signIn(t, "chuyenvien.snv"); len(who.Person.Positions) != 1 {
		t.Errorf("a position that ended in 2016 counts: %+v", who.Person.Positions)
	}
	if n := h.count(t, "select count(*) from event where verb = 'imported'"); n < 108 {
		t.Errorf("%d events", n)
	}
}

func TestImport_MergerOf2025(t *testing.T) {
	t.Parallel()
	h := province(t)
	result := h.load(t, "agencies", "merger.csv", false)
	if len(result.Problems) > 0 || result.Added == 0 || result.Changed == 0 {
		t.Fatalf("%+v", result)
	}
	before, after := h.agency(t, "H59"), h.agency(t, "H61")
	if before.SuccessorID != after.ID || before.Validity.Until.String() != "2025-06-30" {
		t.Errorf("UBND tỉnh Trà Vinh: %+v", before)
	}
	found := false
	for _, id := range after.PredecessorIDs {
		found = found || id == before.ID
	}
	if !found {
		t.Errorf("UBND tỉnh Vĩnh Long follows %v", after.PredecessorIDs)
	}
	if again := h.load(t, "agencies", "merger.csv", false); again.Added+again.Changed != 0 {
		t.Errorf("again: %+v", again)
	}
}

func TestImport_NamesEveryRejectedLineAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := province(t)
	tables := func() string {
		var all strings.Builder
		for _, table := range []string{"agency", "unit", "account", "position", "recipient_group", "recipient_group_member", "register", "event"} {
			fmt.Fprintf(&all, "%s %d ", table, h.count(t, "select count(*) from "+table))
		}
		return all.String()
	}
	before := tables()
	for _, c := range []struct {
		of, header string
		rows       map[string]string // a line by the column it is refused for
	}{
		{"agencies", "code,old_code,name,parent,level,channel,valid_from,valid_until,successor,email", map[string]string{
			"code":        "h 59,,Tên,,Cấp xã,,,,,",
			"old_code":    "H59.901,H59.901,Tên,,Cấp xã,,,,,",
			"name":        "H59.902,,,,Cấp xã,,,,,",
			"parent":      "H59.903,,Tên,H99,Cấp xã,,,,,",
			"level":       "H59.904,,Tên,,Cấp làng,,,,,",
			"channel":     "H59.905,,Tên,,Cấp xã,bồ câu,,,,",
			"valid_from":  "H59.906,,Tên,,Cấp xã,,31/02/2020,,,",
			"valid_until": "H59.907,,Tên,,Cấp xã,,01/02/2020,01/01/2020,,",
			"successor":   "H59.908,,Tên,,Cấp xã,,01/02/2020,01/02/2021,H99,",
			"email":       "H59.909,,Tên,,Cấp xã,Hộp thư công vụ,,,,",
		}},
		{"units", "agency,name,abbreviation,parent", map[string]string{"agency": "H99,Phòng,P,", "name": "H59,,P,", "parent": "H59,Phòng mới,P,Phòng không có"}},
		{"people", "login,full_name,email,operator", map[string]string{"login": "Á b,Tên,,", "full_name": "nguoi.moi,,,", "operator": "nguoi.khac,Tên,,có thể"}},
		{"positions", "login,agency,unit,role,title", map[string]string{"login": "khong.co,H59,,Văn thư,", "agency": "vanthu.ubnd,H99,,Văn thư,",
			"unit": "vanthu.ubnd,H59,Phòng không có,Văn thư,", "role": "vanthu.ubnd,H59,,Thủ kho,"}},
		{"groups", "agency,name,shared", map[string]string{"agency": "H99,Nhóm,", "name": "H59,,", "shared": "H59,Nhóm khác,chắc vậy"}},
		{"group_members", "agency,group,member", map[string]string{"agency": "H99,Nhóm,H59", "group": "H59,Nhóm không có,H59", "member": "H59,\"Các Sở, Ban, ngành tỉnh\",H99"}},
		{"registers", "agency,code,direction,name,year,kinds,opening_number", map[string]string{"agency": "H99,X,Văn bản đi,Sổ,,,", "direction": "H59,X,Ngang,Sổ,,,",
			"year": "H59,X,Văn bản đi,Sổ,1900,,", "kinds": "H59,X,Văn bản đi,Sổ,,Thư tình,", "opening_number": "H59,X,Văn bản đi,Sổ,,,1000000"}},
	} {
		content, want := c.header+"\n", map[int]string{}
		line := 1
		for column, row := range c.rows {
			content += row + "\n"
			line++
			want[line] = column
		}
		for _, dryRun := range []bool{true, false} {
			result := h.bring(t, c.of, content, dryRun)
			got := map[int]string{}
			for _, p := range result.Problems {
				if got[p.Line] != "" {
					t.Errorf("%s line %d is refused twice: %+v", c.of, p.Line, result.Problems)
				}
				if got[p.Line] = p.Column; p.Text.VI == "" || p.Text.EN == "" {
					t.Errorf("%s line %d: no words: %+v", c.of, p.Line, p)
				}
			}
			for n, column := range want {
				if got[n] != column {
					t.Errorf("%s line %d: refused for %q, want %q (%s)", c.of, n, got[n], column, c.rows[column])
				}
			}
			if result.Added+result.Changed+result.Unchanged != 0 {
				t.Errorf("%s: %+v", c.of, result)
			}
		}
	}
	if after := tables(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestImport_TwiceInOneFile(t *testing.T) {
	t.Parallel()
	h := province(t)
	for of, content := range map[string]string{
		"agencies":  "code,name,level\nH59.91,A,Cấp xã\nH59.91,B,Cấp xã\n",
		"units":     "agency,name\nH59,P\nH59,P\n",
		"people":    "login,full_name\nabc,A\nABC,B\n",
		"positions": "login,agency,role,valid_from\nvanthu.ubnd,H59,Lãnh đạo,01/01/2018\nvanthu.ubnd,H59,Lãnh đạo,01/01/2018\n",
		"groups":    "agency,name\nH59,G\nH59,G\n",
		"registers": "agency,code,direction,name\nH59,ZZ,Văn bản đi,S\nH59,ZZ,Văn bản đi,S\n",
	} {
		if result := h.bring(t, of, content, false); len(result.Problems) != 1 || result.Problems[0].Line != 3 {
			t.Errorf("%s: %+v", of, result)
		}
	}
}

func TestImport_CyclesAndTakenCodes(t *testing.T) {
	t.Parallel()
	h := province(t)
	for name, content := range map[string]string{
		"a parent below itself":  "code,name,level,parent\nH59.91,A,Cấp xã,H59.92\nH59.92,B,Cấp xã,H59.91\n",
		"the agency's own child": "code,name,level,parent\nH59,UBND,Cấp tỉnh,H59.01\n",
		"a successor in a ring":  "code,name,level,valid_until,successor\nH59.91,A,Cấp xã,01/01/2030,H59.92\nH59.92,B,Cấp xã,01/01/2030,H59.91\n",
		"an old code of another": "code,old_code,name,level\nH59.91,000.00.01.H59,A,Cấp xã\n",
		"an old code as a code":  "code,name,level\n000.00.01.H59,A,Cấp xã\n",
	} {
		if result := h.bring(t, "agencies", content, false); len(result.Problems) == 0 {
			t.Errorf("%s passes: %+v", name, result)
		}
	}
	// In any order of lines, when it is no cycle.
	if result := h.bring(t, "agencies", "code,name,level,parent,valid_until,successor\nH59.91,A,Cấp xã,H59.92,01/01/2030,H59.93\nH59.92,B,Cấp xã,,,\nH59.93,C,Cấp xã,H59.92,,\n", false); len(result.Problems) > 0 || result.Added != 3 {
		t.Errorf("%+v", result)
	}
	if a, b := h.agency(t, "H59.91"), h.agency(t, "H59.93"); a.SuccessorID != b.ID {
		t.Errorf("successor %v", a.SuccessorID)
	}
}

func TestImport_ChangesWhatCellsSayAndNoMore(t *testing.T) {
	t.Parallel()
	h := province(t)
	was := h.agency(t, "H59.01")
	result := h.bring(t, "agencies", "code,name,email\nH59.01,"+was.Name+",moi@travinh.example\n", false)
	if len(result.Problems) > 0 || result.Changed != 1 {
		t.Fatalf("%+v", result)
	}
	is := h.agency(t, "H59.01")
	if is.Email != "moi@travinh.example" || is.ShortName != was.ShortName || is.ParentID != was.ParentID || is.Version != was.Version+1 {
		t.Errorf("%+v became %+v", was, is)
	}
}

func TestImport_FirstPasswordsAreGivenOnce(t *testing.T) {
	t.Parallel()
	h := province(t)
	ctx := context.Background()
	file := "login,full_name\nnguoi.mot,Người Một\nnguoi.hai,Người Hai\n"
	result, err := h.Import(ctx, accounts.System(), accounts.Import{Of: "people", Content: reader(file)})
	if err != nil || len(result.Problems) > 0 || len(result.Secrets) != 2 || result.Secrets[0].Login != "nguoi.mot" {
		t.Fatalf("%+v %v", result, err)
	}
	if result.Secrets[0].Password == result.Secrets[1].Password {
		t.Error("two people have one password")
	}
	_, who, err := h.SignIn(ctx, accounts.SignIn{Login: "nguoi.hai", Password: result.Secrets[1].Password, Address: "192.0.2.1"})
	if err != nil || !who.MustChangePassword() {
		t.Errorf("%+v %v", who, err)
	}
	again, err := h.Import(ctx, accounts.System(), accounts.Import{Of: "people", Content: reader(file)})
	if err != nil || again.Unchanged != 2 || again.Secrets != nil {
		t.Errorf("%+v %v", again, err)
	}
}

func TestImport_OnlyForOperators(t *testing.T) {
	t.Parallel()
	h := province(t)
	for _, login := range []string{"vanthu.ubnd", "lanhdao.ubnd"} {
		_, err := h.Import(context.Background(), h.person(t, login), accounts.Import{Of: "units", Content: reader("agency,name\nH59,P\n"), DryRun: true})
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", login, err)
		}
	}
	if _, err := h.Import(context.Background(), h.person(t, "quantri"), accounts.Import{Of: "units", Content: reader("agency,name\nH59,P\n"), DryRun: true}); err != nil {
		t.Error(err)
	}
	if _, err := h.Import(context.Background(), access.Person{}, accounts.Import{Of: "units"}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("nobody: %v", err)
	}
}
