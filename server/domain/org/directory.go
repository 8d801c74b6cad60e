package org

import (
	"congvan/server/domain/fault"
)

// Directory answers questions about agencies across time. It holds what it was
// given: the whole directory, or only the agencies that a question touches.
type Directory struct {
	byID   map[ID]Agency
	byCode map[AgencyCode][]holding
}

type holding struct {
	agency   ID
	validity Validity
}

// NewDirectory indexes agencies by identifier and by every code they ever held.
func NewDirectory(agencies []Agency) Directory {
	d := Directory{byID: make(map[ID]Agency, len(agencies)), byCode: make(map[AgencyCode][]holding, len(agencies))}
	for _, a := range agencies {
		d.byID[a.ID] = a
		for _, held := range a.Codes {
			key := held.Code.key()
			d.byCode[key] = append(d.byCode[key], holding{a.ID, held.Validity})
		}
	}
	return d
}

// Receiver gives the agency that on this day receives what is addressed to the
// one named: itself while it is valid, else its successor, or the successor's.
// Sở Nội vụ Trà Vinh, addressed after 1 July 2025, is Sở Nội vụ Vĩnh Long.
func (d Directory) Receiver(id ID, day Day) (Agency, error) {
	for range len(d.byID) {
		a, known := d.byID[id]
		switch {
		case !known:
			return Agency{}, fault.Missing()
		case a.Validity.Contains(day):
			return a, nil
		case a.Validity.Begins(day):
			return Agency{}, fault.New(fault.Conflict, "agency_not_yet",
				"Cơ quan nhận chưa bắt đầu hoạt động vào ngày này.", "The receiving agency does not exist yet on this day.")
		case a.SuccessorID.IsZero():
			return Agency{}, fault.New(fault.Conflict, "agency_ended",
				"Cơ quan nhận đã kết thúc hoạt động và chưa có cơ quan kế thừa.", "The receiving agency has ended and has no successor.")
		}
		id = a.SuccessorID
	}
	if _, known := d.byID[id]; !known {
		return Agency{}, fault.Missing()
	}
	return Agency{}, errSuccessorCycle()
}

// ReceiverOf gives the agency that on this day receives what is addressed to a
// code, of either form and also a retired one.
func (d Directory) ReceiverOf(code AgencyCode, day Day) (Agency, error) {
	holder, err := d.HolderOf(code, day)
	if err != nil {
		return Agency{}, err
	}
	return d.Receiver(holder.ID, day)
}

// HolderOf gives the agency that held the code on the day or, when nobody did,
// the last one that held it before.
func (d Directory) HolderOf(code AgencyCode, day Day) (Agency, error) {
	var last *holding
	var holders []ID
	for _, h := range d.byCode[code.key()] {
		switch {
		case h.validity.Contains(day):
			if len(holders) == 0 || holders[0] != h.agency {
				holders = append(holders, h.agency)
			}
		case h.validity.Ended(day) && (last == nil || h.validity.Until.After(last.validity.Until)):
			last = &h
		}
	}
	switch {
	case len(holders) == 1:
		return d.byID[holders[0]], nil
	case len(holders) > 1:
		return Agency{}, fault.New(fault.Conflict, "agency_code_shared",
			"Nhiều cơ quan cùng mang mã định danh này trong một ngày.", "Several agencies hold this code on the same day.")
	case last != nil:
		return d.byID[last.agency], nil
	}
	return Agency{}, fault.Missing()
}

// CheckSuccessor refuses a successor that would make an agency succeed itself.
func (d Directory) CheckSuccessor(id, successor ID) error {
	if d.reaches(successor, id, func(a Agency) ID { return a.SuccessorID }) {
		return errSuccessorCycle()
	}
	return nil
}

// CheckParent refuses a parent that would put an agency below itself.
func (d Directory) CheckParent(id, parent ID) error {
	if d.reaches(parent, id, func(a Agency) ID { return a.ParentID }) {
		return fault.InvalidField("parent_id", "parent_cycle",
			"Cơ quan cấp trên không được là chính cơ quan này hoặc cơ quan trực thuộc nó.",
			"The parent must not be the agency itself or one below it.")
	}
	return nil
}

// reaches tells whether following next from one agency leads to another.
func (d Directory) reaches(from, to ID, next func(Agency) ID) bool {
	for range len(d.byID) + 1 {
		if from.IsZero() {
			return false
		}
		if from == to {
			return true
		}
		from = next(d.byID[from])
	}
	return false
}

func errSuccessorCycle() *fault.Error {
	return fault.New(fault.Invalid, "successor_cycle",
		"Cơ quan kế thừa không được dẫn về chính cơ quan này.", "The successor must not lead back to the agency itself.")
}
