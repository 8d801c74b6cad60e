package command

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"congvan/server/config"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/signature/trust"
)

type verifyOptions struct {
	trusted   []string
	lists     []string
	language  string
	asJSON    bool
	installed config.Config // whose trust counts
}

func newVerify() *cobra.Command {
	var o verifyOptions
	c := &cobra.Command{Use: "verify FILE", Short: "Tell who signed a PDF, when, and whether it is whole", Args: oneFile,
		Long: "Tell who signed a PDF, when, whether it is whole, and what was changed later.\n" +
			"Trusted is whom the installation here trusts, as its settings say, with what it keeps of revocations; --trust and --crl add to that.\n" +
			"Ends with 0 when there are signatures and every one is whole and trusted, otherwise with 1.",
		RunE: func(c *cobra.Command, args []string) error {
			var err error
			if o.installed, err = config.Read(os.Environ()); err != nil {
				return err
			}
			return verify(c.Context(), args[0], o, c.OutOrStdout())
		}}
	c.AddCommand(newVerifyLog(), newVerifyReceipt())
	c.Flags().StringSliceVar(&o.trusted, "trust", nil, "files with the certificates of trusted authorities, PEM or DER")
	c.Flags().StringSliceVar(&o.lists, "crl", nil, "files with revocation lists, DER")
	c.Flags().StringVar(&o.language, "lang", "vi", "vi or en")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print JSON, which programs read")
	return c
}

// What `congvan verify --json` prints. The names are a contract: scripts read them.
type (
	verifiedFile struct {
		Valid         bool                `json:"valid"`
		Revisions     int                 `json:"revisions"`
		ActiveContent bool                `json:"activeContent"`
		Signatures    []verifiedSignature `json:"signatures"`
	}
	verifiedSignature struct {
		Field       string           `json:"field"`
		Kind        string           `json:"kind"`
		Signer      string           `json:"signer"`
		Agency      string           `json:"agency"`
		Issuer      string           `json:"issuer"`
		Fingerprint string           `json:"certificateSha256"`
		ClaimedAt   *time.Time       `json:"claimedAt"`
		StampedAt   *time.Time       `json:"stampedAt"`
		Integrity   string           `json:"integrity"`
		Certificate string           `json:"certificate"`
		Revocation  string           `json:"revocation"`
		Level       string           `json:"level"`
		Training    bool             `json:"training"`
		WholeFile   bool             `json:"coversWholeFile"`
		Valid       bool             `json:"valid"`
		Later       []verifiedChange `json:"laterChanges"`
	}
	verifiedChange struct {
		Revision int    `json:"revision"`
		Kind     string `json:"kind"`
		Field    string `json:"field,omitempty"`
		Allowed  bool   `json:"allowed"`
		Text     string `json:"text"`
	}
)

func verify(ctx context.Context, path string, o verifyOptions, stdout io.Writer) error {
	if o.language != "vi" && o.language != "en" {
		return fmt.Errorf("verify: there is no language %q, only vi and en", o.language)
	}
	k, err := o.keyring()
	if err != nil {
		return err
	}
	file, err := readLimited(ctx, path, pdf.MaxFile)
	if err != nil {
		return err
	}
	report, _, err := k.judged(ctx, file)
	if err != nil {
		return fmt.Errorf("verify: %w", o.told(err))
	}
	answer := o.show(report)
	if o.asJSON {
		out := json.NewEncoder(stdout)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		err = out.Encode(answer)
	} else {
		err = o.print(stdout, report)
	}
	if err == nil && !answer.Valid {
		err = errSaid
	}
	return err
}

// told gives a fault in the person's language.
func (o verifyOptions) told(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return errors.New(o.in(f.Text))
	}
	return err
}

func (o verifyOptions) in(t fault.Text) string {
	if o.language == "en" {
		return t.EN
	}
	return t.VI
}

// keyring judges as the page /verify does: by the same authorities, lists and
// kept answers, and what was named besides. It opens no key.
func (o verifyOptions) keyring() (*keyring, error) {
	k := &keyring{cfg: o.installed, known: knownRevocations(o.installed), asking: outside(false)}
	var more []*x509.Certificate
	for _, path := range o.trusted {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
		list, err := trust.ReadAnchors(data)
		if err != nil {
			return nil, fmt.Errorf("verify: %s: %w", path, o.told(err))
		}
		more = append(more, list.Certificates()...)
	}
	for _, path := range o.lists {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
		k.given = append(k.given, data)
	}
	if o.installed.Data != "" {
		demo, err := readAnchors(filepath.Join(o.installed.Data, demoAnchor))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		more = append(more, demo...)
	}
	if err := k.trust(more...); err != nil {
		return nil, err
	}
	return k, nil
}

