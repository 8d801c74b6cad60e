//go:build !linux

package embedded

import "syscall"

// Elsewhere a server that outlives us is found and stopped by the next start.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}
