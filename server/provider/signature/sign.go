package signature

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/cms"
	"congvan/server/provider/signature/pdf"
)

// Request says what signature is to be put where.
type Request struct {
	Place       signing.Place // the zero place: a signature that shows nothing
	Certificate *x509.Certificate
	Chain       []*x509.Certificate // the issuers, as far as known
	Appearance  Appearance
	Name        string
	Reason      string
	At          time.Time // as the signer says; the proof of time is a time stamp
}

// Pending is a file that lacks only what the key makes. File can be kept for as
// long as the key takes, and taken up again by Resume.
type Pending struct {
	File     []byte
	draft    *cms.Draft
	from, to int // the gap of the container, with its brackets
}

// TrainingMark stands in the subject of every certificate that is made for
// demonstration and training, and then in everything that it signs.
const TrainingMark = "TẬP HUẤN – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"

// Training tells whether a certificate was made for demonstration and training.
func Training(c *x509.Certificate) bool {
	return slices.Contains(c.Subject.OrganizationalUnit, TrainingMark)
}

// stampRoom is kept for a time stamp with the certificates of its authority.
const stampRoom = 12 << 10

// Begin makes the revision with the signature's place in it.
func Begin(file []byte, r Request) (Pending, error) {
	f, err := pdf.Open(file)
	if err != nil {
		return Pending{}, err
	}
	draft, err := cms.NewDraft(make([]byte, cms.Hash.Size()), r.Certificate, r.Chain)
	if err != nil {
		return Pending{}, err
	}
	if Training(r.Certificate) {
		r.Appearance.foot = TrainingMark
	}
	value := pdf.Dict{
		"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached"),
		"M": pdf.String(formatTime(r.At)),
	}
	for key, words := range map[pdf.Name]string{"Name": r.Name, "Reason": r.Reason} {
		if words != "" {
			value[key] = encodeText(words)
		}
	}
	p, err := place(f, r, value, draft.Size()+stampRoom)
	if err != nil {
		return Pending{}, err
	}
	err = p.over(r.Certificate, r.Chain)
	return p, err
}

// over begins the container over what the file covers.
func (p *Pending) over(certificate *x509.Certificate, chain []*x509.Certificate) (err error) {
	sum := sha256.New()
	sum.Write(p.File[:p.from])
	sum.Write(p.File[p.to:])
	p.draft, err = cms.NewDraft(sum.Sum(nil), certificate, chain)
	return err
}

// place writes the revision with an empty container of a size.
func place(f *pdf.File, r Request, value pdf.Dict, size int) (p Pending, err error) {
	fields, err := form(f)
	if err != nil {
		return p, err
	}
	if alive, err := active(f); err != nil || alive {
		return p, firstOf(err, ErrActive)
	}
	u, err := pdf.NewUpdate(f)
	if err != nil {
		return p, err
	}
	value["ByteRange"] = pdf.Marked{Name: "range", Bytes: []byte(fmt.Sprintf("[0 %010d %010d %010d]", 0, 0, 0))}
	value["Contents"] = pdf.Marked{Name: "contents", Bytes: gap(size)}
	name := freeName(fields)
	hidden := r.Place == (signing.Place{})
	if !hidden {
		if hidden, err = shut(f, fields); err != nil {
			return p, err
		}
		name = r.Place.Name()
	}
	switch {
	case hidden && slices.ContainsFunc(fields, func(f field) bool { return f.name == name }):
		err = ErrPlaceTaken
	case hidden:
		err = placeHidden(f, u, fields, name, value)
	default:
		err = placeShown(f, u, fields, r, value)
	}
	if err != nil {
		return p, err
	}
	out, err := u.Bytes()
	if err != nil {
		return p, err
	}
	from := u.Marks["contents"]
	to := from + 2*size + 2
	copy(out[u.Marks["range"]:], fmt.Sprintf("[0 %010d %010d %010d]", from, to, len(out)-to))
	return Pending{File: out, from: from, to: to}, nil
}

// gap is an empty container.
func gap(size int) []byte {
	b := bytes.Repeat([]byte{'0'}, 2*size+2)
	b[0], b[len(b)-1] = '<', '>'
	return b
}

