//! How much a finding asks for attention: how improbable it is, and how much hangs on it.

use serde::Serialize;

/// Suspicion and influence, two axes that are never mixed up: a count of three reports may be most improbable and
/// change nothing, a company may account for a whole decline without anything improbable about it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// Minus the decimal logarithm of the probability that chance alone does as much; at most
    /// [`Score::EXACT`], which is also that of everything exact.
    pub suspicion: f64,
    /// The share of the level, or of all changes, that is at stake: 0 to 1. `None` where nobody measured it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub influence: Option<f64>,
}

impl Score {
    /// The suspicion of what needs no probability, and the largest there is.
    pub const EXACT: f64 = 6.0;

    /// The score of something that has this probability of being chance.
    pub fn of_probability(probability: f64) -> Self {
        let suspicion = if probability > 0.0 { -probability.log10() } else { Self::EXACT };
        Self { suspicion: rounded(suspicion.clamp(0.0, Self::EXACT)), influence: None }
    }

    /// The score of something that a fault explains so many times better than chance: chance does as much with a
    /// probability of at most one in so many.
    pub fn of_evidence(times: f64) -> Self {
        Self::of_probability(1.0 / times.max(1.0))
    }

    /// With a share of what is at stake.
    #[must_use]
    pub fn with_influence(self, share: f64) -> Self {
        let share = if share.is_finite() { share.abs().min(1.0) } else { 1.0 };
        Self { influence: Some(rounded(share)), ..self }
    }

    /// One number to rank findings by: suspicion × log₁₀(1 + 100 × influence), in the manner of the scores of selective
    /// editing (Latouche & Berthelot 1992; Hedlin 2003), the logarithm so that a large publisher does not outrank
    /// everything. What was not measured counts as the whole.
    pub fn value(self) -> f64 {
        rounded(self.suspicion * (1.0 + 100.0 * self.influence.unwrap_or(1.0)).log10())
    }
}

impl Default for Score {
    fn default() -> Self {
        Self { suspicion: Self::EXACT, influence: None }
    }
}

/// Three decimals: more would suggest a precision that no method has, and differ between machines.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn improbable_and_influential_findings_come_first() {
        let score = |probability, share| Score::of_probability(probability).with_influence(share).value();
        assert!(score(1e-3, 0.5) > score(1e-3, 0.001));
        assert!(score(1e-5, 0.1) > score(1e-2, 0.1));
        assert_eq!(score(0.5, 0.0), 0.0);
        // 6 × log₁₀ 101
        assert_eq!(Score::default().value(), 12.026);
    }

    #[test]
    fn suspicion_is_bounded() {
        assert_eq!(Score::of_probability(0.0).suspicion, Score::EXACT);
        assert_eq!(Score::of_probability(1e-30).suspicion, Score::EXACT);
        assert_eq!(Score::of_probability(1.5).suspicion, 0.0);
        assert_eq!(Score::of_probability(0.01).suspicion, 2.0);
    }

    #[test]
    fn influence_is_a_share() {
        let share = |value| Score::default().with_influence(value).influence;
        assert_eq!(share(-0.25), Some(0.25));
        assert_eq!(share(f64::INFINITY), Some(1.0));
    }
}
