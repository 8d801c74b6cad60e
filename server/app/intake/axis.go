package intake

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// Unpack reads a package from a stored file and gives its files to keep. It is
// a protocol's.
type Unpack func(r io.Reader, keep func(io.Reader) (exchange.FileRef, error)) (exchange.OpenedPackage, error)

// AxisMessage is what the headers of a message say, before its bytes move.
type AxisMessage struct {
	Peer      postgres.Peer
	ID        org.ID // as a peer names it; none from other clients
	Name      string // as the axis names what is fetched from it
	Content   exchange.Content
	From      org.AgencyCode   // empty: the package says
	To        []org.AgencyCode // empty: the package says
	Size      int64            // -1 when it was not said
	ExpiresAt time.Time
}

// Axis gives the system that signs as this, with the secrets that are valid now.
func (s *Service) Axis(ctx context.Context, system string) (postgres.Peer, []string, error) {
	var p postgres.Peer
	var sealed []postgres.SealedSecret
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		if p, err = tx.PeerBySystem(ctx, system); err != nil {
			return err
		}
		sealed, err = tx.PeerSecrets(ctx, p.ID, s.clock())
		return err
	})
	if err != nil {
		return p, nil, err
	}
	secrets := make([]string, 0, len(sealed))
	for _, one := range sealed {
		plain, err := s.secrets.Open(one.ID, one.Secret)
		if err != nil {
			return p, nil, err
		}
		secrets = append(secrets, plain)
	}
	return p, secrets, nil
}

// RememberSignature notes what a signature is used for, for all processes.
func (s *Service) RememberSignature(ctx context.Context, signature []byte, use string, until time.Time) (first string, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		// A machine that dies forgets the signatures of its last half second: a message
		// among them is a repeat all the same, and every other call may be repeated.
		if err := tx.Loosely(ctx); err != nil {
			return err
		}
		first, err = tx.RememberSignature(ctx, signature, use, until)
		return err
	})
	return first, err
}

// ForgetSignatures drops those that are too old to be taken anyway.
func (s *Service) ForgetSignatures(ctx context.Context) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error { return tx.ForgetSignatures(ctx, s.clock()) })
}

// heardEvery is how often it is written down that the other end is there.
const heardEvery = time.Minute

// HeardFrom notes that the other end called.
func (s *Service) HeardFrom(ctx context.Context, p postgres.Peer) error {
	now := s.clock()
	if p.DownSince.IsZero() && now.Sub(p.HeardAt) < heardEvery {
		return nil
	}
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		if err := tx.Loosely(ctx); err != nil {
			return err
		}
		return tx.PeerHeard(ctx, p.ID, now)
	})
}

// AdmitMessage refuses what need not be read: from whom it may not come, to whom
// it cannot go, what is too large or too late.
func (s *Service) AdmitMessage(ctx context.Context, m AxisMessage) error {
	switch {
	case m.Size > m.Peer.MostBytes:
		return exchange.ErrPackageTooLarge
	case m.ID.IsZero() && late(m, s.clock()):
		return exchange.ErrMessageExpired
	}
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		if m.From != "" {
			if err := mayComeFrom(ctx, tx, m.Peer, m.From); err != nil {
				return err
			}
		}
		if m.Content == exchange.DocumentContent && len(m.To) > 0 {
			if had, err := s.had(ctx, tx, m); err != nil || had {
				return err
			}
			_, err := s.places(ctx, tx, m.To)
			return err
		}
		return nil
	})
}

// had tells whether a message of another installation was taken in before: its
// repeat is answered as the first was, wherever its recipient is by now.
func (s *Service) had(ctx context.Context, tx *postgres.Tx, m AxisMessage) (bool, error) {
	if m.ID.IsZero() {
		return false, nil
	}
	_, known, err := tx.AxisMessageByKey(ctx, m.Peer.ID, exchange.MessageKey(m.ID, "", exchange.OpenedPackage{}, document.Hash{}))
	return known, err
}

func late(m AxisMessage, now time.Time) bool {
	return !m.ExpiresAt.IsZero() && !now.Before(m.ExpiresAt)
}

// mayComeFrom refuses a sender that the system does not speak for. The axis
// speaks for everybody.
func mayComeFrom(ctx context.Context, tx *postgres.Tx, p postgres.Peer, code org.AgencyCode) error {
	if p.Kind == exchange.PeerAxis {
		return nil
	}
	list, err := tx.AgenciesByCode(ctx, []org.AgencyCode{code})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return exchange.ErrSenderUnknown
	}
	for _, a := range list {
		if a.PeerID == p.ID {
			return nil
		}
	}
	return exchange.ErrNotOnBehalf
}

