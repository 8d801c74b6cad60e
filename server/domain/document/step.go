package document

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// The bounds of what a drafter may enter.
const (
	MaxSubject    = 2000
	MaxNote       = 2000
	MaxFiles      = 100
	MaxRecipients = 5000
	maxName       = 200
)

// CheckSecrecy refuses what must never enter: documents with state secrets do
// not travel over the exchange (QĐ 28/2018/QĐ-TTg; Luật 117/2025/QH15).
func CheckSecrecy(secrecy string) error {
	if secrecy == "" || secrecy == "normal" {
		return nil
	}
	return fault.New(fault.Invalid, "state_secret",
		"Văn bản chứa bí mật nhà nước không được đưa vào hệ thống này. Hãy xử lý theo chế độ văn bản mật.",
		"A document with state secrets must not enter this system. Handle it by the rules for secret documents.").
		With(fault.Field{Name: "secrecy", Code: "state_secret", Text: fault.Text{VI: "Chỉ nhận văn bản thường.", EN: "Only ordinary documents are taken."}})
}

// ErrUnknownKind is the fault of a kind that is in no list.
var ErrUnknownKind = fault.InvalidField("kind", "unknown_kind", "Loại văn bản không có trong danh mục.", "The kind is not known.")

// Check refuses a draft whose fields could not be kept. A draft may still be
// incomplete: submitting asks for the rest.
func (d Document) Check() error {
	if _, ok := KindByCode(d.Kind); !ok {
		return ErrUnknownKind
	}
	if utf8.RuneCountInString(d.Subject) > MaxSubject {
		return fault.InvalidField("subject", "too_long", "Trích yếu dài quá 2000 ký tự.", "The subject is longer than 2,000 characters.")
	}
	if utf8.RuneCountInString(d.Note) > MaxNote {
		return fault.InvalidField("note", "too_long", "Ghi chú dài quá 2000 ký tự.", "The note is longer than 2,000 characters.")
	}
	if !d.Urgency.Known() {
		return fault.InvalidField("urgency", "unknown_urgency", "Độ khẩn không hợp lệ.", "The urgency is not known.")
	}
	if err := d.checkFiles(); err != nil {
		return err
	}
	return d.checkRecipients()
}

func (d Document) checkFiles() error {
	mains := 0
	for _, f := range d.Files {
		switch f.Role {
		case MainFile:
			mains++
		case Annex:
		default:
			return fault.InvalidField("files", "unknown_role", "Vai trò của tệp không hợp lệ.", "The role of a file is not known.")
		}
	}
	if mains > 1 {
		return fault.InvalidField("files", "one_main", "Chỉ có một tệp văn bản chính.", "There is only one main file.")
	}
	if len(d.Files) > MaxFiles {
		return fault.InvalidField("files", "too_many", "Quá nhiều tệp (tối đa 100).", "Too many files (100 at most).")
	}
	return nil
}

func (d Document) checkRecipients() error {
	if len(d.Recipients) > MaxRecipients {
		return fault.InvalidField("recipients", "too_many", "Quá nhiều nơi nhận (tối đa 5000).", "Too many recipients (5,000 at most).")
	}
	seen := make(map[Recipient]bool, len(d.Recipients))
	for _, r := range d.Recipients {
		if strings.TrimSpace(r.Name) == "" || utf8.RuneCountInString(r.Name) > maxName {
			return fault.InvalidField("recipients", "name", "Mỗi nơi nhận cần tên, không quá 200 ký tự.", "Each recipient needs a name of at most 200 characters.")
		}
		if r.Role != ForAction && r.Role != ForInformation {
			return fault.InvalidField("recipients", "unknown_role", "Vai trò của nơi nhận không hợp lệ.", "The role of a recipient is not known.")
		}
		if !r.addressed() {
			return fault.InvalidField("recipients", "unknown_recipient", "Nơi nhận không rõ là cơ quan, đơn vị, cá nhân nào.", "A recipient names no agency, unit or person.")
		}
		if seen[r.same()] {
			return fault.InvalidField("recipients", "twice", "Một nơi nhận được ghi hai lần: "+r.Name+".", "A recipient stands in the list twice: "+r.Name+".")
		}
		seen[r.same()] = true
	}
	return nil
}

// Edit marks the draft as changed by its author.
func (d *Document) Edit(now time.Time) (Event, error) {
	s, err := d.next(Edit)
	if err != nil {
		return Event{}, err
	}
	if err := d.Check(); err != nil {
		return Event{}, err
	}
	return d.take(s, now), nil
}

