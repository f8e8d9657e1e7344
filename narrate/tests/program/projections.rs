//! Read models from the command line.

use crate::home::Home;
use crate::server::Server;

#[tokio::test]
async fn a_projection_is_rebuilt_and_rolled_back_from_the_command_line() {
    let home = Home::new();
    let server = Server::start(&home).await;
    let narrate =
        async |arguments: &[&str]| home.run(&[&["projections"], arguments].concat()).await;

    let listed = narrate(&["list"]).await.succeeded();
    assert!(listed.stdout.contains("video: version 1"), "{listed:#?}");
    let rebuilt = narrate(&["rebuild", "video", "--wait"]).await.succeeded();
    assert!(
        rebuilt
            .stdout
            .contains("video: version 2, same rows as the one before"),
        "{rebuilt:#?}"
    );
    let back = narrate(&["rollback", "video", "--wait"]).await.succeeded();
    assert!(back.stdout.contains("video: version 1"), "{back:#?}");
    let parked = narrate(&["parked"]).await.succeeded();
    assert_eq!(parked.stdout, "nothing is parked\n");

    for (arguments, says) in [
        (&["rebuild", "films"][..], "there are series, video"),
        (&["pause", "series"], "no rebuild of it is under way"),
        (
            &["skip", "video", "x", "--reason", "no"],
            "no such event is parked",
        ),
    ] {
        let refused = narrate(arguments).await;
        assert_eq!(refused.code, Some(1), "{refused:#?}");
        assert!(refused.stderr.contains(says), "{refused:#?}");
    }
    server.stop().await;

    // Without a server it starts one, and waits: nothing would come of it later.
    let alone = narrate(&["rebuild", "series"]).await.succeeded();
    assert!(alone.stdout.contains("series: version 2"), "{alone:#?}");
    home.assert_only(&[]);
}
