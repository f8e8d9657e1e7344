//! What is brought is its owner's, and goes when nobody uses it.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Asset, Clock, MaterialKind, MediaKey, UserId};
use event_store::testing::TestDatabase;
use integrations::media::{Body, DirectoryStore, MediaError, MediaStore};
use material::{Checked, MAX_FILES, MaterialError, Materials, UNUSED_FOR};
use tempfile::TempDir;
use uuid::Uuid;

const ADA: UserId = UserId(Uuid::from_u128(1));
const BOB: UserId = UserId(Uuid::from_u128(2));

struct SetClock(Mutex<DateTime<Utc>>);

impl SetClock {
    fn forward(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

struct Ground {
    materials: Materials,
    media: Arc<dyn MediaStore>,
    clock: Arc<SetClock>,
    database: TestDatabase,
    _folder: TempDir,
}

impl Ground {
    async fn lay() -> Self {
        let database = TestDatabase::create().await;
        let folder = tempfile::tempdir().unwrap();
        let media = DirectoryStore::open(folder.path().to_owned()).await;
        let media: Arc<dyn MediaStore> = Arc::new(media.unwrap());
        let clock = Arc::new(SetClock(Mutex::new(DateTime::UNIX_EPOCH)));
        let pool = database.pool().clone();
        Self {
            materials: Materials::new(pool, Arc::clone(&media), Arc::clone(&clock) as _),
            media,
            clock,
            database,
            _folder: folder,
        }
    }

    async fn keep(&self, owner: UserId, content: &'static str) -> Result<Asset, MaterialError> {
        let file = Checked {
            kind: MaterialKind::Picture,
            sha256: content.to_owned(),
            file_name: "picture.jpg",
            body: Body::Bytes(content.into()),
        };
        self.materials.keep(owner, file).await
    }

    async fn take(&self, owner: UserId, key: &MediaKey) -> Option<Asset> {
        let taken = self.materials.take(owner, MaterialKind::Picture, key);
        taken.await.unwrap()
    }
}

#[tokio::test]
async fn a_file_is_used_by_its_owner_alone() {
    let ground = Ground::lay().await;
    let kept = ground.keep(ADA, "ab").await.unwrap();
    assert_eq!((kept.bytes, kept.content_type.as_str()), (2, "image/jpeg"));
    let taken = ground.take(ADA, &kept.key).await.unwrap();
    assert_eq!((&taken.key, taken.bytes), (&kept.key, 2));
    assert_eq!(ground.take(BOB, &kept.key).await, None);
    let absent = MediaKey::try_new("owners/x").unwrap();
    assert_eq!(ground.take(ADA, &absent).await, None);
}

#[tokio::test]
async fn what_nobody_used_goes_and_what_somebody_did_stays() {
    let ground = Ground::lay().await;
    let unused = ground.keep(ADA, "aa").await.unwrap();
    let used = ground.keep(ADA, "bb").await.unwrap();
    let brought_again = ground.keep(ADA, "cc").await.unwrap();
    ground.clock.forward(UNUSED_FOR);
    assert_eq!(ground.materials.drop_unused().await.unwrap(), 0);
    ground.take(ADA, &used.key).await.unwrap();
    ground.keep(ADA, "cc").await.unwrap();
    ground.clock.forward(TimeDelta::seconds(1));
    assert_eq!(ground.materials.drop_unused().await.unwrap(), 1);
    assert_eq!(ground.take(ADA, &unused.key).await, None);
    let gone = ground.media.head(&unused.key).await;
    assert!(matches!(gone, Err(MediaError::NotFound { .. })), "{gone:?}");
    for kept in [used, brought_again] {
        assert!(ground.take(ADA, &kept.key).await.is_some());
        assert_eq!(ground.media.head(&kept.key).await.unwrap().bytes, 2);
    }
}

#[tokio::test]
async fn nobody_has_more_files_kept_than_the_limit() {
    let ground = Ground::lay().await;
    let fill = "INSERT INTO materials (key, owner, kind, content_type, bytes, sha256, used_at)
                SELECT 'k' || n, $1, 'pictures', '', 0, '', $2 FROM generate_series(2, $3) AS n";
    let filled = sqlx::query(fill)
        .bind(ADA.0)
        .bind(ground.clock.now())
        .bind(MAX_FILES);
    filled.execute(ground.database.pool()).await.unwrap();
    let last = ground.keep(ADA, "aa").await.unwrap();
    let refused = ground.keep(ADA, "bb").await.unwrap_err();
    assert!(refused.to_string().contains("1000"), "{refused}");
    // One that is kept already is no more than there are.
    assert_eq!(ground.keep(ADA, "aa").await.unwrap(), last);
    ground.keep(BOB, "bb").await.unwrap();
}
