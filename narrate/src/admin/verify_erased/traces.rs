use std::path::Path;

use anyhow::Context;

/// What is still known of a person, in lower case.
#[derive(Default)]
pub(super) struct Traces(Vec<String>);

impl Traces {
    /// A line each.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("--traces: {} cannot be read", file.display()))?;
        Ok(Self::of(&text))
    }

    fn of(text: &str) -> Self {
        let lines = text.lines().map(|line| line.trim().to_lowercase());
        Self(lines.filter(|line| !line.is_empty()).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whatever the case of its letters.
    pub(super) fn are_in(&self, text: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let text = text.to_lowercase();
        self.0.iter().any(|trace| text.contains(trace))
    }

    /// For ILIKE: each trace, and its bytes as Postgres shows a `bytea`.
    pub(super) fn patterns(&self) -> Vec<String> {
        let plain = self.0.iter().map(|trace| {
            let literal = trace
                .replace('\\', r"\\")
                .replace('%', r"\%")
                .replace('_', r"\_");
            format!("%{literal}%")
        });
        let bytes = self.0.iter().map(|trace| {
            let hex: String = trace.bytes().map(|byte| format!("{byte:02x}")).collect();
            format!("%{hex}%")
        });
        plain.chain(bytes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_found_whatever_their_case_and_empty_lines_are_none() {
        let traces = Traces::of(" Ada@Example.com \n\n192.0.2.1\n");
        assert!(traces.are_in(r#"{"to":"ADA@example.com"}"#));
        assert!(traces.are_in("from 192.0.2.1."));
        assert!(!traces.are_in("ada at example.com"));
        assert!(!Traces::of("\n \n").are_in("anything"));
    }

    #[test]
    fn a_pattern_means_itself() {
        let patterns = Traces::of("100%_a").patterns();
        assert_eq!(patterns, [r"%100\%\_a%", "%313030255f61%"]);
    }
}
