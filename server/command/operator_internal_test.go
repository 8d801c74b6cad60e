package command

import (
	"bytes"
	"strings"
	"testing"

	"congvan/storage/storagetest"
)

func TestOperator_IsAddedOnceWithAPasswordForTheFirstTime(t *testing.T) {
	t.Parallel()
	db := storagetest.DB(t)
	var out bytes.Buffer
	if err := addOperatorTo(t.Context(), db.Store, "quantri", "Nguyễn Văn An", &out); err != nil || !strings.Contains(out.String(), "first password of quantri: ") {
		t.Fatalf("%v: %s", err, &out)
	}
	if err := addOperatorTo(t.Context(), db.Store, "quantri", "Ai khác", &out); err == nil || strings.Contains(err.Error(), "SQLSTATE") {
		t.Errorf("a second one with the login: %v", err)
	}
	if err := addOperatorTo(t.Context(), db.Store, "", "Không tên", &out); err == nil {
		t.Error("one without a login is added")
	}
}
