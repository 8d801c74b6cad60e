package command

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"congvan/server/app/accounts"
	"congvan/server/domain/signing"
	"congvan/server/provider/presence"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/softkey"
)

const (
	demoAuthority = "Tổ chức chứng thực TẬP HUẤN congvan"
	// demoCodes is what the one-time codes of everybody in the demonstration are
	// made of.
	demoCodes = "TRAVINHKYSOTAPHUANTRAVINHKYSOTAP"
	// demoYears is how long a certificate of the demonstration lasts.
	demoYears = 3
)

// openDemo makes the authority of the demonstration, once, and its time stamps.
func (k *keyring) openDemo() error {
	authority, err := k.keptKey("demo-authority.p12", func() (signature.Key, error) {
		a, err := democa.New(demoAuthority, time.Now())
		if err != nil {
			return signature.Key{}, err
		}
		return signature.Key{Signer: a.Key, Certificate: a.Certificate}, nil
	})
	if err != nil {
		return err
	}
	if err := writeAnchor(filepath.Join(k.cfg.Data, demoAnchor), authority.Certificate); err != nil {
		return err
	}
	k.authority = &democa.Authority{Certificate: authority.Certificate, Key: authority.Signer}
	if k.stamp != nil {
		return nil // a real one is configured
	}
	stamping, err := k.keptKey("demo-stamps.p12", func() (signature.Key, error) {
		return k.authority.Issue(democa.Subject{Name: "Dấu thời gian TẬP HUẤN congvan", From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(demoYears, 0, 0), Stamping: true})
	})
	k.stamp, k.policy = democa.Stamper(stamping, time.Now), signature.StampRequired
	return err
}

// demoAnchor is where the certificate of the demonstration's authority lies, for
// who judges files without its key.
const demoAnchor = "demo-authority.pem"

func writeAnchor(path string, c *x509.Certificate) error {
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}), 0o600); err != nil {
		return fmt.Errorf("keep the authority of the demonstration: %w", err)
	}
	return nil
}

// keptKey gives a key of the data folder, made at the first time.
func (k *keyring) keptKey(name string, make func() (signature.Key, error)) (signature.Key, error) {
	path := filepath.Join(k.cfg.Data, name)
	kept, err := os.ReadFile(path)
	if err == nil {
		return softkey.Unlock(kept, k.kept)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return signature.Key{}, fmt.Errorf("read a key of the demonstration: %w", err)
	}
	key, err := make()
	if err != nil {
		return key, err
	}
	if kept, err = softkey.Lock(key, k.kept); err != nil {
		return key, fmt.Errorf("keep a key of the demonstration: %w", err)
	}
	if err := os.WriteFile(path, kept, 0o600); err != nil {
		return key, fmt.Errorf("keep a key of the demonstration: %w", err)
	}
	return key, nil
}

// seedSigning gives people and agencies of the demonstration what signing needs.
func (in *installation) seedSigning(ctx context.Context, say progress) error {
	say("Chứng thư số tập huấn · certificates for training")
	person, agency := in.keyring.demoKey(handwriting), in.keyring.demoKey(redSeal)
	for _, p := range []struct {
		login, agency string
		signs         bool
	}{
		{"lanhdao.ubnd", "Ủy ban nhân dân tỉnh Trà Vinh", true}, {"lanhdao2.ubnd", "Ủy ban nhân dân tỉnh Trà Vinh", true}, {"vanthu.ubnd", "Ủy ban nhân dân tỉnh Trà Vinh", true},
		{"truongphong.ubnd", "Ủy ban nhân dân tỉnh Trà Vinh", true}, {"chuyenvien2.ubnd", "Ủy ban nhân dân tỉnh Trà Vinh", true},
		{"lanhdao.snv", "Sở Nội vụ", true}, {"vanthu.snv", "", false},
	} {
		if err := in.accounts.TrainPerson(ctx, p.login, p.agency, demoCodes, p.signs, person); err != nil {
			return fmt.Errorf("give %s what signing needs: %w", p.login, err)
		}
	}
	for _, code := range []string{"H59", demoMailboxAgency} {
		if err := in.accounts.TrainAgency(ctx, code, agency); err != nil {
			return fmt.Errorf("give %s a seal: %w", code, err)
		}
	}
	return nil
}

func (k *keyring) demoKey(picture func() ([]byte, error)) accounts.MakeKey {
	return func(name, agency string) (signing.Certificate, []byte, error) {
		now := time.Now()
		key, err := k.authority.Issue(democa.Subject{Name: name, Agency: agency, From: now.Add(-time.Hour), Until: now.AddDate(demoYears, 0, 0)})
		if err != nil {
			return signing.Certificate{}, nil, err
		}
		c, kept, err := k.lock(key)
		if err != nil {
			return c, nil, err
		}
		c.Provider = signing.Software
		c.Image, err = picture()
		return c, kept, err
	}
}

// handwriting is a stroke of blue ink on nothing.
func handwriting() ([]byte, error) {
	const width, height, pen = 560, 240, 4.5
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range 6000 {
		t := float64(i) / 6000
		x := 40 + 470*t + 26*math.Sin(t*31)
		y := 125 - 70*math.Sin(t*23)*(1-t*0.8) + 22*math.Cos(t*57)
		dot(m, x, y, pen*(0.6+0.4*math.Sin(t*40)), color.NRGBA{R: 0, G: 33, B: 171, A: 255})
	}
	return encode(m)
}

// redSeal is a round seal as it is drawn: two rings and a star.
func redSeal() ([]byte, error) {
	const size = 480
	red := color.NRGBA{R: 219, G: 18, B: 18, A: 215}
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for x := range size {
		for y := range size {
			dx, dy := float64(x)-size/2, float64(y)-size/2
			r := math.Hypot(dx, dy)
			// A star of five points: its edge swings between two radii.
			angle := math.Mod(math.Atan2(dx, -dy)+2*math.Pi, 2*math.Pi/5) - math.Pi/5
			edge := 34 / math.Cos(math.Pi/5-math.Abs(math.Abs(angle)-math.Pi/5)*0.62)
			edge += 46 * math.Abs(angle) / (math.Pi / 5)
			if r > 226 && r < 238 || r > 160 && r < 164 || r < edge {
				m.SetNRGBA(x, y, red)
			}
		}
	}
	return encode(m)
}

func dot(m *image.NRGBA, x, y, radius float64, c color.NRGBA) {
	for i := int(x - radius); i <= int(x+radius); i++ {
		for j := int(y - radius); j <= int(y+radius); j++ {
			if math.Hypot(float64(i)-x, float64(j)-y) <= radius {
				m.SetNRGBA(i, j, c)
			}
		}
	}
}

func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return nil, fmt.Errorf("draw for the demonstration: %w", err)
	}
	return b.Bytes(), nil
}

func newDemoCode() *cobra.Command {
	return &cobra.Command{Use: "code", Short: "Print the one-time code of this moment, of everybody in the demonstration", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			code, err := presence.CodeAt(demoCodes, time.Now())
			if err == nil {
				_, err = fmt.Fprintln(c.OutOrStdout(), code)
			}
			return err
		}}
}
