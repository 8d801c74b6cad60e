package outgoing

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Templates lists the agency's own templates; every other kind has the built-in one.
func (w *Writing) Templates(ctx context.Context, who access.Person, agency org.ID) (list []postgres.Template, err error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	if err := who.SeeTemplates(agency); err != nil {
		return nil, err
	}
	err = w.store.InTx(ctx, postgres.PersonScope([]org.ID{agency}), func(tx *postgres.Tx) error {
		list, err = tx.Templates(ctx, agency)
		return err
	})
	return list, err
}

// Template gives the bytes of the template that drafts of a kind begin with.
func (w *Writing) Template(ctx context.Context, who access.Person, agency org.ID, code string) (name string, content []byte, err error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return "", nil, err
	}
	if err := who.SeeTemplates(agency); err != nil {
		return "", nil, err
	}
	kind, ok := document.KindByCode(code)
	if !ok {
		return "", nil, fault.Missing()
	}
	var own postgres.Template
	var has bool
	err = w.store.InTx(ctx, postgres.PersonScope([]org.ID{agency}), func(tx *postgres.Tx) error {
		own, has, err = tx.Template(ctx, agency, code)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	if name = own.Name; !has {
		name = "Mẫu " + kind.Name.VI + ".docx"
	}
	content, err = w.template(ctx, kind, own, has)
	return name, content, err
}

// ReplaceTemplate makes an upload of the person's the agency's template of a kind.
func (w *Writing) ReplaceTemplate(ctx context.Context, who access.Person, position, agency org.ID, code string, uploadID org.ID) error {
	if err := who.Allowed(access.ScopeAdministration); err != nil {
		return err
	}
	pos, err := who.KeepTemplates(agency, position)
	if err != nil {
		return err
	}
	if _, ok := document.KindByCode(code); !ok {
		return fault.Missing()
	}
	var upload postgres.WholeUpload
	err = w.store.InTx(ctx, postgres.PersonScope(nil), func(tx *postgres.Tx) error {
		whole, err := tx.WholeUploads(ctx, who.AccountID, []org.ID{uploadID})
		if err != nil {
			return err
		}
		var ok bool
		if upload, ok = whole[uploadID]; !ok {
			return fault.InvalidField("uploadId", "unknown_upload",
				"Tệp chưa tải lên xong hoặc đã hết hạn. Hãy tải lên lại.", "The file is not fully uploaded or has expired. Upload it again.")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := w.checkTemplate(ctx, upload); err != nil {
		return err
	}
	now := w.clock()
	return w.store.InTx(ctx, postgres.PersonScope([]org.ID{agency}), func(tx *postgres.Tx) error {
		if err := tx.ActFor(ctx, agency); err != nil {
			return err
		}
		if err := tx.SaveTemplate(ctx, postgres.Template{AgencyID: agency, Kind: code, Name: upload.Name, Hash: upload.Hash, Size: upload.Size,
			ChangedBy: who.FullName, ChangedAt: now}); err != nil {
			return err
		}
		event := document.Event{Verb: "template_replaced", Data: map[string]string{"kind": code, "name": upload.Name, "sha256": upload.Hash.String()}}
		return tx.Record(ctx, agency, "agency", agency, event, document.By{Position: pos, Name: who.FullName}, now)
	})
}

func (w *Writing) checkTemplate(ctx context.Context, upload postgres.WholeUpload) error {
	content, err := w.blobs.Open(ctx, upload.Hash)
	if err != nil {
		return err
	}
	defer content.Close()
	b, err := io.ReadAll(io.LimitReader(content, maxTemplate+1))
	if err != nil {
		return fmt.Errorf("read the template: %w", err)
	}
	return w.tools.Check(bytes.NewReader(b), int64(len(b)))
}

// RemoveTemplate goes back to the built-in template.
func (w *Writing) RemoveTemplate(ctx context.Context, who access.Person, position, agency org.ID, code string) error {
	if err := who.Allowed(access.ScopeAdministration); err != nil {
		return err
	}
	pos, err := who.KeepTemplates(agency, position)
	if err != nil {
		return err
	}
	now := w.clock()
	return w.store.InTx(ctx, postgres.PersonScope([]org.ID{agency}), func(tx *postgres.Tx) error {
		if err := tx.ActFor(ctx, agency); err != nil {
			return err
		}
		if err := tx.RemoveTemplate(ctx, agency, code); err != nil {
			return err
		}
		event := document.Event{Verb: "template_removed", Data: map[string]string{"kind": code}}
		return tx.Record(ctx, agency, "agency", agency, event, document.By{Position: pos, Name: who.FullName}, now)
	})
}