// Discard gives the draft up.
func (d *Document) Discard(now time.Time) (Event, error) {
	s, err := d.next(Discard)
	if err != nil {
		return Event{}, err
	}
	return d.take(s, now), nil
}

// Submit asks the approver to decide. Everything the document needs must be
// there, recipients included: from here on nobody can add them.
func (d *Document) Submit(approver org.Position, note string, now time.Time) (Event, error) {
	s, err := d.next(Submit)
	if err != nil {
		return Event{}, err
	}
	var missing []fault.Field
	ask := func(present bool, name, vi, en string) {
		if !present {
			missing = append(missing, fault.Field{Name: name, Code: "required", Text: fault.Text{VI: vi, EN: en}})
		}
	}
	_, hasMain := d.Main()
	ask(strings.TrimSpace(d.Subject) != "", "subject", "Hãy ghi trích yếu.", "Enter the subject.")
	ask(hasMain, "files", "Hãy đính kèm tệp văn bản chính.", "Attach the main file.")
	ask(len(d.Recipients) > 0, "recipients", "Hãy chọn nơi nhận.", "Choose the recipients.")
	ask(!approver.ID.IsZero(), "approverPositionId", "Hãy chọn lãnh đạo duyệt.", "Choose the leader who approves.")
	if len(missing) > 0 {
		return Event{}, fault.New(fault.Invalid, "incomplete", "Văn bản chưa đủ để trình.", "The document is not complete enough to submit.").With(missing...)
	}
	if approver.AgencyID != d.AgencyID || !approver.Role.Signs() {
		return Event{}, fault.InvalidField("approverPositionId", "not_a_leader", "Người duyệt phải là lãnh đạo của cơ quan, hoặc trưởng phòng được ký thừa lệnh.", "The approver must be a leader of the agency, or a unit head who signs on a leader's order.")
	}
	if err := d.Check(); err != nil {
		return Event{}, err
	}
	if d.ApproverPositionID != approver.ID {
		d.Competence = "" // another signer, another signer block
	}
	d.ApproverPositionID = approver.ID
	d.SubmittedAt, d.SentBackReason = now, ""
	return d.take(s, now).noting(note), nil
}

// Withdraw takes a submitted draft back to its author before it is decided.
func (d *Document) Withdraw(now time.Time) (Event, error) {
	s, err := d.next(Withdraw)
	if err != nil {
		return Event{}, err
	}
	d.SubmittedAt = time.Time{}
	return d.take(s, now), nil
}

// Approve accepts the bytes that the approver saw, who becomes the signer.
func (d *Document) Approve(by By, seen Hash, note string, now time.Time) (Event, error) {
	s, err := d.next(Approve)
	if err != nil {
		return Event{}, err
	}
	if d.Stage != "" && d.Stage != ApproveStep {
		return Event{}, ErrOutOfOrder
	}
	if err := d.checkSeen(seen); err != nil {
		return Event{}, err
	}
	d.ApprovedAt, d.ApprovedHash = now, seen
	d.SignerName, d.SignerTitle = by.Name, by.Position.SignatureTitle()
	e := d.take(s, now).noting(note)
	e.Data["sha256"] = seen.String()
	return e, nil
}

// Answer gives what a step before the approval asks for, on the bytes that were
// seen. An opinion has words.
func (d *Document) Answer(act Act, seen Hash, note string, now time.Time) (Event, error) {
	s, err := d.next(act)
	if err != nil {
		return Event{}, err
	}
	if d.Stage.Act() != act || act == Approve {
		return Event{}, ErrOutOfOrder
	}
	if act == GiveOpinion && strings.TrimSpace(note) == "" {
		return Event{}, fault.InvalidField("note", "required", "Hãy ghi ý kiến.", "Write your opinion.")
	}
	if err := d.checkSeen(seen); err != nil {
		return Event{}, err
	}
	e := d.take(s, now).noting(note)
	e.Data["sha256"] = seen.String()
	return e, nil
}

// SendBack gives the draft back to its author with a reason.
func (d *Document) SendBack(reason string, seen Hash, now time.Time) (Event, error) {
	e, err := d.giveBack(SendBack, reason, seen, now)
	if err != nil {
		return e, err
	}
	d.SentBackReason = e.Data["reason"]
	d.unapprove()
	return e, nil
}

// Return gives the document back to the person before, with a reason.
func (d *Document) Return(reason string, seen Hash, now time.Time) (Event, error) {
	return d.giveBack(Return, reason, seen, now)
}

func (d *Document) giveBack(act Act, reason string, seen Hash, now time.Time) (Event, error) {
	s, err := d.next(act)
	if err != nil {
		return Event{}, err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return Event{}, fault.InvalidField("reason", "required", "Hãy ghi lý do trả lại.", "Give the reason.")
	}
	if err := d.checkSeen(seen); err != nil {
		return Event{}, err
	}
	e := d.take(s, now)
	e.Data["reason"] = reason
	return e, nil
}

