// Package numbering decides which register a document goes into, which number
// it takes there, and how number and symbol are written and read. It works on
// values alone: locking the register's row, so that two documents never see
// the same next number, is the work of whoever stores it. It must not know
// what a document says or who may number it.
package numbering