func readLimited(ctx context.Context, path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(ctxReader{ctx, file}, limit+1))
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return data, nil
}

func (o verifyOptions) show(r signature.Report) verifiedFile {
	answer := verifiedFile{Valid: len(r.Signatures) > 0, Revisions: r.Revisions, ActiveContent: r.Active, Signatures: []verifiedSignature{}}
	for _, s := range r.Signatures {
		one := verifiedSignature{
			Field: s.Field, Kind: string(s.Kind), Signer: s.Name, Agency: s.Agency, Issuer: s.Issuer,
			ClaimedAt: showTime(s.ClaimedAt), StampedAt: showTime(s.StampedAt), Integrity: string(s.Integrity),
			Certificate: string(s.Judgement.Validity), Revocation: string(s.Judgement.Revocation), Level: s.Level,
			Training: s.Training, WholeFile: s.Covers, Valid: s.Valid(), Later: []verifiedChange{},
		}
		if !s.Signer.IsZero() {
			one.Fingerprint = hex.EncodeToString(s.Signer[:])
		}
		for _, c := range s.Later {
			one.Later = append(one.Later, verifiedChange{Revision: c.Revision, Kind: string(c.Kind), Field: c.Field, Allowed: s.Allowed(c), Text: o.change(c)})
		}
		answer.Valid = answer.Valid && one.Valid
		answer.Signatures = append(answer.Signatures, one)
	}
	return answer
}

func (o verifyOptions) change(c signature.Change) string {
	if c.Kind == signing.Altered && c.What.VI != "" {
		return o.in(c.What)
	}
	return o.in(c.Kind.Text())
}

// clock shows a time as NĐ 30/2020, phụ lục I has it.
const clock = "2006-01-02T15:04:05-07:00"

func (o verifyOptions) print(out io.Writer, r signature.Report) error {
	var b strings.Builder
	say := func(vi, en string, values ...any) {
		fmt.Fprintf(&b, o.in(fault.Text{VI: vi, EN: en})+"\n", values...)
	}
	if len(r.Signatures) == 0 {
		say("Tệp không có chữ ký số.", "The file has no signature.")
	}
	if r.Active {
		say("Cảnh báo: tệp có mã lệnh hoặc hành động tự chạy.", "Warning: the file holds scripts or actions.")
	}
	for i, s := range r.Signatures {
		who := signerLine(s.Name, s.Agency)
		say("Chữ ký %d: %s", "Signature %d: %s", i+1, who)
		if s.Training {
			say("  Chứng thư tập huấn, không có giá trị pháp lý.", "  A certificate for training, without legal value.")
		}
		say("  Tình trạng: %s", "  State: %s", o.in(s.Integrity.Text()))
		say("  Chứng thư: %s; %s; do %s cấp", "  Certificate: %s; %s; issued by %s",
			o.in(s.Judgement.Validity.Text()), o.in(signature.RevocationText(s.Judgement.Revocation)), signerLine(s.Issuer, ""))
		switch {
		case !s.StampedAt.IsZero():
			say("  Ký lúc %s (theo dấu thời gian)", "  Signed at %s (by a time stamp)", s.StampedAt.Local().Format(clock))
		case !s.ClaimedAt.IsZero():
			say("  Ký lúc %s (theo lời người ký, không có dấu thời gian tin cậy)", "  Signed at %s (as the signer says; there is no trusted time stamp)", s.ClaimedAt.Format(clock))
		}
		for _, c := range s.Later {
			mark := o.in(fault.Text{VI: "được phép", EN: "allowed"})
			if !s.Allowed(c) {
				mark = o.in(fault.Text{VI: "KHÔNG ĐƯỢC PHÉP", EN: "NOT ALLOWED"})
			}
			say("  Sau đó, lần lưu %d: %s – %s", "  Later, revision %d: %s – %s", c.Revision, o.change(c), mark)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// signerLine shows a name and its agency on one line that cannot disturb a
// terminal: both come out of a certificate of anybody.
func signerLine(name, agency string) string {
	if name = document.CleanLine(name); name == "" {
		name = "?"
	}
	if agency = document.CleanLine(agency); agency != "" && agency != name {
		name += " (" + agency + ")"
	}
	return name
}