// place is where a message to an agency goes.
type place struct {
	agency org.ID
	code   org.AgencyCode // as it was addressed
	peer   org.ID         // who is to fetch it; none: it arrives here
	note   string         // for the clerk: that it was addressed to a predecessor
}

// places finds where each recipient is. What is sent to an agency that ended
// reaches its successor, and the old name is shown; or is refused naming it.
func (s *Service) places(ctx context.Context, tx *postgres.Tx, to []org.AgencyCode) ([]place, error) {
	known, err := tx.AgenciesByCode(ctx, to)
	if err != nil {
		return nil, err
	}
	today := org.DayOf(s.clock())
	var list []place
	for _, code := range to {
		i := slices.IndexFunc(known, func(a postgres.AxisAgency) bool { return a.Names(code) })
		if i < 0 {
			return nil, exchange.ErrRecipientUnknown
		}
		p, err := s.placeOf(ctx, tx, known[i], code, today)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(list, func(other place) bool { return other.agency == p.agency }) {
			list = append(list, p)
		}
	}
	return list, nil
}

func (s *Service) placeOf(ctx context.Context, tx *postgres.Tx, a postgres.AxisAgency, code org.AgencyCode, today org.Day) (place, error) {
	if !a.Validity.Contains(today) {
		closed := exchange.ErrRecipientClosed
		if a.SuccessorID.IsZero() {
			return place{}, closed
		}
		if s.opts.RefuseRetired || a.SuccessorChannel != org.Local {
			return place{}, fault.New(closed.Kind, closed.Code, closed.Text.VI+" Cơ quan kế thừa: "+a.SuccessorName+" ("+string(a.SuccessorCode)+").",
				closed.Text.EN+" Its successor is "+a.SuccessorName+" ("+string(a.SuccessorCode)+").")
		}
		return place{agency: a.SuccessorID, code: code, note: "Gửi đến " + a.Name + " (" + string(code) + "), cơ quan đã kết thúc hoạt động."}, nil
	}
	switch {
	case a.Channel == org.Local:
		return place{agency: a.ID, code: code}, nil
	case !a.PeerID.IsZero():
		p, err := tx.Peer(ctx, a.PeerID)
		if err == nil && p.Kind == exchange.PeerSystem && p.Enabled {
			return place{agency: a.ID, code: code, peer: p.ID}, nil
		}
		if err != nil {
			return place{}, err
		}
	}
	return place{}, exchange.ErrRecipientUnknown // we carry nothing on to other servers
}

// AxisTaken is what the other end is told of a message that was taken in.
type AxisTaken struct {
	ID      org.ID
	Receipt exchange.SignedReceipt // where the other end is of our own make
}

// TakeMessage takes in a message whose bytes come from body: stored first, then
// read, then committed with what it becomes. The same message again changes
// nothing and gives the same answer; other bytes under its name are refused.
func (s *Service) TakeMessage(ctx context.Context, m AxisMessage, body io.Reader) (AxisTaken, error) {
	hint := blob.Hint{MaxSize: m.Peer.MostBytes}
	ref, err := s.blobs.Put(ctx, body, hint)
	if err != nil {
		return AxisTaken{}, err
	}
	file := exchange.FileRef{Hash: ref.Hash, Size: ref.Size}
	opened, err := s.open(ctx, file)
	if err != nil {
		return AxisTaken{}, err
	}
	key, err := s.signer(ctx)
	if err != nil {
		return AxisTaken{}, err
	}
	var taken AxisTaken
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		taken, err = s.take(ctx, tx, m, opened, file, key)
		return err
	})
	return taken, err
}

// open reads a stored package, and stores its files.
func (s *Service) open(ctx context.Context, file exchange.FileRef) (exchange.OpenedPackage, error) {
	content, err := s.blobs.Open(ctx, file.Hash)
	if err != nil {
		return exchange.OpenedPackage{}, err
	}
	defer content.Close()
	var own error
	opened, err := s.opts.Unpack(content, func(r io.Reader) (exchange.FileRef, error) {
		ref, err := s.blobs.Put(ctx, r, blob.Hint{})
		if err != nil {
			own = err
		}
		return exchange.FileRef{Hash: ref.Hash, Size: ref.Size, MediaType: ref.MediaType}, err
	})
	switch {
	case err != nil && own != nil && fault.KindOf(own) != fault.Internal:
		return opened, own
	case err != nil && (fault.KindOf(err) == fault.Unsupported || fault.KindOf(err) == fault.TooLarge):
		return opened, err
	case err != nil:
		return opened, fmt.Errorf("read the package: %w", err)
	}
	return opened, nil
}

