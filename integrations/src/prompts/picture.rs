use domain::settings::ArtStyle;

use super::{Prompts, texts, version};
use crate::images::ImageRequest;

const PROMPT: &str = "## Prompt";
const PALETTES: &str = "## Palettes";
const AVOID: &str = "## Avoid";
const DESCRIPTION: &str = "{{description}}";
const PALETTE: &str = "{{palette}}";

/// How pictures of one style are asked for: a file with three headings.
#[derive(Debug, Clone)]
pub(super) struct StyleSheet {
    /// Under `## Prompt`, with both placeholders.
    prompt: String,
    /// The items of the list under `## Palettes`; a video keeps to one.
    palettes: Vec<String>,
    /// Under `## Avoid`, for models that are told what not to paint.
    avoid: String,
    text: String,
}

/// What a model is to paint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PicturePrompt {
    pub(crate) text: String,
    pub(crate) avoid: String,
    pub(crate) seed: u64,
}

impl StyleSheet {
    /// # Errors
    /// The heading or the placeholder that is not there.
    pub(super) fn try_parse(text: &str) -> Result<Self, &'static str> {
        let section = |heading: &'static str| {
            let lines = text.lines().skip_while(|line| line.trim() != heading);
            let lines = lines.skip(1).take_while(|line| !line.starts_with("## "));
            let lines: Vec<_> = lines.map(str::trim).collect();
            let section = lines.join("\n").trim().to_owned();
            (!section.is_empty()).then_some(section).ok_or(heading)
        };
        let prompt = section(PROMPT)?;
        for placeholder in [DESCRIPTION, PALETTE] {
            if !prompt.contains(placeholder) {
                return Err(placeholder);
            }
        }
        let palettes = section(PALETTES)?;
        let palettes = palettes.lines().filter_map(|line| line.strip_prefix("- "));
        let palettes: Vec<_> = palettes.map(str::to_owned).collect();
        if palettes.is_empty() {
            return Err(PALETTES);
        }
        Ok(Self {
            prompt,
            palettes,
            avoid: section(AVOID)?,
            text: text.to_owned(),
        })
    }

    fn palette(&self, video_seed: u64) -> &str {
        let place = video_seed % self.palettes.len() as u64;
        &self.palettes[place as usize]
    }
}

impl Prompts {
    /// Every picture of a video has the same style and palette.
    pub(crate) fn picture(&self, request: &ImageRequest) -> PicturePrompt {
        let sheet = self.style(request.style);
        PicturePrompt {
            // The description last: what it says is not filled in again.
            text: sheet
                .prompt
                .replace(PALETTE, sheet.palette(request.video_seed))
                .replace(DESCRIPTION, request.description.trim()),
            avoid: sheet.avoid.clone(),
            seed: request.seed,
        }
    }

    pub(crate) fn style_version(&self, style: ArtStyle) -> String {
        version(style.slug(), &[&self.style(style).text])
    }

    fn style(&self, style: ArtStyle) -> &StyleSheet {
        let found = self.styles.iter().find(|(known, _)| *known == style);
        let (_, sheet) = found.expect("there is one for each style");
        sheet
    }
}

texts! {
    style of ArtStyle in "styles":
    Pixar3d = "pixar-3d",
    Anime = "anime",
    Realistic = "realistic",
    Watercolor = "watercolor",
    ComicBook = "comic-book",
    Cyberpunk = "cyberpunk",
    OilPainting = "oil-painting",
    FlatVector = "flat-vector",
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn request(style: ArtStyle, video_seed: u64, scene: u64) -> ImageRequest {
        ImageRequest {
            description: "An octopus writes {{palette}} in the sand.".to_owned(),
            style,
            video_seed,
            seed: video_seed + scene,
            width_px: 1080,
            height_px: 1920,
        }
    }

    #[test]
    fn every_style_asks_for_an_upright_picture_without_text_in_its_own_words() {
        let mut told = Vec::new();
        for style in ArtStyle::ALL {
            let prompt = Prompts::built_in().picture(&request(*style, 7, 0));
            assert!(prompt.text.contains("9:16"), "{prompt:?}");
            assert!(prompt.text.contains("No text"), "{prompt:?}");
            // As the scene describes it, whatever it says.
            let description = "An octopus writes {{palette}} in the sand.";
            assert!(prompt.text.contains(description), "{prompt:?}");
            assert_eq!(prompt.text.matches("{{").count(), 1, "{prompt:?}");
            assert!(prompt.avoid.contains("text"), "{prompt:?}");
            assert!(!told.contains(&prompt.text), "{style} is told as another");
            told.push(prompt.text);
        }
    }

    #[test]
    fn the_scenes_of_a_video_share_a_palette_and_videos_differ() {
        let prompts = Prompts::built_in();
        let text = |video, scene| {
            let request = request(ArtStyle::Anime, video, scene);
            prompts.picture(&request).text
        };
        assert_eq!(text(7, 0), text(7, 5));
        assert_ne!(text(7, 0), text(8, 0));
    }

    #[test]
    fn a_style_can_be_edited_and_a_part_that_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("styles")).unwrap();
        let file = folder.path().join("styles/anime.md");
        let built_in = Prompts::built_in();
        let whole = style(ArtStyle::Anime);
        fs::write(&file, whole.replace("{{description}}", "{{description}}!")).unwrap();
        let edited = Prompts::open(folder.path()).unwrap();
        let prompt = edited.picture(&request(ArtStyle::Anime, 7, 0));
        assert!(prompt.text.contains("in the sand.!"), "{prompt:?}");
        assert_ne!(
            edited.style_version(ArtStyle::Anime),
            built_in.style_version(ArtStyle::Anime)
        );
        assert_eq!(
            edited.style_version(ArtStyle::Realistic),
            built_in.style_version(ArtStyle::Realistic)
        );
        for part in ["## Prompt", "{{palette}}", "## Palettes", "- ", "## Avoid"] {
            fs::write(&file, whole.replace(part, "")).unwrap();
            let error = Prompts::open(folder.path()).unwrap_err().to_string();
            let named = if part == "- " { "## Palettes" } else { part };
            let says = format!("anime.md has no {named}");
            assert!(error.contains(&says), "{error}");
        }
    }
}
