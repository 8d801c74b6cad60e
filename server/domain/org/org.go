// Package org decides who takes part: agencies with their dated codes and
// successors, their units, the positions that people hold in them, and the
// civil days on which all of this is valid. It also gives every part of the
// domain its identifier and its day. It must not read a clock, a file or a
// table, and it must not decide what anybody may do: that is domain/access.
package org