// take commits a message with what it becomes.
func (s *Service) take(ctx context.Context, tx *postgres.Tx, m AxisMessage, p exchange.OpenedPackage, file exchange.FileRef, key ed25519.PrivateKey) (AxisTaken, error) {
	row, err := s.identify(m, p, file)
	if err != nil {
		return AxisTaken{}, err
	}
	_, repeated, err := tx.AxisMessageByKey(ctx, m.Peer.ID, row.Key)
	if err != nil {
		return AxisTaken{}, err
	}
	if !repeated && late(m, s.clock()) {
		return AxisTaken{}, exchange.ErrMessageExpired
	}
	if err := mayComeFrom(ctx, tx, m.Peer, row.From); err != nil {
		return AxisTaken{}, err
	}
	kept, err := tx.PutAxisMessage(ctx, row)
	if err != nil {
		return AxisTaken{}, err
	}
	if kept.Package.Hash != file.Hash {
		return AxisTaken{}, exchange.ErrContentDiffers
	}
	if p.Status != nil {
		if kept.ID != row.ID { // a repeat
			return AxisTaken{ID: kept.ID}, nil
		}
		return AxisTaken{ID: kept.ID}, s.takeStatus(ctx, tx, m, p, kept)
	}
	receipt, err := s.takeLetter(ctx, tx, m, p, kept, key)
	return AxisTaken{ID: kept.ID, Receipt: receipt}, err
}

// identify gives the message's row. What the package says of its sender must be
// what the headers say.
func (s *Service) identify(m AxisMessage, p exchange.OpenedPackage, file exchange.FileRef) (postgres.AxisMessage, error) {
	row := postgres.AxisMessage{ID: postgres.NewID(), PeerID: m.Peer.ID, Content: m.Content, Act: exchange.ActNew, From: m.From, Package: file, CreatedAt: s.clock()}
	said := p.From.Code
	if p.Letter != nil {
		said = p.Letter.From.Code
		row.Act, row.DocumentCode, row.Subject, row.DocumentDate = p.Letter.Act, p.Letter.Code, p.Letter.Subject, p.Letter.Date
		row.Reference, row.Reason = referenceOf(*p.Letter), p.Letter.Reason
	} else {
		row.DocumentCode, row.Reference, row.DocumentDate, row.Reason = p.About.Code, p.About.Reference, p.About.Date, p.Status.Reason
		if p.Status.Code.BySender() {
			row.Act = exchange.ActTakeBack
		}
	}
	switch {
	case (p.Status != nil) != (m.Content == exchange.StatusContent):
		return row, exchange.ErrPackageInvalid
	case p.Letter != nil:
		if err := p.CheckLetter(); err != nil {
			return row, err
		}
	}
	if said != "" { // the header may name the system's own agency, the package the real one
		row.From = said
	}
	if row.From == "" {
		return row, exchange.ErrSenderUnknown
	}
	row.Key = exchange.MessageKey(m.ID, row.From, p, file.Hash)
	if m.Name != "" {
		row.Key = "name " + m.Name
	}
	return row, nil
}

func referenceOf(l exchange.Letter) string {
	if l.Symbol == "" {
		return l.Number
	}
	return l.Number + "/" + l.Symbol
}

// errNoReceiver is told of a package that names nobody.
var errNoReceiver = exchange.ErrRecipientUnknown.Because(errors.New("neither headers nor package name a recipient"))

