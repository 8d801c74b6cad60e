package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Upload is a file on its way in. It belongs to the account that makes it, and
// holds its content until a document takes it or it expires.
type Upload struct {
	ID           org.ID
	AccountID    org.ID
	Name         string
	DeclaredType string // what the sender says it is; nobody relies on it
	Size         int64
	Received     int64
	CreatedAt    time.Time
	ExpiresAt    time.Time
	Hash         document.Hash // once it is whole
	MediaType    string        // found in the bytes, once it is whole
}

// Segment is a stretch of an upload, in an object of its own.
type Segment struct {
	Start, Length int64
	ObjectKey     org.ID
}

var errUploadMoved = fault.New(fault.Conflict, "upload_offset",
	"Phần tệp gửi lên không nối tiếp phần đã nhận. Xin hỏi lại vị trí rồi gửi tiếp.",
	"What was sent does not continue what has been received. Ask for the offset and go on from there.")

// AddUpload begins an upload, or records one that is whole when it has a hash.
func (tx *Tx) AddUpload(ctx context.Context, u Upload) error {
	if err := tx.q.InsertUpload(ctx, dbsqlc.InsertUploadParams{ID: u.ID, AccountID: u.AccountID, Size: u.Size, Received: u.Received,
		Name: u.Name, DeclaredType: u.DeclaredType, CreatedAt: u.CreatedAt, ExpiresAt: u.ExpiresAt, Sha256: hashBytes(u.Hash)}); err != nil {
		return fmt.Errorf("add upload: %w", err)
	}
	return nil
}

// Upload gives an upload of the account; another's looks like a missing one.
func (tx *Tx) Upload(ctx context.Context, account, id org.ID) (Upload, error) {
	r, err := tx.q.GetUpload(ctx, id)
	if err != nil {
		return Upload{}, fmt.Errorf("read upload: %w", err)
	}
	if r.AccountID != account {
		return Upload{}, fault.Missing()
	}
	return uploadOf(r), nil
}

// OpenUploads counts the account's uploads that are not whole yet.
func (tx *Tx) OpenUploads(ctx context.Context, account org.ID, now time.Time) (int, error) {
	n, err := tx.q.CountUploads(ctx, account, now)
	if err != nil {
		return 0, fmt.Errorf("count uploads: %w", err)
	}
	return int(n), nil
}

func uploadOf(r dbsqlc.GetUploadRow) Upload {
	return Upload{ID: r.ID, AccountID: r.AccountID, Name: r.Name, DeclaredType: r.DeclaredType, Size: r.Size, Received: r.Received,
		CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, Hash: hashOf(r.Sha256), MediaType: value(r.MediaType)}
}

// UploadOf gives an upload of anybody with its segments in order. It is for the blob
// store; who may see an upload is decided before.
func (s *Store) UploadOf(ctx context.Context, id org.ID) (u Upload, segments []Segment, err error) {
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		// Whoever adds to the upload or finishes it waits, so that the two reads agree.
		if _, err := tx.q.LockUpload(ctx, id); err != nil {
			return fmt.Errorf("lock upload: %w", err)
		}
		r, err := tx.q.GetUpload(ctx, id)
		if err != nil {
			return fmt.Errorf("read upload: %w", err)
		}
		u, segments = uploadOf(r), nil
		rows, err := tx.q.ListSegments(ctx, id)
		if err != nil {
			return fmt.Errorf("list segments: %w", err)
		}
		for _, r := range rows {
			segments = append(segments, Segment{Start: r.Start, Length: r.Length, ObjectKey: r.ObjectKey})
		}
		return nil
	})
	return u, segments, err
}

// AddSegment records what was received next. Of two that send at the same time
// one wins, and the other is told where the upload stands.
func (s *Store) AddSegment(ctx context.Context, id org.ID, g Segment) error {
	return s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		n, err := tx.q.AdvanceUpload(ctx, dbsqlc.AdvanceUploadParams{ID: id, Start: g.Start, Length: g.Length})
		if err != nil {
			return fmt.Errorf("advance upload: %w", err)
		}
		if n == 0 {
			return errUploadMoved
		}
		if err := tx.q.InsertSegment(ctx, dbsqlc.InsertSegmentParams{UploadID: id, Start: g.Start, Length: g.Length, ObjectKey: g.ObjectKey}); err != nil {
			return fmt.Errorf("add segment: %w", err)
		}
		return nil
	})
}

// FinishUpload records b as the content of an upload that is whole, as RecordBlob
// does, and gives the objects of its segments that nobody needs any more. When
// the record is doubtful nothing is changed.
func (s *Store) FinishUpload(ctx context.Context, id org.ID, b Blob, k Known) (found Blob, doubtful bool, obsolete []org.ID, err error) {
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		obsolete = nil
		// The lock keeps whoever gives up or sweeps the upload from taking the
		// segment's object away while it becomes the blob's.
		if _, err := tx.q.LockUpload(ctx, id); err != nil {
			return fmt.Errorf("lock upload: %w", err)
		}
		found, doubtful, err = tx.recordBlob(ctx, b, k)
		if err != nil || doubtful {
			return err
		}
		if err := tx.q.FinishUpload(ctx, b.Hash[:], id); err != nil {
			return fmt.Errorf("finish upload: %w", err)
		}
		obsolete, err = tx.q.DeleteSegments(ctx, id)
		if err != nil {
			return fmt.Errorf("delete segments: %w", err)
		}
		obsolete = slices.DeleteFunc(obsolete, func(key org.ID) bool { return key == found.ObjectKey })
		return nil
	})
	return found, doubtful, obsolete, err
}

// RemoveUpload gives an upload up, and gives the objects of its segments.
func (s *Store) RemoveUpload(ctx context.Context, id org.ID) (obsolete []org.ID, err error) {
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		if _, err := tx.q.LockUpload(ctx, id); err != nil {
			return fmt.Errorf("lock upload: %w", err)
		}
		obsolete, err = tx.removeUpload(ctx, id)
		return err
	})
	return obsolete, err
}

// RemoveExpiredUploads removes uploads whose time is over, whole or not, and gives
// the objects of their segments.
func (s *Store) RemoveExpiredUploads(ctx context.Context, now time.Time, most int) (removed int, obsolete []org.ID, err error) {
	err = s.InTx(ctx, ExchangeScope(), func(tx *Tx) error {
		ids, err := tx.q.LockExpiredUploads(ctx, now, int32(most))
		if err != nil {
			return fmt.Errorf("lock expired uploads: %w", err)
		}
		removed, obsolete = len(ids), nil
		for _, id := range ids {
			keys, err := tx.removeUpload(ctx, id)
			if err != nil {
				return err
			}
			obsolete = append(obsolete, keys...)
		}
		return nil
	})
	return removed, obsolete, err
}

func (tx *Tx) removeUpload(ctx context.Context, id org.ID) ([]org.ID, error) {
	keys, err := tx.q.DeleteSegments(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("delete segments: %w", err)
	}
	if _, err := tx.q.DeleteUpload(ctx, id); err != nil {
		return nil, fmt.Errorf("delete upload: %w", err)
	}
	return keys, nil
}
