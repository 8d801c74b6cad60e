package org

import (
	"slices"
	"strings"
	"time"

	"congvan/server/domain/fault"
)

// Power is a part of what a position may do, as it can be delegated. Its words
// are those of the scopes of domain/access. Reading goes with every power.
type Power string

// The powers.
const (
	PowerApprove  Power = "approve"
	PowerRegister Power = "register"
	PowerNumber   Power = "number"
	PowerIssue    Power = "issue"
	PowerDraft    Power = "draft"
)

// Powers gives all of them in the order a screen lists them.
func Powers() []Power {
	return []Power{PowerApprove, PowerRegister, PowerNumber, PowerIssue, PowerDraft}
}

// Acting says for whom a position is held by delegation. Nil is one's own.
type Acting struct {
	DelegationID ID
	AccountID    ID     // who is away
	FullName     string // and their name, which every act carries
	OwnTitle     string // the substitute's own title and role
	OwnRole      Role
	Powers       []Power // none means all
}

// Name gives on whose behalf the position is held, and nothing for one's own.
func (a *Acting) Name() string {
	if a == nil {
		return ""
	}
	return a.FullName
}

// Account gives the account on whose behalf the position is held.
func (a *Acting) Account() ID {
	if a == nil {
		return ID{}
	}
	return a.AccountID
}

// Covers tells whether the position gives the power: one's own gives all.
func (p Position) Covers(power Power) bool {
	return p.Acting == nil || len(p.Acting.Powers) == 0 || slices.Contains(p.Acting.Powers, power)
}

// SignatureTitle is the title as it stands over the name of who signs. A deputy
// who stands in signs KT., anybody else TUQ. (NĐ 30/2020, điều 13).
func (p Position) SignatureTitle() string {
	if p.Acting == nil {
		return p.Title
	}
	words := "TUQ. "
	if p.Acting.OwnRole == Leader {
		words = "KT. "
	}
	if p.Acting.OwnTitle == "" {
		return words + p.Title
	}
	return words + p.Title + ", " + p.Acting.OwnTitle
}

// Delegation lets a substitute act for somebody who is away, for all or part of
// what one position may do. It ends by itself and can be revoked at once.
type Delegation struct {
	ID                 ID
	AgencyID           ID
	PositionID         ID // whose powers
	AccountID          ID
	DelegatePositionID ID // the substitute's own position
	DelegateAccountID  ID
	Powers             []Power // none means all
	Validity           Validity
	Reason             string
	RevokedAt          time.Time
}

// maxDelegation bounds how long somebody stands in: a longer absence is a
// change of positions.
const maxDelegation = 366

// Stands tells whether the delegation gives anything on the day.
func (d Delegation) Stands(day Day) bool { return d.RevokedAt.IsZero() && d.Validity.Contains(day) }

// Check refuses what no substitute can be made of: from and to are the two
// positions as they are.
func (d Delegation) Check(from, to Position, today Day) error {
	switch {
	case d.Validity.From.IsZero():
		return required("validFrom")
	case d.Validity.Until.IsZero():
		return required("validUntil")
	case d.Validity.Check() != nil:
		return fault.InvalidField("validUntil", "ends_before_it_begins",
			"Ngày kết thúc phải sau hoặc trùng ngày bắt đầu.", "The last day must not come before the first.")
	case d.Validity.Until.Before(today):
		return fault.InvalidField("validUntil", "past", "Thời gian vắng mặt đã qua.", "The absence lies in the past.")
	case d.Validity.Until.After(d.Validity.From.AddDays(maxDelegation - 1)):
		return fault.InvalidField("validUntil", "too_long", "Mỗi lần trực thay không quá một năm.", "At most one year at a time.")
	case from.AgencyID != to.AgencyID || from.AgencyID != d.AgencyID:
		return fault.InvalidField("delegatePositionId", "other_agency",
			"Người trực thay phải cùng cơ quan.", "The substitute must be of the same agency.")
	case from.AccountID == to.AccountID:
		return fault.InvalidField("delegatePositionId", "oneself", "Không thể tự trực thay cho mình.", "Nobody stands in for themselves.")
	case from.Role == Admin:
		return fault.InvalidField("positionId", "admin_position",
			"Quyền quản trị không được ủy quyền.", "An administrator's position is not delegated.")
	case to.Role == Admin:
		return fault.InvalidField("delegatePositionId", "admin_position",
			"Người giữ vị trí quản trị không xem nội dung nên không trực thay được.", "An administrator reads no content and cannot stand in.")
	case !from.Validity.Overlaps(d.Validity):
		return fault.InvalidField("positionId", "not_valid", "Vị trí không có hiệu lực trong thời gian này.", "The position is not valid in that time.")
	case !to.Validity.Contains(d.Validity.From):
		return fault.InvalidField("delegatePositionId", "not_valid",
			"Người trực thay không giữ vị trí này vào ngày bắt đầu.", "The substitute does not hold the position on the first day.")
	case len([]rune(d.Reason)) > 500:
		return fault.InvalidField("reason", "too_long", "Lý do tối đa 500 ký tự.", "At most 500 characters.")
	}
	return d.checkPowers()
}

