//! Who may ask for what: the one place that says so.
//!
//! Every field at the root of the schema stands here with what it takes. A
//! document is checked before it runs, whichever way it came, and a field that
//! does not stand here is refused: to forget one is to close it. Below the root
//! everybody sees only what is theirs, because every read names its viewer.

use std::collections::HashSet;

use accounts::{Via, Viewer};
use async_graphql::Positioned;
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use domain::access_token::Scope;

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing: it tells nothing of anybody.
    Anyone,
    /// Somebody who reads what is theirs.
    Reader,
    /// Somebody who changes what is theirs.
    Writer,
    /// The person, signed in: an access token does not manage accounts.
    Person,
    /// An admin.
    Admin,
}

use Access::{Admin, Anyone, Person, Reader, Writer};

/// Of the type `Query`.
const QUERIES: &[(&str, Access)] = &[
    ("__schema", Anyone),
    ("__type", Anyone),
    ("__typename", Anyone),
    ("admin", Admin),
    ("costs", Reader),
    ("me", Reader),
    ("notificationPreferences", Reader),
    ("notifications", Reader),
    ("options", Anyone),
    ("series", Reader),
    ("seriesList", Reader),
    ("video", Reader),
    ("videos", Reader),
    ("webhookDelivery", Person),
    ("webhookEndpoints", Person),
];

/// Of the type `Mutation`.
const MUTATIONS: &[(&str, Access)] = &[
    ("__typename", Anyone),
    ("admin", Admin),
    ("archiveSeries", Writer),
    ("cancelVideo", Writer),
    ("changePassword", Person),
    ("changeSeries", Writer),
    ("createAccessToken", Person),
    ("createSeries", Writer),
    ("createWebhookEndpoint", Person),
    ("deleteMyAccount", Person),
    ("deleteVideo", Writer),
    ("deleteWebhookEndpoint", Person),
    ("endOtherSessions", Person),
    ("endSession", Person),
    ("markAllNotificationsRead", Writer),
    ("markNotificationsRead", Writer),
    ("redeliverWebhook", Person),
    ("requestVideo", Writer),
    ("retryVideo", Writer),
    ("revokeAccessToken", Person),
    ("rotateWebhookSecret", Person),
    ("sendTestWebhook", Person),
    ("setNotificationPreferences", Writer),
    ("updateWebhookEndpoint", Person),
    ("uploadMusic", Writer),
    ("uploadPicture", Writer),
];

/// Of the type `Subscription`.
const SUBSCRIPTIONS: &[(&str, Access)] = &[
    ("__typename", Anyone),
    ("events", Admin),
    ("notifications", Reader),
    ("rebuildProgress", Admin),
    ("seriesList", Reader),
    ("videoProgress", Reader),
    ("videos", Reader),
];

/// What a field at the root takes; none for a field that does not stand here.
pub(crate) fn access_to(operation: OperationType, field: &str) -> Option<Access> {
    let fields = match operation {
        OperationType::Query => QUERIES,
        OperationType::Mutation => MUTATIONS,
        OperationType::Subscription => SUBSCRIPTIONS,
    };
    let found = fields.iter().find(|(name, _)| *name == field);
    found.map(|(_, access)| *access)
}

/// A field that was asked for by somebody who may not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    #[error("{field}: sign in first")]
    SignIn { field: String },
    #[error("{field}: this access token is not good for that; it needs the scope {scope}")]
    Scope { field: String, scope: Scope },
    #[error("{field}: this needs a session; an access token cannot do it")]
    Session { field: String },
    #[error("{field}: this needs the role of an admin")]
    Role { field: String },
}

impl Denied {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::SignIn { .. } => "UNAUTHENTICATED",
            Self::Scope { .. } | Self::Session { .. } | Self::Role { .. } => "FORBIDDEN",
        }
    }
}

impl Access {
    /// Refuses `viewer`, unless they may have `field`.
    pub(crate) fn check(self, viewer: Option<&Viewer>, field: &str) -> Result<(), Denied> {
        let field = || field.to_owned();
        if self == Anyone {
            return Ok(());
        }
        let viewer = viewer.ok_or_else(|| Denied::SignIn { field: field() })?;
        let needs = |scope| {
            if viewer.has(scope) {
                Ok(())
            } else {
                Err(Denied::Scope {
                    field: field(),
                    scope,
                })
            }
        };
        match self {
            Anyone => Ok(()),
            Reader => needs(Scope::Read),
            Writer => needs(Scope::Write),
            Person => match viewer.via {
                Via::Session(_) | Via::Local => Ok(()),
                Via::AccessToken { .. } => Err(Denied::Session { field: field() }),
            },
            Admin if !viewer.role.is_admin() => Err(Denied::Role { field: field() }),
            Admin => needs(Scope::Admin),
        }
    }
}

/// Refuses a document unless `viewer` may have every field at its root.
pub(crate) fn check(document: &ExecutableDocument, viewer: Option<&Viewer>) -> Result<(), Denied> {
    for (_, operation) in document.operations.iter() {
        let mut root = Root {
            document,
            operation: operation.node.ty,
            viewer,
            seen: HashSet::new(),
        };
        root.check(&operation.node.selection_set)?;
    }
    Ok(())
}

struct Root<'a> {
    document: &'a ExecutableDocument,
    operation: OperationType,
    viewer: Option<&'a Viewer>,
    /// Fragments that were looked at: they may spread each other in circles.
    seen: HashSet<&'a str>,
}

impl<'a> Root<'a> {
    fn check(&mut self, selected: &'a Positioned<SelectionSet>) -> Result<(), Denied> {
        for selection in &selected.node.items {
            match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    // What does not stand in the table is not in the schema
                    // either, or was forgotten: nobody has it.
                    let access = access_to(self.operation, name).unwrap_or(Admin);
                    access.check(self.viewer, name)?;
                }
                Selection::InlineFragment(inline) => self.check(&inline.node.selection_set)?,
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    let fragment = self
                        .document
                        .fragments
                        .iter()
                        .find(|(it, _)| it.as_str() == name);
                    if let Some((name, fragment)) = fragment
                        && self.seen.insert(name.as_str())
                    {
                        self.check(&fragment.node.selection_set)?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
