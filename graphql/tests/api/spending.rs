//! What was spent, for who spent it and for admins.

use chrono::NaiveDate;
use domain::video::output::ProviderCharge;
use domain::video::{Brought, Video, VideoBrief, VideoCommand};
use domain::{
    Microusd, PriceSource, ProductionSettings, SeriesId, Stage, Topic, Usage, UsageUnit, UserId,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, OTHER};

const VIDEO: Uuid = Uuid::from_u128(301);
const OTHERS: Uuid = Uuid::from_u128(302);
const SERIES: Uuid = Uuid::from_u128(303);

async fn request(app: &App, owner: UserId, video: Uuid, series: Option<SeriesId>) {
    let request = VideoCommand::Request {
        owner,
        series,
        brief: VideoBrief {
            topic: Topic::try_new("bees").unwrap(),
            settings: ProductionSettings::default(),
            seed: 1,
            brought: Brought::default(),
        },
    };
    app.tell::<Video>(owner, video, request).await;
}

fn charge(call: &str, provider: &str, cost: u64) -> VideoCommand {
    VideoCommand::RecordCharge(ProviderCharge {
        call: call.to_owned(),
        stage: Stage::Script,
        attempt: 1,
        scene: None,
        provider: provider.to_owned(),
        model: "small".to_owned(),
        usage: vec![Usage {
            unit: UsageUnit::InputTokens,
            amount: 7,
        }],
        cost: Microusd(cost),
        price: Some(PriceSource {
            checked: NaiveDate::from_ymd_opt(2026, 6, 21).unwrap(),
            source: "https://example.com/prices".to_owned(),
        }),
        is_estimate: false,
    })
}

/// Mine of a series for 1 and 2, then deleted; another's for 4. What was told
/// twice was spent once. Answers the last position.
async fn spend(app: &App) -> String {
    request(app, UserId::LOCAL_OWNER, VIDEO, Some(SeriesId(SERIES))).await;
    app.work(VIDEO, charge("a", "openai", 1)).await;
    app.work(VIDEO, charge("b", "anthropic", 2)).await;
    app.work(VIDEO, charge("b", "anthropic", 2)).await;
    app.tell::<Video>(UserId::LOCAL_OWNER, VIDEO, VideoCommand::Delete)
        .await;
    request(app, OTHER, OTHERS, None).await;
    app.tell::<Video>(OTHER, OTHERS, charge("c", "openai", 4))
        .await
}

fn sum(calls: u64, cost: u64) -> Value {
    json!({ "calls": calls, "costMicrousd": cost })
}

#[tokio::test]
async fn everybody_sees_what_they_spent_and_admins_see_all_deleted_videos_too() {
    let app = App::start().await;
    let position = spend(&app).await;
    let (mine, all) = (sum(2, 3), sum(3, 7));
    for (by, my_groups, all_groups) in [
        (
            "PROVIDER",
            vec![sum(1, 2), sum(1, 1)],
            vec![sum(2, 5), sum(1, 2)],
        ),
        (
            "MODEL",
            vec![sum(1, 2), sum(1, 1)],
            vec![sum(2, 5), sum(1, 2)],
        ),
        ("VIDEO", vec![mine.clone()], vec![sum(1, 4), mine.clone()]),
        ("SERIES", vec![mine.clone()], vec![sum(1, 4), mine.clone()]),
        ("USER", vec![mine.clone()], vec![sum(1, 4), mine.clone()]),
        ("STAGE", vec![mine.clone()], vec![all.clone()]),
        ("DAY", vec![mine.clone()], vec![all.clone()]),
    ] {
        let asked = format!(
            r#"(groupBy: {by}, minPosition: "{position}") {{
                total {{ calls costMicrousd }} groups {{ calls costMicrousd }}
            }}"#
        );
        let query = format!("{{ costs{asked} admin {{ allCosts{asked} }} }}");
        let answer = app.ask(&query).await;
        assert_eq!(
            answer["data"],
            json!({
                "costs": { "total": mine, "groups": my_groups },
                "admin": { "allCosts": { "total": all, "groups": all_groups } },
            }),
            "{by}"
        );
    }
}

#[tokio::test]
async fn costs_are_added_up_under_names_and_ids() {
    let app = App::start().await;
    let position = spend(&app).await;
    for (by, keys) in [
        ("PROVIDER", vec![json!("anthropic"), json!("openai")]),
        (
            "MODEL",
            vec![json!("anthropic small"), json!("openai small")],
        ),
        ("STAGE", vec![json!("script")]),
        ("VIDEO", vec![json!("<id 1>")]),
        ("SERIES", vec![json!("<id 1>")]),
    ] {
        let costs = format!(r#"costs(groupBy: {by}, minPosition: "{position}")"#);
        let answer = app
            .ask(&format!("{{ {costs} {{ groups {{ key }} }} }}"))
            .await;
        let groups = answer["data"]["costs"]["groups"].as_array().unwrap();
        let told: Vec<_> = groups.iter().map(|group| group["key"].clone()).collect();
        assert_eq!(told, keys, "{by}");
    }
}

#[tokio::test]
async fn costs_are_of_the_time_that_is_asked_for() {
    let app = App::start().await;
    let position = spend(&app).await;
    let total = async |range: &str| {
        let query = format!(
            r#"{{ costs(groupBy: DAY, minPosition: "{position}" {range}) {{
                total {{ costMicrousd }} }} }}"#
        );
        app.ask(&query).await
    };
    let spent = |answer: Value| answer["data"]["costs"]["total"]["costMicrousd"].as_u64();
    let since = total(r#"from: "2000-01-01T00:00:00Z" to: "2100-01-01T00:00:00Z""#);
    assert_eq!(spent(since.await), Some(3));
    let before = total(r#"to: "2000-01-01T00:00:00Z""#);
    assert_eq!(spent(before.await), Some(0));
    let never = total(r#"from: "2001-01-01T00:00:00Z" to: "2000-01-01T00:00:00Z""#).await;
    let error = &never["errors"][0];
    assert_eq!(error["extensions"]["field"], "to", "{never:#}");
}

#[tokio::test]
async fn a_video_tells_each_call_that_it_cost() {
    let app = App::start().await;
    request(&app, UserId::LOCAL_OWNER, VIDEO, None).await;
    let position = app.work(VIDEO, charge("a", "openai", 1)).await;
    let answer = app
        .ask(&format!(
            r#"{{ video(id: "{VIDEO}", minPosition: "{position}") {{
                costMicrousd
                costs {{ stage attempt scene provider model usage {{ unit amount }} costMicrousd
                    isEstimate priceChecked priceSource }}
            }} }}"#
        ))
        .await;
    insta::assert_json_snapshot!(answer, @r#"
    {
      "data": {
        "video": {
          "costMicrousd": 1,
          "costs": [
            {
              "attempt": 1,
              "costMicrousd": 1,
              "isEstimate": false,
              "model": "small",
              "priceChecked": "2026-06-21",
              "priceSource": "https://example.com/prices",
              "provider": "openai",
              "scene": null,
              "stage": "script",
              "usage": [
                {
                  "amount": 7,
                  "unit": "input-tokens"
                }
              ]
            }
          ]
        }
      }
    }
    "#);
}
