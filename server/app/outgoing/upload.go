package outgoing

import (
	"context"
	"io"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// uploadLife is how long an upload waits for a document to take it.
const uploadLife = 48 * time.Hour

// openUploads is how many unfinished uploads one person may have.
const openUploads = 100

var errManyUploads = fault.New(fault.Throttled, "too_many_uploads",
	"Bạn có quá nhiều tệp đang tải dở. Hãy hoàn tất hoặc hủy bớt.",
	"You have too many unfinished uploads. Finish or cancel some.")

// UploadWhole takes a file in one stream; size is its announced length, 0 when
// unknown. Nothing is kept when it breaks off.
func (s *Service) UploadWhole(ctx context.Context, who access.Person, name string, size int64, r io.Reader) (postgres.Upload, error) {
	if err := who.Allowed(access.ScopeDraft); err != nil {
		return postgres.Upload{}, err
	}
	name, err := uploadName(name)
	if err != nil {
		return postgres.Upload{}, err
	}
	ref, err := s.blobs.Put(ctx, r, blob.Hint{Size: size})
	if err != nil {
		return postgres.Upload{}, err
	}
	now := s.clock()
	u := postgres.Upload{ID: postgres.NewID(), AccountID: who.AccountID, Name: name, Size: ref.Size, Received: ref.Size, CreatedAt: now,
		ExpiresAt: now.Add(uploadLife), Hash: ref.Hash, MediaType: ref.MediaType}
	err = s.store.InTx(ctx, postgres.PersonScope(nil), func(tx *postgres.Tx) error { return tx.AddUpload(ctx, u) })
	return u, err
}

func uploadName(name string) (string, error) {
	clean := document.CleanName(name)
	if clean == "" {
		return "", fault.InvalidField("name", "required", "Tệp cần có tên.", "The file needs a name.")
	}
	return clean, nil
}

// BeginUpload begins a resumable upload of a known size.
func (s *Service) BeginUpload(ctx context.Context, who access.Person, name, declaredType string, size int64) (postgres.Upload, error) {
	if err := who.Allowed(access.ScopeDraft); err != nil {
		return postgres.Upload{}, err
	}
	name, err := uploadName(name)
	if err != nil {
		return postgres.Upload{}, err
	}
	now := s.clock()
	u := postgres.Upload{ID: postgres.NewID(), AccountID: who.AccountID, Name: name, DeclaredType: declaredType, Size: size,
		CreatedAt: now, ExpiresAt: now.Add(uploadLife)}
	err = s.store.InTx(ctx, postgres.PersonScope(nil), func(tx *postgres.Tx) error {
		n, err := tx.OpenUploads(ctx, who.AccountID, now)
		if err != nil {
			return err
		}
		if n >= openUploads {
			return errManyUploads
		}
		return tx.AddUpload(ctx, u)
	})
	return u, err
}

// Upload gives one of the person's own uploads.
func (s *Service) Upload(ctx context.Context, who access.Person, id org.ID) (u postgres.Upload, err error) {
	if err := who.Allowed(access.ScopeDraft); err != nil {
		return u, err
	}
	err = s.store.InTx(ctx, postgres.PersonScope(nil), func(tx *postgres.Tx) (err error) {
		if u, err = tx.Upload(ctx, who.AccountID, id); err == nil && !u.ExpiresAt.After(s.clock()) {
			return fault.Missing()
		}
		return err
	})
	return u, err
}

// ContinueUpload takes more of a resumable upload; what came is kept when it breaks off.
func (s *Service) ContinueUpload(ctx context.Context, who access.Person, id org.ID, offset int64, r io.Reader) (postgres.Upload, error) {
	if _, err := s.Upload(ctx, who, id); err != nil {
		return postgres.Upload{}, err
	}
	return s.blobs.Append(ctx, id, offset, r)
}

// FinishUpload makes an upload that is all there a stored file.
func (s *Service) FinishUpload(ctx context.Context, who access.Person, id org.ID) error {
	u, err := s.Upload(ctx, who, id)
	if err != nil || !u.Hash.IsZero() {
		return err
	}
	_, err = s.blobs.Finish(ctx, id)
	return err
}

// OpenUpload gives one of the person's own whole uploads with its bytes.
func (s *Service) OpenUpload(ctx context.Context, who access.Person, id org.ID) (postgres.Upload, *blob.File, error) {
	u, err := s.Upload(ctx, who, id)
	if err != nil {
		return u, nil, err
	}
	if u.Hash.IsZero() {
		return u, nil, fault.Missing()
	}
	content, err := s.blobs.Open(ctx, u.Hash)
	return u, content, err
}

// GiveUpUpload removes one of the person's own uploads.
func (s *Service) GiveUpUpload(ctx context.Context, who access.Person, id org.ID) error {
	if _, err := s.Upload(ctx, who, id); err != nil {
		return err
	}
	return s.blobs.GiveUp(ctx, id)
}

// OpenFile gives a file of a document that the person may see, with its bytes.
func (s *Service) OpenFile(ctx context.Context, who access.Person, id org.ID, h document.Hash) (postgres.StoredFile, *blob.File, error) {
	f, err := s.File(ctx, who, id, h)
	if err != nil {
		return f, nil, err
	}
	content, err := s.blobs.Open(ctx, f.Hash)
	return f, content, err
}
