//! A SeaweedFS of the test's own, on loopback ports of its own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_sdk_s3::config::Credentials;
use integrations::media::S3Config;
use integrations::testing::tool;
use tempfile::TempDir;

pub(crate) const BUCKET: &str = "reels";

const IDENTITIES: &str = r#"{"identities": [{
    "name": "test",
    "credentials": [{"accessKey": "test-key", "secretKey": "test-secret"}],
    "actions": ["Admin", "Read", "Write", "List", "Tagging"]
}]}"#;

/// Killed when dropped, its folder deleted.
pub(crate) struct Seaweed {
    process: Child,
    folder: TempDir,
    ports: [u16; 8],
}

impl Seaweed {
    /// Ready, with an empty bucket.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ports = free_ports();
        let process = command(folder.path(), ports).spawn().unwrap();
        let mut server = Self {
            process,
            folder,
            ports,
        };
        tokio::time::timeout(Duration::from_secs(120), server.make_bucket())
            .await
            .unwrap_or_else(|_| panic!("weed is not ready: {}", server.log()));
        server
    }

    /// Where it was and with what it had, as after a power cut. It may not be
    /// ready yet.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.process = command(self.folder.path(), self.ports).spawn().unwrap();
    }

    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports[0]).into()
    }

    pub(crate) fn config(&self) -> S3Config {
        S3Config {
            bucket: BUCKET.to_owned(),
            prefix: None,
            endpoint: Some(
                format!("http://127.0.0.1:{}", self.ports[0])
                    .parse()
                    .unwrap(),
            ),
            region: "auto".to_owned(),
            path_style: true,
            only_required_checksums: false,
            public: None,
            patience: S3Config::PATIENCE,
            credentials: Credentials::new("test-key", "test-secret", None, None, "test"),
        }
    }

    /// The vendor's own client, to look behind the store's back.
    pub(crate) fn client(&self) -> aws_sdk_s3::Client {
        self.config().client()
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    async fn make_bucket(&mut self) {
        let client = self.client();
        while let Err(error) = client.create_bucket().bucket(BUCKET).send().await {
            if let Some(status) = self.process.try_wait().unwrap() {
                panic!("weed ended ({status}): {}", self.log());
            }
            // It does not listen, or has no volume yet.
            let answered = error.raw_response().is_some();
            tokio::time::sleep(Duration::from_millis(if answered { 200 } else { 50 })).await;
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Seaweed {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(folder: &Path, ports: [u16; 8]) -> Command {
    let identities = folder.join("identities.json");
    std::fs::write(&identities, IDENTITIES).unwrap();
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let [
        s3,
        s3_grpc,
        master,
        master_grpc,
        volume,
        volume_grpc,
        filer,
        filer_grpc,
    ] = ports;
    let mut command = Command::new(tool("weed"));
    command
        .arg("server")
        .args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1"])
        .arg(format!("-dir={}", folder.display()))
        .arg(format!("-master.port={master}"))
        .arg(format!("-master.port.grpc={master_grpc}"))
        .args(["-master.volumeSizeLimitMB=64", "-master.electionTimeout=1s"])
        .arg(format!("-volume.port={volume}"))
        .arg(format!("-volume.port.grpc={volume_grpc}"))
        .arg("-volume.max=20")
        .arg("-filer")
        .arg(format!("-filer.port={filer}"))
        .arg(format!("-filer.port.grpc={filer_grpc}"))
        .arg("-s3")
        .arg(format!("-s3.port={s3}"))
        .arg(format!("-s3.port.grpc={s3_grpc}"))
        .args([
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.autoCreateBucket=false",
        ])
        .arg(format!("-s3.config={}", identities.display()))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    command
}

/// Held all at once, so that no two are the same.
fn free_ports<const N: usize>() -> [u16; N] {
    let held = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
