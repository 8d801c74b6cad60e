package intake_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/app/intake"
	"congvan/storage/secret"
	"congvan/storage/storagetest"
)

// Peers know an installation by one key: processes that start together for the
// first time make one.
func TestL4_ProcessesThatStartTogetherMakeOneKey(t *testing.T) {
	t.Parallel()
	db := storagetest.DB(t)
	box, err := secret.New(secret.NewKey())
	require.NoError(t, err)
	var group sync.WaitGroup
	start := make(chan struct{})
	made := make([]error, 6)
	for i := range made {
		service := intake.New(db.Store, nil, box, time.Now, intake.Options{})
		group.Go(func() {
			<-start
			made[i] = service.MakeKey(t.Context())
		})
	}
	close(start)
	group.Wait()
	for _, err := range made {
		assert.NoError(t, err)
	}
	var keys int
	require.NoError(t, db.Admin(t).QueryRow(t.Context(), `select count(*) from exchange_key`).Scan(&keys))
	assert.Equal(t, 1, keys)
}
