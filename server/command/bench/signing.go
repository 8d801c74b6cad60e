package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/cms"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/trust"
)

// measureSigning signs one-page PDFs with a software key, where the bare side
// only makes as many RSA signatures, and verifies them, where the bare side is
// poppler's pdfsig. Neither asks the network.
func measureSigning(ctx context.Context, b *bench) ([]Row, error) {
	w, err := newSigningWork(ctx, b.sized(100, 20))
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(w.folder)
	o, base, err := b.byTurns(ctx, "signing", w.sign, w.bareSign)
	if err != nil {
		return nil, err
	}
	signed := compare("sign one-page PDFs", "/s", o, base, atLeast(0.25))
	signed.Note = fmt.Sprintf("%d files, RSA 2048, no time stamp", w.count)
	o, base, err = b.byTurns(ctx, "verifying", w.verify, w.pdfsig)
	if err != nil {
		return []Row{signed}, err
	}
	verified := compare("verify signed PDFs", "/s", o, base, atLeast(1))
	verified.Note = fmt.Sprintf("%d files, against pdfsig", w.count)
	return []Row{signed, verified}, nil
}

type signingWork struct {
	count   int
	folder  string
	key     signature.Key
	place   signing.Place
	drafts  [][]byte
	paths   []string
	options signature.Options
}

func newSigningWork(ctx context.Context, count int) (*signingWork, error) {
	now := time.Now()
	authority, err := democa.New("Bench", now)
	if err != nil {
		return nil, err
	}
	w := &signingWork{count: count, place: signing.Place{Kind: signing.Signature, Ordinal: 1}}
	if w.key, err = authority.Issue(democa.Subject{Name: "Nguyễn Thị Hường", From: now.Add(-time.Hour), Until: now.AddDate(1, 0, 0)}); err != nil {
		return nil, err
	}
	w.options = signature.Options{Anchors: trust.NewAnchors(authority.Certificate), Now: now.Add(time.Hour)}
	if w.folder, err = os.MkdirTemp("", "congvan-bench-"); err != nil {
		return nil, err
	}
	for i := range count {
		draft, err := signature.Prepare(onePage(i), []signature.Reservation{
			{Place: w.place, Page: 1, Box: signing.Box{Left: 360, Bottom: 160, Right: 500, Top: 220}},
		})
		if err != nil {
			return nil, err
		}
		file, err := w.signOne(ctx, draft)
		if err != nil {
			return nil, err
		}
		path := filepath.Join(w.folder, fmt.Sprintf("%d.pdf", i))
		if err := os.WriteFile(path, file, 0o600); err != nil {
			return nil, err
		}
		w.drafts, w.paths = append(w.drafts, draft), append(w.paths, path)
	}
	return w, nil
}

// onePage is a page of words.
func onePage(n int) []byte {
	var content, b, table bytes.Buffer
	content.WriteString("BT /F 13 Tf 16 TL 72 780 Td\n")
	for line := range 40 {
		fmt.Fprintf(&content, "(Dong %d cua van ban %d: noi dung chi dao dieu hanh cua co quan.) Tj T*\n", line, n)
	}
	content.WriteString("ET")
	b.WriteString("%PDF-1.7\n")
	for i, o := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", content.Len(), content.Bytes()),
		"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
	} {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 6\n0000000000 65535 f \n%strailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", table.Bytes(), at)
	return b.Bytes()
}

func (w *signingWork) signOne(ctx context.Context, draft []byte) ([]byte, error) {
	out, err := w.key.Sign(ctx, draft, signature.Request{Place: w.place, Name: "Nguyễn Thị Hường", At: time.Now(),
		Appearance: signature.Appearance{Lines: []string{"Nguyễn Thị Hường", "Chủ tịch"}}}, nil, signature.StampNever)
	return out.File, err
}

// rate gives how many a second.
func (w *signingWork) rate(do func(i int) error) (float64, error) {
	began := time.Now()
	for i := range w.count {
		if err := do(i); err != nil {
			return 0, err
		}
	}
	return float64(w.count) / time.Since(began).Seconds(), nil
}

func (w *signingWork) sign(ctx context.Context, _ int) (float64, error) {
	return w.rate(func(i int) error {
		_, err := w.signOne(ctx, w.drafts[i])
		return err
	})
}

func (w *signingWork) bareSign(context.Context, int) (float64, error) {
	return w.rate(func(i int) error {
		sum := sha256.Sum256(w.drafts[i])
		_, err := w.key.Signer.Sign(rand.Reader, sum[:], cms.Hash)
		return err
	})
}

func (w *signingWork) verify(context.Context, int) (float64, error) {
	return w.rate(func(i int) error {
		file, err := os.ReadFile(w.paths[i])
		if err != nil {
			return err
		}
		report, err := signature.Verify(file, w.options)
		if err == nil && (len(report.Signatures) != 1 || !report.Signatures[0].Valid()) {
			err = fmt.Errorf("file %d is not valid", i)
		}
		return err
	})
}

// pdfsig is not asked about the certificate, which spares it the most.
func (w *signingWork) pdfsig(ctx context.Context, _ int) (float64, error) {
	return w.rate(func(i int) error {
		said, err := exec.CommandContext(ctx, "pdfsig", "-nocert", w.paths[i]).CombinedOutput()
		if err == nil && !bytes.Contains(said, []byte("Signature is Valid.")) {
			err = fmt.Errorf("pdfsig on file %d: %s", i, said)
		}
		return err
	})
}
