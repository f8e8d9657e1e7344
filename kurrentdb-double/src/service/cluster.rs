//! What a client asks before its first call: `ServerFeatures` and `Gossip`.

use tonic::{Request, Response, Status};

use super::Service;
use crate::node::Member;
use crate::protocol::Empty;
use crate::protocol::gossip::gossip_server::Gossip;
use crate::protocol::gossip::member_info::VNodeState;
use crate::protocol::gossip::{ClusterInfo, EndPoint, MemberInfo};
use crate::protocol::server_features::server_features_server::ServerFeatures;
use crate::protocol::server_features::{SupportedMethod, SupportedMethods};

const VERSION: &str = "24.10.0";
/// Names are in lower case.
const STREAMS: &str = "event_store.client.streams.streams";

#[tonic::async_trait]
impl ServerFeatures for Service {
    async fn get_supported_methods(
        &self,
        request: Request<Empty>,
    ) -> Result<Response<SupportedMethods>, Status> {
        self.node.admit(request.metadata()).await?;
        let method = |name: &str, features: &[&str]| SupportedMethod {
            method_name: name.to_owned(),
            service_name: STREAMS.to_owned(),
            features: features.iter().map(ToString::to_string).collect(),
        };
        Ok(Response::new(SupportedMethods {
            event_store_server_version: VERSION.to_owned(),
            methods: vec![
                method("append", &[]),
                method("read", &["position", "events"]),
            ],
        }))
    }
}

#[tonic::async_trait]
impl Gossip for Service {
    async fn read(&self, request: Request<Empty>) -> Result<Response<ClusterInfo>, Status> {
        self.node.admit(request.metadata()).await?;
        let members = self.node.members().into_iter().map(info).collect();
        Ok(Response::new(ClusterInfo { members }))
    }
}

fn info(member: Member) -> MemberInfo {
    let state = if member.is_leader {
        VNodeState::Leader
    } else {
        VNodeState::Follower
    };
    MemberInfo {
        instance_id: None,
        time_stamp: 0,
        state: state.into(),
        is_alive: member.is_alive,
        http_end_point: Some(EndPoint {
            address: member.address.ip().to_string(),
            port: member.address.port().into(),
        }),
    }
}
