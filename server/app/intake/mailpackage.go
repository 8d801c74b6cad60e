package intake

import (
	"context"
	"slices"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// mailPackage is an edXML package that a mail brought. What cannot be read as
// one is broken: whatever else the mail brings is the document then.
type mailPackage struct {
	path   string
	file   document.Hash
	opened exchange.OpenedPackage
	broken bool
}

// letter tells whether the package brings a document.
func (p mailPackage) letter() bool {
	return !p.broken && p.opened.Letter != nil && len(p.opened.Files) > 0
}

// maxPackages is how many packages of one mail are opened.
const maxPackages = 20

// unpack opens the packages among the parts of a mail and stores their files,
// outside any transaction. Only what is away is an error.
func (s *Service) unpack(ctx context.Context, parts []exchange.MailPart) ([]mailPackage, error) {
	if s.opts.Unpack == nil {
		return nil, nil
	}
	var list []mailPackage
	for _, part := range parts {
		if !part.Package() || len(list) == maxPackages {
			continue
		}
		p := mailPackage{path: part.Path, file: part.Hash}
		var err error
		p.opened, err = s.open(ctx, exchange.FileRef{Hash: part.Hash, Size: part.Size})
		if err == nil && p.opened.Letter != nil {
			err = p.opened.CheckLetter()
		}
		switch kind := fault.KindOf(err); {
		case err == nil:
		case kind == fault.Unsupported || kind == fault.TooLarge || kind == fault.Invalid:
			p.broken = true
		default:
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// insides are the files of packages, which a scanner looks at as well: it does
// not see through their XML.
func insides(list []mailPackage) (hashes []document.Hash) {
	for _, p := range list {
		for _, f := range p.opened.Files {
			hashes = append(hashes, f.Hash)
		}
	}
	return hashes
}

// letters are the packages among chosen files that bring a document.
func letters(list []mailPackage, files []exchange.MailPart) (found []mailPackage) {
	for _, p := range list {
		if p.letter() && slices.ContainsFunc(files, func(f exchange.MailPart) bool { return f.Path == p.path }) {
			found = append(found, p)
		}
	}
	return found
}

// beside are the files of a mail that stand in none of its packages, nor are one.
func beside(list []mailPackage, files []exchange.MailPart) (rest []exchange.MailPart) {
	inside := insides(list)
	for _, f := range files {
		if !f.Package() && !slices.Contains(inside, f.Hash) {
			rest = append(rest, f)
		}
	}
	return rest
}

// arriveLetters makes each package's document an arrival, filled in from the
// package. What else the mail brings accompanies the first.
func arriveLetters(ctx context.Context, tx *postgres.Tx, m *exchange.Mail, list []mailPackage, files []exchange.MailPart, h handling) (document.Event, error) {
	var first org.ID
	for i, p := range list {
		a := packageArrival(*m, p.opened, h.now)
		if i == 0 {
			for _, f := range beside(list, files) {
				a.Files = append(a.Files, routing.File{Role: document.Annex, Name: nameOf(f), Hash: f.Hash, Size: f.Size, MediaType: f.DetectedType})
			}
			first, a.Note = a.ID, strings.TrimSpace(h.note+" "+a.Note)
		}
		if a.IssuerCode != "" {
			senders, err := tx.AgenciesByCode(ctx, []org.AgencyCode{p.opened.Letter.From.Code})
			if err != nil {
				return document.Event{}, err
			}
			if len(senders) > 0 && a.IssuerName == "" {
				a.IssuerName = senders[0].Name
			}
		}
		if a.IssuerName == "" {
			a.IssuerName = m.FromAddress
		}
		if err := tx.AddArrival(ctx, a); err != nil {
			return document.Event{}, err
		}
		data := map[string]string{"from": m.FromAddress, "package": p.file.String()}
		if p.opened.Loses {
			data["damaged"] = "true"
		}
		if err := tx.Record(ctx, a.AgencyID, subjectArrival, a.ID, document.Event{Verb: "arrived", Data: data}, document.By{}, h.now); err != nil {
			return document.Event{}, err
		}
		noteWarnings(m, p)
	}
	if !m.About.ID.IsZero() {
		if err := answered(ctx, tx, m, h.now); err != nil {
			return document.Event{}, err
		}
	}
	return m.Take(first), nil
}

// packageArrival is what the package says. Who sent the mail is another matter:
// the clerk sees both.
func packageArrival(m exchange.Mail, p exchange.OpenedPackage, now time.Time) routing.Arrival {
	a := letterArrival(postgres.Peer{}, p, postgres.AxisMessage{From: p.Letter.From.Code}, place{agency: m.AgencyID}, now)
	a.Source, a.MailItemID, a.ArrivedAt = routing.FromMail, m.ID, m.ReceivedAt
	if len(p.Warnings) > 0 {
		codes := slices.Compact(slices.Sorted(slices.Values(p.Warnings)))
		a.Note = strings.TrimSpace(a.Note + " Cảnh báo khi đọc gói tin edXML: " + strings.Join(codes, ", ") + ".")
	}
	return a
}

// noteWarnings keeps with the mail what reading its package met.
func noteWarnings(m *exchange.Mail, p mailPackage) {
	for _, code := range p.opened.Warnings {
		m.Warnings = append(m.Warnings, exchange.MailWarning{Code: "edxml_" + code, Path: p.path, Loses: p.opened.Loses})
	}
}

// settleStatus applies a status package that answers a mail of ours, and tells
// whether the mail is settled by it. Only what names a delivery of ours counts:
// its identifier went to the recipient alone, and a From line proves nothing.
func settleStatus(ctx context.Context, tx *postgres.Tx, m *exchange.Mail, files []exchange.MailPart, h handling) (document.Event, bool, error) {
	i := slices.IndexFunc(h.packages, func(p mailPackage) bool { return !p.broken && p.opened.Status != nil })
	if i < 0 {
		return document.Event{}, false, nil
	}
	p := h.packages[i].opened
	ref, mine, err := tx.MailedDelivery(ctx, m.Answer.Deliveries())
	if err != nil {
		return document.Event{}, false, err
	}
	if !mine || m.Trust.Degree(m.FromAddress) == exchange.TrustDoubt || p.Status.Code.BySender() {
		return m.HoldBack(exchange.HeldStatus), true, nil
	}
	code, _, err := tx.DocumentPackage(ctx, ref.AgencyID, ref.DocumentID)
	if err != nil {
		return document.Event{}, false, err
	}
	if code != "" && p.About.Code != "" && code != p.About.Code {
		return m.HoldBack(exchange.HeldStatus), true, nil
	}
	m.About = ref
	if receipt, says := p.Status.Receipt(); says {
		err = tx.Enqueue(ctx, job.TellSender{AgencyID: ref.AgencyID, DocumentID: ref.DocumentID, DeliveryID: ref.ID, State: string(receipt.State),
			At: receipt.At, ByName: receipt.ByName, Reason: reasonOf(*p.Status)})
	} else {
		event := document.Event{Verb: answerVerb(p.Status.Code), Data: map[string]string{"recipient": m.FromAddress, "reason": p.Status.Reason, "byName": p.Status.ByName}}
		err = tx.Record(ctx, ref.AgencyID, "document", ref.DocumentID, event, document.By{}, h.now)
	}
	if err == nil && exchange.Documents(beside(nil, files)) {
		return document.Event{}, false, nil // and on, with the document that came along
	}
	return m.Answers(), true, err
}