// Reopen takes an approved document back to its author, who has a new file for
// it: the approval was of other bytes and ends with it (A3).
func (d *Document) Reopen(reason string, now time.Time) (Event, error) {
	s, err := d.next(Reopen)
	if err != nil {
		return Event{}, err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return Event{}, fault.InvalidField("reason", "required", "Hãy ghi lý do.", "Give the reason.")
	}
	d.unapprove()
	e := d.take(s, now)
	e.Data["reason"] = reason
	return e, nil
}

func (d *Document) unapprove() {
	d.SubmittedAt, d.ApprovedAt, d.ApprovedHash = time.Time{}, time.Time{}, Hash{}
	d.SignerName, d.SignerTitle, d.SignerBlock = "", "", nil
	d.SignedHash, d.SignedAt = Hash{}, time.Time{}
}

// Arrange marks that the circuit was given other steps or other people.
func (d *Document) Arrange(act Act, now time.Time) (Event, error) {
	s, err := d.next(act)
	if err != nil {
		return Event{}, err
	}
	return d.take(s, now), nil
}

// TakenNumber is the number that the register gave, with the symbol composed for it.
type TakenNumber struct {
	RegisterID org.ID
	Number     int
	Suffix     string
	Symbol     string
	Written    string // number and symbol as they read: 05/CT-UBND
	Day        org.Day
}

// errNoNumber is a defect of ours, not a refusal: a register always gives a number.
var errNoNumber = errors.New("numbering a document without a number of a register")

// TakeNumber gives the approved document its number.
func (d *Document) TakeNumber(n TakenNumber, now time.Time) (Event, error) {
	s, err := d.next(Number)
	if err != nil {
		return Event{}, err
	}
	if n.Number < 1 || n.RegisterID.IsZero() || n.Day.IsZero() {
		return Event{}, errNoNumber
	}
	if err := d.unchanged(); err != nil {
		return Event{}, err
	}
	d.RegisterID, d.Number, d.NumberSuffix, d.Symbol = n.RegisterID, n.Number, n.Suffix, n.Symbol
	d.Date, d.NumberedAt = n.Day, now
	e := d.take(s, now)
	e.Data["reference"] = n.Written
	return e, nil
}

// Issue is the one moment a document leaves the agency: what the clerk saw is
// what was approved, it has a number and somebody to go to. An approved
// document takes its number first, in the same transaction.
func (d *Document) Issue(seen Hash, now time.Time) (Event, error) {
	s, err := d.next(Issue)
	if err != nil {
		return Event{}, err
	}
	if d.Number == 0 {
		return Event{}, ErrOutOfOrder
	}
	if err := d.unchanged(); err != nil {
		return Event{}, err
	}
	if err := d.checkSeen(seen); err != nil {
		return Event{}, err
	}
	if len(d.Recipients) == 0 {
		return Event{}, fault.InvalidField("recipients", "required", "Văn bản chưa có nơi nhận.", "The document has no recipient.")
	}
	d.IssuedAt = now
	return d.take(s, now), nil
}

// checkSeen refuses a decision on other bytes than the ones that are there.
func (d Document) checkSeen(seen Hash) error {
	main, ok := d.Main()
	if !ok || seen.IsZero() || main.Hash != seen {
		return ErrChanged
	}
	return nil
}

// ErrChanged is the fault of an act on something else than what is there now.
var ErrChanged = fault.New(fault.Stale, "stale",
	"Văn bản đã thay đổi từ khi bạn mở. Hãy xem lại rồi quyết định.",
	"The document has changed since you opened it. Read it again before deciding.")

// CheckVersion refuses a decision on another version than the one that is there:
// annexes, recipients and words count as much as the main file. Zero is not said.
func (d Document) CheckVersion(seen int) error {
	if seen != 0 && seen != d.Version {
		return ErrChanged
	}
	return nil
}

// unchanged holds A3: the bytes of an approved version never change. What is
// signed is the same bytes with signatures behind them.
func (d Document) unchanged() error {
	main, ok := d.Main()
	approved := d.ApprovedHash
	if !d.SignedHash.IsZero() {
		approved = d.SignedHash
	}
	if !ok || approved.IsZero() || main.Hash != approved {
		return fault.New(fault.Conflict, "approved_bytes_changed",
			"Tệp hiện tại không phải là tệp đã được duyệt.",
			"The present file is not the one that was approved.")
	}
	return nil
}
