//! Who is connected, and until when they may be: a web socket or an endless
//! answer outlives the moment in which its holder was let in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use domain::Role;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::authenticate::role_of;
use crate::{Accounts, Via, Viewer};

/// How long somebody may stay who was sent away in another process.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// By the id of the session or access token: the role, none once it is over.
type Watched = HashMap<Uuid, Weak<watch::Sender<Option<Role>>>>;

#[derive(Clone, Default)]
pub(crate) struct Standing {
    watched: Arc<Mutex<Watched>>,
    look: Arc<Notify>,
}

impl Standing {
    /// Somebody was sent away here.
    pub(crate) fn look_now(&self) {
        self.look.notify_one();
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `id` is watched by, whoever watches it too.
    fn sender(&self, id: Uuid, role: Role) -> Arc<watch::Sender<Option<Role>>> {
        let mut watched = self.watched();
        if let Some(sender) = watched.get(&id).and_then(Weak::upgrade) {
            return sender;
        }
        let sender = Arc::new(watch::Sender::new(Some(role)));
        watched.insert(id, Arc::downgrade(&sender));
        sender
    }

    /// Those that anybody still watches.
    fn ids(&self) -> Vec<Uuid> {
        let mut watched = self.watched();
        watched.retain(|_, sender| sender.strong_count() > 0);
        watched.keys().copied().collect()
    }

    fn tell(&self, roles: &HashMap<Uuid, Role>) {
        for (id, sender) in &*self.watched() {
            if let Some(sender) = sender.upgrade() {
                let role = roles.get(id).copied();
                sender.send_if_modified(|known| std::mem::replace(known, role) != role);
            }
        }
    }
}

impl Accounts {
    /// Resolves when what `viewer` showed is no longer good, or their role is
    /// another. Needs [`Self::watch_over`] in this process.
    pub fn until_changed(&self, viewer: &Viewer) -> impl Future<Output = ()> + Send + use<> {
        let id = match &viewer.via {
            Via::Local => None,
            Via::Session(session) => Some(session.0),
            Via::AccessToken { id, .. } => Some(id.0),
        };
        let role = viewer.role;
        let sender = id.map(|id| self.standing.sender(id, role));
        async move {
            let Some(sender) = sender else {
                return std::future::pending().await;
            };
            let mut roles = sender.subscribe();
            // The sender lives as long as this.
            let _ = roles.wait_for(|known| *known != Some(role)).await;
        }
    }

    /// Looks after everybody who is connected, with one query for all of them.
    pub async fn watch_over(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.standing.look.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if let Err(error) = self.look_at_everybody().await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "it is not known whether everybody connected may still be"
                );
            }
        }
    }

    async fn look_at_everybody(&self) -> sqlx::Result<()> {
        let ids = self.standing.ids();
        if ids.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query!(
            r#"SELECT s.id AS "id!", a.role AS "role!"
               FROM sessions s JOIN accounts a ON a.id = s.account
               WHERE s.id = ANY($1) AND s.expires_at > $2
               UNION ALL
               SELECT t.id, a.role FROM access_tokens t JOIN accounts a ON a.id = t.account
               WHERE t.id = ANY($1) AND t.expires_at > $2"#,
            &ids,
            self.parts.clock.now()
        )
        .fetch_all(self.pool())
        .await?;
        let mut roles = HashMap::with_capacity(rows.len());
        for row in rows {
            roles.insert(row.id, role_of(&row.role)?);
        }
        self.standing.tell(&roles);
        Ok(())
    }
}
