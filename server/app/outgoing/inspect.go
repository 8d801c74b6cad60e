package outgoing

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Inspect looks into the bytes of a stored file and refuses what nobody could
// read: encrypted or damaged ones. It is handed in, because reading files is
// not a use case's work.
type Inspect func(ctx context.Context, file document.File) error

// inspectUploads looks into every new file before any transaction is opened:
// the object store may be slow, and a row lock must not wait for it.
func (s *Service) inspectUploads(ctx context.Context, who access.Person, in *[]FileInput) error {
	if in == nil {
		return nil
	}
	var ids []org.ID
	roles := map[org.ID]document.FileRole{}
	for _, f := range *in {
		if !f.UploadID.IsZero() {
			ids = append(ids, f.UploadID)
			roles[f.UploadID] = f.Role
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var whole map[org.ID]postgres.WholeUpload
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) (err error) {
		whole, err = tx.WholeUploads(ctx, who.AccountID, ids)
		return err
	})
	if err != nil {
		return err
	}
	for id, up := range whole {
		if err := s.inspect(ctx, document.File{Role: roles[id], Name: up.Name, Hash: up.Hash, Size: up.Size, MediaType: up.MediaType}); err != nil {
			return err
		}
	}
	return nil
}
