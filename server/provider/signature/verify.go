package signature

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/cms"
	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/signature/trust"
)

// Integrity is whether what was signed is what is there.
type Integrity string

// The ways a signature can stand. Only Whole holds.
const (
	Whole      Integrity = "whole"      // nothing but allowed changes came after it
	Changed    Integrity = "changed"    // the signed bytes are intact, but something not allowed came after
	Broken     Integrity = "broken"     // it does not fit the bytes, or covers them in a false way
	Weak       Integrity = "weak"       // made with algorithms that prove nothing any more
	Unreadable Integrity = "unreadable" // of a kind that is not known here
)

// Signature is one signature as it was found.
type Signature struct {
	Field     string
	Place     signing.Place // the zero place when it is in none of ours
	Kind      signing.PlaceKind
	Signer    signing.Fingerprint
	Name      string // of the certificate's subject
	Issuer    string
	Agency    string // organisation of the subject
	ClaimedAt time.Time
	StampedAt time.Time // by a trusted authority; zero without
	Reason    string
	Integrity Integrity
	Why       string // for a log: why it is not whole
	Later     []Change
	Judgement trust.Judgement // of its certificate when it signed
	Stamp     trust.Judgement // of the time stamp's certificate
	HasStamp  bool
	Level     string // PAdES baseline that is reached: B, T, LT, LTA; empty for none
	Certified bool   // it limits what may be done later
	Revision  int    // from 1; 0 for one that does not hold
	Covers    bool   // all of the file, to its last byte
	Training  bool   // made for training; it has no legal value
}

// Allowed tells whether the table allows the change after this signature.
func (s Signature) Allowed(c Change) bool { return signing.May(s.Kind, c.Kind) }

// Valid tells whether the signature holds and its certificate was good.
func (s Signature) Valid() bool {
	return s.Integrity == Whole && s.Judgement.Validity == signing.Trusted
}

// Report is what is known of a file.
type Report struct {
	Signatures []Signature
	Revisions  int
	Active     bool // it holds scripts or actions
	Loose      bool // something follows its last revision
}

// Options say whom to trust, and what is known of revocations.
type Options struct {
	Anchors  trust.Anchors // of signers
	Stampers trust.Anchors // of time-stamping authorities; empty for the same
	Evidence trust.Evidence
	Now      time.Time
}

// Verify judges every signature of a file. An error means that the file as a
// whole cannot be judged; a file without signatures is no error.
func Verify(file []byte, o Options) (Report, error) {
	v, err := newVerifier(file, o)
	if err != nil {
		return Report{}, err
	}
	report := Report{Revisions: len(v.f.Ends()), Loose: v.loose}
	if report.Active, err = active(v.f); err != nil {
		return Report{}, err
	}
	if err := v.judgeLater(); err != nil {
		return Report{}, err
	}
	v.level()
	slices.SortStableFunc(v.out, func(a, b Signature) int { return a.Revision - b.Revision })
	report.Signatures = v.out
	return report, nil
}

// newVerifier judges every signature by itself.
func newVerifier(file []byte, o Options) (*verifier, error) {
	f, err := pdf.Open(file)
	if err != nil {
		return nil, err
	}
	found, err := signatures(f)
	if err != nil {
		return nil, err
	}
	v := &verifier{f: f, options: o, found: found, coverages: make([]coverage, len(found)), out: make([]Signature, len(found))}
	if len(o.Stampers.Certificates()) == 0 {
		v.options.Stampers = o.Anchors
	}
	ends := f.Ends()
	v.loose = len(ends) == 0 || len(bytes.TrimSpace(file[ends[len(ends)-1]:])) > 0
	dss, err := evidenceOf(f)
	if err != nil {
		return nil, err
	}
	v.archived = len(dss.CRLs)+len(dss.OCSPs) > 0
	v.options.Evidence = v.options.Evidence.With(dss)
	for i := range found {
		v.check(i)
	}
	return v, nil
}

// maxHashed bounds what many signatures over a large file cost.
const maxHashed = 2 << 30

type verifier struct {
	f         *pdf.File
	options   Options
	found     []signed
	coverages []coverage // end is 0 for one that does not hold
	out       []Signature
	hashed    int  // bytes, by all signatures together
	loose     bool // something follows the last revision
	archived  bool // the file brings revocation data
}

