//! The pages a person sees in the browser: authorize an app, the plan, the profile. No script,
//! nothing from elsewhere.

use std::sync::Arc;

use axum::{
    extract::{Form, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    auth::{Authorization, Stage},
    scenarios,
    state::{Shared, locked},
};

const STYLE: &str = include_str!("pages/style.css");

/// The user whose SereChat this is.
const USER: &str = "robin@example.org";

#[derive(Deserialize)]
pub(crate) struct Opened {
    #[serde(default)]
    request_id: String,
}

#[derive(Deserialize)]
pub(crate) struct Decision {
    #[serde(default)]
    request_id: String,
    /// `authorize` or `deny`, as the two buttons say. Without it, `authorize`.
    #[serde(default)]
    decision: String,
}

#[derive(Deserialize)]
pub(crate) struct Revocation {
    /// The app to revoke; without it, all.
    app: Option<String>,
}

/// `GET /authorize-app?request_id=…`
pub(crate) async fn authorize(
    State(shared): State<Arc<Shared>>,
    Query(opened): Query<Opened>,
) -> Response {
    let request = locked(&shared.authorizations)
        .find(&opened.request_id, Instant::now())
        .cloned();
    authorization_page(&opened.request_id, request.as_ref())
}

/// `POST /authorize-app`: the form of the page.
pub(crate) async fn decide(
    State(shared): State<Arc<Shared>>,
    Form(decision): Form<Decision>,
) -> Response {
    let yes = decision.decision != "deny";
    let request = locked(&shared.authorizations)
        .decide(&decision.request_id, yes, Instant::now())
        .cloned();
    authorization_page(&decision.request_id, request.as_ref())
}

fn authorization_page(id: &str, request: Option<&Authorization>) -> Response {
    let Some(request) = request else {
        return page(
            StatusCode::NOT_FOUND,
            "Request not found",
            "<h1>This request is no longer valid</h1>\
             <p>It is unknown, was used already, or its 10 minutes are over. Go back to the app \
             and start again.</p>",
        );
    };
    let app = escaped(&request.app_name);
    match request.stage {
        Stage::Pending => page(
            StatusCode::OK,
            "Authorize an app",
            &format!(
                "<h1>Authorize {app}?</h1>\
                 <p><strong>{app}</strong> asks to use SereChat as <strong>{USER}</strong>.</p>\
                 <ul class=\"grants\">\
                 <li class=\"yes\">It can chat with every model of your plan</li>\
                 <li class=\"yes\">What it uses is taken from your balance</li>\
                 <li class=\"no\">It cannot see your password or your payments</li></ul>\
                 <form method=\"post\" action=\"/authorize-app\">\
                 <input type=\"hidden\" name=\"request_id\" value=\"{id}\">\
                 <div class=\"buttons\">\
                 <button class=\"primary\" name=\"decision\" value=\"authorize\">Authorize</button>\
                 <button name=\"decision\" value=\"deny\">Deny</button></div></form>\
                 <p class=\"small\">You can take this back at any time in your profile.</p>",
                id = escaped(id),
            ),
        ),
        Stage::Approved => page(
            StatusCode::OK,
            "Your code",
            &format!(
                "<h1>{app} is authorized</h1>\
                 <p>Type this code into {app}. It can be used once, within 10 minutes.</p>\
                 <div class=\"code\"><div><output id=\"code\">{code}</output></div></div>\
                 <p class=\"small\">Then you can close this page. Never give the code to \
                 anyone: whoever asks you for it is not SereChat.</p>",
                code = request.code,
            ),
        ),
        Stage::Denied => page(
            StatusCode::OK,
            "Denied",
            &format!("<h1>You said no</h1><p>{app} has no access. You can close this page.</p>"),
        ),
        Stage::Invalidated => page(
            StatusCode::GONE,
            "Request invalidated",
            &format!(
                "<h1>Too many wrong codes</h1>\
                 <p>This request cannot be used any more. Go back to {app} and start again.</p>"
            ),
        ),
    }
}

/// `GET /plan`
pub(crate) async fn plan(State(shared): State<Arc<Shared>>) -> Response {
    let balance = locked(&shared.account).balance;
    let state = if balance > 0 {
        "Enough for many conversations."
    } else {
        "Apps cannot use SereChat until you top up."
    };
    page(
        StatusCode::OK,
        "Plan",
        &format!(
            "<h1>Your balance</h1><p class=\"amount\">{}</p><p>{state}</p>\
             <form method=\"post\" action=\"/plan/top-up\"><div class=\"buttons\">\
             <button class=\"primary\">Top up $10</button></div></form>\
             <p class=\"small\">No money moves: this is a simulation.</p>",
            dollars(balance),
        ),
    )
}

/// `POST /plan/top-up`: brings the balance to 10 dollars more than it was, or than nothing.
pub(crate) async fn top_up(State(shared): State<Arc<Shared>>) -> Redirect {
    let mut account = locked(&shared.account);
    account.balance = account.balance.max(0).saturating_add(1_000);
    Redirect::to("/plan")
}

/// `GET /profile`
pub(crate) async fn profile(State(shared): State<Arc<Shared>>) -> Response {
    let apps = locked(&shared.account).apps(Instant::now());
    let mut list = String::new();
    for app in &apps {
        let name = escaped(&app.name);
        let tokens = match app.tokens {
            1 => "signed in on one device".to_owned(),
            count => format!("signed in {count} times"),
        };
        list.push_str(&format!(
            "<li><div><strong>{name}</strong><br><span class=\"small\">{tokens}</span></div>\
             <form method=\"post\" action=\"/profile/revoke\">\
             <input type=\"hidden\" name=\"app\" value=\"{name}\">\
             <button>Revoke</button></form></li>"
        ));
    }
    let body = if apps.is_empty() {
        "<p>No app has access to your account.</p>".to_owned()
    } else {
        let all = if apps.len() > 1 {
            "<form method=\"post\" action=\"/profile/revoke\"><div class=\"buttons\">\
             <button>Revoke all</button></div></form>"
        } else {
            ""
        };
        format!("<ul class=\"apps\">{list}</ul>{all}")
    };
    page(
        StatusCode::OK,
        "Profile",
        &format!("<h1>Apps with access</h1><p>Signed in as <strong>{USER}</strong>.</p>{body}"),
    )
}

/// `POST /profile/revoke`: the tokens of one app, or of all.
pub(crate) async fn revoke(
    State(shared): State<Arc<Shared>>,
    Form(revocation): Form<Revocation>,
) -> Redirect {
    locked(&shared.account).revoke_app(revocation.app.as_deref());
    Redirect::to("/profile")
}

/// `GET /`: what this is, and the scenarios.
pub(crate) async fn index() -> Response {
    let rows: String = scenarios::all()
        .iter()
        .map(|scenario| {
            format!(
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                scenario.id, scenario.name, scenario.description,
            )
        })
        .collect();
    page(
        StatusCode::OK,
        "Simulator",
        &format!(
            "<h1>A SereChat on this machine</h1>\
             <p>Choose a model to choose what happens.</p>\
             <table><thead><tr><th>Model id</th><th>Name</th><th>What it does</th></tr></thead>\
             <tbody>{rows}</tbody></table>"
        ),
    )
}

fn page(status: StatusCode, title: &str, main: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – SereChat</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header><a href=\"/\" class=\"brand\"><span class=\"mark\" aria-hidden=\"true\"></span>\
         SereChat</a><nav><a href=\"/plan\">Plan</a><a href=\"/profile\">Profile</a></nav></header>\n\
         <main>\n{main}\n</main>\n\
         <footer>Simulated on this machine. Nothing leaves it.</footer>\n</body>\n</html>\n"
    );
    (
        status,
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                 frame-ancestors 'none'; base-uri 'none'",
            ),
        ],
        html,
    )
        .into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "−" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}${}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_app_calls_itself_is_no_markup() {
        assert_eq!(
            escaped("<b title=\"a\" id='b'>&</b>"),
            "&lt;b title=&quot;a&quot; id=&#39;b&#39;&gt;&amp;&lt;/b&gt;"
        );
    }

    #[test]
    fn a_debt_is_shown_as_one() {
        assert_eq!(dollars(1_250), "$12.50");
        assert_eq!(dollars(-5), "−$0.05");
    }
}
