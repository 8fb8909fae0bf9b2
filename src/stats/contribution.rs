//! Who accounts for a change: plain arithmetic, no probability.

/// What the members of a total add to its change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gross {
    /// Sum of all falls, as a negative number.
    pub falls: f64,
    /// Sum of all rises.
    pub rises: f64,
}

/// Sums falls and rises apart: where members move both ways, a share of the net change misleads (a member may account
/// for 170 % of it), a share of the gross falls does not.
pub fn gross(changes: impl IntoIterator<Item = f64>) -> Gross {
    changes.into_iter().fold(Gross { falls: 0.0, rises: 0.0 }, |sum, change| {
        if change < 0.0 {
            Gross { falls: sum.falls + change, ..sum }
        } else {
            Gross { rises: sum.rises + change, ..sum }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_and_rises_are_summed_apart() {
        assert_eq!(gross([-3.0, 5.0, -2.0, 0.0, 4.0]), Gross { falls: -5.0, rises: 9.0 });
        assert_eq!(gross([]), Gross { falls: 0.0, rises: 0.0 });
    }
}
