//go:build !race

package edxml_test

const slowness = 1
