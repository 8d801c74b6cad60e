package sheet

// The forms in which agencies and people are brought in. Their columns are
// those of the demo province's files, under the headers that offices use.
//
// A column of agencies is filled with a code, a unit by its abbreviation or
// name, roles, levels, channels and kinds by their words.

// Agencies is a list of agencies.
func Agencies() Form {
	return Form{Name: "agencies", Columns: []Column{
		{Name: "code", Required: true, Headers: []string{"Mã định danh", "Mã cơ quan", "Mã đơn vị", "Mã định danh mới"}},
		{Name: "old_code", Headers: []string{"Mã định danh cũ", "Mã cũ"}},
		{Name: "name", Required: true, Headers: []string{"Tên cơ quan", "Tên đơn vị", "Tên cơ quan, đơn vị", "Cơ quan, đơn vị", "Tên", "Tên đầy đủ"}},
		{Name: "short_name", Headers: []string{"Tên ngắn", "Tên rút gọn", "Tên gọi tắt"}},
		{Name: "abbreviation", Headers: []string{"Viết tắt", "Chữ viết tắt", "Tên viết tắt", "Ký hiệu"}},
		{Name: "parent", Headers: []string{"Cơ quan cấp trên", "Mã cơ quan cấp trên", "Cơ quan chủ quản", "Trực thuộc"}},
		{Name: "level", Headers: []string{"Cấp", "Cấp cơ quan"}},
		{Name: "place", Headers: []string{"Địa danh", "Nơi đóng trụ sở"}},
		{Name: "email", Headers: []string{"Hộp thư", "Hộp thư công vụ", "Thư điện tử", "Địa chỉ thư điện tử", "E-mail"}},
		{Name: "channel", Headers: []string{"Cách nhận", "Kênh nhận", "Hình thức nhận"}},
		validFrom(), validUntil(),
		{Name: "successor", Headers: []string{"Cơ quan kế thừa", "Mã cơ quan kế thừa"}},
	}}
}

// Units is a list of the parts of agencies.
func Units() Form {
	return Form{Name: "units", Columns: []Column{
		agency(),
		{Name: "name", Required: true, Headers: []string{"Tên phòng, ban", "Tên phòng ban", "Tên phòng", "Tên đơn vị", "Phòng, ban", "Tên"}},
		{Name: "abbreviation", Headers: []string{"Viết tắt", "Chữ viết tắt", "Tên viết tắt", "Ký hiệu"}},
		{Name: "parent", Headers: []string{"Phòng, ban cấp trên", "Đơn vị cấp trên", "Trực thuộc"}},
		validFrom(), validUntil(),
	}}
}

// People is a list of those who sign in.
func People() Form {
	return Form{Name: "people", Columns: []Column{
		login(),
		{Name: "full_name", Required: true, Headers: []string{"Họ và tên", "Họ tên", "Tên đầy đủ"}},
		{Name: "email", Headers: []string{"Thư điện tử", "Địa chỉ thư điện tử", "E-mail", "Hộp thư"}},
		{Name: "operator", Headers: []string{"Quản trị hệ thống", "Vận hành"}},
	}}
}

// Positions is a list of what people are in agencies.
func Positions() Form {
	return Form{Name: "positions", Columns: []Column{
		login(),
		agency(),
		{Name: "unit", Headers: []string{"Phòng, ban", "Phòng ban", "Phòng", "Đơn vị"}},
		{Name: "role", Required: true, Headers: []string{"Vai trò", "Vị trí"}},
		{Name: "title", Headers: []string{"Chức vụ", "Chức danh"}},
		validFrom(), validUntil(),
	}}
}

// Groups is a list of groups of recipients.
func Groups() Form {
	return Form{Name: "groups", Columns: []Column{
		agency(),
		{Name: "name", Required: true, Headers: []string{"Tên nhóm", "Nhóm", "Nhóm nơi nhận"}},
		{Name: "shared", Headers: []string{"Dùng chung"}},
	}}
}

// GroupMembers is a list of who is in which group.
func GroupMembers() Form {
	return Form{Name: "group_members", Columns: []Column{
		agency(),
		{Name: "group", Required: true, Headers: []string{"Tên nhóm", "Nhóm", "Nhóm nơi nhận"}},
		{Name: "member", Required: true, Headers: []string{"Thành viên", "Mã thành viên", "Cơ quan thành viên"}},
	}}
}

// Registers is a list of registers.
func Registers() Form {
	return Form{Name: "registers", Columns: []Column{
		agency(),
		{Name: "code", Required: true, Headers: []string{"Mã sổ", "Ký hiệu sổ"}},
		{Name: "direction", Required: true, Headers: []string{"Đi/đến", "Loại sổ", "Chiều"}},
		{Name: "name", Required: true, Headers: []string{"Tên sổ", "Sổ văn bản"}},
		{Name: "year", Headers: []string{"Năm"}},
		{Name: "kinds", Headers: []string{"Loại văn bản", "Thể loại"}},
		{Name: "normative", Headers: []string{"Quy phạm pháp luật", "Quy phạm"}},
		{Name: "council", Headers: []string{"Hội đồng", "Hội đồng, ban"}},
		{Name: "symbol_agency", Headers: []string{"Viết tắt trong ký hiệu"}},
		{Name: "opening_number", Headers: []string{"Số bắt đầu", "Số đầu tiên"}},
	}}
}

func agency() Column {
	return Column{Name: "agency", Required: true, Headers: []string{"Cơ quan", "Mã cơ quan", "Mã định danh cơ quan", "Mã định danh"}}
}

func login() Column {
	return Column{Name: "login", Required: true, Headers: []string{"Tên đăng nhập", "Tài khoản"}}
}

func validFrom() Column {
	return Column{Name: "valid_from", Headers: []string{"Từ ngày", "Hiệu lực từ", "Ngày bắt đầu", "Ngày hiệu lực"}}
}

func validUntil() Column {
	return Column{Name: "valid_until", Headers: []string{"Đến ngày", "Đến hết ngày", "Hiệu lực đến", "Ngày kết thúc", "Ngày hết hiệu lực"}}
}
