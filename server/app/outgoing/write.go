package outgoing

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Tools are the programs that texts are written and read with.
type Tools struct {
	Builtin    func(kind document.Kind) ([]byte, error)                                               // the template of a kind that has none of its own
	Check      func(template io.ReaderAt, size int64) error                                           // refuses what cannot be filled in
	Fill       func(template io.ReaderAt, size int64, values map[string]string, out io.Writer) error  //
	PDF        func(ctx context.Context, source io.ReadSeeker, size int64) (io.ReadCloser, error)     // of a Word document
	Words      func(ctx context.Context, file io.ReadSeeker, size int64, name string) (string, error) // what a reader sees
	Compare    func(before, after string) []document.Piece                                            // what changed
	Directions func(file []byte, d document.Directions) ([]byte, error)                               // puts them below a copy
	// OneSender tells that all mail leaves from one address of the installation.
	OneSender bool
}

// Writing is the use cases around the text of a draft: begun from a template,
// turned into a PDF, compared with what the law wants of its layout.
type Writing struct {
	*Service
	tools Tools
}

// NewWriting adds the tools to the use cases.
func NewWriting(s *Service, tools Tools) *Writing { return &Writing{Service: s, tools: tools} }

// maxTemplate is how much of a template is held in memory; the provider wants no more.
const maxTemplate = 10 << 20

const wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

var errNoWord = fault.New(fault.Conflict, "no_word_document",
	"Bản thảo không có tệp Word (.docx) nào để chuyển.", "The draft has no Word document (.docx) that could be converted.")

// BeginText fills in the template of the draft's kind with what the draft knows,
// and gives the Word document as an upload of the drafter.
func (w *Writing) BeginText(ctx context.Context, who access.Person, id org.ID) (postgres.Upload, error) {
	if err := who.Allowed(access.ScopeDraft); err != nil {
		return postgres.Upload{}, err
	}
	var f document.Filling
	var own postgres.Template
	var has bool
	err := w.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := w.ownDraft(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if f, err = w.filling(ctx, tx, who, d); err != nil {
			return err
		}
		own, has, err = tx.Template(ctx, d.AgencyID, d.Kind)
		return err
	})
	if err != nil {
		return postgres.Upload{}, err
	}
	template, err := w.template(ctx, f.Kind, own, has)
	if err != nil {
		return postgres.Upload{}, err
	}
	var out bytes.Buffer
	if err := w.tools.Fill(bytes.NewReader(template), int64(len(template)), f.Values(), &out); err != nil {
		return postgres.Upload{}, err
	}
	return w.UploadWhole(ctx, who, draftName(f), int64(out.Len()), &out)
}

// ownDraft gives a draft that the person may edit.
func (w *Writing) ownDraft(ctx context.Context, tx *postgres.Tx, who access.Person, id org.ID) (document.Document, error) {
	d, err := tx.Document(ctx, who.Agencies(), id)
	if err != nil {
		return d, err
	}
	if err := who.ReadDocument(access.FactsOf(d)); err != nil {
		return d, err
	}
	if !d.State.Allows(document.Edit) {
		return d, document.ErrOutOfOrder
	}
	return d, who.MayEdit(access.FactsOf(d))
}

// template gives the bytes of the agency's own template, or of the built-in one.
func (w *Writing) template(ctx context.Context, kind document.Kind, own postgres.Template, has bool) ([]byte, error) {
	if !has {
		return w.tools.Builtin(kind)
	}
	content, err := w.blobs.Open(ctx, own.Hash)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	b, err := io.ReadAll(io.LimitReader(content, maxTemplate))
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	return b, nil
}

func draftName(f document.Filling) string {
	name := document.CleanName(strings.TrimSpace(f.Kind.Name.VI + " - " + f.Subject))
	if runes := []rune(name); len(runes) > 80 {
		name = strings.TrimSpace(string(runes[:80]))
	}
	return name + ".docx"
}

// filling gathers what stands in the fields.
func (w *Writing) filling(ctx context.Context, tx *postgres.Tx, who access.Person, d document.Document) (f document.Filling, err error) {
	kind, ok := document.KindByCode(d.Kind)
	if !ok {
		return f, document.ErrUnknownKind
	}
	head, err := tx.Letterhead(ctx, d.AgencyID)
	if err != nil {
		return f, err
	}
	n, err := newNaming(ctx, tx, d)
	if err != nil {
		return f, err
	}
	today := org.DayOf(w.clock())
	f = document.Filling{Issuer: head.Name, Place: head.Place, Year: strconv.Itoa(today.Year()), Kind: kind, Subject: d.Subject,
		UnitAbbreviation: n.issuer.UnitAbbreviation, Author: who.FullName}
	if head.Level.HasParentAbove() {
		f.Parent = head.Parent
	}
	if f.Recipients, _, err = tx.Recipients(ctx, d.AgencyID, d.ID); err != nil {
		return f, err
	}
	if f.Notation, err = w.notation(ctx, tx, d, n, today); err != nil {
		return f, err
	}
	signers, err := tx.PositionsAddressed(ctx, d.AgencyID, []org.ID{d.ApproverPositionID})
	if err != nil {
		return f, err
	}
	// Nobody chosen yet: a committee is signed for all the same (NĐ 30/2020, phụ lục I, ô 7a).
	f.SignerBlock = document.SignerBlock(document.CompetenceOf(head.Name, ""), head.Name, "", "")
	if s, ok := signers[d.ApproverPositionID]; ok {
		f.SignerTitle, f.SignerName = s.Title, s.FullName
		people, err := tx.CircuitPeople(ctx, d.AgencyID, []org.ID{d.ApproverPositionID}, today)
		if err != nil {
			return f, err
		}
		if _, f.SignerBlock, err = signerBlock(ctx, tx, d, people, today); err != nil {
			return f, err
		}
	}
	f.Groups, err = groupsFor(ctx, tx, who, d.AgencyID)
	return f, err
}