// check judges one signature by itself: its bytes, its container, its
// certificate and its time stamp.
func (v *verifier) check(i int) {
	s, out := v.found[i], &v.out[i]
	*out = Signature{Field: s.name, Kind: kindOf(s.field, s.dict), Integrity: Whole, Judgement: trust.Judgement{Validity: signing.Unknown, Revocation: trust.Unproved}}
	out.Place, _ = s.place()
	out.ClaimedAt = readTime(s.dict["M"])
	if reason, ok := s.dict["Reason"].(pdf.String); ok {
		out.Reason = decodeText(reason)
	}
	_, out.Certified = s.dict["Reference"]
	c, err := s.byteRange(v.f)
	if err == nil {
		_, err = s.revision(v.f, c)
	}
	if err != nil {
		out.fail(Broken, err)
		return
	}
	raw := make([]byte, (c.to-c.from-2)/2)
	if _, err := hex.Decode(raw, v.f.Bytes()[c.from+1:c.to-1]); err != nil {
		out.fail(Broken, err)
		return
	}
	if v.hashed += c.end; v.hashed > maxHashed {
		out.fail(Unreadable, pdf.ErrTooLarge)
		return
	}
	content := c.content(v.f)
	if out.Kind == signing.Stamp {
		v.checkStamp(out, raw, content)
	} else {
		v.checkContainer(out, s, raw, content)
	}
	if out.Integrity == Whole {
		v.coverages[i] = c
		out.Covers = len(bytes.TrimRight(v.f.Bytes()[c.end:], "\r\n")) == 0
	}
}

func (s *Signature) fail(as Integrity, why error) { s.Integrity, s.Why = as, why.Error() }

func (s *Signature) failBy(err error) {
	switch {
	case errors.Is(err, cms.ErrWeak):
		s.fail(Weak, err)
	case errors.Is(err, cms.ErrMalformed):
		s.fail(Unreadable, err)
	default:
		s.fail(Broken, err)
	}
}

func (v *verifier) checkContainer(out *Signature, s signed, raw []byte, content [2][]byte) {
	switch s.dict["SubFilter"] {
	case pdf.Name("ETSI.CAdES.detached"), pdf.Name("adbe.pkcs7.detached"):
	case pdf.Name("adbe.pkcs7.sha1"), pdf.Name("adbe.x509.rsa_sha1"):
		out.fail(Weak, cms.ErrWeak)
		return
	default:
		out.fail(Unreadable, cms.ErrMalformed)
		return
	}
	container, err := cms.Parse(raw)
	if err != nil {
		out.failBy(err)
		return
	}
	out.describe(container)
	h, err := container.DigestAlgorithm()
	if err == nil {
		err = container.Verify(digest(h, content))
	}
	if err != nil {
		out.failBy(err)
		return
	}
	if out.ClaimedAt.IsZero() {
		out.ClaimedAt = container.SigningTime
	}
	evidence := v.options.Evidence.With(trust.Evidence{Certificates: container.Certificates, CRLs: container.CRLs, OCSPs: container.OCSPs})
	at := v.options.Now
	if container.Token != nil {
		out.HasStamp, out.Stamp.Validity = true, signing.Unfit
		if stamp, err := cms.VerifyStamp(container.Token, container.Value); err == nil {
			at = v.stamped(out, stamp, evidence)
		}
	}
	out.Judgement = v.options.Anchors.Judge(container.Certificate, trust.ForSigning, at, evidence)
}

func (s *Signature) describe(container *cms.Signature) {
	c := container.Certificate
	if c == nil {
		return
	}
	s.Signer = fingerprint(c)
	s.Name, s.Issuer = c.Subject.CommonName, c.Issuer.CommonName
	s.Agency = strings.Join(c.Subject.Organization, ", ")
	s.Training = Training(c)
}

func digest(h crypto.Hash, content [2][]byte) []byte {
	sum := h.New()
	sum.Write(content[0])
	sum.Write(content[1])
	return sum.Sum(nil)
}

// stamped notes a time stamp and gives the time at which to judge: the stamp's,
// if whoever gave it is trusted, and otherwise now.
func (v *verifier) stamped(out *Signature, stamp *cms.Stamp, e trust.Evidence) time.Time {
	out.HasStamp = true
	e = e.With(trust.Evidence{Certificates: stamp.Signature.Certificates, CRLs: stamp.Signature.CRLs})
	out.Stamp = v.options.Stampers.Judge(stamp.Signature.Certificate, trust.ForStamping, stamp.At, e)
	if out.Stamp.Validity != signing.Trusted || stamp.At.After(v.options.Now.Add(time.Hour)) {
		return v.options.Now
	}
	out.StampedAt = stamp.At
	return stamp.At
}

// checkStamp judges a time stamp over the file.
func (v *verifier) checkStamp(out *Signature, token []byte, content [2][]byte) {
	stamp, err := cms.VerifyStamp(token, content[:]...)
	if err != nil {
		out.failBy(err)
		return
	}
	out.describe(stamp.Signature)
	v.stamped(out, stamp, v.options.Evidence)
	out.Judgement = out.Stamp
	if out.Judgement.Validity == "" {
		out.Judgement.Validity = signing.Unknown
	}
}

