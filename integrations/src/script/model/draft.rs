use domain::settings::{Language, Mood};
use domain::topic::visible_text;
use domain::video::output::{Script, ScriptScene};
use domain::{InvalidField, Provider};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::script::ScriptRequest;

const TITLE_MAX: usize = 100;
const DESCRIPTION_MAX: usize = 1_000;
const SPOKEN_MAX: usize = 600;
const VISUAL_MAX: usize = 600;
const HASHTAGS: std::ops::RangeInclusive<usize> = 1..=10;
const HASHTAG_MAX: usize = 40;
const SCENES: std::ops::RangeInclusive<usize> = 3..=60;
/// How far a narration may be from the wanted length, as a part of it.
const LENGTH: std::ops::RangeInclusive<f64> = 0.6..=1.4;

/// A script as a model writes it: well formed, perhaps not good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    title: String,
    description: String,
    hashtags: Vec<String>,
    mood: Mood,
    scenes: Vec<DraftScene>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DraftScene {
    part: Part,
    text: String,
    visual: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Hook,
    Body,
    CallToAction,
}

/// The JSON Schema of a draft, in the part of the language that every provider's
/// structured output knows: limits are checked here instead.
pub(super) fn schema() -> Value {
    let text = json!({ "type": "string" });
    let object = |properties: Value| {
        let names: Vec<_> = properties
            .as_object()
            .map(|known| known.keys().cloned().collect())
            .unwrap_or_default();
        json!({
            "type": "object",
            "properties": properties,
            "required": names,
            "additionalProperties": false,
        })
    };
    let moods: Vec<_> = Mood::ALL.iter().map(|mood| mood.slug()).collect();
    let scene = object(json!({
        "part": { "type": "string", "enum": ["hook", "body", "call_to_action"] },
        "text": text,
        "visual": text,
    }));
    object(json!({
        "title": text,
        "description": text,
        "hashtags": { "type": "array", "items": text },
        "mood": { "type": "string", "enum": moods },
        "scenes": { "type": "array", "items": scene },
    }))
}

/// How much of a language is spoken in a second at an easy pace, and what of it.
pub(super) fn rate(language: Language) -> (f64, &'static str) {
    match language {
        Language::Japanese => (6.0, "characters"),
        Language::Chinese => (4.3, "characters"),
        _ => (2.5, "words"),
    }
}

impl Draft {
    /// The script, or what is wrong with it in words that a model can act on.
    pub(super) fn check(
        self,
        request: &ScriptRequest,
        provider: Provider,
    ) -> Result<Script, InvalidField> {
        let number = self.scenes.len();
        if !SCENES.contains(&number) {
            let (least, most) = (SCENES.start(), SCENES.end());
            let problem = format!("has {number} scenes; write {least} to {most}");
            return Err(InvalidField::new("scenes", problem));
        }
        let parts: Vec<_> = self.scenes.iter().map(|scene| scene.part).collect();
        if parts.first() != Some(&Part::Hook) || parts.last() != Some(&Part::CallToAction) {
            let problem = "must begin with a hook and end with a call_to_action";
            return Err(InvalidField::new("scenes", problem));
        }
        let scenes = self.scenes.iter().map(|scene| {
            Ok(ScriptScene {
                text: line("text", &scene.text, SPOKEN_MAX)?,
                visual: line("visual", &scene.visual, VISUAL_MAX)?,
            })
        });
        let script = Script {
            title: line("title", &self.title, TITLE_MAX)?,
            description: line("description", &self.description, DESCRIPTION_MAX)?,
            hashtags: hashtags(&self.hashtags)?,
            scenes: scenes.collect::<Result<_, InvalidField>>()?,
            sources: Vec::new(),
            mood: self.mood,
            provider,
        };
        check_length(&script.narration(), request)?;
        Ok(script)
    }
}

/// On one line, as it is spoken or shown.
fn line(field: &'static str, text: &str, max_chars: usize) -> Result<String, InvalidField> {
    let words: Vec<_> = text.split_whitespace().collect();
    visible_text(field, &words.join(" "), max_chars)
}

fn hashtags(given: &[String]) -> Result<Vec<String>, InvalidField> {
    let wrong = |problem: String| Err(InvalidField::new("hashtags", problem));
    if !HASHTAGS.contains(&given.len()) {
        let (least, most) = (HASHTAGS.start(), HASHTAGS.end());
        return wrong(format!("has {}; write {least} to {most}", given.len()));
    }
    let mut tags: Vec<String> = Vec::new();
    for given in given {
        let tag = given.trim().trim_start_matches('#');
        let is_word = !tag.is_empty() && tag.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !is_word || tag.chars().count() > HASHTAG_MAX {
            return wrong(format!(
                "must be single words of at most {HASHTAG_MAX} letters"
            ));
        }
        if !tags
            .iter()
            .any(|known| known.to_lowercase() == tag.to_lowercase())
        {
            tags.push(tag.to_owned());
        }
    }
    Ok(tags)
}