// placeShown signs a reserved place.
func placeShown(f *pdf.File, u *pdf.Update, fields []field, r Request, value pdf.Dict) error {
	target, err := findPlace(f, fields, r.Place)
	if err != nil {
		return err
	}
	if target.kind != "Sig" {
		return ErrNoPlace
	}
	rect, err := f.Numbers(target.dict["Rect"])
	if err != nil || len(rect) != 4 {
		return firstOf(err, ErrOutside)
	}
	if !anySigned(fields) {
		value["Reference"] = pdf.Array{certify()}
	} else if lock, err := f.Dict(target.dict["Lock"]); err != nil {
		return err
	} else if lock != nil {
		value["Reference"] = pdf.Array{lockFields(lock)}
	}
	ref := u.Add(value)
	shown, err := draw(u, r.Appearance, ColourOf(r.Place.Kind), rect[2]-rect[0], rect[3]-rect[1])
	if err != nil {
		return err
	}
	dict, err := u.Dict(target.ref)
	if err != nil {
		return err
	}
	dict["V"], dict["AP"] = ref, pdf.Dict{"N": shown}
	u.Set(target.ref, dict)
	if !anySigned(fields) {
		return addFields(f, u, nil, true, func(catalog pdf.Dict) { catalog["Perms"] = pdf.Dict{"DocMDP": ref} })
	}
	return nil
}

func anySigned(fields []field) bool {
	for _, f := range fields {
		if f.kind == "Sig" && !f.empty() {
			return true
		}
	}
	return false
}

// certify asks other readers too to allow only filling and signing from here
// on (12.8.2.2: P is 2). Only the first signature may say so.
func certify() pdf.Dict {
	return pdf.Dict{
		"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("DocMDP"),
		"TransformParams": pdf.Dict{"Type": pdf.Name("TransformParams"), "P": int64(2), "V": pdf.Name("1.2")},
	}
}

func lockFields(lock pdf.Dict) pdf.Dict {
	return pdf.Dict{
		"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("FieldMDP"),
		"TransformParams": pdf.Dict{"Type": pdf.Name("TransformParams"), "Action": lock["Action"], "Fields": lock["Fields"], "V": pdf.Name("1.2")},
	}
}

// shut tells whether somebody else signed the file before places could be
// reserved in it: whatever is added to it now shows nothing on its pages.
func shut(f *pdf.File, fields []field) (bool, error) {
	foreign := false
	for _, one := range fields {
		_, ours := one.place()
		if !ours {
			foreign = foreign || one.kind == "Sig" && !one.empty()
			continue
		}
		rect, err := f.Numbers(one.dict["Rect"])
		if err != nil || len(rect) != 4 || rect[0] != rect[2] {
			return false, err
		}
	}
	return foreign, nil
}

// placeHidden adds a signature that shows nothing, as in a file that somebody
// else has signed and that has no place of ours.
func placeHidden(f *pdf.File, u *pdf.Update, fields []field, name string, value pdf.Dict) error {
	change := signing.AddedHidden
	if value["SubFilter"] == pdf.Name("ETSI.RFC3161") {
		change = signing.AddedStamp
	}
	if err := mayFollow(f, fields, change); err != nil {
		return err
	}
	first, err := pages(f, 1)
	if err != nil || len(first) == 0 {
		return firstOf(err, pdf.ErrDamaged)
	}
	ref := u.Add(pdf.Dict{
		"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "F": printed | locked, "P": first[0].ref,
		"T": pdf.String(name), "Rect": pdf.Array{int64(0), int64(0), int64(0), int64(0)}, "V": u.Add(value),
	})
	if err := addAnnotations(f, u, first[0], []pdf.Ref{ref}); err != nil {
		return err
	}
	return addFields(f, u, []pdf.Ref{ref}, !anySigned(fields), nil)
}

func freeName(fields []field) string {
	taken := map[string]bool{}
	for _, f := range fields {
		taken[f.name] = true
	}
	for n := 1; ; n++ {
		if name := fmt.Sprintf("congvan-hidden-%d", n); !taken[name] {
			return name
		}
	}
}

func formatTime(at time.Time) string {
	zone := at.Format("-07:00")
	return at.Format("D:20060102150405") + zone[:3] + "'" + zone[4:] + "'"
}

// errPending is the fault of a kept file that is not what Begin made.
var errPending = errors.New("signature: the file has no empty container at its end")

// Resume takes up a file that Begin made.
func Resume(file []byte, certificate *x509.Certificate, chain []*x509.Certificate) (Pending, error) {
	from, to, err := emptyGap(file)
	if err != nil {
		return Pending{}, err
	}
	p := Pending{File: file, from: from, to: to}
	err = p.over(certificate, chain)
	return p, err
}

