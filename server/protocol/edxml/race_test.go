//go:build race

package edxml_test

// slowness is how much less is moved under the race detector.
const slowness = 16
