package numbering

import (
	"slices"
	"strings"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Direction tells outgoing registers from incoming ones.
type Direction string

// The directions.
const (
	Outgoing Direction = "outgoing"
	Incoming Direction = "incoming"
)

// Label gives the office's word for the direction.
func (d Direction) Label() fault.Text {
	switch d {
	case Outgoing:
		return fault.Text{VI: "Văn bản đi", EN: "Outgoing"}
	case Incoming:
		return fault.Text{VI: "Văn bản đến", EN: "Incoming"}
	}
	return fault.Text{}
}

// DirectionNamed finds a direction by its identifier or its word in either
// language.
func DirectionNamed(word string) (Direction, error) {
	for _, d := range []Direction{Outgoing, Incoming} {
		if label := d.Label(); strings.EqualFold(word, string(d)) || strings.EqualFold(word, label.VI) || strings.EqualFold(word, label.EN) {
			return d, nil
		}
	}
	return "", errDirection()
}

// The years that a register may have: since the state keeps registers.
const (
	firstYear = 1945
	lastYear  = 9999
)

// Register is one series of numbers of an agency in one year.
type Register struct {
	ID        org.ID
	AgencyID  org.ID
	Code      string // the same from year to year
	Direction Direction
	Year      int
	Name      string
	// Kinds share the series. None means every kind that has no register of its
	// own by law: normative kinds and copies must be named.
	Kinds []string
	// Normative registers carry the year in the number and hold exactly one
	// kind (NĐ 30/2020, điều 15.1.a).
	Normative bool
	// Council marks the series of a council or board that uses the agency's
	// seal (phụ lục I, phần II, mục 3). It is chosen by hand, never by rule.
	Council bool
	// SymbolAgency stands in symbols for the agency's own abbreviation, where
	// the series is a council's: HĐTĐKT.
	SymbolAgency string
	// Opening is the first number of the year; above 1 for an agency that came
	// in mid-year with numbers already used on paper.
	Opening int
	Next    int
	Closed  bool
	// UnitID marks the register of a unit, which enters what is given to it
	// beside the agency's own number.
	UnitID org.ID
}

// Take gives the next number and the register after it. The day must lie in
// the register's year: the year of a number is the year of its day in
// Asia/Ho_Chi_Minh.
func (r Register) Take(day org.Day) (Number, Register, error) {
	switch {
	case day.Year() != r.Year:
		return Number{}, r, fault.New(fault.Conflict, "register_other_year",
			"Sổ văn bản không thuộc năm của ngày văn bản.", "The register does not belong to the year of the document's date.")
	case r.Closed:
		return Number{}, r, errClosed()
	case r.Next > maxNumber:
		return Number{}, r, fault.New(fault.Conflict, "register_full",
			"Sổ văn bản đã hết số (tối đa 999999).", "The register has no numbers left (the last is 999999).")
	}
	taken := Number{Value: r.Next}
	r.Next++
	return taken, r, nil
}

// Compose writes the symbol of a document that took its number here; see
// Compose. A council's series puts the council in the agency's place.
func (r Register) Compose(n Number, kind document.Kind, agencyAbbr, unitAbbr string) (Reference, error) {
	if r.SymbolAgency != "" {
		agencyAbbr = r.SymbolAgency
	}
	return Compose(n, kind, agencyAbbr, unitAbbr, r.Year)
}

// Renew gives the register that continues the series in a later year, from 01.
func (r Register) Renew(id org.ID, year int) (Register, error) {
	if year <= r.Year || year > lastYear {
		return Register{}, fault.InvalidField("year", "not_later",
			"Năm của sổ mới phải sau năm của sổ cũ.", "The year of the new register must come after that of the old one.")
	}
	next := r
	next.ID, next.Year, next.Opening, next.Next, next.Closed = id, year, 1, 1, false
	next.Kinds = slices.Clone(r.Kinds)
	return next, nil
}

// Check refuses a register that could not number anything.
func (r Register) Check() error {
	switch {
	case r.Code == "":
		return fault.InvalidField("code", "required", "Bắt buộc nhập.", "Required.")
	case r.Name == "":
		return fault.InvalidField("name", "required", "Bắt buộc nhập.", "Required.")
	case r.Direction != Outgoing && r.Direction != Incoming:
		return errDirection()
	case r.Year < firstYear || r.Year > lastYear:
		return fault.InvalidField("year", "invalid_year", "Năm của sổ không hợp lệ.", "The year of the register is not valid.")
	case r.Opening < 1 || r.Opening > maxNumber:
		return fault.InvalidField("opening_number", "invalid_number", "Số bắt đầu phải từ 1 đến 999999.", "The opening number must be 1 to 999999.")
	case r.Next < r.Opening || r.Next > maxNumber+1:
		return fault.InvalidField("next_number", "invalid_number", "Số tiếp theo không được nhỏ hơn số bắt đầu.", "The next number must not come before the opening number.")
	case r.Direction != Incoming && !r.UnitID.IsZero():
		return fault.InvalidField("unitId", "incoming_only",
			"Sổ riêng của đơn vị là sổ văn bản đến.", "A unit's own register is an incoming one.")
	case r.Direction == Incoming && (r.Normative || r.Council):
		return fault.InvalidField("direction", "outgoing_only",
			"Chỉ sổ văn bản đi mới dùng cho văn bản quy phạm hoặc hội đồng.", "Only an outgoing register can be normative or a council's.")
	case r.SymbolAgency != "" && !isSymbolGroup(r.SymbolAgency):
		return invalidAbbreviation("symbol_agency")
	}
	return r.checkKinds()
}

func (r Register) checkKinds() error {
	for i, code := range r.Kinds {
		kind, known := document.KindByCode(code)
		if !known {
			return fault.InvalidField("kinds", "unknown_kind", "Loại văn bản không có trong danh mục.", "The kind of document is not in the list.")
		}
		if slices.Contains(r.Kinds[:i], code) {
			return fault.InvalidField("kinds", "repeated", "Loại văn bản bị lặp.", "A kind is listed twice.")
		}
		if r.Direction == Outgoing && kind.Normative != r.Normative {
			return errNormativeApart()
		}
	}
	if r.Normative && len(r.Kinds) != 1 {
		return errNormativeApart()
	}
	return nil
}

// Choose gives the register that numbers a document of this kind on this day:
// among the agency's registers of that direction and year the one that names
// the fewest kinds, before one that names none. Two equally near are a fault,
// because a document must not be able to stand in either.
func Choose(registers []Register, agency org.ID, direction Direction, kind document.Kind, day org.Day) (Register, error) {
	var best []Register
	closed := false
	for _, r := range registers {
		if !r.UnitID.IsZero() || r.AgencyID != agency || r.Direction != direction || r.Year != day.Year() || r.Council || !r.Takes(kind) {
			continue
		}
		if r.Closed {
			closed = true
			continue
		}
		switch {
		case len(best) == 0 || r.nearer(best[0]):
			best = []Register{r}
		case !best[0].nearer(r):
			best = append(best, r)
		}
	}
	switch {
	case len(best) == 1:
		return best[0], nil
	case len(best) > 1:
		return Register{}, fault.New(fault.Conflict, "register_ambiguous",
			"Có nhiều sổ cùng nhận loại văn bản này; hãy chọn sổ.", "Several registers take this kind of document; choose one.")
	case closed:
		return Register{}, errClosed()
	}
	return Register{}, fault.New(fault.Conflict, "register_missing",
		"Cơ quan chưa mở sổ cho loại văn bản này trong năm.", "The agency has no register for this kind of document in that year.")
}

// ChooseOfUnit gives the register in which a unit enters a document of this
// kind on this day: the one that names the fewest kinds. A unit need not have one.
func ChooseOfUnit(registers []Register, unit org.ID, kind document.Kind, day org.Day) (Register, bool) {
	var best Register
	for _, r := range registers {
		if r.UnitID != unit || r.Direction != Incoming || r.Year != day.Year() || r.Closed || !r.Takes(kind) {
			continue
		}
		if best.ID.IsZero() || r.nearer(best) {
			best = r
		}
	}
	return best, !best.ID.IsZero()
}

// OfAgency leaves out the registers of units.
func OfAgency(registers []Register) []Register {
	return slices.DeleteFunc(slices.Clone(registers), func(r Register) bool { return !r.UnitID.IsZero() })
}

// Takes tells whether the series may hold the kind.
func (r Register) Takes(kind document.Kind) bool {
	if len(r.Kinds) > 0 {
		return slices.Contains(r.Kinds, kind.Code)
	}
	return r.Direction == Incoming || !kind.Normative && !kind.Copy
}

// nearer tells whether r was made for its kinds more narrowly than other.
func (r Register) nearer(other Register) bool {
	if len(r.Kinds) == 0 || len(other.Kinds) == 0 {
		return len(r.Kinds) > 0 && len(other.Kinds) == 0
	}
	return len(r.Kinds) < len(other.Kinds)
}

func errDirection() *fault.Error {
	return fault.InvalidField("direction", "unknown_direction",
		"Sổ phải là sổ văn bản đi hoặc sổ văn bản đến.", "A register is outgoing or incoming.")
}

func errClosed() *fault.Error {
	return fault.New(fault.Conflict, "register_closed", "Sổ văn bản đã khóa.", "The register is closed.")
}

func errNormativeApart() *fault.Error {
	return fault.InvalidField("kinds", "normative_apart",
		"Mỗi loại văn bản quy phạm pháp luật phải có sổ riêng, không chung với loại khác.",
		"Each normative kind has a register of its own and shares it with no other.")
}
