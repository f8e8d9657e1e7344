use futures::FutureExt;
use tokio::time::Instant;
use uuid::Uuid;

use super::*;

fn outlet(framing: Framing, follows: bool) -> (Outlet, mpsc::Receiver<Sent>) {
    let (pieces, sent) = mpsc::channel(1);
    let outlet = Outlet {
        framing,
        follows,
        pieces,
    };
    (outlet, sent)
}

async fn told_of_nothing(framing: Framing, follows: bool) -> String {
    let (outlet, mut sent) = outlet(framing, follows);
    let nothing = Batch {
        events: Vec::new(),
        position: Position {
            epoch: Uuid::from_u128(7),
            value: 42,
        },
    };
    outlet.deliver(&nothing).await.unwrap();
    match sent.recv().now_or_never() {
        Some(Some(Sent::Piece(piece))) => String::from_utf8(piece.to_vec()).unwrap(),
        _ => "nothing".to_owned(),
    }
}

#[tokio::test]
async fn a_quiet_log_shows_in_an_answer_without_end_and_not_in_a_file() {
    assert_eq!(told_of_nothing(Framing::Lines, true).await, "\n");
    assert_eq!(told_of_nothing(Framing::Lines, false).await, "nothing");
    assert_eq!(
        told_of_nothing(Framing::ServerSent, true).await,
        ": nothing new\nid: 42@00000000000000000000000000000007\n\n"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_is_given_up_after_a_minute() {
    let (outlet, mut sent) = outlet(Framing::Lines, true);
    let start = Instant::now();
    let piece = || Sent::Piece(Bytes::from_static(b"x"));
    outlet.send(piece()).await.unwrap();
    let given_up = outlet.send(piece()).await;
    assert!(matches!(given_up, Err(Undelivered::Stalled)));
    assert_eq!(start.elapsed(), STALLED_AFTER);
    // One that reads on in time misses nothing.
    sent.recv().await.unwrap();
    outlet.send(piece()).await.unwrap();
}

#[tokio::test]
async fn a_client_that_is_gone_is_noticed_at_the_next_piece() {
    let (outlet, sent) = outlet(Framing::Lines, true);
    drop(sent);
    let gone = outlet.send(Sent::End).await;
    assert!(matches!(gone, Err(Undelivered::Gone)));
}
