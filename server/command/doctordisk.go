package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"congvan/server/domain/fault"
)

// How much room the data folder's disk should have. PostgreSQL stops at the
// end of it, and needs some to be started again.
const (
	littleRoom = 5 << 30
	noRoom     = 512 << 20
)

// checkDisk looks at the disk of the data folder. Without one the servers are
// elsewhere, and their disks are theirs to watch.
func (d *doctor) checkDisk() {
	path, err := filepath.Abs(d.cfg.Data)
	if err == nil {
		_, err = os.Stat(path)
	}
	if errors.Is(err, fs.ErrNotExist) && !d.cfg.Demo {
		d.add("disk", stateOK, both("Không dùng thư mục dữ liệu; hãy theo dõi ổ đĩa của PostgreSQL và kho S3", "There is no data folder; watch the disks of PostgreSQL and of the S3 store"), fault.Text{})
		return
	}
	var room syscall.Statfs_t
	if err == nil {
		err = syscall.Statfs(path, &room)
	}
	if err != nil {
		d.add("disk", stateWrong, both("Không xem được thư mục dữ liệu: %s", "The data folder cannot be looked at: %s", err), both("Sửa CONGVAN_DATA hoặc quyền của thư mục.", "Correct CONGVAN_DATA or the folder's rights."))
		return
	}
	d.judgeRoom(path, uint64(room.Bavail)*uint64(room.Bsize), room.Files, room.Ffree) //nolint:unconvert // sizes are positive; their types differ between systems
}

// judgeRoom tells what free bytes and free entries mean; file systems that make
// entries as needed say that there are none at all.
func (d *doctor) judgeRoom(path string, free, entries, freeEntries uint64) {
	gigabytes := float64(free) / (1 << 30)
	advice := both("Dọn bớt hoặc mở rộng ổ đĩa của %s.", "Free or add room on the disk of %s.", path)
	switch {
	case free < noRoom:
		d.add("disk", stateWrong, both("Chỉ còn trống %.1f GiB", "Only %.1f GiB free", gigabytes), advice)
	case entries > 0 && freeEntries < entries/100:
		d.add("disk", stateWarning, both("Sắp hết chỗ cho tệp mới (inode): còn %d", "Nearly out of file entries (inodes): %d left", freeEntries), advice)
	case free < littleRoom:
		d.add("disk", stateWarning, both("Còn trống %.1f GiB", "%.1f GiB free", gigabytes), advice)
	default:
		d.add("disk", stateOK, both("Còn trống %.1f GiB", "%.1f GiB free", gigabytes), fault.Text{})
	}
}
