package bench

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/embedded"
)

const (
	pdfBytes     = 5 << 20
	pdfReceivers = 100
)

// measurePDF brings one document to a hundred agencies: through the product,
// from the upload to the arrivals, and as mail into a hundred mailboxes, in one
// transaction and one by one.
func measurePDF(ctx context.Context, b *bench) ([]Row, error) {
	p, err := newPost(ctx, b)
	if err != nil {
		return nil, err
	}
	defer p.close()
	defer p.blobs.Close()
	var ours, once, each struct{ time, size Series }
	for round := range b.rounds() + 1 {
		steps := []struct {
			into *struct{ time, size Series }
			do   func(context.Context) error
			size func(context.Context) (float64, error)
		}{
			{&ours, p.issue, p.stored}, {&once, p.mailOnce, p.mailed}, {&each, p.mailEach, p.mailed},
		}
		for i := range steps {
			s := steps[(i+round)%len(steps)]
			before, err := s.size(ctx)
			if err != nil {
				return nil, err
			}
			began := time.Now()
			if err := s.do(ctx); err != nil {
				return nil, err
			}
			took := time.Since(began)
			after, err := s.size(ctx)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				s.into.time, s.into.size = append(s.into.time, took.Seconds()), append(s.into.size, (after-before)/mebibyte)
			}
		}
		b.say("pdf100: round %d of %d", round, b.rounds())
	}
	return []Row{
		compare("5 MB to 100, one mail", "s", ours.time, once.time, atMost(1.0/5)),
		compare("5 MB to 100, 100 mails", "s", ours.time, each.time, atMost(1.0/50)),
		compare("  stored, one mail", "MiB", ours.size, once.size, atMost(0.6)),
		compare("  stored, 100 mails", "MiB", ours.size, each.size, atMost(1.0/100)),
	}, nil
}

// post is an office with a hundred receivers, here and as mailboxes.
type post struct {
	*desk
	blobs     *blob.Store
	storeDir  string
	mailDir   string
	place     embedded.DovecotPlace
	addresses []string
	pdf       []byte
}

func newPost(ctx context.Context, b *bench) (*post, error) {
	k, err := newDesk(ctx, b, "bench_pdf", pdfReceivers)
	if err != nil {
		return nil, err
	}
	p := &post{desk: k, storeDir: b.storeDir(), pdf: randomBytes(pdfBytes)}
	copy(p.pdf, "%PDF-1.7\n")
	if p.blobs, _, err = b.place.blobs(ctx, k.database, "bench-pdf"); err != nil {
		return nil, err
	}
	anything := func(context.Context, document.File) error { return nil }
	k.documents = outgoing.New(k.Store, p.blobs, anything, time.Now)
	boxes := map[string]string{}
	for n := range pdfReceivers {
		address := fmt.Sprintf("vanthu%d@agency.example", n)
		boxes[address] = boxPassword
		p.addresses = append(p.addresses, address)
	}
	server, mailDir, err := b.dovecot(ctx, "dovecot-pdf", boxes)
	if err != nil {
		return nil, err
	}
	p.place, p.mailDir = server.Place(), mailDir
	return p, nil
}

// fresh gives content that was never stored before.
func (p *post) fresh() []byte {
	copy(p.pdf[16:], randomBytes(64))
	return p.pdf
}

// issue takes the document the whole way: upload, draft, submit, approve, number and issue.
func (p *post) issue(ctx context.Context) error {
	content := p.fresh()
	u, err := p.documents.UploadWhole(ctx, p.author, "chi-thi.pdf", int64(len(content)), strings.NewReader(string(content)))
	if err != nil {
		return err
	}
	id, err := p.approve(ctx, u.ID, u.Hash, pdfReceivers)
	if err != nil {
		return err
	}
	return p.documents.Issue(ctx, p.clerk, access.Command{}, id, org.ID{}, u.Hash)
}

// stored gives the bytes on the disk of the store's objects and of all tables with their indexes.
func (p *post) stored(ctx context.Context) (float64, error) {
	objects, err := onDisk(p.storeDir)
	if err != nil {
		return 0, err
	}
	var tables int64
	err = p.admin.QueryRow(ctx, `select sum(pg_total_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'`).Scan(&tables)
	if err != nil {
		return 0, fmt.Errorf("measure tables: %w", err)
	}
	return objects + float64(tables), nil
}

func (p *post) mailOnce(ctx context.Context) error {
	return embedded.Deliver(ctx, p.place.LMTP, "gui@sender.example", p.addresses, strings.NewReader(p.message()))
}

func (p *post) mailEach(ctx context.Context) error {
	message := p.message()
	for _, a := range p.addresses {
		if err := embedded.Deliver(ctx, p.place.LMTP, "gui@sender.example", []string{a}, strings.NewReader(message)); err != nil {
			return err
		}
	}
	return nil
}

func (p *post) message() string {
	var b strings.Builder
	b.WriteString("From: gui@sender.example\r\nSubject: Chi thi\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf; name=chi-thi.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	encoded := base64.StdEncoding.EncodeToString(p.fresh())
	for len(encoded) > 76 {
		b.WriteString(encoded[:76])
		b.WriteString("\r\n")
		encoded = encoded[76:]
	}
	b.WriteString(encoded)
	b.WriteString("\r\n")
	return b.String()
}

// mailed gives the bytes on the disk of all mailboxes; what is linked counts once.
func (p *post) mailed(context.Context) (float64, error) { return onDisk(p.mailDir) }

// onDisk gives the bytes that a folder takes, each file once however often it is linked.
func onDisk(dir string) (float64, error) {
	seen := map[uint64]bool{}
	var sum int64
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // removed while it was looked at
		}
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return nil //nolint:nilerr // removed while it was looked at
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if ok && !seen[stat.Ino] {
			seen[stat.Ino] = true
			sum += stat.Blocks * 512
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("measure a folder: %w", err)
	}
	return float64(sum), nil
}