// judgeLater holds every revision against every signature before it.
func (v *verifier) judgeLater() error {
	ends := v.ends()
	if len(ends) == 0 {
		return nil
	}
	steps, err := v.steps(ends)
	if err != nil {
		return err
	}
	for i := range v.out {
		out := &v.out[i]
		if v.coverages[i].end == 0 {
			continue
		}
		at := slices.Index(ends, v.coverages[i].end)
		out.Revision = v.earlier(ends[0]) + at + 1
		for _, step := range steps[at:] {
			out.Later = append(out.Later, step...)
		}
		if v.loose {
			out.Later = append(out.Later, Change{Kind: signing.Altered, What: whatLoose, Revision: v.earlier(ends[0]) + len(ends) + 1})
		}
		if slices.ContainsFunc(out.Later, func(c Change) bool { return !out.Allowed(c) }) {
			out.fail(Changed, errors.New("a later revision did what is not allowed"))
		}
	}
	return nil
}

// ends gives where the revisions end that are looked at: all from the first
// signature on.
func (v *verifier) ends() []int {
	var ends []int
	for _, c := range v.coverages {
		if c.end > 0 {
			ends = append(ends, c.end)
		}
	}
	if len(ends) == 0 {
		return nil
	}
	first := slices.Min(ends)
	data := v.f.Bytes()
	for _, end := range v.f.Ends() {
		twice := slices.ContainsFunc(ends, func(known int) bool {
			return min(known, end) >= max(known, end)-2 && isEndOfLine(data[min(known, end):max(known, end)])
		})
		if end > first && !twice {
			ends = append(ends, end)
		}
	}
	slices.Sort(ends)
	return slices.Compact(ends)
}

// earlier counts the revisions before one that ends there.
func (v *verifier) earlier(end int) (count int) {
	for _, other := range v.f.Ends() {
		if other < end-2 { // the end of a line may be counted to either
			count++
		}
	}
	return count
}

// steps names the changes between each revision and the next; the last step
// leads to the file as a reader shows it.
func (v *verifier) steps(ends []int) ([][]Change, error) {
	var steps [][]Change
	var before *view
	for i, end := range ends {
		f, err := v.f.At(end)
		if err != nil {
			return nil, err
		}
		after, err := newView(f)
		if err != nil {
			return nil, err
		}
		if before != nil {
			changes, err := judge(before, after)
			if err != nil {
				return nil, err
			}
			if skipped(v.f.Bytes()[ends[i-1]:end]) {
				changes = append(changes, Change{Kind: signing.Altered, What: whatSkipped})
			}
			steps = append(steps, v.sound(changes, v.earlier(ends[0])+i+1))
		}
		before = after
	}
	if ends[len(ends)-1] == len(v.f.Bytes()) {
		return append(steps, nil), nil
	}
	last, err := newView(v.f)
	if err != nil {
		return nil, err
	}
	changes, err := judge(before, last)
	if err != nil {
		return nil, err
	}
	if skipped(v.f.Bytes()[ends[len(ends)-1]:]) {
		changes = append(changes, Change{Kind: signing.Altered, What: whatSkipped})
	}
	return append(steps, v.sound(changes, v.earlier(ends[0])+len(ends)+1)), nil
}

// skipped tells whether the bytes of one revision hold the end of another, which
// the last one passes over: a number or seal that was there is no longer shown.
func skipped(revision []byte) bool { return bytes.Count(revision, []byte("startxref")) > 1 }

// sound turns a signature that does not hold into what it is: something put
// over the page.
func (v *verifier) sound(changes []Change, revision int) []Change {
	for i := range changes {
		c := &changes[i]
		c.Revision = revision
		if c.Field == "" || c.Kind == signing.Altered || c.Kind == signing.FilledNumber || c.Kind == signing.FilledDate {
			continue
		}
		at := slices.IndexFunc(v.found, func(s signed) bool { return s.name == c.Field })
		if at < 0 || v.coverages[at].end == 0 {
			*c = Change{Kind: signing.Altered, Field: c.Field, What: whatFalse, Revision: revision}
		}
	}
	return changes
}

// level tells which baseline of PAdES (ETSI EN 319 142-1) each signature has.
func (v *verifier) level() {
	lastStamp := 0
	for i, out := range v.out {
		if out.Kind == signing.Stamp && !out.StampedAt.IsZero() {
			lastStamp = max(lastStamp, v.coverages[i].end)
		}
	}
	for i := range v.out {
		out := &v.out[i]
		if v.coverages[i].end == 0 || out.Kind == signing.Stamp || v.found[i].dict["SubFilter"] != pdf.Name("ETSI.CAdES.detached") {
			continue
		}
		out.Level = "B"
		if out.StampedAt.IsZero() {
			continue
		}
		out.Level = "T"
		if !v.archived || out.Judgement.Revocation != trust.NotRevoked {
			continue
		}
		out.Level = "LT"
		if lastStamp > v.coverages[i].end {
			out.Level = "LTA"
		}
	}
}

// readTime reads a date (ISO 32000-1, 7.9.4); zero for none.
func readTime(v any) time.Time {
	s, ok := v.(pdf.String)
	if !ok {
		return time.Time{}
	}
	text := strings.TrimPrefix(string(s), "D:")
	text = strings.ReplaceAll(text, "'", "")
	for _, layout := range []string{"20060102150405-0700", "20060102150405Z0700", "20060102150405Z", "20060102150405"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	return time.Time{}
}
