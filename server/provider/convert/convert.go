// Package convert makes a PDF of a Word document with LibreOffice. It decides
// how the program is kept in its bounds: a profile of its own for each
// conversion, bounded time, memory, processor and output, no macro and nothing
// fetched from elsewhere. It must not decide who may convert what.
package convert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"congvan/server/domain/fault"
)

// The refusals.
var (
	ErrMacros = fault.New(fault.Unsupported, "file_macros",
		"Tệp Word có chứa macro. Hãy lưu lại thành .docx không có macro rồi gửi.", "The Word document has macros. Save it as .docx without macros and send that.")
	ErrExternal = fault.New(fault.Unsupported, "file_external",
		"Tệp Word lấy ảnh hoặc nội dung từ nơi khác. Hãy chèn hẳn vào tệp rồi gửi lại.", "The Word document takes pictures or content from elsewhere. Put them into the file and send it again.")
	ErrTooLarge = fault.New(fault.TooLarge, "file_unpacks_too_large",
		"Tệp Word quá lớn khi mở ra nên không chuyển được sang PDF. Hãy giảm ảnh trong tệp rồi gửi lại.", "The Word document unpacks to more than is taken. Make its pictures smaller and send it again.")
	ErrFailed = fault.New(fault.Unsupported, "file_not_convertible",
		"Không chuyển được tệp này sang PDF. Hãy mở bằng Word, lưu thành PDF rồi gửi tệp PDF.", "This file could not be turned into a PDF. Open it in Word, save it as PDF and send that.")
	ErrBusy = fault.New(fault.Unavailable, "convert_busy",
		"Hệ thống đang chuyển nhiều tệp. Xin thử lại sau ít phút.", "Many files are being converted. Please try again in a few minutes.")
	ErrMissing = fault.New(fault.Unavailable, "convert_missing",
		"Máy chủ chưa cài LibreOffice nên không chuyển được sang PDF.", "LibreOffice is not installed on the server, so nothing can be converted to PDF.")
)

// The bounds of one conversion.
const (
	atOnce      = 2
	maxSource   = 100 << 20
	maxOutput   = 200 << 20
	maxMemory   = 3 << 30 // address space; LibreOffice maps over 1 GiB when idle
	maxSeconds  = 90      // of the processor
	patience    = 60 * time.Second
	waitPlace   = 30 * time.Second
	nobodyLogin = "nobody"
)

// Converter runs at most two conversions at a time.
type Converter struct {
	program string
	places  chan struct{}
}

// New looks for LibreOffice; without it every conversion is refused.
func New() *Converter {
	c := &Converter{places: make(chan struct{}, atOnce)}
	for _, name := range []string{"soffice", "libreoffice"} {
		if path, err := exec.LookPath(name); err == nil {
			c.program = path
			break
		}
	}
	return c
}

// PDF converts a Word document and gives the PDF; closing it removes it.
func (c *Converter) PDF(ctx context.Context, source io.ReaderAt, size int64) (io.ReadCloser, error) {
	if c.program == "" {
		return nil, ErrMissing
	}
	if size > maxSource {
		return nil, ErrTooLarge
	}
	if err := check(source, size); err != nil {
		return nil, err
	}
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	dir, err := os.MkdirTemp("", "congvan-convert-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	out, err := c.convert(ctx, dir, io.NewSectionReader(source, 0, size))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return out, nil
}

func (c *Converter) convert(ctx context.Context, dir string, source io.Reader) (io.ReadCloser, error) {
	if err := write(filepath.Join(dir, "a.docx"), source); err != nil {
		return nil, err
	}
	if err := c.run(ctx, dir); err != nil {
		return nil, err
	}
	return openResult(dir)
}

func (c *Converter) enter(ctx context.Context) (leave func(), err error) {
	timer := time.NewTimer(waitPlace)
	defer timer.Stop()
	select {
	case c.places <- struct{}{}:
		return func() { <-c.places }, nil
	case <-timer.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func write(path string, in io.Reader) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("copy the document: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("copy the document: %w", err)
	}
	return nil
}

// run starts the program in the folder, as nobody where we are root, and ends
// it with all its children when it takes too long.
func (c *Converter) run(ctx context.Context, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "prlimit",
		"--as="+strconv.Itoa(maxMemory), "--cpu="+strconv.Itoa(maxSeconds), "--fsize="+strconv.Itoa(maxOutput), "--core=0", "--",
		c.program, "--headless", "--norestore", "--nolockcheck", "--nodefault", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
		"--convert-to", "pdf:writer_pdf_Export", "--outdir", dir, filepath.Join(dir, "a.docx"))
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + dir, "TMPDIR=" + dir, "LC_ALL=C.UTF-8", "SAL_USE_VCLPLUGIN=svp"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := lower(cmd, dir); err != nil {
		return err
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whatever it left behind
	}
	if err != nil {
		if parent := context.Cause(ctx); errors.Is(parent, context.Canceled) {
			return parent
		}
		return ErrFailed.Because(err)
	}
	return nil
}

// lower takes root's rights from the program: it reads what strangers send.
func lower(cmd *exec.Cmd, dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	nobody, err := user.Lookup(nobodyLogin)
	if err != nil {
		return fmt.Errorf("look up %s: %w", nobodyLogin, err)
	}
	uid, err1 := strconv.ParseUint(nobody.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(nobody.Gid, 10, 32)
	if err := errors.Join(err1, err2, os.Chown(dir, int(uid), int(gid))); err != nil {
		return fmt.Errorf("hand the folder over: %w", err)
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return nil
}

// result is the PDF in its folder, which goes with it.
type result struct {
	*os.File
	dir string
}

// Close removes it.
func (r result) Close() error { return errors.Join(r.File.Close(), os.RemoveAll(r.dir)) }

func openResult(dir string) (io.ReadCloser, error) {
	path := filepath.Join(dir, "a.pdf")
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil, ErrFailed.Because(errors.Join(err, errors.New("no PDF came out")))
	}
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, ErrFailed.Because(err)
	}
	return result{file, dir}, nil
}