fn check_length(narration: &str, request: &ScriptRequest) -> Result<(), InvalidField> {
    let (rate, unit) = rate(request.language);
    let length = match unit {
        "words" => narration.split_whitespace().count(),
        _ => narration.chars().filter(|c| c.is_alphanumeric()).count(),
    };
    let wanted = wanted_seconds(request) * rate;
    if LENGTH.contains(&(length as f64 / wanted)) {
        return Ok(());
    }
    let problem = format!("have {length} {unit} together; write about {wanted:.0}");
    Err(InvalidField::new("scenes", problem))
}

/// At an easy pace: a slower voice needs fewer words for the same time.
pub(super) fn wanted_seconds(request: &ScriptRequest) -> f64 {
    f64::from(request.duration.seconds()) * f64::from(request.speed.percent()) / 100.0
}

#[cfg(test)]
mod tests {
    use domain::Topic;
    use domain::settings::{Niche, SpeechSpeed, TargetDuration};

    use super::*;

    fn request() -> ScriptRequest {
        ScriptRequest {
            topic: Topic::try_new("Octopuses").unwrap(),
            niche: Niche::Science,
            duration: TargetDuration::Thirty,
            language: Language::English,
            speed: SpeechSpeed::default(),
            seed: 1,
        }
    }

    /// Of 75 words, which is what half a minute takes.
    fn draft() -> Draft {
        let scene = |part, words| DraftScene {
            part,
            text: vec!["word"; words].join(" "),
            visual: "An octopus in blue light.".to_owned(),
        };
        Draft {
            title: "Three  hearts".to_owned(),
            description: "Why.\nHow.".to_owned(),
            hashtags: vec![
                "#Octopus".to_owned(),
                "octopus".to_owned(),
                "sea".to_owned(),
            ],
            mood: Mood::Calm,
            scenes: vec![
                scene(Part::Hook, 15),
                scene(Part::Body, 45),
                scene(Part::CallToAction, 15),
            ],
        }
    }

    fn check(change: impl FnOnce(&mut Draft)) -> Result<Script, String> {
        let mut draft = draft();
        change(&mut draft);
        let checked = draft.check(&request(), Provider::offline("test"));
        checked.map_err(|error| error.to_string())
    }

    #[test]
    fn a_good_draft_is_tidied() {
        let script = check(|_| ()).unwrap();
        assert_eq!(script.title, "Three hearts");
        assert_eq!(script.description, "Why. How.");
        assert_eq!(script.hashtags, ["Octopus", "sea"]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_limit() {
        let long = "x".repeat(101);
        for (change, says) in [
            (
                Box::new(|d: &mut Draft| d.title.clear()) as Box<dyn FnOnce(&mut Draft)>,
                "title",
            ),
            (Box::new(move |d: &mut Draft| d.title = long), "100"),
            (
                Box::new(|d: &mut Draft| d.scenes.truncate(2)),
                "has 2 scenes; write 3 to 60",
            ),
            (
                Box::new(|d: &mut Draft| d.scenes.reverse()),
                "must begin with a hook",
            ),
            (
                Box::new(|d: &mut Draft| d.scenes[1].text = "Too short.".to_owned()),
                "have 32 words together; write about 75",
            ),
            (
                Box::new(|d: &mut Draft| d.scenes[1].visual.clear()),
                "visual",
            ),
            (
                Box::new(|d: &mut Draft| d.hashtags = vec!["two words".to_owned()]),
                "single words",
            ),
            (
                Box::new(|d: &mut Draft| d.scenes[0].text.push('\u{7}')),
                "text",
            ),
        ] {
            let error = check(change).unwrap_err();
            assert!(error.contains(says), "{error} does not say {says}");
        }
    }

    #[test]
    fn the_schema_asks_for_every_field_and_for_no_other() {
        let schema = schema();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut good = serde_json::to_value(draft()).unwrap();
        assert!(validator.is_valid(&good));
        good["more"] = true.into();
        assert!(!validator.is_valid(&good));
        good.as_object_mut().unwrap().remove("more");
        good["scenes"][0].as_object_mut().unwrap().remove("visual");
        assert!(!validator.is_valid(&good));
    }
}
