//! The server, the doctor, and films without a server.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::home::Home;
use crate::looks::Film;
use crate::server::Server;

/// The state of a socket in /proc/net/tcp that listens.
const LISTENING: &str = "0A";

#[tokio::test]
async fn the_server_answers_on_loopback_only_and_ends_when_told_to() {
    let home = Home::new();
    let server = Server::start(&home).await;
    assert!(
        server.url.starts_with("http://127.0.0.1:"),
        "{}",
        server.url
    );

    let health = reqwest::get(format!("{}/healthz", server.url))
        .await
        .unwrap();
    assert_eq!(health.status(), 200);
    let health: Value = health.json().await.unwrap();
    assert_eq!(
        (&health["database"], &health["nats"]),
        (&"up".into(), &"up".into())
    );

    let page = reqwest::Client::new()
        .get(format!("{}/graphql", server.url))
        .header("Accept", "text/html");
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("GraphiQL"), "{page}");

    let listening = listening(&home.processes());
    let port: u16 = server.url.rsplit(':').next().unwrap().parse().unwrap();
    assert!(listening.iter().any(|socket| socket.port == port));
    for socket in listening {
        assert!(socket.is_loopback, "port {} is open to others", socket.port);
    }

    server.stop().await;
    home.assert_only(&[]);
}

#[tokio::test]
async fn the_doctor_finds_this_machine_well() {
    let home = Home::new();
    let told = home.run(&["doctor"]).await.succeeded();
    for what in [
        "ffmpeg",
        "postgres",
        "nats-server",
        "fonts",
        "voices",
        "data folder",
    ] {
        assert!(told.stdout.contains(what), "{told:#?}");
    }
    assert!(!home.data().exists(), "it only looks");
    home.assert_only(&[]);
}

#[tokio::test]
async fn a_script_becomes_a_film_without_a_server() {
    let home = Home::new();
    let script = "A whale sings.\n\nThe whole bay listens.";
    fs::write(home.films().join("whale.txt"), script).unwrap();
    home.run(&["render", "--script", "whale.txt", "--out", "whale.mp4"])
        .await
        .succeeded();
    home.assert_only(&["whale.mp4", "whale.txt"]);
    let film = Film::open(home.films().join("whale.mp4"));
    assert_eq!(film.video()["codec_name"], "h264");
    assert_eq!(film.audio()["codec_name"], "aac");
}

struct Socket {
    port: u16,
    is_loopback: bool,
}

/// What the processes of `ids` listen on, IPv4 and IPv6.
fn listening(ids: &[i32]) -> Vec<Socket> {
    let held: HashSet<_> = ids.iter().flat_map(|id| sockets_of(*id)).collect();
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .flat_map(|table| {
            let text = fs::read_to_string(table).unwrap_or_default();
            let lines: Vec<_> = text.lines().skip(1).map(str::to_owned).collect();
            lines
        })
        .filter_map(|line| {
            let columns: Vec<_> = line.split_whitespace().collect();
            let ours = columns[3] == LISTENING && held.contains(columns[9]);
            let (address, port) = columns[1].split_once(':').unwrap();
            ours.then(|| Socket {
                port: u16::from_str_radix(port, 16).unwrap(),
                // Words in the order of this machine's bytes: 127.x.x.x, or ::1.
                is_loopback: (address.len() == 8 && address.ends_with("7F"))
                    || address == "00000000000000000000000001000000",
            })
        })
        .collect()
}

/// The inodes of a process's sockets.
fn sockets_of(id: i32) -> Vec<String> {
    let files = Path::new("/proc").join(id.to_string()).join("fd");
    let links = files.read_dir().into_iter().flatten().flatten();
    links
        .filter_map(|entry| {
            let target = fs::read_link(entry.path()).ok()?;
            let inode = target
                .to_str()?
                .strip_prefix("socket:[")?
                .strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect()
}
