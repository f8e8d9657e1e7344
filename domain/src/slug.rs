//! Closed sets that clients name by slug.

/// Declares an enum whose variants have a slug (stored, typed by people) and a
/// label (shown to people), with a parser whose error lists what is known.
macro_rules! slug_enum {
    (
        $(#[$doc:meta])*
        $name:ident, field $field:literal {
            $($(#[$variant_doc:meta])* $variant:ident = $slug:literal $label:literal,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $slug)] $variant,)+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub const fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)+ }
            }

            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.slug())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::InvalidField;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let wanted = text.trim().to_lowercase().replace(['_', ' '], "-");
                Self::ALL
                    .iter()
                    .copied()
                    .find(|known| known.slug() == wanted)
                    .ok_or_else(|| {
                        let known: Vec<_> = Self::ALL.iter().map(|one| one.slug()).collect();
                        crate::InvalidField::new(
                            $field,
                            format!("{text:?} is not known; choose one of {}", known.join(", ")),
                        )
                    })
            }
        }
    };
}

pub(crate) use slug_enum;
