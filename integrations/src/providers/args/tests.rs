use clap::Parser;
use domain::settings::VoiceId;

use std::path::Path;

use super::*;
use crate::Providers;

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    args: ProviderArgs,
}

fn outcome(arguments: &[&str]) -> Result<Providers, String> {
    let program = Program::try_parse_from([&["narrate"], arguments].concat());
    let program = program.map_err(|error| error.to_string())?;
    let providers = program.args.providers(Path::new("no-such-folder"));
    providers.map_err(|error| error.to_string())
}

fn writers(arguments: &[&str]) -> Result<Vec<String>, String> {
    let providers = outcome(arguments)?;
    let names = providers.script.iter();
    Ok(names.map(|writer| writer.name().to_owned()).collect())
}

#[test]
fn keys_say_who_is_asked_and_without_any_the_program_itself_is() {
    for (arguments, names) in [
        (&[][..], &["offline"][..]),
        (
            &["--openai-api-key", "", "--script-providers", ""],
            &["offline"],
        ),
        (&["--openai-api-key", "k"], &["openai"]),
        (
            &["--anthropic-api-key", "k", "--openai-api-key", "k"],
            &["openai", "anthropic"],
        ),
        (
            &[
                "--openai-api-key",
                "k",
                "--anthropic-api-key",
                "k",
                "--script-providers",
                "anthropic,openai,offline",
            ],
            &["anthropic", "openai", "offline"],
        ),
        (
            &[
                "--openai-base-url",
                "http://127.0.0.1:11434/v1",
                "--openai-script-model",
                "llama",
            ],
            &["openai-compatible"],
        ),
    ] {
        let expected = names.iter().map(ToString::to_string).collect();
        assert_eq!(writers(arguments), Ok(expected), "{arguments:?}");
    }
}

#[test]
fn a_setting_that_is_missing_or_wrong_is_named() {
    for (arguments, says) in [
        (
            &["--script-providers", "anthropic"][..],
            "ANTHROPIC_API_KEY",
        ),
        (&["--script-providers", "openai"], "OPENAI_API_KEY"),
        (
            &["--script-providers", "hal"],
            "SCRIPT_PROVIDERS: \"hal\" is nobody; choose of openai, anthropic, offline",
        ),
        (
            &["--openai-api-key", "k", "--openai-script-model", "gpt-99"],
            "no price for the model gpt-99",
        ),
        (
            &["--openai-base-url", "http://127.0.0.1:11434/v1"],
            "OPENAI_SCRIPT_MODEL is not set",
        ),
        (
            &[
                "--openai-api-key",
                "k",
                "--openai-base-url",
                "http://models.example",
            ],
            "OPENAI_BASE_URL: is not https",
        ),
        (
            &["--price-table", "no-such-file"],
            "PRICE_TABLE no-such-file",
        ),
    ] {
        let error = writers(arguments).unwrap_err();
        assert!(error.contains(says), "{error} does not say {says}");
    }
}

#[test]
fn speech_and_pictures_are_made_by_whose_keys_are_set_and_own_voices_stay() {
    let all = outcome(&[
        "--openai-api-key",
        "k",
        "--elevenlabs-api-key",
        "k",
        "--fal-key",
        "k",
        "--stability-api-key",
        "k",
    ]);
    let all = all.unwrap();
    let speakers: Vec<_> = all.speech.iter().map(|maker| maker.name()).collect();
    assert_eq!(speakers, ["elevenlabs", "openai", "offline"]);
    let painters: Vec<_> = all.images.iter().map(|maker| maker.name()).collect();
    assert_eq!(painters, ["fal", "openai", "stability"]);

    let who = |voice: &str| {
        let voice = VoiceId::try_new(voice).unwrap();
        let knowing = all.speech.those(|maker| maker.may_know(&voice));
        let names = knowing.iter().map(|maker| maker.name().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(who("alloy"), ["openai"]);
    assert_eq!(who("21m00Tcm4TlvDq8ikWAM"), ["elevenlabs"]);
    let own = VoiceId::default();
    assert_eq!(who(own.as_str()), ["offline"]);
    assert_eq!(who("nobodys").len(), 3, "then each says so");
}