// groupsFor gives the groups that the agency may call its recipients by. The
// agency itself may stand in one, and sends nothing to itself.
func groupsFor(ctx context.Context, tx *postgres.Tx, who access.Person, agency org.ID) ([]document.RecipientGroup, error) {
	kept, err := tx.Groups(ctx, who.Agencies(), false)
	if err != nil {
		return nil, err
	}
	list := make([]document.RecipientGroup, len(kept))
	for i, g := range kept {
		members := slices.DeleteFunc(slices.Clone(g.MemberIDs), func(id org.ID) bool { return id == agency })
		list[i] = document.RecipientGroup{Name: g.Name, Members: members}
	}
	return list, nil
}

// notation is what will stand behind the number, as far as the registers tell.
func (w *Writing) notation(ctx context.Context, tx *postgres.Tx, d document.Document, n naming, today org.Day) (string, error) {
	if d.Symbol != "" {
		return d.Symbol, nil
	}
	named, err := tx.AllRegisters(ctx, postgres.RegisterReach{Agencies: []org.ID{d.AgencyID}}, numbering.Outgoing, today.Year())
	if err != nil {
		return "", err
	}
	registers := make([]numbering.Register, len(named))
	for i, r := range named {
		registers[i] = r.Register
	}
	r, err := numbering.Choose(registers, d.AgencyID, numbering.Outgoing, n.kind, today)
	if err != nil {
		return "", nil //nolint:nilerr // no register yet: the place stays empty
	}
	ref, err := r.Compose(numbering.Number{Value: r.Next}, n.kind, n.issuer.Abbreviation, n.issuer.UnitAbbreviation)
	if err != nil {
		return "", nil //nolint:nilerr // the agency has no abbreviation yet
	}
	return ref.Notation(), nil
}

// Convert makes a PDF of the draft's Word document and gives it as an upload of
// the drafter, who looks at it before it takes the document's place.
func (w *Writing) Convert(ctx context.Context, who access.Person, id org.ID) (postgres.Upload, error) {
	if err := who.Allowed(access.ScopeDraft); err != nil {
		return postgres.Upload{}, err
	}
	var source document.File
	err := w.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := w.ownDraft(ctx, tx, who, id)
		if err != nil {
			return err
		}
		for _, f := range d.Files {
			if f.Role == document.MainFile && f.MediaType == wordType {
				source = f
				return nil
			}
		}
		return errNoWord
	})
	if err != nil {
		return postgres.Upload{}, err
	}
	content, err := w.blobs.Open(ctx, source.Hash)
	if err != nil {
		return postgres.Upload{}, err
	}
	defer content.Close()
	pdf, err := w.tools.PDF(ctx, content, source.Size)
	if err != nil {
		return postgres.Upload{}, err
	}
	defer pdf.Close()
	return w.UploadWhole(ctx, who, strings.TrimSuffix(source.Name, ".docx")+".pdf", 0, pdf)
}

// Layout compares the text of the document with what NĐ 30/2020 wants of it.
func (w *Writing) Layout(ctx context.Context, who access.Person, id org.ID) ([]document.Remark, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	var want document.Layout
	var main *document.File
	err := w.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.Document(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if err := who.ReadDocument(access.FactsOf(d)); err != nil {
			return err
		}
		for i := range d.Files {
			if d.Files[i].Role == document.MainFile {
				main = &d.Files[i]
			}
		}
		if main == nil || d.Kind == "" {
			return nil
		}
		f, err := w.filling(ctx, tx, who, d)
		want = document.Layout{Issuer: f.Issuer, Kind: f.Kind, Notation: f.Notation, Subject: f.Subject, SignerName: f.SignerName, Block: f.SignerBlock}
		return err
	})
	if err != nil || main == nil {
		return []document.Remark{}, err
	}
	words, err := w.words(ctx, *main)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(words) == "" {
		return []document.Remark{document.NoWords()}, nil
	}
	return want.Compare(words), nil
}
