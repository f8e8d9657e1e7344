//! Where the links in mails lead that end mails like them. Mail programs send a
//! POST by themselves (RFC 8058); people who open the link are asked first, for
//! programs that look into mails open links too.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use notifications::{NotificationError, Subscribed};

use super::Served;
use super::answer::problem;

/// Nothing runs, and the form goes nowhere else.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

pub(super) fn route() -> MethodRouter<Served> {
    get(ask).post(unsubscribe)
}

async fn ask(State(served): State<Served>, Path(token): Path<String>) -> Response {
    let subscribed = match subscribed(&served, &token).await {
        Ok(subscribed) => subscribed,
        Err(answer) => return answer,
    };
    let kind = subscribed.kind.label();
    page(&format!(
        "<p>No more mails of the kind “{kind}”?</p>\
         <form method=\"post\"><button>Yes, end them</button></form>"
    ))
}

async fn unsubscribe(State(served): State<Served>, Path(token): Path<String>) -> Response {
    let subscribed = match subscribed(&served, &token).await {
        Ok(subscribed) => subscribed,
        Err(answer) => return answer,
    };
    if let Err(error) = served.api.mails.unsubscribe(subscribed).await {
        return failed(&error);
    }
    let kind = subscribed.kind.label();
    page(&format!(
        "<p>You get no more mails of the kind “{kind}”. What happens still stands in your \
         inbox.</p>"
    ))
}

/// What the link is good for, or the answer to one that is good for nothing.
async fn subscribed(served: &Served, token: &str) -> Result<Subscribed, Response> {
    match served.api.mails.subscribed(token).await {
        Ok(Some(subscribed)) => Ok(subscribed),
        Ok(None) => {
            let message = "this link is not whole; copy all of it from the mail";
            Err(problem(StatusCode::NOT_FOUND, "NOT_FOUND", message))
        }
        Err(error) => Err(failed(&error)),
    }
}

fn failed(error: &NotificationError) -> Response {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "somebody could not end their mails"
    );
    let message = "something went wrong on our side; try again later";
    problem(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
}

/// The policy of referrers lets the form say from which page it comes.
fn page(content: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"referrer\" content=\"same-origin\"><title>NarrateAI: mails</title>\
         <h1>Mails</h1>{content}</html>"
    );
    (headers, html).into_response()
}
