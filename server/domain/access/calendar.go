package access

import "congvan/server/domain/org"

// SeeCalendar refuses who works nowhere in the agency: its working days are no
// secret, but nobody asks for those of an agency that they do not know of.
func (p Person) SeeCalendar(agency org.ID) error { return p.SeeRoster(agency) }

// EditCalendar refuses who may not write the calendar: it is the province's,
// so that its administrator does, and who runs the installation.
func (p Person) EditCalendar(province org.ID) error { return p.Administer(province) }
