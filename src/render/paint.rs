//! Colours, or none.

use miette::{GraphicalTheme, ThemeStyles};

use crate::diag::Level;

/// Colours words; without colours it leaves them as they are.
#[derive(Debug, Clone)]
pub struct Painter {
    theme: GraphicalTheme,
}

impl Painter {
    /// A painter with or without colours.
    pub fn new(colour: bool) -> Self {
        let mut theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        if colour {
            theme.styles = coloured(theme.styles);
        }
        Self { theme }
    }

    /// The theme for a drawing: `primary` says of each label, in the order of the text, whether it is the one that the
    /// finding points at.
    pub fn theme(&self, level: Level, primary: &[bool]) -> GraphicalTheme {
        let styles = &self.theme.styles;
        let main = match level {
            Level::Error => styles.error,
            Level::Warning => styles.warning,
            Level::Note => styles.advice,
        };
        let mut theme = self.theme.clone();
        let highlights: Vec<_> =
            primary.iter().map(|is_main| if *is_main { main } else { styles.link }).collect();
        // miette cycles through the list, which therefore must not be empty.
        if !highlights.is_empty() {
            theme.styles.highlights = highlights;
        }
        theme
    }

    /// Words in the colour of a level.
    pub fn level(&self, level: Level, text: &str) -> String {
        let styles = &self.theme.styles;
        match level {
            Level::Error => styles.error.style(text).to_string(),
            Level::Warning => styles.warning.style(text).to_string(),
            Level::Note => styles.advice.style(text).to_string(),
        }
    }

    /// The word that begins a line beneath a drawing: green for help, else the quiet colour of paths.
    pub fn kind(&self, kind: &str, padded: &str) -> String {
        let styles = &self.theme.styles;
        match kind {
            "help" => styles.help.style(padded).to_string(),
            _ => styles.link.style(padded).to_string(),
        }
    }
}

/// Errors red, warnings yellow, notes cyan, help green; paths, line numbers and second labels are quiet.
fn coloured(styles: ThemeStyles) -> ThemeStyles {
    let green = styles.highlights.last().copied().unwrap_or(styles.help);
    ThemeStyles {
        error: styles.error.bold(),
        warning: styles.warning.bold(),
        advice: styles.advice.bold(),
        help: green,
        link: styles.advice,
        linum: styles.linum,
        highlights: styles.highlights,
    }
}