func emptyGap(file []byte) (from, to int, err error) {
	f, err := pdf.Open(file)
	if err != nil {
		return 0, 0, err
	}
	found, err := signatures(f)
	if err != nil {
		return 0, 0, err
	}
	for _, s := range found {
		if r, err := s.byteRange(f); err == nil && r.end == len(file) {
			if bytes.Trim(file[r.from+1:r.to-1], "0") == nil {
				return r.from, r.to, nil
			}
		}
	}
	return 0, 0, errPending
}

// Digest is what the key has to sign: the SHA-256 of the attributes, which hold
// the digest of the file and of the certificate.
func (p Pending) Digest() []byte { return p.draft.Digest() }

// Finish puts in the key's signature, and a time stamp over it unless nil.
func (p Pending) Finish(signature, token []byte) ([]byte, error) {
	container, err := p.draft.Finish(signature, token)
	if err != nil {
		return nil, err
	}
	return p.Embed(container)
}

// Embed puts in a container that was made elsewhere.
func (p Pending) Embed(container []byte) ([]byte, error) {
	if 2*len(container) > p.to-p.from-2 {
		return nil, fmt.Errorf("signature: a container of %d bytes has no room", len(container))
	}
	out := bytes.Clone(p.File)
	hex.Encode(out[p.from+1:], container)
	return out, nil
}

// Stamper gives a time stamp over the content.
type Stamper func(ctx context.Context, content []byte) ([]byte, error)

// StampPolicy says what happens when the authority gives none.
type StampPolicy int

// The policies. Nothing is ever signed without a time stamp in silence.
const (
	StampRequired StampPolicy = iota // no signature without one
	StampWished                      // signed without, and the outcome says so
	StampNever                       // none is asked for
)

// Key signs with a key at hand: in software, in a token of the server, or at a
// service that answers at once.
type Key struct {
	Signer      crypto.Signer
	Certificate *x509.Certificate
	Chain       []*x509.Certificate
}

// Outcome is a signed file, and whether it has a time stamp.
type Outcome struct {
	File    []byte
	Stamped bool
	Missed  error // why there is no time stamp, where one was wished
}

// Sign signs at once.
func (k Key) Sign(ctx context.Context, file []byte, r Request, stamp Stamper, policy StampPolicy) (Outcome, error) {
	r.Certificate, r.Chain = k.Certificate, k.Chain
	p, err := Begin(file, r)
	if err != nil {
		return Outcome{}, err
	}
	value, err := k.Signer.Sign(rand.Reader, p.Digest(), cms.Hash)
	if err != nil {
		return Outcome{}, fmt.Errorf("sign: %w", err)
	}
	return p.Complete(ctx, value, stamp, policy)
}

// Elsewhere signs with a key that answers in its own time: value gives what it
// made of the file's digest.
func Elsewhere(ctx context.Context, file []byte, r Request, value func(context.Context, Pending) ([]byte, error), stamp Stamper, policy StampPolicy) (Outcome, error) {
	p, err := Begin(file, r)
	if err != nil {
		return Outcome{}, err
	}
	made, err := value(ctx, p)
	if err != nil {
		return Outcome{}, err
	}
	return p.Complete(ctx, made, stamp, policy)
}

// Task is one of several files that a key elsewhere signs under one leave.
type Task struct {
	File    []byte
	Request Request
}

// AllElsewhere signs several. It gives what was signed before something failed.
func AllElsewhere(ctx context.Context, tasks []Task, values func(context.Context, []Pending) ([][]byte, error), stamp Stamper, policy StampPolicy) ([]Outcome, error) {
	list := make([]Pending, len(tasks))
	for i, t := range tasks {
		p, err := Begin(t.File, t.Request)
		if err != nil {
			return nil, err
		}
		list[i] = p
	}
	made, missed := values(ctx, list)
	out := make([]Outcome, 0, len(made))
	for i, value := range made {
		one, err := list[i].Complete(ctx, value, stamp, policy)
		if err != nil {
			return out, errors.Join(missed, err)
		}
		out = append(out, one)
	}
	return out, missed
}

// Complete finishes with a time stamp, by the policy.
func (p Pending) Complete(ctx context.Context, value []byte, stamp Stamper, policy StampPolicy) (Outcome, error) {
	var out Outcome
	var token []byte
	var err error
	if policy != StampNever {
		if token, err = stamp(ctx, value); err != nil && policy == StampRequired {
			return Outcome{}, err
		}
		out.Stamped, out.Missed = err == nil, err
	}
	out.File, err = p.Finish(value, token)
	return out, err
}
