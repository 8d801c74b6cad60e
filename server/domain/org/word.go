package org

import (
	"strings"

	"congvan/server/domain/fault"
)

// Role is what a person does in an agency; rights come from it.
type Role string

// The roles.
const (
	Clerk    Role = "clerk"
	Leader   Role = "leader"
	UnitHead Role = "unit_head"
	Officer  Role = "officer"
	Admin    Role = "admin"
)

// Signs tells whether documents are signed in the role: by leaders, and by unit
// heads on a leader's order (TL.; NĐ 30/2020, điều 13).
func (r Role) Signs() bool { return r == Leader || r == UnitHead }

// Roles gives all of them in the order a screen lists them.
func Roles() []Role { return []Role{Clerk, Leader, UnitHead, Officer, Admin} }

// Label gives the office's word for the role.
func (r Role) Label() fault.Text {
	switch r {
	case Clerk:
		return fault.Text{VI: "Văn thư", EN: "Clerk"}
	case Leader:
		return fault.Text{VI: "Lãnh đạo", EN: "Leader"}
	case UnitHead:
		return fault.Text{VI: "Trưởng phòng", EN: "Unit head"}
	case Officer:
		return fault.Text{VI: "Chuyên viên", EN: "Officer"}
	case Admin:
		return fault.Text{VI: "Quản trị", EN: "Administrator"}
	}
	return fault.Text{}
}

// RoleNamed finds a role by its identifier or its word in either language.
func RoleNamed(word string) (Role, error) { return named(word, "role", Roles()) }

// Level is where an agency stands in the state.
type Level string

// The levels. A province has had no districts since 1 July 2025; documents and
// agencies from before keep theirs.
const (
	Central    Level = "central"
	Province   Level = "province"
	Department Level = "department"
	District   Level = "district"
	Commune    Level = "commune"
	Other      Level = "other"
)

// Levels gives all of them from the top down.
func Levels() []Level { return []Level{Central, Province, Department, District, Commune, Other} }

// HasParentAbove tells whether the agency's parent stands above its name in a
// letterhead: not above those of committees (NĐ 30/2020, phụ lục I, mục II.2).
func (l Level) HasParentAbove() bool { return l == Department || l == Other }

// Label gives the office's word for the level.
func (l Level) Label() fault.Text {
	switch l {
	case Central:
		return fault.Text{VI: "Trung ương", EN: "Central"}
	case Province:
		return fault.Text{VI: "Cấp tỉnh", EN: "Province"}
	case Department:
		return fault.Text{VI: "Sở, ban, ngành", EN: "Department"}
	case District:
		return fault.Text{VI: "Cấp huyện", EN: "District"}
	case Commune:
		return fault.Text{VI: "Cấp xã", EN: "Commune"}
	case Other:
		return fault.Text{VI: "Khác", EN: "Other"}
	}
	return fault.Text{}
}

// LevelNamed finds a level by its identifier or its word in either language.
func LevelNamed(word string) (Level, error) { return named(word, "level", Levels()) }

// Channel is how an agency can be reached: its capability.
type Channel string

// The channels.
const (
	Local   Channel = "local"   // has its registers on this installation
	Axis    Channel = "axis"    // over the national axis
	Peer    Channel = "peer"    // another installation that speaks to ours directly
	Mailbox Channel = "mailbox" // has only an official mail address
	Paper   Channel = "paper"   // has nothing of the kind
)

// Channels gives all of them in the order a screen lists them.
func Channels() []Channel { return []Channel{Local, Axis, Peer, Mailbox, Paper} }

// Label gives the office's word for the channel.
func (c Channel) Label() fault.Text {
	switch c {
	case Local:
		return fault.Text{VI: "Trong hệ thống", EN: "Local"}
	case Axis:
		return fault.Text{VI: "Trục liên thông", EN: "National axis"}
	case Peer:
		return fault.Text{VI: "Hệ thống kết nối", EN: "Peer"}
	case Mailbox:
		return fault.Text{VI: "Hộp thư công vụ", EN: "Mailbox"}
	case Paper:
		return fault.Text{VI: "Bản giấy", EN: "Paper"}
	}
	return fault.Text{}
}

// ChannelNamed finds a channel by its identifier or its word in either language.
func ChannelNamed(word string) (Channel, error) { return named(word, "channel", Channels()) }

// named looks a word up among values that have an identifier and a label.
// Offices fill import files with their own words, in any case of letters.
func named[V interface {
	~string
	Label() fault.Text
}](word, field string, values []V) (V, error) {
	var vi, en []string
	for _, v := range values {
		label := v.Label()
		if strings.EqualFold(word, string(v)) || strings.EqualFold(word, label.VI) || strings.EqualFold(word, label.EN) {
			return v, nil
		}
		// In marks of their own: «Sở, ban, ngành» is one word of the list.
		vi, en = append(vi, "«"+label.VI+"»"), append(en, "“"+label.EN+"”")
	}
	var none V
	return none, fault.InvalidField(field, "unknown_word",
		"Không có trong danh sách: "+strings.Join(vi, "; ")+".",
		"Not one of: "+strings.Join(en, "; ")+".")
}
