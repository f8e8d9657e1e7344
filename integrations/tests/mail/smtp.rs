//! Mail that arrives.

use domain::EmailAddress;
use integrations::mail::{FolderMailer, Mail, Mailer, Outbox};
use serde_json::{Value, json};

use crate::letters::{ID, clock, mail_to, sender};
use crate::sink::{LOGIN, Sink};

fn header<'a>(mail: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = mail["headers"].as_array().unwrap();
    let named = headers.iter().filter(|header| header[0] == name);
    named.map(|header| header[1].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_mail_arrives_byte_for_byte_as_it_was_meant() {
    let mut sink = Sink::open().await;
    sink.plain_mailer()
        .await
        .send(&mail_to("ada"))
        .await
        .unwrap();
    let taken = sink.mail().await;
    assert_eq!(taken["sender"], "no-reply@narrate.example");
    assert_eq!(taken["recipients"], json!(["ada@people.example"]));
    assert_eq!(
        taken["raw"],
        "From: NarrateAI <no-reply@narrate.example>\r\n\
         To: ada@people.example\r\n\
         Subject: Your link\r\n\
         Date: Sat, 05 Jan 2030 07:08:09 +0000\r\n\
         Message-ID: <0198c0de-0000-7000-8000-000000000007@narrate.example>\r\n\
         Auto-Submitted: auto-generated\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 7bit\r\n\
         \r\n\
         Open https://studio.example/in?token=s3cr3t\r\n"
    );
}

#[tokio::test]
async fn any_text_arrives_in_both_parts_and_the_folder_keeps_the_same() {
    let mut sink = Sink::open().await;
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox {
        folder: folder.path().to_owned(),
        log_links: false,
    };
    let kept = FolderMailer::open(outbox, sender(), clock()).await.unwrap();
    let long = "Grüße, 世界 🐝 ".repeat(40);
    let mail = Mail {
        subject: format!("Willkommen zurück, {}", "Ada 🐝 ".repeat(12).trim_end()),
        text: format!(
            ".starts with a dot\n..and two\nFrom here on\n\n{long}\n{}\n",
            "x".repeat(2_000)
        ),
        html: Some(format!(
            "<p lang=\"de\">{long}</p>\n<p>=3D is no equals sign</p>\n"
        )),
        ..mail_to("ada")
    };
    sink.plain_mailer().await.send(&mail).await.unwrap();
    kept.send(&mail).await.unwrap();

    let taken = sink.mail().await;
    assert_eq!(header(&taken, "Subject"), [mail.subject.trim()]);
    assert_eq!(
        header(&taken, "From"),
        ["NarrateAI <no-reply@narrate.example>"]
    );
    assert_eq!(
        taken["parts"],
        json!([["text/plain", mail.text], ["text/html", mail.html],])
    );
    let raw = taken["raw"].as_str().unwrap();
    assert!(raw.split("\r\n").all(|line| line.len() <= 998), "{raw}");
    let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap();
    let file = std::fs::read_to_string(file.unwrap().path()).unwrap();
    assert_eq!(file, raw);
}

#[tokio::test]
async fn a_repeat_has_the_same_message_id_and_another_mail_has_not() {
    let mut sink = Sink::open().await;
    let mailer = sink.plain_mailer().await;
    let other = Mail {
        id: uuid::Uuid::nil(),
        ..mail_to("ada")
    };
    for mail in [&mail_to("ada"), &mail_to("ada"), &other] {
        mailer.send(mail).await.unwrap();
    }
    let (first, repeat, other) = (sink.mail().await, sink.mail().await, sink.mail().await);
    let expected = format!("<{ID}@narrate.example>");
    assert_eq!(header(&first, "Message-ID"), [expected.as_str()]);
    assert_eq!(first["raw"], repeat["raw"]);
    assert_ne!(header(&first, "Message-ID"), header(&other, "Message-ID"));
}

#[tokio::test]
async fn a_second_header_cannot_be_smuggled_in() {
    let mut sink = Sink::open().await;
    let mailer = sink.plain_mailer().await;
    for line_end in ["\r\n", "\n", "\r", "\0", "\u{85}"] {
        let mail = Mail {
            subject: format!(
                "Hello{line_end}Bcc: eve@people.example{line_end}{line_end}<p>body</p>"
            ),
            ..mail_to("ada")
        };
        mailer.send(&mail).await.unwrap();
        let taken = sink.mail().await;
        assert_eq!(header(&taken, "Bcc"), [""; 0], "{line_end:?}");
        assert_eq!(taken["recipients"], json!(["ada@people.example"]));
        let subject = header(&taken, "Subject").concat();
        assert!(
            subject.ends_with("<p>body</p>"),
            "{line_end:?}: {subject:?}"
        );
        assert_eq!(taken["parts"][0][1], mail.text);
    }
}

#[tokio::test]
async fn the_end_of_the_mail_is_not_where_a_body_says_so() {
    let mut sink = Sink::open().await;
    let mail = Mail {
        text: "one\r\n.\r\nMAIL FROM:<eve@people.example>\r\n.\ntwo\n".to_owned(),
        ..mail_to("ada")
    };
    sink.plain_mailer().await.send(&mail).await.unwrap();
    assert_eq!(
        sink.mail().await["parts"][0][1],
        "one\n.\nMAIL FROM:<eve@people.example>\n.\ntwo\n"
    );
}

#[tokio::test]
async fn a_login_and_the_mail_go_over_tls_however_it_begins() {
    let user = ["--user", "narrator", "--password", crate::letters::PASSWORD];
    for (tls, scheme) in [("starttls", "smtp://"), ("wrapped", "smtps://")] {
        let mut sink = Sink::start(tls, &user).await;
        let mailer = sink.mailer(&format!("{scheme}{LOGIN}"), "").await;
        mailer.probe().await.unwrap();
        mailer.send(&mail_to("ada")).await.unwrap();
        let taken = sink.mail().await;
        assert_eq!(taken["encrypted"], true, "{tls}");
        assert_eq!(taken["user"], "narrator", "{tls}");
        assert_eq!(
            mailer.place(),
            format!("SMTP server 127.0.0.1:{}", sink.port)
        );
    }
}

#[tokio::test]
async fn an_address_of_other_letters_arrives_in_ascii() {
    let mut sink = Sink::open().await;
    let mail = Mail {
        to: EmailAddress::try_new("Ada@Bücher.example").unwrap(),
        ..mail_to("ada")
    };
    sink.plain_mailer().await.send(&mail).await.unwrap();
    assert_eq!(
        sink.mail().await["recipients"],
        json!(["Ada@xn--bcher-kva.example"])
    );
}

#[tokio::test]
async fn one_connection_carries_mail_after_mail_until_the_server_ends_it() {
    let mut sink = Sink::open().await;
    let mailer = sink.plain_mailer().await;
    let mut connections = Vec::new();
    for local in ["ada", "last", "ada", "ada"] {
        mailer.send(&mail_to(local)).await.unwrap();
        connections.push(sink.mail().await["connection"].clone());
    }
    assert_eq!(connections[0], connections[1]);
    assert_ne!(connections[1], connections[2]);
    assert_eq!(connections[2], connections[3]);
}

#[tokio::test]
async fn a_caller_that_went_away_leaves_no_half_used_connection_to_the_next() {
    let mut sink = Sink::open().await;
    let mailer = sink.plain_mailer().await;
    mailer.send(&mail_to("ada")).await.unwrap();
    let first = sink.mail().await["connection"].clone();
    let hanging = mail_to("hang");
    tokio::select! {
        sent = mailer.send(&hanging) => panic!("{sent:?}"),
        _ = sink.hear("hanging") => {}
    }
    mailer.send(&mail_to("bob")).await.unwrap();
    let taken = sink.mail().await;
    assert_eq!(taken["recipients"], json!(["bob@people.example"]));
    assert_ne!(taken["connection"], first);
}

#[tokio::test]
async fn many_at_once_all_arrive() {
    let mut sink = Sink::open().await;
    let mailer = sink.plain_mailer().await;
    let locals: Vec<_> = (0..20).map(|n| format!("person{n:02}")).collect();
    let mails: Vec<_> = locals.iter().map(|local| mail_to(local)).collect();
    let sent = futures::future::join_all(mails.iter().map(|mail| mailer.send(mail))).await;
    assert_eq!(sent, vec![Ok(()); 20]);
    let mut taken = Vec::new();
    let mut connections = std::collections::HashSet::new();
    for _ in 0..20 {
        let mail = sink.mail().await;
        taken.push(mail["recipients"][0].as_str().unwrap().to_owned());
        connections.insert(mail["connection"].to_string());
    }
    taken.sort();
    let expected: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(taken, expected);
    assert!(connections.len() <= 4, "{connections:?}");
}