// takeLetter makes an arrival at each recipient here, and lets the others fetch
// it. Recipients that have it already are left alone.
func (s *Service) takeLetter(ctx context.Context, tx *postgres.Tx, m AxisMessage, p exchange.OpenedPackage, row postgres.AxisMessage, key ed25519.PrivateKey) (receipt exchange.SignedReceipt, err error) {
	to := m.To
	if len(to) == 0 {
		for _, party := range p.Letter.To {
			if party.Code != "" {
				to = append(to, party.Code)
			}
		}
	}
	if len(to) == 0 {
		return receipt, errNoReceiver
	}
	before, err := tx.AxisRecipients(ctx, row.ID)
	if err != nil {
		return receipt, err
	}
	// Who has it already has it, also where the agency has ended or moved since.
	to = slices.DeleteFunc(slices.Clone(to), func(code org.AgencyCode) bool {
		at := slices.IndexFunc(before, func(r postgres.AxisRecipient) bool { return r.Code == code })
		if at >= 0 {
			receipt = before[at].Receipt
		}
		return at >= 0
	})
	places, err := s.places(ctx, tx, to)
	if err != nil {
		return receipt, err
	}
	for _, at := range places {
		had, known, err := tx.AxisRecipient(ctx, at.agency, row.ID)
		if err != nil {
			return receipt, err
		}
		if known {
			receipt = had.Receipt
			continue
		}
		if receipt, err = s.deliver(ctx, tx, m, p, row, at, key); err != nil {
			return receipt, err
		}
	}
	return receipt, nil
}

func (s *Service) deliver(ctx context.Context, tx *postgres.Tx, m AxisMessage, p exchange.OpenedPackage, row postgres.AxisMessage, at place, key ed25519.PrivateKey) (exchange.SignedReceipt, error) {
	now := s.clock()
	r := postgres.AxisRecipient{AgencyID: at.agency, MessageID: row.ID, Code: at.code, PeerID: at.peer, State: stateWaits, StateAt: now}
	if at.peer.IsZero() {
		senders, err := sendersOf(ctx, tx, row.From)
		if err != nil {
			return r.Receipt, err
		}
		known, err := s.mark(ctx, tx, m.Peer, p, row, at, senders)
		if err != nil {
			return r.Receipt, err
		}
		r.State = stateDone
		if !known {
			if r.ArrivalID, err = s.arrive(ctx, tx, m.Peer, p, row, at, now); err != nil {
				return r.Receipt, err
			}
		}
		if m.Peer.Kind == exchange.PeerInstallation {
			r.Receipt = exchange.Delivered{Message: m.ID, Sender: m.Peer.System, From: row.From, To: at.code, Package: row.Package.Hash, Size: row.Package.Size,
				At: now.Truncate(time.Millisecond), Server: s.opts.Server}.Sign(key)
		}
	}
	_, err := tx.AddAxisRecipient(ctx, r)
	if err != nil || r.ArrivalID.IsZero() {
		return r.Receipt, err
	}
	if m.Peer.Kind == exchange.PeerInstallation {
		return r.Receipt, s.overtaken(ctx, tx, row, at.agency, r.ArrivalID)
	}
	// G2b: only that it arrived is told by itself; to a server of ours the
	// receipt says so.
	if err := tx.QueueStatus(ctx, at.agency, r.ArrivalID, exchange.Status{Code: exchange.CodeArrived, At: now}); err != nil {
		return r.Receipt, err
	}
	return r.Receipt, s.overtaken(ctx, tx, row, at.agency, r.ArrivalID)
}

// How far a message was fetched, in the words of the axis.
const (
	stateWaits = "initial"
	stateDone  = "done"
)

// maxLook is how many look-alike letters of a document are marked at once.
const maxLook = 20

func (s *Service) arrive(ctx context.Context, tx *postgres.Tx, peer postgres.Peer, p exchange.OpenedPackage, row postgres.AxisMessage, at place, now time.Time) (org.ID, error) {
	senders, err := tx.AgenciesByCode(ctx, []org.AgencyCode{row.From})
	if err != nil {
		return org.ID{}, err
	}
	a := letterArrival(peer, p, row, at, now)
	if len(senders) > 0 {
		a.OriginAgencyID = senders[0].ID
		if a.IssuerName == "" {
			a.IssuerName = senders[0].Name
		}
	}
	if a.IssuerName == "" {
		a.IssuerName = string(row.From)
	}
	if err := tx.AddArrival(ctx, a); err != nil {
		return org.ID{}, err
	}
	data := map[string]string{"from": a.IssuerName, "by": peer.Name}
	if p.Loses {
		data["damaged"] = "true"
	}
	if p.Seal.State != "" {
		data["packageSignature"] = p.Seal.State
		if p.Seal.Signer != "" {
			data["packageSigner"] = p.Seal.Signer
		}
	}
	return a.ID, tx.Record(ctx, a.AgencyID, subjectArrival, a.ID, document.Event{Verb: "arrived", Data: data}, document.By{}, now)
}

// Peer is the other end of a connection.
type Peer = postgres.Peer

// Now gives the present moment.
func (s *Service) Now() time.Time { return s.clock() }