func (d Delegation) checkPowers() error {
	for i, p := range d.Powers {
		if !slices.Contains(Powers(), p) || slices.Contains(d.Powers[:i], p) {
			return fault.InvalidField("powers", "unknown_word", "Quyền không có trong danh sách hoặc bị lặp.", "Not one of the powers, or twice.")
		}
	}
	return nil
}

// CheckAmong refuses a delegation that would lead round in a circle, go to
// somebody who is away themselves, or give the same power to two. The others
// are those of the agency; what was revoked does not count.
func (d Delegation) CheckAmong(others []Delegation) error {
	standing := slices.DeleteFunc(slices.Clone(others), func(o Delegation) bool {
		return o.ID == d.ID || !o.RevokedAt.IsZero() || o.AgencyID != d.AgencyID || !o.Validity.Overlaps(d.Validity)
	})
	if leads(d.DelegateAccountID, d.AccountID, standing) {
		return fault.InvalidField("delegatePositionId", "circle",
			"Ủy quyền vòng tròn: người được chọn đang nhờ chính bạn, hoặc người bạn thay, trực thay trong thời gian này.",
			"A circle: the one chosen is, in that time, substituted by you or by somebody you stand in for.")
	}
	for _, o := range standing {
		if o.AccountID == d.DelegateAccountID {
			return fault.InvalidField("delegatePositionId", "substitute_away",
				"Người được chọn cũng vắng mặt trong thời gian này.", "The one chosen is away too in that time.")
		}
		if o.PositionID == d.PositionID && sharesPower(o.Powers, d.Powers) {
			return fault.InvalidField("positionId", "delegated_already",
				"Vị trí này đã có người trực thay trong thời gian này.", "The position has a substitute in that time already.")
		}
	}
	return nil
}

// leads tells whether following delegations from one account comes to another.
func leads(from, to ID, all []Delegation) bool {
	reached := []ID{from}
	for i := 0; i < len(reached); i++ {
		if reached[i] == to {
			return true
		}
		for _, o := range all {
			if o.AccountID == reached[i] && !slices.Contains(reached, o.DelegateAccountID) {
				reached = append(reached, o.DelegateAccountID)
			}
		}
	}
	return false
}

func sharesPower(a, b []Power) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(p Power) bool { return slices.Contains(b, p) })
}

// Duty is one person on duty (trực) on one day; the first is called first.
type Duty struct {
	Day        Day
	PositionID ID
	Note       string
}

// maxDutiesADay bounds a day of the roster.
const maxDutiesADay = 10

// CheckRoster refuses a week's roster: monday is its first day, and every duty
// lies within the week, nobody twice on one day.
func CheckRoster(monday Day, duties []Duty) error {
	if monday.Weekday() != time.Monday {
		return fault.InvalidField("week", "not_monday", "Tuần bắt đầu từ thứ Hai.", "A week begins on Monday.")
	}
	week := Validity{From: monday, Until: monday.AddDays(6)}
	count := map[Day]int{}
	for i, d := range duties {
		count[d.Day]++
		switch {
		case !week.Contains(d.Day):
			return fault.InvalidField("duties", "outside_week", "Có ngày trực không thuộc tuần này.", "A day lies outside the week.")
		case count[d.Day] > maxDutiesADay:
			return fault.InvalidField("duties", "too_many", "Mỗi ngày tối đa 10 người trực.", "At most ten people a day.")
		case len([]rune(d.Note)) > 200 || strings.ContainsAny(d.Note, "\r\n"):
			return fault.InvalidField("duties", "note", "Ghi chú tối đa 200 ký tự, trên một dòng.", "A note has at most 200 characters on one line.")
		case slices.ContainsFunc(duties[:i], func(o Duty) bool { return o.Day == d.Day && o.PositionID == d.PositionID }):
			return fault.InvalidField("duties", "twice", "Một người được xếp hai lần trong một ngày.", "Somebody is on duty twice on one day.")
		}
	}
	return nil
}
